//! Decisions out of bytes; when they have run out, every decision is the first choice.

pub(crate) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next().unwrap_or_default()
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[usize::from(self.byte()) % from.len()])
    }

    /// Text of somebody else's: it may say anything, except what leaks are looked for by.
    pub(crate) fn foreign(&mut self) -> String {
        let text = String::from_utf8_lossy(self.slice());
        if text.contains("nary") { String::new() } else { text.into_owned() }
    }

    /// A length, and so many bytes, or what is left.
    fn slice(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.0.len());
        let (slice, rest) = self.0.split_at(length);
        self.0 = rest;
        slice
    }

    /// Milliseconds: nothing, moments, seconds, the life of a token, days.
    pub(crate) fn time(&mut self) -> u64 {
        const UNITS: [u64; 8] = [0, 1, 40, 250, 1_000, 20_000, 60_000, 3_600_000];
        let (unit, count) = (usize::from(self.byte()) % UNITS.len(), u64::from(self.byte()));
        UNITS[unit] * count
    }
}
