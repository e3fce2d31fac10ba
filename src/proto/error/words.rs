//! The words for errors, from the table of them.

use alloc::borrow::{Cow, ToOwned as _};

use crate::proto::syntax::json::{Object, decimal};
use crate::proto::syntax::text::parts;

use super::{ApiMisuse, Ending, Error, InvalidResponse, Transport};

impl Error {
    /// The frozen code that programs compare.
    pub fn code(&self) -> &'static str {
        self.row().0
    }

    /// What happened and what to do about it, for developers.
    pub fn message(&self) -> Cow<'static, str> {
        let mut pieces = parts(self.row().1, b'%');
        let mut message = pieces.next().unwrap_or_default().to_owned();
        for (detail, piece) in self.details().iter().zip(pieces) {
            message.push_str(detail);
            message.push_str(piece);
        }
        if let Self::Unanswered(_, url) = self {
            message.extend([" (", url, ")"]);
        }
        message.into()
    }

    /// What stands where the message has a `%`.
    fn details(&self) -> [Cow<'_, str>; 2] {
        let one: &str = match self {
            Self::ApiMisuse(ApiMisuse::Config { option, cure }) => return [(&**option).into(), (&**cure).into()],
            Self::ApiMisuse(ApiMisuse::ParameterRefused(name)) => name,
            Self::AuthorizationResponse(error) | Self::TokenResponse(error) | Self::RegistrationResponse(error) => {
                &error.error
            }
            Self::InvalidResponse(InvalidResponse::Clock(ahead)) => {
                let way = if *ahead > 0 { "behind" } else { "ahead" };
                return [decimal(ahead.unsigned_abs().into()).into(), way.into()];
            }
            Self::InvalidResponse(invalid) => invalid.detail(),
            Self::LoginRequired(ending) => ending.reason(),
            Self::ApiMisuse(ApiMisuse::BodyNotReplayable(status))
            | Self::Transport(Transport::Status(status))
            | Self::Unanswered(Transport::Status(status), _) => {
                return [decimal((*status).into()).into(), "".into()];
            }
            _ => "",
        };
        [one.into(), "".into()]
    }

    /// This error as the object that crosses to JavaScript.
    pub fn to_object(&self) -> Object {
        let object = Object::default().with("code", self.code()).with("message", self.message().as_ref());
        match self {
            Self::ApiMisuse(ApiMisuse::Config { option, .. }) => object.with("option", &**option),
            Self::ApiMisuse(ApiMisuse::ParameterRefused(name)) => object.with("option", &**name),
            Self::AuthorizationResponse(error) | Self::TokenResponse(error) | Self::RegistrationResponse(error) => {
                object.with("error", error.error.as_str()).with("errorDescription", error.description.as_deref())
            }
            Self::LoginRequired(ending) => object.with("reason", ending.reason()),
            Self::Unanswered(_, url) => object.with("url", &**url),
            Self::InvalidResponse(
                InvalidResponse::AuthorizationServer(issuer) | InvalidResponse::NoRegistration(issuer),
            ) => object.with("issuer", &**issuer),
            Self::ApiMisuse(_)
            | Self::InvalidResponse(_)
            | Self::Queue(_)
            | Self::ResourceUnavailable
            | Self::StorageBlocked
            | Self::Transport(_) => object,
        }
    }
}

impl InvalidResponse {
    fn detail(&self) -> &str {
        match self {
            Self::Token(why) | Self::Userinfo(why) | Self::IdToken(why) => why,
            Self::Metadata(what)
            | Self::Discovery(what)
            | Self::Resource(what)
            | Self::AuthorizationServer(what)
            | Self::Registration(what)
            | Self::Moved(what)
            | Self::NoRegistration(what) => what,
            _ => "",
        }
    }
}

impl Ending {
    /// The word that events and errors carry.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NeverSignedIn => "never-signed-in",
            Self::SignOut => "signout",
            Self::Revoked => "revoked",
            Self::RotationLost => "rotation-lost",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::SubjectChanged => "subject-changed",
            Self::IdTokenRefused => "id-token-refused",
            Self::IssuerChanged => "issuer-changed",
            Self::KeyLost => "key-lost",
            Self::Intercepted => "intercepted",
        }
    }
}
