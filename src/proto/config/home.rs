//! Where the holder is served from, and what that means for URLs of the configuration.

use alloc::string::String;

use crate::proto::error::{ApiMisuse, Error};
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::text::cut;
use crate::proto::syntax::url::Url;

/// Writes paths out in full, as URLs of `origin`: those of options that are URLs, and those in them.
pub(super) fn complete(options: &mut Object, origin: &str) {
    if Url::parse(&[origin, "/"].concat()).is_none() {
        return;
    }
    for (_, value) in options.members_mut().filter(|(name, _)| URLS.contains(name)) {
        complete_paths(value, origin);
    }
}

fn complete_paths(value: &mut Value, origin: &str) {
    match value {
        Value::String(text) if text.starts_with('/') && !matches!(text.as_bytes(), [_, b'/' | b'\\', ..]) => {
            *text = [origin, text].concat();
        }
        Value::Array(items) => items.iter_mut().for_each(|item| complete_paths(item, origin)),
        Value::Object(object) => {
            let urls = object.members_mut().filter(|(name, _)| !NAMES.contains(name));
            urls.for_each(|(_, value)| complete_paths(value, origin));
        }
        _ => {}
    }
}

/// The same error with the cause, where an option that is refused is what it should be somewhere else: http on a loopback
/// address, or a path.
pub(super) fn explain(error: &Error, options: &Object, origin: &str) -> Option<Error> {
    let Error::ApiMisuse(ApiMisuse::Config { option, cure }) = error else { return None };
    let own = [origin, "/"].concat();
    let own = Url::parse(&own);
    let mut text = String::new();
    options.member(cut(option, b'.').0)?.write(&mut text);
    let has = |part: &str| text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes());
    let cause: &[&str] = match own {
        None if has("\"/") => &[RELATIVE],
        Some(own) if own.is_loopback() => return None,
        _ if !has("\"http://") => return None,
        None => &[NOWHERE],
        Some(own) if own.secure => &[" counts where the app is served from there too, and it is from ", origin, FLAG],
        Some(_) => &[" doesn't count: this app is served from ", origin, INSECURE],
    };
    let cure = [cure, "; http on loopback", &cause.concat()].concat().into();
    Some(Error::ApiMisuse(ApiMisuse::Config { option: option.clone(), cure }))
}

/// The options that are URLs, or have some.
const URLS: [&str; 7] =
    ["redirectUri", "postLogoutRedirectUri", "resourceServers", "auditSink", "clientMetadataUrl", "mcp", "server"];
/// Members that are names, though they look like URLs.
const NAMES: [&str; 3] = ["issuer", "resource", "scope"];
const RELATIVE: &str = " and paths need an origin, and this holder has none, as in Node";
const NOWHERE: &str = " needs dangerAllowLoopbackHttp: true where the holder has no origin, as in Node";
const INSECURE: &str =
    ", which is neither https nor loopback: serve it over https, or open it by localhost, to have a secure context";
const FLAG: &str = ", or with dangerAllowLoopbackHttp: true";
