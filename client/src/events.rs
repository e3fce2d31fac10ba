//! What happens to the session.

use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::{ErrorCode, ResourceMetadata, Session, SignIn, Waiting, js, members::Member};

/// Something that happened to the session. None carries a token.
#[derive(Debug, Clone, PartialEq)]
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
        session: Session,
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
    /// Something that this version of the crate can't read.
    Unknown {
        /// What it is about.
        kind: EventKind,
    },
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
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            pub(crate) fn alone(self) -> &'static [Self] {
                match self { $(Self::$kind => &[Self::$kind],)* }
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
    /// What an event says, as far as this version of the crate knows it.
    pub(crate) fn read(kind: EventKind, detail: &JsValue) -> Self {
        Self::known(kind, detail).unwrap_or(Self::Unknown { kind })
    }

    fn known(kind: EventKind, detail: &JsValue) -> Option<Self> {
        let (text, number) = (|name| js::text(detail, name), |name| js::number(detail, name));
        Some(match kind {
            EventKind::Anomaly => Self::Anomaly {
                kind: js::word(detail, "kind")?,
                count: number("count").unwrap_or_default(),
                baseline: number("baseline"),
                locked: js::get(detail, "locked").is_truthy(),
            },
            EventKind::Outdated => Self::Outdated { gives_way: js::word(detail, "givesWay")? },
            EventKind::RefreshFailed => Self::RefreshFailed {
                code: ErrorCode::from(text("code")?.as_str()),
                retry_in: number("retryIn").unwrap_or_default(),
            },
            EventKind::Refreshed => Self::Refreshed {
                generation: js::count(detail, "generation"),
                scope: text("scope")?,
                expires_at: number("expiresAt"),
                resource: text("resource"),
            },
            EventKind::SignedIn => {
                Self::SignedIn { session: Session::read(detail)?, acr_met: js::get(detail, "acrMet").as_bool() }
            }
            EventKind::SignedOut => Self::SignedOut { reason: js::word(detail, "reason")? },
            EventKind::StepUp => Self::StepUp(StepUp::read(detail)?),
            EventKind::Unlocked => Self::Unlocked,
            EventKind::Waiting => Self::Waiting(Waiting::read(detail)),
        })
    }
}

/// What an API asks for (RFC 6750, 3.1; RFC 9470).
#[derive(Debug, Clone, PartialEq)]
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

impl StepUp {
    /// The scope to ask for, if more of it is missing.
    pub fn scope(&self) -> Option<&str> {
        self.sign_in.0.text("scope")
    }

    /// The authentication contexts to ask for (RFC 9470).
    pub fn acr_values(&self) -> Option<&str> {
        self.sign_in.0.text("acrValues")
    }

    /// How old the sign-in may be, in seconds (RFC 9470).
    pub fn max_age(&self) -> Option<u64> {
        match self.sign_in.0.get("maxAge") {
            Some(Member::Number(seconds)) => Some(*seconds),
            _ => None,
        }
    }

    fn read(detail: &JsValue) -> Option<Self> {
        Some(Self {
            reason: js::word(detail, "reason")?,
            resource: js::text(detail, "resource"),
            sign_in: SignIn::asked(&js::get(detail, "signIn")),
            resource_metadata: js::decode(js::get(detail, "resourceMetadata")).ok().flatten(),
        })
    }
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
    /// A reason that is newer than this crate.
    #[serde(other)]
    Unknown,
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
    /// A word that is newer than this crate.
    #[serde(other)]
    Unknown,
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
