//! Memory that is given back has no token in it: every block is looked through when it is freed.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::oauth::profile::Profile;
use tokenkeep::proto::oauth::token::{TokenResponse, refresh_request};
use tokenkeep::proto::session::{Command, Session, Verdict};
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};
use tokenkeep::proto::syntax::secret::RefreshToken;
use tokenkeep::proto::syntax::time::{Instant, Now};

use support::server::param;
use support::{API, HOUR, REDIRECT_URI, START_UNIX_MS, config, json};

const CANARY: &[u8] = b"canary";

thread_local! {
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static FOUND: Cell<u32> = const { Cell::new(0) };
}

struct Watched;

#[global_allocator]
static ALLOCATOR: Watched = Watched;

// SAFETY: the system's allocator does the work. Blocks are zeroed first, so that all of their bytes may be read.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if WATCHING.get() {
            // SAFETY: a block of this layout that came from `alloc`, and nobody else's any more.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            let found = bytes.windows(CANARY.len()).any(|window| window == CANARY);
            FOUND.set(FOUND.get() + u32::from(found));
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

/// How many blocks with a token in them `work` gave back.
fn left_behind(work: impl FnOnce()) -> u32 {
    FOUND.set(0);
    WATCHING.set(true);
    work();
    WATCHING.set(false);
    FOUND.get()
}

fn granted(number: u32) -> Result<Answer, Transport> {
    json(
        200,
        &format!(
            r#"{{"token_type":"Bearer","expires_in":3600,"access_token":"canary-{number}","refresh_token":"canary-r{number}"}}"#
        ),
    )
}

#[test]
fn a_token_that_is_not_wiped_is_seen() {
    assert_eq!(left_behind(|| drop(b"a canary".to_vec())), 1);
    assert_eq!(left_behind(|| drop(b"a parrot".to_vec())), 0);
}

#[test]
fn no_block_is_given_back_with_a_token_in_it() {
    let mut session = Session::new(config("files:read", ""));
    let now = Now { instant: Instant::from_millis(0), unix_ms: START_UNIX_MS };
    let later = Now { instant: Instant::from_millis(HOUR), unix_ms: START_UNIX_MS + HOUR };
    let (first, second) = (granted(1), granted(2));
    let signed_in = left_behind(|| sign_in(&mut session, now, first));
    assert_eq!(signed_in, 0, "STORE-10: an exchange");
    let refreshed = left_behind(|| refresh(&mut session, later, second));
    assert_eq!(refreshed, 0, "STORE-10: a refresh");
    let signed_out = left_behind(|| drop(session.sign_out()));
    assert_eq!(signed_out, 0, "STORE-10: a sign-out");
    assert_eq!(left_behind(|| drop(session)), 0, "STORE-10: what is left");
}

fn sign_in(session: &mut Session, now: Now, answer: Result<Answer, Transport>) {
    let request = session.begin_sign_in(now, &SignInOptions::default(), &[7; RANDOM_BYTES], None).expect("a request");
    let state = param(request.url.split_once('?').expect("a query").1, "state").expect("a state");
    let href = format!("{REDIRECT_URI}?code=code&state={state}&iss=https%3A%2F%2Fas.example");
    let response = AuthorizationResponse::parse(&href, REDIRECT_URI).expect("a response").expect("a response");
    let pending = session.accept_response(now, response, Some(&request.transaction.to_json())).expect("accepted");
    session.handle_exchange_response(now, pending, answer).expect("signed in");
    while session.poll_command().is_some() {}
}

fn refresh(session: &mut Session, now: Now, answer: Result<Answer, Transport>) {
    assert_eq!(session.authorize(now, 1, API, None), Ok(Verdict::Queued));
    let Some(Command::SendRefreshRequest(request)) = session.poll_command() else { panic!("no refresh") };
    session.handle_refresh_response(now, 0, request.attempt, answer);
    while session.poll_command().is_some() {}
}

#[test]
fn answers_that_are_refused_are_wiped_too() {
    let bodies = [
        r#"{"access_token":"canary","token_type":"mac"}"#,
        r#"{"access_token":"canary","token_type":"Bearer","refresh_token":7}"#,
        r#"{"access_token":"canary","token_type":"Bearer","refresh_token":["canary"]}"#,
        r#"{"access_token":"canary","token_type":"Bearer","id_token":"canary canary"}"#,
        r#"{"access_token":"canary","expires_in":"#,
        r#"{"access_token":"canary"#,
        r#"{"access_token":"canary","access_token":"canary"}"#,
        r#"{"access_token":["canary"}"#,
        r#"{"access_token":"canary\x"}"#,
        r#"{"access_token":{"canary":1}}"#,
        r#"{"canary" 1}"#,
    ];
    for body in bodies {
        for status in [200, 400, 503] {
            let answer = Ok(support::answer(status, Some("application/json"), body.as_bytes()));
            let left = left_behind(|| drop(TokenResponse::parse(answer, 0).expect_err("a refusal")));
            assert_eq!(left, 0, "STORE-10: {status} {body}");
        }
    }
}

#[test]
fn what_a_profile_translates_is_wiped() {
    let profile = |json: &str| {
        let object = Object::parse(json.as_bytes()).expect("JSON");
        Profile::parse(&Value::Object(object)).expect("a profile")
    };
    let form = profile(r#"{"answer":{"type":"form"},"request":{"names":{"refresh_token":"token"}}}"#);
    let json = profile(r#"{"answer":{"within":"data"},"request":{"json":true}}"#);
    let form_type = Some("application/x-www-form-urlencoded");
    let json_type = Some("application/json");
    for (profile, content_type, body) in [
        (&form, form_type, "access_token=canary&token_type=bearer&refresh_token=canary"),
        (&form, form_type, "access_token=canary&token_type=bearer&access_token=canary"),
        (&json, json_type, r#"{"data":{"access_token":"canary","refresh_token":"canary"},"id_token":"canary"}"#),
        (&json, json_type, r#"{"access_token":"canary","error":"x"}"#),
    ] {
        let given = support::answer(200, content_type, body.as_bytes());
        let left = left_behind(|| drop(profile.read_answer(given, true)));
        assert_eq!(left, 0, "STORE-10: {body}");
        let request = refresh_request("spa", &RefreshToken::new("canary"), None, None);
        let left = left_behind(|| drop(profile.write_request(&request)));
        assert_eq!(left, 0, "STORE-10: a request");
    }
}
