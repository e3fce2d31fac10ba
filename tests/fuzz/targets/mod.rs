//! What is fuzzed: a reader of foreign text per line, and lists of operations. Used by the tests and by `fuzz/`.

mod bytes;
mod holder;
mod ledger;
mod oauth;
mod replies;
mod session;
mod text;

/// Something that takes any bytes and panics if a promise is broken.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&[u8]),
}

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// Readers of foreign text.
pub(crate) const PARSERS: &[Target] = &[
    target("authorization-response", |bytes| text(bytes, oauth::authorization_response)),
    target("base64url", |bytes| text(bytes, text::base64url)),
    target("challenge", |bytes| text(bytes, oauth::challenge)),
    target("claims", |bytes| text(bytes, oauth::claims)),
    target("clock", text::clock),
    target("config", |bytes| text(bytes, oauth::config)),
    target("discovery", oauth::discovery),
    target("form", |bytes| text(bytes, text::form)),
    target("id-token", |bytes| text(bytes, oauth::id_token)),
    target("json", text::json),
    target("metadata", oauth::metadata),
    target("reply", |bytes| text(bytes, oauth::reply)),
    target("resource", |bytes| text(bytes, text::resource)),
    target("retry-after", |bytes| text(bytes, oauth::retry_after)),
    target("scope", |bytes| text(bytes, text::scope)),
    target("server-error", |bytes| text(bytes, oauth::server_error)),
    target("sign-in-options", |bytes| text(bytes, oauth::sign_in_options)),
    target("token-response", oauth::token_response),
    target("transaction", |bytes| text(bytes, oauth::transaction)),
    target("url", |bytes| text(bytes, text::url)),
];

/// Bytes that are read as operations.
pub(crate) const OPERATIONS: &[Target] = &[target("holder", holder::run), target("session", session::run)];

/// A browser hands text over with everything that is no UTF-8 replaced.
fn text(bytes: &[u8], run: fn(&str)) {
    run(&String::from_utf8_lossy(bytes));
}
