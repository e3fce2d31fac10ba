//! A core with its doubles.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

use tokenkeep::binding::Core;
use tokenkeep::browser::Host;
use tokenkeep::proto::syntax::json::{Object, Value};

#[wasm_bindgen(module = "/tests/wasm/double.js")]
extern "C" {
    pub(crate) type Double;

    #[wasm_bindgen(constructor)]
    fn new() -> Double;

    #[wasm_bindgen(method)]
    pub(crate) fn host(this: &Double) -> Host;
    #[wasm_bindgen(method)]
    fn connect(this: &Double, core: Core);
    #[wasm_bindgen(method)]
    fn restore(this: &Double);
    #[wasm_bindgen(method)]
    pub(crate) fn call(this: &Double, operation: &str, text: &str) -> Promise;
    #[wasm_bindgen(method)]
    fn core(this: &Double) -> CoreObject;
    #[wasm_bindgen(method, js_name = slowStore)]
    pub(crate) fn slow_store(this: &Double);
    #[wasm_bindgen(method, js_name = finishStoring)]
    pub(crate) fn finish_storing(this: &Double);
    #[wasm_bindgen(method, js_name = callBack)]
    pub(crate) fn call_back(this: &Double);
    #[wasm_bindgen(method)]
    pub(crate) fn reply(this: &Double, json: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn intercept(this: &Double);
    #[wasm_bindgen(method, js_name = noRandomness)]
    pub(crate) fn no_randomness(this: &Double);
    #[wasm_bindgen(method)]
    pub(crate) fn clocks(this: &Double, monotonic: f64, wall: f64);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn alarm(this: &Double) -> i32;
    #[wasm_bindgen(method)]
    fn seen(this: &Double, start: &str) -> Promise;
    #[wasm_bindgen(method)]
    fn quiet(this: &Double) -> Promise;
    #[wasm_bindgen(method)]
    fn logged(this: &Double) -> String;
    #[wasm_bindgen(method)]
    fn requested(this: &Double) -> String;
    #[wasm_bindgen(method, js_name = bodiesCancelled)]
    pub(crate) fn bodies_cancelled(this: &Double) -> u32;

    /// `Core` as JavaScript has it.
    pub(crate) type CoreObject;
    #[wasm_bindgen(method)]
    pub(crate) fn authorize(this: &CoreObject, id: u32, href: &str, timeout: f64) -> i32;
    #[wasm_bindgen(method, js_name = authorizeExposure)]
    pub(crate) fn authorize_exposure(this: &CoreObject, id: u32) -> i32;
    #[wasm_bindgen(method)]
    pub(crate) fn replied(this: &CoreObject, id: u32, reply: &str) -> i32;
    #[wasm_bindgen(method, js_name = takeReason)]
    pub(crate) fn take_reason(this: &CoreObject) -> Option<String>;
    #[wasm_bindgen(method)]
    pub(crate) fn authorization(this: &CoreObject, generation: u32) -> Option<String>;
    #[wasm_bindgen(method)]
    pub(crate) fn responded(this: &CoreObject, id: u32, status: u16) -> i32;
    #[wasm_bindgen(method)]
    pub(crate) fn cancel(this: &CoreObject, id: u32);
    #[wasm_bindgen(method)]
    pub(crate) fn visible(this: &CoreObject, visible: bool);
    #[wasm_bindgen(method)]
    pub(crate) fn describe(this: &CoreObject) -> String;
}

impl CoreObject {
    /// Request `id` is sent, unless it has to wait, and answered by a 401.
    pub(crate) fn unauthorized(&self, id: u32, timeout: f64) -> i32 {
        match self.authorize(id, API, timeout) {
            0.. => self.replied(id, &unauthorized("")),
            waiting => waiting,
        }
    }
}

/// A 401 with these members besides, as JSON text.
pub(crate) fn unauthorized(more: &str) -> String {
    format!(r#"{{"target":"{API}","method":"GET","status":401{more}}}"#)
}

pub(crate) const REDIRECT_URI: &str = "https://app.example/callback";
pub(crate) const API: &str = "https://api.example/v1/files";
pub(crate) const QUEUED: i32 = -1;
pub(crate) const FINAL: i32 = -2;
pub(crate) const REFUSED: i32 = -3;
pub(crate) const TELL: i32 = -5;

/// The options that every configuration here has, apart from issuer or server, and these members besides.
pub(crate) fn options(more: &str) -> String {
    format!(
        r#""clientId":"spa","redirectUri":"{REDIRECT_URI}","resourceServers":["https://api.example/v1/"],"scope":"files:read"{}{more}"#,
        if more.is_empty() { "" } else { "," }
    )
}

/// A configuration with a whole set of metadata.
pub(crate) fn with_server(more: &str) -> String {
    format!(
        r#"{{"server":{{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token","revocation_endpoint":"https://as.example/revoke",
        "jwks_uri":"https://as.example/jwks","code_challenge_methods_supported":["S256"]}},{}}}"#,
        options(more)
    )
}

/// Tokens number `n` that live for an hour.
pub(crate) fn tokens(n: u32) -> String {
    let body = format!(
        r#"{{"access_token":"access-{n}","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-{n}"}}"#
    );
    reply_with(&body)
}

/// A reply with this JSON body.
pub(crate) fn reply_with(body: &str) -> String {
    Object::default().with("body", body).to_json()
}

/// The core, seen from JavaScript, with its doubles; the real `fetch` and clocks come back when it goes.
pub(crate) struct World {
    pub(crate) double: Double,
    pub(crate) core: CoreObject,
}

impl Drop for World {
    fn drop(&mut self) {
        self.double.restore();
    }
}

impl World {
    pub(crate) fn new(config: &str) -> Self {
        let double = Double::new();
        let core = Core::new(config, "https://app.example", double.host());
        double.connect(core.unwrap_or_else(|error| panic!("{error:?}")));
        Self { core: double.core(), double }
    }

    /// A core with a session of one hour, generation 1.
    pub(crate) async fn signed_in(more: &str) -> Self {
        let world = Self::new(&with_server(more));
        let href = world.come_back().await;
        world.double.reply(&tokens(1));
        world.finish(&href).await.expect("a session");
        world
    }

    /// Runs an operation to its end; an error comes as the object that crosses to JavaScript.
    pub(crate) async fn call(&self, operation: &str, text: &str) -> Result<Option<String>, Object> {
        let outcome = JsFuture::from(self.double.call(operation, text)).await.expect("an outcome").as_string();
        match outcome.as_deref().and_then(|text| text.strip_prefix("error ")) {
            Some(error) => Err(Object::parse(error.as_bytes()).expect("an error")),
            None => Ok(outcome),
        }
    }

    pub(crate) async fn sign_in(&self, options: &str) -> Result<String, Object> {
        self.call("signIn", options).await.map(|url| url.expect("a URL"))
    }

    pub(crate) async fn finish(&self, href: &str) -> Result<Option<String>, Object> {
        self.call("finish", href).await
    }

    /// What came of the revocation.
    pub(crate) async fn sign_out(&self) -> String {
        let outcome = self.call("signOut", "{}").await.expect("an outcome").expect("what it is");
        Object::parse(outcome.as_bytes()).expect("JSON").string("revocation").expect("a word").to_owned()
    }

    /// The user consented: the URL the browser arrives with.
    pub(crate) async fn come_back(&self) -> String {
        let url = self.sign_in("{}").await.expect("a URL");
        format!("{REDIRECT_URI}?code=the-code&state={}", param(&url, "state"))
    }

    /// The code of the error that an exchange ends with when the token endpoint replies like this.
    pub(crate) async fn exchange_with(config: &str, reply: &str) -> (Self, String) {
        let world = Self::new(config);
        let href = world.come_back().await;
        world.double.reply(reply);
        let outcome = world.finish(&href).await;
        let code = outcome.err().map(|error| error.string("code").unwrap_or_default().to_owned()).unwrap_or_default();
        (world, code)
    }

    /// Waits for a line of the log.
    pub(crate) async fn see(&self, start: &str) {
        JsFuture::from(self.double.seen(start)).await.unwrap_or_else(|error: JsValue| panic!("{error:?}"));
    }

    /// Waits until nothing happens any more.
    pub(crate) async fn quiet(&self) {
        JsFuture::from(self.double.quiet()).await.expect("quiet");
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.double.logged().lines().map(str::to_owned).collect()
    }

    /// The requests to the authorization server so far.
    pub(crate) fn requests(&self) -> Vec<Object> {
        self.double.requested().lines().map(|line| Object::parse(line.as_bytes()).expect("a request")).collect()
    }

    /// The code of the error behind a refusal.
    pub(crate) fn refusal(&self) -> String {
        let error = Object::parse(self.core.take_reason().expect("an error").as_bytes()).expect("an error");
        error.string("code").expect("a code").to_owned()
    }

    /// A number of the statistics.
    pub(crate) fn stat(&self, name: &str) -> u64 {
        let described = Object::parse(self.core.describe().as_bytes()).expect("a description");
        let Some(Value::Object(stats)) = described.member("stats").cloned() else { panic!("no stats") };
        stats.member(name).and_then(Value::as_u64).expect("a number")
    }
}

/// The decoded value of a parameter that appears once in a URL's query or a form.
pub(crate) fn param(text: &str, name: &str) -> String {
    let form = text.split_once('?').map_or(text, |(_, query)| query);
    let mut values = form_urlencoded::parse(form.as_bytes()).filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = values.next().unwrap_or_else(|| panic!("no {name} in {text}")).into_owned();
    assert_eq!(values.next(), None, "{name} twice in {text}");
    value
}
