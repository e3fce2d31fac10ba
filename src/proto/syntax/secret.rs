//! Strings that must not be seen: redacted in `Debug`, wiped on drop, read through one loud method.

use alloc::string::String;
use core::fmt;

use zeroize::Zeroize as _;

/// Text that is overwritten before its memory is given back.
#[derive(Clone, PartialEq, Eq)]
struct Wiped(String);

impl Drop for Wiped {
    #[inline(never)]
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Wiped);

        impl $name {
            /// Takes charge of the secret; its memory is wiped when this value is dropped.
            pub fn new(secret: impl Into<String>) -> Self {
                Self(Wiped(secret.into()))
            }

            /// The secret itself. The only way to read it.
            pub fn expose(&self) -> &str {
                &self.0.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret!(
    /// An access token ([RFC 6749, 1.4](https://www.rfc-editor.org/rfc/rfc6749#section-1.4)).
    AccessToken
);
secret!(
    /// The record of a pending sign-in, which has the code verifier in it.
    Record
);
secret!(
    /// A refresh token ([RFC 6749, 1.5](https://www.rfc-editor.org/rfc/rfc6749#section-1.5)).
    RefreshToken
);
secret!(
    /// An authorization code ([RFC 6749, 1.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-1.3.1)).
    AuthorizationCode
);
secret!(
    /// A code verifier ([RFC 7636, 4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
    CodeVerifier
);
secret!(
    /// A `nonce` ([OpenID Connect Core 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    Nonce
);
secret!(
    /// A `state` value ([RFC 6749, 4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1)).
    State
);
secret!(
    /// A request body that carries one of the above: a form, or JSON for a server that wants it.
    FormBody
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_secret() {
        assert_eq!(format!("{:?}", AccessToken::new("canary")), "AccessToken([redacted])");
        assert_eq!(format!("{:?}", Some(FormBody::new("code=canary"))), "Some(FormBody([redacted]))");
    }
}
