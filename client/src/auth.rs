//! What the page works with.

use std::convert::Infallible;

use gloo_net::http::{Method, Request, Response};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::{
    Arrival, AuditEntry, Error, Event, EventKind, Events, Explanation, PopupSignIn, RequestBuilder, RequestOptions,
    Resume, Revocation, Session, SignIn, Stats, Subscription, js,
    members::{Member, Members},
    sending::Sending,
};

/// What the page works with: the session's facts, and requests that carry a token which the page never sees. Clones are the same.
#[derive(Clone)]
pub struct Auth(js::JsAuth);

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Auth")
    }
}

impl PartialEq for Auth {
    fn eq(&self, other: &Self) -> bool {
        js_sys::Object::is(self.0.as_ref(), other.0.as_ref())
    }
}

/// The session.
impl Auth {
    pub(crate) fn new(auth: js::JsAuth) -> Self {
        Self(auth)
    }

    pub(crate) fn js(&self) -> &js::JsAuth {
        &self.0
    }

    /// Takes an `auth` that JavaScript has made: by `tokenkeep/page`, or in tests by `tokenkeep/testing`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Shape`](crate::ErrorCode::Shape) if it has no `resume`.
    pub fn from_js(auth: JsValue) -> Result<Self, Error> {
        if !js::get(&auth, "resume").is_function() {
            return Err(Error::shape("this is no auth of tokenkeep: give what its connect() answered"));
        }
        Ok(Self(auth.unchecked_into()))
    }

    /// The same for JavaScript: for libraries that take its `fetch`.
    pub fn to_js(&self) -> JsValue {
        self.0.clone().into()
    }

    /// The running session. Never a token.
    pub fn session(&self) -> Option<Session> {
        Session::read(&self.0.session())
    }

    /// What [`sign_in`](Self::sign_in) was given, once [`resume`](Self::resume) has finished that sign-in on this page.
    pub fn arrival(&self) -> Option<Arrival> {
        Arrival::read(&self.0.arrival())
    }

    /// Call this first on every page. Finishes a sign-in that arrived with this page's URL (which is taken out of the address bar before
    /// anything else runs), or finds the running session. On the page that a popup came back to it hands the response over and closes the
    /// popup.
    ///
    /// It begins with the call, and goes on to its end if the future is dropped.
    ///
    /// # Errors
    ///
    /// If the URL is an authorization response that is refused; a running session is not touched.
    pub fn resume(&self, options: &Resume) -> impl Future<Output = Result<Option<Session>, Error>> + use<> {
        let begun = js::begin(self.0.resume(&options.0.to_js()));
        async move { Ok(Session::read(&begun.await?)) }
    }

    /// Sends the user to the authorization server (RFC 6749, 4.1.1). The future doesn't end, since the page is left.
    ///
    /// # Errors
    ///
    /// If that can't be done (`StorageBlocked`, `CookiesBlocked`, `RedirectElsewhere`, in a frame of another origin `PageFramed`, ..), or
    /// `SignInAbandoned` if the user comes back by the Back button, or is still here three seconds after a `beforeunload` of this page
    /// wanted them to be asked whether to leave it.
    pub async fn sign_in(&self, options: &SignIn) -> Result<Infallible, Error> {
        js::settled(self.0.sign_in(&options.0.to_js())).await?;
        Err(Error::shape("a sign-in ended without leaving the page"))
    }

    /// Signs in in a popup, while this page stays. Call it in the handler of a click, before any `await`: the popup is opened at once, also
    /// if the future is never polled, and browsers block it otherwise.
    ///
    /// # Errors
    ///
    /// `PopupBlocked`, `PopupClosed`, `PopupTimeout`, `PopupSevered`, and as [`resume`](Self::resume). After the last three a sign-in that
    /// is finished in the popup all the same still counts: there is an [`Event::SignedIn`].
    pub fn sign_in_with_popup(&self, options: &PopupSignIn) -> impl Future<Output = Result<Session, Error>> + use<> {
        let begun = js::begin(self.0.sign_in(&options.0.to_js()));
        async move {
            Session::read(&begun.await?).ok_or_else(|| Error::shape("a sign-in in a popup ended without a session"))
        }
    }

    /// Ends the session: here and in every other tab at once, then at the server if it has a revocation endpoint (RFC 7009). Requests that
    /// wait for a token fail with `LoginRequired`.
    ///
    /// # Errors
    ///
    /// If the holder can't be reached.
    pub async fn sign_out(&self) -> Result<Revocation, Error> {
        let result = js::settled(self.0.sign_out(&JsValue::UNDEFINED)).await?;
        Ok(js::word(&result, "revocation").unwrap_or(Revocation::Unknown))
    }

    /// The same, then sends the user to the authorization server to end the session there too (OpenID Connect RP-Initiated Logout). Who
    /// comes back is met by [`resume`](Self::resume) with [`Arrival::signed_out`] and `return_to`.
    ///
    /// # Errors
    ///
    /// `EndSessionUnavailable` if the server can't; the session here is over. `SignOutAbandoned` if the user comes back by the Back
    /// button, or stays where a `beforeunload` of the page asked.
    pub async fn sign_out_everywhere(&self, return_to: Option<&str>) -> Result<Infallible, Error> {
        let mut options = Members::default();
        options.set("endSession", Member::Flag(true));
        if let Some(target) = return_to {
            options.set_text("returnTo", target);
        }
        js::settled(self.0.sign_out(&options.to_js())).await?;
        Err(Error::shape("a sign-out at the server ended without leaving the page"))
    }

    /// What the userinfo endpoint says of the user (OpenID Connect Core 5.3), if it is the ID token's user.
    ///
    /// # Errors
    ///
    /// `UserinfoUnavailable`, `UserinfoInvalid`, and `Shape` if it isn't as `T` says.
    pub async fn userinfo<T: DeserializeOwned>(&self) -> Result<T, Error> {
        js::decode(js::settled(self.0.userinfo()).await?)
    }

    /// Takes a personal access token into the holder. There is no way to get it out again.
    ///
    /// # Errors
    ///
    /// `TokenNotAccepted` unless the configuration says `acceptToken`.
    pub async fn enter_token(&self, token: &str) -> Result<(), Error> {
        js::settled(self.0.enter_token(token)).await.map(drop)
    }

    /// The access token itself, for what can't go through `fetch`, such as gRPC or a WebSocket subprotocol.
    ///
    /// # Errors
    ///
    /// `TokenNotExposed` unless the configuration says `exposeAccessToken`.
    pub async fn access_token(&self) -> Result<String, Error> {
        let token = js::settled(self.0.access_token()).await?;
        token.as_string().ok_or_else(|| Error::shape("an access token is a text"))
    }

    /// Ends this page's connection; the session goes on for others.
    pub fn close(&self) {
        self.0.close();
    }
}

/// Requests.
impl Auth {
    /// As `window.fetch`, with the token. Dropping the future aborts the request, as long as its answer hasn't come.
    ///
    /// - A URL that no configured resource server covers is refused; nothing is sent.
    /// - Without a usable token the request waits for one, at most for the configured `queueTimeout`.
    /// - A 401 is replayed once with a fresh token; the answer to that is the answer.
    /// - 429 and 503 with a readable `Retry-After` are obeyed and the request is sent again, if it may be repeated.
    /// - Credentials are left out unless the request asks for them.
    ///
    /// # Errors
    ///
    /// `TargetRefused`, `RedirectRefused`, `LoginRequired`, `QueueTimeout`, `QueueFull`, ..; for failures of the network
    /// [`Error::is_network`], for aborts [`Error::is_abort`].
    pub async fn fetch(&self, request: Request) -> Result<Response, Error> {
        self.fetch_with(request, &RequestOptions::new()).await
    }

    /// The same with options.
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    pub async fn fetch_with(&self, request: Request, options: &RequestOptions) -> Result<Response, Error> {
        let request = web_sys::Request::from(request);
        sending(&request, options)?.response(self, &request).await
    }

    /// A `blob:` URL of the answer to a request, for what has a `src` or an `href` and sends no token by itself. All of it is in memory
    /// first; give it to `URL.revokeObjectURL()` when it is done with. What a browser could run as a page of yours becomes
    /// `application/octet-stream`.
    ///
    /// # Errors
    ///
    /// `ObjectUnavailable` if the answer isn't a good one, and as [`fetch`](Self::fetch).
    pub async fn object_url(&self, request: Request) -> Result<String, Error> {
        let request = web_sys::Request::from(request);
        sending(&request, &RequestOptions::new())?.object_url(self, &request).await
    }

    /// A request by this method.
    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        RequestBuilder::new(self, method.as_str(), url)
    }

    /// A GET request.
    pub fn get(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self, "GET", url)
    }

    /// A POST request.
    pub fn post(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self, "POST", url)
    }

    /// A PUT request.
    pub fn put(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self, "PUT", url)
    }

    /// A PATCH request.
    pub fn patch(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self, "PATCH", url)
    }

    /// A DELETE request.
    pub fn delete(&self, url: &str) -> RequestBuilder {
        RequestBuilder::new(self, "DELETE", url)
    }
}

/// What happens.
impl Auth {
    /// All events from now on.
    pub fn events(&self) -> Events {
        Events::new(&self.0)
    }

    /// Calls `act` at every event of this kind, until what this answers is dropped.
    pub fn on(&self, kind: EventKind, act: impl Fn(Event) + 'static) -> Subscription {
        Subscription::new(&self.0, kind.alone(), Box::new(act))
    }

    /// Calls `act` after every change of the session, until what this answers is dropped.
    pub fn on_change(&self, act: impl Fn() + 'static) -> Subscription {
        Subscription::to_changes(&self.0, Box::new(act))
    }

    /// Why this answer of 401, 403, 429 or 503 came through; `None` for every other. The response stays as it is: gloo lends what is
    /// inside of it in no other way.
    pub fn explain(&self, response: &mut Response) -> Option<Explanation> {
        let nothing = JsValue::UNDEFINED.unchecked_into::<web_sys::Response>();
        let raw = web_sys::Response::from(std::mem::replace(response, nothing.into()));
        *response = Clone::clone(&raw).into();
        js::decode(self.0.explain(&raw)).ok().flatten()
    }

    /// Numbers for people.
    ///
    /// # Errors
    ///
    /// If the holder can't be reached.
    pub async fn stats(&self) -> Result<Stats, Error> {
        js::decode(js::settled(self.0.stats()).await?)
    }

    /// The newest entries of the audit log, oldest first.
    ///
    /// # Errors
    ///
    /// If the holder can't be reached.
    pub async fn audit(&self) -> Result<Vec<AuditEntry>, Error> {
        js::decode(js::settled(self.0.audit()).await?)
    }

    /// Lets a session go on that an anomaly has locked.
    ///
    /// # Errors
    ///
    /// If the holder can't be reached.
    pub async fn unlock(&self) -> Result<(), Error> {
        js::settled(self.0.unlock()).await.map(drop)
    }
}

fn sending(request: &web_sys::Request, options: &RequestOptions) -> Result<Sending, Error> {
    if request.body_used() {
        return Err(Error::request(js_sys::TypeError::new("the body of this request was read before").into()));
    }
    let init = js_sys::Object::new().into();
    js::set(&init, "tokenkeep", &options.0.to_js());
    Sending::new(init, Some(&request.signal()))
}
