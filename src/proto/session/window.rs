//! How many requests an API takes at once, found out as it goes: congestion control as TCP has it, with answers in the place
//! of acknowledgements ([RFC 5681](https://www.rfc-editor.org/rfc/rfc5681)), but growing by a tenth a round, so that an API
//! sees little more than it can take: a tenth, and the one request that finds out.
//!
//! Three kinds see more. Those that take fewer than 16 see 16 at first. Those that let requests wait see up to twice as many as they
//! take, since it takes rounds to tell them from a page that is busy. Those that fall silent see up to 16 more every two seconds.

/// How a request that was let go came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With an answer of this status.
    Status(u16),
    /// The network or the API failed.
    NoAnswer,
    /// Its caller gave up, or it has not left yet: that says nothing of the API, if an answer wasn't overdue.
    Unsaid,
}

/// What an end says about the API's strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    Taken,
    TooMuch,
    Unknown,
}

impl End {
    /// Too much are the statuses that
    /// [gRPC](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md) takes for a server that can't be had; a
    /// 500 is as well one endpoint's fault, which would hold up the calls to all others.
    fn load(self) -> Load {
        match self {
            Self::NoAnswer | Self::Status(429 | 502..=504) => Load::TooMuch,
            Self::Status(200..500) => Load::Taken,
            _ => Load::Unknown,
        }
    }
}

/// The number of requests that may be on their way at once.
///
/// A round is as many answers as requests may be on their way.
///
/// | a round in which | the window |
/// |---|---|
/// | all was taken, as quickly as usual | grows by a tenth; by less where it was too much once |
/// | something was too much | shrinks by a tenth, and that is where it was too much |
/// | answers took longer than usual, or callers gave up on them by then | stays; in the fourth in a row shrinks by as much as they did, by half at most and not below the first, for a few rounds |
/// | most was too much: the API is down | shrinks by half, and is more careful from now on |
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// In tenths of a request.
    tenths: u64,
    /// Where it was too much once, in tenths.
    threshold: u64,
    /// So many good rounds move the threshold.
    caution: u64,
    good: u64,
    /// After so many good rounds the threshold is forgotten: it is where answers took longer, and not where something was refused.
    patience: Option<u64>,
    last: Last,
    round: Round,
    /// Of all rounds as they should be.
    usual: Round,
}

/// What the last round was like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Good,
    /// So many rounds in a row answers took longer: a few are chance, a page that was busy say.
    Late(u8),
    Slow,
    Crowded,
    Down,
}

impl Default for Window {
    fn default() -> Self {
        let (round, usual) = (Round::default(), Round::default());
        Self { tenths: FIRST, threshold: u64::MAX, caution: 1, good: 0, patience: None, last: Last::Good, round, usual }
    }
}

impl Window {
    /// How many may be on their way, of `most` that the configuration allows.
    pub(super) fn size(&self, most: u64) -> u64 {
        (self.tenths / 10).clamp(1, most)
    }

    /// Takes note of how a request ended after so many milliseconds. `full` says that the window was in use as a whole, of `most`
    /// that the configuration allows.
    pub(super) fn note(&mut self, end: End, ms: u64, full: bool, most: u64) {
        self.tenths = self.tenths.min(most * 10);
        match end.load() {
            Load::Taken => {
                self.round.take(ms);
                let undoubted = self.round.too_much == 0 && !matches!(self.last, Last::Late(_) | Last::Slow);
                self.tenths += u64::from(full && undoubted && self.tenths < self.threshold);
            }
            Load::TooMuch => {
                // What follows the first sign is of the same crowd, and says nothing of where it began.
                if self.round.too_much == 0 && !matches!(self.last, Last::Crowded | Last::Down) {
                    self.shrink(9, 10, 10);
                    self.patience = None;
                }
                self.round.too_much += 1;
            }
            Load::Unknown if end == End::Unsaid && self.is_overdue(ms) => {
                // A few who waited long would outweigh all whose answers came.
                self.round.miss(ms.min(self.usual.mean() * MOST_MISSED / 8));
            }
            Load::Unknown => return,
        }
        self.round.answers += 1;
        if self.round.answers >= self.size(most) {
            self.end_round();
        }
    }

    /// Whether an answer that has not come after so many milliseconds takes longer than usual, if that is known.
    fn is_overdue(&self, ms: u64) -> bool {
        self.usual.taken >= ENOUGH && ms * 8 > self.usual.mean()
    }

    /// What is left of it after nothing has come so many times: how strong the API was says nothing any more, and how weak it was
    /// less each time.
    pub(super) fn doubted(self, times: u64) -> Self {
        Self { tenths: (self.tenths << times.min(8)).min(FIRST), ..Self::default() }
    }

    fn end_round(&mut self) {
        let round = core::mem::take(&mut self.round);
        self.last = if round.too_much * 2 > round.answers {
            self.caution = if self.last == Last::Down { self.caution } else { (self.caution * 2).min(MOST_CAUTION) };
            self.tenths = (self.tenths / 2).max(10);
            Last::Down
        } else if round.too_much > 0 {
            self.tenths = if self.last == Last::Crowded { self.tenths * 9 / 10 } else { self.tenths }.max(10);
            Last::Crowded
        } else if self.last != Last::Slow && round.is_slower_than(&self.usual) {
            match self.last {
                Last::Late(SURE) => {
                    self.slow_down(&round);
                    Last::Slow
                }
                Last::Late(rounds) => Last::Late(rounds + 1),
                _ => Last::Late(1),
            }
        } else {
            self.usual.add(&round);
            self.relax();
            Last::Good
        };
    }

    fn slow_down(&mut self, round: &Round) {
        self.patience = match self.patience {
            None if self.threshold == u64::MAX => Some(FIRST_PATIENCE),
            more => more.map(|rounds| (rounds * 2).min(MOST_PATIENCE)),
        };
        let (usual, mean) = (self.usual.mean(), round.mean());
        self.shrink(usual.max(mean / 2), mean, self.tenths.min(FIRST));
    }

    /// After enough good rounds a little more is tried.
    fn relax(&mut self) {
        self.good += u64::from(self.tenths >= self.threshold);
        if self.patience.is_some_and(|rounds| self.good >= rounds) {
            self.threshold = u64::MAX;
        } else if self.good >= self.caution && self.patience.is_none() {
            self.threshold += (self.threshold / STEP_PART).max(10);
            self.good = 0;
        }
    }

    /// Shrinks in this proportion, and to `least` tenths at least.
    fn shrink(&mut self, to: u64, of: u64, least: u64) {
        self.tenths = (self.tenths * to / of).max(least);
        self.threshold = self.tenths;
        self.good = 0;
    }
}

/// How long answers took, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Round {
    answers: u64,
    too_much: u64,
    taken: u64,
    sum: u64,
    squares: u64,
    /// Callers gave up on so many after it should have come, and after so many milliseconds together.
    missed: u64,
    missed_ms: u64,
}

impl Round {
    fn take(&mut self, ms: u64) {
        let ms = ms.min(LONGEST_MS);
        self.taken += 1;
        self.sum += ms;
        self.squares = self.squares.saturating_add(ms.saturating_mul(ms));
    }

    fn miss(&mut self, ms: u64) {
        self.missed += 1;
        self.missed_ms += ms;
    }

    /// Of how long an answer usually takes, those that never came say nothing.
    fn add(&mut self, other: &Self) {
        self.taken += other.taken;
        self.sum += other.sum;
        self.squares = self.squares.saturating_add(other.squares);
    }

    fn count(&self) -> u64 {
        self.taken + self.missed
    }

    /// In eighths of a millisecond. What never came took as long as somebody waited for it.
    fn mean(&self) -> u64 {
        ((self.sum + self.missed_ms) * 8).checked_div(self.count()).unwrap_or_default()
    }

    /// Whether its answers took longer than usual, by more than chance has it: three standard errors.
    fn is_slower_than(&self, usual: &Self) -> bool {
        let (mean, before) = (self.mean(), usual.mean());
        let more = mean.saturating_sub(before);
        let variance =
            (usual.squares * 64).checked_div(usual.taken).unwrap_or_default().saturating_sub(before * before);
        let count = self.count();
        let both = (count * usual.taken).checked_div(count + usual.taken).unwrap_or_default();
        both >= ENOUGH && more > before / SLOW_PART + SLOW_LEAST && more * more * both > 9 * variance
    }
}

/// The first window, in tenths of a request.
const FIRST: u64 = 160;
/// Fewer answers tell nothing about how long they take.
const ENOUGH: u64 = 8;
/// Answers that take longer than usual by less than this part of it and so many eighths of a millisecond are not slow.
const SLOW_PART: u64 = 16;
const SLOW_LEAST: u64 = 4;
/// After so many good rounds answers that took longer were chance, at first.
const FIRST_PATIENCE: u64 = 2;
const MOST_PATIENCE: u64 = 8;
/// After so many rounds of them they are not.
const SURE: u8 = 3;
/// What never came counts for so many times what answers usually take, at most.
const MOST_MISSED: u64 = 4;
/// Longer answers are no different, in milliseconds.
const LONGEST_MS: u64 = 60_000;
/// An API that went down often is tried with more once in so many good rounds.
const MOST_CAUTION: u64 = 64;
/// Where it was too much once, the window grows by this part.
const STEP_PART: u64 = 32;
