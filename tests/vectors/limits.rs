//! How much of an answer is taken in, and how much of it is shown.

use tokenkeep::proto::syntax::http::MAX_BODY;
use tokenkeep::proto::syntax::json::Object;

use crate::support::answer;

#[test]
fn an_answer_may_have_a_mebibyte() {
    assert_eq!(MAX_BODY, 1_048_576, "as the message of the error says");
}

#[test]
fn an_object_may_have_a_thousand_members() {
    let document = |count: usize| {
        let members: Vec<_> = (0..count).map(|number| format!("\"{number}\":1")).collect();
        format!("{{{}}}", members.join(","))
    };
    let read = |count| Object::parse(document(count).as_bytes()).map(|object| object.members().count());
    assert_eq!(read(1_000), Some(1_000));
    assert_eq!(read(1_001), None);
}

#[test]
fn an_answer_that_is_shown_says_its_status_and_no_more() {
    let shown = format!("{:?}", answer(418, Some("text/canary"), b"canary"));
    assert!(shown.contains("418") && !shown.contains("canary"), "LOG-4: {shown}");
}
