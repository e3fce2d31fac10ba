//! What a 401 of a resource server means.

use crate::support::Reply;
use tokenkeep::proto::error::{Ending, Error};
use tokenkeep::proto::session::Verdict;

use crate::support::{App, HOUR, MINUTE, SECOND};

#[test]
fn a_401_to_the_current_token_causes_one_refresh_for_everybody() {
    let mut app = App::signed_in();
    for id in 1..=200 {
        assert_eq!(app.authorize(id), Ok(Verdict::Send(1)));
    }
    for id in 1..=200 {
        assert_eq!(app.unauthorized(id, 1), Ok(Verdict::Queued));
    }
    assert_eq!(app.seen(), ["refresh refresh-1"], "REF-1, TOK-17: an hour before its announced end, WWW-6");
    app.refresh();
    app.settle(200);
    let released: Vec<String> =
        app.seen().iter().filter_map(|line| Some(line.strip_prefix("release ")?.into())).collect();
    let ids = released.iter().flat_map(|line| line.split(' ').filter(|word| *word != "@2"));
    assert!(ids.eq((1..=200).map(|id| id.to_string()).collect::<Vec<_>>()));
    assert_eq!((app.server.refreshes.len(), app.server.alarms), (1, 0));
}

#[test]
fn requests_are_released_in_the_order_of_first_sending() {
    let mut app = App::signed_in();
    for id in 1..=6 {
        app.authorize(id).expect("a verdict");
    }
    for id in [4, 2, 6, 1] {
        assert_eq!(app.unauthorized(id, 1), Ok(Verdict::Queued));
    }
    app.queue([7]);
    for id in [5, 3] {
        assert_eq!(app.unauthorized(id, 1), Ok(Verdict::Queued));
    }
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 1 2 3 4 5 6 7 @2"]);
}

#[test]
fn late_401_of_an_older_generation_replays_without_refresh() {
    let mut app = App::signed_in();
    for id in 1..=3 {
        app.authorize(id).expect("a verdict");
    }
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    app.seen();
    assert_eq!(app.unauthorized(2, 1), Ok(Verdict::Send(2)), "REF-2");
    app.pass(10 * MINUTE);
    assert_eq!(app.unauthorized(3, 1), Ok(Verdict::Send(2)));
    assert!(app.seen().is_empty());
    assert_eq!(app.stat("replays"), 3);
}

#[test]
fn late_401_joins_the_refresh_that_is_under_way() {
    let mut app = App::signed_in();
    app.pass(HOUR - 30 * SECOND);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Queued));
    assert_eq!(app.seen(), ["refresh refresh-1"], "the early refresh is the refresh");
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 @2"]);
}

#[test]
fn a_refused_token_is_refused_for_new_requests_too() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.queue([2, 3]);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn second_401_is_the_answer() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    app.seen();
    assert_eq!(app.unauthorized_again(1, 2), Ok(Verdict::Final), "USE-13: two requests in total");
    assert!(app.seen().is_empty());
}

#[test]
fn second_401_of_an_older_generation_is_the_answer_too() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    app.pass(HOUR);
    app.queue([2]);
    app.refresh();
    app.seen();
    assert_eq!(app.unauthorized_again(1, 2), Ok(Verdict::Final));
    app.authorize(3).expect("a verdict");
    assert_eq!(app.unauthorized(3, 3), Ok(Verdict::Queued), "and says nothing about the current token");
}

#[test]
fn a_401_right_after_a_refresh_does_not_refresh_again_for_half_a_minute() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    assert_eq!(app.unauthorized_again(1, 2), Ok(Verdict::Final));
    app.seen();
    for id in 2..=50 {
        assert_eq!(app.authorize(id), Ok(Verdict::Send(2)));
        assert_eq!(app.unauthorized(id, 2), Ok(Verdict::Final));
    }
    app.pass(30 * SECOND - 1);
    assert_eq!(app.unauthorized(51, 2), Ok(Verdict::Final));
    assert!(app.seen().is_empty());
    app.pass(1);
    assert_eq!(app.unauthorized(52, 2), Ok(Verdict::Queued));
    assert_eq!(app.seen(), ["refresh refresh-2"]);
}

#[test]
fn a_new_sign_in_forgets_that_refreshing_did_not_help() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(1, 1).expect("a verdict");
    app.refresh();
    app.unauthorized_again(1, 2).expect("a verdict");
    app.sign_in();
    app.seen();
    assert_eq!(app.unauthorized(2, 3), Ok(Verdict::Queued));
    assert_eq!(app.seen(), ["refresh refresh-3"]);
}

#[test]
fn without_a_refresh_token_the_401_is_the_answer() {
    let mut app = App::new();
    app.server.rotate = false;
    let mut app = app.after_sign_in();
    assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Final));
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)), "the session is as before");
    assert!(app.seen().is_empty());
}

#[test]
fn a_401_after_the_end_is_no_reason_to_replay() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.sign_out();
    app.seen();
    assert_eq!(app.unauthorized(1, 1), Err(Error::LoginRequired(Ending::SignOut)));
    assert!(app.seen().is_empty());
    assert_eq!(app.session.request(1), None, "nothing of it is kept");
}

#[test]
fn a_request_of_an_ended_session_is_not_replayed_as_the_next_user() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.sign_out();
    app.server.subject = "bob".into();
    app.sign_in();
    app.seen();
    let verdict = app.unauthorized(1, 1);
    assert!(!matches!(verdict, Ok(Verdict::Send(_) | Verdict::Queued)), "alice's request, bob's token: {verdict:?}");
    assert!(app.seen().is_empty());
}

#[test]
fn a_request_of_an_ended_session_does_not_wait_for_the_next_user() {
    for replays in [0, 1] {
        let mut app = App::signed_in();
        app.authorize(1).expect("a verdict");
        if replays == 1 {
            assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Queued));
            app.refresh();
        }
        app.sign_out();
        let _pending = app.come_back();
        app.seen();
        let verdict = app.reply(1, &Reply { generation: 1 + replays, replays, ..Reply::unauthorized() });
        assert!(!matches!(verdict, Ok(Verdict::Queued)), "alice's request would go as bob's: {verdict:?}");
    }
}

#[test]
fn a_401_of_the_session_before_a_step_up_replays() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.sign_in();
    app.seen();
    assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Send(2)));
    assert!(app.seen().is_empty());
}

fn at(path: &str, generation: u32, replays: u32) -> Reply {
    let target = format!("https://api.example/v1/{path}");
    Reply { target, method: "GET".into(), status: 401, generation, replays, ..Reply::default() }
}

fn sent(app: &mut App, id: u32, path: &str, generation: u32) {
    let target = format!("https://api.example/v1/{path}");
    let sent = app.run(|session, now| session.authorize(now, id, &target, None));
    assert_eq!(sent, Ok(Verdict::Send(generation)));
}

/// Another request there is answered well.
fn taken(app: &mut App, path: &str, generation: u32) {
    sent(app, 900, path, generation);
    app.answered(900);
}

/// Requests 1 and 2 met a 401 at `mcp`, and 4 at `admin`, and were replayed with the token of generation 2.
fn replayed() -> App {
    let mut app = App::signed_in();
    let requests = [(1, "mcp"), (2, "mcp"), (4, "admin")];
    requests.iter().for_each(|(id, path)| sent(&mut app, *id, path, 1));
    for (id, path) in requests {
        assert_eq!(app.reply(id, &at(path, 1, 0)), Ok(Verdict::Queued));
    }
    app.refresh();
    app.seen();
    app
}

#[test]
fn a_token_that_was_taken_and_is_refused_later_is_worth_a_refresh() {
    let mut app = replayed();
    taken(&mut app, "mcp", 2);
    assert_eq!(app.reply(2, &at("mcp", 2, 1)), Ok(Verdict::Final), "USE-13");
    assert_eq!(app.reply(3, &at("mcp", 2, 0)), Ok(Verdict::Queued));
    assert_eq!(app.seen(), ["refresh refresh-2"]);
}

#[test]
fn a_place_that_takes_no_token_does_not_spoil_the_others() {
    let mut app = replayed();
    taken(&mut app, "mcp", 2);
    assert_eq!(app.reply(4, &at("admin", 2, 1)), Ok(Verdict::Final));
    assert_eq!(app.reply(5, &at("admin", 2, 0)), Ok(Verdict::Final), "not worth it there");
    assert_eq!(app.reply(6, &at("mcp?x=1", 2, 0)), Ok(Verdict::Queued), "worth it here");
}

#[test]
fn a_server_that_takes_no_token_is_not_asked_path_by_path() {
    let mut app = replayed();
    assert_eq!(app.reply(1, &at("mcp", 2, 1)), Ok(Verdict::Final));
    for id in 10..60 {
        assert_eq!(app.reply(id, &at(&format!("files/{id}"), 2, 0)), Ok(Verdict::Final));
    }
    taken(&mut app, "else", 2);
    assert_eq!(app.reply(7, &at("files/7", 2, 0)), Ok(Verdict::Queued), "one that takes it clears the server");
}
