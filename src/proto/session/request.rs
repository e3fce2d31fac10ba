//! A request to a protected resource: one value from when it asks for a token until it is settled.

use super::lane::USERINFO;
use super::trials::Place;

/// What is known of a request that is under way. Small, as the memory that many of them take is never given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Generation of the token that it was sent with last; 0 before it was sent.
    pub generation: u32,
    /// How often it was sent again with another token.
    pub replays: u8,
    /// How often it was sent again after a pause.
    pub retries: u16,
    /// How often it was sent again with another proof of possession.
    pub proofs: u8,
    /// Which of the nonces of its server the last proof had.
    pub(super) turn: u32,
    /// The server's clock was taken over because of it.
    pub(super) clocked: bool,
    /// In milliseconds, or [`AS_CONFIGURED`].
    patience: u32,
    path: u32,
    server: u16,
    lane: u16,
    /// Its answer asks for more rights, and stands if they don't come.
    pub(super) has_answer: bool,
    /// It was sent again with the rights that its answer asked for, and is not once more.
    pub(super) stepped_up: bool,
}

/// No patience of its own.
const AS_CONFIGURED: u32 = u32::MAX;

impl Request {
    pub(super) fn new(place: Place, lane: usize, patience: Option<u64>) -> Self {
        let longest = u64::from(AS_CONFIGURED - 1);
        Self {
            generation: 0,
            replays: 0,
            retries: 0,
            proofs: 0,
            turn: 0,
            clocked: false,
            patience: patience.map_or(AS_CONFIGURED, |ms| ms.min(longest) as u32),
            path: place.path,
            server: place.server.min(USERINFO) as u16,
            lane: lane as u16,
            has_answer: false,
            stepped_up: false,
        }
    }

    /// How long it is ready to wait for a token, in milliseconds, if not for the configured time.
    pub(super) fn patience(&self) -> Option<u64> {
        (self.patience != AS_CONFIGURED).then_some(u64::from(self.patience))
    }

    pub(super) fn place(&self) -> Place {
        Place { server: self.server(), path: self.path }
    }

    /// Number of its resource server.
    pub(super) fn server(&self) -> usize {
        self.server.into()
    }

    pub(super) fn lane(&self) -> usize {
        self.lane.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_takes_little() {
        assert!(size_of::<Request>() <= 28, "{}", size_of::<Request>());
    }
}
