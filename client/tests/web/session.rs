use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokenkeep_client::{
    Arrival, Audience, AuditKind, Auth, Circuit, Claims, ErrorCode, Phase, RequestOptions, Resume, Revocation, SignIn,
    Silent,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::fake::fake;

#[derive(Debug, PartialEq, Deserialize)]
struct Mine {
    sub: String,
    roles: Vec<String>,
    level: Option<u8>,
}

#[test]
async fn claims_are_of_the_type_that_is_asked_for() {
    let (_, auth) = fake(json!({ "claims": { "roles": ["admin"], "aud": ["app", "project"] } }));

    let session = auth.resume(&Resume::new()).await.unwrap().unwrap();
    assert_eq!((session.scope(), session.subject()), ("openid", Some("ada")));
    let mine = Mine { sub: "ada".into(), roles: vec!["admin".into()], level: None };
    assert_eq!(session.claims::<Mine>().unwrap(), Some(mine));
    assert!(session.expires_at().unwrap() > js_sys::Date::now());
    assert_eq!(auth.session(), Some(session.clone()));

    let claims: Claims = session.claims().unwrap().unwrap();
    assert_eq!((claims.iss.as_str(), claims.sub.as_str()), ("https://as.example.com", "ada"));
    assert_eq!(claims.aud, Audience::Several(vec!["app".into(), "project".into()]));
    assert_eq!((claims.exp - claims.iat, &claims.other["roles"], claims.other.len()), (3_600.0, &json!(["admin"]), 1));
}

#[test]
fn an_audience_may_be_one_and_claims_may_be_none() {
    let (_, auth) = fake(json!({}));
    let claims: Claims = auth.session().unwrap().claims().unwrap().unwrap();
    assert_eq!(claims.aud, Audience::One("my-spa".into()));
    let (_, auth) = fake(json!({ "claims": null }));
    let session = auth.session().unwrap();
    assert_eq!((session.claims::<Claims>().unwrap(), session.subject()), (None, None));
}

#[test]
fn sessions_are_compared_by_what_they_say_and_go_to_other_threads() {
    fn goes_to_other_threads<T: Send + Sync>(_: &T) {}
    let (fake, auth) = fake(json!({}));
    let first = auth.session().unwrap();
    goes_to_other_threads(&(&first, SignIn::new().popup(), Resume::new(), RequestOptions::new(), first.claims::<u8>()));
    fake.happens("signedin", json!({ "claims": { "roles": ["admin"] } }));
    assert_ne!(auth.session().unwrap(), first);
    assert!(format!("{first:?}").starts_with("Session { scope: \"openid\", subject: Some(\"ada\")"));
}

#[test]
async fn claims_that_do_not_fit_are_an_error_that_says_where_and_not_what() {
    let (_, auth) = fake(json!({ "claims": { "roles": [], "level": "top, expected u9" } }));
    let session = auth.session().unwrap();
    let error = session.claims::<Mine>().unwrap_err();
    assert_eq!(error.code, ErrorCode::Shape);
    assert!(error.message.contains("Mine") && error.message.ends_with("expected u8"), "{error}");
    let (_, auth) = fake(json!({ "claims": { "aud": 1 } }));
    let error = auth.session().unwrap().claims::<Claims>().unwrap_err();
    assert!(error.message.contains("missing field `aud`"), "{error}");
    assert_eq!(session.subject(), Some("ada"));
}

#[test]
async fn nobody_is_signed_in() {
    let (_, auth) = fake(json!({ "session": null }));
    assert_eq!(auth.resume(&Resume::new()).await.unwrap(), None);
    assert_eq!((auth.session(), auth.arrival()), (None, None));
}

#[test]
async fn what_a_sign_in_brought_back_is_there() {
    let (_, auth) = fake(json!({ "arrival": { "returnTo": "/files?a=1#top", "appState": { "draft": [1, 2.5] } } }));
    auth.resume(&Resume::new()).await.unwrap();
    let arrival = auth.arrival().unwrap();
    assert_eq!(arrival.app_state::<Value>().unwrap(), json!({ "draft": [1, 2.5] }));
    let Arrival { return_to, popup, signed_out, .. } = arrival;
    assert_eq!((return_to.as_deref(), popup, signed_out), (Some("/files?a=1#top"), false, false));
}

#[test]
async fn options_are_what_the_client_takes() {
    let (fake, auth) = fake(json!({ "session": null }));
    auth.resume(&Resume::new().silent(Silent::Auto).without_popup()).await.unwrap();
    auth.resume(&Resume::new().silent(Silent::Always)).await.unwrap();
    auth.resume(&Resume::new()).await.unwrap();
    let options = SignIn::new()
        .scope("files:write")
        .return_to("/next")
        .app_state(json!({ "n": 1 }))
        .prompt("login")
        .login_hint("ada")
        .ui_locales("en")
        .display("page")
        .max_age(9_007_199_254_740_991)
        .acr_values("gold")
        .extra_param("audience", "files");
    let session =
        auth.sign_in_with_popup(&options.popup().features("popup").timeout(Duration::from_secs(1))).await.unwrap();

    assert_eq!(session.subject(), Some("ada"));
    let (methods, args): (Vec<_>, Vec<_>) = fake.called().into_iter().unzip();
    assert_eq!(methods, ["resume", "resume", "resume", "signIn"]);
    assert_eq!(args[..3], [json!({ "silent": "auto", "popup": false }), json!({ "silent": true }), json!({})]);
    let said = json!({
        "mode": "popup", "popupFeatures": "popup", "popupTimeout": 1_000, "scope": "files:write", "returnTo": "/next",
        "appState": { "n": 1 }, "prompt": "login", "loginHint": "ada", "uiLocales": "en", "display": "page", "maxAge": 9_007_199_254_740_991_u64,
        "acrValues": "gold", "extraParams": { "audience": "files" },
    });
    assert_eq!(args[3], said);
}

#[test]
fn options_that_say_the_same_are_equal() {
    let options = SignIn::new().scope("openid").prompt("none").scope("files");
    assert_eq!(options, SignIn::new().prompt("none").scope("files"));
    assert_ne!(options, SignIn::new().prompt("login").scope("files"));
    assert_ne!(RequestOptions::new().idempotent(), RequestOptions::new().idempotency_key("true"));
}

#[test]
async fn a_popup_is_opened_before_anybody_waits() {
    let (fake, auth) = fake(json!({ "session": null }));
    drop(auth.sign_in_with_popup(&SignIn::new().popup()));
    assert_eq!(fake.called(), [("signIn".into(), json!({ "mode": "popup" }))]);
}

#[test]
async fn a_page_is_resumed_at_once_and_to_its_end() {
    let (fake, auth) = fake(json!({ "arrival": { "returnTo": "/files" } }));
    drop(auth.resume(&Resume::new()));
    assert_eq!(fake.called(), [("resume".into(), json!({}))]);
    assert_eq!(auth.arrival().unwrap().return_to.as_deref(), Some("/files"));
}

#[test]
async fn signing_out_says_what_came_of_it() {
    let (fake, auth) = fake(json!({}));
    assert_eq!(auth.sign_out().await.unwrap(), Revocation::Confirmed);
    assert_eq!(auth.sign_out().await.unwrap(), Revocation::None);
    fake.fails("signOut", "TOKENKEEP_END_SESSION_UNAVAILABLE", json!({}));
    let error = auth.sign_out_everywhere(Some("/bye")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::EndSessionUnavailable);
    assert_eq!(fake.called()[2].1, json!({ "endSession": true, "returnTo": "/bye" }));
}

#[test]
async fn the_rest_of_an_auth_is_there() {
    let (fake, auth) =
        fake(json!({ "userinfo": { "email": "ada@example.com" }, "acceptToken": true, "accessToken": "at" }));
    let info: serde_json::Value = auth.userinfo().await.unwrap();
    assert_eq!(info["email"], "ada@example.com");
    auth.enter_token("secret").await.unwrap();
    assert_eq!(auth.access_token().await.unwrap(), "at");
    auth.unlock().await.unwrap();
    assert_eq!(auth.stats().await.unwrap().queued, 0);
    fake.happens("anomaly", json!({ "kind": "off-list-target" }));
    let log = auth.audit().await.unwrap();
    let said: Vec<_> = log.iter().map(|entry| (entry.seq, entry.kind, entry.reason.as_deref(), entry.count)).collect();
    let anomaly = (2, AuditKind::Anomaly, Some("off-list-target"), 1.0);
    assert_eq!(said, [(1, AuditKind::SignedIn, None, 1.0), anomaly]);
    assert!(log[0].time > 1.7e12 && log[0].server.is_none());
    auth.close();
    assert_eq!(fake.called().len(), 7);
}

#[test]
async fn numbers_of_a_newer_package_can_be_read() {
    let servers = json!([{ "server": "https://api.example.com/", "requests": 2, "teapots": 1 }]);
    let (_, auth) =
        fake(json!({ "stats": { "phase": "resting", "circuit": "melted", "queued": 3, "servers": servers } }));
    let stats = auth.stats().await.unwrap();
    assert_eq!((stats.phase, stats.circuit, stats.queued), (Phase::Unknown, Circuit::Unknown, 3));
    assert_eq!((stats.servers[0].server.as_str(), stats.servers[0].requests), ("https://api.example.com/", 2));
    assert_eq!((stats.servers[0].limited, stats.waits.count), (0, 0));
}

#[test]
async fn a_sign_out_that_worked_is_one_whatever_the_server_made_of_it() {
    let (fake, auth) = fake(json!({}));
    let sign_out = js_sys::Function::new_no_args("return Promise.resolve({ revocation: 'sometime' })");
    js_sys::Reflect::set(&fake, &"signOut".into(), &sign_out).unwrap();
    assert_eq!(auth.sign_out().await.unwrap(), Revocation::Unknown);
}

#[test]
fn what_is_no_auth_is_refused() {
    assert_eq!(Auth::from_js(JsValue::NULL).unwrap_err().code, ErrorCode::Shape);
    assert_eq!(Auth::from_js(js_sys::Object::new().into()).unwrap_err().code, ErrorCode::Shape);
    let (_, auth) = fake(json!({}));
    assert_eq!(Auth::from_js(auth.to_js()).unwrap(), auth);
}
