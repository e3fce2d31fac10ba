use serde::Deserialize;
use serde_json::json;
use tokenkeep_client::{Arrival, Audience, Auth, Claims, ErrorCode, Resume, Revocation, SignIn, Silent};
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

    let session = auth.resume::<Mine>(&Resume::new()).await.unwrap().unwrap();
    assert_eq!(session.scope, "openid");
    assert_eq!(session.claims, Some(Mine { sub: "ada".into(), roles: vec!["admin".into()], level: None }));
    assert!(session.expires_at.unwrap() > js_sys::Date::now());

    let claims = auth.session::<Claims>().unwrap().unwrap().claims.unwrap();
    assert_eq!(claims.aud, Audience::Several(vec!["app".into(), "project".into()]));
    assert_eq!(claims.other["roles"], json!(["admin"]));
}

#[test]
async fn claims_that_do_not_fit_are_an_error_that_says_where() {
    let (_, auth) = fake(json!({ "claims": { "roles": [], "level": "high" } }));
    let error = auth.session::<Mine>().unwrap_err();
    assert_eq!(error.code, ErrorCode::Shape);
    assert!(error.message.contains("Session<") && error.message.contains("expected u8"), "{error}");
}

#[test]
async fn nobody_is_signed_in() {
    let (_, auth) = fake(json!({ "session": null }));
    assert_eq!(auth.resume::<Claims>(&Resume::new()).await.unwrap(), None);
    assert_eq!(auth.session::<Claims>().unwrap(), None);
    assert_eq!(auth.arrival().unwrap(), None);
}

#[test]
async fn what_a_sign_in_brought_back_is_there() {
    let (_, auth) = fake(json!({ "arrival": { "returnTo": "/files?a=1#top", "appState": { "draft": [1, 2.5] } } }));
    auth.resume::<Claims>(&Resume::new()).await.unwrap();
    let Arrival { return_to, app_state, popup, signed_out, .. } = auth.arrival().unwrap().unwrap();
    assert_eq!((return_to.as_deref(), popup, signed_out), (Some("/files?a=1#top"), false, false));
    assert_eq!(app_state, json!({ "draft": [1, 2.5] }));
}

#[test]
async fn options_are_what_the_client_takes() {
    let (fake, auth) = fake(json!({ "session": null }));
    auth.resume::<Claims>(&Resume::new().silent(Silent::Auto).without_popup()).await.unwrap();
    auth.resume::<Claims>(&Resume::new().silent(Silent::Always)).await.unwrap();
    auth.resume::<Claims>(&Resume::new()).await.unwrap();
    let options = SignIn::new()
        .scope("files:write")
        .return_to("/next")
        .app_state(json!({ "n": 1 }))
        .prompt("login")
        .login_hint("ada")
        .ui_locales("en")
        .display("page")
        .max_age(60)
        .acr_values("gold")
        .extra_param("audience", "files");
    let session = auth.sign_in_with_popup::<Claims>(&options.popup().features("popup").timeout(1_000)).await.unwrap();

    assert_eq!(session.claims.unwrap().sub, "ada");
    let (methods, args): (Vec<_>, Vec<_>) = fake.called().into_iter().unzip();
    assert_eq!(methods, ["resume", "resume", "resume", "signIn"]);
    assert_eq!(args[..3], [json!({ "silent": "auto", "popup": false }), json!({ "silent": true }), json!({})]);
    let said = json!({
        "mode": "popup", "popupFeatures": "popup", "popupTimeout": 1_000, "scope": "files:write", "returnTo": "/next",
        "appState": { "n": 1 }, "prompt": "login", "loginHint": "ada", "uiLocales": "en", "display": "page", "maxAge": 60,
        "acrValues": "gold", "extraParams": { "audience": "files" },
    });
    assert_eq!(args[3], said);
}

#[test]
async fn a_popup_is_opened_before_anybody_waits() {
    let (fake, auth) = fake(json!({ "session": null }));
    drop(auth.sign_in_with_popup::<Claims>(&SignIn::new().popup()));
    assert_eq!(fake.called(), [("signIn".into(), json!({ "mode": "popup" }))]);
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
    auth.audit().await.unwrap();
    auth.close();
    assert_eq!(fake.called().len(), 7);
}

#[test]
fn what_is_no_auth_is_refused() {
    assert_eq!(Auth::from_js(JsValue::NULL).unwrap_err().code, ErrorCode::Shape);
    assert_eq!(Auth::from_js(js_sys::Object::new().into()).unwrap_err().code, ErrorCode::Shape);
    let (_, auth) = fake(json!({}));
    assert_eq!(Auth::from_js(auth.to_js()).unwrap(), auth);
}
