//! What a seed has in store: pages, users, outages, revocation and sleep, over a while that ends in good weather.

use super::authorization_server::{Mode, Policy};
use super::network::Lines;
use super::random::Random;
use super::schedule::{Name, Schedule, Setup, Step, Target};
use crate::support::{MINUTE, SECOND};

/// How many targets there are to choose from.
pub(crate) const LISTED: u64 = 4;
pub(crate) const UNLISTED: u64 = 7;
const PAGES: u64 = 4;

/// The schedule of this seed, but for the fates of messages, which depend on the lines.
pub(crate) fn draw(seed: u64) -> (Schedule, Lines) {
    let mut random = Random::new(seed);
    let setup = Setup {
        queue: random.pick(&[3, 8, 1_000]),
        wait: random.pick(&[2 * SECOND, 10 * SECOND, 30 * SECOND, 30 * SECOND]),
        drain: random.pick(&[1, 2, 4, 64]),
        openid: random.chance(30),
        policy: Policy::new(&mut random),
    };
    let lines = Lines::new(&mut random);
    let end = random.pick(&[8 * SECOND, 40 * SECOND, 3 * MINUTE, 15 * MINUTE]);
    let mut script = Script { random, end, steps: Vec::with_capacity(64), names: 0 };
    script.write();
    let mut steps = script.steps;
    steps.sort_by_key(|(at, _)| *at);
    (Schedule { setup, steps, ..Schedule::default() }, lines)
}

struct Script {
    random: Random,
    end: u64,
    steps: Vec<(u64, Step)>,
    names: Name,
}

impl Script {
    fn write(&mut self) {
        self.sign_in(0);
        for _ in 0..self.random.within(1..7) {
            self.burst();
        }
        for page in 0..PAGES {
            if self.random.chance(20) {
                self.at_random(Step::Leave { page });
            }
        }
        self.users();
        self.outages();
        for _ in 0..self.random.pick(&[0, 0, 0, 1]) {
            self.at_random(Step::RevokeAll);
        }
        for _ in 0..self.random.pick(&[0, 0, 1, 3]) {
            self.at_random(Step::RefuseTokens);
        }
        self.machine();
        self.steps.push((self.end, Step::Heal));
    }

    fn name(&mut self) -> Name {
        self.names += 1;
        self.names
    }

    fn moment(&mut self) -> u64 {
        self.random.within(0..self.end)
    }

    fn at_random(&mut self, step: Step) {
        let at = self.moment();
        self.steps.push((at, step));
    }

    fn sign_in(&mut self, at: u64) {
        let step = Step::SignIn { name: self.name(), user: self.random.within(0..2) };
        self.steps.push((at, step));
    }

    /// A request, or several at about the same time, most of them to listed targets.
    fn burst(&mut self) {
        let (start, width) = (self.moment(), self.random.pick(&[1, 50, 5_000]));
        let (page, count) = (self.random.within(0..PAGES), self.random.pick(&[1, 2, 5, 12]));
        for _ in 0..count {
            let off_list = self.random.chance(4);
            let target = self.random.next();
            let target = if off_list { Target::Unlisted(target % UNLISTED) } else { Target::Listed(target % LISTED) };
            let (name, at) = (self.name(), start + self.random.within(0..width));
            self.steps.push((at, Step::Ask { name, page, target }));
            if self.random.chance(3) {
                let at = at + self.random.within(0..10 * SECOND);
                self.steps.push((at, Step::Cancel { name }));
            }
        }
    }

    fn users(&mut self) {
        for _ in 0..self.random.pick(&[0, 0, 0, 1, 2]) {
            self.at_random(Step::SignOut);
        }
        for _ in 0..self.random.pick(&[0, 0, 1, 2]) {
            let at = self.moment();
            self.sign_in(at);
        }
    }

    fn outages(&mut self) {
        for _ in 0..self.random.pick(&[0, 1, 1, 2, 3]) {
            let mode = self.outage();
            let start = self.moment();
            let length = self.random.pick(&[200, 2 * SECOND, 15 * SECOND, 2 * MINUTE]);
            self.steps.push((start, Step::Endpoint(mode)));
            let stop = (start + self.random.within(1..length)).min(self.end);
            self.steps.push((stop, Step::Endpoint(Mode::Up)));
        }
    }

    fn outage(&mut self) -> Mode {
        let busy = Mode::Busy(self.random.pick(&[0, 1, 3, 20, 60]));
        if self.random.chance(10) {
            return self.random.pick(&[Mode::Unauthorized, Mode::Forbidden, Mode::BadClient]);
        }
        let glitches =
            [Mode::Unavailable, busy, Mode::Html, Mode::Garbled, Mode::Broken, Mode::Hanging, Mode::AnswerLost];
        self.random.pick(&glitches)
    }

    fn machine(&mut self) {
        for _ in 0..self.random.pick(&[0, 0, 0, 1, 2]) {
            let ms = self.random.pick(&[500, 5 * SECOND, MINUTE, 2 * 60 * MINUTE]);
            let paused = self.random.chance(50);
            self.at_random(Step::Sleep { ms, paused });
        }
        for _ in 0..self.random.pick(&[0, 0, 0, 1, 2]) {
            let start = self.moment();
            let length = self.random.pick(&[200, 2 * SECOND, 15 * SECOND, 2 * MINUTE]);
            self.steps.push((start, Step::Online { is: false }));
            let stop = (start + self.random.within(1..length)).min(self.end);
            self.steps.push((stop, Step::Online { is: true }));
        }
        for is in [true, false] {
            if self.random.chance(40) {
                self.at_random(Step::Visible { is });
            }
        }
        if self.random.chance(10) {
            let ms = self.random.pick(&[-3_600_000, -10_000, -1_000, 1_000, 10_000, 3_600_000]);
            self.at_random(Step::ClockJump { ms });
        }
    }
}
