//! Errors as data: a code to compare, and a message that names the cure.

use std::fmt;

use wasm_bindgen::JsValue;

use crate::js;

/// Declares [`ErrorCode`] from the codes that there are.
macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $code:literal,)+) => {
        /// What to compare of an [`Error`](crate::Error). Codes never change; new ones may come.
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])+ $variant,)+
            /// No error of tokenkeep's. [`Error::code_text`](crate::Error::code_text) has its name, such as `TypeError` for a network that
            /// fails and `AbortError` for an abort.
            Foreign,
            /// A browser can't make such a request: of its URL, method, headers or body. Nothing was sent.
            Request,
            /// What came isn't what the type says, or what was given can't be said in JavaScript; the message says where.
            Shape,
            /// A code that is newer than this crate. [`Error::code_text`](crate::Error::code_text) has it.
            Unknown,
        }

        impl ErrorCode {
            /// All codes of the npm package that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($code,)+];

            pub(super) const ALL: &'static [Self] =
                &[$(Self::$variant,)+ Self::Foreign, Self::Request, Self::Shape, Self::Unknown];

            /// Their names, in the same order.
            pub(super) const NAMES: &'static [&'static str] = &[
                $($code,)+
                "TOKENKEEP_CLIENT_FOREIGN",
                "TOKENKEEP_CLIENT_REQUEST",
                "TOKENKEEP_CLIENT_SHAPE",
                "TOKENKEEP_CLIENT_UNKNOWN",
            ];
        }
    };
}

mod codes;

pub use codes::ErrorCode;

impl ErrorCode {
    /// The code as JavaScript spells it, such as `TOKENKEEP_LOGIN_REQUIRED`.
    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl From<&str> for ErrorCode {
    fn from(code: &str) -> Self {
        Self::NAMES.iter().position(|name| *name == code).map_or(Self::Unknown, |place| Self::ALL[place])
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What went wrong. Holds no token, no request and no response.
#[derive(Clone, PartialEq, Eq)]
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
    /// What the code doesn't say.
    name: Option<String>,
    is_of_fetch: bool,
}

impl Error {
    /// The code as JavaScript spells it, also if it is newer than this crate; the name of an error that isn't tokenkeep's.
    pub fn code_text(&self) -> &str {
        self.name.as_deref().unwrap_or(self.code.as_str())
    }

    /// Whether the request was aborted, by its signal.
    pub fn is_abort(&self) -> bool {
        self.is_foreign("AbortError")
    }

    /// Whether the request failed as it does without a network, or where CORS refuses. Of the body of an answer this isn't told.
    pub fn is_network(&self) -> bool {
        self.is_of_fetch && self.is_foreign("TypeError")
    }

    fn is_foreign(&self, name: &str) -> bool {
        self.code == ErrorCode::Foreign && self.name.as_deref() == Some(name)
    }

    pub(crate) fn new(code: ErrorCode, message: String) -> Self {
        Self {
            code,
            message,
            option: None,
            error: None,
            error_description: None,
            reason: None,
            issuer: None,
            url: None,
            name: None,
            is_of_fetch: false,
        }
    }

    fn foreign(name: String, message: String) -> Self {
        Self { name: Some(name), ..Self::new(ErrorCode::Foreign, message) }
    }

    /// It is what a request was answered with.
    pub(crate) fn of_fetch(self) -> Self {
        Self { is_of_fetch: true, ..self }
    }

    /// What a browser says of a request that it can't make.
    pub(crate) fn request(thrown: JsValue) -> Self {
        Self::new(ErrorCode::Request, js::text(&thrown, "message").unwrap_or_default())
    }

    /// A text in JSON isn't as the type says. What it says instead isn't told: it may be a secret.
    pub(crate) fn misfit(wanted: &str, error: &serde_json::Error) -> Self {
        let (said, at) = (error.to_string(), error.column());
        let why = expected(&said).unwrap_or("something else");
        Self::shape(&format!("this is no {wanted}: at character {at}, expected {why}"))
    }

    /// What came is not what the type says.
    pub(crate) fn shape(message: &str) -> Self {
        Self::new(ErrorCode::Shape, message.into())
    }
}

/// Shows what there is of it.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown.field("code", &self.code_text()).field("message", &self.message);
        let details = [
            ("option", &self.option),
            ("error", &self.error),
            ("error_description", &self.error_description),
            ("reason", &self.reason),
            ("issuer", &self.issuer),
            ("url", &self.url),
        ];
        for (name, detail) in details {
            if let Some(text) = detail {
                shown.field(name, text);
            }
        }
        shown.finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code_text(), self.message)
    }
}

impl std::error::Error for Error {}

impl From<JsValue> for Error {
    fn from(thrown: JsValue) -> Self {
        let text = |name| js::text(&thrown, name);
        let message = text("message").unwrap_or_else(|| js::spelled(&thrown));
        let Some(spelled) = text("code").filter(|code| code.starts_with("TOKENKEEP_")) else {
            return Self::foreign(text("name").unwrap_or_default(), message);
        };
        let code = ErrorCode::from(spelled.as_str());
        Self {
            option: text("option"),
            error: text("error"),
            error_description: text("errorDescription"),
            reason: text("reason"),
            issuer: text("issuer"),
            url: text("url"),
            name: (code == ErrorCode::Unknown).then_some(spelled),
            ..Self::new(code, message)
        }
    }
}

impl From<gloo_net::Error> for Error {
    fn from(error: gloo_net::Error) -> Self {
        match error {
            gloo_net::Error::JsError(error) => Self::foreign(error.name, error.message),
            gloo_net::Error::SerdeError(error) => Self::misfit("answer of the type that was asked for", &error),
            gloo_net::Error::GlooError(message) => Self::shape(&message),
        }
    }
}

/// What the type wants, where serde has put the sentence together: its end is the type's, and not the value's.
fn expected(said: &str) -> Option<&str> {
    let said = &said[..place(said, " at line ").unwrap_or(said.len())];
    if said.starts_with("missing field ") {
        return Some(said);
    }
    let ours = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant ", "unknown field "];
    ours.iter().find(|start| said.starts_with(**start))?;
    const MARK: &str = ", expected ";
    said.get(place(said, MARK)? + MARK.len()..)
}

/// Where it is last. The standard library's search for a text is a kilobyte that nothing else in a page needs.
fn place(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).rposition(|part| part == wanted.as_bytes())
}
