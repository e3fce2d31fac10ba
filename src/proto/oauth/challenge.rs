//! What a resource server says about a token that it doesn't take: the `WWW-Authenticate` field
//! ([RFC 9110, 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)), the Bearer challenge
//! ([RFC 6750, 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)) and step-up
//! ([RFC 9470, 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::syntax::grammar::is_scope;

/// A challenge for a bearer token, the `DPoP` kind included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Challenge {
    /// What was wrong: `invalid_token`, `insufficient_scope`, ..
    pub error: Option<String>,
    /// The scope that the resource asks for.
    pub scope: Option<String>,
    /// The authentication contexts that the resource asks for, space-separated.
    pub acr_values: Option<String>,
    /// How old the sign-in may be, in seconds.
    pub max_age: Option<u64>,
    /// Where the resource's metadata is ([RFC 9728, 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)).
    pub resource_metadata: Option<String>,
}

/// What a challenge asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A token with more scope ([RFC 6750, 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    Scope,
    /// A stronger or newer sign-in ([RFC 9470, 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    Authentication,
    /// Another request: no token would help.
    Request,
    /// A proof with a nonce ([RFC 9449, 9](https://www.rfc-editor.org/rfc/rfc9449#section-9)).
    Nonce,
    /// Another proof ([RFC 9449, 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
    Proof,
    /// Another token; also what says nothing, or a name that isn't listed.
    Token,
}

/// The errors that say more than that the token won't do: what they ask for, and the word for it in events and explanations.
const KINDS: [(&str, Kind, &str); 5] = [
    ("insufficient_scope", Kind::Scope, "scope"),
    ("insufficient_user_authentication", Kind::Authentication, "authentication"),
    ("invalid_request", Kind::Request, "malformed"),
    ("use_dpop_nonce", Kind::Nonce, "proof"),
    ("invalid_dpop_proof", Kind::Proof, "proof"),
];

impl Kind {
    /// The word for it; nothing for [`Kind::Token`].
    pub fn word(self) -> Option<&'static str> {
        KINDS.iter().find(|(_, kind, _)| *kind == self).map(|(.., word)| *word)
    }

    /// Whether the user may give what is asked for.
    pub fn asks_for_more(self) -> bool {
        matches!(self, Self::Scope | Self::Authentication)
    }
}

impl Challenge {
    /// What it asks for.
    pub fn kind(&self) -> Kind {
        let listed = KINDS.iter().find(|(error, ..)| self.error.as_deref() == Some(error));
        listed.map_or(Kind::Token, |(_, kind, _)| *kind)
    }

    /// The challenge in a `WWW-Authenticate` field, in which several lines are joined by commas. Of several the first
    /// with an `error` counts. One that repeats a parameter, or has a value outside its grammar, is none.
    pub fn parse(field: &str) -> Option<Self> {
        if field.len() > MAX_FIELD {
            return None;
        }
        let mut best: Option<Self> = None;
        for (scheme, params) in read(field) {
            let bearer = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
            let Some(challenge) = Some(params).filter(|_| bearer).and_then(Self::from_params) else { continue };
            if best.as_ref().is_none_or(|best| best.error.is_none() && challenge.error.is_some()) {
                best = Some(challenge);
            }
        }
        best
    }

    fn from_params(params: Vec<(&str, String)>) -> Option<Self> {
        let mut challenge = Self::default();
        for (index, (name, value)) in params.iter().enumerate() {
            if params[..index].iter().any(|(earlier, _)| earlier.eq_ignore_ascii_case(name)) {
                return None;
            }
            let name = name.to_ascii_lowercase();
            if KNOWN.contains(&name.as_str()) && (!value.is_ascii() || value.len() > MAX_VALUE) {
                return None;
            }
            match name.as_str() {
                "error" => challenge.error = Some(value.clone()),
                "scope" if !is_scope(value) => return None,
                "scope" => challenge.scope = Some(value.clone()),
                "acr_values" => challenge.acr_values = Some(value.clone()),
                "resource_metadata" => challenge.resource_metadata = Some(value.clone()),
                "max_age" => challenge.max_age = Some(seconds(value)?),
                _ => {}
            }
        }
        Some(challenge)
    }
}

fn seconds(value: &str) -> Option<u64> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| value.parse().ok().filter(|seconds| *seconds <= MAX_SECONDS))?
}

type Params<'a> = Vec<(&'a str, String)>;

/// The challenges of a field, as far as it follows the grammar.
fn read(field: &str) -> Vec<(&str, Params<'_>)> {
    let mut challenges: Vec<(&str, Params<'_>)> = Vec::new();
    let mut scanner = Scanner { text: field, at: 0 };
    loop {
        scanner.skip_spaces();
        while scanner.take(b',') {
            scanner.skip_spaces();
        }
        let Some(name) = scanner.word(is_token) else { break };
        match (scanner.value(), challenges.last_mut()) {
            (Some(value), Some((_, params))) => params.push((name, value)),
            (Some(_), None) => break,
            (None, _) => {
                challenges.push((name, Vec::new()));
                scanner.token68();
                // The first parameter follows its scheme without a comma.
                continue;
            }
        }
        scanner.skip_spaces();
        if !scanner.ends_element() {
            // What follows can't be told apart any more, and this challenge isn't whole.
            challenges.pop();
            break;
        }
    }
    challenges
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_spaces(&mut self) {
        while self.take(b' ') || self.take(b'\t') {}
    }

    /// The longest non-empty run of bytes that `belongs`, all of them ASCII.
    fn word(&mut self, belongs: fn(u8) -> bool) -> Option<&'a str> {
        let start = self.at;
        while self.peek().is_some_and(belongs) {
            self.at += 1;
        }
        self.text.get(start..self.at).filter(|word| !word.is_empty())
    }

    fn ends_element(&self) -> bool {
        matches!(self.peek(), None | Some(b','))
    }

    /// `=` and what follows it, if that is a token or a quoted string.
    fn value(&mut self) -> Option<String> {
        let start = self.at;
        self.skip_spaces();
        if self.take(b'=') {
            self.skip_spaces();
            let value = if self.take(b'"') { self.quoted() } else { self.word(is_token).map(str::to_owned) };
            if value.is_some() {
                return value;
            }
        }
        self.at = start;
        None
    }

    /// The rest of a quoted string, without its escapes and with a mark for everything outside ASCII. Control characters
    /// make it none.
    fn quoted(&mut self) -> Option<String> {
        let mut out = String::new();
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(out),
                b'\\' => {
                    out.push(char::from(self.peek().filter(|byte| matches!(byte, b' '..=b'~'))?));
                    self.at += 1;
                }
                b' '..=b'~' => out.push(char::from(byte)),
                0x80.. => out.push(char::REPLACEMENT_CHARACTER),
                _ => return None,
            }
        }
    }

    /// Skips the token68 of a scheme that has no parameters.
    fn token68(&mut self) {
        let start = self.at;
        self.skip_spaces();
        let found = self.word(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte)).is_some();
        while self.take(b'=') {}
        self.skip_spaces();
        if !(found && self.ends_element()) {
            self.at = start;
        }
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The parameters that are read.
const KNOWN: [&str; 5] = ["error", "scope", "acr_values", "max_age", "resource_metadata"];
/// A longer value is nobody's scope, in bytes.
const MAX_VALUE: usize = 1_000;
/// What JavaScript's numbers hold exactly.
const MAX_SECONDS: u64 = (1 << 53) - 1;
/// A longer field is somebody's mistake or attack, in bytes.
const MAX_FIELD: usize = 8_192;
