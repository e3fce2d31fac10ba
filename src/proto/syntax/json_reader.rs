//! A strict reader of JSON text ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)).

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::text::cut;

impl Object {
    /// Reads `bytes` as one JSON object ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)); `None` for anything
    /// else, for a repeated member name, for data after the object, for nesting deeper than 16 and for more than 1,000
    /// members in one object.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(bytes).ok()?;
        Reader::new(text).only_object()
    }
}

/// Reads from the front of a text; each method takes what it reads, or answers `None` if it isn't there.
struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, depth: MAX_DEPTH - 1 }
    }

    /// The one object that the text consists of.
    fn only_object(mut self) -> Option<Object> {
        self.expect('{')?;
        let object = self.object()?;
        self.skip_space();
        self.rest.is_empty().then_some(object)
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_space();
        match self.rest.bytes().next()? {
            b'{' => self.nested(|reader| reader.object().map(Value::Object)),
            b'[' => self.nested(|reader| reader.array().map(Value::Array)),
            b'"' => {
                self.skip(1)?;
                self.string().map(Value::String)
            }
            b't' => self.word("true").map(|()| Value::Bool(true)),
            b'f' => self.word("false").map(|()| Value::Bool(false)),
            b'n' => self.word("null").map(|()| Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.skip(1)?;
        self.depth = self.depth.checked_sub(1)?;
        let inner = read(self);
        self.depth += 1;
        inner
    }

    /// The members of an object whose brace has been read.
    fn object(&mut self) -> Option<Object> {
        let mut object = Object::default();
        if self.expect('}').is_some() {
            return Some(object);
        }
        loop {
            self.expect('"')?;
            let mut name = Zeroizing::new(self.string()?);
            self.expect(':')?;
            let value = self.value()?;
            object.insert(core::mem::take(&mut *name), value)?;
            if self.expect(',').is_none() {
                return self.expect('}').map(|()| object);
            }
        }
    }

    /// The items of an array whose bracket has been read.
    fn array(&mut self) -> Option<Vec<Value>> {
        let mut items = Vec::new();
        let complete = self.items(&mut items);
        if complete.is_none() {
            items.iter_mut().for_each(Value::wipe);
        }
        complete.map(|()| items)
    }

    fn items(&mut self, items: &mut Vec<Value>) -> Option<()> {
        if self.expect(']').is_some() {
            return Some(());
        }
        loop {
            items.push(self.value()?);
            if self.expect(',').is_none() {
                return self.expect(']');
            }
        }
    }

    /// A string whose opening quote has been read.
    fn string(&mut self) -> Option<String> {
        let mut out = Zeroizing::new(String::with_capacity(self.rest.bytes().position(|byte| byte == b'"')?));
        loop {
            let plain = self.rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))?;
            out.push_str(self.rest.get(..plain)?);
            let mark = self.rest.as_bytes()[plain];
            self.skip(plain + 1)?;
            match mark {
                b'"' => return Some(core::mem::take(&mut *out)),
                b'\\' => out.push(self.escaped()?),
                _ => return None,
            }
        }
    }

    /// The character of an escape whose backslash has been read.
    fn escaped(&mut self) -> Option<char> {
        let escape = self.rest.bytes().next()?;
        self.skip(1)?;
        Some(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return None,
        })
    }

    /// Four hexadecimal digits, and four more for the second half of a surrogate pair.
    fn code_point(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.word("\\u")?;
        let second = self.hex()?.checked_sub(0xdc00).filter(|half| *half < 0x400)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4)?;
        let value = digits.chars().try_fold(0, |value, digit| Some(value * 16 + digit.to_digit(16)?));
        self.skip(4)?;
        value
    }

    /// A number, kept as it is written.
    fn number(&mut self) -> Option<String> {
        let end = self.rest.bytes().position(|b| !matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
        let text = self.rest.get(..end.unwrap_or(self.rest.len()))?;
        is_number(text).then_some(())?;
        self.skip(text.len())?;
        Some(text.to_owned())
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn expect(&mut self, mark: char) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(mark)?;
        Some(())
    }

    fn skip_space(&mut self) {
        let space = self.rest.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.rest = &self.rest[space..];
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.rest = self.rest.get(bytes..)?;
        Some(())
    }
}

/// `-? int frac? exp?` ([RFC 8259, 6](https://www.rfc-editor.org/rfc/rfc8259#section-6)).
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.bytes().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = cut(mantissa, b'.');
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Objects and arrays, the outermost object included.
const MAX_DEPTH: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<Value> {
        let object = Reader::new(&alloc::format!("{{\"v\":{text}}}")).only_object()?;
        object.members().next().map(|(_, value)| value.clone())
    }

    #[test]
    fn numbers_follow_the_grammar() {
        for good in ["0", "-0", "7", "10", "-1.50", "1e3", "1E+3", "1.5e-10", "123456789012345678901234567890"] {
            assert_eq!(value(good), Some(Value::Number(good.to_owned())), "{good}");
        }
        for bad in
            ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e3", "0x10", "1_000", "Infinity", "NaN", "1-2"]
        {
            assert_eq!(value(bad), None, "{bad}");
        }
    }

    #[test]
    fn strings_follow_the_grammar() {
        for (text, expected) in [
            (r#""""#, ""),
            (r#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
            (r#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"),
            ("\"é€😀\u{7f}\"", "é€😀\u{7f}"),
        ] {
            assert_eq!(value(text), Some(Value::from(expected)), "{text}");
        }
        for bad in [
            "\"",
            "\"a",
            r#""\"#,
            r#""\x""#,
            r#""\u12""#,
            r#""\u12g4""#,
            r#""\u+123""#,
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dx""#,
            r#""\ud83d\u0041""#,
            "\"a\nb\"",
            "\"\u{0}\"",
        ] {
            assert_eq!(value(bad), None, "{bad}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| alloc::format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(value(&nested(MAX_DEPTH - 1)).is_some());
        assert!(value(&nested(MAX_DEPTH)).is_none());
        assert!(value(&"[".repeat(100_000)).is_none());
    }
}
