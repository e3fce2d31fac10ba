//! What a page may know of the session.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned},
};
use serde_json::{Map, Value};
use wasm_bindgen::JsValue;

use crate::{Error, js};

/// What a page may know of the session. Never a token. Clones are cheap, and can go to other threads.
#[derive(Clone, PartialEq)]
pub struct Session(Arc<Facts>);

#[derive(PartialEq)]
struct Facts {
    scope: String,
    expires_at: Option<f64>,
    subject: Option<String>,
    claims: Option<String>,
}

impl Session {
    /// `None` if it is none.
    pub(crate) fn read(value: &JsValue) -> Option<Self> {
        let claims = js::get(value, "claims");
        let facts = Facts {
            scope: js::text(value, "scope")?,
            expires_at: js::number(value, "expiresAt"),
            subject: js::text(&claims, "sub"),
            claims: js::json(&claims).filter(|text| text != "null"),
        };
        Some(Self(Arc::new(facts)))
    }

    #[cfg(test)]
    pub(crate) fn of(subject: &str) -> Self {
        let facts = Facts { scope: "openid".into(), expires_at: None, subject: Some(subject.into()), claims: None };
        Self(Arc::new(facts))
    }

    /// The granted scope, space-separated (RFC 6749, 3.3).
    pub fn scope(&self) -> &str {
        &self.0.scope
    }

    /// When the access token expires, in milliseconds since 1970; `None` if the server doesn't say.
    pub fn expires_at(&self) -> Option<f64> {
        self.0.expires_at
    }

    /// The user, as the issuer knows them: the claim `sub` of the ID token, if `openid` was asked for.
    pub fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// The claims of the ID token, if `openid` was asked for: as [`Claims`], as a type of your own, or as a
    /// [`serde_json::Value`].
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Shape`](crate::ErrorCode::Shape) if they aren't as `C` says. The session is there all the same.
    pub fn claims<C: DeserializeOwned>(&self) -> Result<Option<C>, Error> {
        self.0.claims.as_deref().map(js::parse).transpose()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("scope", &self.scope())
            .field("subject", &self.subject())
            .finish_non_exhaustive()
    }
}

/// Claims of an ID token whose issuer, audience, times and nonce were checked (OpenID Connect Core 2), for [`Session::claims`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The user, as the issuer knows them.
    pub sub: String,
    /// Whom the ID token is for.
    pub aud: Audience,
    /// When the ID token ends, in seconds since 1970.
    pub exp: f64,
    /// When it was issued, in seconds since 1970.
    pub iat: f64,
    /// All other claims.
    pub other: Map<String, Value>,
}

/// Whom an ID token is for: this client, and maybe others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audience {
    /// This client.
    One(String),
    /// This client and those of `trustedAudiences`.
    Several(Vec<String>),
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut other = Map::deserialize(deserializer)?;
        Ok(Self {
            iss: text(&mut other, "iss")?,
            sub: text(&mut other, "sub")?,
            aud: audience(other.remove("aud")).ok_or_else(|| misfit("aud"))?,
            exp: number(&mut other, "exp")?,
            iat: number(&mut other, "iat")?,
            other,
        })
    }
}

fn text<E: de::Error>(claims: &mut Map<String, Value>, name: &str) -> Result<String, E> {
    match claims.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(misfit(name)),
    }
}

fn number<E: de::Error>(claims: &mut Map<String, Value>, name: &str) -> Result<f64, E> {
    claims.remove(name).and_then(|value| value.as_f64()).ok_or_else(|| misfit(name))
}

fn audience(value: Option<Value>) -> Option<Audience> {
    let text = |value| match value {
        Value::String(text) => Some(text),
        _ => None,
    };
    match value? {
        Value::Array(all) => all.into_iter().map(text).collect::<Option<_>>().map(Audience::Several),
        one => text(one).map(Audience::One),
    }
}

fn misfit<E: de::Error>(name: &str) -> E {
    E::custom(format_args!("missing field `{name}`"))
}

/// What a sign-in brought back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrival {
    /// Where the application wanted to go on: a path of its own origin.
    pub return_to: Option<String>,
    /// This is a popup that was asked to close itself, and may be there still: tell the person that they can close it.
    pub popup: bool,
    /// The user is back from a sign-out at the server.
    pub signed_out: bool,
    /// [`Resume::silent`](crate::Resume::silent) has asked the server, and not the user; whoever has no session now may be sent to sign in.
    pub silent: bool,
    app_state: Option<String>,
}

impl Arrival {
    /// `None` if there is none.
    pub(crate) fn read(value: &JsValue) -> Option<Self> {
        let is = |name| js::get(value, name).is_truthy();
        value.is_object().then(|| Self {
            return_to: js::text(value, "returnTo"),
            popup: is("popup"),
            signed_out: is("signedOut"),
            silent: is("silent"),
            app_state: js::json(&js::get(value, "appState")),
        })
    }

    /// The application's own data, which [`SignIn::app_state`](crate::SignIn::app_state) was given; like JSON's `null` if it was given none.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Shape`](crate::ErrorCode::Shape) if it isn't as `T` says.
    pub fn app_state<T: DeserializeOwned>(&self) -> Result<T, Error> {
        js::parse(self.app_state.as_deref().unwrap_or("null"))
    }
}
