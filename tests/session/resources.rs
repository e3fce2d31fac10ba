//! Several resources, a token each, from one grant (RFC 8707).

use crate::support::Reply;
use tokenkeep::proto::session::Verdict;

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Error;

use crate::support::server::param;
use crate::support::{App, answer, config_text, error};

const FILES: &str = "https://api.example/v1/";
const MAIL: &str = "https://mail.example/";
const CHAT: &str = "https://chat.example/";

/// An app with a resource for each of three servers, the last with a scope of its own.
fn app() -> App {
    let servers = format!(
        r#"[{{"url":"{FILES}","resource":"https://api.example/v1"}},{{"url":"{MAIL}","resource":"{MAIL}"}},
        {{"url":"{CHAT}","resource":"{CHAT}","scope":"chat"}}]"#
    );
    let text = config_text("files mail chat", "")
        .replace(r#""resourceServers":["https://api.example/v1/"]"#, &format!(r#""resourceServers":{servers}"#));
    App::with(Config::parse(&text, "https://app.example").expect("a good configuration")).after_sign_in()
}

fn ask(app: &mut App, id: u32, target: &str) -> Result<Verdict, Error> {
    app.run(|session, now| session.authorize(now, id, target, None))
}

/// The `resource` and the `scope` of the refresh under way.
fn wanted(app: &App) -> [Option<String>; 2] {
    ["resource", "scope"].map(|name| param(app.refreshes[0].body.expose(), name))
}

fn is_token(app: &App, generation: u32, token: &str) -> bool {
    app.session.authorization(generation).as_deref() == Some(&*format!("Bearer {token}"))
}

#[test]
fn the_request_names_every_resource_and_the_exchange_one() {
    let mut app = app();
    let request = app.begin();
    let all: Vec<_> = form_urlencoded::parse(request.url.as_bytes())
        .filter_map(|(name, value)| (name == "resource").then(|| value.into_owned()))
        .collect();
    assert_eq!(all, ["https://api.example/v1", MAIL, CHAT], "RES-4, RES-5");
    let href = app.server.authorize(&request);
    let mut pending = app.arrive(&href, Some(&request.transaction.to_json())).expect("accepted");
    let exchange = app.session.exchange_request(app.now, &mut pending).expect("a request");
    assert_eq!(param(exchange.body.expose(), "resource").as_deref(), Some("https://api.example/v1"), "RES-4");
}

#[test]
fn each_resource_has_its_own_token() {
    let mut app = app();
    assert_eq!(ask(&mut app, 1, FILES), Ok(Verdict::Send(1)));
    assert_eq!(ask(&mut app, 2, MAIL), Ok(Verdict::Queued), "RES-6, STORE-11");
    assert_eq!(wanted(&app), [Some(MAIL.to_owned()), None], "RES-4");
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 2 @2"]);
    assert!(is_token(&app, 1, "access-1") && is_token(&app, 2, "access-2"), "the first stays as it is");
    assert_eq!((ask(&mut app, 3, FILES), ask(&mut app, 4, MAIL)), (Ok(Verdict::Send(1)), Ok(Verdict::Send(2))));
}

#[test]
fn refreshes_for_several_resources_follow_one_another() {
    let mut app = app();
    app.pass(3_600_000);
    for (id, target) in [(1, FILES), (2, MAIL), (3, CHAT), (4, MAIL)] {
        assert_eq!(ask(&mut app, id, target), Ok(Verdict::Queued));
    }
    assert_eq!(app.refreshes.len(), 1, "REF-23");
    assert_eq!(wanted(&app), [Some("https://api.example/v1".to_owned()), None]);
    app.refresh();
    assert_eq!(wanted(&app), [Some(MAIL.to_owned()), None]);
    app.refresh();
    assert_eq!(wanted(&app), [Some(CHAT.to_owned()), Some("chat".to_owned())], "REF-14");
    app.refresh();
    let released: Vec<_> = app.seen().into_iter().filter(|seen| seen.starts_with("release")).collect();
    assert_eq!(released, ["release 1 @2", "release 2 4 @3", "release 3 @4"]);
    assert_eq!(app.server.refreshes, ["refresh-1", "refresh-2", "refresh-3"], "REF-3");
    assert_eq!(app.server.alarms, 0);
}

#[test]
fn a_401_of_one_resource_refreshes_its_token_only() {
    let mut app = app();
    ask(&mut app, 1, MAIL).expect("waits");
    app.refresh();
    app.seen();
    let reply = Reply { target: FILES.into(), method: "GET".into(), status: 401, generation: 1, ..Reply::default() };
    assert_eq!(app.reply(7, &reply), Ok(Verdict::Queued));
    assert_eq!(wanted(&app)[0].as_deref(), Some("https://api.example/v1"));
    assert_eq!(ask(&mut app, 8, MAIL), Ok(Verdict::Send(2)), "the other's token goes on");
    app.refresh();
    assert!(app.seen().contains(&"release 7 @3".to_owned()));
    assert!(is_token(&app, 3, "access-3") && app.session.authorization(1).is_none());
}

#[test]
fn a_refused_resource_does_not_hold_up_the_others() {
    let mut app = app();
    ask(&mut app, 1, MAIL).expect("waits");
    ask(&mut app, 2, CHAT).expect("waits");
    app.refresh_with(error(400, "invalid_target"));
    assert_eq!(
        app.seen(),
        ["refresh refresh-1", "refreshfailed RESOURCE_REFUSED", "reject 1 RESOURCE_REFUSED", "refresh refresh-1"],
        "RES-8"
    );
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 2 @2"]);
    let refused = ask(&mut app, 3, MAIL).expect_err("still refused");
    assert_eq!((refused.code(), app.refreshes.len()), ("TOKENKEEP_RESOURCE_REFUSED", 0));
    app.pass(60_000);
    assert_eq!(ask(&mut app, 4, MAIL), Ok(Verdict::Queued), "tried again after a minute");
}

#[test]
fn without_a_refresh_token_only_the_first_resource_has_a_token() {
    let mut app = app();
    app.server.rotate = false;
    app.sign_out();
    app.sign_in();
    app.seen();
    assert_eq!(ask(&mut app, 1, FILES), Ok(Verdict::Send(2)));
    let refused = ask(&mut app, 2, MAIL).expect_err("no way to get one");
    assert_eq!(refused.code(), "TOKENKEEP_RESOURCE_UNAVAILABLE", "TOK-26");
    app.pass(3_600_000);
    assert_eq!(ask(&mut app, 3, MAIL).expect_err("the session is over").code(), "TOKENKEEP_LOGIN_REQUIRED");
    assert_eq!(app.seen(), ["signedout expired"]);
}

#[test]
fn a_new_sign_in_drops_the_tokens_of_all_resources() {
    let mut app = app();
    ask(&mut app, 1, MAIL).expect("waits");
    app.refresh();
    app.sign_in();
    assert!((1..=2).all(|generation| app.session.authorization(generation).is_none()));
    assert_eq!(ask(&mut app, 2, MAIL), Ok(Verdict::Queued));
    app.sign_out();
    assert!(app.seen().contains(&"reject 2 LOGIN_REQUIRED".to_owned()));
    assert!((0..9).all(|generation| app.session.authorization(generation).is_none()));
}

#[test]
fn the_scope_is_that_of_all_tokens() {
    let mut app = app();
    app.server.scope = Some("mail".into());
    ask(&mut app, 1, MAIL).expect("waits");
    app.refresh();
    let snapshot = app.session.snapshot().expect("a session");
    assert_eq!(snapshot.string("scope"), Some("files mail chat"), "TOK-19");
}

#[test]
fn a_request_that_paused_waits_for_its_own_resource() {
    let mut app = app();
    ask(&mut app, 1, MAIL).expect("waits");
    app.refresh();
    let reply = Reply {
        target: MAIL.into(),
        method: "GET".into(),
        status: 429,
        generation: 2,
        retry_after: Some("1".into()),
        ..Reply::default()
    };
    app.settle(1);
    app.seen();
    assert_eq!(app.reply(1, &reply), Ok(Verdict::Queued));
    app.pass(2_000);
    assert_eq!(app.seen(), ["release 1 @2"]);
}

#[test]
fn nothing_else_is_said_of_a_bad_answer() {
    let mut app = app();
    ask(&mut app, 1, MAIL).expect("waits");
    app.refresh_with(Ok(answer(503, None, b"down")));
    assert_eq!(ask(&mut app, 2, FILES), Ok(Verdict::Send(1)), "the first token still works");
    assert_eq!(ask(&mut app, 3, CHAT), Ok(Verdict::Queued), "waits for the next attempt too");
    app.pass(5_000);
    app.refresh();
    app.refresh();
    let released: Vec<_> = app.seen().into_iter().filter(|seen| seen.starts_with("release")).collect();
    assert_eq!(released, ["release 1 @2", "release 3 @3"]);
}

#[test]
fn a_refused_resource_is_left_alone_in_its_early_window() {
    let mut app = app();
    app.run(|session, now| session.handle_visibility(now, true));
    let _ = ask(&mut app, 2, MAIL);
    app.refresh();
    app.settle(1);
    let mut refused = 0;
    for _ in 0..3_590 {
        app.sleep(1_000);
        for _ in 0..20 {
            if app.refreshes.is_empty() {
                break;
            }
            if wanted(&app)[0].as_deref() == Some(MAIL) {
                refused += 1;
                app.refresh_with(error(400, "invalid_target"));
            } else {
                app.refresh();
            }
            app.run(tokenkeep::proto::session::Session::handle_timeout);
        }
    }
    assert!(refused <= 2, "{refused}");
}
