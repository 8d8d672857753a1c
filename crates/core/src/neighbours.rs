//! Nearest neighbours: how far the normal windows are that resemble a window most.

use crate::{Error, Real, Score};

/// The mean squared distance to the `k` nearest of the normal feature vectors.
///
/// Differences are divided by each feature's standard deviation, so that the score has no unit.
/// Every normal vector is kept and looked at: a detector for machines with memory to spare.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours<'a, T> {
    /// The reciprocal of each feature's standard deviation, `[n]`
    scale: &'a [T],
    /// The normal vectors, `[rows][n]`
    rows: &'a [T],
    k: usize,
}

impl<'a, T: Real> Neighbours<'a, T> {
    /// A detector that looks for `k` neighbours among `rows` `[rows][n]`; a difference of feature `i`
    /// is multiplied by `scale[i]`.
    ///
    /// # Errors
    /// [`Error::Shape`] where `rows` does not have a whole number of rows, or fewer than `k`, or `k`
    /// is 0; [`Error::Parameter`] where a number is not finite.
    pub fn new(scale: &'a [T], rows: &'a [T], k: usize) -> Result<Self, Error> {
        let fewest = k.max(1).saturating_mul(scale.len()).max(1);
        let whole = rows.len().checked_rem(scale.len()) == Some(0);
        if k == 0 || !whole || rows.len() < fewest {
            return Err(Error::Shape { expected: fewest, found: rows.len() });
        }
        if !scale.iter().chain(rows).all(|p| p.is_finite()) {
            return Err(Error::Parameter);
        }
        Ok(Self { scale, rows, k })
    }
}

impl<T: Real> Score<T> for Neighbours<'_, T> {
    #[inline]
    fn dimension(&self) -> usize {
        self.scale.len()
    }

    /// The `k` smallest distances so far.
    #[inline]
    fn workspace(&self) -> usize {
        self.k
    }

    #[inline]
    fn score(&self, features: &[T], workspace: &mut [T]) -> Result<T, Error> {
        if features.len() != self.scale.len() {
            return Err(Error::Shape { expected: self.scale.len(), found: features.len() });
        }
        let short = Error::Shape { expected: self.k, found: workspace.len() };
        let nearest = workspace.get_mut(..self.k).ok_or(short)?;
        let mut found = 0usize;
        for row in self.rows.chunks_exact(self.scale.len().max(1)) {
            let mut distance = T::ZERO;
            for ((&x, &scale), &y) in features.iter().zip(self.scale).zip(row) {
                let d = (x - y) * scale;
                distance += d * d;
            }
            // Sorted in, the smallest first; what falls off the end is not among the nearest. A distance
            // that is not finite is behind all others.
            let mut moving = distance;
            for (at, slot) in nearest.iter_mut().enumerate() {
                if at >= found {
                    *slot = moving;
                    found = at.saturating_add(1);
                    break;
                }
                if moving < *slot || !slot.is_finite() {
                    core::mem::swap(slot, &mut moving);
                }
            }
        }
        let mut sum = T::ZERO;
        for &distance in nearest.iter() {
            sum += distance;
        }
        let score = sum / T::from_count(self.k);
        if score.is_finite() { Ok(score) } else { Err(Error::ScoreNotRepresentable) }
    }
}
