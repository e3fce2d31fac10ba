//! Errors as data: a code to compare, and a message that names the cure.

use std::fmt;

use serde::{Deserialize, Deserializer};
use wasm_bindgen::JsValue;

use crate::js::get;

/// Declares [`ErrorCode`] from the codes that there are.
macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal,)+) => {
        /// What to compare of an [`Error`](crate::Error). Codes never change; new ones may come.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])+ $variant,)+
            /// No error of tokenkeep's: its name, such as `TypeError` for a network that fails and `AbortError` for an abort.
            Foreign(String),
            /// What came isn't what the type says, or what was given can't be said in JavaScript; the message says where.
            Shape,
            /// A code that is newer than this crate.
            Unknown(String),
        }

        impl ErrorCode {
            /// All codes of the npm package that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($code,)+];

            /// The code as JavaScript spells it, such as `TOKENKEEP_LOGIN_REQUIRED`; the name of an error that isn't tokenkeep's.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Foreign(name) => name,
                    Self::Shape => "TOKENKEEP_CLIENT_SHAPE",
                    Self::Unknown(code) => code,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    other => Self::Unknown(other.into()),
                }
            }
        }
    };
}

mod codes;

pub use codes::ErrorCode;

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|code| Self::from(code.as_str()))
    }
}

/// What went wrong. Holds no token, no request and no response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What to compare.
    pub code: ErrorCode,
    /// What happened and what to do, for developers.
    pub message: String,
    /// For `ConfigInvalid` and `ParameterRefused`: what is wrong.
    pub option: Option<String>,
    /// The authorization server's `error` (RFC 6749, 4.1.2.1 and 5.2).
    pub error: Option<String>,
    /// The authorization server's `error_description`: text for developers, never HTML.
    pub error_description: Option<String>,
    /// For `LoginRequired` and `Intercepted`: why there is no session, as in [`SignOutReason`](crate::SignOutReason), or `never-signed-in`.
    pub reason: Option<String>,
    /// For `AuthorizationServerRefused` and `RegistrationNeeded`: which authorization server.
    pub issuer: Option<String>,
    /// Where the authorization server's answer was asked for that could not be had, without the query.
    pub url: Option<String>,
}

impl Error {
    /// Whether the request was aborted, by its signal.
    pub fn is_abort(&self) -> bool {
        matches!(&self.code, ErrorCode::Foreign(name) if name == "AbortError")
    }

    /// Whether `fetch` failed as it does without a network, or where CORS refuses.
    pub fn is_network(&self) -> bool {
        matches!(&self.code, ErrorCode::Foreign(name) if name == "TypeError")
    }

    fn new(code: ErrorCode, message: String) -> Self {
        Self {
            code,
            message,
            option: None,
            error: None,
            error_description: None,
            reason: None,
            issuer: None,
            url: None,
        }
    }

    /// A text in JSON isn't as the type says. What it says instead isn't told: it may be a secret.
    pub(crate) fn misfit(wanted: &str, error: &serde_json::Error) -> Self {
        let (said, at) = (error.to_string(), error.column());
        let why = match said.rsplit_once(", expected ") {
            Some((_, expected)) if is_of_serde(&said) => expected,
            _ if said.starts_with("missing field ") => &said,
            _ => "something else",
        };
        let why = why.split(" at line ").next().unwrap_or_default();
        Self::shape(&format!("this is no {wanted}: at character {at}, expected {why}"))
    }

    /// What came is not what the type says.
    pub(crate) fn shape(message: &str) -> Self {
        Self::new(ErrorCode::Shape, message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}

impl From<JsValue> for Error {
    fn from(thrown: JsValue) -> Self {
        let text = |name| get(&thrown, name).as_string();
        let message = text("message").unwrap_or_else(|| format!("{thrown:?}"));
        let code = match text("code")
            .and_then(|code| code.strip_prefix("TOKENKEEP_").map(|_| ErrorCode::from(code.as_str())))
        {
            Some(code) => code,
            None => ErrorCode::Foreign(text("name").unwrap_or_default()),
        };
        Self {
            option: text("option"),
            error: text("error"),
            error_description: text("errorDescription"),
            reason: text("reason"),
            issuer: text("issuer"),
            url: text("url"),
            ..Self::new(code, message)
        }
    }
}

impl From<gloo_net::Error> for Error {
    fn from(error: gloo_net::Error) -> Self {
        match error {
            gloo_net::Error::JsError(error) => Self::new(ErrorCode::Foreign(error.name), error.message),
            gloo_net::Error::SerdeError(error) => Self::misfit("answer of the type that was asked for", &error),
            gloo_net::Error::GlooError(message) => Self::shape(&message),
        }
    }
}

/// Whether serde has put the sentence together, so that its end is the type's and not the value's.
fn is_of_serde(said: &str) -> bool {
    ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant ", "unknown field "]
        .iter()
        .any(|start| said.starts_with(start))
}
