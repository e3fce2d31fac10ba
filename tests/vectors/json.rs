//! RFC 8259, as far as token responses and metadata need it, and stricter where a lax reader is a danger.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokenkeep::proto::syntax::http::MAX_BODY;
use tokenkeep::proto::syntax::json::{Object, Value};

fn text_of(value: &str) -> Option<String> {
    let object = Object::parse(format!(r#"{{"v":{value}}}"#).as_bytes())?;
    let mut out = String::new();
    object.member("v")?.write(&mut out);
    Some(out)
}

#[test]
fn values_are_written_as_they_were_read() {
    for value in [
        "true",
        "false",
        "0",
        "-0",
        "1.50",
        "1e5",
        "-2E-3",
        "123456789012345678901234567890",
        "[]",
        "{}",
        r#"["a",[{"b":1}]]"#,
    ] {
        assert_eq!(text_of(value).as_deref(), Some(value));
    }
}

#[test]
fn escapes_are_understood() {
    for (written, read) in [
        (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (r#""\u0041\u00e9\u20ac""#, "Aé€"),
        (r#""\ud83d\udd11""#, "\u{1f511}"),
        (r#""\u0000""#, "\0"),
        ("\"\u{2028}\u{1f511}\"", "\u{2028}\u{1f511}"),
    ] {
        let object = Object::parse(format!(r#"{{"v":{written}}}"#).as_bytes()).expect("an object");
        assert_eq!(object.string("v"), Some(read), "RFC 8259, 7: {written}");
    }
}

#[test]
fn what_json_does_not_allow() {
    for value in [
        "",
        "+1",
        "01",
        "1.",
        ".5",
        "1e",
        "0x1",
        "NaN",
        "Infinity",
        "-",
        "undefined",
        "True",
        "nul",
        "'a'",
        "\"a",
        "a\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ue001\"",
        "\"\\ud83d\\udbff\"",
        "\"a\nb\"",
        "\"a\u{1}b\"",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "/*x*/1",
        "//x\n1",
        "1//x",
        "[",
        "{",
    ] {
        assert_eq!(Object::parse(format!(r#"{{"v":{value}}}"#).as_bytes()), None, "RFC 8259: {value:?}");
    }
}

#[test]
fn control_characters_are_written_as_escapes() {
    let text: String = (0..0x80u8).map(char::from).collect();
    let written = Object::default().with(&text, text.as_str()).to_json();
    assert!(written.bytes().all(|b| b >= 0x20), "RFC 8259, 7: {written}");
    assert_eq!(
        Object::parse(written.as_bytes()).and_then(|object| object.string(&text).map(str::to_owned)),
        Some(text)
    );
}

#[test]
fn bytes_that_are_no_utf8() {
    for bytes in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\xc3("] {
        let document = [br#"{"v":""#, bytes, br#""}"#].concat();
        assert_eq!(Object::parse(&document), None, "TOK-9: {bytes:x?}");
    }
    assert_eq!(Object::parse(b"{\0}"), None);
    assert_eq!(Object::parse(&"{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()), None);
}

#[test]
fn white_space_is_only_what_json_calls_so() {
    assert!(Object::parse(b" \t\r\n{ \"a\" : 1 } \n").is_some());
    for space in ["\u{a0}", "\u{b}", "\u{c}", "\u{2003}"] {
        assert_eq!(Object::parse(format!("{space}{{}}").as_bytes()), None, "{space:?}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!(r#"{{"v":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(Object::parse(nested(10).as_bytes()).is_some());
    assert!(Object::parse(nested(100).as_bytes()).is_none());
    assert!(Object::parse(nested(1 << 19).as_bytes()).is_none(), "and no stack overflows");
    assert!(Object::parse("{\"a\":".repeat(1 << 17).as_bytes()).is_none());
}

#[test]
fn the_largest_answer_of_many_members_does_not_freeze_the_holder() {
    let members: Vec<_> = (0..100_000).map(|number| format!("\"{number:x}\":1")).collect();
    let document = format!("{{{}}}", members.join(","));
    assert!(document.len() < MAX_BODY);
    let (done, parsed) = mpsc::channel();
    thread::spawn(move || done.send(Object::parse(document.as_bytes()).is_some()));
    parsed.recv_timeout(Duration::from_secs(10)).expect("TOK-23: read or refused in seconds, not in minutes");
}

#[test]
fn members_are_found_by_their_exact_name() {
    let object = Object::parse(r#"{"a":1,"A":2,"é":3,"a ":4,"":5,"__proto__":6}"#.as_bytes()).expect("an object");
    for (name, number) in [("a", 1), ("A", 2), ("é", 3), ("a ", 4), ("", 5), ("__proto__", 6)] {
        assert_eq!(object.member(name).and_then(Value::as_u64), Some(number), "{name:?}");
    }
    assert_eq!(object.member("e\u{301}"), None, "DISC-10");
}

#[test]
fn whole_numbers_are_told_from_others() {
    for (value, number) in [
        ("0", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("-1", None),
        ("1.0", None),
        ("1e2", None),
        ("\"1\"", None),
        ("true", None),
    ] {
        let object = Object::parse(format!(r#"{{"v":{value}}}"#).as_bytes()).expect("an object");
        assert_eq!(object.member("v").and_then(Value::as_u64), number, "{value}");
    }
}
