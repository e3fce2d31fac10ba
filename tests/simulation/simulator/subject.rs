//! The session under test, and the only file of the simulator that knows its methods.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{Error, QueueError, Transport};
use tokenkeep::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::session::{Command, Output, PendingExchange, Reply, Session, Verdict};
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::secret::Nonce;
use tokenkeep::proto::syntax::time::{Clock, Now};

use super::authorization_server::TokenId;
use super::random::Random;
use super::schedule::{Name, Setup, Target};
use crate::support::server::param;
use crate::support::{REDIRECT_URI, config_text};

pub(crate) use tokenkeep::proto::session::queue::RequestId;
pub(crate) use tokenkeep::proto::syntax::time::SLEEP_THRESHOLD_MS;

/// The token endpoint's answer, or why there is none.
pub(crate) type Answered = Result<Answer, Transport>;

/// What the session does or tells.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    SignedIn,
    Refreshed,
    SignedOut {
        reason: String,
    },
    Rejected {
        ids: Vec<RequestId>,
        why: Why,
    },
    Released {
        ids: Vec<RequestId>,
        generation: u32,
    },
    Revokes {
        token: TokenId,
    },
    Refreshes {
        attempt: u32,
        token: TokenId,
    },
    /// Tells of long waits, or that there are none any more.
    Waits {
        goes_on: bool,
    },
}

/// What the session decides about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It goes with the token of this generation.
    Go(u32),
    Wait,
    /// The 401 is the answer.
    Final,
    Refuse(Why),
}

/// Why a request isn't served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    TargetRefused,
    LoginRequired,
    QueueFull,
    TimedOut,
    /// The authorization server refuses this client.
    ClientRefused,
    Other(&'static str),
}

const LISTED: [&str; 4] = [
    "https://api.example/v1/files",
    "https://api.example/v1",
    "https://api.example/v1/a?b=c",
    "https://files.example/anything/else",
];

const UNLISTED: [&str; 7] = [
    "https://evil.example/v1/files",
    "https://api.example/v2/files",
    "https://api.example/v10",
    "https://api.example:444/v1/files",
    "https://api.example.evil.example/v1/files",
    "http://api.example/v1/files",
    "https://api.example/v1/%2e%2e/v2/files",
];

fn url_of(target: Target) -> &'static str {
    match target {
        Target::Listed(n) => LISTED[n as usize],
        Target::Unlisted(n) => UNLISTED[n as usize],
    }
}

/// The host that a target is at: that of one resource server, if it is listed.
pub(crate) fn host_of(target: Target) -> Option<&'static str> {
    url_of(target).split('/').nth(2)
}

pub(crate) struct Subject {
    pub(crate) session: Session,
    clock: Clock,
    now: Now,
    exchanges: Vec<Option<PendingExchange>>,
}

impl Clone for Subject {
    /// What is under way is not doubled: a code is good for one exchange.
    fn clone(&self) -> Self {
        assert!(self.exchanges.iter().all(Option::is_none), "an exchange is under way");
        let exchanges = self.exchanges.iter().map(|_| None).collect();
        Self { session: self.session.clone(), clock: self.clock.clone(), now: self.now, exchanges }
    }
}

impl Subject {
    pub(crate) fn new(setup: &Setup) -> Self {
        let session = Session::new(config(setup));
        Self { session, clock: Clock::default(), now: Now::default(), exchanges: Vec::new() }
    }

    /// Takes a reading of both clocks, as the shell does before each call.
    pub(crate) fn tick(&mut self, monotonic_ms: u64, unix_ms: u64) {
        self.now = self.clock.advance(monotonic_ms, unix_ms);
    }

    /// What time it is for the session, in milliseconds.
    pub(crate) fn now(&self) -> u64 {
        self.now.instant.as_millis()
    }

    /// When its timer should ring, on the same clock.
    pub(crate) fn timer(&self) -> Option<u64> {
        self.session.poll_timeout().map(|at| at.as_millis())
    }

    pub(crate) fn next_deed(&mut self) -> Option<Deed> {
        loop {
            let deed = match self.session.poll_command()? {
                Command::Output(Output::Emit(event)) => match event.name {
                    "signedin" => Deed::SignedIn,
                    "refreshed" => Deed::Refreshed,
                    "signedout" => Deed::SignedOut { reason: event.detail.string("reason").unwrap_or("").to_owned() },
                    "waiting" => Deed::Waits { goes_on: event.detail.string("for").is_some() },
                    _ => continue,
                },
                Command::LookUp(_) | Command::Output(Output::LetStand { .. } | Output::Report(_)) => continue,
                Command::Output(Output::Reject { ids, error }) => Deed::Rejected { ids, why: why(&error) },
                Command::Output(Output::Release { ids, generation }) => Deed::Released { ids, generation },
                Command::Revoke(request) => Deed::Revokes { token: token_of(request.body.expose(), "token") },
                Command::SendRefreshRequest(request) => {
                    assert_eq!(request.url, "https://as.example/token");
                    let token = token_of(request.body.expose(), "refresh_token");
                    Deed::Refreshes { attempt: request.attempt, token }
                }
            };
            return Some(deed);
        }
    }

    pub(crate) fn ring(&mut self) {
        self.session.handle_timeout(self.now);
    }

    pub(crate) fn ask(&mut self, id: RequestId, target: Target) -> Decision {
        decision(self.session.authorize(self.now, id, url_of(target), None))
    }

    /// Request `id` is answered with this status, and no word besides.
    pub(crate) fn answered(&mut self, id: RequestId, status: u16) -> Decision {
        match self.session.handle_status(self.now, id, status) {
            Ok(true) => Decision::Final,
            Ok(false) => {
                let reply =
                    Reply { target: LISTED[0].to_owned(), method: "GET".to_owned(), status, ..Reply::default() };
                decision(self.session.handle_reply(self.now, 0, id, &reply))
            }
            Err(error) => decision(Err(error)),
        }
    }

    /// Request `id` has no answer: the network or the API failed.
    pub(crate) fn failed(&mut self, id: RequestId) {
        self.session.handle_failed(self.now, id);
    }

    /// Nobody waits for request `id` any more.
    pub(crate) fn settled(&mut self, id: RequestId) {
        self.session.handle_settled(self.now, id);
    }

    pub(crate) fn online(&mut self, is: bool) {
        self.session.handle_connectivity(self.now, is);
    }

    pub(crate) fn visible(&mut self, is: bool) {
        self.session.handle_visibility(self.now, is);
    }

    pub(crate) fn cancel(&mut self, id: RequestId) {
        self.session.cancel(id);
    }

    /// The user is back with a code, and it is sent: number of the exchange, and the nonce.
    pub(crate) fn come_back(&mut self, name: Name) -> (usize, Option<String>) {
        let mut random = Random::new(name.into());
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|_| random.next() as u8);
        let request =
            self.session.begin_sign_in(self.now, &SignInOptions::default(), &random, None).expect("a request");
        let state = param(request.url.split_once('?').expect("a query").1, "state").expect("a state");
        let href = format!("{REDIRECT_URI}?code=canary-{name}&state={state}&iss=https%3A%2F%2Fas.example");
        let response = AuthorizationResponse::parse(&href, REDIRECT_URI).expect("a response").expect("a response");
        let record = request.transaction.to_json();
        let accepted = self.session.accept_response(self.now, response, Some(&record));
        let mut pending = accepted.expect("an accepted response");
        let sent = self.session.exchange_request(self.now, &mut pending).expect("a request");
        assert_eq!(sent.url, "https://as.example/token");
        self.exchanges.push(Some(pending));
        (self.exchanges.len() - 1, request.transaction.nonce.as_ref().map(|nonce| Nonce::expose(nonce).to_owned()))
    }

    /// The answer to an exchange; whether the user is signed in now, or why not.
    pub(crate) fn exchange_answer(&mut self, exchange: usize, answer: Answered) -> Result<(), Why> {
        let pending = self.exchanges[exchange].take().expect("one answer an exchange");
        self.session.handle_exchange_response(self.now, pending, answer).map_err(|error| why(&error))
    }

    pub(crate) fn refresh_answer(&mut self, jitter: u8, attempt: u32, answer: Answered) {
        let jitter = u32::from(jitter) * (u32::MAX / 255);
        self.session.handle_refresh_response(self.now, jitter, attempt, answer);
    }

    /// Signs out; the token that is revoked.
    pub(crate) fn sign_out(&mut self) -> Option<TokenId> {
        self.session.sign_out().map(|request| token_of(request.body.expose(), "token"))
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.session.is_signed_in()
    }

    /// The access token for a request of this generation.
    pub(crate) fn token(&self, generation: u32) -> Option<TokenId> {
        self.session.authorization(generation).map(|value| number_of(&value))
    }

    /// How many released requests are out by the session's own account.
    pub(crate) fn on_the_way(&self) -> Option<u64> {
        self.session.stats(self.now).member("inFlight").and_then(|value| value.as_u64())
    }
}

type ConfigKey = (u64, u64, u64, bool);

thread_local! {
    /// Reading a configuration takes longer than most schedules.
    static CONFIGS: RefCell<BTreeMap<ConfigKey, Config>> = const { RefCell::new(BTreeMap::new()) };
}

fn config(setup: &Setup) -> Config {
    let Setup { queue, wait, drain, openid, .. } = *setup;
    let read = || {
        let more = format!(r#""queueLimit":{queue},"queueTimeout":{wait},"drainConcurrency":{drain}"#);
        let text = config_text(if openid { "openid" } else { "files:read" }, &more)
            .replace(r#""https://api.example/v1/"]"#, r#""https://api.example/v1/","https://files.example/"]"#);
        Config::parse(&text, "https://app.example").expect("a good configuration")
    };
    CONFIGS.with_borrow_mut(|configs| configs.entry((queue, wait, drain, openid)).or_insert_with(read).clone())
}

fn decision(verdict: Result<Verdict, Error>) -> Decision {
    match verdict {
        Ok(Verdict::Send(generation)) => Decision::Go(generation),
        Ok(Verdict::Queued) => Decision::Wait,
        Ok(Verdict::Final | Verdict::StepUp) => Decision::Final,
        Err(error) => Decision::Refuse(why(&error)),
    }
}

fn why(error: &Error) -> Why {
    match error {
        Error::LoginRequired(_) => Why::LoginRequired,
        Error::Queue(QueueError::Full) => Why::QueueFull,
        Error::Queue(QueueError::Timeout) => Why::TimedOut,
        other => match other.code() {
            "TOKENKEEP_TARGET_REFUSED" => Why::TargetRefused,
            "TOKENKEEP_CLIENT_REFUSED" => Why::ClientRefused,
            code => Why::Other(code),
        },
    }
}

/// The number in a token such as `access-7`.
fn token_of(form: &str, name: &str) -> TokenId {
    number_of(&param(form, name).expect("a token"))
}

pub(crate) fn number_of(token: &str) -> TokenId {
    token.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).expect("a token of this server")
}
