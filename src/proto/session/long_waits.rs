//! Who has waited long, and what was told of it.

use crate::proto::syntax::time::Instant;

/// When the waits of each kind are long, and what was told last.
#[derive(Clone, Copy, Debug)]
pub(super) struct LongWaits {
    /// Of those in the queue, those that want more rights, and those that keep a pause.
    due: [Instant; 3],
    /// The next of those that are still to come.
    next: Instant,
    told: Cause,
}

/// What is waited for, if anything is, and until when, or 0 if nobody knows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cause {
    pub(super) what: &'static str,
    pub(super) until: Instant,
}

/// The first kind of waits that are long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Long {
    pub(super) kind: usize,
    /// Since when they are.
    pub(super) due: Instant,
}

impl Default for LongWaits {
    fn default() -> Self {
        Self { due: [NEVER; 3], next: NEVER, told: Cause::default() }
    }
}

impl LongWaits {
    /// When the next waits become long.
    pub(super) fn next_due(&self) -> Option<Instant> {
        (self.next < NEVER).then_some(self.next)
    }

    /// Whether nobody has waited since all that was told came to its end.
    pub(super) fn is_quiet(&self) -> bool {
        self.due == [NEVER; 3] && self.told.what.is_empty()
    }

    /// Takes note of how many wait.
    pub(super) fn count(&mut self, now: Instant, waiting: [usize; 3]) -> Option<Long> {
        let mut long = None;
        self.next = NEVER;
        for (kind, waiting) in waiting.into_iter().enumerate() {
            let due = if waiting > 0 { now.after(LONG_MS).min(self.due[kind]) } else { NEVER };
            self.due[kind] = due;
            if due > now {
                self.next = self.next.min(due);
            } else if long.is_none() {
                long = Some(Long { kind, due });
            }
        }
        long
    }

    /// Takes note of a cause; whether it is news. Another time is, once the one that was told has passed.
    pub(super) fn is_news(&mut self, now: Instant, cause: Cause) -> bool {
        let told = self.told;
        let news = cause.what != told.what || (cause.until > told.until && told.until <= now);
        if news {
            self.told = cause;
        }
        news
    }
}

/// A wait of so many milliseconds is long.
pub(super) const LONG_MS: u64 = 3_000;
/// When waits become long that nobody has.
const NEVER: Instant = Instant::from_millis(u64::MAX);
