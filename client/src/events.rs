//! What happens to the session, as a stream and as callbacks.

use std::{
    cell::RefCell,
    collections::VecDeque,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use futures_core::Stream;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use web_sys::CustomEvent;

use crate::{Claims, ErrorCode, ResourceMetadata, Session, SignIn, Waiting, js};

/// Something that happened to the session. None carries a token.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", content = "detail", rename_all = "lowercase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Event {
    /// Something is out of the ordinary.
    Anomaly {
        /// What.
        kind: AnomalyKind,
        /// How many, or for a clock jump how many milliseconds.
        count: f64,
        /// For a surge of requests: what is usual.
        baseline: Option<f64>,
        /// Whether the session was locked for it: see [`Auth::unlock`](crate::Auth::unlock).
        locked: bool,
    },
    /// The holder's file has changed since the running SharedWorker was made from it, so that configuration and version are the old ones.
    Outdated {
        /// When it ends for that.
        gives_way: GivesWay,
    },
    /// A refresh failed and the session goes on.
    RefreshFailed {
        /// Why.
        code: ErrorCode,
        /// When the next attempt is due, in milliseconds.
        retry_in: f64,
    },
    /// There is a new access token.
    Refreshed {
        /// Its number, counted from 1.
        generation: u64,
        /// Its scope, which may be narrower than before.
        scope: String,
        /// When it expires, in milliseconds since 1970.
        expires_at: Option<f64>,
        /// The resource (RFC 8707) that it is for, if any.
        resource: Option<String>,
    },
    /// A sign-in was finished, in this tab or another.
    SignedIn {
        /// The session.
        #[serde(flatten)]
        session: Session<Claims>,
        /// Whether the server signed the user in by one of the `acr_values`, if some were asked for.
        acr_met: Option<bool>,
    },
    /// The session is over.
    SignedOut {
        /// Why.
        reason: SignOutReason,
    },
    /// An API asks for more rights than the token has. Requests with [`RequestOptions::step_up`](crate::RequestOptions::step_up) wait for
    /// a sign-in that asks for them. Told at most five times in ten minutes per resource server.
    StepUp(StepUp),
    /// The session was locked and goes on.
    Unlocked,
    /// Requests have waited for three seconds, or wait for something else now, or none of them waits that long any more.
    Waiting(Waiting),
}

macro_rules! kinds {
    ($($kind:ident $name:literal $doc:literal,)*) => {
        /// The kinds of an [`Event`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum EventKind { $(#[doc = $doc] $kind,)* }

        impl EventKind {
            const ALL: &'static [Self] = &[$(Self::$kind,)*];

            fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }
        }
    };
}

kinds! {
    Anomaly "anomaly" "[`Event::Anomaly`]",
    Outdated "outdated" "[`Event::Outdated`]",
    RefreshFailed "refreshfailed" "[`Event::RefreshFailed`]",
    Refreshed "refreshed" "[`Event::Refreshed`]",
    SignedIn "signedin" "[`Event::SignedIn`]",
    SignedOut "signedout" "[`Event::SignedOut`]",
    StepUp "stepup" "[`Event::StepUp`]",
    Unlocked "unlocked" "[`Event::Unlocked`]",
    Waiting "waiting" "[`Event::Waiting`]",
}

impl Event {
    /// `None` if the event isn't shaped as this version of the crate knows it.
    fn read(kind: EventKind, detail: &JsValue) -> Option<Self> {
        let event = js_sys::Object::new();
        js::set(&event, "type", &kind.name().into());
        if kind != EventKind::Unlocked {
            js::set(&event, "detail", detail);
        }
        js::decode(event.into()).ok()
    }
}

/// What an API asks for (RFC 6750, 3.1; RFC 9470).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StepUp {
    /// Scope, or another authentication.
    pub reason: StepUpReason,
    /// The base URL of the resource server.
    pub resource: Option<String>,
    /// Options for [`Auth::sign_in`](crate::Auth::sign_in).
    pub sign_in: SignIn,
    /// What the API says of itself, if its challenge pointed there.
    pub resource_metadata: Option<ResourceMetadata>,
}

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StepUpReason {
    /// Another authentication.
    Authentication,
    /// More scope.
    Scope,
}

/// When a worker ends whose file has changed: see `takeOver` of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GivesWay {
    /// At once: nobody is signed in.
    AtOnce,
    /// Not for that.
    Never,
    /// When the pages that were open by then are gone.
    WhenLeft,
}

/// What is out of the ordinary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnomalyKind {
    /// The clock jumped.
    ClockJump,
    /// A request to a target that no configured resource server covers.
    OffListTarget,
    /// A burst of refreshes.
    RefreshStorm,
    /// An authorization response that came before.
    ReplayedCallback,
    /// Many more requests than is usual.
    RequestSurge,
    /// A kind that is newer than this crate.
    #[serde(other)]
    Unknown,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignOutReason {
    /// The token ran out and there was no refresh token.
    Expired,
    /// The holder met an error of its own and started anew.
    Failed,
    /// An ID token that came with a refresh was forged, or not this session's.
    IdTokenRefused,
    /// A service worker stood between the holder and the network.
    Intercepted,
    /// The MCP server trusts another authorization server now.
    IssuerChanged,
    /// The key that the tokens are bound to is gone.
    KeyLost,
    /// The worker ended, by the browser or by script.
    Lost,
    /// The API refused the personal access token, or the authorization server refused to refresh, twice, without saying why.
    Refused,
    /// A newer file of the holder has taken over.
    Replaced,
    /// The authorization server refused the grant.
    Revoked,
    /// So it did after an answer to a refresh had never come: it has rotated the token.
    RotationLost,
    /// Somebody signed out.
    #[serde(rename = "signout")]
    SignOut,
    /// The server answered for another user.
    SubjectChanged,
    /// A reason that is newer than this crate.
    #[serde(other)]
    Unknown,
}

/// A callback that is called as long as this lives.
#[must_use = "dropping it unsubscribes"]
pub struct Subscription(#[expect(dead_code, reason = "what it drops is what it is for")] Kept);

enum Kept {
    Changes(#[expect(dead_code, reason = "as above")] Changes),
    Events(#[expect(dead_code, reason = "as above")] Vec<Listener>),
}

impl Subscription {
    pub(crate) fn new(auth: &js::JsAuth, kinds: &[EventKind], act: impl FnMut(Event) + 'static) -> Self {
        let act = Rc::new(RefCell::new(act));
        Self(Kept::Events(kinds.iter().map(|kind| Listener::new(auth, *kind, Rc::clone(&act))).collect()))
    }

    pub(crate) fn to_changes(auth: &js::JsAuth, act: impl FnMut() + 'static) -> Self {
        let call = Closure::<dyn FnMut()>::new(act);
        let unsubscribe = auth.subscribe(call.as_ref().unchecked_ref());
        Self(Kept::Changes(Changes { unsubscribe, _call: call }))
    }

    pub(crate) fn to_all(auth: &js::JsAuth, act: impl FnMut(Event) + 'static) -> Self {
        Self::new(auth, EventKind::ALL, act)
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

struct Changes {
    unsubscribe: js_sys::Function,
    _call: Closure<dyn FnMut()>,
}

impl Drop for Changes {
    fn drop(&mut self) {
        let _ = self.unsubscribe.call0(&JsValue::UNDEFINED);
    }
}

struct Listener {
    auth: js::JsAuth,
    kind: EventKind,
    call: Closure<dyn FnMut(CustomEvent)>,
}

impl Listener {
    fn new<F: FnMut(Event) + 'static>(auth: &js::JsAuth, kind: EventKind, act: Rc<RefCell<F>>) -> Self {
        let call = Closure::new(move |event: CustomEvent| {
            if let Some(event) = Event::read(kind, &event.detail()) {
                (act.borrow_mut())(event);
            }
        });
        let listener = Self { auth: auth.clone(), kind, call };
        // Only an object that is no EventTarget refuses.
        let _ = listener.auth.add_event_listener_with_callback(kind.name(), listener.call.as_ref().unchecked_ref());
        listener
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let call = self.call.as_ref().unchecked_ref();
        let _ = self.auth.remove_event_listener_with_callback(self.kind.name(), call);
    }
}

/// All events from when it was made, in their order. It never ends; dropping it unsubscribes.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Events {
    inbox: Rc<RefCell<Inbox>>,
    _subscription: Subscription,
}

#[derive(Debug, Default)]
struct Inbox {
    events: VecDeque<Event>,
    waker: Option<Waker>,
}

impl Events {
    pub(crate) fn new(auth: &js::JsAuth) -> Self {
        let inbox = Rc::new(RefCell::new(Inbox::default()));
        let filled = Rc::clone(&inbox);
        let subscription = Subscription::to_all(auth, move |event| {
            let mut inbox = filled.borrow_mut();
            inbox.events.push_back(event);
            if let Some(waker) = inbox.waker.take() {
                waker.wake();
            }
        });
        Self { inbox, _subscription: subscription }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut inbox = self.inbox.borrow_mut();
        match inbox.events.pop_front() {
            Some(event) => Poll::Ready(Some(event)),
            None => {
                inbox.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
