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

    /// The scores of `N` windows side by side, `features[feature][window]`; not finite where one cannot be represented.
    /// Each has the bits that it has alone. `nearest` is room for the `k` smallest distances of each.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another, or `nearest` is too short.
    #[inline]
    pub fn scores<const N: usize>(
        &self,
        features: &[[T; N]],
        nearest: &mut [[T; N]],
    ) -> Result<[T; N], Error> {
        if features.len() != self.scale.len() {
            return Err(Error::Shape { expected: self.scale.len(), found: features.len() });
        }
        let short = Error::Shape { expected: self.k, found: nearest.len() };
        let nearest = nearest.get_mut(..self.k).ok_or(short)?;
        let mut found = [0usize; N];
        for row in self.rows.chunks_exact(self.scale.len().max(1)) {
            let mut distances = [T::ZERO; N];
            for ((beside, &scale), &y) in features.iter().zip(self.scale).zip(row) {
                for (distance, &x) in distances.iter_mut().zip(beside) {
                    let d = (x - y) * scale;
                    *distance += d * d;
                }
            }
            for (at, (distance, found)) in distances.into_iter().zip(&mut found).enumerate() {
                let lane = nearest.iter_mut().filter_map(|lanes| lanes.get_mut(at));
                sort_in(lane, found, distance);
            }
        }
        let mut sums = [T::ZERO; N];
        for lanes in nearest.iter() {
            for (sum, &distance) in sums.iter_mut().zip(lanes) {
                *sum += distance;
            }
        }
        Ok(sums.map(|sum| sum / T::from_count(self.k)))
    }
}

/// Sorts a distance in among the `found` nearest, the smallest first; what falls off the end is not among them. A distance that
/// is not finite is behind all others.
#[inline]
fn sort_in<'s, T: Real>(nearest: impl Iterator<Item = &'s mut T>, found: &mut usize, distance: T) {
    let mut moving = distance;
    for (at, slot) in nearest.enumerate() {
        if at >= *found {
            *slot = moving;
            *found = at.saturating_add(1);
            break;
        }
        if moving < *slot || !slot.is_finite() {
            core::mem::swap(slot, &mut moving);
        }
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
            sort_in(nearest.iter_mut(), &mut found, distance);
        }
        let mut sum = T::ZERO;
        for &distance in nearest.iter() {
            sum += distance;
        }
        let score = sum / T::from_count(self.k);
        if score.is_finite() { Ok(score) } else { Err(Error::ScoreNotRepresentable) }
    }
}
