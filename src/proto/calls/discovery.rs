//! The way to where and as whom to sign in: from an MCP server to its authorization server, to that one's metadata, to
//! the client's id. What is known already is left out.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::config::Config;
use crate::proto::error::{Error, InvalidResponse, Transport};
use crate::proto::oauth::challenge::Challenge;
use crate::proto::oauth::metadata::{AuthorizationServer, Discovery};
use crate::proto::oauth::protected_resource::ResourceSearch;
use crate::proto::oauth::registration;
use crate::proto::syntax::base64url::base64url;
use crate::proto::syntax::digest::sha256;
use crate::proto::syntax::grammar::{includes, union};
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::secret::FormBody;
use crate::proto::syntax::time::Now;

use super::action::Action;
use super::flight::Flight;
use super::holder::Holder;
use super::keys::Keys;
use super::sign_in::SignIn;
use super::stage::{Found, Stage};

impl Holder {
    pub(super) fn is_ready(&self, now: Now, sign_in: &SignIn) -> bool {
        let known = self.session.config().mcp().is_none() && self.is_fresh(now) && self.knows_client();
        self.session.server().is_some() && (known || !sign_in.wants_client())
    }

    /// Starts to ask, unless that is under way.
    pub(super) fn inquire(&mut self, now: Now) {
        if self.findings.asking {
            return;
        }
        self.findings.asking = true;
        match self.session.config().mcp() {
            Some(mcp) => {
                let url = mcp.url.clone();
                let flight = self.launch(Flight::Inquiry(Box::new(Stage::Challenge)));
                self.actions.push(Action::Probe { flight, url });
            }
            _ if self.is_fresh(now) => self.choose_client(now),
            _ => {
                let search = search_for(self.session.config());
                self.look_further(now, search, None);
            }
        }
    }

    pub(super) fn handle_inquiry(&mut self, now: Now, stage: Stage, answer: Result<Answer, Transport>) {
        match stage {
            Stage::Challenge => self.handle_challenge(now, answer),
            Stage::Resource(mut search, scope) => match search.handle_answer(answer) {
                Some(resource) => self.handle_resource(now, Found { resource, scope }),
                None => self.ask_resource(now, search, scope),
            },
            Stage::Server(mut search, found) => match search.handle_answer(answer) {
                Some(server) => self.handle_server(now, server, found),
                None => self.look_further(now, search, found),
            },
            Stage::Register(name) => self.handle_registered(now, &name, answer),
            _ => {}
        }
    }

    /// Takes note of a token endpoint that isn't there any more, and of a client that it doesn't know any more.
    pub(super) fn note_refusal(&mut self, now: Now, answer: &Result<Answer, Transport>) {
        let Ok(answer) = answer else { return };
        let old = self.findings.fetched.is_some_and(|fetched| now.instant.since(fetched) >= LEAST_AGE_MS);
        if answer.status == 404 && old {
            self.findings.gone = true;
            self.inquire(now);
        }
        let unknown = matches!(answer.status, 400 | 401)
            && Object::parse(&answer.body).is_some_and(|body| body.string("error") == Some("invalid_client"));
        self.findings.unregistered |= unknown && self.session.config().registration.document.is_some();
    }

    fn is_fresh(&self, now: Now) -> bool {
        let stale = self.findings.fetched.is_some_and(|fetched| now.instant.since(fetched) >= MOST_AGE_MS);
        self.session.server().is_some() && !stale && !self.findings.gone
    }

    fn knows_client(&self) -> bool {
        !self.session.discovered().client_id.is_empty() && !self.findings.unregistered
    }

    /// The challenge is a help where CORS lets it be read, and nothing depends on it.
    fn handle_challenge(&mut self, now: Now, answer: Result<Answer, Transport>) {
        let config = self.session.config();
        let Some(mcp) = config.mcp() else { return };
        let refusal = answer.ok().filter(|answer| matches!(answer.status, 401 | 403));
        let challenge = refusal.and_then(|answer| Challenge::parse(answer.challenge.as_deref()?)).unwrap_or_default();
        let announced = challenge.resource_metadata.as_deref();
        let search = ResourceSearch::new(&mcp.url, announced, config.allow_loopback);
        self.ask_resource(now, search, challenge.scope);
    }

    fn ask_resource(&mut self, now: Now, search: ResourceSearch, scope: Option<String>) {
        match search.next_url() {
            Some(url) => self.ask(Stage::Resource(search, scope), url),
            None => self.give_up(now, search.into_error()),
        }
    }

    fn handle_resource(&mut self, now: Now, found: Found) {
        let config = self.session.config();
        let issuer = match found.resource.choose(&config.authorization_servers) {
            Ok(issuer) => issuer.to_owned(),
            Err(error) => return self.give_up(now, error),
        };
        match self.session.server() {
            Some(server) if server.issuer == issuer && self.is_fresh(now) => {
                let server = server.clone();
                self.take_over(now, server, Some(found));
            }
            _ => {
                let search = Discovery::new(&issuer, false, config.allow_loopback, false);
                self.look_further(now, search, Some(found));
            }
        }
    }

    /// Asks for the next document, or makes do with the metadata that there is.
    fn look_further(&mut self, now: Now, mut search: Discovery, found: Option<Found>) {
        if let Some(url) = search.next_url() {
            return self.ask(Stage::Server(search, found), url);
        }
        let issuer = search.issuer().to_owned();
        let error = search.into_error();
        let known = self.session.server().filter(|server| server.issuer == issuer).cloned();
        match known.filter(|_| error.transport().is_some()) {
            Some(server) => self.take_over(now, server, found),
            None => self.give_up(now, error),
        }
    }

    fn handle_server(&mut self, now: Now, server: AuthorizationServer, found: Option<Found>) {
        self.findings.fetched = Some(now.instant);
        self.findings.gone = false;
        self.take_over(now, server, found);
    }

    fn take_over(&mut self, now: Now, server: AuthorizationServer, found: Option<Found>) {
        let resource = found.as_ref().map(|found| &found.resource.resource);
        if let (Some(resource), Some(known)) = (resource, &server.protected_resources)
            && !known.contains(resource)
        {
            let why = "its protected_resources don't have the resource that names it";
            return self.give_up(now, Error::InvalidResponse(InvalidResponse::Metadata(why.into())));
        }
        if self.session.server().is_some_and(|known| known.issuer != server.issuer) {
            self.drop_keys(now);
            self.findings.unregistered = false;
        }
        let scope = found.as_ref().and_then(|found| chosen_scope(self.session.config(), &server, found));
        self.session.set_server(server);
        if let Some(found) = found.as_ref() {
            self.session.set_resource(&found.resource.resource, scope);
        }
        self.choose_client(now);
    }

    /// Nothing that the former issuer's keys say counts for another one.
    fn drop_keys(&mut self, now: Now) {
        self.flights.retain(|(_, flight, _)| !matches!(flight, Flight::Keys));
        let Keys { waiting, .. } = core::mem::take(&mut self.keys);
        for check in waiting {
            self.do_without(now, check, "its issuer changed");
        }
    }

    /// What was registered by hand comes first, then the metadata document, then a registration.
    fn choose_client(&mut self, now: Now) {
        let signs_in = self.sign_ins.iter().any(SignIn::wants_client);
        let Some(server) = self.session.server().filter(|_| signs_in && !self.knows_client()) else {
            return self.arrive(now);
        };
        let registration = &self.session.config().registration;
        if let Some(url) = registration.metadata_url.clone().filter(|_| server.takes_metadata_documents) {
            self.session.set_client(&url);
            return self.arrive(now);
        }
        let (Some(document), Some(_)) = (&registration.document, &server.registration_endpoint) else {
            let issuer = server.issuer.as_str().into();
            return self.give_up(now, Error::InvalidResponse(InvalidResponse::NoRegistration(issuer)));
        };
        let name = base64url(&sha256([&server.issuer, "\n", document].concat().as_bytes()));
        if self.findings.unregistered {
            return self.register(now, name);
        }
        let flight = self.launch(Flight::Inquiry(Box::new(Stage::Recall(name.clone()))));
        self.actions.push(Action::Recall { flight, key: name });
    }

    /// Takes what the store has of the client's registration.
    pub(super) fn handle_recalled(&mut self, now: Now, name: String, record: Option<&str>) {
        let issuer = &self.session.discovered().issuer;
        match record.and_then(|record| registration::recorded(record, issuer)) {
            Some(client_id) => {
                self.session.set_client(&client_id);
                self.arrive(now);
            }
            None => self.register(now, name),
        }
    }

    fn register(&mut self, now: Now, name: String) {
        let endpoint = self.session.server().and_then(|server| server.registration_endpoint.clone());
        let document = self.session.config().registration.document.clone();
        let (Some(url), Some(document)) = (endpoint, document) else { return self.arrive(now) };
        let flight = Flight::Inquiry(Box::new(Stage::Register(name)));
        let action = self.departure(flight, url, Some(FormBody::new(document)));
        self.actions.push(action);
    }

    fn handle_registered(&mut self, now: Now, name: &str, answer: Result<Answer, Transport>) {
        match registration::registered(answer, &self.session.config().redirect_uri) {
            Ok(client_id) => {
                let record = registration::record(&self.session.discovered().issuer, &client_id);
                self.findings.unregistered = false;
                self.session.set_client(&client_id);
                self.actions.push(Action::Remember { key: name.to_owned(), record });
                self.arrive(now);
            }
            Err(error) => {
                let endpoint = self.session.server().and_then(|server| server.registration_endpoint.as_deref());
                let error = error.at(endpoint.unwrap_or_default());
                self.give_up(now, error);
            }
        }
    }

    fn ask(&mut self, stage: Stage, url: String) {
        let action = self.departure(Flight::Inquiry(Box::new(stage)), url, None);
        self.actions.push(action);
    }

    fn arrive(&mut self, now: Now) {
        self.findings.asking = false;
        self.go_on_with_all(now);
    }

    fn give_up(&mut self, now: Now, error: Error) {
        self.findings.asking = false;
        self.give_up_all(now, &error);
    }
}

/// The search for the metadata of the configured issuer.
fn search_for(config: &Config) -> Discovery {
    let openid = includes(&config.scope, "openid");
    let search = Discovery::new(&config.issuer, openid, config.allow_loopback, config.assume_pkce);
    search.with(config.endpoints.clone())
}

/// The scope to ask for, unless the application chose: what the challenge names, else what the resource knows; and a
/// refresh token, if the server gives such for `offline_access`.
fn chosen_scope(config: &Config, server: &AuthorizationServer, found: &Found) -> Option<String> {
    config.mcp().filter(|mcp| mcp.chooses_scope)?;
    let mut scope = match &found.scope {
        Some(scope) => scope.clone(),
        None => found.resource.scopes_supported.iter().fold(String::new(), |all, scope| union(all, scope)),
    };
    if server.offers_offline_access {
        scope = union(scope, OFFLINE_ACCESS);
    }
    Some(scope)
}

pub(super) const OFFLINE_ACCESS: &str = "offline_access";
/// Metadata is fetched again for a sign-in after this long, in milliseconds: a day.
const MOST_AGE_MS: u64 = 86_400_000;
/// And not sooner than this, whatever the token endpoint says.
const LEAST_AGE_MS: u64 = 60_000;
