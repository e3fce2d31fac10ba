//! Where a fresh token was refused and where it was taken: whether the next 401 is worth a refresh.

use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

use super::policy::{MOST_IN_VAIN, UNHELPFUL_MS};

/// Where a request goes: its resource server, and its path without the query, as a hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) server: usize,
    pub(super) path: u32,
}

impl Place {
    pub(super) fn new(server: usize, path: &str) -> Self {
        // FNV-1a; paths that collide share their luck.
        let path = path.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self { server, path }
    }
}

/// What is remembered of places that answered 401, and of their servers as a whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Trials(Vec<Trial>);

#[derive(Clone, Copy, Debug)]
struct Trial {
    server: usize,
    /// None stands for the whole server.
    path: Option<u32>,
    /// The last generation that was taken there.
    taken: u32,
    unhelpful_until: Option<Instant>,
    /// Refreshes in vain since the first that still counts.
    in_vain: u32,
    counted_until: Option<Instant>,
}

impl Trials {
    /// Takes note of a 401 at `place`, so that it will be known if a later token is taken there.
    pub(super) fn note(&mut self, place: Place) {
        self.trial(place.server, None);
        self.trial(place.server, Some(place.path));
    }

    /// Takes note that the token of `generation` was taken at `place`.
    pub(super) fn taken(&mut self, place: Place, generation: u32) {
        for trial in self.about(place) {
            trial.taken = trial.taken.max(generation);
            if trial.in_vain < MOST_IN_VAIN {
                trial.unhelpful_until = None;
            }
        }
    }

    /// Takes note of a 401 to the fresh token of `generation`: for a while further 401s are the answer, at this place, and
    /// at all of the server unless it took that token elsewhere and there were few such places. Where the token was taken
    /// before, it has run out since.
    pub(super) fn refused(&mut self, place: Place, generation: u32, now: Instant) {
        self.note(place);
        let until = now.after(UNHELPFUL_MS);
        let here = Some(place.path);
        if self.about(place).any(|trial| trial.path == here && trial.taken == generation) {
            return;
        }
        for trial in self.about(place) {
            trial.count(now, until);
            if trial.path == here || trial.taken != generation || trial.in_vain >= MOST_IN_VAIN {
                trial.unhelpful_until = Some(until);
            }
        }
    }

    /// Whether a 401 at `place` is not worth a refresh.
    pub(super) fn is_unhelpful(&self, place: Place, now: Instant) -> bool {
        let about = |trial: &&Trial| trial.server == place.server && trial.path.is_none_or(|path| path == place.path);
        self.0.iter().filter(about).any(|trial| trial.is_unhelpful(now))
    }

    fn about(&mut self, place: Place) -> impl Iterator<Item = &mut Trial> {
        let Place { server, path } = place;
        self.0.iter_mut().filter(move |trial| trial.server == server && trial.path.is_none_or(|known| known == path))
    }

    fn trial(&mut self, server: usize, path: Option<u32>) {
        if self.0.iter().any(|trial| (trial.server, trial.path) == (server, path)) {
            return;
        }
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.iter().position(|trial| trial.path.is_some())
        {
            self.0.remove(oldest);
        }
        self.0.push(Trial { server, path, taken: 0, unhelpful_until: None, in_vain: 0, counted_until: None });
    }
}

impl Trial {
    fn count(&mut self, now: Instant, until: Instant) {
        if self.counted_until.is_none_or(|counted| counted <= now) {
            (self.in_vain, self.counted_until) = (0, Some(until));
        }
        self.in_vain += 1;
    }

    fn is_unhelpful(&self, now: Instant) -> bool {
        self.unhelpful_until.is_some_and(|until| now < until)
    }
}

/// So many are remembered; then the oldest places are forgotten, and no server.
const MOST: usize = 64;
