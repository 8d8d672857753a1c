//! What was learnt.

use super::bytes;
use super::error::BaselineError;
use crate::{Error, Mahalanobis, Real};

/// What was learnt: a Gaussian and a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline<'a, T> {
    pub(super) mean: &'a [T],
    pub(super) covariance: &'a [T],
    pub(super) whitening: &'a [T],
    pub(super) threshold: T,
    pub(super) learnt: u32,
    pub(super) calibrated: u32,
}

impl<'a, T: Real> Baseline<'a, T> {
    /// μ, `[n]`
    pub fn mean(&self) -> &'a [T] {
        self.mean
    }

    /// Σ, its lower triangle row by row, `[n (n + 1) / 2]`
    pub fn covariance(&self) -> &'a [T] {
        self.covariance
    }

    /// A score above this is an anomaly.
    pub fn threshold(&self) -> T {
        self.threshold
    }

    /// How many windows it was learnt from.
    pub fn learnt(&self) -> u32 {
        self.learnt
    }

    /// How many windows its threshold was chosen from.
    pub fn calibrated(&self) -> u32 {
        self.calibrated
    }

    /// The detector that runs it, as for [`Detector`](crate::Detector).
    ///
    /// # Errors
    /// [`Error::Parameter`] where a number is not finite, which none is that was learnt.
    pub fn mahalanobis(&self) -> Result<Mahalanobis<'a, T>, Error> {
        Mahalanobis::new(self.mean, self.whitening)
    }

    /// Writes it into bytes to be kept, [`baseline_len`](crate::baseline_len) of them, and returns
    /// those. The tag says what it belongs to, as the first digits of a model's hash; who loads it
    /// must give the same.
    ///
    /// # Errors
    /// [`BaselineError::Length`] where there are fewer bytes.
    pub fn write<'b>(&self, tag: u32, bytes: &'b mut [u8]) -> Result<&'b [u8], BaselineError> {
        bytes::write(self, tag, bytes)
    }
}
