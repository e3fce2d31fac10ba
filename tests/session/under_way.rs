//! A request is one value from when it asks for a token until it is settled.

use tokenkeep::proto::error::{ApiMisuse, Error, QueueError};
use tokenkeep::proto::session::Verdict;

use crate::support::{API, App, HOUR, Reply, SECOND};

fn limited(retries: u32) -> Reply {
    Reply { method: "GET".into(), retry_after: Some("1".into()), retries, ..Reply::default() }
}

#[test]
fn a_request_is_known_from_the_first_question_to_its_answer() {
    let mut app = App::signed_in();
    assert!(app.session.request(1).is_none());
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    let known = app.session.request(1).expect("it is under way");
    assert_eq!((known.generation, known.replays, known.retries, known.proofs), (1, 0, 0, 0));
    app.answered(1);
    assert!(app.session.request(1).is_none());
}

#[test]
fn it_counts_what_it_goes_through() {
    let mut app = App::signed_in();
    for retries in 0..2 {
        assert_eq!(app.replied(1, 429, limited(retries)), Ok(Verdict::Queued));
        app.pass(10 * SECOND);
    }
    assert_eq!(app.reply(1, &Reply { generation: 1, retries: 2, ..Reply::unauthorized() }), Ok(Verdict::Queued));
    app.refresh();
    let known = *app.session.request(1).expect("it is under way");
    assert_eq!((known.generation, known.replays, known.retries), (2, 1, 2));
    let again = Reply { generation: 2, replays: 1, retries: 2, ..Reply::unauthorized() };
    assert_eq!(app.reply(1, &again), Ok(Verdict::Final), "USE-13");
    assert!(app.session.request(1).is_none());
}

#[test]
fn nothing_is_left_of_requests_that_are_refused_given_up_or_fail() {
    let mut app = App::with_options(r#""queueLimit":1"#).after_sign_in();
    app.run(|session, now| session.authorize(now, 1, "https://evil.example/", None)).expect_err("off the list");
    app.authorize(2).expect("a verdict");
    app.run(|session, now| session.handle_settled(now, 2));
    app.authorize(7).expect("a verdict");
    app.run(|session, now| session.handle_failed(now, 7));
    app.pass(HOUR);
    app.queue([3]);
    assert_eq!(app.authorize(4), Err(Error::Queue(QueueError::Full)));
    app.cancel(3);
    app.queue([5]);
    app.sign_out();
    app.authorize(6).expect_err("nobody is signed in");
    assert!((1..=7).all(|id| app.session.request(id).is_none()));
}

#[test]
fn a_stream_that_would_have_to_go_again_is_told_so_and_the_next_one_has_a_good_token() {
    let mut app = App::signed_in();
    let reply = Reply { generation: 1, streamed: true, ..Reply::unauthorized() };
    assert_eq!(app.reply(1, &reply), Err(Error::ApiMisuse(ApiMisuse::BodyNotReplayable(401))));
    assert_eq!((app.stat("queued"), app.session.request(1)), (0, None));
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app.refresh();
    assert_eq!(app.authorize(2), Ok(Verdict::Send(2)));
}

#[test]
fn a_redirect_is_no_answer() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    let followed = app.run(|session, now| session.handle_status(now, 1, 0));
    assert_eq!(followed, Err(Error::ApiMisuse(ApiMisuse::Redirected)), "USE-7");
    assert!(app.session.request(1).is_none());
}

#[test]
fn a_plain_answer_settles_without_a_look_at_the_clock() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    for status in [0, 401, 403, 429, 503] {
        assert!(!app.session.settle_plainly(1, status), "{status}");
    }
    assert!(app.session.settle_plainly(1, 200) && app.session.request(1).is_none());
    app.pass(HOUR);
    app.queue([2]);
    app.refresh();
    assert!(!app.session.settle_plainly(2, 200), "its place on the way is somebody else's now");
    app.settle(1);
    assert_eq!(app.stat("inFlight"), 0);
}

#[test]
fn where_a_token_was_taken_is_known_from_plain_answers_too() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    app.authorize(2).expect("a verdict");
    assert!(app.session.settle_plainly(2, 200));
    assert_eq!(app.unauthorized_again(1, 2), Ok(Verdict::Final), "USE-13");
    assert_eq!(app.unauthorized(3, 2), Ok(Verdict::Queued), "it was good a moment ago");
}

#[test]
fn who_asks_again_since_the_token_was_replaced_keeps_its_count_and_no_place_on_the_way() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    assert_eq!(app.stat("inFlight"), 1);
    app.pass(HOUR);
    assert_eq!(app.run(|session, now| session.authorize(now, 1, API, None)), Ok(Verdict::Queued));
    assert_eq!((app.stat("inFlight"), app.session.request(1).map(|request| request.replays)), (0, Some(1)));
}

#[test]
fn an_answer_stands_only_while_it_is_kept() {
    let mut app = App::with_options(r#""stepUpTimeout":600000,"queueTimeout":1000"#).after_sign_in();
    let asks = Reply {
        method: "GET".into(),
        challenge: Some(r#"Bearer error="insufficient_scope", scope="more""#.into()),
        step_up: true,
        ..Reply::default()
    };
    assert_eq!(app.replied(1, 403, asks), Ok(Verdict::StepUp));
    app.seen();
    app.sign_in();
    assert_eq!(app.seen(), ["signedin", "release 1 @2"]);
    app.pass(HOUR);
    let late = Reply { generation: 2, replays: 1, status: 429, target: API.into(), ..limited(0) };
    assert_eq!(app.reply(1, &late), Ok(Verdict::Queued));
    app.pass(10 * SECOND);
    assert_eq!(app.seen(), ["refresh refresh-2", "reject 1 QUEUE_TIMEOUT"], "it went when it was sent again");
}

#[test]
fn ten_thousand_requests_come_and_go_in_any_order() {
    let mut app = App::signed_in();
    for id in 1..=10_000 {
        app.authorize(id).expect("a verdict");
    }
    for id in (1..=10_000).rev().step_by(3).chain((1..=10_000).filter(|id| (10_000 - id) % 3 != 0)) {
        assert!(app.session.settle_plainly(id, 200) && app.session.request(id).is_none(), "request {id}");
    }
    assert_eq!(app.authorize(5), Ok(Verdict::Send(1)), "a number may come again, out of its order");
    assert_eq!(app.session.request(5).map(|request| request.replays), Some(0));
}
