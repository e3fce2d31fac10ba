//! From the authorization response to the grant.

use tokenkeep::proto::error::{Ending, Error, InvalidResponse, Transport};
use tokenkeep::proto::session::{Output, Verdict};

use crate::support::server::id_token;
use crate::support::{App, HOUR, MINUTE, START_UNIX_MS, answer, config, error, granted, json};

fn invalid<T>(why: InvalidResponse) -> Result<T, Error> {
    Err(Error::InvalidResponse(why))
}

#[test]
fn a_sign_in_is_told_with_scope_and_expiry_and_no_token() {
    let mut app = App::new();
    app.sign_in();
    assert_eq!(app.seen(), ["signedin"]);
    let snapshot = app.session.snapshot().expect("a session");
    let expires_at = START_UNIX_MS + HOUR;
    assert_eq!(snapshot.to_json(), format!(r#"{{"scope":"files:read","expiresAt":{expires_at},"claims":null}}"#));
    assert_eq!(app.session.stats(app.now).string("phase"), Some("active"));
}

#[test]
fn the_granted_scope_replaces_the_one_asked_for() {
    let mut app = App::with(config("files:read files:write", ""));
    app.server.scope = Some("files:read".into());
    let app = app.after_sign_in();
    assert_eq!(app.session.snapshot().expect("a session").string("scope"), Some("files:read"), "TOK-19");
}

#[test]
fn requests_wait_for_the_exchange() {
    let mut app = App::new();
    let pending = app.come_back();
    assert_eq!(app.session.stats(app.now).string("phase"), Some("exchanging"));
    app.queue([1, 2]);
    app.exchange(pending).expect("the exchange succeeds");
    assert_eq!(app.seen(), ["signedin", "release 1 2 @1"]);
}

#[test]
fn a_failed_exchange_rejects_who_waited_for_it() {
    let cases = [
        (error(400, "invalid_grant"), "TOKENKEEP_TOKEN_ERROR"),
        (error(401, "invalid_client"), "TOKENKEEP_CLIENT_REFUSED"),
        (Err(Transport::Network), "TOKENKEEP_NETWORK"),
        (Err(Transport::Timeout), "TOKENKEEP_TIMEOUT"),
        (Ok(answer(503, None, b"")), "TOKENKEEP_SERVER_UNAVAILABLE"),
        (json(200, "{}"), "TOKENKEEP_TOKEN_RESPONSE_INVALID"),
    ];
    for (given, code) in cases {
        let mut app = App::new();
        let pending = app.come_back();
        app.queue([1, 2]);
        assert_eq!(app.exchanged(pending, given).expect_err("a failure").code(), code);
        assert_eq!(app.seen(), ["reject 1 2 LOGIN_REQUIRED"], "{code}");
        app.pass(HOUR);
        assert!(app.seen().is_empty(), "TOK-24: the exchange is not repeated");
        assert_eq!(app.session.snapshot(), None);
    }
}

#[test]
fn a_failed_exchange_keeps_an_older_session() {
    let mut app = App::signed_in();
    let pending = app.come_back();
    app.exchanged(pending, error(400, "invalid_grant")).expect_err("a failure");
    assert!(app.seen().is_empty());
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
}

#[test]
fn a_failed_exchange_leaves_waiters_to_the_refresh_of_an_older_session() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    let pending = app.come_back();
    app.queue([2]);
    app.exchanged(pending, Err(Transport::Network)).expect_err("a failure");
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 2 @2"]);
}

#[test]
fn a_response_nobody_asked_for_is_told_from_a_replay() {
    let mut app = App::new();
    let request = app.begin();
    let href = app.server.authorize(&request);
    let foreign = app.arrive(&href, None).err();
    assert_eq!(foreign, Some(Error::InvalidResponse(InvalidResponse::StateMismatch)), "CB-1");
    let pending = app.arrive(&href, Some(&request.transaction.to_json())).expect("an accepted response");
    app.exchange(pending).expect("the exchange succeeds");
    let replayed = app.arrive(&href, None).err();
    assert_eq!(replayed, Some(Error::InvalidResponse(InvalidResponse::Replayed)), "CB-4, IDT-11");
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)), "the session is as before");
}

#[test]
fn a_record_is_spent_on_failure_too() {
    let mut app = App::new();
    let request = app.begin();
    let state = app.server.authorize(&request).split("state=").nth(1).expect("a state").to_owned();
    let href = format!("https://app.example/callback?error=access_denied&state={state}");
    let denied = app.arrive(&href, Some(&request.transaction.to_json())).expect_err("an error");
    assert_eq!(denied.code(), "TOKENKEEP_AUTHORIZATION_ERROR");
    assert_eq!(app.arrive(&href, None).map(|_| ()), invalid(InvalidResponse::Replayed), "CB-4");
}

#[test]
fn a_spoiled_record_is_no_record() {
    for record in ["{}", "[]", r#"{"issuer":"https://as.example"}"#] {
        let mut app = App::new();
        let request = app.begin();
        let href = app.server.authorize(&request);
        let refused = app.arrive(&href, Some(record)).map(|_| ());
        assert_eq!(refused, invalid(InvalidResponse::StateMismatch), "{record}");
    }
}

#[test]
fn a_record_of_another_issuer_is_refused() {
    let mut app = App::new();
    let request = app.begin();
    let href = app.server.authorize(&request);
    let record = request.transaction.to_json().replace("https://as.example", "https://other.example");
    assert_eq!(app.arrive(&href, Some(&record)).map(|_| ()), invalid(InvalidResponse::IssuerMismatch), "TOK-2");
}

#[test]
fn a_record_of_another_issuer_is_refused_though_the_response_names_none() {
    let mut app = App::new();
    let request = app.begin();
    let (href, _) = app
        .server
        .authorize(&request)
        .split_once("&iss=")
        .map(|(href, iss)| (href.to_owned(), iss.to_owned()))
        .expect("iss");
    let record = request.transaction.to_json();
    let record = record
        .replace("https://as.example", "https://other.example")
        .replace("\"issParameter\":true", "\"issParameter\":false");
    let refused = app.arrive(&href, Some(&record)).map(|_| ());
    assert_eq!(
        refused,
        invalid(InvalidResponse::IssuerMismatch),
        "TOK-2, AUTHZ-15: the same endpoints, another issuer"
    );
}

#[test]
fn sign_ins_of_two_tabs_finish_in_either_order() {
    let mut app = App::new();
    let (first, second) = (app.begin(), app.begin());
    assert_ne!(first.key, second.key);
    for request in [second, first] {
        let href = app.server.authorize(&request);
        let pending = app.arrive(&href, Some(&request.transaction.to_json())).expect("an accepted response");
        app.exchange(pending).expect("the exchange succeeds");
    }
    assert_eq!(app.seen(), ["signedin", "signedin"], "AUTHZ-17");
}

#[test]
fn an_injected_code_fails_at_the_server() {
    let mut app = App::new();
    let (mine, other) = (app.begin(), app.begin());
    let (my_href, other_href) = (app.server.authorize(&mine), app.server.authorize(&other));
    let (my_code, other_code) = ("code=code-1", "code=code-2");
    assert!(my_href.contains(my_code) && other_href.contains(other_code));
    let injected = my_href.replace(my_code, other_code);
    let pending = app.arrive(&injected, Some(&mine.transaction.to_json())).expect("an accepted response");
    assert_eq!(app.exchange(pending).expect_err("PKCE").code(), "TOKENKEEP_TOKEN_ERROR", "CB-22");
    assert_eq!(app.session.snapshot(), None);
}

#[test]
fn swapped_states_fail_at_the_server() {
    let mut app = App::new();
    let requests = [app.begin(), app.begin()];
    let codes = requests.each_ref().map(|request| app.server.authorize(request));
    for (mine, theirs) in [(0, 1), (1, 0)] {
        let state = |href: &str| href.split("state=").nth(1).expect("a state").split('&').next().map(str::to_owned);
        let (from, to) = (state(&codes[mine]).expect("a state"), state(&codes[theirs]).expect("a state"));
        let swapped = codes[mine].replace(&from, &to);
        let pending =
            app.arrive(&swapped, Some(&requests[theirs].transaction.to_json())).expect("an accepted response");
        assert_eq!(app.exchange(pending).expect_err("PKCE").code(), "TOKENKEEP_TOKEN_ERROR", "AUTHZ-12");
    }
    assert_eq!(app.session.snapshot(), None);
}

#[test]
fn tokens_with_a_bad_id_token_are_revoked_and_not_used() {
    for (name, subject, nonce) in [("none", None, ""), ("nonce", Some("alice"), "other"), ("subject", Some(""), "")] {
        let mut app = App::with(config("openid", ""));
        let request = app.begin();
        let href = app.server.authorize(&request);
        let pending = app.arrive(&href, Some(&request.transaction.to_json())).expect("an accepted response");
        app.queue([1]);
        let sent = request.transaction.nonce.as_ref().expect("a nonce").expose();
        let nonce = if nonce.is_empty() { sent } else { nonce };
        let id_token = subject.map(|subject| format!(r#","id_token":"{}""#, id_token(subject, Some(nonce))));
        let tokens = r#""access_token":"access-1","refresh_token":"refresh-1","token_type":"Bearer""#;
        let body = format!("{{{tokens}{}}}", id_token.unwrap_or_default());
        let refused = app.exchanged(pending, json(200, &body)).expect_err("a failure");
        assert_eq!(refused.code(), "TOKENKEEP_ID_TOKEN_INVALID", "{name}");
        let mut seen = app.seen();
        seen.sort();
        assert_eq!(seen, ["reject 1 LOGIN_REQUIRED", "revoke refresh-1"], "{name}: TOK-25, IDT-10");
        assert_eq!(app.session.authorization(1), None);
    }
}

#[test]
fn a_good_id_token_shows_its_claims() {
    let app = App::with(config("openid", "")).after_sign_in();
    let claims = app.session.snapshot().expect("a session").member("claims").cloned().expect("claims");
    let mut text = String::new();
    claims.write(&mut text);
    assert!(text.contains(r#""sub":"alice""#) && !text.contains("nonce"), "{text}");
}

#[test]
fn a_sign_in_replaces_the_older_session() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    app.seen();
    app.sign_in();
    assert_eq!(app.seen(), ["signedin", "release 1 @2"]);
    let attempt = app.refreshes.remove(0).attempt;
    app.refreshed(attempt, granted(9));
    assert!(!app.seen().iter().any(|line| line == "refreshed"), "the older session's refresh came too late");
    assert_eq!(app.session.authorization(2).as_deref(), Some("Bearer access-2"));
}

#[test]
fn an_exchange_under_way_is_waited_for_though_the_older_token_has_expired() {
    let mut app = App::new();
    app.server.rotate = false;
    let mut app = app.after_sign_in();
    app.pass(HOUR);
    let pending = app.come_back();
    assert_eq!(app.authorize(1), Ok(Verdict::Queued));
    app.exchange(pending).expect("the exchange succeeds");
    assert_eq!(app.seen(), ["signedin", "release 1 @2"]);
}

#[test]
fn waiters_of_a_failed_exchange_do_not_wait_on_for_an_expired_session() {
    let mut app = App::new();
    app.server.rotate = false;
    let mut app = app.after_sign_in();
    app.pass(HOUR);
    let pending = app.come_back();
    app.queue([1]);
    app.exchanged(pending, Err(Transport::Network)).expect_err("a failure");
    assert!(app.seen().contains(&"reject 1 LOGIN_REQUIRED".to_owned()));
    assert_eq!(app.stat("queued"), 0);
}

#[test]
fn waiting_requests_of_one_user_are_not_sent_as_another() {
    let mut app = App::with(config("openid", "")).after_sign_in();
    app.pass(HOUR);
    app.queue([1]);
    app.seen();
    app.server.subject = "bob".into();
    app.sign_in();
    let seen = app.seen();
    assert!(!seen.iter().any(|line| line.starts_with("release 1 ")), "IDT-22: {seen:?}");
    assert_eq!(app.authorize(2), Ok(Verdict::Send(2)), "bob is signed in");
}

#[test]
fn an_exchange_given_up_lets_its_waiters_go() {
    let mut app = App::new();
    let pending = app.come_back();
    app.queue([1]);
    app.run(|session, now| session.abandon_exchange(now, &pending));
    assert_eq!(app.seen(), ["reject 1 LOGIN_REQUIRED"]);
    assert_eq!(app.authorize(2), Err(Error::LoginRequired(Ending::NeverSignedIn)));
}

#[test]
fn an_exchange_that_hangs_does_not_hold_requests_for_ever() {
    let mut app = App::new();
    let _pending = app.come_back();
    app.queue([1]);
    app.pass(MINUTE);
    assert_eq!(app.seen(), ["reject 1 QUEUE_TIMEOUT"]);
}

#[test]
fn a_weaker_sign_in_than_asked_for_is_told() {
    use tokenkeep::proto::oauth::authorization::SignInOptions;
    use tokenkeep::proto::session::Command;
    for (asked, met) in [(r#"{"acrValues":"gold silver"}"#, Some(false)), ("{}", None)] {
        let mut app = App::with(config("openid files:read", ""));
        let options = SignInOptions::parse(asked, crate::support::REDIRECT_URI).expect("options");
        let request = app.session.begin_sign_in(app.now, &options, &[3; 96], None).expect("a request");
        let href = app.server.authorize(&request);
        let mut pending = app.arrive(&href, Some(&request.transaction.to_json())).expect("accepted");
        let token_request = app.session.exchange_request(app.now, &mut pending).expect("a request");
        let answer = app.server.respond(&token_request);
        app.session.handle_exchange_response(app.now, pending, answer).expect("signed in");
        let told = std::iter::from_fn(|| app.session.poll_command()).find_map(|command| match command {
            Command::Output(Output::Emit(event)) if event.name == "signedin" => {
                Some(event.detail.member("acrMet").cloned())
            }
            _ => None,
        });
        let expected = met.map(tokenkeep::proto::syntax::json::Value::Bool);
        assert_eq!(told, Some(expected), "IDT-13: {asked}");
    }
}

#[test]
fn the_strict_preset_wants_all_protections_at_once() {
    use tokenkeep::proto::oauth::authorization::SignInOptions;
    use tokenkeep::proto::oauth::extension::Use;
    let strict = config("files:read", r#""strict":true"#);
    assert_eq!((strict.dpop, strict.par), (Use::Required, Use::Required), "FAPI-1");
    let without = App::with(strict);
    let refused = without.session.begin_sign_in(without.now, &SignInOptions::default(), &[3; 96], None);
    assert_eq!(refused.expect_err("no endpoint to push to").code(), "TOKENKEEP_METADATA_INVALID", "FAPI-1");
    let text = crate::support::config_text("files:read", r#""strict":true"#).replace(
        "\"authorization_response_iss_parameter_supported\":true",
        "\"pushed_authorization_request_endpoint\":\"https://as.example/par\"",
    );
    let silent = App::with(tokenkeep::proto::config::Config::parse(&text, "https://app.example").expect("good"));
    let refused = silent.session.begin_sign_in(silent.now, &SignInOptions::default(), &[3; 96], None);
    let message = refused.expect_err("no iss").message().into_owned();
    assert!(message.contains("authorization_response_iss_parameter_supported"), "FAPI-1: {message}");
    for off in ["par", "dpop"] {
        let more = format!(r#""strict":true,"{off}":false"#);
        let parsed = tokenkeep::proto::config::Config::parse(
            &crate::support::config_text("files:read", &more),
            "https://app.example",
        );
        assert!(parsed.is_err(), "FAPI-1: {off}");
    }
}
