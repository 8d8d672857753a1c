//! Into how many bands a spectrum is divided, and which lines are in each.

use core::fmt;
use core::num::{NonZeroU8, NonZeroUsize};
use core::ops::Range;

use crate::Error;
use crate::welch::lines;

/// How many bands share the frequencies from 0 to half the sample rate: 1 to [`Bands::MAX`] of equal
/// width, or 1 to [`Bands::MAX_OCTAVES`] octaves, of which the lowest reaches down to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bands {
    count: NonZeroU8,
    octaves: bool,
}

impl Bands {
    /// The most there may be: of the shortest spectrum, each line is a band.
    pub const MAX: u8 = 32;

    /// The most octaves: the lowest of the shortest spectrum is its first line.
    pub const MAX_OCTAVES: u8 = 6;

    /// The number that an example has.
    pub(super) const EXAMPLE: Self =
        Self { count: NonZeroU8::MIN.saturating_add(15), octaves: false };

    /// The octaves that an example has.
    pub(super) const OCTAVES: Self =
        Self { count: NonZeroU8::MIN.saturating_add(4), octaves: true };

    /// So many bands of equal width.
    ///
    /// # Errors
    /// [`Error::Bands`] where there are none, or more than [`Bands::MAX`].
    pub const fn new(count: u8) -> Result<Self, Error> {
        match NonZeroU8::new(count) {
            Some(count) if count.get() <= Self::MAX => Ok(Self { count, octaves: false }),
            _ => Err(Error::Bands),
        }
    }

    /// So many bands, each twice as high as the one below it.
    ///
    /// # Errors
    /// [`Error::Bands`] where there are none, or more than [`Bands::MAX_OCTAVES`].
    pub const fn octaves(count: u8) -> Result<Self, Error> {
        match NonZeroU8::new(count) {
            Some(count) if count.get() <= Self::MAX_OCTAVES => Ok(Self { count, octaves: true }),
            _ => Err(Error::Bands),
        }
    }

    /// How many there are.
    pub const fn get(self) -> u8 {
        self.count.get()
    }

    /// The frequencies of the band `at`, counted from 0, in windows of `length` readings, as shares
    /// of the sample rate: its lines lie above the first and up to the second. `None` where there is
    /// no such band.
    pub fn range(self, at: usize, length: usize) -> Option<(f64, f64)> {
        let of_rate = |line: usize| line as f64 / lines(length) as f64;
        let Range { start, end } = self.lines(at, lines(length) / 2)?;
        Some((of_rate(start), of_rate(end)))
    }

    /// Which of so many lines are in the band `at`, the line 1 counted as 0.
    pub(super) fn lines(self, at: usize, lines: usize) -> Option<Range<usize>> {
        if at >= usize::from(self.get()) {
            return None;
        }
        Some(self.edge(at, lines)..self.edge(at.saturating_add(1), lines))
    }

    /// The first of so many lines in the band `at`, or the one behind the last band's.
    pub(super) fn edge(self, at: usize, lines: usize) -> usize {
        let count = usize::from(self.get());
        match self.octaves {
            // Never more than 32 times 128.
            false => at.wrapping_mul(lines) / NonZeroUsize::from(self.count),
            true if at == 0 => 0,
            true => lines >> count.saturating_sub(at).min(31),
        }
    }

    /// The number behind the name of a feature: digits alone, the first of them not 0, so that each
    /// number has one name.
    pub(super) fn parse(text: &str, octaves: bool) -> Result<Self, Error> {
        let canonical = text.bytes().all(|digit| digit.is_ascii_digit()) && !text.starts_with('0');
        let count = text.parse().ok().filter(|_| canonical).ok_or(Error::Bands)?;
        if octaves { Self::octaves(count) } else { Self::new(count) }
    }
}

impl fmt::Display for Bands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
