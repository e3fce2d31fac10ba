//! What the session tells about itself.

use crate::support::Reply;
use tokenkeep::proto::error::Transport;

use crate::failures::waiting;
use crate::support::{App, HOUR, SECOND, config, error};

fn strays(app: &mut App, count: u32) {
    for id in 0..count {
        let _ = app.run(|session, now| session.authorize(now, id, "https://evil.example/x?token=canary", None));
    }
}

#[test]
fn a_session_from_sign_in_to_its_end() {
    let mut app = waiting(1..=2);
    app.refresh_with(Err(Transport::Network));
    app.pass(SECOND);
    app.refresh_with(error(400, "invalid_grant"));
    let expected = ["signedin 1", "refreshfailed TOKENKEEP_NETWORK 1", "signedout rotation-lost 2"];
    assert_eq!(app.audit(), expected);
}

#[test]
fn what_repeats_is_counted() {
    let mut app = App::signed_in();
    strays(&mut app, 500);
    let log = app.audit();
    assert_eq!(log[1..3], ["target-refused 1", "anomaly off-list-target 1"]);
    assert_eq!(log[3..], ["target-refused 499"]);
    app.pass(SECOND);
    strays(&mut app, 1);
    assert_eq!(app.audit().last().map(String::as_str), Some("target-refused 1"), "a second later it is a new entry");
}

#[test]
fn the_log_is_bounded_and_says_what_is_missing() {
    let mut app = App::with_options(r#""auditLimit":10"#).after_sign_in();
    for _ in 0..100 {
        strays(&mut app, 1);
        app.pass(SECOND);
    }
    assert_eq!(app.audit().len(), 10);
    assert!(app.session.audit().starts_with(r#"[{"seq":94,"#), "{}", app.session.audit());
    let mut off = App::with_options(r#""auditLimit":0"#).after_sign_in();
    strays(&mut off, 3);
    assert_eq!(off.session.audit(), "[]");
}

#[test]
fn no_entry_holds_a_secret_or_a_url() {
    let mut app = App::signed_in();
    strays(&mut app, 2);
    let reply = Reply { method: "GET".into(), challenge: Some("Bearer error=canary".into()), ..Reply::default() };
    let _ = app.replied(1, 403, reply);
    app.pass(HOUR);
    app.queue([2]);
    app.refresh_with(error(400, "canary"));
    let log = app.session.audit();
    for secret in ["canary", "access-1", "refresh-1", "evil.example", "?"] {
        assert!(!log.contains(secret), "LOG-1, LOG-2: {secret} in {log}");
    }
    assert!(log.contains(r#""kind":"api-refused","reason":"forbidden","count":1,"server":"https://api.example/v1""#));
}

#[test]
fn no_entry_holds_a_claim() {
    let mut app = App::with(config("openid", "")).after_sign_in();
    assert!(app.session.snapshot().expect("a session").to_json().contains("alice"));
    strays(&mut app, 1);
    app.pass(HOUR);
    app.queue([2]);
    app.refresh();
    app.sign_out();
    let log = app.session.audit();
    assert!(log.contains("signedout") && !log.contains("alice") && !log.contains("sub\""), "LOG-5: {log}");
}

#[test]
fn a_sink_gets_each_entry_once_and_in_time() {
    let mut app = App::with_options(r#""auditSink":"https://app.example/audit""#).after_sign_in_with_reports();
    app.pass(5 * SECOND - 1);
    assert!(app.seen().is_empty());
    app.pass(1);
    let seen = app.seen();
    assert!(matches!(&seen[..], [report] if report.starts_with(r#"report [{"seq":1,"#) && report.contains("signedin")));
    app.pass(HOUR);
    assert!(app.seen().is_empty(), "nothing new, nothing to tell");
    strays(&mut app, 3);
    app.seen();
    app.run(|session, now| session.handle_visibility(now, false));
    let seen = app.seen();
    assert!(
        matches!(&seen[..], [report] if report.starts_with(r#"report [{"seq":2,"#)),
        "at once when nobody looks: {seen:?}"
    );
}

#[test]
fn a_batch_that_was_handed_over_does_not_change() {
    let mut app = App::with_options(r#""auditSink":true"#).after_sign_in_with_reports();
    strays(&mut app, 1);
    app.run(|session, now| session.handle_visibility(now, false));
    app.seen();
    strays(&mut app, 1);
    app.run(|session, now| session.handle_visibility(now, false));
    let seen = app.seen();
    assert!(
        matches!(&seen[..], [report] if report.contains(r#""count":1}"#) && report.matches("seq").count() == 1),
        "{seen:?}"
    );
}

#[test]
fn waits_and_backoffs_are_measured() {
    let mut app = waiting(1..=4);
    app.pass(2 * SECOND);
    app.refresh_with(Err(Transport::Network));
    app.pass(800);
    app.refresh();
    app.settle(4);
    let stats = app.session.stats(app.now).to_json();
    assert!(
        stats.contains(r#""queuePeak":4,"waits":{"count":4,"ms":11200},"backoffs":{"count":1,"ms":800}"#),
        "{stats}"
    );
}

#[test]
fn resource_servers_are_counted_apart() {
    let mut app = App::with_options("").after_sign_in();
    for id in 1..=3 {
        let _ = app.authorize(id);
    }
    let reply = |status| Reply { method: "GET".into(), retry_after: Some("1".into()), status, ..Reply::default() };
    for (id, status) in [(1, 401), (2, 403), (3, 429)] {
        let _ = app.replied(id, status, reply(status));
    }
    let stats = app.session.stats(app.now).to_json();
    let expected = r#""servers":[{"server":"https://api.example/v1","requests":3,"replays":1,"retries":1,"unauthorized":1,"forbidden":1,"limited":1}]"#;
    assert!(stats.contains(expected), "{stats}");
}

#[test]
fn the_circuit_is_told() {
    let circuit = |app: &App| app.session.stats(app.now).string("circuit").map(str::to_owned).expect("a word");
    let mut app = waiting(1..=1);
    assert_eq!(circuit(&app), "closed");
    app.refresh_with(Err(Transport::Network));
    assert_eq!(circuit(&app), "open");
    app.pass(800);
    assert_eq!(circuit(&app), "probing", "one attempt at a time");
    assert_eq!(app.refreshes.len(), 1);
    app.refresh();
    assert_eq!(circuit(&app), "closed");
}

#[test]
fn bad_sinks_and_locks_name_the_option() {
    use tokenkeep::proto::error::{ApiMisuse, Error};
    for (member, option) in [
        (r#""auditSink":"http://app.example/audit""#, "auditSink"),
        (r#""auditSink":"audit""#, "auditSink"),
        (r#""auditSink":1"#, "auditSink"),
        (r#""lockOnAnomaly":"refresh-storm""#, "lockOnAnomaly"),
        (r#""lockOnAnomaly":["storm"]"#, "lockOnAnomaly"),
    ] {
        let text = crate::support::config_text("a", member);
        match tokenkeep::proto::config::Config::parse(&text, "https://app.example") {
            Err(Error::ApiMisuse(ApiMisuse::Config { option: named, .. })) => assert_eq!(&*named, option, "{member}"),
            other => panic!("{member}: {other:?}"),
        }
    }
}
