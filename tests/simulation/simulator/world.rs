//! The session between its pages and its servers, on virtual time.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::http::Answer;
use tokenkeep::proto::queue::RequestId;
use tokenkeep::proto::session::{Command, PendingExchange, Session};
use tokenkeep::proto::time::{Clock, Instant, Now};

use super::authorization_server::{AuthorizationServer, Policy, TokenId};
use super::ledger::{Ledger, Place, token_of};
use super::network::{Agenda, Client, Happening, Lines, Server};
use super::random::Random;
use super::script;
use super::tally::Tally;
use crate::support::{START_UNIX_MS, config_text};

mod api;
mod end;
mod tokens;

/// The token endpoint's answer is waited for as long as this, in milliseconds.
const REQUEST_TIMEOUT: u64 = 10_000;
/// No schedule takes more steps than this; one that does goes round in circles.
const MOST_STEPS: u32 = 50_000;
const DAY_MS: u64 = 86_400_000;

pub(crate) struct World {
    random: Random,
    trace: bool,
    at: u64,
    /// When the clocks were last read.
    read_at: u64,
    session: Session,
    clock: Clock,
    now: Now,
    paused_ms: u64,
    wall_ms: i64,
    asleep_until: u64,
    agenda: Agenda,
    lines: Lines,
    server: AuthorizationServer,
    ledger: Ledger,
    requests: Vec<Request>,
    refreshes: Vec<RefreshSent>,
    exchanges: Vec<Exchange>,
    queue_limit: u64,
    queue_timeout: u64,
    drain_concurrency: u64,
    openid: bool,
    sign_ins: u64,
    healed: Option<Instant>,
    probes: Vec<RequestId>,
}

struct Request {
    page: u64,
    asked: Instant,
    replays: u32,
    sending: u32,
}

struct Exchange {
    pending: Option<PendingExchange>,
    signed_out: bool,
}

struct RefreshSent {
    attempt: u32,
    token: TokenId,
    open: bool,
}

impl World {
    pub(crate) fn new(seed: u64, trace: bool) -> Self {
        let mut random = Random::new(seed);
        let queue_limit = random.pick(&[3, 8, 1_000]);
        let queue_timeout = random.pick(&[2_000, 10_000, 30_000, 30_000]);
        let drain_concurrency = random.pick(&[1, 2, 4, 64]);
        let openid = random.chance(30);
        let more = format!(
            r#""queueLimit":{queue_limit},"queueTimeout":{queue_timeout},"drainConcurrency":{drain_concurrency}"#
        );
        let text = config_text(if openid { "openid" } else { "files:read" }, &more)
            .replace(r#""https://api.example/v1/"]"#, r#""https://api.example/v1/","https://files.example/"]"#);
        let config = Config::parse(&text, "https://app.example").expect("a good configuration");
        let (policy, lines) = (Policy::new(&mut random), Lines::new(&mut random));
        let mut agenda = Agenda::default();
        script::write(&mut random, &mut agenda);
        Self {
            random,
            trace,
            at: 0,
            read_at: 0,
            session: Session::new(config),
            clock: Clock::default(),
            now: Now::default(),
            paused_ms: 0,
            wall_ms: (START_UNIX_MS + DAY_MS) as i64,
            asleep_until: 0,
            agenda,
            lines,
            server: AuthorizationServer::new(policy),
            ledger: Ledger::default(),
            requests: Vec::new(),
            refreshes: Vec::new(),
            exchanges: Vec::new(),
            queue_limit,
            queue_timeout,
            drain_concurrency,
            openid,
            sign_ins: 0,
            healed: None,
            probes: Vec::new(),
        }
    }

    /// Lets everything happen, then looks whether all ended well.
    pub(crate) fn run(mut self) -> Tally {
        self.tick();
        for _ in 0..MOST_STEPS {
            if !self.step() {
                self.check_end();
                self.ledger.tally.alarms += self.server.alarms;
                return self.ledger.tally;
            }
        }
        panic!("no end at {} ms", self.at);
    }

    /// The next thing happens, or the timer rings; false when there is nothing left.
    fn step(&mut self) -> bool {
        let due = self.session.poll_timeout().map(|at| self.read_at + at.since(self.now.instant));
        let ring = due.map(|due| due.max(self.asleep_until).max(self.at));
        match (self.agenda.next_at(), ring) {
            (None, None) => return false,
            (next, Some(ring)) if next.is_none_or(|next| ring < next) => self.ring(ring),
            _ => self.happen(),
        }
        self.check();
        true
    }

    fn ring(&mut self, at: u64) {
        self.at = at;
        self.tick();
        self.note(|| "timer".into());
        self.act(Session::handle_timeout);
        let overdue = self.ledger.queued().find(|(_, deadline)| *deadline <= self.now.instant);
        assert_eq!(overdue, None, "a waiter outlived its deadline");
        let next = self.session.poll_timeout();
        assert!(next.is_none_or(|next| next > self.now.instant), "the timer stands still");
    }

    fn happen(&mut self) {
        let Some((at, what)) = self.agenda.take() else { return };
        match what {
            Happening::Client(client) if at < self.asleep_until => {
                let later = self.asleep_until + self.random.within(0..50);
                self.agenda.client(later, client);
            }
            Happening::Client(client) => {
                self.at = at;
                self.tick();
                self.note(|| format!("{client:?}"));
                self.at_client(client);
            }
            Happening::Server(server) => {
                self.at = at;
                self.note(|| format!("{server:?}"));
                self.at_server(server);
            }
        }
    }

    fn at_client(&mut self, client: Client) {
        match client {
            Client::Ask { page, off_list } => {
                self.ask(page, off_list);
            }
            Client::PageLeaves { page } => self.leave(page),
            Client::ComeBack => self.come_back(),
            Client::SignOut => self.sign_out(),
            Client::RefreshAnswer { attempt, answer } => self.refresh_answer(attempt, answer),
            Client::ExchangeAnswer { exchange, answer } => self.exchange_answer(exchange, answer),
            Client::ApiAnswer { id, sending, status } => self.api_answer(id, sending, status),
            // Good weather lasts.
            Client::Sleep { .. } | Client::ClockJump { .. } if self.healed.is_some() => {}
            Client::Sleep { ms, paused } => self.sleep(ms, paused),
            Client::Wake => {}
            Client::ClockJump { ms } => {
                self.wall_ms += ms;
                self.tick();
            }
            Client::Heal => self.heal(),
            Client::Probe => self.probe(),
        }
    }

    fn at_server(&mut self, server: Server) {
        match server {
            Server::Refresh { attempt, token } => self.refresh_request(attempt, token),
            Server::Exchange { exchange, nonce } => self.exchange_request(exchange, nonce.as_deref()),
            Server::Api { id, sending, token } => self.api_request(id, sending, token),
            Server::Revoke { token } => self.server.revoke(token),
            Server::RevokeAll => self.server.revoke_all(),
            Server::ExpireEarly => self.server.expire_early(),
            Server::Mode(mode) => self.server.mode = mode,
        }
    }

    fn sleep(&mut self, ms: u64, paused: bool) {
        self.asleep_until = self.at + ms;
        self.paused_ms += if paused { ms } else { 0 };
        self.agenda.client(self.asleep_until, Client::Wake);
        self.ledger.tally.sleeps += 1;
    }

    /// Reads both clocks as the shell does before each call.
    fn tick(&mut self) {
        self.read_at = self.at;
        let unix_ms = (self.wall_ms + self.at as i64) as u64;
        self.now = self.clock.advance((self.at + DAY_MS).saturating_sub(self.paused_ms), unix_ms);
    }

    /// Calls the session, then does what that leads to.
    fn act<T>(&mut self, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        let result = call(&mut self.session, self.now);
        while let Some(command) = self.session.poll_command() {
            self.note(|| format!("  {command:?}"));
            self.check_losses(&command);
            self.ledger.observe(&command, self.now.instant);
            self.perform(command);
        }
        result
    }

    fn perform(&mut self, command: Command) {
        match command {
            Command::Release { ids, .. } => ids.into_iter().for_each(|id| self.send(id)),
            Command::Revoke(request) => {
                let token = token_of(request.body.expose(), "token");
                let at = self.at + self.lines.delay(&mut self.random);
                self.agenda.server(at, Server::Revoke { token });
            }
            Command::SendRefreshRequest(request) => self.send_refresh(&request),
            Command::Emit(_) | Command::Reject { .. } | Command::Report(_) => {}
        }
    }

    fn note(&self, text: impl FnOnce() -> String) {
        if self.trace {
            eprintln!("{:>9} {:>9} {}", self.at, self.now.instant.as_millis(), text());
        }
    }

    fn place(&self, id: RequestId) -> &Place {
        &self.ledger.places[&id]
    }
}

type Answered = Result<Answer, Transport>;
