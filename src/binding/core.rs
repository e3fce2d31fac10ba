//! `Core`, the one class the glue works with.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::verdict::{FINAL, REFUSED, TELL, to_number};
use crate::browser::{Driver, Host, Operation};
use crate::proto::calls::Door;
use crate::proto::config::{Config, Personal};
use crate::proto::error::Error;
use crate::proto::session::{Reply, Verdict};
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value};

/// The session of one holder.
#[wasm_bindgen]
pub struct Core {
    pub(super) driver: Driver,
    reason: RefCell<Option<Object>>,
}

#[wasm_bindgen]
impl Core {
    /// Checks the configuration and starts without a session. `origin` is the holder's own, or empty.
    ///
    /// # Errors
    /// The configuration error as JSON text.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &str, origin: &str, host: Host) -> Result<Core, JsValue> {
        let config = Config::parse(config, origin).map_err(|error| error.to_object().to_json())?;
        Ok(Self { driver: Driver::new(config, host), reason: RefCell::default() })
    }

    /// May request `id` to `href` have the token? A generation, or a negative number: -1 wait, -3 refused.
    /// `timeout` is in milliseconds; a negative one stands for the configured time.
    pub fn authorize(&self, id: u32, href: &str, timeout: f64) -> i32 {
        self.judge(self.driver.drive(|session, now| session.authorize(now, id, href, patience(timeout))))
    }

    /// As [`authorize`](Self::authorize), for the token itself.
    #[wasm_bindgen(js_name = authorizeExposure)]
    pub fn authorize_exposure(&self, id: u32) -> i32 {
        self.judge(self.driver.drive(|session, now| session.authorize_exposure(now, id)))
    }

    /// Request `id` was answered with this status: -2 the answer stands, -3 refused, -5 tell more by
    /// [`replied`](Self::replied).
    pub fn responded(&self, id: u32, status: u16) -> i32 {
        match self.driver.responded(id, status) {
            Ok(true) => FINAL,
            Ok(false) => TELL,
            Err(error) => self.refuse(&error),
        }
    }

    /// What now, after `reply` to request `id`? As [`authorize`](Self::authorize), and -2: the answer stands, -4: wait
    /// for more rights, and if they don't come in time the answer stands. `reply` is JSON text.
    pub fn replied(&self, id: u32, reply: &str) -> i32 {
        self.reason.take();
        let Some(reply) = Reply::parse(reply) else { return to_number(Verdict::Final) };
        let verdict = self.driver.drive_at_random(|session, now, jitter| {
            let verdict = session.handle_reply(now, jitter, id, &reply);
            self.reason.replace(session.take_explanation());
            verdict
        });
        self.judge(verdict)
    }

    /// The explanation of the last -2 or the error behind the last -3, as JSON text.
    #[wasm_bindgen(js_name = takeReason)]
    pub fn take_reason(&self) -> Option<String> {
        self.reason.take().map(|reason| reason.to_json())
    }

    /// The `Authorization` value for requests of `generation`, while that is the current one.
    pub fn authorization(&self, generation: u32) -> Option<String> {
        self.driver.ask(|session, _| session.authorization(generation))
    }

    /// Request `id` is over without an end of its own: its caller gave up, or nothing was sent.
    pub fn settled(&self, id: u32) {
        self.driver.drive(|session, now| session.handle_settled(now, id));
    }

    /// Request `id` is over without an answer, since the network or the API failed.
    pub fn failed(&self, id: u32) {
        self.driver.drive(|session, now| session.handle_failed(now, id));
    }

    /// The caller of request `id` gave up waiting, or whoever signs in or waits for a sign-in as call `id`. Answers
    /// whether it was the latter, and won't be settled any more.
    pub fn cancel(&self, id: u32) -> bool {
        self.driver.steer(|holder, _| holder.cancel(id))
    }

    /// Starts an operation; `call` will be settled with its outcome: 0 finishes a sign-in (`text` is the URL, the
    /// outcome what the application gets back, as JSON text, or nothing if the URL is no authorization response), 1
    /// signs in (`text` is the options as JSON text, the outcome the URL to navigate to, for a popup with the 43
    /// characters of the record's name before it), 2 signs out (`text` is the options as JSON text, the outcome
    /// `{ revocation, url, idTokenHint }` as JSON text), 3 enters the personal access token `text`, 4 waits for the outcome
    /// of the sign-in whose record is called `text`. `door` is the number of the page that it comes from, `alive` whether
    /// that showed that it is there.
    pub fn start(&self, call: u32, operation: u8, text: &str, door: u32, alive: bool) {
        let operation = match operation {
            0 => Operation::Finish,
            1 => Operation::SignIn,
            2 => Operation::SignOut,
            4 => Operation::Wait,
            _ => Operation::EnterToken,
        };
        self.driver.start(call, Door { number: door, alive }, operation, text);
    }

    /// The page behind door number `door` showed that it is there, with calls of its own under way.
    pub fn vouch(&self, door: u32) {
        self.driver.steer(|holder, _| holder.vouch(door));
    }

    /// The answer to something that was sent.
    #[allow(clippy::too_many_arguments, reason = "an answer's parts cross one by one, which is the cheapest way")]
    pub fn answered(
        &self,
        flight: u32,
        status: u16,
        content_type: Option<String>,
        date: Option<String>,
        retry_after: Option<String>,
        body: Option<Vec<u8>>,
        dpop_nonce: Option<String>,
        challenge: Option<String>,
    ) {
        let body = body.unwrap_or_default().into();
        self.driver.answered(flight, Answer { status, content_type, date, retry_after, dpop_nonce, challenge, body });
    }

    /// The store has done what it was asked for; `record` is what it held.
    pub fn stored(&self, flight: u32, record: Option<String>) {
        self.driver.stored(flight, record.as_deref());
    }

    /// `{ session, stats, redirectUri, streamBufferLimit }` as JSON text: what the application may know of the session, numbers for
    /// people, where sign-ins end, and how much of an uploaded stream is kept.
    pub fn describe(&self) -> String {
        self.driver.ask(|session, now| {
            let snapshot = session.snapshot().map_or(Value::Null, Value::Object);
            let described = Object::default().with("session", snapshot).with("stats", session.stats(now));
            let config = session.config();
            described
                .with("givesWay", session.gives_way())
                .with("hasSecretFile", matches!(config.personal, Some(Personal::Given(_))))
                .with("redirectUri", config.redirect_uri.as_str())
                .with("streamBufferLimit", config.limits.stream_buffer_limit)
                .to_json()
        })
    }

    /// The time has come that `Host.wake` was told.
    pub fn ring(&self) {
        self.driver.ring();
    }

    /// The platform says that it is online, or offline.
    pub fn online(&self, online: bool) {
        self.driver.drive(|session, now| session.handle_connectivity(now, online));
    }

    /// A service worker stands between the holder and the network.
    pub fn intercepted(&self) {
        self.driver.steer(|holder, now| holder.handle_interception(now));
    }

    /// Somebody looks at a page, or nobody does.
    pub fn visible(&self, visible: bool) {
        self.driver.drive(|session, now| session.handle_visibility(now, visible));
    }

    pub(super) fn tell(&self, result: Result<String, Error>) -> Option<String> {
        result.inspect_err(|error| drop(self.reason.replace(Some(error.to_object())))).ok()
    }

    pub(super) fn judge(&self, verdict: Result<Verdict, Error>) -> i32 {
        verdict.map(to_number).unwrap_or_else(|error| self.refuse(&error))
    }

    fn refuse(&self, error: &Error) -> i32 {
        self.reason.replace(Some(error.to_object()));
        REFUSED
    }
}

fn patience(timeout: f64) -> Option<u64> {
    (timeout >= 0.0).then_some(timeout as u64)
}
