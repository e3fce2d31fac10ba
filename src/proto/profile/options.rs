//! Reads `hold({ profile })`, each member with what to write instead of a bad value.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::authorization::is_owned;
use crate::proto::error::{ApiMisuse, Error};
use crate::proto::json::{Object, Value};

use super::{Pairs, Profile, Reading};

impl Profile {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`ApiMisuse::Config`] with the member's path and the cure.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        let Value::Object(groups) = value else { return Err(bad(&["profile"], GROUPS_CURE)) };
        let mut profile = Self::default();
        for (group, value) in groups.members() {
            match value {
                Value::Null => {}
                Value::Object(members) if GROUPS.contains(&group) => profile.take_group(group, members)?,
                _ => return Err(bad(&["profile.", group], GROUPS_CURE)),
            }
        }
        Ok(profile)
    }

    fn take_group(&mut self, group: &str, members: &Object) -> Result<(), Error> {
        for (name, value) in members.members().filter(|(_, value)| !matches!(value, Value::Null)) {
            self.take(group, name, value).map_err(|cure| bad(&["profile.", group, ".", name], cure))?;
        }
        Ok(())
    }

    fn take(&mut self, group: &str, name: &str, value: &Value) -> Result<(), &'static str> {
        match (group, name, value) {
            ("request", "json", Value::Bool(json)) => self.json_requests = *json,
            ("request", "json", _) => return Err("must be true or false"),
            ("request", "headers", value) => self.headers = Some(headers(value)?),
            ("request", "params", value) => self.params = params(value)?,
            ("request", "names", value) => self.request_names = names(value, &PARAMETERS)?,
            ("answer", "type", value) => self.reading = reading(value)?,
            ("answer", "within", value) => self.within = Some(text(value)?),
            ("answer", "names", value) => self.answer_names = names(value, &MEMBERS)?,
            ("answer", "statuses", value) => self.statuses = statuses(value, |status| (200..300).contains(&status))?,
            ("answer", "success", value) => self.success = marks(value)?,
            ("answer", "failure", value) => self.failure = marks(value)?,
            ("answer", "tokenType", value) => self.token_type = Some(token_type(value)?),
            ("answer", "scopeSeparator", value) => self.scope_separator = Some(separator(value)?),
            ("refresh", "revoked", value) => self.take_revoked(value)?,
            ("api", "expired", value) => self.expired = statuses(value, is_refusal)?,
            ("api", "scheme", value) => self.scheme = Some(scheme(value)?),
            _ => return Err("unknown member; check its spelling against the documentation"),
        }
        Ok(())
    }

    fn take_revoked(&mut self, value: &Value) -> Result<(), &'static str> {
        let Value::Array(items) = value else { return Err(REVOKED_CURE) };
        for item in items {
            match (item, status(item)) {
                (Value::String(error), _) if !error.is_empty() => self.revoked_errors.push(error.clone()),
                (_, Some(status)) if is_refusal(status) => self.revoked_statuses.push(status),
                _ => return Err(REVOKED_CURE),
            }
        }
        Ok(())
    }
}

fn bad(path: &[&str], cure: &'static str) -> Error {
    Error::ApiMisuse(ApiMisuse::Config { option: path.concat().into(), cure })
}

/// 4xx and 5xx, but for those that ask for a pause.
fn is_refusal(status: u16) -> bool {
    (400..600).contains(&status) && !matches!(status, 408 | 429 | 503)
}

fn status(value: &Value) -> Option<u16> {
    u16::try_from(value.as_u64()?).ok()
}

fn statuses(value: &Value, fits: impl Fn(u16) -> bool) -> Result<Vec<u16>, &'static str> {
    let Value::Array(items) = value else { return Err(STATUSES_CURE) };
    items.iter().map(|item| status(item).filter(|status| fits(*status)).ok_or(STATUSES_CURE)).collect()
}

fn text(value: &Value) -> Result<String, &'static str> {
    let text = value.as_str().filter(|text| !text.is_empty() && text.bytes().all(|b| matches!(b, b' '..=b'~')));
    text.map(str::to_owned).ok_or("must be a non-empty string of printable ASCII characters")
}

fn pairs(value: &Value, cure: &'static str, fits: impl Fn(&str) -> bool) -> Result<Pairs, &'static str> {
    let Value::Object(object) = value else { return Err(cure) };
    let pair = |(name, value): (&str, &Value)| match text(value) {
        Ok(value) if fits(name) => Ok((name.to_owned(), value)),
        _ => Err(cure),
    };
    object.members().map(pair).collect()
}

fn names(value: &Value, known: &[&str]) -> Result<Pairs, &'static str> {
    pairs(value, NAMES_CURE, |name| known.contains(&name))
}

fn params(value: &Value) -> Result<Pairs, &'static str> {
    pairs(value, PARAMS_CURE, |name| !name.is_empty() && !is_owned(name) && !PARAMETERS.contains(&name))
}

fn headers(value: &Value) -> Result<String, &'static str> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let pairs = pairs(value, HEADERS_CURE, |name| plain(name) && !OWN_HEADERS.contains(&name))?;
    let object = pairs.into_iter().fold(Object::default(), |object, (name, value)| object.with(&name, value.as_str()));
    Ok(object.to_json())
}

fn reading(value: &Value) -> Result<Reading, &'static str> {
    match value.as_str() {
        Some("json") => Ok(Reading::Json),
        Some("form") => Ok(Reading::Form),
        Some("unlabelled") => Ok(Reading::Unlabelled),
        _ => Err(
            "must be \"json\", \"form\" (or JSON, as its Content-Type says) or \"unlabelled\" (JSON of any Content-Type)",
        ),
    }
}

fn marks(value: &Value) -> Result<Vec<(String, Value)>, &'static str> {
    let Value::Object(object) = value else { return Err(MARKS_CURE) };
    let plain = |value: &Value| matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_));
    let mark = |(path, value): (&str, &Value)| {
        (plain(value) && !path.is_empty()).then(|| (path.to_owned(), value.clone())).ok_or(MARKS_CURE)
    };
    object.members().map(mark).collect()
}

/// A type of tokens that are sent as bearer tokens are.
fn token_type(value: &Value) -> Result<String, &'static str> {
    text(value)
        .ok()
        .filter(|name| !NO_BEARER.iter().any(|known| name.eq_ignore_ascii_case(known)))
        .ok_or("must be the type that the server means and doesn't send, or its own name for Bearer")
}

fn separator(value: &Value) -> Result<u8, &'static str> {
    match value.as_str().map(str::as_bytes) {
        Some([mark @ b'!'..=b'~']) => Ok(*mark),
        _ => Err("must be the one character between scopes, such as \",\""),
    }
}

fn scheme(value: &Value) -> Result<String, &'static str> {
    let is_token = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let fits = |name: &&str| is_token(name) && !name.eq_ignore_ascii_case("dpop");
    value
        .as_str()
        .filter(fits)
        .map(str::to_owned)
        .ok_or("must be one word that stands before the token, such as \"token\"")
}

const GROUPS: [&str; 4] = ["api", "answer", "refresh", "request"];
/// The parameters of token and revocation requests.
const PARAMETERS: [&str; 10] = [
    "client_id",
    "code",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "resource",
    "scope",
    "token",
    "token_type_hint",
];
/// The members of token responses.
const MEMBERS: [&str; 8] =
    ["access_token", "error", "error_description", "expires_in", "id_token", "refresh_token", "scope", "token_type"];
/// Header fields that are the library's, the browser's or nobody's business.
const OWN_HEADERS: [&str; 6] = ["authorization", "content-type", "cookie", "dpop", "origin", "referer"];
/// Types of tokens that need more than a header field.
const NO_BEARER: [&str; 2] = ["dpop", "mac"];
const GROUPS_CURE: &str = "must be an object with some of request, answer, refresh and api, each an object";
const HEADERS_CURE: &str =
    "must be an object of strings, names in lower case, without authorization, content-type, cookie and dpop";
const PARAMS_CURE: &str = "must be an object of non-empty strings, without parameters that are the library's own";
const NAMES_CURE: &str = "must be an object from the RFC's names to the server's, such as { access_token: \"token\" }";
const MARKS_CURE: &str = "must be an object from members to the value that they have then, such as { ok: false }";
const STATUSES_CURE: &str = "must be an array of status codes that can mean this";
const REVOKED_CURE: &str = "must be an array of status codes (not 408, 429 or 503) and of the server's error names";
