//! The authorization request ([RFC 6749, 4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1)) and the record
//! of it that outlives the page.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::proto::error::{ApiMisuse, Error};
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::oauth::extension::Use;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::par::Push;
use crate::proto::oauth::parameters::{is_owned, with_query};
use crate::proto::oauth::pkce::{code_challenge, code_verifier};
use crate::proto::syntax::base64url::base64url;
use crate::proto::syntax::digest::sha256;
use crate::proto::syntax::form;
use crate::proto::syntax::grammar::{includes, is_scope, union};
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::{CodeVerifier, Nonce, State};
use crate::proto::syntax::url::Url;

/// Random bytes one authorization request needs: verifier, `state` and `nonce`, 32 each.
pub const RANDOM_BYTES: usize = 96;

/// Who asks, and for what, unless a sign-in says otherwise.
#[derive(Clone, Debug)]
pub struct Client<'a> {
    /// The client's identifier at the authorization server.
    pub client_id: &'a str,
    /// Where the response goes.
    pub redirect_uri: &'a str,
    /// The scope, space-separated.
    pub scope: &'a str,
    /// The resources that tokens are for ([RFC 8707, 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    pub resources: Vec<String>,
    /// More parameters, as the application set them.
    pub extra_params: &'a [(String, String)],
    /// Whether requests are pushed ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
    pub par: Use,
}

/// What the application may say about one sign-in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignInOptions {
    scope: Option<String>,
    return_to: Option<String>,
    app_state: Option<Value>,
    params: Vec<(String, String)>,
    popup: bool,
}

impl SignInOptions {
    /// Reads the JSON form of the options of `signIn()`. `origin` is the application's.
    ///
    /// # Errors
    /// [`ApiMisuse::ParameterRefused`] and [`ApiMisuse::ReturnTargetRefused`].
    pub fn parse(json: &str, redirect_uri: &str) -> Result<Self, Error> {
        let object = Object::parse(json.as_bytes()).ok_or_else(|| refused("options"))?;
        let mut options = Self::default();
        for (name, value) in object.members() {
            options.take(name, value, redirect_uri)?;
        }
        Ok(options)
    }

    /// Has the user asked for consent, unless the application says what to prompt for: without it many servers give no
    /// `offline_access` ([OpenID Connect Core 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess)).
    pub fn ask_for_consent(&mut self) {
        if !self.params.iter().any(|(name, _)| name == "prompt") {
            self.params.push(("prompt".to_owned(), "consent".to_owned()));
        }
    }

    /// Whether the sign-in happens in a window of its own.
    pub fn popup(&self) -> bool {
        self.popup
    }

    /// These options with a scope that asks for the configured one and for what there was `before` too.
    pub fn on_top_of(&self, configured: &str, before: [&str; 2]) -> Self {
        let [asked, granted] = before;
        let more = self.scope.as_deref().unwrap_or_default();
        let scope = [asked, granted, more].into_iter().fold(configured.to_owned(), union);
        Self { scope: Some(scope), ..self.clone() }
    }

    fn take(&mut self, name: &str, value: &Value, redirect_uri: &str) -> Result<(), Error> {
        match (name, value) {
            (_, Value::Null) => {}
            ("scope", Value::String(scope)) if is_scope(scope) => self.scope = Some(scope.clone()),
            ("returnTo", Value::String(target)) => self.return_to = Some(return_target(target, redirect_uri)?),
            ("returnTo", _) => return Err(Error::ApiMisuse(ApiMisuse::ReturnTargetRefused)),
            ("mode", Value::String(mode)) if mode == "popup" || mode == "redirect" => self.popup = mode == "popup",
            ("appState", value) => self.app_state = Some(value.clone()),
            ("extraParams", Value::Object(params)) => {
                for (name, value) in params.members() {
                    self.params.push((name.to_owned(), value.as_str().ok_or_else(|| refused(name))?.to_owned()));
                }
            }
            ("maxAge", Value::Number(seconds)) if seconds.parse::<u64>().is_ok() => {
                self.params.push(("max_age".to_owned(), seconds.clone()));
            }
            (name, Value::String(text)) => {
                let wire = OPTIONS.iter().find(|(option, _)| *option == name).ok_or_else(|| refused(name))?.1;
                self.params.push((wire.to_owned(), text.clone()));
            }
            (name, _) => return Err(refused(name)),
        }
        Ok(())
    }
}

/// A same-origin target reduced to its path, query and fragment (AUTHZ-21).
pub(in crate::proto) fn return_target(target: &str, redirect_uri: &str) -> Result<String, Error> {
    let origin = Url::parse(redirect_uri).map_or("", |url| url.origin);
    let path = target.strip_prefix(origin).filter(|_| !origin.is_empty()).unwrap_or(target);
    let inside = path.starts_with('/') && !path[1..].starts_with(['/', '\\']);
    let plain = path.len() <= MAX_RETURN_TARGET && !path.chars().any(|c| c.is_control() || c == '\\');
    (inside && plain).then(|| path.to_owned()).ok_or(Error::ApiMisuse(ApiMisuse::ReturnTargetRefused))
}

/// The record of a pending sign-in. It outlives the page and never holds a token.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// The issuer that was asked.
    pub issuer: String,
    /// The client that asked.
    pub client_id: String,
    /// Where that issuer's tokens come from.
    pub token_endpoint: String,
    /// The PKCE code verifier.
    pub verifier: CodeVerifier,
    /// The `nonce`, if an ID token was asked for.
    pub nonce: Option<Nonce>,
    /// The redirection URI of the request.
    pub redirect_uri: String,
    /// The scope that was asked for.
    pub scope: String,
    /// The resources that were asked for ([RFC 8707, 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    pub resources: Vec<String>,
    /// The key that tokens will be bound to.
    pub dpop_key: Option<DpopKey>,
    /// `max_age` of the request, in seconds.
    pub max_age: Option<u64>,
    /// `acr_values` of the request, space-separated.
    pub acr_values: Option<String>,
    /// Whether the issuer announces `iss` in its responses.
    pub iss_parameter: bool,
    /// Whether the server was asked to show no page (`prompt=none`).
    pub unattended: bool,
    /// When the request was made, in wall-clock milliseconds.
    pub created_unix_ms: u64,
    /// Where the application wants to go on.
    pub return_to: Option<String>,
    /// The application's own data.
    pub app_state: Option<Value>,
}

impl Transaction {
    /// The record as JSON, for the store.
    pub fn to_json(&self) -> String {
        Object::default()
            .with("issuer", self.issuer.as_str())
            .with("clientId", self.client_id.as_str())
            .with("tokenEndpoint", self.token_endpoint.as_str())
            .with("verifier", self.verifier.expose())
            .with("nonce", self.nonce.as_ref().map(Nonce::expose))
            .with("redirectUri", self.redirect_uri.as_str())
            .with("scope", self.scope.as_str())
            .with("resources", &self.resources[..])
            .with("dpopKey", self.dpop_key.as_ref().map(DpopKey::to_jwk).as_deref())
            .with("maxAge", self.max_age)
            .with("acrValues", self.acr_values.as_deref())
            .with("issParameter", Value::Bool(self.iss_parameter))
            .with("unattended", self.unattended)
            .with("created", self.created_unix_ms)
            .with("returnTo", self.return_to.as_deref())
            .with("appState", self.app_state.clone().unwrap_or(Value::Null))
            .to_json()
    }

    /// Reads a record back; `None` if it isn't one.
    pub fn parse(json: &str) -> Option<Self> {
        let record = Object::parse(json.as_bytes())?;
        let text = |name| record.string(name).map(str::to_owned);
        let redirect_uri = text("redirectUri")?;
        Some(Self {
            issuer: text("issuer")?,
            client_id: text("clientId")?,
            token_endpoint: text("tokenEndpoint")?,
            verifier: CodeVerifier::new(text("verifier")?),
            nonce: text("nonce").map(Nonce::new),
            scope: text("scope")?,
            resources: strings(&record, "resources"),
            dpop_key: record.string("dpopKey").and_then(DpopKey::parse),
            acr_values: text("acrValues"),
            max_age: record.member("maxAge").and_then(Value::as_u64),
            iss_parameter: record.member("issParameter").is_some_and(Value::is_true),
            unattended: record.member("unattended").is_some_and(Value::is_true),
            created_unix_ms: record.member("created")?.as_u64()?,
            return_to: text("returnTo").and_then(|target| return_target(&target, &redirect_uri).ok()),
            app_state: record.member("appState").cloned(),
            redirect_uri,
        })
    }
}

/// An authorization request: where to send the user, and what to keep meanwhile.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationRequest {
    /// The URL to navigate to.
    pub url: String,
    /// The name the record is kept under: a hash of `state`, so that the store doesn't hold `state` itself.
    pub key: String,
    /// The record to keep.
    pub transaction: Transaction,
    /// The request to push first, if it is to be pushed; its answer says where to navigate to instead.
    pub push: Option<Push>,
}

impl AuthorizationRequest {
    /// Builds the request of `client` from the options and [`RANDOM_BYTES`] fresh random bytes.
    ///
    /// # Errors
    /// [`ApiMisuse::ParameterRefused`] for an extra parameter that is the library's own, repeated or empty.
    pub fn new(
        client: &Client<'_>,
        server: &AuthorizationServer,
        options: &SignInOptions,
        random: &[u8; RANDOM_BYTES],
        dpop_key: Option<DpopKey>,
        unix_ms: u64,
    ) -> Result<Self, Error> {
        let scope = options.scope.as_deref().unwrap_or(client.scope);
        let prefix = if options.popup { POPUP_PREFIX } else { "" };
        let (verifier, state, nonce) = secrets(random, prefix, includes(scope, "openid"));
        // What one sign-in says of itself counts for it, whatever all of them say.
        let is_said = |name: &str| is_of_one_sign_in(name) && options.params.iter().any(|(said, _)| said == name);
        let configured = client.extra_params.iter().filter(|(name, _)| !is_said(name));
        let extra: Vec<_> = configured.chain(&options.params).collect();
        refuse_extra(&extra, &server.authorization_endpoint)?;
        let challenge = code_challenge(&verifier);
        let thumbprint = dpop_key.as_ref().map(DpopKey::thumbprint).unwrap_or_default();
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", client.client_id),
            ("redirect_uri", client.redirect_uri),
            ("scope", scope),
            ("state", state.expose()),
            ("nonce", nonce.as_ref().map_or("", Nonce::expose)),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("dpop_jkt", &thumbprint),
        ];
        let resources = client.resources.clone();
        pairs.extend(resources.iter().map(|resource| ("resource", resource.as_str())));
        pairs.extend(extra.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let query = form::write(&pairs);
        let unattended = value_of(&extra, "prompt").is_some_and(|prompt| prompt == "none");
        Ok(Self {
            url: with_query(&server.authorization_endpoint, &query),
            push: Push::new(client.client_id, client.par, server, query)?,
            key: transaction_key(&state),
            transaction: Transaction {
                issuer: server.issuer.clone(),
                client_id: client.client_id.to_owned(),
                token_endpoint: server.token_endpoint.clone(),
                verifier,
                nonce,
                redirect_uri: client.redirect_uri.to_owned(),
                scope: scope.to_owned(),
                resources,
                dpop_key,
                acr_values: value_of(&extra, "acr_values").cloned(),
                max_age: value_of(&extra, "max_age").and_then(|value| value.parse().ok()),
                iss_parameter: server.iss_parameter,
                unattended,
                created_unix_ms: unix_ms,
                return_to: options.return_to.clone(),
                app_state: options.app_state.clone(),
            },
        })
    }
}

fn strings(record: &Object, name: &str) -> Vec<String> {
    let strings = record.member(name).and_then(Value::as_strings).unwrap_or_default();
    strings.iter().map(|text| (*text).to_owned()).collect()
}

/// The name a pending sign-in is kept under.
pub fn transaction_key(state: &State) -> String {
    base64url(&sha256(state.expose().as_bytes()))
}

fn secrets(random: &[u8; RANDOM_BYTES], prefix: &str, openid: bool) -> (CodeVerifier, State, Option<Nonce>) {
    let part = |index: usize| {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(&random[32 * index..32 * (index + 1)]);
        bytes
    };
    let state = State::new([prefix, &base64url(&part(1))].concat());
    (code_verifier(&part(0)), state, openid.then(|| Nonce::new(base64url(&part(2)))))
}

fn is_of_one_sign_in(name: &str) -> bool {
    name == "max_age" || OPTIONS.iter().any(|(_, wire)| *wire == name)
}

fn value_of<'a>(extra: &[&'a (String, String)], name: &str) -> Option<&'a String> {
    extra.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Refuses what would be in the request twice, be it because the endpoint's own query has it (RFC 6749, 3.1).
fn refuse_extra(extra: &[&(String, String)], endpoint: &str) -> Result<(), Error> {
    let own = form::read(Url::parse(endpoint).and_then(|url| url.query).unwrap_or_default());
    for (index, (name, value)) in extra.iter().enumerate() {
        let repeated =
            extra[..index].iter().any(|(earlier, _)| earlier == name) || own.iter().any(|(own, _)| own == name);
        if repeated || value.is_empty() || name.is_empty() || is_owned(name) {
            return Err(refused(name));
        }
    }
    Ok(())
}

fn refused(name: &str) -> Error {
    Error::ApiMisuse(ApiMisuse::ParameterRefused(name.chars().take(64).collect::<String>().into()))
}

/// Whether `state` has the form of those that this library sends.
pub(in crate::proto) fn is_own_state(state: &str) -> bool {
    let random = state.strip_prefix(POPUP_PREFIX).filter(|rest| rest.len() == STATE_LENGTH).unwrap_or(state);
    random.len() == STATE_LENGTH && random.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// What `state` begins with in a popup, so that the page which the popup arrives on knows what it is.
const POPUP_PREFIX: &str = "p";
/// 32 bytes as base64url.
const STATE_LENGTH: usize = 43;
const MAX_RETURN_TARGET: usize = 2_048;
const OPTIONS: [(&str, &str); 5] = [
    ("acrValues", "acr_values"),
    ("display", "display"),
    ("loginHint", "login_hint"),
    ("prompt", "prompt"),
    ("uiLocales", "ui_locales"),
];
