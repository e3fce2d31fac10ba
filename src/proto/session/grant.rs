//! What the user granted, apart from the access tokens that come of it.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::oauth::dpop::DpopKey;
use crate::proto::oauth::id_token::{Anchor, Claims};
use crate::proto::syntax::secret::{AccessToken, RefreshToken};

/// The user's grant, replaced as a whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Grant {
    pub(super) refresh_token: Option<RefreshToken>,
    /// The scope that the sign-in asked for; servers may leave parts of it out of what they say they granted.
    pub(super) asked_scope: String,
    pub(super) subject: Option<String>,
    pub(super) claims: Option<String>,
    /// The client that the user granted it to.
    pub(super) client_id: String,
    /// Whether the sign-in was of a kind that was asked for, if one was.
    pub(super) acr_met: Option<bool>,
    /// What the first ID token said.
    pub(super) anchor: Option<Anchor>,
    /// The ID token, if it may be shown to the authorization server again.
    pub(super) id_token: Option<AccessToken>,
    /// The key that its tokens are bound to ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    pub(super) key: Option<DpopKey>,
    /// A refresh was sent and its answer never came, so that the server may have put another token in its place.
    pub(super) outcome_unknown: bool,
    /// A refresh was refused without a word that says why; the next such refusal counts.
    pub(super) doubted: bool,
}

impl Grant {
    /// The grant of a sign-in that asked for `scope`.
    pub(super) fn new(refresh_token: Option<RefreshToken>, scope: &str, claims: Option<Claims>) -> Self {
        let mut grant = Self { refresh_token, asked_scope: scope.to_owned(), ..Self::default() };
        if let Some(Claims { subject, json, anchor, .. }) = claims {
            (grant.subject, grant.claims, grant.anchor) = (Some(subject), Some(json), Some(anchor));
        }
        grant
    }

    /// What comes with a refresh. What that leaves out is as it was
    /// ([RFC 6749, 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    pub(super) fn renew(&mut self, refresh_token: Option<RefreshToken>, claims: Option<Claims>) {
        if refresh_token.is_some() {
            self.refresh_token = refresh_token;
        }
        if let Some(claims) = claims {
            (self.subject, self.claims) = (Some(claims.subject), Some(claims.json));
        }
        self.outcome_unknown = false;
        self.doubted = false;
    }
}
