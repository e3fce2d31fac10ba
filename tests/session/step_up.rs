//! APIs that ask for more rights (WWW-8, WWW-9, WWW-11, WWW-13).

use crate::support::Reply;
use tokenkeep::proto::oauth::authorization::SignInOptions;
use tokenkeep::proto::session::{Output, Verdict};

use crate::support::{API, App, MINUTE, SECOND, config};

const MORE: &str = r#"Bearer error="insufficient_scope", scope="files:write files:read""#;
const STRONGER: &str = r#"Bearer error="insufficient_user_authentication", acr_values="gold", max_age=5"#;

fn asks(challenge: &str, step_up: bool) -> Reply {
    Reply { method: "POST".into(), challenge: Some(challenge.into()), step_up, ..Reply::default() }
}

#[test]
fn the_application_is_told_and_nothing_is_refreshed() {
    for (status, challenge, word, kind) in
        [(403, MORE, "scope", "scope"), (401, STRONGER, "authentication", "authentication")]
    {
        let mut app = App::signed_in();
        assert_eq!(app.replied(1, status, asks(challenge, false)), Ok(Verdict::Final), "WWW-8");
        assert_eq!(app.seen(), [format!("stepup {word}")]);
        assert_eq!(app.explained(), kind);
        assert_eq!(app.audit()[1..], [format!("step-up {word} 1"), format!("api-refused {kind} 1")]);
    }
}

#[test]
fn the_event_has_options_for_the_sign_in() {
    for (challenge, expected) in [
        (MORE, r#"{"reason":"scope","resource":"https://api.example/v1","signIn":{"scope":"files:write files:read"}}"#),
        (
            STRONGER,
            r#"{"reason":"authentication","resource":"https://api.example/v1","signIn":{"acrValues":"gold","maxAge":5}}"#,
        ),
    ] {
        let mut app = App::signed_in();
        let reply = Reply { target: API.into(), status: 403, generation: 1, ..asks(challenge, false) };
        let _ = reply.hand_to(&mut app.session, app.now, 0, 1).expect("a verdict");
        let Some(tokenkeep::proto::session::Command::Output(Output::Emit(event))) = app.session.poll_command() else {
            panic!()
        };
        assert_eq!((event.name, event.detail.to_json().as_str()), ("stepup", expected));
        let Some(tokenkeep::proto::syntax::json::Value::Object(options)) = event.detail.member("signIn") else {
            panic!()
        };
        let options = SignInOptions::parse(&options.to_json(), "https://app.example/callback").expect("options");
        let request = app.session.begin_sign_in(app.now, &options, &[7; 96], None).expect("a request");
        let asked = if challenge == MORE {
            request.url.contains("scope=files%3Aread+files%3Awrite&")
        } else {
            request.url.contains("acr_values=gold") && request.url.contains("max_age=5")
        };
        assert!(asked, "WWW-9: {}", request.url);
    }
}

#[test]
fn the_text_of_a_challenge_is_data() {
    let mut app = App::signed_in();
    let html = "<img src=x onerror=alert(1)>";
    let field = format!(r#"Bearer error="insufficient_scope", scope="a", error_description="{html}", realm="{html}""#);
    assert_eq!(app.replied(1, 403, asks(&field, false)), Ok(Verdict::Final));
    let explanation = app.session.take_explanation().expect("an explanation").to_json();
    assert!(explanation.contains("insufficient_scope") && !explanation.contains('<'), "WWW-12: {explanation}");
}

#[test]
fn a_request_that_waits_goes_with_the_new_token() {
    let mut app = App::signed_in();
    assert_eq!(app.replied(1, 403, asks(MORE, true)), Ok(Verdict::StepUp));
    assert_eq!(app.replied(2, 403, asks(MORE, true)), Ok(Verdict::StepUp));
    assert_eq!(app.seen(), ["stepup scope"], "WWW-11: told once for both");
    assert_eq!(app.stat("steppingUp"), 2);
    app.pass(2 * MINUTE);
    assert!(app.seen().is_empty(), "people take their time");
    app.sign_in();
    assert_eq!(app.seen(), ["signedin", "release 1 2 @2"]);
    assert_eq!(app.stat("steppingUp"), 0);
    let again = Reply { replays: 1, ..asks(MORE, true) };
    assert_eq!(app.replied(1, 403, again), Ok(Verdict::Final), "WWW-11: never a second time");
    assert!(app.seen().is_empty());
}

#[test]
fn a_request_that_was_sent_again_with_a_new_token_may_want_more_rights() {
    for step_up in [false, true] {
        let mut app = App::signed_in();
        app.authorize(1).expect("a verdict");
        assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Queued), "the token was taken back");
        app.refresh();
        assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 1 @2"]);
        let verdict = app.replied(1, 403, Reply { replays: 1, ..asks(MORE, step_up) });
        assert_eq!(verdict, Ok(if step_up { Verdict::StepUp } else { Verdict::Final }));
        assert_eq!(app.seen(), ["stepup scope"]);
        app.sign_in();
        let released = if step_up { " release 1 @3" } else { "" };
        assert_eq!(app.seen().join(" "), format!("signedin{released}"));
        if step_up {
            let again = Reply { replays: 2, ..asks(MORE, true) };
            assert_eq!(app.replied(1, 403, again), Ok(Verdict::Final), "WWW-11: never a second time");
            assert!(app.seen().is_empty());
        }
    }
}

#[test]
fn after_two_401s_a_request_is_told_of_and_does_not_go_a_third_time() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Queued));
    app.refresh();
    app.seen();
    let verdict = app.replied(1, 401, Reply { replays: 1, ..asks(STRONGER, true) });
    assert_eq!(verdict, Ok(Verdict::Final), "USE-13: two requests in total");
    assert_eq!(app.seen(), ["stepup authentication"]);
}

#[test]
fn a_request_that_waits_in_vain_keeps_its_answer() {
    let mut app = App::with_options(r#""stepUpTimeout":60000"#).after_sign_in();
    assert_eq!(app.replied(1, 403, asks(MORE, true)), Ok(Verdict::StepUp));
    app.pass(MINUTE - 1);
    assert_eq!(app.seen(), ["stepup scope"]);
    app.pass(1);
    assert_eq!(app.seen(), ["stand 1"]);
}

#[test]
fn a_late_answer_to_an_older_sign_in_is_just_sent_again() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.sign_in();
    app.seen();
    let late = Reply { target: API.into(), status: 403, generation: 1, ..asks(MORE, false) };
    assert_eq!(app.reply(1, &late), Ok(Verdict::Send(2)));
    assert!(app.seen().is_empty(), "nobody is asked for what may be there already");
    assert_eq!(app.stat("replays"), 1);
}

#[test]
fn a_refresh_brings_no_rights() {
    let mut app = App::signed_in();
    app.authorize(1).expect("a verdict");
    app.unauthorized(9, 1).expect("a verdict");
    app.refresh();
    app.settle(1);
    app.seen();
    let late = Reply { target: API.into(), status: 403, generation: 1, ..asks(MORE, false) };
    assert_eq!(app.reply(1, &late), Ok(Verdict::Final));
    assert_eq!(app.seen(), ["stepup scope"]);
}

#[test]
fn a_hostile_api_is_ignored_after_a_few_demands() {
    let mut app = App::signed_in();
    let mut told = 0;
    for n in 0..50 {
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="scope-{n}""#);
        let verdict = app.replied(n, 403, asks(&challenge, true)).expect("a verdict");
        told += app.seen().len();
        assert_eq!(verdict == Verdict::StepUp, n < 5, "WWW-11: {n}");
    }
    assert_eq!(told, 5, "WWW-11");
    app.pass(11 * MINUTE);
    app.seen();
    assert_eq!(app.replied(90, 403, asks(MORE, false)), Ok(Verdict::Final));
    assert_eq!(app.seen(), ["stepup scope"], "ten minutes later it may ask again");
}

#[test]
fn the_same_demand_is_told_again_after_a_while() {
    let mut app = App::signed_in();
    for (id, expected) in [(1, 1), (2, 0)] {
        assert_eq!(app.replied(id, 403, asks(MORE, false)), Ok(Verdict::Final));
        assert_eq!(app.seen().len(), expected);
    }
    app.pass(10 * SECOND);
    assert_eq!(app.replied(3, 403, asks(MORE, false)), Ok(Verdict::Final));
    assert_eq!(app.seen().len(), 1);
}

#[test]
fn a_stream_does_not_wait_since_it_can_not_go_again() {
    let mut app = App::signed_in();
    let reply = Reply { streamed: true, ..asks(MORE, true) };
    assert_eq!(app.replied(1, 403, reply), Ok(Verdict::Final));
}

#[test]
fn a_refused_sign_in_is_final_for_those_who_wait() {
    let mut app = App::signed_in();
    assert_eq!(app.replied(1, 401, asks(STRONGER, true)), Ok(Verdict::StepUp));
    app.seen();
    let request = app.begin();
    let href = app.server.authorize(&request).replace("code=code-2", "error=unmet_authentication_requirements");
    assert!(app.arrive(&href, Some(&request.transaction.to_json())).is_err());
    assert_eq!(app.seen(), ["stand 1"], "WWW-13");
}

#[test]
fn sign_out_and_cancel_end_the_wait() {
    let mut app = App::signed_in();
    assert_eq!(app.replied(1, 403, asks(MORE, true)), Ok(Verdict::StepUp));
    assert_eq!(app.replied(2, 403, asks(MORE, true)), Ok(Verdict::StepUp));
    app.cancel(1);
    app.seen();
    app.sign_out();
    assert_eq!(app.seen(), ["signedout signout", "reject 2 LOGIN_REQUIRED"]);
}

#[test]
fn more_scope_is_asked_for_on_top() {
    let url = |app: &App, options: &str| {
        let options = SignInOptions::parse(options, "https://app.example/callback").expect("options");
        app.session.begin_sign_in(app.now, &options, &[7; 96], None).expect("a request").url
    };
    let app = App::with(config("openid files:read", ""));
    assert!(url(&app, r#"{"scope":"files:write openid"}"#).contains("scope=openid+files%3Aread+files%3Awrite&"));
    assert!(url(&app, "{}").contains("scope=openid+files%3Aread&"));
    let mut app = App::with(config("z", ""));
    assert!(url(&app, r#"{"scope":"a a b"}"#).contains("scope=z+a+b&"));
    app.server.scope = Some("granted".into());
    let app = app.after_sign_in();
    assert!(url(&app, r#"{"scope":"a"}"#).contains("scope=z+granted+a&"), "what is granted stays");
}
