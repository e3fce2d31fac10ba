//! Where tokens may go, and what they are asked for with.

use alloc::vec::Vec;

use crate::proto::error::Error;
use crate::proto::oauth::resource::ResourceServer;
use crate::proto::syntax::grammar::{includes, is_scope};
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::text::{cut, parts};
use crate::proto::syntax::url::Url;

use super::options::personal;
use super::refusal::bad;

pub(super) fn resource_servers(options: &Object, allow_loopback: bool) -> Result<Vec<ResourceServer>, Error> {
    match options.member("resourceServers") {
        None => Ok(Vec::new()),
        Some(Value::Array(servers)) => {
            servers.iter().map(|server| resource_server(options, server, allow_loopback)).collect()
        }
        Some(_) => {
            Err(bad("resourceServers", "must be an array of base URLs, as strings or as { url, resource, scope }"))
        }
    }
}

fn resource_server(options: &Object, value: &Value, allow_loopback: bool) -> Result<ResourceServer, Error> {
    let (href, details) = match value {
        Value::Object(details) => (details.string("url"), Some(details)),
        value => (value.as_str(), None),
    };
    let parse = |href: &str| {
        ResourceServer::parse(href, allow_loopback)
            .or_else(|| ResourceServer::parse(&[href, "/"].concat(), allow_loopback))
    };
    let mut server = href.and_then(parse).ok_or_else(|| bad("resourceServers", SERVER_URL_CURE))?;
    for (name, value) in details.iter().flat_map(|details| details.members()) {
        match (name, value) {
            ("url", _) => {}
            ("resource", _) if personal(options)?.is_some() => {
                return Err(bad(
                    "resourceServers",
                    "a personal access token is the same for every resource; remove resource",
                ));
            }
            ("resource", Value::String(resource)) if is_resource(&server, resource, allow_loopback) => {
                server.resource = Some(resource.clone());
            }
            ("resource", _) => return Err(bad("resourceServers", RESOURCE_CURE)),
            ("scope", Value::String(scope)) if is_within(scope, &super::options::scope(options)?) => {
                server.scope = Some(scope.clone());
            }
            _ => {
                return Err(bad(
                    "resourceServers",
                    "each may have url, resource and scope, which is part of the configured scope",
                ));
            }
        }
    }
    Ok(server)
}

/// Whether `resource` is an absolute URI without fragment that tokens for `server` may be asked for with. What is asked for
/// with a web address goes nowhere but below it ([RFC 8707, 2 and 3](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
fn is_resource(server: &ResourceServer, resource: &str, allow_loopback: bool) -> bool {
    let plain = resource.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    let (scheme, rest) = cut(resource, b':');
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let named =
        !web && rest.is_some_and(|rest| !rest.is_empty()) && scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let below = || {
        let base = cut(resource, b'?').0;
        let base = ResourceServer::parse(base, allow_loopback)
            .or_else(|| ResourceServer::parse(&[base, "/"].concat(), allow_loopback));
        let href = [server.href().as_str(), "/"].concat();
        base.is_some_and(|base| Url::parse(&href).is_some_and(|url| base.covers(&url)))
    };
    plain && (named || web && below())
}

fn is_within(scope: &str, all: &str) -> bool {
    is_scope(scope) && parts(scope, b' ').all(|one| includes(all, one))
}

const SERVER_URL_CURE: &str = "each must be an https base URL without query, such as https://api.example.com/v1/, or a path of this app such as \
     /api/ (http only on loopback)";
const RESOURCE_CURE: &str = "resource must be an absolute URI without fragment, as the authorization server knows it; a web \
                             address must be the url or above it";
