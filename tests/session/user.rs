//! What the userinfo endpoint says, and of whom.

use crate::support::Reply;
use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{ApiMisuse, Error};
use tokenkeep::proto::session::Verdict;

use crate::support::server::param;
use crate::support::{API, App, config_text, error};

const ME: &str = "https://as.example/me?schema=openid";

/// Somebody is signed in where the metadata has a userinfo endpoint; tokens may go to `servers`.
fn app_with(scope: &str, servers: &str) -> App {
    let text = config_text(scope, "")
        .replace(r#""code_challenge"#, &format!(r#""userinfo_endpoint":"{ME}","code_challenge"#))
        .replace(r#"["https://api.example/v1/"]"#, servers);
    App::with(Config::parse(&text, "https://app.example").expect("a good configuration")).after_sign_in()
}

fn app(scope: &str) -> App {
    app_with(scope, r#"["https://api.example/v1/"]"#)
}

fn ask(app: &mut App, id: u32) -> Result<Verdict, Error> {
    app.run(|session, now| session.authorize_userinfo(now, id))
}

fn fetch(app: &mut App, id: u32, target: &str) -> Result<Verdict, Error> {
    app.run(|session, now| session.authorize(now, id, target, None))
}

/// The answer of the endpoint at `target` to a request with the token of `generation`.
fn refused(app: &mut App, target: &str, generation: u32, replays: u32) -> Result<Verdict, Error> {
    let (target, method) = (target.to_owned(), "GET".to_owned());
    if app.session.request(1).is_none() {
        assert_eq!(ask(app, 1), Ok(Verdict::Send(generation)));
    }
    app.reply(1, &Reply { target, method, status: 401, generation, replays, ..Reply::default() })
}

#[test]
fn the_access_token_goes_to_the_userinfo_endpoint_for_the_users_claims_only() {
    let mut app = app("openid files:read");
    assert_eq!(app.session.userinfo_endpoint(), Ok(ME));
    assert_eq!(ask(&mut app, 1), Ok(Verdict::Send(1)));
    for target in [ME, "https://as.example/me", "https://as.example/me/x", "https://as.example/token"] {
        assert_eq!(fetch(&mut app, 2, target), Err(Error::ApiMisuse(ApiMisuse::TargetRefused)), "USE-3: {target}");
    }
}

#[test]
fn a_userinfo_endpoint_on_the_list_is_a_resource_server_as_any_other() {
    let mut app = app_with("openid files:read", r#"["https://api.example/v1/","https://as.example/me"]"#);
    assert_eq!((fetch(&mut app, 1, ME), ask(&mut app, 2)), (Ok(Verdict::Send(1)), Ok(Verdict::Send(1))));
}

#[test]
fn a_401_of_the_userinfo_endpoint_is_worth_a_refresh() {
    let mut app = app("openid files:read");
    assert_eq!(ask(&mut app, 1), Ok(Verdict::Send(1)));
    assert_eq!(refused(&mut app, ME, 1, 0), Ok(Verdict::Queued));
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 1 @2"]);
    assert_eq!(refused(&mut app, ME, 2, 1), Ok(Verdict::Final));
    assert_eq!(refused(&mut app, ME, 2, 0), Ok(Verdict::Final), "not worth it again");
    assert_eq!(app.unauthorized(3, 2), Ok(Verdict::Queued), "that is no word about the API");
    app.refresh();
    assert_eq!(ask(&mut app, 4), Ok(Verdict::Send(3)));
    app.answered(4);
    assert_eq!(refused(&mut app, ME, 3, 0), Ok(Verdict::Queued));
}

#[test]
fn among_resources_the_userinfo_endpoint_has_the_token_for_none() {
    let servers = r#"[{"url":"https://api.example/v1/","resource":"https://api.example/v1"}]"#;
    let mut app = app_with("openid files:read", servers);
    assert_eq!(ask(&mut app, 1), Ok(Verdict::Queued));
    assert_eq!(param(app.refreshes[0].body.expose(), "resource"), None, "RES-4");
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 1 @2"]);
    app.settle(1);
    assert_eq!(refused(&mut app, ME, 2, 0), Ok(Verdict::Queued));
    assert_eq!(param(app.refreshes[0].body.expose(), "resource"), None, "RES-4");
    assert_eq!(fetch(&mut app, 2, API), Ok(Verdict::Send(1)), "the API's token is as good as it was");
}

#[test]
fn the_userinfo_endpoint_is_the_one_of_the_latest_metadata() {
    let mut app = app("openid files:read");
    assert_eq!(ask(&mut app, 1), Ok(Verdict::Send(1)));
    let mut server = app.session.server().expect("metadata").clone();
    server.userinfo_endpoint = Some("https://as.example/who".into());
    app.run(|session, _| session.set_server(server.clone()));
    assert_eq!(app.session.userinfo_endpoint(), Ok("https://as.example/who"));
    assert_eq!(refused(&mut app, ME, 1, 0), Ok(Verdict::Queued), "the answer of the former one is still understood");
    app.refresh();
    server.userinfo_endpoint = None;
    app.run(|session, _| session.set_server(server));
    assert_eq!(ask(&mut app, 2), Err(Error::ApiMisuse(ApiMisuse::NoUserinfo)));
}

#[test]
fn who_asks_about_the_user_waits_with_the_others() {
    let mut app = app("openid files:read");
    app.pass(3_600_000);
    assert_eq!((ask(&mut app, 1), app.authorize(2)), (Ok(Verdict::Queued), Ok(Verdict::Queued)));
    app.refresh_with(error(400, "invalid_grant"));
    assert_eq!(app.seen()[1..], ["signedout revoked", "reject 1 2 LOGIN_REQUIRED"]);
    assert!(ask(&mut app, 3).is_err());
}

#[test]
fn only_the_user_s_own_claims_are_taken() {
    let app = app("openid files:read");
    assert!(app.session.userinfo(200, r#"{"sub":"alice","email":"a@example.com"}"#).is_ok(), "IDT-20");
    for (status, body) in [
        (200, r#"{"sub":"mallory"}"#),
        (200, r#"{"email":"a@example.com"}"#),
        (200, r#"{"sub":"alice"}x"#),
        (200, r#"["alice"]"#),
        (200, "eyJhbGciOiJub25lIn0.e30."),
        (401, r#"{"sub":"alice"}"#),
    ] {
        let refused = app.session.userinfo(status, body).expect_err(body);
        assert_eq!(refused.code(), "TOKENKEEP_USERINFO_INVALID", "IDT-20: {status} {body}");
    }
}

#[test]
fn without_an_id_token_userinfo_is_no_sign_in() {
    let mut plain = app("files:read");
    assert_eq!(
        plain.session.userinfo_endpoint().expect_err("no ID token").code(),
        "TOKENKEEP_USERINFO_UNAVAILABLE",
        "IDT-20"
    );
    assert!(plain.session.userinfo(200, r#"{"sub":"alice"}"#).is_err(), "IDT-20");
    plain.sign_out();
    assert!(plain.session.userinfo_endpoint().is_err());
}

#[test]
fn nothing_is_kept_of_those_who_waited() {
    let mut app = app("files:read");
    for id in 0..5 {
        let challenge = Some(r#"Bearer error="insufficient_scope", scope="x""#.to_owned());
        let reply = Reply {
            target: API.into(),
            method: "GET".into(),
            status: 403,
            generation: 1,
            step_up: true,
            timeout: Some(5),
            challenge,
            ..Default::default()
        };
        assert_eq!(app.reply(id, &reply), Ok(Verdict::StepUp));
    }
    app.pass(400_000);
    assert!((0..5).all(|id| app.session.request(id).is_none()));
}
