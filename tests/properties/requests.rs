//! Every authorization request, whatever the options.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use tokenkeep::proto::config::Config;
use tokenkeep::proto::oauth::authorization::{AuthorizationRequest, RANDOM_BYTES, SignInOptions, Transaction};
use tokenkeep::proto::oauth::pkce::{code_challenge, code_verifier};
use tokenkeep::proto::syntax::json::{Object, Value};

use crate::support::{REDIRECT_URI, config, config_text};

fn is_unreserved(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
}

#[test]
fn ten_thousand_requests_share_nothing() {
    let (config, options) = (config("openid", ""), SignInOptions::default());
    let server = config.server.as_ref().expect("metadata");
    let mut rng = TestRunner::deterministic().new_rng();
    let mut seen = BTreeSet::new();
    for _ in 0..10_000 {
        let mut random = [0; RANDOM_BYTES];
        rng.fill_bytes(&mut random);
        let request =
            AuthorizationRequest::new(&config.client(), server, &options, &random, None, 0).expect("a request");
        let params: Vec<_> =
            form_urlencoded::parse(request.url.split_once('?').expect("a query").1.as_bytes()).collect();
        let param = |name| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.to_string());
        let verifier = request.transaction.verifier.expose().to_owned();
        let fresh = [param("state").expect("a state"), param("nonce").expect("a nonce"), verifier];
        for value in fresh {
            assert!(value.len() == 43 && is_unreserved(&value), "AUTHZ-10, PKCE-4: {value}");
            assert!(seen.insert(value), "AUTHZ-10, PKCE-6: the same value twice");
        }
    }
}

/// Names that may collide with each other, with the library's own and with the endpoint's.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["audience", "a b", "é", "a+b", "prompt", "max_age", "tenant"]),
        1 => prop::sample::select(vec!["state", "client_id", "scope", "nonce", "code_challenge", "redirect_uri", ""]),
    ]
    .prop_map(str::to_owned)
}

fn params() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::btree_map(name(), ".{0,6}", 0..4).prop_map(|params| params.into_iter().collect())
}

fn object(params: &[(String, String)]) -> Object {
    params.iter().fold(Object::default(), |object, (name, value)| object.with(name, value.as_str()))
}

proptest! {
    #![proptest_config(crate::cases(512, "tests/properties/proptest-regressions/requests.txt"))]

    #[test]
    fn no_parameter_appears_twice(
        configured in params(),
        extra in params(),
        prompt in prop::option::of(".{0,4}"),
        scope in prop::sample::select(vec!["openid", "a b", "openid a"]),
        tenant: bool,
        random: [u8; 32],
    ) {
        let endpoint = if tenant { "https://as.example/a?tenant=x" } else { "https://as.example/a" };
        let more = format!(r#""extraParams":{}"#, object(&configured).to_json());
        let text = config_text(scope, &more).replace("https://as.example/authorize", endpoint);
        let options = Object::default().with("extraParams", object(&extra)).with("prompt", prompt.as_deref());
        let built = Config::parse(&text, "https://app.example").and_then(|config| {
            let options = SignInOptions::parse(&options.to_json(), REDIRECT_URI)?;
            let bytes: [u8; RANDOM_BYTES] = std::array::from_fn(|at| random[at % 32] ^ (at / 32) as u8);
            AuthorizationRequest::new(&config.client(), config.server.as_ref().expect("metadata"), &options, &bytes, None, 0)
        });
        if let Ok(request) = built {
            let query = request.url.split_once('?').expect("a query").1;
            let sent: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let names: BTreeSet<_> = sent.iter().map(|(name, _)| name).collect();
            prop_assert_eq!(names.len(), sent.len(), "AUTHZ-7: {}", request.url);
            prop_assert!(sent.iter().all(|(_, value)| !value.is_empty()), "AUTHZ-7: {}", request.url);
            prop_assert!(sent.contains(&("code_challenge_method".into(), "S256".into())), "PKCE-2");
            let said = |name: &String| extra.iter().any(|(said, _)| said == name) || (name == "prompt" && prompt.is_some());
            let stays = |(name, _): &&(String, String)| !(["prompt", "max_age"].contains(&&**name) && said(name));
            let mut kept = configured.iter().filter(stays).chain(&extra);
            prop_assert!(kept.all(|pair| sent.contains(pair)), "AUTHZ-9: {}", request.url);
        }
    }

    #[test]
    fn a_verifier_is_unreserved_and_its_challenge_another(random: [u8; 32]) {
        let verifier = code_verifier(&random);
        let challenge = code_challenge(&verifier);
        prop_assert!(verifier.expose().len() == 43 && is_unreserved(verifier.expose()), "PKCE-4");
        prop_assert!(challenge.len() == 43 && is_unreserved(&challenge) && challenge != verifier.expose());
    }

    #[test]
    fn a_record_is_read_as_it_was_written(app_state in value(), return_to in "/[a-z?#&=%]{0,20}", random: [u8; 32]) {
        let config = config("openid", "");
        let options = Object::default().with("appState", app_state).with("returnTo", return_to.as_str());
        let options = SignInOptions::parse(&options.to_json(), REDIRECT_URI).expect("options");
        let bytes: [u8; RANDOM_BYTES] = std::array::from_fn(|at| random[at % 32]);
        let server = config.server.as_ref().expect("metadata");
        let kept = AuthorizationRequest::new(&config.client(), server, &options, &bytes, None, 7).expect("a request").transaction;
        let read = Transaction::parse(&kept.to_json()).expect("a record");
        prop_assert_eq!(read.app_state.clone().unwrap_or(Value::Null), kept.app_state.clone().unwrap_or(Value::Null));
        prop_assert_eq!(Transaction { app_state: None, ..read }, Transaction { app_state: None, ..kept });
    }
}

/// Any JSON value, not too deep.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?".prop_map(Value::Number),
        ".{0,8}".prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let members = prop::collection::btree_map(".{0,4}", inner.clone(), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::Array),
            members.prop_map(|members| {
                let object = Object::default();
                Value::Object(members.into_iter().fold(object, |object, (name, value)| object.with(&name, value)))
            }),
        ]
    })
}
