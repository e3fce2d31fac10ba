//! A fake authorization server: codes bound to a challenge, rotation of refresh tokens, an alarm on reuse.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::AuthorizationRequest;
use tokenkeep::proto::oauth::pkce::code_challenge;
use tokenkeep::proto::session::TokenRequest;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};
use tokenkeep::proto::syntax::secret::CodeVerifier;

use super::{CLIENT_ID, ISSUER, REDIRECT_URI, START_UNIX_MS, error, json, jwt};

/// What the server does, and what it has seen.
#[derive(Debug)]
pub(crate) struct Server {
    /// The `expires_in` member of every response, as JSON; absent if `None`.
    pub(crate) expires_in: Option<String>,
    /// The `scope` member of every response; absent if `None`.
    pub(crate) scope: Option<String>,
    /// Whether responses carry a refresh token, which then replaces the last one.
    pub(crate) rotate: bool,
    /// Who signs in; decides the ID token's `sub`.
    pub(crate) subject: String,
    /// Refresh tokens that came in, in order.
    pub(crate) refreshes: Vec<String>,
    /// How often a refresh token came in that was used before.
    pub(crate) alarms: u32,
    issued: u32,
    live_refresh_token: Option<String>,
    codes: Vec<Code>,
}

#[derive(Debug)]
struct Code {
    value: String,
    challenge: String,
    nonce: Option<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            expires_in: Some("3600".into()),
            scope: None,
            rotate: true,
            subject: "alice".into(),
            refreshes: Vec::new(),
            alarms: 0,
            issued: 0,
            live_refresh_token: None,
            codes: Vec::new(),
        }
    }
}

impl Server {
    /// The user consents: the URL the browser arrives with.
    pub(crate) fn authorize(&mut self, request: &AuthorizationRequest) -> String {
        let (_, query) = request.url.split_once('?').expect("a query");
        let (code, state) = (self.consent(query), param(query, "state").expect("a state"));
        format!("{REDIRECT_URI}?code={code}&state={state}&iss=https%3A%2F%2Fas.example")
    }

    /// The user consents to the request with this query: the code.
    pub(crate) fn consent(&mut self, query: &str) -> String {
        let value = format!("code-{}", self.codes.len() + 1);
        self.codes.push(Code {
            value: value.clone(),
            challenge: param(query, "code_challenge").expect("a challenge"),
            nonce: param(query, "nonce"),
        });
        value
    }

    /// Answers a request to the token endpoint.
    pub(crate) fn respond(&mut self, request: &TokenRequest) -> Result<Answer, Transport> {
        let body = request.body.expose();
        assert_eq!(request.url, format!("{ISSUER}/token"));
        assert_eq!(param(body, "client_id").as_deref(), Some(CLIENT_ID));
        match param(body, "grant_type").as_deref() {
            Some("authorization_code") => self.exchange(body),
            Some("refresh_token") => self.refresh(body),
            other => panic!("grant_type {other:?}"),
        }
    }

    fn exchange(&mut self, body: &str) -> Result<Answer, Transport> {
        let code = param(body, "code").expect("a code");
        let at = self.codes.iter().position(|known| known.value == code).expect("a code of this server");
        let verifier = CodeVerifier::new(param(body, "code_verifier").expect("a verifier"));
        assert_eq!(param(body, "redirect_uri").as_deref(), Some(REDIRECT_URI));
        if code_challenge(&verifier) != self.codes[at].challenge {
            return error(400, "invalid_grant");
        }
        let nonce = self.codes[at].nonce.clone();
        self.grant(nonce.as_deref())
    }

    fn refresh(&mut self, body: &str) -> Result<Answer, Transport> {
        let token = param(body, "refresh_token").expect("a refresh token");
        let is_live = self.live_refresh_token.as_ref() == Some(&token);
        self.refreshes.push(token);
        if is_live {
            return self.grant(None);
        }
        self.alarms += 1;
        self.live_refresh_token = None;
        error(400, "invalid_grant")
    }

    /// Issues the next tokens.
    fn grant(&mut self, nonce: Option<&str>) -> Result<Answer, Transport> {
        self.issued += 1;
        let mut body = Object::default()
            .with("access_token", format!("access-{}", self.issued).as_str())
            .with("token_type", "Bearer");
        if let Some(expires_in) = &self.expires_in {
            body = body.with("expires_in", Value::Number(expires_in.clone()));
        }
        if let Some(scope) = &self.scope {
            body = body.with("scope", scope.as_str());
        }
        if self.rotate {
            let token = format!("refresh-{}", self.issued);
            body = body.with("refresh_token", token.as_str());
            self.live_refresh_token = Some(token);
        }
        if let Some(nonce) = nonce {
            body = body.with("id_token", id_token(&self.subject, Some(nonce)).as_str());
        }
        json(200, &body.to_json())
    }
}

/// An ID token of this server for `subject`, valid for years.
pub(crate) fn id_token(subject: &str, nonce: Option<&str>) -> String {
    let now = START_UNIX_MS / 1_000;
    let claims = Object::default()
        .with("iss", ISSUER)
        .with("aud", CLIENT_ID)
        .with("sub", subject)
        .with("iat", now)
        .with("exp", now + 100_000_000)
        .with("nonce", nonce);
    jwt(r#"{"alg":"RS256"}"#, &claims.to_json())
}

/// The value of a form parameter.
pub(crate) fn param(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
