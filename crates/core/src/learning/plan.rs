//! How long is learnt, and what for.

use crate::Error;

/// The fewest windows that a Gaussian is learnt from, as in training.
const FEWEST: u32 = 10;

/// How many windows are learnt from, how many more a threshold is chosen from, and for which
/// false-alarm rate.
///
/// The threshold is that of split conformal prediction (Papadopoulos et al. 2002): the score of rank
/// `(n + 1)(1 - rate)` among `n` windows that were *not* learnt from. Of windows that come like these
/// did, the share `rate` lies above it on average, whatever the distribution of the scores; with fewer
/// than `1 / rate - 1` windows it is the highest score, and promises `1 / (n + 1)` only. Only the
/// highest scores need be kept: [`Plan::kept`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    pub(super) learn: u32,
    pub(super) calibrate: u32,
    pub(super) rate: f64,
}

/// A rank, counted from 1, and how far it is to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rank {
    pub(super) whole: u32,
    pub(super) part: f64,
}

impl Plan {
    /// Learns from `learn` windows, at least 10, and chooses a threshold from `calibrate` more, at
    /// least 2, for a false-alarm rate between 0 and 1.
    ///
    /// # Errors
    /// [`Error::Plan`] where that is not so.
    pub const fn new(learn: u32, calibrate: u32, rate: f64) -> Result<Self, Error> {
        if learn >= FEWEST && calibrate >= 2 && rate > 0.0 && rate < 1.0 {
            return Ok(Self { learn, calibrate, rate });
        }
        Err(Error::Plan)
    }

    /// How many of the highest scores are kept: about `rate × calibrate + 1`.
    pub const fn kept(&self) -> usize {
        let below = self.rank(self.calibrate).whole as usize;
        (self.calibrate as usize).saturating_sub(below) + 1
    }

    /// The rank of the threshold among so many scores.
    pub(super) const fn rank(&self, scores: u32) -> Rank {
        let rank = (scores as f64 + 1.0) * (1.0 - self.rate);
        let whole = if rank >= scores as f64 { scores } else { rank as u32 };
        let whole = if whole == 0 { 1 } else { whole };
        let part = rank - whole as f64;
        let part = if part > 0.0 && whole < scores { part } else { 0.0 };
        Rank { whole, part: if part < 1.0 { part } else { 1.0 } }
    }
}
