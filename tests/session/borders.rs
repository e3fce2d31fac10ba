//! Where two cases meet.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::session::Verdict;

use crate::failures::{retry_after, waiting};
use crate::support::{App, HOUR, SECOND};

#[test]
fn a_pause_that_the_server_asks_for_and_is_taken_anyway_is_not_stretched() {
    let mut app = waiting(1..=1);
    for (given, pause) in [(Err(Transport::Network), 2_000), (retry_after(503, "4"), 4_000)] {
        let attempt = app.refreshes.remove(0).attempt;
        app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, given));
        assert_eq!(app.stat("nextAttemptIn"), pause);
        app.pass(pause);
    }
}

#[test]
fn nobody_overtakes_a_queue_that_drains_into_the_early_window() {
    let mut app = App::with_options(r#""drainConcurrency":1,"queueTimeout":600000"#).after_sign_in();
    app.server.expires_in = Some("60".into());
    app.pass(HOUR);
    app.queue(1..=40);
    app.refresh();
    app.seen();
    app.pass(50 * SECOND);
    assert!(app.seen().contains(&"refresh refresh-2".to_owned()), "the early window has begun");
    assert!(app.stat("queued") > 0, "and somebody still waits");
    assert_eq!(app.authorize(41), Ok(Verdict::Queued));
}

#[test]
fn a_session_that_is_not_there_says_so() {
    let mut app = App::new();
    assert_eq!(app.session.stats(app.now).string("phase"), Some("signedout"));
    app.sign_in();
    app.sign_out();
    assert_eq!(app.session.stats(app.now).string("phase"), Some("signedout"));
}
