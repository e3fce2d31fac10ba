//! Access tokens by what they are for: one lane for each resource indicator
//! ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)) and scope, all of them fed by one grant.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::proto::error::Error;
use crate::proto::oauth::resource::ResourceServer;
use crate::proto::syntax::grammar::union;
use crate::proto::syntax::time::Instant;

use super::access::{Access, Freshness};

/// An access token, and what it is asked for with.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    resource: Option<String>,
    scope: Option<String>,
    access: Option<Access>,
    /// Number of the access token; 0 before the first.
    generation: u32,
    /// A resource server answered 401 to the access token.
    refused: bool,
    /// The access token was asked for.
    used: bool,
    /// Why there is no token, and until when that is so.
    standing: Option<(Instant, Error)>,
}

impl Lane {
    /// The resource indicator and the scope that its token is asked for with.
    pub(super) fn asks_for(&self) -> (Option<&str>, Option<&str>) {
        (self.resource.as_deref(), self.scope.as_deref())
    }

    pub(super) fn access(&self) -> Option<&Access> {
        self.access.as_ref()
    }

    pub(super) fn generation(&self) -> u32 {
        self.generation
    }

    /// The scope of its token, or what is asked for.
    pub(super) fn scope(&self) -> Option<&str> {
        self.access.as_ref().map(|access| access.scope.as_str()).or(self.scope.as_deref())
    }

    /// How fresh its token is. One that was refused is of no use.
    pub(super) fn freshness(&self, now: Instant, renewable: bool) -> Freshness {
        let access = self.access.as_ref().filter(|_| !self.refused);
        access.map_or(Freshness::Stale, |access| access.freshness(now, renewable))
    }

    /// How long its token still works, in milliseconds.
    pub(super) fn usable_ms(&self, now: Instant) -> u64 {
        self.access.as_ref().map_or(0, |access| access.usable_ms(now))
    }

    /// Takes note that its token is asked for.
    pub(super) fn touch(&mut self) {
        self.used = true;
    }

    /// The token is not worth a refresh ahead of time until it is asked for once more.
    pub(super) fn rest(&mut self) {
        self.used = false;
    }

    /// A resource server answered 401 to the token.
    pub(super) fn refuse(&mut self) {
        self.refused = true;
    }

    pub(super) fn is_refused(&self) -> bool {
        self.refused
    }

    /// Whether the token was refused in the first half of its stated life.
    pub(super) fn is_refused_young(&self, now: Instant) -> bool {
        self.refused && self.access.as_ref().is_some_and(|access| access.is_young(now))
    }

    /// When its token wants to be refreshed ahead of time: it is in use, and the server has not just refused that.
    pub(super) fn early_at(&self) -> Option<Instant> {
        let early_at = self.access.as_ref().filter(|_| self.used).and_then(Access::early_at)?;
        Some(self.standing.as_ref().map_or(early_at, |(until, _)| early_at.max(*until)))
    }

    /// The reason that there is no token for the time being.
    pub(super) fn standing(&self, now: Instant) -> Option<&Error> {
        self.standing.as_ref().filter(|(until, _)| *until > now).map(|(_, error)| error)
    }

    /// There is no token `until` then, for this reason.
    pub(super) fn stand(&mut self, until: Instant, error: Error) {
        self.standing = Some((until, error));
    }

    /// Forgets the access token.
    fn clear(&mut self) {
        self.access = None;
        self.refused = false;
        self.used = false;
        self.standing = None;
    }

    fn is_for(&self, resource: &Option<String>, scope: &Option<String>) -> bool {
        (&self.resource, &self.scope) == (resource, scope)
    }
}

/// All lanes, and which of them a resource server's requests take.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// The first is for what a sign-in itself brings.
    all: Vec<Lane>,
    routes: Vec<usize>,
}

impl Lanes {
    pub(super) fn new(servers: &[ResourceServer]) -> Self {
        let resource = servers.first().and_then(|server| server.resource.clone());
        let mut lanes = Self { all: vec![Lane { resource, ..Lane::default() }], routes: Vec::new() };
        servers.iter().for_each(|server| lanes.add(server));
        lanes
    }

    pub(super) fn get(&self, lane: usize) -> &Lane {
        &self.all[lane]
    }

    pub(super) fn get_mut(&mut self, lane: usize) -> &mut Lane {
        &mut self.all[lane]
    }

    /// Their numbers.
    pub(super) fn numbers(&self) -> core::ops::Range<usize> {
        0..self.all.len()
    }

    /// Takes in one more resource server.
    pub(super) fn add(&mut self, server: &ResourceServer) {
        let lane = self.open(&server.resource, &server.scope);
        self.routes.push(lane);
    }

    /// The lane of tokens that are asked for with these, a new one if there was none.
    pub(super) fn open(&mut self, resource: &Option<String>, scope: &Option<String>) -> usize {
        self.find(resource, scope).unwrap_or_else(|| {
            self.all.push(Lane { resource: resource.clone(), scope: scope.clone(), ..Lane::default() });
            self.all.len() - 1
        })
    }

    fn find(&self, resource: &Option<String>, scope: &Option<String>) -> Option<usize> {
        self.all.iter().position(|lane| lane.is_for(resource, scope))
    }

    /// The lane whose access token is that of `generation`.
    pub(super) fn holding(&self, generation: u32) -> Option<&Lane> {
        self.all.iter().find(|lane| lane.generation == generation)
    }

    /// Any access token: the first lane's, if it has one.
    pub(super) fn access(&self) -> Option<&Access> {
        self.all.iter().find_map(|lane| lane.access.as_ref())
    }

    /// Whether an access token goes with a proof of possession.
    pub(super) fn is_bound(&self) -> bool {
        self.all.iter().any(|lane| lane.access.as_ref().is_some_and(|access| access.ath.is_some()))
    }

    /// Forgets all access tokens.
    pub(super) fn clear(&mut self) {
        self.all.iter_mut().for_each(Lane::clear);
    }

    /// A resource is called something else now.
    pub(super) fn rename(&mut self, former: &Option<String>, resource: &str) {
        for lane in self.all.iter_mut().filter(|lane| lane.resource == *former) {
            lane.resource = Some(resource.to_owned());
        }
    }

    /// The lane of resource server number `server`.
    pub(super) fn of(&self, server: usize) -> usize {
        let lane = if server == USERINFO { self.find(&None, &None) } else { self.routes.get(server).copied() };
        lane.unwrap_or_default()
    }

    /// Puts a new access token into a lane.
    pub(super) fn install(&mut self, lane: usize, access: Access, generation: u32) {
        let lane = &mut self.all[lane];
        lane.clear();
        (lane.access, lane.generation) = (Some(access), generation);
    }

    /// The scope of all access tokens at hand.
    pub(super) fn scope(&self) -> String {
        let mut held = self.all.iter().filter_map(|lane| lane.access.as_ref());
        let first = held.next().map_or("", |access| &access.scope);
        held.fold(first.to_owned(), |all, access| union(all, &access.scope))
    }
}

/// Nowhere, in the place of a resource server's number: the application wants the token itself.
pub(super) const EXPOSURE: usize = USERINFO - 1;
/// The userinfo endpoint, where resource servers are numbered: it is on nobody's list.
pub(super) const USERINFO: usize = u16::MAX as usize;
