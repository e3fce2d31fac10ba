//! Cutting text at ASCII marks, byte by byte: the standard library's searches for `char` are several times the code.

/// What is before the first `mark`, and what is after it, if there is one.
pub(in crate::proto) fn cut(text: &str, mark: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == mark) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// The parts of `text` between the marks, empty ones included.
pub(in crate::proto) fn parts(text: &str, mark: u8) -> Parts<'_> {
    Parts { rest: Some(text), mark }
}

/// `text` without the marks it ends with.
pub(in crate::proto) fn trim_end(mut text: &str, mark: u8) -> &str {
    while text.as_bytes().last() == Some(&mark) {
        text = &text[..text.len() - 1];
    }
    text
}

/// See [`parts`].
pub(in crate::proto) struct Parts<'a> {
    rest: Option<&'a str>,
    mark: u8,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let (part, rest) = cut(self.rest?, self.mark);
        self.rest = rest;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_marks() {
        assert_eq!(cut("a=b=c", b'='), ("a", Some("b=c")));
        assert_eq!(cut("é", b'='), ("é", None));
        assert!(parts("a..é.", b'.').eq(["a", "", "é", ""]));
        assert_eq!((trim_end("a//", b'/'), trim_end("//", b'/'), trim_end("", b'/')), ("a", "", ""));
    }
}
