//! The user behind the session, as far as the authorization server tells.

use alloc::string::String;

use crate::proto::error::{ApiMisuse, Error, InvalidResponse};
use crate::proto::syntax::json::Object;
use crate::proto::syntax::secret::AccessToken;
use crate::proto::syntax::time::Now;

use super::lane::USERINFO;
use super::queue::RequestId;
use super::request::Request;
use super::state::Session;
use super::trials::Place;
use super::verdict::Verdict;
use super::window::End;

impl Session {
    /// As [`authorize`](Self::authorize), for a request to nothing but the
    /// [`userinfo_endpoint`](Self::userinfo_endpoint), which has the token of no resource in particular
    /// ([OpenID Connect Core 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).
    ///
    /// # Errors
    /// As both of them.
    pub fn authorize_userinfo(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        self.tick(now);
        self.userinfo_endpoint()?;
        let anomaly = self.watch.request(USERINFO);
        self.alarm(anomaly);
        let lane = self.lanes.open(&None, &None);
        self.give_back(now, id, End::Unsaid);
        self.requests.insert(id, Request::new(Place::new(USERINFO, ""), lane, None));
        self.admit(now, id)
    }

    /// Where to ask about the user.
    ///
    /// # Errors
    /// [`ApiMisuse::NoUserinfo`] without an ID token, since nobody could tell whose claims the answer has (IDT-20).
    pub fn userinfo_endpoint(&self) -> Result<&str, Error> {
        let known = self.grant.as_ref().is_some_and(|grant| grant.subject.is_some());
        let endpoint = self.discovered.server.as_ref().and_then(|server| server.userinfo_endpoint.as_deref());
        endpoint.filter(|_| known).ok_or(Error::ApiMisuse(ApiMisuse::NoUserinfo))
    }

    /// The claims in the userinfo endpoint's answer of type `content_type`, if they are the session's user's
    /// ([OpenID Connect Core 5.3.4](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponseValidation)).
    ///
    /// # Errors
    /// [`InvalidResponse::Userinfo`].
    pub fn userinfo(&self, status: u16, body: &str) -> Result<String, Error> {
        let unusable = |why| Error::InvalidResponse(InvalidResponse::Userinfo(why));
        if status != 200 {
            return Err(unusable("its status is not 200"));
        }
        let claims = Object::parse(body.as_bytes()).ok_or_else(|| unusable("it is not one JSON object"))?;
        let subject = self.grant.as_ref().and_then(|grant| grant.subject.as_deref());
        if subject.is_none() || claims.string("sub") != subject {
            return Err(unusable("its sub is not the ID token's"));
        }
        Ok(claims.to_json())
    }

    /// The ID token, if the configuration lets it leave the holder.
    pub fn id_token(&self) -> Option<&str> {
        self.grant.as_ref()?.id_token.as_ref().map(AccessToken::expose)
    }
}
