//! What is odd about an authorization server or its API, as the application describes it. Everything else knows the RFCs
//! only: requests and answers of the token endpoint are translated here on their way out and in.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

mod options;

use crate::proto::syntax::form;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::FormBody;
use crate::proto::syntax::text::parts;

/// How a server differs from RFC 6749 and an API from RFC 6750: the application's own words, checked. They are looked up
/// when they are needed, since few of them are there.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile(Object);

impl Profile {
    /// Header fields of every request that has a body, as JSON text.
    pub fn headers(&self) -> Option<String> {
        let mut headers = String::new();
        self.member("request", "headers")?.write(&mut headers);
        Some(headers)
    }

    /// Whether an API's answer of `status` means that the token has run out.
    pub fn is_expired(&self, status: u16) -> bool {
        self.lists("api", "expired", status)
    }

    /// The scheme of the `Authorization` field, if it isn't `Bearer`.
    pub fn scheme(&self) -> Option<&str> {
        self.text("api", "scheme")
    }

    /// What the server wants to be sent instead of the form `body`: a form, or JSON, which a form can't be taken for since
    /// it starts with a brace.
    pub fn write_request(&self, body: &FormBody) -> FormBody {
        let mut request = Object::default();
        for (name, value) in form::read(body.expose()) {
            let name = self.name("request", &name).to_owned();
            request.push(name, Value::String(value));
        }
        for (name, value) in self.object("request", "params").iter().flat_map(|params| params.members()) {
            request.push(name.to_owned(), value.clone());
        }
        if self.member("request", "json").is_some_and(Value::is_true) {
            return FormBody::new(write(request));
        }
        let pairs: Vec<_> = request.members().filter_map(|(name, value)| Some((name, value.as_str()?))).collect();
        FormBody::new(form::write(&pairs))
    }

    /// What a server that keeps to RFC 6749 would have said instead of `answer`.
    pub fn read_answer(&self, answer: Answer, is_refresh: bool) -> Answer {
        let good = match self.member("answer", "statuses") {
            Some(_) => self.lists("answer", "statuses", answer.status),
            None => answer.status == 200,
        };
        let said = self.read(&answer, good);
        let error = said.as_ref().and_then(|said| self.error(said));
        if is_refresh && self.is_revoked(answer.status, error.as_deref()) {
            return answer_with(answer, 400, Object::default().with("error", "invalid_grant"));
        }
        match said {
            Some(said) if good && error.is_none() && self.is_success(&said) => {
                let granted = self.granted(&said);
                answer_with(answer, 200, granted)
            }
            Some(said) => {
                let description = self.seek(&said, "error_description").and_then(Value::as_str);
                let body = Object::default().with("error", error.as_deref()).with("error_description", description);
                let status = if good { 400 } else { answer.status };
                answer_with(answer, status, body)
            }
            None if good => Answer { status: 200, ..answer },
            None => answer,
        }
    }

    /// The members of the body. A refusal's is read whatever it says of itself.
    fn read(&self, answer: &Answer, good: bool) -> Option<Object> {
        let reading = self.text("answer", "type");
        if reading == Some("form") && answer.is_form() {
            return read_form(&answer.body);
        }
        let readable = !good || answer.is_json() || reading == Some("unlabelled");
        Object::parse(&answer.body).filter(|_| readable)
    }

    /// The server's name for what is wrong. Some have a number for it, and 0 for nothing.
    fn error(&self, said: &Object) -> Option<String> {
        match self.seek(said, "error")? {
            Value::String(error) | Value::Number(error) if !["", "0"].contains(&error.as_str()) => Some(error.clone()),
            _ => None,
        }
    }

    fn is_revoked(&self, status: u16, error: Option<&str>) -> bool {
        let Some(Value::Array(revoked)) = self.member("refresh", "revoked") else { return false };
        let named = error.is_some_and(|error| revoked.iter().any(|item| item.as_str() == Some(error)));
        named || self.lists("refresh", "revoked", status)
    }

    fn is_success(&self, said: &Object) -> bool {
        let marked = |list, wanted| {
            let mut marks = self.object("answer", list).into_iter().flat_map(|marks| marks.members());
            marks.any(|(path, value)| self.look(said, path).is_some_and(|found| is_same(found, value)) == wanted)
        };
        !marked("success", false) && !marked("failure", true)
    }

    fn granted(&self, said: &Object) -> Object {
        let mut granted = Object::default();
        for name in GRANTED {
            let Some(value) = self.seek(said, name) else { continue };
            let value = match name {
                "scope" => self.scope(value),
                _ => value.clone(),
            };
            granted.push(name.to_owned(), value);
        }
        let sent = granted.string("token_type");
        let meant =
            self.text("answer", "tokenType").filter(|meant| sent.is_none_or(|sent| sent.eq_ignore_ascii_case(meant)));
        if meant.is_some() {
            granted.remove(&["token_type"]);
            granted.push("token_type".to_owned(), "Bearer".into());
        }
        granted
    }

    /// Scopes with spaces between them, out of a list, a list in a string, or a string with another mark between.
    fn scope(&self, value: &Value) -> Value {
        let join = |scopes: &[&str]| Value::String(scopes.join(" "));
        let separator = self.text("answer", "scopeSeparator").and_then(|text| text.bytes().next());
        match (value, separator) {
            (Value::String(text), _) if text.starts_with('[') => {
                let list = Object::parse(["{\"list\":", text, "}"].concat().as_bytes());
                let scopes = list.as_ref().and_then(|list| list.member("list")?.as_strings());
                scopes.map_or(value.clone(), |scopes| join(&scopes))
            }
            (Value::String(text), Some(mark)) => {
                let scopes: Vec<_> = parts(text, mark).map(str::trim_ascii).filter(|scope| !scope.is_empty()).collect();
                join(&scopes)
            }
            (value, _) => value.as_strings().map_or_else(|| value.clone(), |scopes| join(&scopes)),
        }
    }

    /// The member that RFC 6749 calls `name`.
    fn seek<'a>(&self, said: &'a Object, name: &str) -> Option<&'a Value> {
        self.look(said, self.name("answer", name))
    }

    /// The member at `path`, in the envelope or beside it.
    fn look<'a>(&self, said: &'a Object, path: &str) -> Option<&'a Value> {
        let inner = match self.text("answer", "within").and_then(|within| find(said, within)) {
            Some(Value::Object(inner)) => find(inner, path),
            _ => None,
        };
        inner.or_else(|| find(said, path))
    }

    /// The server's name for what the RFC calls `name`.
    fn name<'a>(&'a self, group: &str, name: &'a str) -> &'a str {
        self.object(group, "names").and_then(|names| names.string(name)).unwrap_or(name)
    }

    #[inline(never)]
    fn member(&self, group: &str, name: &str) -> Option<&Value> {
        match self.0.member(group)? {
            Value::Object(group) => group.member(name),
            _ => None,
        }
    }

    fn object(&self, group: &str, name: &str) -> Option<&Object> {
        match self.member(group, name)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    fn text(&self, group: &str, name: &str) -> Option<&str> {
        self.member(group, name)?.as_str()
    }

    fn lists(&self, group: &str, name: &str, status: u16) -> bool {
        let Some(Value::Array(items)) = self.member(group, name) else { return false };
        items.iter().any(|item| item.as_u64() == Some(status.into()))
    }
}

/// Whether two plain values are equal.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) | (Value::Number(one), Value::Number(other)) => one == other,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        _ => false,
    }
}

/// The member at the end of a path of names with dots between.
fn find<'a>(object: &'a Object, path: &str) -> Option<&'a Value> {
    let mut names = parts(path, b'.');
    let mut value = object.member(names.next()?)?;
    for name in names {
        let Value::Object(inner) = value else { return None };
        value = inner.member(name)?;
    }
    Some(value)
}

/// A form as an object; `None` if a name comes twice. Everything is moved, so that all of it is wiped.
fn read_form(body: &[u8]) -> Option<Object> {
    let mut object = Object::default();
    let pairs = form::read(core::str::from_utf8(body).ok()?);
    let whole = pairs
        .into_iter()
        .fold(true, |whole, (name, value)| object.insert(name, Value::String(value)).is_some() && whole);
    whole.then_some(object)
}

fn answer_with(answer: Answer, status: u16, body: Object) -> Answer {
    let body = Zeroizing::new(write(body).into_bytes());
    Answer { status, content_type: Some("application/json".to_owned()), body, ..answer }
}

/// JSON text in one piece of memory, if it has the usual size, so that no copy of a token is left behind.
fn write(object: Object) -> String {
    let mut out = String::with_capacity(CAPACITY);
    Value::Object(object).write(&mut out);
    out
}

/// What a token response is read for.
const GRANTED: [&str; 6] = ["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"];
/// Enough for long tokens.
const CAPACITY: usize = 16_384;
