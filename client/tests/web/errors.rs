use serde_json::json;
use tokenkeep_client::{Error, ErrorCode, Resume};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::fake::{error, fake};

#[test]
fn every_code_that_the_package_names_is_one_here() {
    let codes = package_codes();
    assert_eq!(codes, ErrorCode::KNOWN);
    for code in codes {
        let error = error(&code, json!({ "message": "words" }));
        assert_ne!(error.code, ErrorCode::Unknown, "{code}");
        assert_eq!(error.to_string(), format!("{code}: words"));
    }
}

/// The codes in the types of the package, in their order.
fn package_codes() -> Vec<String> {
    let (_, after) = include_str!("../../../pkg-template/index.d.ts").split_once("export type ErrorCode =").unwrap();
    let (union, _) = after.split_once(';').unwrap();
    union.split('"').filter(|part| part.starts_with("TOKENKEEP_")).map(str::to_owned).collect()
}

#[test]
fn codes_and_their_texts_are_each_others() {
    let own = [ErrorCode::Foreign, ErrorCode::Request, ErrorCode::Shape, ErrorCode::Unknown];
    let known = ErrorCode::KNOWN.iter().map(|code| ErrorCode::from(*code));
    for code in known.chain(own) {
        assert_eq!((ErrorCode::from(code.as_str()), format!("{code:?}")), (code, code.to_string()));
    }
    assert_eq!(ErrorCode::from("TOKENKEEP_LOGIN_REQUIRED"), ErrorCode::LoginRequired);
    assert_eq!(ErrorCode::WorkerBlocked.as_str(), "TOKENKEEP_WORKER_BLOCKED");
    assert_eq!(ErrorCode::AppRefused.as_str(), "TOKENKEEP_APP_REFUSED");
}

#[test]
async fn an_error_has_its_details() {
    let (fake, auth) = fake(json!({}));
    let details = json!({ "error": "access_denied", "errorDescription": "no", "issuer": "https://as.example", "option": "scope" });
    fake.fails("resume", "TOKENKEEP_AUTHORIZATION_ERROR", details);
    let error = auth.resume(&Resume::new()).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::AuthorizationError);
    assert_eq!(error.error.as_deref(), Some("access_denied"));
    assert_eq!(error.error_description.as_deref(), Some("no"));
    assert_eq!(error.issuer.as_deref(), Some("https://as.example"));
    assert_eq!(error.option.as_deref(), Some("scope"));
    assert_eq!((&error.reason, &error.url), (&None, &None));
    let shown = format!("{error:?}");
    assert!(shown.contains("TOKENKEEP_AUTHORIZATION_ERROR") && shown.contains("access_denied"), "{shown}");
    assert!(!shown.contains("None") && !shown.contains("url"), "{shown}");
}

#[test]
fn newer_codes_and_other_errors_keep_their_names() {
    let newer = error("TOKENKEEP_NEWER", json!({ "message": "words" }));
    assert_eq!((newer.code, newer.code_text()), (ErrorCode::Unknown, "TOKENKEEP_NEWER"));
    assert_eq!(newer.to_string(), "TOKENKEEP_NEWER: words");
    let error = Error::from(JsValue::from(js_sys::TypeError::new("no function")));
    assert_eq!((error.code, error.code_text()), (ErrorCode::Foreign, "TypeError"));
    assert!(!error.is_network() && !error.is_abort());
    assert_eq!(error.to_string(), "TypeError: no function");
    // An abort's reason can be anything.
    let error = Error::from(JsValue::from("enough"));
    assert_eq!((error.code, error.code_text(), error.message.as_str()), (ErrorCode::Foreign, "", "enough"));
}
