//! Checks `hold({ profile })`: each member has a kind, and each kind says what to write instead of a bad value.

use crate::proto::error::{ApiMisuse, Error};
use crate::proto::oauth::parameters::is_owned;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::spelling::Search;

use super::Profile;

/// What a member may be.
#[derive(Clone, Copy)]
enum Kind {
    Flag,
    Headers,
    Params,
    Names(&'static [&'static str]),
    Type,
    Text,
    Successes,
    Refusals,
    Revoked,
    Marks,
    TokenType,
    Separator,
    Scheme,
}

impl Profile {
    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`ApiMisuse::Config`] with the member's path and the cure.
    pub fn parse(value: &Value) -> Result<Self, Error> {
        let Value::Object(groups) = value else { return Err(bad(&["profile"], GROUPS_CURE)) };
        for (group, value) in groups.members() {
            match value {
                Value::Null => {}
                Value::Object(members) if MEMBERS.iter().any(|(known, ..)| *known == group) => check(group, members)?,
                _ => return Err(bad(&["profile.", group], GROUPS_CURE)),
            }
        }
        Ok(Self(groups.clone()))
    }
}

fn check(group: &str, members: &Object) -> Result<(), Error> {
    for (name, value) in members.members().filter(|(_, value)| !matches!(value, Value::Null)) {
        let known = MEMBERS.iter().find(|(in_group, known, _)| (*in_group, *known) == (group, name));
        let path = ["profile.", group, ".", name];
        match known {
            Some((.., kind)) if kind.fits(value) => {}
            Some((.., kind)) => return Err(bad(&path, kind.cure())),
            None => return Err(Error::ApiMisuse(ApiMisuse::unknown(&path.concat(), "member", nearest(group, name)))),
        }
    }
    Ok(())
}

fn nearest(group: &str, name: &str) -> Option<&'static str> {
    let mut search = Search::new(name);
    MEMBERS.iter().filter(|(in_group, ..)| *in_group == group).for_each(|(_, known, _)| search.offer(known));
    search.found
}

fn bad(path: &[&str], cure: &'static str) -> Error {
    Error::ApiMisuse(ApiMisuse::Config { option: path.concat().into(), cure: cure.into() })
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Flag => matches!(value, Value::Bool(_)),
            Self::Headers => is_map(value, &|name, value| is_field(name) && is_text(value)),
            Self::Params => is_map(value, &|name, value| {
                !name.is_empty() && !is_owned(name) && !PARAMETERS.contains(&name) && is_text(value)
            }),
            Self::Names(known) => is_map(value, &|name, value| known.contains(&name) && is_text(value)),
            Self::Type => value.as_str().is_some_and(|name| ["json", "form", "unlabelled"].contains(&name)),
            Self::Text => is_text(value),
            Self::Successes => is_list(value, &|item| status(item).is_some_and(|status| status / 100 == 2)),
            Self::Refusals => is_list(value, &is_refusal),
            Self::Revoked => is_list(value, &|item| is_text(item) || is_refusal(item)),
            Self::Marks => is_map(value, &|path, value| {
                !path.is_empty() && matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_))
            }),
            Self::TokenType => is_text(value) && !is_one_of(value, &["dpop", "mac"]),
            Self::Separator => value.as_str().is_some_and(|text| matches!(text.as_bytes(), [b'!'..=b'~'])),
            Self::Scheme => {
                let is_token = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
                let word = value.as_str().is_some_and(|name| !name.is_empty() && name.bytes().all(is_token));
                word && !is_one_of(value, &["dpop"])
            }
        }
    }

    fn cure(self) -> &'static str {
        match self {
            Self::Flag => "must be true or false",
            Self::Headers => {
                "must be an object of strings, names in lower case, without authorization, content-type, cookie and dpop"
            }
            Self::Params => "must be an object of non-empty strings, without parameters that are the library's own",
            Self::Names(_) => {
                "must be an object from the RFC's names to the server's, such as { access_token: \"token\" }"
            }
            Self::Type => "must be \"json\", \"form\" or \"unlabelled\" (JSON of any Content-Type)",
            Self::Text => "must be a non-empty string of printable ASCII characters",
            Self::Successes => "must be an array of status codes from 200 to 299",
            Self::Refusals => "must be an array of status codes from 400 to 599, without 408, 429 and 503",
            Self::Revoked => {
                "must be an array of status codes (without 408, 429 and 503) and of the server's error names"
            }
            Self::Marks => "must be an object from members to the value that they have then, such as { ok: false }",
            Self::TokenType => "must be the type that the server means and doesn't send, or its own name for Bearer",
            Self::Separator => "must be the one character between scopes, such as \",\"",
            Self::Scheme => "must be one word that stands before the token, such as \"token\"",
        }
    }
}

fn is_map(value: &Value, fits: &dyn Fn(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(object) => object.members().all(|(name, value)| fits(name, value)),
        _ => false,
    }
}

fn is_list(value: &Value, fits: &dyn Fn(&Value) -> bool) -> bool {
    match value {
        Value::Array(items) => items.iter().all(fits),
        _ => false,
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|b| matches!(b, b' '..=b'~')))
}

fn is_one_of(value: &Value, names: &[&str]) -> bool {
    value.as_str().is_some_and(|text| names.iter().any(|name| text.eq_ignore_ascii_case(name)))
}

fn is_field(name: &str) -> bool {
    !name.is_empty() && !OWN_FIELDS.contains(&name) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

fn status(value: &Value) -> Option<u64> {
    value.as_u64().filter(|status| *status < 600)
}

/// 4xx and 5xx, but for those that ask for a pause.
fn is_refusal(value: &Value) -> bool {
    status(value).is_some_and(|status| status >= 400 && ![408, 429, 503].contains(&status))
}

const MEMBERS: [(&str, &str, Kind); 15] = [
    ("request", "json", Kind::Flag),
    ("request", "headers", Kind::Headers),
    ("request", "params", Kind::Params),
    ("request", "names", Kind::Names(&PARAMETERS)),
    ("answer", "type", Kind::Type),
    ("answer", "within", Kind::Text),
    ("answer", "names", Kind::Names(&ANSWERED)),
    ("answer", "statuses", Kind::Successes),
    ("answer", "success", Kind::Marks),
    ("answer", "failure", Kind::Marks),
    ("answer", "tokenType", Kind::TokenType),
    ("answer", "scopeSeparator", Kind::Separator),
    ("refresh", "revoked", Kind::Revoked),
    ("api", "expired", Kind::Refusals),
    ("api", "scheme", Kind::Scheme),
];
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
const ANSWERED: [&str; 8] =
    ["access_token", "error", "error_description", "expires_in", "id_token", "refresh_token", "scope", "token_type"];
/// Header fields that are the library's, the browser's or nobody's business.
const OWN_FIELDS: [&str; 6] = ["authorization", "content-type", "cookie", "dpop", "origin", "referer"];
const GROUPS_CURE: &str = "must be an object with some of request, answer, refresh and api, each an object";
