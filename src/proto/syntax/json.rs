//! JSON as this crate accepts and writes it: one object, no member twice, nothing after it.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroize;

use super::text::cut;

/// A JSON value; numbers keep the text they were written with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

impl Value {
    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A number that is a whole, non-negative one.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The whole seconds of a `NumericDate` or a length of time that is not negative: it may have a fraction or a positive
    /// exponent ([RFC 7519, 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)).
    pub fn as_seconds(&self) -> Option<u64> {
        let Self::Number(text) = self else { return None };
        let at = text.bytes().position(|byte| byte | 32 == b'e');
        let (mantissa, exponent) = text.split_at(at.unwrap_or(text.len()));
        let places = exponent.get(1..).map_or(Some(0), |text| text.parse::<u64>().ok());
        let (whole, fraction) = cut(mantissa, b'.');
        let mut digits = whole.to_owned();
        let mut fraction = fraction.unwrap_or_default().chars();
        for _ in 0..places?.min(MOST_PLACES) {
            digits.push(fraction.next().unwrap_or('0'));
        }
        digits.parse().ok()
    }

    /// Whether this is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Self::Bool(true))
    }

    /// The strings of an array that holds nothing else.
    pub fn as_strings(&self) -> Option<Vec<&str>> {
        match self {
            Self::Array(items) => items.iter().map(Self::as_str).collect(),
            _ => None,
        }
    }

    /// Whether this is the string `text` or an array of strings with it.
    pub fn is_or_has(&self, text: &str) -> bool {
        self.as_str() == Some(text) || self.as_strings().is_some_and(|items| items.contains(&text))
    }

    pub(in crate::proto) fn wipe(&mut self) {
        match self {
            Self::Number(text) | Self::String(text) => text.zeroize(),
            Self::Array(items) => items.iter_mut().for_each(Self::wipe),
            Self::Null | Self::Bool(_) | Self::Object(_) => {}
        }
    }

    /// Appends this value as JSON text.
    pub fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => out.push_str(text),
            Self::String(text) => write_string(out, text),
            Self::Array(items) => {
                write_list(out, '[', ']', items, |out, item| item.write(out));
            }
            Self::Object(object) => object.write(out),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<&[String]> for Value {
    fn from(texts: &[String]) -> Self {
        Self::Array(texts.iter().map(|text| text.as_str().into()).collect())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(decimal(number))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        let sign = if number < 0 { "-" } else { "" };
        Self::Number([sign, &decimal(number.unsigned_abs())].concat())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The members of an object in their order; no name appears twice. Wiped when dropped, since a token response is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(pub(in crate::proto::syntax) Vec<(String, Value)>);

impl Object {
    /// The member called `name`; a `null` counts as absent.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value).filter(|value| !matches!(value, Value::Null))
    }

    /// The text of the string member `name`.
    pub fn string(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }

    /// Adds a member unless there is one of that name, or too many to look through each time.
    pub(in crate::proto) fn insert(&mut self, mut name: String, mut value: Value) -> Option<()> {
        if self.0.len() < MAX_MEMBERS && self.0.iter().all(|(key, _)| *key != name) {
            self.0.push((name, value));
            return Some(());
        }
        name.zeroize();
        value.wipe();
        None
    }

    /// Adds a member. The caller adds each name once.
    pub(in crate::proto) fn push(&mut self, name: String, value: Value) {
        self.0.push((name, value));
    }

    /// Removes the members that are called one of `names`.
    pub fn remove(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// All members in their order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// All members in their order, with values that may be changed.
    pub(in crate::proto) fn members_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a member and returns the object. The caller adds each name once.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.push((name.to_owned(), value.into()));
        self
    }

    /// This object as JSON text.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        write_list(out, '{', '}', &self.0, |out, (name, value)| {
            write_string(out, name);
            out.push(':');
            value.write(out);
        });
    }
}

impl Drop for Object {
    #[inline(never)]
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|(name, value)| {
            name.zeroize();
            value.wipe();
        });
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

/// A number in decimal digits. The standard library's formatter would be a tenth of this module's size.
pub(in crate::proto) fn decimal(mut number: u64) -> String {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits[start..].iter().copied().map(char::from).collect()
}

fn write_list<T>(out: &mut String, open: char, close: char, items: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\u{0}'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [character as u32 >> 4, character as u32 & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// More than any number of ours has.
const MOST_PLACES: u64 = 24;
/// The largest metadata documents have about a hundred members.
const MAX_MEMBERS: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_one_plain_object_is_refused() {
        let nested = format!("{{\"a\":{}1{}}}", "[".repeat(16), "]".repeat(16));
        let cases: &[&[u8]] = &[
            b"",
            b" ",
            b"null",
            b"[]",
            b"\"a\"",
            b"1",
            b"{",
            b"{\"a\":1",
            b"{\"a\"}",
            b"{a:1}",
            b"{\"a\":1,}",
            b"{\"a\":1}{}",
            b"{\"a\":1} x",
            b"{\"a\":1,\"a\":2}",
            b"{\"a\":1,\"\\u0061\":2}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":{\"b\":1,\"b\":1}}",
            b"{'a':1}",
            b"{\"a\":01}",
            b"{\"a\":NaN}",
            b"<html></html>",
            nested.as_bytes(),
        ];
        for case in cases {
            assert_eq!(Object::parse(case), None, "{}", String::from_utf8_lossy(case));
        }
    }

    #[test]
    fn values_keep_their_meaning() {
        let object =
            Object::parse(br#" {"s":"a\u00e9\n","n":3600,"f":1.5,"t":true,"z":null,"l":["a","b"],"o":{"k":"v"}} "#)
                .expect("an object");
        assert_eq!(object.string("s"), Some("a\u{e9}\n"));
        assert_eq!(object.member("n").and_then(Value::as_u64), Some(3600));
        assert_eq!(object.member("f").and_then(Value::as_u64), None);
        assert_eq!(object.member("t"), Some(&Value::Bool(true)));
        assert_eq!(object.member("z"), None);
        assert!(object.member("l").is_some_and(|list| list.is_or_has("b") && !list.is_or_has("c")));
    }

    #[test]
    fn seconds_may_have_a_fraction_or_an_exponent() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("1700000300", Some(1_700_000_300)),
            ("1700000300.999", Some(1_700_000_300)),
            ("1700000300.0", Some(1_700_000_300)),
            ("1.7000003005e9", Some(1_700_000_300)),
            ("1.7E+9", Some(1_700_000_000)),
            ("0.5", Some(0)),
            ("5e-1", None),
            ("0e9", Some(0)),
            ("1e19", Some(10_000_000_000_000_000_000)),
            ("1e20", None),
            ("1e30000", None),
            ("1e99999", None),
            ("-1", None),
            ("-0.5", None),
            ("-1.5", None),
            ("-1700000300", None),
        ] {
            let object = Object::parse(alloc::format!("{{\"n\":{text}}}").as_bytes()).expect("an object");
            assert_eq!(object.member("n").and_then(Value::as_seconds), seconds, "{text}");
        }
        assert_eq!(Value::from("1").as_seconds(), None);
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for number in [0, 7, 10, 1_795_302_733_021, u64::MAX] {
            assert_eq!(decimal(number), alloc::format!("{number}"));
        }
    }

    #[test]
    fn text_survives_writing_and_reading() {
        let object = Object::default().with("a\"b", "c\\d\u{1}\u{7}é\u{2028}").with("n", 7u64).with("z", None::<u64>);
        assert_eq!(Object::parse(object.to_json().as_bytes()), Some(object));
    }
}
