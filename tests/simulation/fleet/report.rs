//! What the scenes showed, as a table.

use std::fmt::Write as _;

use super::scene::{SCENES, Scene};
use super::server::capacity;
use super::world::Seen;
use super::{POLICIES, Policy, run};
use crate::support::SECOND;

/// One scene under one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) scene: Scene,
    pub(crate) policy: Policy,
    pub(crate) sessions: usize,
    pub(crate) seen: Seen,
}

/// Runs every scene under every policy; `told` hears of each as it is done.
pub(crate) fn rows(sessions: usize, seed: u64, mut told: impl FnMut(&Row)) -> Vec<Row> {
    let mut rows = Vec::new();
    for scene in SCENES {
        for policy in POLICIES {
            let row = Row { scene, policy, sessions, seen: run(scene, policy, sessions, seed) };
            told(&row);
            rows.push(row);
        }
    }
    rows
}

impl Row {
    /// The most requests of a second from the first mark on in which the server isn't down, of its capacity.
    pub(crate) fn peak(&self) -> f64 {
        let down = self.scene.down();
        let first = self.scene.marks()[0];
        let is_up = |at: u64| at >= first && !down.iter().any(|(from, to)| (*from..*to).contains(&at));
        let seconds = self.seen.load.iter().enumerate().filter(|(second, _)| is_up(*second as u64 * SECOND));
        f64::from(seconds.map(|(_, load)| *load).max().unwrap_or(0)) / capacity(self.sessions)
    }

    /// Seconds until the last session has a token again, or `None` if one is still without.
    pub(crate) fn calm(&self) -> Option<u64> {
        let marks = self.scene.marks().into_iter().zip(&self.seen.calm_at);
        let longest = marks.map(|(mark, calm)| (calm - mark).div_ceil(SECOND)).max();
        longest.filter(|_| self.seen.stuck == 0)
    }
}

/// The table as Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| scene | policy | most requests a second, of capacity | nobody lacks a token after | calls lost | refreshes |\n|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let Row { seen, .. } = row;
        let calm = row.calm().map_or_else(|| "not within the scene".to_owned(), |seconds| format!("{seconds} s"));
        let (scene, policy) = (row.scene.name(), row.policy.name());
        let (lost, calls, refreshes) = (seen.lost, seen.calls, seen.refreshes);
        let peak = row.peak();
        writeln!(text, "| {scene} | {policy} | {peak:.1} | {calm} | {lost} of {calls} | {refreshes} |").expect("room");
    }
    text
}
