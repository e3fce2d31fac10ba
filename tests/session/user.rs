//! What the userinfo endpoint says, and of whom.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::session::Verdict;

use crate::support::{App, config_text};

fn app(scope: &str) -> App {
    let text = config_text(scope, "")
        .replace(r#""code_challenge"#, r#""userinfo_endpoint":"https://as.example/me","code_challenge"#);
    App::with(Config::parse(&text, "https://app.example").expect("a good configuration")).after_sign_in()
}

#[test]
fn the_access_token_may_go_to_the_userinfo_endpoint() {
    let mut app = app("openid files:read");
    assert_eq!(app.session.userinfo_endpoint(), Ok("https://as.example/me"));
    let verdict = app.run(|session, now| session.authorize(now, 1, "https://as.example/me", None));
    assert_eq!(verdict, Ok(Verdict::Send(1)));
    let elsewhere = app.run(|session, now| session.authorize(now, 2, "https://as.example/token", None));
    assert!(elsewhere.is_err(), "USE-3");
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
fn a_userinfo_endpoint_with_a_query() {
    let text = config_text("openid files:read", "")
        .replace(r#""code_challenge"#, r#""userinfo_endpoint":"https://as.example/me?schema=openid","code_challenge"#);
    let mut app = App::with(Config::parse(&text, "https://app.example").expect("a good configuration")).after_sign_in();
    let href = app.session.userinfo_endpoint().expect("known").to_owned();
    let verdict = app.run(|session, now| session.authorize(now, 1, &href, None));
    assert_eq!(verdict, Ok(Verdict::Send(1)));
}

#[test]
fn wishes_end_with_those_who_wait() {
    let mut app = app("files:read");
    for id in 0..5 {
        let challenge = Some(r#"Bearer error="insufficient_scope", scope="x""#.to_owned());
        let reply = tokenkeep::proto::session::Reply {
            target: crate::support::API.into(),
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
    let text = format!("{:?}", app.session);
    let at = text.find("wishes").expect("wishes");
    assert!(text[at..].starts_with("wishes: []"), "{}", &text[at..at + 120]);
}
