//! Refuses an option, by its name and with what to write instead.

use crate::proto::error::{ApiMisuse, Error};
use crate::proto::syntax::spelling::Search;

use super::table::{OPTIONS, kind_of};

pub(super) fn bad(option: &str, cure: &'static str) -> Error {
    Error::ApiMisuse(ApiMisuse::Config { option: option.into(), cure: cure.into() })
}

/// An option that there is none of, with the one that was meant as far as its name tells.
pub(super) fn unknown(name: &str) -> Error {
    let mut search = Search::new(name);
    let other = OTHERS.iter().find(|(names, _)| search.is_among(names)).map(|(_, other)| *other);
    match other {
        Some(cure) if kind_of(cure).is_none() => return bad(name, cure),
        Some(ours) => search.found = Some(ours),
        None => OPTIONS.iter().for_each(|(known, _)| search.offer(known)),
    }
    Error::ApiMisuse(ApiMisuse::unknown(name, "option", search.found))
}

/// What other libraries have, mostly oidc-client-ts and auth0-spa-js, and which option that is here, or why there is none.
const OTHERS: &[(&str, &str)] = &[
    ("metadataUrl", "issuer"),
    ("authority", "is issuer here: the URL that the server's metadata has as issuer, character by character"),
    ("domain", "is issuer here: https:// and the domain, with a slash at the end if the server's metadata has one"),
    ("metadata", "server"),
    ("silentRedirectUri popupRedirectUri", "redirectUri"),
    ("extraQueryParams", "extraParams"),
    ("audience", "goes into extraParams: { audience }, or is resource in resourceServers (RFC 8707)"),
    ("authorizationParams", "redirect_uri is redirectUri here, scope is scope, and the rest goes into extraParams"),
    ("requestTimeoutInSeconds httpTimeoutInSeconds", "requestTimeout"),
    ("resource", "resourceServers"),
    ("useDpop", "dpop"),
    ("clientSecret password apiKey", "a browser can't keep a secret; register a public client and remove this option"),
    ("responseType responseMode disablePkce", "sign-in is always by code with PKCE; remove this option"),
    ("prompt display loginHint maxAge acrValues uiLocales", "belongs to one sign-in; pass it to signIn()"),
    ("loadUserInfo", "call auth.userinfo() instead; remove this option"),
    ("automaticSilentRenew useRefreshTokens", "tokens are refreshed anyway; remove this option"),
    ("cacheLocation userStore stateStore", "tokens stay in memory; remove this option"),
];
