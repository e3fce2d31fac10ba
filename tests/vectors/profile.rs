//! `hold({ profile })`: what it may say, and how requests and answers of odd servers are translated.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{ApiMisuse, Error};
use tokenkeep::proto::oauth::profile::Profile;
use tokenkeep::proto::oauth::token::{refresh_request, revocation_request};
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};
use tokenkeep::proto::syntax::secret::{AccessToken, FormBody, RefreshToken};

use crate::support::{answer, config_text};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded; charset=utf-8");
const JSON: Option<&str> = Some("application/json");

fn parse(json: &str) -> Profile {
    let object = Object::parse(json.as_bytes()).expect("JSON");
    Profile::parse(&Value::Object(object)).expect("a profile")
}

/// The option that a configuration with this profile is refused for.
fn refused(profile: &str) -> Option<String> {
    match Config::parse(&config_text("files:read", &format!(r#""profile":{profile}"#)), "https://app.example") {
        Ok(_) => None,
        Err(Error::ApiMisuse(ApiMisuse::Config { option, cure })) => {
            assert!(cure.len() > 10, "a cure for {option}");
            Some(option.into())
        }
        Err(other) => panic!("{other:?}"),
    }
}

/// What `given` is read as, without the members that have nothing to say.
fn read(profile: &str, given: Answer, is_refresh: bool) -> (u16, String) {
    let read = parse(profile).read_answer(given, is_refresh);
    (read.status, String::from_utf8_lossy(&read.body).replace(":null", ":-"))
}

fn request(profile: &str, body: &FormBody) -> String {
    parse(profile).write_request(body).expose().to_owned()
}

#[test]
fn a_profile_says_what_can_be() {
    for good in [
        "{}",
        "null",
        r#"{"request":{"json":true,"headers":{"accept":"application/json"},"params":{"device":"web"},"names":{"client_id":"app"}}}"#,
        r#"{"answer":{"type":"form","within":"a.b","names":{"access_token":"t.access"},"statuses":[200,201]}}"#,
        r#"{"answer":{"type":"unlabelled","success":{"code":0},"failure":{"ok":false},"tokenType":"user","scopeSeparator":","}}"#,
        r#"{"refresh":{"revoked":[403,"bad_refresh_token"]},"api":{"expired":[403,498],"scheme":"token"}}"#,
        r#"{"request":null,"answer":{"type":null}}"#,
    ] {
        assert_eq!(refused(good), None, "{good}");
    }
}

#[test]
fn what_a_profile_gets_wrong_is_named() {
    for (bad, option) in [
        ("[]", "profile"),
        ("true", "profile"),
        (r#"{"token":{}}"#, "profile.token"),
        (r#"{"request":[]}"#, "profile.request"),
        (r#"{"request":{"jsno":true}}"#, "profile.request.jsno"),
        (r#"{"answer":{"json":true}}"#, "profile.answer.json"),
        (r#"{"request":{"json":"yes"}}"#, "profile.request.json"),
        (r#"{"request":{"headers":{"Accept":"a"}}}"#, "profile.request.headers"),
        (r#"{"request":{"headers":{"authorization":"Basic x"}}}"#, "profile.request.headers"),
        (r#"{"request":{"headers":{"cookie":"a=b"}}}"#, "profile.request.headers"),
        (r#"{"request":{"headers":{"content-type":"text/plain"}}}"#, "profile.request.headers"),
        (r#"{"request":{"headers":{"x-a":"a\r\nb: c"}}}"#, "profile.request.headers"),
        (r#"{"request":{"headers":["accept"]}}"#, "profile.request.headers"),
        (r#"{"request":{"params":{"client_secret":"x"}}}"#, "profile.request.params"),
        (r#"{"request":{"params":{"refresh_token":"x"}}}"#, "profile.request.params"),
        (r#"{"request":{"params":{"a":1}}}"#, "profile.request.params"),
        (r#"{"request":{"params":{"a":""}}}"#, "profile.request.params"),
        (r#"{"request":{"names":{"clientId":"x"}}}"#, "profile.request.names"),
        (r#"{"answer":{"names":{"token":"x"}}}"#, "profile.answer.names"),
        (r#"{"answer":{"type":"xml"}}"#, "profile.answer.type"),
        (r#"{"answer":{"within":""}}"#, "profile.answer.within"),
        (r#"{"answer":{"statuses":[400]}}"#, "profile.answer.statuses"),
        (r#"{"answer":{"statuses":200}}"#, "profile.answer.statuses"),
        (r#"{"answer":{"failure":{"ok":null}}}"#, "profile.answer.failure"),
        (r#"{"answer":{"success":["ok"]}}"#, "profile.answer.success"),
        (r#"{"answer":{"tokenType":"DPoP"}}"#, "profile.answer.tokenType"),
        (r#"{"answer":{"tokenType":"mac"}}"#, "profile.answer.tokenType"),
        (r#"{"answer":{"scopeSeparator":", "}}"#, "profile.answer.scopeSeparator"),
        (r#"{"refresh":{"revoked":[429]}}"#, "profile.refresh.revoked"),
        (r#"{"refresh":{"revoked":[200]}}"#, "profile.refresh.revoked"),
        (r#"{"refresh":{"revoked":"403"}}"#, "profile.refresh.revoked"),
        (r#"{"api":{"expired":[429]}}"#, "profile.api.expired"),
        (r#"{"api":{"expired":[503]}}"#, "profile.api.expired"),
        (r#"{"api":{"expired":[200]}}"#, "profile.api.expired"),
        (r#"{"api":{"expired":["403"]}}"#, "profile.api.expired"),
        (r#"{"api":{"scheme":"Bearer x"}}"#, "profile.api.scheme"),
        (r#"{"api":{"scheme":"dpop"}}"#, "profile.api.scheme"),
        (r#"{"api":{"scheme":""}}"#, "profile.api.scheme"),
    ] {
        assert_eq!(refused(bad).as_deref(), Some(option), "{bad}");
    }
}

#[test]
fn requests_are_forms_or_json() {
    let refresh = || refresh_request("spa", &RefreshToken::new("a b+\"c"), None, None);
    let plain = "grant_type=refresh_token&refresh_token=a+b%2B%22c&client_id=spa";
    let renamed = r#"{"request":{"names":{"client_id":"app","refresh_token":"token"},"params":{"device":"a&b"}}}"#;
    let json = r#"{"request":{"json":true,"names":{"client_id":"clientId"},"params":{"device":"web"}}}"#;
    let as_json = r#"{"grant_type":"refresh_token","refresh_token":"a b+\"c","clientId":"spa","device":"web"}"#;
    assert_eq!(request("{}", &refresh()), plain);
    assert_eq!(request(renamed, &refresh()), "grant_type=refresh_token&token=a+b%2B%22c&app=spa&device=a%26b");
    assert_eq!(request(json, &refresh()), as_json);
    let revocation = revocation_request("spa", &AccessToken::new("a"), None);
    assert_eq!(
        request(r#"{"request":{"json":true}}"#, &revocation),
        r#"{"token":"a","token_type_hint":"access_token","client_id":"spa"}"#
    );
}

#[test]
fn header_fields_are_handed_on() {
    let profile = parse(r#"{"request":{"headers":{"accept":"application/json","x-device":"web"}}}"#);
    assert_eq!(profile.headers().as_deref(), Some(r#"{"accept":"application/json","x-device":"web"}"#));
    assert_eq!(parse("{}").headers(), None);
}

#[test]
fn grants_of_odd_servers_are_read() {
    let standard = |more: &str| format!(r#"{{"access_token":"a","token_type":"Bearer"{more}}}"#);
    for (profile, content_type, body, expected) in [
        ("{}", JSON, standard(r#","x":1"#), standard("")),
        (
            r#"{"answer":{"type":"form","scopeSeparator":","}}"#,
            FORM,
            "access_token=a&scope=repo%2Cgist&token_type=bearer".into(),
            r#"{"access_token":"a","token_type":"bearer","scope":"repo gist"}"#.into(),
        ),
        (r#"{"answer":{"type":"form"}}"#, JSON, standard(""), standard("")),
        (r#"{"answer":{"type":"unlabelled"}}"#, Some("text/plain"), standard(""), standard("")),
        (r#"{"answer":{"type":"unlabelled"}}"#, None, standard(""), standard("")),
        (r#"{"answer":{"within":"data"}}"#, JSON, format!(r#"{{"data":{}}}"#, standard("")), standard("")),
        (
            r#"{"answer":{"within":"response.data","names":{"access_token":"tokens.access"}}}"#,
            JSON,
            r#"{"token_type":"Bearer","response":{"data":{"tokens":{"access":"a"}}}}"#.into(),
            standard(""),
        ),
        (r#"{"answer":{"tokenType":"Bearer"}}"#, JSON, r#"{"access_token":"a"}"#.into(), standard("")),
        (
            r#"{"answer":{"tokenType":"user"}}"#,
            JSON,
            r#"{"access_token":"a","token_type":"User"}"#.into(),
            standard(""),
        ),
        (
            r#"{"answer":{"tokenType":"user"}}"#,
            JSON,
            r#"{"access_token":"a","token_type":"mac"}"#.into(),
            r#"{"access_token":"a","token_type":"mac"}"#.into(),
        ),
        (
            r#"{"answer":{"names":{"scope":"scopes"}}}"#,
            JSON,
            standard(r#","scopes":"[\"workspace:1:rw\",\"org:2:r\"]""#),
            standard(r#","scope":"workspace:1:rw org:2:r""#),
        ),
        ("{}", JSON, standard(r#","scope":["a","b"]"#), standard(r#","scope":"a b""#)),
        (r#"{"answer":{"scopeSeparator":","}}"#, JSON, standard(r#","scope":"a, b,,""#), standard(r#","scope":"a b""#)),
        (r#"{"answer":{"success":{"code":0},"names":{"error":"code"}}}"#, JSON, standard(r#","code":0"#), standard("")),
        (r#"{"answer":{"failure":{"ok":false}}}"#, JSON, standard(r#","ok":true"#), standard("")),
    ] {
        let given = answer(200, content_type, body.as_bytes());
        assert_eq!(read(profile, given, false), (200, expected), "{profile}: {body}");
    }
    let created = answer(201, JSON, standard("").as_bytes());
    assert_eq!(read(r#"{"answer":{"statuses":[201]}}"#, created.clone(), false), (200, standard("")));
    assert_eq!(read("{}", created, false).0, 201, "TOK-8");
    let half = answer(201, JSON, b"{");
    assert_eq!(read(r#"{"answer":{"statuses":[201]}}"#, half, true), (200, "{".to_owned()), "an answer that was lost");
}

#[test]
fn failures_of_odd_servers_are_read() {
    let told = |error: &str| format!(r#"{{"error":"{error}","error_description":-}}"#);
    let nothing = || r#"{"error":-,"error_description":-}"#.to_owned();
    for (profile, status, content_type, body, expected) in [
        ("{}", 200, JSON, r#"{"error":"bad_verification_code"}"#, (400, told("bad_verification_code"))),
        (
            r#"{"answer":{"type":"form"}}"#,
            200,
            FORM,
            "error=bad_verification_code",
            (400, told("bad_verification_code")),
        ),
        (r#"{"answer":{"failure":{"ok":false}}}"#, 200, JSON, r#"{"ok":false,"access_token":"a"}"#, (400, nothing())),
        (r#"{"answer":{"failure":{"ok":false}}}"#, 200, JSON, r#"{"ok":false,"error":"x"}"#, (400, told("x"))),
        (r#"{"answer":{"success":{"code":0}}}"#, 200, JSON, r#"{"access_token":"a"}"#, (400, nothing())),
        (
            r#"{"answer":{"names":{"error":"errcode","error_description":"errmsg"}}}"#,
            200,
            Some("application/json"),
            r#"{"errcode":40029,"errmsg":"invalid code"}"#,
            (400, r#"{"error":"40029","error_description":"invalid code"}"#.to_owned()),
        ),
        (r#"{"answer":{"within":"data"}}"#, 400, None, r#"{"error":"invalid_grant"}"#, (400, told("invalid_grant"))),
        ("{}", 400, JSON, r#"{"message":"no"}"#, (400, nothing())),
        ("{}", 503, JSON, r#"{"error":"busy"}"#, (503, told("busy"))),
        ("{}", 400, Some("text/html"), "<h1>no</h1>", (400, "<h1>no</h1>".to_owned())),
        (
            r#"{"answer":{"type":"form"}}"#,
            200,
            FORM,
            "access_token=a&access_token=b",
            (200, "access_token=a&access_token=b".to_owned()),
        ),
    ] {
        let given = answer(status, content_type, body.as_bytes());
        assert_eq!(read(profile, given, false), expected, "{profile}: {body}");
    }
}

#[test]
fn the_profile_knows_what_revoked_means() {
    let profile = r#"{"refresh":{"revoked":[403,"bad_refresh_token"]}}"#;
    let revoked = (400, r#"{"error":"invalid_grant"}"#.to_owned());
    let forbidden = || answer(403, Some("text/html"), b"<h1>no</h1>");
    let named = || answer(200, JSON, br#"{"error":"bad_refresh_token"}"#);
    assert_eq!(read(profile, forbidden(), true), revoked);
    assert_eq!(read(profile, named(), true), revoked);
    assert_eq!(read(profile, forbidden(), false).0, 403, "a code is no refresh token");
    assert_eq!(read(profile, named(), false), (400, r#"{"error":"bad_refresh_token","error_description":-}"#.into()));
    assert_eq!(read(profile, answer(401, None, b""), true).0, 401);
}

#[test]
fn an_unknown_member_gets_a_suggestion_from_its_group() {
    for (profile, said) in [
        (
            r#"{"answer":{"token_type":"bearer"}}"#,
            "profile.answer.token_type }): unknown member; did you mean tokenType?",
        ),
        (r#"{"api":{"schema":"token"}}"#, "profile.api.schema }): unknown member; did you mean scheme?"),
        (r#"{"api":{"statuses":[403]}}"#, "profile.api.statuses }): unknown member; check its spelling"),
    ] {
        let config = config_text("files:read", &format!(r#""profile":{profile}"#));
        let refused = Config::parse(&config, "https://app.example").expect_err("a refusal");
        assert!(refused.message().contains(said), "{}", refused.message());
    }
}
