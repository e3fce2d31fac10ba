//! A holder and what it asks for, in a few words.

#![allow(dead_code, reason = "each test crate uses its own part")]

use crate::support::Reply;
use tokenkeep::proto::calls::{Action, CallId, Door, FlightId, Holder, Signature};
use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::{RANDOM_BYTES, Transaction};
use tokenkeep::proto::oauth::dpop::DpopKey;
use tokenkeep::proto::oauth::id_token::Signed;
use tokenkeep::proto::session::{Event, Look, Output, TokenRequest};
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::secret::FormBody;
use tokenkeep::proto::syntax::time::{Instant, Now};

use crate::support::app::short;
use crate::support::server::{Server, param};
use crate::support::{ISSUER, REDIRECT_URI, START_UNIX_MS, config, json};

/// The holder under test, a store and a fake authorization server.
pub(crate) struct Desk {
    pub(crate) holder: Holder,
    pub(crate) config: Config,
    pub(crate) now: Now,
    pub(crate) server: Server,
    /// What was sent and is still to be answered.
    pub(crate) sent: Vec<(FlightId, String, Option<FormBody>)>,
    /// What the store was asked for: flight, record, and whether it is to be taken out.
    pub(crate) asked: Vec<(FlightId, String, bool)>,
    /// What was told.
    pub(crate) events: Vec<Event>,
    /// The bodies of registration requests.
    pub(crate) documents: Vec<String>,
    /// The store: names and records; those of lasting ones start with a tilde.
    pub(crate) records: Vec<(String, String)>,
    /// Results of calls that went well.
    pub(crate) results: Vec<Option<String>>,
    /// Messages of calls that went wrong.
    pub(crate) told: Vec<String>,
    /// Where something was sent whose failure is to be looked into.
    pub(crate) probed: Vec<String>,
    /// How to look for a service worker, for everything that was sent.
    pub(crate) looks: Vec<Look>,
    /// Calls that were settled, in order.
    pub(crate) settled: Vec<CallId>,
    pub(crate) seen: Vec<String>,
    /// Key pairs that are to be made.
    pub(crate) keys: Vec<FlightId>,
    /// Signatures that are to be checked: flight, key, and what was signed.
    pub(crate) checked: Vec<(FlightId, String, Signed)>,
}

/// A configuration whose issuer has to be discovered.
pub(crate) fn discovered() -> Config {
    let text = format!(
        r#"{{"issuer":"{ISSUER}","clientId":"spa","redirectUri":"{REDIRECT_URI}","scope":"files:read",
        "resourceServers":["https://api.example/v1/"]}}"#
    );
    Config::parse(&text, "https://app.example").expect("a good configuration")
}

/// The issuer's document.
pub(crate) fn metadata() -> Result<Answer, Transport> {
    json(
        200,
        r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token","code_challenge_methods_supported":["S256"]}"#,
    )
}

impl Desk {
    /// Nobody is signed in, and the metadata is known.
    pub(crate) fn new() -> Self {
        Self::with(config("files:read", ""))
    }

    pub(crate) fn with(config: Config) -> Self {
        Self {
            holder: Holder::new(config.clone()),
            config,
            now: Now { instant: Instant::from_millis(0), unix_ms: START_UNIX_MS },
            server: Server::default(),
            sent: Vec::new(),
            asked: Vec::new(),
            documents: Vec::new(),
            events: Vec::new(),
            records: Vec::new(),
            results: Vec::new(),
            told: Vec::new(),
            probed: Vec::new(),
            looks: Vec::new(),
            settled: Vec::new(),
            seen: Vec::new(),
            keys: Vec::new(),
            checked: Vec::new(),
        }
    }

    /// Somebody is signed in.
    pub(crate) fn signed_in() -> Self {
        let mut desk = Self::new();
        let href = desk.come_back(1);
        desk.finish(2, &href);
        desk.take();
        desk.respond();
        assert!(desk.seen().ends_with(&["settle 2".to_owned(), "signedin".to_owned()]));
        desk
    }

    /// Call `call` signs in; the user consents: the URL the browser arrives with.
    pub(crate) fn come_back(&mut self, call: u32) -> String {
        self.sign_in(call, "{}");
        self.keep();
        let url = self.results.pop().flatten().expect("a URL");
        let query = url.split_once('?').expect("a query").1;
        let code = self.server.consent(query);
        let state = param(query, "state").expect("a state");
        format!("{REDIRECT_URI}?code={code}&state={state}&iss=https%3A%2F%2Fas.example")
    }

    pub(crate) fn sign_in(&mut self, call: u32, options: &str) {
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|at| (call as u8).wrapping_mul(31) ^ at as u8);
        self.run(|holder, now| holder.sign_in(now, call, options, random));
    }

    pub(crate) fn finish(&mut self, call: u32, href: &str) {
        self.run(|holder, _| holder.finish(call, href));
    }

    /// Whether there is room for a call through `door`.
    pub(crate) fn admit(&mut self, call: u32, door: Door, waits: bool) -> bool {
        let mut room = false;
        self.run(|holder, _| room = holder.admit(call, door, waits));
        room
    }

    pub(crate) fn wait(&mut self, call: u32, key: &str) {
        self.run(|holder, _| holder.wait(call, key));
    }

    pub(crate) fn sign_out(&mut self, call: u32) {
        self.sign_out_with(call, "{}");
    }

    pub(crate) fn sign_out_with(&mut self, call: u32, options: &str) {
        self.run(|holder, now| holder.sign_out(now, call, options, &[9; RANDOM_BYTES]));
    }

    /// The oldest record that is to be kept is kept.
    pub(crate) fn keep(&mut self) {
        self.store(0);
    }

    /// The oldest record that is asked for is taken out of the store.
    pub(crate) fn take(&mut self) {
        self.store(0);
    }

    /// The store does what it was asked for at this place: records are removed when they are read.
    pub(crate) fn store(&mut self, at: usize) {
        let (flight, key, taking) = self.asked.remove(at);
        if key == "?" {
            let pending = self.records.iter().any(|(name, _)| !name.starts_with('~'));
            return self.run(|holder, now| holder.handle_stored(now, flight, pending.then_some("pending")));
        }
        let found = self.records.iter().position(|(known, _)| taking && *known == key);
        let lasting = key.starts_with('~');
        let record = found.map(|at| if lasting { self.records[at].1.clone() } else { self.records.remove(at).1 });
        self.run(|holder, now| holder.handle_stored(now, flight, record.as_deref()));
    }

    /// The store answers the oldest thing that it was asked for like this.
    pub(crate) fn stored(&mut self, record: Option<&str>) {
        let (flight, ..) = self.asked.remove(0);
        self.run(|holder, now| holder.handle_stored(now, flight, record));
    }

    /// The server answers the oldest token request.
    pub(crate) fn respond(&mut self) {
        let (_, url, body) = self.sent[0].clone();
        let answer = self.server.respond(&TokenRequest { attempt: 0, url, body: body.expect("a form"), key: None });
        self.answer(answer);
    }

    /// The page is loaded anew: another holder with the same store.
    pub(crate) fn reload(&mut self) {
        self.holder = Holder::new(self.config.clone());
        self.sent.clear();
        self.asked.clear();
    }

    /// The oldest thing that was sent is answered like this.
    pub(crate) fn answer(&mut self, answer: Result<Answer, Transport>) {
        let (flight, _, _) = self.sent.remove(0);
        self.answer_flight(flight, answer);
    }

    pub(crate) fn answer_flight(&mut self, flight: FlightId, answer: Result<Answer, Transport>) {
        self.run(|holder, now| holder.handle_answer(now, 0, flight, answer));
    }

    /// The oldest key pair that is to be made is this one.
    pub(crate) fn made(&mut self, jwk: Option<&str>) {
        let flight = self.keys.remove(0);
        self.run(|holder, now| holder.handle_key(now, flight, jwk));
    }

    /// The oldest signature that is to be checked is like this.
    pub(crate) fn verified(&mut self, signature: Signature) {
        let (flight, _, _) = self.checked.remove(0);
        self.run(|holder, now| holder.handle_verified(now, flight, signature));
    }

    /// A request to the API.
    pub(crate) fn authorize(&mut self, id: u32) {
        self.run(|holder, now| {
            let _ = holder.session_mut().authorize(now, id, crate::support::API, None);
        });
    }

    /// A request to `href`.
    pub(crate) fn request(&mut self, id: u32, href: &str) {
        self.run(|holder, now| {
            let _ = holder.session_mut().authorize(now, id, href, None);
        });
    }

    /// The shell sees a service worker between the holder and the network.
    pub(crate) fn intercept(&mut self) {
        self.run(|holder, now| holder.handle_interception(now));
    }

    /// The timer rings.
    pub(crate) fn timeout(&mut self) {
        self.run(|holder, now| holder.session_mut().handle_timeout(now));
    }

    /// An API answers request `id` like this, which was sent with the newest token.
    pub(crate) fn reply(&mut self, id: u32, reply: &Reply) {
        self.run(|holder, now| {
            let stats = holder.session().stats(now);
            let generation = stats.member("generation").and_then(|number| number.as_u64()).expect("a number") as u32;
            let _ = Reply { generation, ..reply.clone() }.hand_to(holder.session_mut(), now, 0, id);
        });
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.now = Now { instant: self.now.instant.after(ms), unix_ms: self.now.unix_ms + ms };
    }

    /// What the holder asked for since the last look.
    pub(crate) fn seen(&mut self) -> Vec<String> {
        std::mem::take(&mut self.seen)
    }

    fn run(&mut self, call: impl FnOnce(&mut Holder, Now)) {
        call(&mut self.holder, self.now);
        while let Some(action) = self.holder.poll_action() {
            self.seen.push(describe(&action));
            self.take_in(action);
        }
    }

    fn take_in(&mut self, action: Action) {
        match action {
            Action::Keep { flight, key, record, handle } => {
                let transaction = Transaction::parse(record.expose());
                let kept = transaction.as_ref().and_then(|transaction| transaction.dpop_key.as_ref());
                assert_eq!(kept.map(DpopKey::handle), handle.as_deref(), "the key beside the record");
                assert!(transaction.is_some() || record.expose().contains("signedOut"), "not a record");
                self.records.push((key.clone(), record.expose().to_owned()));
                self.asked.push((flight, key, false));
            }
            Action::Probe { flight, url } => self.sent.push((flight, url, None)),
            Action::Recall { flight, key } => self.asked.push((flight, format!("~{key}"), true)),
            Action::Remember { key, record } => {
                self.records.retain(|(known, _)| *known != format!("~{key}"));
                self.records.push((format!("~{key}"), record));
            }
            Action::MakeKey { flight, .. } => self.keys.push(flight),
            Action::Send { flight, url, body, probe, look, .. } => {
                self.looks.push(look);
                self.probed.extend(probe.then(|| url.clone()));
                let document = body.as_ref().map(FormBody::expose).filter(|body| body.starts_with('{'));
                self.documents.extend(document.map(str::to_owned));
                self.sent.push((flight, url, body));
            }
            Action::Settle { call, outcome } => {
                self.settled.push(call);
                match outcome {
                    Ok(result) => self.results.push(result),
                    Err(error) => self.told.push(error.message().into_owned()),
                }
            }
            Action::Take { flight, key } => self.asked.push((flight, key, true)),
            Action::Seek { flight } => self.asked.push((flight, "?".to_owned(), true)),
            Action::Verify { flight, key, signed } => {
                assert!(!format!("{signed:?}").contains("canary"), "LOG-4");
                self.checked.push((flight, key, signed));
            }
            Action::Output(Output::Emit(event)) => self.events.push(event),
            Action::Output(_) => {}
        }
    }
}

/// `settle 1`, `settle 1 NETWORK`, `get <url>`, `post <endpoint> <token>`, `keep`, `take`, `recall`, `signedin`, `reject 1`, `release 1`.
fn describe(action: &Action) -> String {
    let list = |ids: &[u32]| ids.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    match action {
        Action::Output(Output::Emit(event)) => event.name.to_owned(),
        Action::Keep { .. } => "keep".to_owned(),
        Action::MakeKey { persist, .. } => if *persist { "key to keep" } else { "key" }.to_owned(),
        Action::Take { .. } => "take".to_owned(),
        Action::Seek { .. } => "seek".to_owned(),
        Action::Verify { signed, .. } => format!("verify {}", signed.algorithm),
        Action::Output(Output::Reject { ids, error }) => format!("reject {} {}", list(ids), short(error.code())),
        Action::Probe { url, .. } => format!("probe {url}"),
        Action::Recall { .. } => "recall".to_owned(),
        Action::Remember { .. } => "remember".to_owned(),
        Action::Output(Output::Release { ids, .. }) => format!("release {}", list(ids)),
        Action::Output(Output::LetStand { ids }) => format!("stand {}", list(ids)),
        Action::Output(Output::Report(entries)) => format!("report {entries}"),
        Action::Send { url, body: None, .. } => format!("get {}", url.trim_start_matches(ISSUER)),
        Action::Send { url, body: Some(_), .. } if url.ends_with("/register") => {
            format!("register {}", url.trim_start_matches(ISSUER))
        }
        Action::Send { url, body: Some(body), key, .. } => {
            let token = ["code", "refresh_token", "token"].into_iter().find_map(|name| param(body.expose(), name));
            let token = token.or_else(|| param(body.expose(), "response_type"));
            let token = token.unwrap_or_else(|| body.expose().to_owned());
            format!("post {} {token}{}", url.trim_start_matches(ISSUER), if key.is_some() { " proven" } else { "" })
        }
        Action::Settle { call, outcome: Ok(_) } => format!("settle {call}"),
        Action::Settle { call, outcome: Err(error) } => format!("settle {call} {}", short(error.code())),
    }
}
