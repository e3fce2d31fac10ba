//! Good weather: from any state on, if nothing goes wrong any more, everybody is served or told.

use super::pages::UNHELPFUL;
use super::step::Step;
use super::world::World;
use crate::simulator::invariant::{breach, must};
use crate::simulator::ledger::{Place, Settled};
use crate::simulator::subject::RequestId;

/// More steps than good weather takes.
const MOST_STEPS: usize = 200;

impl World {
    /// Lets everything that is under way come to its end, then looks whether the session works. `trail` gets the steps.
    pub(crate) fn calm_down(mut self, trail: &mut Vec<Step>) {
        self.calm = Some(self.at);
        self.settle_all(trail);
        must!(self.ledger.in_flight.is_none(), Account, "a refresh without end");
        must!(
            self.subject.on_the_way() == Some(0),
            Drain,
            "{:?} places are never given back",
            self.subject.on_the_way()
        );
        if self.ledger.signed_in {
            self.probe(trail);
        }
    }

    fn settle_all(&mut self, trail: &mut Vec<Step>) {
        for _ in 0..MOST_STEPS {
            match self.calm_step() {
                Some(step) => {
                    trail.push(step);
                    self.take(step);
                }
                None => return,
            }
        }
        let open = self.open();
        breach!(SettlesOnce, "request {open:?} is never settled");
    }

    /// What happens next if nothing goes wrong.
    fn calm_step(&self) -> Option<Step> {
        let steps = self.steps();
        let is_message = |step: &&Step| match step {
            Step::Arrive { .. } | Step::Answer { .. } | Step::Rotate { .. } | Step::Refreshed { .. } => true,
            Step::Ring => true,
            Step::WaitForTimer => self.open().is_some(),
            _ => false,
        };
        steps.iter().find(is_message).copied().or_else(|| {
            must!(self.open().is_none(), SettlesOnce, "nothing will ever settle request {:?}", self.open());
            None
        })
    }

    fn open(&self) -> Option<RequestId> {
        self.ledger.places().find(|(_, place)| !matches!(place, Place::Settled(_))).map(|(id, _)| id)
    }

    /// One more request, once 401s are no longer final: it is answered well, or the session was over and the application
    /// knows.
    fn probe(&mut self, trail: &mut Vec<Step>) {
        self.pass_until(self.refused_replay.map_or(self.at, |at| self.at.max(at + UNHELPFUL)));
        trail.push(Step::Ask { page: 0 });
        self.ask(0);
        let id = self.requests.len() as RequestId;
        self.settle_all(trail);
        let fine = self.ledger.place(id) == Place::Settled(Settled::Answered(200));
        must!(fine || !self.ledger.signed_in, EndsWell, "a live session doesn't serve: {:?}", self.ledger.place(id));
    }
}
