//! A fleet of sessions, each with its person, before one server.

use super::agenda::{Agenda, What};
use super::client::Client;
use super::scene::{Person, Scene, within};
use super::server::{Outcome, Server};
use crate::support::SECOND;
use crate::support::random::Random;

/// What there is to tell of a scene.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Requests that came in at the server, by second.
    pub(crate) load: Vec<u32>,
    pub(crate) refreshes: u64,
    pub(crate) calls: u64,
    pub(crate) lost: u64,
    /// For each mark the last moment before the next at which one more session was out of trouble.
    pub(crate) calm_at: Vec<u64>,
    /// Sessions that are in trouble at the end.
    pub(crate) stuck: u64,
}

struct Member<C> {
    client: C,
    person: Person,
    /// What the person does, the same whatever the session does.
    life: Random,
    /// The session's own random numbers.
    dice: Random,
    ring_at: Option<u64>,
    /// The number of the request whose outcome counts, or none.
    request: u64,
    /// A request of this session failed, and none has succeeded since.
    troubled: bool,
}

pub(crate) struct World<C> {
    scene: Scene,
    server: Server,
    agenda: Agenda,
    members: Vec<Member<C>>,
    requests: u64,
    seen: Seen,
}

impl<C: Client> World<C> {
    pub(crate) fn new(scene: Scene, sessions: usize, seed: u64, client: impl Fn() -> C) -> Self {
        let server = Server::new(sessions, scene.manner(), scene.down(), scene.length());
        let seen = Seen { calm_at: scene.marks(), ..Seen::default() };
        let mut seeds = Random::new(seed);
        let agenda = Agenda::new(seeds.next());
        let mut world = Self { scene, server, agenda, members: Vec::new(), requests: 0, seen };
        for _ in 0..sessions {
            let (mut life, dice) = (Random::new(seeds.next()), Random::new(seeds.next()));
            let person = scene.person(&mut life);
            world.plan(&person);
            let client = client();
            world.members.push(Member { client, person, life, dice, ring_at: None, request: 0, troubled: false });
        }
        world
    }

    /// Puts what one more person does on the agenda.
    fn plan(&mut self, person: &Person) {
        let who = self.members.len();
        self.agenda.add(person.comes, who, What::Look(false));
        self.agenda.add(person.comes, who, What::Visit);
        for (from, to) in &person.looks {
            self.agenda.add(*from, who, What::Look(true));
            self.agenda.add(*to, who, What::Look(false));
        }
        if let Some((at, lost)) = person.reloads {
            self.agenda.add(at, who, What::Reload { lost });
        }
    }

    /// Lets everything happen.
    pub(crate) fn run(mut self) -> Seen {
        while let Some((at, who, what)) = self.agenda.take().filter(|(at, ..)| *at < self.scene.length()) {
            self.happen(at, who, what);
            self.settle(at, who);
        }
        self.seen.stuck = self.members.iter().filter(|member| member.troubled).count() as u64;
        self.seen.load = self.server.load;
        self.seen
    }

    fn happen(&mut self, at: u64, who: usize, what: What) {
        let member = &mut self.members[who];
        match what {
            What::Look(visible) => {
                member.client.look(at, visible);
                if visible {
                    self.call(at, who);
                } else {
                    // Nobody wants anything of it any more.
                    member.troubled = false;
                }
            }
            What::Call => self.call(at, who),
            What::Ring if member.ring_at == Some(at) => {
                member.ring_at = None;
                if member.client.timer().is_some_and(|timer| timer <= at) {
                    member.client.ring(at);
                }
            }
            What::Ring => {}
            What::Visit => self.visit(at, who),
            What::Return => self.come_back(at, who),
            What::Reload { lost } => self.reload(at, who, lost),
            What::Exchanged { request, outcome } if member.request == request => self.exchanged(at, who, outcome),
            What::Refreshed { request, attempt, outcome } if member.request == request => {
                member.request = 0;
                member.client.refreshed(at, attempt, outcome, &mut member.dice);
                self.note(at, who, outcome);
            }
            What::Exchanged { .. } | What::Refreshed { .. } => {}
        }
    }

    /// The page calls if it has a session, and will again while somebody looks.
    fn call(&mut self, at: u64, who: usize) {
        let member = &mut self.members[who];
        if member.client.is_signed_in() {
            member.client.call(at);
            self.seen.calls += 1;
        }
        let next = at + within(&mut member.life, member.person.gap.0, member.person.gap.1);
        if member.person.looks.iter().any(|(from, to)| (*from..*to).contains(&at) && next < *to) {
            self.agenda.add(next, who, What::Call);
        }
    }

    /// The person is sent to the server, and if that shows an error tries again.
    fn visit(&mut self, at: u64, who: usize) {
        let (outcome, then) = self.server.take(at);
        if outcome == Outcome::Granted {
            self.agenda.add(then, who, What::Return);
        } else {
            self.visit_again(then, who);
            self.note(then, who, outcome);
        }
    }

    fn visit_again(&mut self, at: u64, who: usize) {
        let then = at + within(&mut self.members[who].life, 5 * SECOND, 15 * SECOND);
        self.agenda.add(then, who, What::Visit);
    }

    fn come_back(&mut self, at: u64, who: usize) {
        let member = &mut self.members[who];
        member.client.exchange(at, &mut member.dice);
        let (outcome, then) = self.server.take(at);
        let request = self.next_request(who);
        self.agenda.add(then, who, What::Exchanged { request, outcome });
    }

    fn next_request(&mut self, who: usize) -> u64 {
        self.requests += 1;
        self.members[who].request = self.requests;
        self.requests
    }

    fn exchanged(&mut self, at: u64, who: usize, outcome: Outcome) {
        let member = &mut self.members[who];
        member.request = 0;
        member.client.exchanged(at, outcome);
        if !member.client.is_signed_in() {
            self.visit_again(at, who);
        }
        self.note(at, who, outcome);
    }

    fn reload(&mut self, at: u64, who: usize, lost: bool) {
        let member = &mut self.members[who];
        let visible = member.person.looks.iter().any(|(from, to)| (*from..*to).contains(&at));
        if lost {
            (member.request, member.troubled) = (0, true);
            member.client.lose();
        }
        member.client.look(at, visible);
        if lost {
            self.visit(at, who);
        } else {
            member.client.call(at);
            self.seen.calls += 1;
        }
    }

    /// Books whether a session is in trouble.
    fn note(&mut self, at: u64, who: usize, outcome: Outcome) {
        let was = std::mem::replace(&mut self.members[who].troubled, outcome != Outcome::Granted);
        if was && outcome == Outcome::Granted {
            let mark = self.scene.marks().iter().rposition(|mark| *mark <= at);
            mark.into_iter().for_each(|mark| self.seen.calm_at[mark] = at);
        }
    }

    /// Does what the session wants done, and sets its timer.
    fn settle(&mut self, at: u64, who: usize) {
        let done = self.members[who].client.done();
        self.seen.lost += done.lost;
        if let Some(attempt) = done.refresh {
            self.seen.refreshes += 1;
            let (outcome, then) = self.server.take(at);
            let request = self.next_request(who);
            self.agenda.add(then, who, What::Refreshed { request, attempt, outcome });
        }
        let member = &mut self.members[who];
        if member.client.is_signed_in() && member.request == 0 && member.client.timer().is_none() {
            // Nobody waits for a token, nor looks at a page that would want one.
            member.troubled = false;
        }
        if let Some(timer) = member.client.timer().map(|timer| timer.max(at))
            && member.ring_at.is_none_or(|ring_at| timer < ring_at)
        {
            member.ring_at = Some(timer);
            self.agenda.add(timer, who, What::Ring);
        }
    }
}
