//! Tokens that live shorter than anything sensible: work goes on, and no storm of refreshes starts.

use tokenkeep::proto::session::Verdict;

use crate::support::{App, SECOND};

/// A request every 10 ms for ten seconds, with a token endpoint that takes `delay` ms; every request settles.
fn busy(mut app: App, delay: u64) -> App {
    let mut due: Vec<u64> = Vec::new();
    for step in 0..1_000u32 {
        let _ = app.authorize(step + 1).expect("a verdict");
        app.pass(10);
        let now = app.now.instant.as_millis();
        while due.len() < app.refreshes.len() {
            due.push(now + delay);
        }
        if due.first().is_some_and(|at| *at <= now) {
            due.remove(0);
            app.refresh();
        }
        let released =
            app.seen().iter().filter_map(|line| line.strip_prefix("release ").map(str::to_owned)).collect::<Vec<_>>();
        app.settle(released.iter().map(|line| line.split(' ').count() - 1).sum());
    }
    app
}

fn living(seconds: &str, options: &str) -> App {
    let mut app = App::with_options(options);
    app.server.expires_in = Some(seconds.into());
    app.after_sign_in()
}

#[test]
fn a_token_of_one_second_lets_requests_through() {
    let app = busy(living("1", ""), 50);
    assert_eq!(app.stat("queued"), 0);
    let refreshes = app.server.refreshes.len();
    assert!((5..=15).contains(&refreshes), "{refreshes} refreshes in ten seconds");
}

#[test]
fn a_token_endpoint_slower_than_its_tokens_lets_requests_through() {
    let app = busy(living("1", ""), 3 * SECOND);
    assert!(app.server.refreshes.len() <= 4, "{:?}", app.server.refreshes);
    assert!(app.stat("generation") >= 3);
}

#[test]
fn a_new_token_is_used_for_a_while_even_if_it_is_old_on_arrival() {
    let mut app = living("1", "");
    app.pass(2 * SECOND);
    app.queue([1]);
    app.pass(5 * SECOND);
    app.refresh();
    assert!(app.seen().contains(&"release 1 @2".to_owned()));
    assert_eq!(app.authorize(2), Ok(Verdict::Send(2)));
    app.pass(999);
    assert_eq!(app.authorize(3), Ok(Verdict::Send(2)));
}

#[test]
fn an_idle_session_does_not_refresh_a_token_that_is_old_on_arrival() {
    let mut app = living("2", "");
    app.pass(1_600);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.pass(3 * SECOND);
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed"], "REF-18: nobody asked for another");
}

#[test]
fn an_early_window_longer_than_the_lifetime_starts_no_storm() {
    let mut app = living("60", r#""earlyRefresh":60"#);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    for _ in 0..20 {
        app.pass(20);
        if !app.refreshes.is_empty() {
            app.refresh();
        }
    }
    assert!(app.server.refreshes.len() <= 1, "one request caused {} refreshes", app.server.refreshes.len());
}

#[test]
fn a_busy_app_with_an_early_window_longer_than_the_lifetime_refreshes_at_a_bounded_rate() {
    let app = busy(living("60", r#""earlyRefresh":60"#), 10);
    let refreshes = app.server.refreshes.len();
    assert!(refreshes <= 11, "{refreshes} refreshes in ten seconds");
}
