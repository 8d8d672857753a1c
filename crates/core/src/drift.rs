//! A machine that slowly leaves its baseline, long before a window is strange by itself.

use crate::{Error, Real};

/// The most windows that the mean which shows drift is over.
pub const LONGEST_DRIFT: usize = 4096;

/// From where on normal scores are too high in the long run.
///
/// Drift is where the mean of the logarithms of scores is above a limit. The mean is over all windows
/// until there were as many as asked for; from then on the older a window is, the less it counts. It
/// tells nothing until half of them were seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift<T> {
    above: T,
    over: u16,
}

impl<T: Real> Drift<T> {
    /// Drift where the mean of the natural logarithms of scores is above `above`, over as many windows
    /// as `over`.
    ///
    /// # Errors
    /// [`Error::Parameter`] where the limit is not finite, [`Error::Drift`] where the windows are fewer
    /// than 2 or more than [`LONGEST_DRIFT`].
    pub fn new(above: T, over: usize) -> Result<Self, Error> {
        if !above.is_finite() {
            return Err(Error::Parameter);
        }
        match u16::try_from(over) {
            Ok(small) if (2..=LONGEST_DRIFT).contains(&over) => Ok(Self { above, over: small }),
            _ => Err(Error::Drift { over }),
        }
    }
}

/// The mean so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Level<T> {
    mean: T,
    /// How many windows were seen, counted up to as many as the mean is over.
    seen: u16,
}

impl<T: Real> Level<T> {
    pub(crate) const fn new() -> Self {
        Self { mean: T::ZERO, seen: 0 }
    }

    /// Takes the logarithm of a score into the mean.
    pub(crate) fn take(&mut self, drift: &Drift<T>, logarithm: T) {
        self.seen = self.seen.saturating_add(1).min(drift.over);
        self.mean += (logarithm - self.mean) / T::from_count(self.seen.into());
    }

    /// Whether it is too high by now.
    pub(crate) fn drifting(&self, drift: &Drift<T>) -> bool {
        self.seen >= drift.over / 2 && self.mean > drift.above
    }
}
