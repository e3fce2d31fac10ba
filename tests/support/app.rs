//! A session that runs on virtual time and writes down what it commands.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{Error, Transport};
use tokenkeep::proto::oauth::authorization::{AuthorizationRequest, RANDOM_BYTES, SignInOptions};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::session::{Command, Output, PendingExchange, Session, TokenRequest, Verdict};
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};
use tokenkeep::proto::syntax::time::{Instant, Now};

use super::reply::Reply;
use super::server::{Server, param};
use super::{API, REDIRECT_URI, START_UNIX_MS};

/// The session under test with its surroundings.
pub(crate) struct App {
    pub(crate) session: Session,
    pub(crate) now: Now,
    pub(crate) server: Server,
    /// The refresh requests that are still to be answered.
    pub(crate) refreshes: Vec<TokenRequest>,
    /// Released requests that are still to be answered.
    released: Vec<u32>,
    seen: Vec<String>,
    /// What was told of long waits.
    waits: Vec<String>,
    sign_ins: u8,
}

/// Configuration text with a whole set of metadata and these members besides, such as `"queueLimit": 2`.
pub(crate) fn config_text(scope: &str, more: &str) -> String {
    let keys = if scope.contains("openid") { r#""jwks_uri":"https://as.example/jwks","# } else { "" };
    let more = if more.is_empty() { String::new() } else { format!(",{more}") };
    format!(
        r#"{{"server":{{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token",{keys}"revocation_endpoint":"https://as.example/revoke",
        "code_challenge_methods_supported":["S256"],"authorization_response_iss_parameter_supported":true}},
        "clientId":"spa","redirectUri":"{REDIRECT_URI}","scope":"{scope}","resourceServers":["https://api.example/v1/"]{more}}}"#
    )
}

/// The configuration of [`config_text`], checked.
pub(crate) fn config(scope: &str, more: &str) -> Config {
    Config::parse(&config_text(scope, more), "https://app.example").expect("a good configuration")
}

impl App {
    /// Nobody is signed in.
    pub(crate) fn new() -> Self {
        Self::with(config("files:read", ""))
    }

    /// Nobody is signed in; the configuration has these members besides.
    pub(crate) fn with_options(more: &str) -> Self {
        Self::with(config("files:read", more))
    }

    pub(crate) fn with(config: Config) -> Self {
        let now = Now { instant: Instant::from_millis(0), unix_ms: START_UNIX_MS };
        let (session, server) = (Session::new(config), Server::default());
        let (refreshes, released, seen, waits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { session, now, server, refreshes, released, seen, waits, sign_ins: 0 }
    }

    /// Somebody is signed in, with an hour's token of generation 1.
    pub(crate) fn signed_in() -> Self {
        Self::new().after_sign_in()
    }

    /// The same with what follows a sign-in already looked at.
    pub(crate) fn after_sign_in(mut self) -> Self {
        self.sign_in();
        assert_eq!(self.seen()[0], "signedin");
        self
    }

    /// The same where an anomaly came first.
    pub(crate) fn after_sign_in_with_alarm(mut self) -> Self {
        self.seen.clear();
        self.after_sign_in()
    }

    /// The same with nothing said about what follows.
    pub(crate) fn after_sign_in_with_reports(mut self) -> Self {
        self.sign_in();
        self.seen.clear();
        self
    }

    /// The whole way from the request to the installed grant.
    pub(crate) fn sign_in(&mut self) {
        let pending = self.come_back();
        self.exchange(pending).expect("the exchange succeeds");
    }

    /// An authorization request.
    pub(crate) fn begin(&mut self) -> AuthorizationRequest {
        self.sign_ins += 1;
        let random = std::array::from_fn::<u8, RANDOM_BYTES, _>(|at| self.sign_ins.wrapping_mul(31) ^ at as u8);
        self.session.begin_sign_in(self.now, &SignInOptions::default(), &random, None).expect("a request")
    }

    /// The user consented and is back: the exchange is about to start.
    pub(crate) fn come_back(&mut self) -> PendingExchange {
        let request = self.begin();
        let href = self.server.authorize(&request);
        self.arrive(&href, Some(&request.transaction.to_json())).expect("an accepted response")
    }

    /// The user arrives with this URL, and the store has this record.
    pub(crate) fn arrive(&mut self, href: &str, record: Option<&str>) -> Result<PendingExchange, Error> {
        let response = AuthorizationResponse::parse(href, REDIRECT_URI)?.expect("a response");
        self.run(|session, now| session.accept_response(now, response, record))
    }

    /// The exchange, answered by the server.
    pub(crate) fn exchange(&mut self, mut pending: PendingExchange) -> Result<(), Error> {
        let request = self.session.exchange_request(self.now, &mut pending).expect("a request");
        let answer = self.server.respond(&request);
        self.exchanged(pending, answer)
    }

    /// The exchange, answered like this.
    pub(crate) fn exchanged(
        &mut self,
        pending: PendingExchange,
        answer: Result<Answer, Transport>,
    ) -> Result<(), Error> {
        self.run(|session, now| session.handle_exchange_response(now, pending, answer))
    }

    pub(crate) fn authorize(&mut self, id: u32) -> Result<Verdict, Error> {
        self.run(|session, now| session.authorize(now, id, API, None))
    }

    /// These requests are made and have to wait.
    pub(crate) fn queue(&mut self, ids: impl IntoIterator<Item = u32>) {
        for id in ids {
            assert_eq!(self.authorize(id), Ok(Verdict::Queued), "request {id}");
        }
    }

    /// The first 401 to request `id`, which was sent with the token of `generation`.
    pub(crate) fn unauthorized(&mut self, id: u32, generation: u32) -> Result<Verdict, Error> {
        self.reply(id, &Reply { generation, ..Reply::unauthorized() })
    }

    /// The 401 to a request that was already replayed.
    pub(crate) fn unauthorized_again(&mut self, id: u32, generation: u32) -> Result<Verdict, Error> {
        self.reply(id, &Reply { generation, replays: 1, ..Reply::unauthorized() })
    }

    /// The API answers request `id`, which was sent for the first time with the current token.
    pub(crate) fn replied(&mut self, id: u32, status: u16, fields: Reply) -> Result<Verdict, Error> {
        let generation = self.stat("generation") as u32;
        let reply = Reply { target: API.into(), status, generation, ..fields };
        self.reply(id, &reply)
    }

    /// The API's answer to request `id`, no jitter.
    pub(crate) fn reply(&mut self, id: u32, reply: &Reply) -> Result<Verdict, Error> {
        self.run(|session, now| reply.hand_to(session, now, 0, id))
    }

    /// The kind of the last explanation.
    pub(crate) fn explained(&mut self) -> String {
        let explanation = self.session.take_explanation().expect("an explanation");
        assert!(explanation.string("message").is_some_and(|message| message.len() > 20), "{explanation:?}");
        explanation.string("kind").expect("a kind").to_owned()
    }

    /// The audit log, as `kind reason count` lines.
    pub(crate) fn audit(&self) -> Vec<String> {
        let log = format!(r#"{{"log":{}}}"#, self.session.audit());
        let Some(Value::Array(entries)) = Object::parse(log.as_bytes()).expect("JSON").member("log").cloned() else {
            panic!("no log: {log}")
        };
        let line = |entry: Value| {
            let Value::Object(entry) = entry else { panic!("{entry:?}") };
            let word = |name| entry.string(name).unwrap_or_default().to_owned();
            let count = entry.member("count").and_then(Value::as_u64).expect("a count");
            format!("{} {} {count}", word("kind"), word("reason")).replace("  ", " ")
        };
        entries.into_iter().map(line).collect()
    }

    /// Request `id` is answered well.
    pub(crate) fn answered(&mut self, id: u32) {
        assert_eq!(self.run(|session, now| session.handle_status(now, id, 200)), Ok(true));
    }

    /// The first `count` of the released requests have their answers.
    pub(crate) fn settle(&mut self, count: usize) {
        for _ in 0..count {
            let id = self.released.remove(0);
            self.answered(id);
        }
    }

    /// The released requests, to be answered elsewhere.
    pub(crate) fn take_released(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.released)
    }

    pub(crate) fn cancel(&mut self, id: u32) {
        self.run(|session, _| session.cancel(id));
    }

    /// Signs out; the token that is to be revoked.
    pub(crate) fn sign_out(&mut self) -> Option<String> {
        let revocation = self.run(|session, _| session.sign_out());
        revocation.and_then(|revocation| param(revocation.body.expose(), "token"))
    }

    /// The server answers the refresh under way.
    pub(crate) fn refresh(&mut self) {
        let request = self.refreshes.remove(0);
        let answer = self.server.respond(&request);
        self.refreshed(request.attempt, answer);
    }

    /// The refresh under way is answered like this.
    pub(crate) fn refresh_with(&mut self, answer: Result<Answer, Transport>) {
        let request = self.refreshes.remove(0);
        self.refreshed(request.attempt, answer);
    }

    /// The refresh with this number is answered like this; no jitter.
    pub(crate) fn refreshed(&mut self, attempt: u32, answer: Result<Answer, Transport>) {
        self.run(|session, now| session.handle_refresh_response(now, 0, attempt, answer));
    }

    /// Time passes and every timer fires when it should.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now.instant.after(ms);
        for _ in 0..100_000 {
            match self.session.poll_timeout().filter(|at| *at <= end) {
                Some(at) => {
                    self.move_to(at.max(self.now.instant));
                    self.run(Session::handle_timeout);
                }
                None => return self.move_to(end),
            }
        }
        panic!("the timer fires without end at {:?}", self.now.instant);
    }

    /// The machine sleeps: time passes, and the timers fire once, late.
    pub(crate) fn sleep(&mut self, ms: u64) {
        self.move_to(self.now.instant.after(ms));
        self.run(Session::handle_timeout);
    }

    fn move_to(&mut self, instant: Instant) {
        let ms = instant.since(self.now.instant);
        self.now = Now { instant, unix_ms: self.now.unix_ms + ms };
    }

    /// What the session told of long waits since the last look: for what, how many, for how many milliseconds, and how many
    /// are left, such as `token 2 3000` or `retry-after 1 3000 4000`; or `nothing`.
    pub(crate) fn waits(&mut self) -> Vec<String> {
        std::mem::take(&mut self.waits)
    }

    fn describe_wait(&self, detail: &Object) -> String {
        let number = |name| detail.member(name).and_then(Value::as_u64);
        let Some(what) = detail.string("for") else { return "nothing".to_owned() };
        let (since, calls) = (number("since").expect("a start"), number("calls").expect("a number"));
        let left = number("until").map(|until| format!(" {}", until - self.now.unix_ms)).unwrap_or_default();
        format!("{what} {calls} {}{left}", self.now.unix_ms - since)
    }

    /// What the session commanded since the last look, long waits aside.
    pub(crate) fn seen(&mut self) -> Vec<String> {
        std::mem::take(&mut self.seen)
    }

    /// A number of `stats()`.
    pub(crate) fn stat(&self, name: &str) -> u64 {
        self.session.stats(self.now).member(name).and_then(|value| value.as_u64()).expect("a number")
    }

    pub(crate) fn run<T>(&mut self, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        let result = call(&mut self.session, self.now);
        while let Some(command) = self.session.poll_command() {
            match &command {
                Command::Output(Output::Emit(event)) if event.name == "waiting" => {
                    self.waits.push(self.describe_wait(&event.detail));
                }
                _ => self.seen.push(describe(&command)),
            }
            match command {
                Command::SendRefreshRequest(request) => self.refreshes.push(request),
                Command::Output(Output::Release { ids, .. }) => self.released.extend(ids),
                _ => {}
            }
        }
        result
    }
}

/// A command in a few words: `release 1 2 @3`, `reject 1 2 QUEUE_TIMEOUT`, `refresh refresh-1`, `signedout revoked`.
pub(crate) fn describe(command: &Command) -> String {
    let list = |ids: &[u32]| ids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    match command {
        Command::Output(Output::Emit(event)) => {
            let word = ["reason", "code", "kind"].into_iter().find_map(|name| event.detail.string(name));
            let detail = word.map(short).unwrap_or_default();
            format!("{} {detail}", event.name).trim_end().to_owned()
        }
        Command::LookUp(look_up) => format!("look up {}", look_up.url),
        Command::Output(Output::Reject { ids, error }) => format!("reject {} {}", list(ids), short(error.code())),
        Command::Output(Output::Release { ids, generation }) => format!("release {} @{generation}", list(ids)),
        Command::Output(Output::LetStand { ids }) => format!("stand {}", list(ids)),
        Command::Output(Output::Report(entries)) => format!("report {entries}"),
        Command::Revoke(request) => {
            assert_eq!(request.url, "https://as.example/revoke");
            format!("revoke {}", param(request.body.expose(), "token").expect("a token"))
        }
        Command::SendRefreshRequest(request) => {
            format!("refresh {}", param(request.body.expose(), "refresh_token").expect("a refresh token"))
        }
    }
}

/// An error code without the prefix that all have.
pub(crate) fn short(code: &str) -> String {
    code.trim_start_matches("TOKENKEEP_").to_owned()
}
