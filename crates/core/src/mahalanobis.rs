//! The Gaussian detector: the squared Mahalanobis distance.

use crate::{Error, Real, Score, packed_len};

/// The squared Mahalanobis distance from the mean of the normal feature vectors.
///
/// `d² = (x - μ)ᵀ Σ⁻¹ (x - μ) = ‖W (x - μ)‖²` with a lower triangular whitening matrix `W`, where
/// `WᵀW = Σ⁻¹`. `W` is the inverse of the Cholesky factor of the *correlation* matrix, its columns
/// divided by the standard deviations: features are standardised inside, and nothing is inverted,
/// divided or rooted when a window is scored.
///
/// The score has no unit. For Gaussian features it follows χ² with as many degrees of freedom as
/// there are features (Mahalanobis 1936).
#[derive(Debug, Clone, Copy)]
pub struct Mahalanobis<'a, T> {
    /// μ, `[n]`
    mean: &'a [T],
    /// W, `[n (n + 1) / 2]`
    whitening: &'a [T],
}

impl<'a, T: Real> Mahalanobis<'a, T> {
    /// A detector from the mean `[n]` and the whitening matrix, packed `[n (n + 1) / 2]`.
    ///
    /// # Errors
    /// [`Error::Shape`] where the lengths do not belong together or are 0, [`Error::Parameter`]
    /// where a number is not finite.
    pub fn new(mean: &'a [T], whitening: &'a [T]) -> Result<Self, Error> {
        let expected = packed_len(mean.len());
        if whitening.len() != expected || mean.is_empty() {
            return Err(Error::Shape { expected: expected.max(1), found: whitening.len() });
        }
        if !mean.iter().chain(whitening).all(|p| p.is_finite()) {
            return Err(Error::Parameter);
        }
        Ok(Self { mean, whitening })
    }

    /// The squared Mahalanobis distance of a feature vector `[n]`.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another, [`Error::ScoreNotRepresentable`]
    /// where the distance overflows.
    #[inline]
    pub fn score(&self, features: &[T]) -> Result<T, Error> {
        if features.len() != self.mean.len() {
            return Err(Error::Shape { expected: self.mean.len(), found: features.len() });
        }
        let mut score = T::ZERO;
        let mut rows = self.whitening;
        for length in 1..=self.mean.len() {
            let Some((row, rest)) = rows.split_at_checked(length) else { break };
            rows = rest;
            let mut y = T::ZERO;
            for ((&w, &x), &mean) in row.iter().zip(features).zip(self.mean) {
                y += w * (x - mean);
            }
            score += y * y;
        }
        if score.is_finite() { Ok(score) } else { Err(Error::ScoreNotRepresentable) }
    }
}

impl<T: Real> Score<T> for Mahalanobis<'_, T> {
    #[inline]
    fn dimension(&self) -> usize {
        self.mean.len()
    }

    #[inline]
    fn workspace(&self) -> usize {
        0
    }

    #[inline]
    fn score(&self, features: &[T], _: &mut [T]) -> Result<T, Error> {
        self.score(features)
    }
}
