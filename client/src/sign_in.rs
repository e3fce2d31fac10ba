//! Options of `resume`, `sign_in` and `sign_out`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use wasm_bindgen::JsValue;

use crate::{
    js,
    members::{Member, Members},
};

/// Options of one sign-in (RFC 6749, 4.1.1; OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct SignIn(pub(crate) Members);

impl SignIn {
    /// Nothing but what the configuration says.
    pub fn new() -> Self {
        Self::default()
    }

    /// In addition to what the session has, or to the configured scope if there is no session; space-separated.
    pub fn scope(self, scope: &str) -> Self {
        self.text("scope", scope)
    }

    /// Where to go on afterwards: a path of this application, or a URL of its origin. Comes back in [`Arrival`](crate::Arrival).
    pub fn return_to(self, target: &str) -> Self {
        self.text("returnTo", target)
    }

    /// Anything that JSON can hold. Stays in this browser and comes back in [`Arrival`](crate::Arrival).
    pub fn app_state(mut self, state: impl Into<Value>) -> Self {
        self.0.set("appState", Member::Json(state.into().to_string()));
        self
    }

    /// `prompt`, such as `login` or `none`.
    pub fn prompt(self, prompt: &str) -> Self {
        self.text("prompt", prompt)
    }

    /// `login_hint`.
    pub fn login_hint(self, hint: &str) -> Self {
        self.text("loginHint", hint)
    }

    /// `ui_locales`.
    pub fn ui_locales(self, locales: &str) -> Self {
        self.text("uiLocales", locales)
    }

    /// `display`.
    pub fn display(self, display: &str) -> Self {
        self.text("display", display)
    }

    /// `max_age`, in seconds; at most 2<sup>53</sup> - 1.
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.0.set("maxAge", Member::Number(seconds));
        self
    }

    /// `acr_values` (also RFC 9470).
    pub fn acr_values(self, values: &str) -> Self {
        self.text("acrValues", values)
    }

    /// One more parameter. Those that are the library's own are refused with `ParameterRefused`.
    pub fn extra_param(mut self, name: &str, value: &str) -> Self {
        self.0.add("extraParams", name, value);
        self
    }

    /// The same in a popup, while this page stays.
    pub fn popup(mut self) -> PopupSignIn {
        self.0.set_text("mode", "popup");
        PopupSignIn(self.0)
    }

    pub(crate) fn or_return_to(self, target: &str) -> Self {
        if self.0.has("returnTo") { self } else { self.return_to(target) }
    }

    /// What a `stepup` event asks for.
    pub(crate) fn asked(options: &JsValue) -> Self {
        let mut asked = Self::new();
        for name in ["scope", "acrValues"] {
            if let Some(text) = js::text(options, name) {
                asked.0.set_text(name, &text);
            }
        }
        match js::number(options, "maxAge") {
            Some(seconds) => asked.max_age(seconds as u64),
            None => asked,
        }
    }

    fn text(mut self, name: &'static str, value: &str) -> Self {
        self.0.set_text(name, value);
        self
    }
}

/// Options of one sign-in in a popup: see [`SignIn::popup`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct PopupSignIn(pub(crate) Members);

impl PopupSignIn {
    /// The third argument of `window.open`, without `noopener`. Default: `popup,width=480,height=720`.
    pub fn features(mut self, features: &str) -> Self {
        self.0.set_text("popupFeatures", features);
        self
    }

    /// How long to wait for the response. Default: five minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.set("popupTimeout", Member::of(timeout));
        self
    }
}

/// Options of [`Auth::resume`](crate::Auth::resume).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Resume(pub(crate) Members);

impl Resume {
    /// The server is not asked, and popups are expected.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to ask the server for a session that the person has there already, without showing a page (`prompt=none`), if there is
    /// none here. The page is left for that and comes back; [`Arrival::return_to`](crate::Arrival::return_to) says where it was. Tried
    /// once a minute in each tab, and after a sign-out not before the next sign-in; never in a frame.
    pub fn silent(mut self, silent: Silent) -> Self {
        let value = match silent {
            Silent::Auto => Member::Text("auto".into()),
            Silent::Always => Member::Flag(true),
            Silent::Never => Member::Flag(false),
        };
        self.0.set("silent", value);
        self
    }

    /// No page of this application signs in by popup: then a response is finished where it arrives and handed to nobody.
    pub fn without_popup(mut self) -> Self {
        self.0.set("popup", Member::Flag(false));
        self
    }
}

/// When [`Resume::silent`] asks the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Silent {
    /// Only in a tab where somebody was signed in who has an ID token and hasn't signed out, until the server says that it doesn't know
    /// them any more. So a reload keeps the session where the browser ends the worker with the page, and strangers are sent nowhere.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What came of a sign-out (RFC 7009).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Revocation {
    /// The server has revoked the token.
    Confirmed,
    /// There was no session.
    None,
    /// It may not have.
    Unconfirmed,
    /// It can't.
    Unsupported,
    /// A word that is newer than this crate.
    #[serde(other)]
    Unknown,
}
