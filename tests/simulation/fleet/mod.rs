//! A fleet: many sessions of the core before one authorization server of limited capacity, on virtual time, beside sessions
//! that try again as others do. `npm run simulate -- fleet 100000` is a large one.

use std::rc::Rc;

mod agenda;
mod client;
mod kept;
mod peer;
mod picture;
mod report;
mod scene;
mod server;
mod world;

use kept::Kept;
use peer::{Habit, Peer};
pub(crate) use picture::picture;
pub(crate) use report::{Row, rows, table};
pub(crate) use scene::{SCENES, Scene};
pub(crate) use server::Manner;
use world::{Seen, World};

/// Who decides when a failed refresh is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    Core,
    Peer(Habit),
}

pub(crate) const POLICIES: [Policy; 4] =
    [Policy::Core, Policy::Peer(Habit::AtOnce), Policy::Peer(Habit::EveryFive), Policy::Peer(Habit::Doubling)];

impl Policy {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Core => "tokenkeep",
            Self::Peer(Habit::AtOnce) => "at once",
            Self::Peer(Habit::EveryFive) => "every five seconds",
            Self::Peer(Habit::Doubling) => "doubling without jitter",
        }
    }
}

/// So many sessions in a scene.
pub(crate) fn run(scene: Scene, policy: Policy, sessions: usize, seed: u64) -> Seen {
    match policy {
        Policy::Core => {
            // Nobody reads a log of a hundred thousand sessions.
            let config = Rc::new(crate::support::config("files:read", r#""auditLimit":0"#));
            World::new(scene, sessions, seed, || Kept::new(config.clone())).run()
        }
        Policy::Peer(habit) => World::new(scene, sessions, seed, || Peer::new(habit)).run(),
    }
}
