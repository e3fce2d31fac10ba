//! What the README says of a refresh that fails is what the policy does.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::http::Answer;

use crate::support::{App, HOUR, MINUTE, SECOND, answer, error};

const README: &str = include_str!("../../pkg-template/README.md");

type Answered = Result<Answer, Transport>;

/// The row of the README's table that begins like this: its two cells.
fn row(begins: &str) -> (&'static str, &'static str) {
    let line = README.lines().find(|line| line.starts_with(&format!("| {begins}"))).expect("a row");
    line.trim_matches(['|', ' ']).split_once(" | ").expect("two cells")
}

/// The error codes of a cell, each as an answer of that name.
fn named(cell: &str) -> Vec<Answered> {
    let names: Vec<_> = cell.split('`').skip(1).step_by(2).map(|name| error(400, name)).collect();
    assert!(!names.is_empty(), "no names in {cell}");
    names
}

/// A request waits for a refresh that is answered like this.
fn waiting(answered: Answered) -> App {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    app.seen();
    app.refresh_with(answered);
    app
}

#[test]
fn what_ends_the_session() {
    let (event, says) = row("refresh refused: `invalid_grant`");
    assert!(event.contains("401 or 403 with an OAuth error"), "{event}");
    assert!(
        ["TOKENKEEP_LOGIN_REQUIRED", "no further attempt", "else `revoked`"].iter().all(|word| says.contains(word))
    );
    for answered in named(event).into_iter().chain([error(401, "access_denied"), error(403, "their_own")]) {
        let mut app = waiting(answered.clone());
        assert_eq!(app.seen(), ["signedout revoked", "reject 1 LOGIN_REQUIRED"], "{answered:?}");
        app.pass(HOUR);
        assert!(app.refreshes.is_empty(), "REF-6");
    }
    let mut app = waiting(Err(Transport::Timeout));
    app.pass(20 * SECOND);
    app.refresh_with(error(400, "invalid_grant"));
    assert!(says.contains("`rotation-lost` if an earlier answer had never come"));
    assert!(app.seen().contains(&"signedout rotation-lost".to_owned()));
}

#[test]
fn what_is_tried_once_more() {
    let (event, says) = row("refresh refused by a 4xx that names no error");
    assert!(event.contains("a name of the server's own with 400"), "{event}");
    assert!(says.contains("once more after five seconds or more") && says.contains("the reason `refused`"), "{says}");
    let others = [Ok(answer(404, Some("text/html"), b"")), error(400, "their_own")];
    for answered in named(event).into_iter().chain(others) {
        let mut app = waiting(answered.clone());
        assert_eq!(app.seen().len(), 1, "one refreshfailed for {answered:?}");
        app.pass(5 * SECOND - 1);
        assert!(app.refreshes.is_empty(), "{answered:?}");
        app.pass(15 * SECOND);
        app.refresh_with(answered);
        assert!(app.seen().contains(&"signedout refused".to_owned()));
    }
}

#[test]
fn what_waits_for_the_developer() {
    let (event, says) = row("refresh refused: `invalid_client`");
    assert!(says.starts_with("`TOKENKEEP_CLIENT_REFUSED`, for the target `TOKENKEEP_RESOURCE_REFUSED`, for a minute"));
    for answered in named(event) {
        let mut app = waiting(answered.clone());
        let target = answered.as_ref().is_ok_and(|answer| answer.body.ends_with(b"target\"}"));
        let expected = if target { "reject 1 RESOURCE_REFUSED" } else { "reject 1 CLIENT_REFUSED" };
        assert_eq!(app.seen().last().map(String::as_str), Some(expected), "{answered:?}");
        app.pass(MINUTE - 1);
        assert!(app.authorize(2).is_err() && app.refreshes.is_empty(), "{answered:?}");
        app.pass(1);
        app.queue([3]);
        assert_eq!(app.refreshes.len(), 1, "{answered:?}");
    }
}

#[test]
fn what_passes() {
    let (event, says) = row("refresh fails:");
    assert_eq!(event, "refresh fails: network, timeout, 429, 5xx, nonsense");
    assert!(says.starts_with("the session stays; attempts back off with jitter and obey `Retry-After`"), "{says}");
    let page = |status| Ok(answer(status, Some("text/html"), b"<h1>Oh</h1>"));
    let later = Answer { retry_after: Some("7".into()), ..answer(503, None, b"") };
    for (answered, least, most) in [
        (Err(Transport::Network), 400, 1_000),
        (Err(Transport::Timeout), 400, 1_000),
        (page(429), 400, 1_000),
        (page(500), 400, 1_000),
        (page(200), 400, 1_000),
        (Ok(later), 7_000, 7_700),
    ] {
        let mut app = waiting(answered.clone());
        assert_eq!(app.seen().len(), 1, "one refreshfailed for {answered:?}");
        assert!(app.session.is_signed_in());
        app.pass(least - 1);
        assert!(app.refreshes.is_empty(), "too early after {answered:?}");
        app.pass(most - least + 1);
        assert_eq!((app.refreshes.len(), app.stat("queued")), (1, 1), "{answered:?}");
    }
}
