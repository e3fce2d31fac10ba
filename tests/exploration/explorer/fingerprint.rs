//! What tells two states of the world apart, as one number.
//!
//! Of the session it is what `Debug` says, but for what has no say in what follows: the configuration, counters, the
//! audit log, used codes, settled requests. Of the rest
//! - an instant is how far ahead it is, and all that have passed are the same, since they are only asked whether they
//!   have; how long ago a refresh was sent counts up to a token's life, from which on what it brings is as good as old;
//! - a generation or an attempt is how many came after it;
//! - a token is its rank among those that somebody still has, with what its server thinks of it.
//!
//! Numbers are 64 bits long: of ten million states, two are taken for one with a probability of 1 in 400 000.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};

use super::pages::UNHELPFUL;
use super::world::{LIFETIME, World};
use crate::simulator::authorization_server::TokenId;
use crate::simulator::ledger::Place;
use crate::simulator::subject::RequestId;
use crate::simulator::world::tokens::tokens_in;

impl World {
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(self.canonical().as_bytes());
        hasher.finish()
    }

    /// All that the fingerprint is made from.
    pub(crate) fn canonical(&self) -> String {
        let mut text = String::with_capacity(4_096);
        self.write_session(&mut text);
        let tokens: Vec<TokenId> = self.tokens().into_iter().collect();
        let rank = |token: TokenId| tokens.binary_search(&token).map_or(tokens.len(), |rank| rank);
        let newest = tokens.iter().map(|token| self.server.tokens[*token].family).max().unwrap_or(0);
        for token in &tokens {
            let left = self.server.tokens[*token].expires_at.map(|at| at.saturating_sub(self.at));
            let family = newest - self.server.tokens[*token].family;
            let good = (self.server.is_live(*token), self.server.can_refresh(self.at, *token));
            let _ = write!(text, "{family}{good:?}{left:?};");
        }
        self.write_pages(&mut text, rank);
        self.write_refreshes(&mut text, rank);
        self.write_ledger(&mut text, rank);
        text
    }

    fn write_session(&self, text: &mut String) {
        let session = format!("{:?}", self.subject.session);
        let number = |name: &str| {
            let digits = session.split_once(&format!(" {name}: ")).map_or("", |(_, rest)| rest);
            digits.split(',').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
        };
        // Lanes have a generation of their own; the session's is beside the first one.
        let generation = u64::from(self.ledger.generation);
        let canon = Canon { now: self.at, generation, attempts: number("attempts") };
        let (_, mutable) = session.split_once(", former: ").expect("the session's first part");
        let (before, after) = mutable.split_once(", requests: ").expect("the session's requests");
        let (_, drain) = after.split_once(", drains: ").expect("the session's drain");
        let (drain, _) = drain.split_once(", counters: ").expect("the session's counters");
        canon.write(before, text);
        for (id, place) in self.ledger.places() {
            if !matches!(place, Place::Settled(_)) {
                canon.write(&format!("{:?}", self.subject.session.request(id)), text);
            }
        }
        canon.write(drain, text);
    }

    /// The tokens that somebody still has.
    fn tokens(&self) -> BTreeSet<TokenId> {
        let away = self.ledger.places().filter(|(_, place)| matches!(place, Place::Away { .. }));
        let away = away.map(|(id, _)| self.request(id).token);
        let sent = self.refreshes.iter().map(|sent| sent.token);
        let brought = self.refreshes.iter().filter_map(|sent| tokens_in(sent.answer.as_ref()?)).map(|new| new.access);
        away.chain(sent).chain(brought).chain(self.ledger.access).chain(self.ledger.refresh).collect()
    }

    fn write_pages(&self, text: &mut String, rank: impl Fn(TokenId) -> usize) {
        let _ = write!(text, "{:?}{}", self.closed, self.sign_ins);
        for (id, place) in self.ledger.places() {
            let request = self.request(id as RequestId);
            let (page, replays, status) = (request.page, request.replays, request.status);
            let since = (self.ledger.sessions - request.session, request.session == 0);
            let _ = match place {
                Place::Queued(until) => write!(text, "q{page}{replays}{since:?}{:?}", until.checked_sub(self.at)),
                Place::Away { generation, released } => {
                    let (age, token) = (self.ledger.generation - generation, rank(request.token));
                    write!(text, "a{page}{replays}{since:?}{age},{token}{released}{status:?}")
                }
                Place::Settled(_) => write!(text, "s{page}"),
            };
        }
    }

    fn write_refreshes(&self, text: &mut String, rank: impl Fn(TokenId) -> usize) {
        for sent in &self.refreshes {
            let answer = sent.answer.as_ref();
            let status = answer.map(|answer| answer.as_ref().map(|answer| answer.status).ok());
            let new = answer.and_then(tokens_in).map(|new| rank(new.access));
            let ours = self.ledger.in_flight == Some(sent.attempt);
            let signed_out = self.ledger.signed_out_attempts.contains(&sent.attempt);
            let _ = write!(text, "r{}{status:?}{new:?}{ours}{signed_out}", rank(sent.token));
        }
    }

    fn write_ledger(&self, text: &mut String, rank: impl Fn(TokenId) -> usize) {
        let ledger = &self.ledger;
        let (access, refresh) = (ledger.access.map(&rank), ledger.refresh.map(&rank));
        let _ = write!(text, "l{}{access:?}{refresh:?}{}", ledger.signed_in, ledger.refused);
        let past = |at: u64| (self.at - at).min(LIFETIME);
        let failed = ledger.last_failure.map(|(at, _)| (past(at), ledger.woke.is_none_or(|woke| woke <= at)));
        let in_vain = self.refused_replay.map(|at| self.at - at).filter(|ms| *ms < UNHELPFUL);
        let _ = write!(text, "{failed:?}{}{in_vain:?}", past(self.token_from));
    }
}

/// What numbers in the session's `Debug` text are counted from.
struct Canon {
    now: u64,
    generation: u64,
    attempts: u64,
}

impl Canon {
    fn write(&self, debug: &str, text: &mut String) {
        let (mut field, mut rest) = ("", debug);
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || c == ':') {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            if let Some(after) = from.strip_prefix(':') {
                field = before.rsplit(|c: char| !(c.is_ascii_alphabetic() || c == '_')).next().unwrap_or("");
                rest = after;
                continue;
            }
            let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            let number = from[..end].parse().expect("a number");
            match self.number(field, before.ends_with("Instant("), number) {
                Some(number) => drop(write!(text, "{number}")),
                None => text.push('_'),
            }
            rest = &from[end..];
        }
        text.push_str(rest);
    }

    fn number(&self, field: &str, is_instant: bool, number: u64) -> Option<i128> {
        let after = |newest: u64| if number == 0 { i128::MAX } else { i128::from(newest) - i128::from(number) };
        match field {
            "unix_ms" | "expires_unix_ms" | "middle" | "spent" => None,
            "instant" => Some(i128::from(self.now.saturating_sub(number).min(LIFETIME))),
            _ if is_instant && number < u64::MAX - 1 => Some(i128::from(number.saturating_sub(self.now))),
            "generation" | "first_generation" | "signed_in_generation" | "taken" => Some(after(self.generation)),
            "attempt" | "attempts" | "abandoned" => Some(after(self.attempts)),
            _ => Some(i128::from(number)),
        }
    }
}
