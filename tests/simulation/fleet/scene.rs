//! What happens to the fleet, and when its people come, look and go.

use super::server::Manner;
use crate::support::random::Random;
use crate::support::{HOUR, MINUTE, SECOND};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scene {
    /// The server is down for a minute; how it says so.
    Outage(Manner),
    /// A deployment makes every page reload within ten seconds.
    Reload,
    /// A day in which the server is twice away for half a minute.
    Day,
}

pub(crate) const SCENES: [Scene; 5] = [
    Scene::Outage(Manner::Refuses),
    Scene::Outage(Manner::Hangs),
    Scene::Outage(Manner::Asks(10)),
    Scene::Reload,
    Scene::Day,
];

/// When it begins to happen: after two rounds of tokens.
const BEGIN: u64 = 10 * MINUTE;
/// Within so long a deployment reaches everybody.
const RELOADS: u64 = 10 * SECOND;
/// Within so long people come to a scene that isn't a day.
const COMING: u64 = 4 * MINUTE;

/// One person with one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) comes: u64,
    /// When they look at the page, which then makes calls.
    pub(crate) looks: Vec<(u64, u64)>,
    /// The least and the most between two calls.
    pub(crate) gap: (u64, u64),
    /// When the page reloads, and whether the session goes with it.
    pub(crate) reloads: Option<(u64, bool)>,
}

impl Scene {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Outage(Manner::Refuses) => "a minute of 503",
            Self::Outage(Manner::Hangs) => "a minute of silence",
            Self::Outage(Manner::Asks(_)) => "a minute of 503 with `Retry-After: 10`",
            Self::Reload => "everybody reloads",
            Self::Day => "a day",
        }
    }

    pub(crate) fn manner(self) -> Manner {
        match self {
            Self::Outage(manner) => manner,
            Self::Reload | Self::Day => Manner::Refuses,
        }
    }

    pub(crate) fn down(self) -> Vec<(u64, u64)> {
        match self {
            Self::Outage(_) => vec![(BEGIN, BEGIN + MINUTE)],
            Self::Reload => Vec::new(),
            Self::Day => [10, 15].map(|hour| (hour * HOUR, hour * HOUR + MINUTE / 2)).into(),
        }
    }

    /// When the server could serve everybody again, or when everybody comes.
    pub(crate) fn marks(self) -> Vec<u64> {
        if self == Self::Reload { vec![BEGIN] } else { self.down().into_iter().map(|(_, end)| end).collect() }
    }

    pub(crate) fn length(self) -> u64 {
        match self {
            Self::Outage(_) | Self::Reload => 2 * BEGIN,
            Self::Day => 24 * HOUR,
        }
    }

    /// What the picture shows of it.
    pub(crate) fn window(self) -> (u64, u64) {
        match self {
            Self::Outage(_) | Self::Reload => (BEGIN - MINUTE, BEGIN + 7 * MINUTE),
            Self::Day => (6 * HOUR, 20 * HOUR),
        }
    }

    pub(crate) fn person(self, random: &mut Random) -> Person {
        match self {
            Self::Outage(_) => self.looking(random),
            Self::Reload => self.reloading(random),
            Self::Day => a_day(random),
        }
    }

    fn looking(self, random: &mut Random) -> Person {
        let comes = within(random, 0, COMING);
        let gap = (5 * SECOND, 15 * SECOND);
        Person { comes, looks: vec![(comes + SECOND, self.length())], gap, reloads: None }
    }

    /// Three in ten have left the page in the background, and two in ten use a browser in which the worker doesn't outlive
    /// its page.
    fn reloading(self, random: &mut Random) -> Person {
        let person = self.looking(random);
        let away = random.next() % 10 < 3;
        let lost = random.next() % 10 < 2;
        let reloads = Some((BEGIN + within(random, 0, RELOADS), lost));
        Person { reloads, looks: if away { Vec::new() } else { person.looks }, ..person }
    }
}

/// Most come at nine and stay for some hours, in which they look at the page now and then.
fn a_day(random: &mut Random) -> Person {
    let early = random.next() % 10 < 6;
    let comes = if early {
        within(random, 8 * HOUR + 30 * MINUTE, 9 * HOUR + 30 * MINUTE)
    } else {
        within(random, 7 * HOUR, 16 * HOUR)
    };
    let goes = comes + within(random, 2 * HOUR, 8 * HOUR);
    let (mut looks, mut at) = (Vec::new(), comes + SECOND);
    while at < goes {
        let end = at + within(random, 10 * MINUTE, 50 * MINUTE);
        looks.push((at, end));
        at = end + within(random, 5 * MINUTE, 40 * MINUTE);
    }
    Person { comes, looks, gap: (30 * SECOND, 150 * SECOND), reloads: None }
}

pub(crate) fn within(random: &mut Random, least: u64, most: u64) -> u64 {
    least + random.next() % (most - least)
}
