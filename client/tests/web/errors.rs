use serde_json::json;
use tokenkeep_client::{Error, ErrorCode, Resume};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::fake::{error, fake};

#[test]
fn every_code_that_the_package_makes_is_one_here() {
    assert!(ErrorCode::KNOWN.len() > 80);
    for code in ErrorCode::KNOWN {
        let error = error(code, json!({ "message": "words" }));
        assert!(!matches!(error.code, ErrorCode::Unknown(_) | ErrorCode::Foreign(_)), "{code}");
        assert_eq!(error.to_string(), format!("{code}: words"));
    }
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
    assert_eq!((error.reason, error.url), (None, None));
}

#[test]
fn newer_codes_and_other_errors_keep_their_names() {
    assert_eq!(ErrorCode::from("TOKENKEEP_NEWER"), ErrorCode::Unknown("TOKENKEEP_NEWER".into()));
    let error = Error::from(JsValue::from(js_sys::TypeError::new("Failed to fetch")));
    assert!(error.is_network() && !error.is_abort());
    assert_eq!(error.to_string(), "TypeError: Failed to fetch");
    // An abort's reason can be anything.
    let error = Error::from(JsValue::from("enough"));
    assert_eq!((error.code, error.message.contains("enough")), (ErrorCode::Foreign(String::new()), true));
}
