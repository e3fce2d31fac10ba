//! Options of `resume`, `sign_in` and `sign_out`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Options of one sign-in (RFC 6749, 4.1.1; OpenID Connect Core 3.1.2.1).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[must_use]
pub struct SignIn {
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_state: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    login_hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ui_locales: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr_values: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extra_params: BTreeMap<String, String>,
}

impl SignIn {
    /// Nothing but what the configuration says.
    pub fn new() -> Self {
        Self::default()
    }

    /// In addition to what the session has, or to the configured scope if there is no session; space-separated.
    pub fn scope(mut self, scope: &str) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Where to go on afterwards: a path of this application, or a URL of its origin. Comes back in [`Arrival`](crate::Arrival).
    pub fn return_to(mut self, target: &str) -> Self {
        self.return_to = Some(target.into());
        self
    }

    /// Anything that JSON can hold. Stays in this browser and comes back in [`Arrival`](crate::Arrival).
    pub fn app_state(mut self, state: impl Into<Value>) -> Self {
        self.app_state = Some(state.into());
        self
    }

    /// `prompt`, such as `login` or `none`.
    pub fn prompt(mut self, prompt: &str) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// `login_hint`.
    pub fn login_hint(mut self, hint: &str) -> Self {
        self.login_hint = Some(hint.into());
        self
    }

    /// `ui_locales`.
    pub fn ui_locales(mut self, locales: &str) -> Self {
        self.ui_locales = Some(locales.into());
        self
    }

    /// `display`.
    pub fn display(mut self, display: &str) -> Self {
        self.display = Some(display.into());
        self
    }

    /// `max_age`, in seconds.
    pub fn max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// `acr_values` (also RFC 9470).
    pub fn acr_values(mut self, values: &str) -> Self {
        self.acr_values = Some(values.into());
        self
    }

    /// One more parameter. Those that are the library's own are refused with `ParameterRefused`.
    pub fn extra_param(mut self, name: &str, value: &str) -> Self {
        self.extra_params.insert(name.into(), value.into());
        self
    }

    pub(crate) fn or_return_to(mut self, target: &str) -> Self {
        self.return_to.get_or_insert_with(|| target.into());
        self
    }

    /// The same in a popup, while this page stays.
    pub fn popup(self) -> PopupSignIn {
        PopupSignIn { options: self, mode: "popup", popup_features: None, popup_timeout: None }
    }
}

/// Options of one sign-in in a popup: see [`SignIn::popup`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct PopupSignIn {
    #[serde(flatten)]
    options: SignIn,
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    popup_features: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    popup_timeout: Option<u32>,
}

impl PopupSignIn {
    /// The third argument of `window.open`, without `noopener`. Default: `popup,width=480,height=720`.
    pub fn features(mut self, features: &str) -> Self {
        self.popup_features = Some(features.into());
        self
    }

    /// How long to wait for the response, in milliseconds. Default: 300,000.
    pub fn timeout(mut self, milliseconds: u32) -> Self {
        self.popup_timeout = Some(milliseconds);
        self
    }
}

/// Options of [`Auth::resume`](crate::Auth::resume).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Resume {
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "silent")]
    silent: Option<Silent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    popup: Option<bool>,
}

impl Resume {
    /// The server is not asked, and popups are expected.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether to ask the server for a session that the person has there already, without showing a page (`prompt=none`), if there is
    /// none here. The page is left for that and comes back; [`Arrival::return_to`](crate::Arrival::return_to) says where it was. Tried
    /// once a minute in each tab, and after a sign-out not before the next sign-in; never in a frame.
    pub fn silent(mut self, silent: Silent) -> Self {
        self.silent = Some(silent);
        self
    }

    /// No page of this application signs in by popup: then a response is finished where it arrives and handed to nobody.
    pub fn without_popup(mut self) -> Self {
        self.popup = Some(false);
        self
    }
}

/// When [`Resume::silent`] asks the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silent {
    /// Only in a tab where somebody was signed in who has an ID token and hasn't signed out, until the server says that it doesn't know
    /// them any more. So a reload keeps the session where the browser ends the worker with the page, and strangers are sent nowhere.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

fn silent<S: serde::Serializer>(silent: &Option<Silent>, serializer: S) -> Result<S::Ok, S::Error> {
    match silent {
        Some(Silent::Auto) => serializer.serialize_str("auto"),
        other => serializer.serialize_bool(*other == Some(Silent::Always)),
    }
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
}
