//! What the page is told of a sign-out.

use alloc::string::String;

use crate::proto::config::Config;
use crate::proto::oauth::authorization::transaction_key;
use crate::proto::oauth::callback::{TRANSACTION_LIFETIME_MS, is_same_place};
use crate::proto::syntax::form;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::{FormBody, Record, State};
use crate::proto::syntax::time::Now;
use crate::proto::syntax::url::Url;

/// What the page is told of a sign-out.
#[derive(Debug, Default)]
pub(super) struct Logout {
    pub(super) revocation: Option<(String, FormBody)>,
    pub(super) otherwise: &'static str,
    pub(super) url: Option<String>,
    pub(super) id_token_hint: Option<Record>,
}

impl Logout {
    /// As JSON text; `revocation` is what came of that.
    pub(super) fn to_json(&self, revocation: &str) -> String {
        Object::default()
            .with("revocation", revocation)
            .with("url", self.url.as_deref())
            .with("idTokenHint", self.id_token_hint.as_ref().map(Record::expose))
            .to_json()
    }
}

/// The name of the record behind the URL `href`, if that is where the user comes back to from signing out. An error is an
/// authorization response's, as is a code.
pub(super) fn key(href: &str, config: &Config) -> Option<String> {
    let back = config.post_logout_redirect_uri.as_deref()?;
    let url = Url::parse(href).filter(|url| is_same_place(url, back))?;
    let params = form::read(url.query?);
    let mut states = params.iter().filter(|(name, _)| name == "state");
    let (Some((_, state)), None) = (states.next(), states.next()) else { return None };
    let other = params.iter().any(|(name, _)| ["code", "error", "iss"].contains(&name.as_str()));
    (!other).then(|| transaction_key(&State::new(state.as_str())))
}

/// What the application gets back with the user; nothing if nobody was sent away (REV-14).
pub(super) fn arrival(now: Now, record: Option<&str>) -> Option<String> {
    let record = Object::parse(record?.as_bytes())?;
    let age = now.unix_ms.checked_sub(record.member("signedOut")?.as_u64()?)?;
    let arrival = Object::default().with("signedOut", true).with("returnTo", record.string("returnTo"));
    (age <= TRANSACTION_LIFETIME_MS).then(|| arrival.with("appState", Value::Null).to_json())
}
