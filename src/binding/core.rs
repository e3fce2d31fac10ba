//! `Core`, the one class the glue works with.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::{Driver, Host};
use crate::proto::config::Config;
use crate::proto::error::Error;
use crate::proto::json::{Object, Value};
use crate::proto::session::{Session, Verdict};

use super::verdict::{REFUSED, to_number};

/// The session of one holder.
#[wasm_bindgen]
pub struct Core {
    driver: Rc<Driver>,
    refusal: RefCell<Option<Error>>,
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
        Ok(Self { driver: Driver::new(config, host), refusal: RefCell::default() })
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

    /// What now, after a 401 to request `id`? As [`authorize`](Self::authorize), and -2: the 401 is the answer.
    pub fn unauthorized(&self, id: u32, generation: u32, replays: u32, timeout: f64) -> i32 {
        let timeout = patience(timeout);
        self.judge(self.driver.drive(|session, now| session.handle_unauthorized(now, id, generation, replays, timeout)))
    }

    /// The error behind the last -3, as JSON text.
    #[wasm_bindgen(js_name = takeError)]
    pub fn take_error(&self) -> Option<String> {
        self.refusal.take().map(|error| error.to_object().to_json())
    }

    /// The `Authorization` value for requests of `generation`, while that is the current one.
    pub fn authorization(&self, generation: u32) -> Option<String> {
        self.driver.ask(|session, _| session.authorization(generation))
    }

    /// A released request has its answer, or failed.
    pub fn settled(&self) {
        self.driver.drive(Session::handle_settled);
    }

    /// The caller of request `id` gave up waiting.
    pub fn cancel(&self, id: u32) {
        self.driver.drive(|session, _| session.cancel(id));
    }

    /// Starts a sign-in; `call` is settled with the URL to navigate to.
    #[wasm_bindgen(js_name = signIn)]
    pub fn sign_in(&self, call: u32, options: &str) {
        self.driver.sign_in(call, options);
    }

    /// Finishes a sign-in; `call` is settled with what the application gets back, as JSON text, or with nothing if
    /// `href` is no authorization response.
    pub fn finish(&self, call: u32, href: &str) {
        self.driver.finish(call, href);
    }

    /// Ends the session; `call` is settled with what came of the revocation.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self, call: u32) {
        self.driver.sign_out(call);
    }

    /// The answer to something that was sent.
    pub fn answered(
        &self,
        flight: u32,
        status: u16,
        content_type: Option<String>,
        retry_after: Option<String>,
        body: Option<Vec<u8>>,
    ) {
        self.driver.answered(flight, status, content_type, retry_after, body);
    }

    /// A record is kept.
    pub fn kept(&self, flight: u32) {
        self.driver.kept(flight);
    }

    /// What the store held, or nothing.
    pub fn taken(&self, flight: u32, record: Option<String>) {
        self.driver.taken(flight, record.as_deref());
    }

    /// What the application may know of the session, as JSON text; `null` without one.
    pub fn snapshot(&self) -> String {
        let snapshot = self.driver.ask(|session, _| session.snapshot());
        Object::default().with("session", snapshot.map_or(Value::Null, Value::Object)).to_json()
    }

    /// Numbers for people, as JSON text.
    pub fn stats(&self) -> String {
        self.driver.ask(Session::stats).to_json()
    }

    fn judge(&self, verdict: Result<Verdict, Error>) -> i32 {
        verdict.map(to_number).unwrap_or_else(|error| {
            self.refusal.replace(Some(error));
            REFUSED
        })
    }
}

fn patience(timeout: f64) -> Option<u64> {
    (timeout >= 0.0).then_some(timeout as u64)
}
