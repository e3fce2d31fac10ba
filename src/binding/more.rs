//! The rest of `Core`: what isn't about requests and sign-ins.

use alloc::string::String;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::proto::session::Session;

use super::Core;

#[wasm_bindgen]
impl Core {
    /// The audit log, a JSON array.
    pub fn audit(&self) -> String {
        self.driver.ask(|session, _| session.audit())
    }

    /// Lets a locked session go on.
    pub fn unlock(&self) {
        self.driver.drive(Session::unlock);
    }

    /// The public part of the key pair that was to be made, a JWK, or nothing if there can't be one.
    pub fn keyed(&self, flight: u32, jwk: Option<String>) {
        self.driver.keyed(flight, jwk.as_deref());
    }

    /// A promise of the `DPoP` field for request `id` with the token of `generation`, or undefined if that needs none. It
    /// rejects if the key is gone.
    pub fn prove(&self, id: u32, generation: u32, method: &str, href: &str) -> JsValue {
        self.driver.prove(id, generation, method, href)
    }

    /// An answer from `href` brought a nonce for the next proof.
    pub fn nonce(&self, href: &str, nonce: &str) {
        self.driver.drive(|session, _| session.handle_nonce(href, nonce));
    }

    /// The key that the tokens are bound to is gone.
    #[wasm_bindgen(js_name = keyLost)]
    pub fn key_lost(&self) {
        self.driver.drive(Session::handle_key_lost);
    }

    /// As [`authorize`](Self::authorize), for a request to where [`userinfo_endpoint`](Self::userinfo_endpoint) says.
    #[wasm_bindgen(js_name = authorizeUserinfo)]
    pub fn authorize_userinfo(&self, id: u32) -> i32 {
        self.judge(self.driver.drive(|session, now| session.authorize_userinfo(now, id)))
    }

    /// Where to ask about the user; nothing, and a reason, if nowhere.
    #[wasm_bindgen(js_name = userinfoEndpoint)]
    pub fn userinfo_endpoint(&self) -> Option<String> {
        self.tell(self.driver.ask(|session, _| session.userinfo_endpoint().map(Into::into)))
    }

    /// The claims in the userinfo endpoint's answer as JSON text; nothing, and a reason, if they are not the user's.
    pub fn userinfo(&self, status: u16, body: &str) -> Option<String> {
        self.tell(self.driver.ask(|session, _| session.userinfo(status, body)))
    }

    /// What came of a signature that was to be checked: 0 it is forged, 1 it is good, else nobody can tell.
    pub fn verified(&self, flight: u32, outcome: u8) {
        self.driver.verified(flight, outcome);
    }
}
