//! The Gaussian detector: the squared Mahalanobis distance.

use crate::blocks::{blocks_len, cut};
use crate::{Error, Real, Score, packed_len};

/// The squared Mahalanobis distance from the mean of the normal feature vectors.
///
/// `d² = (x - μ)ᵀ Σ⁻¹ (x - μ) = ‖W (x - μ)‖²` with a lower triangular whitening matrix `W`, where
/// `WᵀW = Σ⁻¹`. `W` is the inverse of the Cholesky factor of the *correlation* matrix, its columns
/// divided by the standard deviations: features are standardised inside, and nothing is inverted,
/// divided or rooted when a window is scored.
///
/// Where features fall into groups that vary independently, `Σ` and `W` are blocks along the diagonal,
/// and only these are kept and multiplied: the score has the very bits that the whole triangle with
/// zeros beside the blocks gives.
///
/// The score has no unit. For Gaussian features it follows χ² with as many degrees of freedom as
/// there are features (Mahalanobis 1936).
#[derive(Debug, Clone, Copy)]
pub struct Mahalanobis<'a, T> {
    /// μ, `[n]`
    mean: &'a [T],
    /// W, `[n (n + 1) / 2]`, or of each block its triangle
    whitening: &'a [T],
    /// How many features are in each block; none where all are in one.
    blocks: &'a [u16],
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
        Self { mean, whitening, blocks: &[] }.finite()
    }

    /// The same where the whitening matrix is blocks along the diagonal, each of so many features: their
    /// packed triangles one after the other, [`blocks_len`](crate::blocks_len) numbers.
    ///
    /// # Errors
    /// [`Error::Shape`] where the sizes do not sum to the length of the mean, the triangles have
    /// another length, or there are none; [`Error::Blocks`] where a block has no features;
    /// [`Error::Parameter`] where a number is not finite.
    pub fn in_blocks(mean: &'a [T], blocks: &'a [u16], whitening: &'a [T]) -> Result<Self, Error> {
        let features = blocks.iter().fold(0_usize, |sum, &size| sum.saturating_add(size.into()));
        for (expected, found) in
            [(features.max(1), mean.len()), (blocks_len(blocks), whitening.len())]
        {
            if expected != found {
                return Err(Error::Shape { expected, found });
            }
        }
        if blocks.contains(&0) {
            return Err(Error::Blocks);
        }
        Self { mean, whitening, blocks }.finite()
    }

    fn finite(self) -> Result<Self, Error> {
        let Self { mean, whitening, .. } = self;
        if mean.iter().chain(whitening).all(|p| p.is_finite()) {
            Ok(self)
        } else {
            Err(Error::Parameter)
        }
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
        if self.blocks.is_empty() {
            return representable(lengthened(T::ZERO, self.whitening, features, self.mean));
        }
        representable(self.summed(features, |_| false))
    }

    /// The same where it is shorter than another distance; `None` where it is not.
    ///
    /// # Errors
    /// Those of [`score`](Self::score).
    #[inline]
    pub(crate) fn score_below(&self, features: &[T], least: T) -> Result<Option<T>, Error> {
        if features.len() != self.mean.len() {
            return Err(Error::Shape { expected: self.mean.len(), found: features.len() });
        }
        let score = match self.blocks.is_empty() {
            true => lengthened(T::ZERO, self.whitening, features, self.mean),
            // A sum of squares only grows.
            false => self.summed(features, |score| score >= least),
        };
        Ok((score < least).then_some(score))
    }

    /// The scores of `N` windows side by side, `features[feature][window]`, where they are less than `least`; else something
    /// that is not less. Each has the bits that [`Mahalanobis::score`] gives it.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another.
    #[inline]
    pub fn scores_below<const N: usize>(
        &self,
        features: &[[T; N]],
        least: &[T; N],
    ) -> Result<[T; N], Error> {
        if features.len() != self.mean.len() {
            return Err(Error::Shape { expected: self.mean.len(), found: features.len() });
        }
        let mut scores = [T::ZERO; N];
        if self.blocks.is_empty() {
            lengthened_beside(&mut scores, self.whitening, features, self.mean);
            return Ok(scores);
        }
        let (mut triangles, mut features, mut means) = (self.whitening, features, self.mean);
        for &size in self.blocks {
            let size = usize::from(size);
            let (Some(triangle), Some(features), Some(mean)) = (
                cut(&mut triangles, packed_len(size)),
                cut(&mut features, size),
                cut(&mut means, size),
            ) else {
                break;
            };
            lengthened_beside(&mut scores, triangle, features, mean);
            // A sum of squares only grows.
            if scores.iter().zip(least).all(|(score, least)| score >= least) {
                break;
            }
        }
        Ok(scores)
    }

    /// The sum over the blocks, as far as it is not yet enough.
    #[inline]
    fn summed(&self, features: &[T], is_enough: impl Fn(T) -> bool) -> T {
        let mut score = T::ZERO;
        let (mut triangles, mut features, mut means) = (self.whitening, features, self.mean);
        for &size in self.blocks {
            let size = usize::from(size);
            let (Some(triangle), Some(features), Some(mean)) = (
                cut(&mut triangles, packed_len(size)),
                cut(&mut features, size),
                cut(&mut means, size),
            ) else {
                break;
            };
            score = lengthened(score, triangle, features, mean);
            if is_enough(score) {
                break;
            }
        }
        score
    }
}

/// A squared distance and that within one block: `score + ‖W (x - μ)‖²`, summed row by row.
#[inline]
fn lengthened<T: Real>(mut score: T, triangle: &[T], features: &[T], mean: &[T]) -> T {
    let mut rows = triangle;
    for length in 1..=mean.len() {
        let Some((row, rest)) = rows.split_at_checked(length) else { break };
        rows = rest;
        // As long as the row, which the compiler then knows.
        let (Some(features), Some(mean)) = (features.get(..length), mean.get(..length)) else {
            break;
        };
        let mut y = T::ZERO;
        for ((&w, &x), &mean) in row.iter().zip(features).zip(mean) {
            y += w * (x - mean);
        }
        score += y * y;
    }
    score
}

/// The same of windows side by side, each in the same order.
#[inline]
fn lengthened_beside<T: Real, const N: usize>(
    scores: &mut [T; N],
    triangle: &[T],
    features: &[[T; N]],
    mean: &[T],
) {
    let mut rows = triangle;
    for length in 1..=mean.len() {
        let Some((row, rest)) = rows.split_at_checked(length) else { break };
        rows = rest;
        let mut all = [T::ZERO; N];
        for ((&w, beside), &mean) in row.iter().zip(features).zip(mean) {
            for (y, &x) in all.iter_mut().zip(beside) {
                *y += w * (x - mean);
            }
        }
        for (score, y) in scores.iter_mut().zip(all) {
            *score += y * y;
        }
    }
}

fn representable<T: Real>(score: T) -> Result<T, Error> {
    if score.is_finite() { Ok(score) } else { Err(Error::ScoreNotRepresentable) }
}

impl<'a> Mahalanobis<'a, f32> {
    /// What [`new`](Self::new) gives, or with blocks [`in_blocks`](Self::in_blocks), of constants: they are looked at when
    /// they are compiled, and not again for each window that is scored.
    ///
    /// # Errors
    /// Those of [`in_blocks`](Self::in_blocks).
    pub const fn constant(
        mean: &'a [f32],
        blocks: &'a [u16],
        whitening: &'a [f32],
    ) -> Result<Self, Error> {
        let (mut features, mut rest) = (0_usize, blocks);
        while let [size, behind @ ..] = rest {
            if *size == 0 {
                return Err(Error::Blocks);
            }
            features = features.saturating_add(*size as usize);
            rest = behind;
        }
        let expected = match blocks {
            [] => packed_len(mean.len()),
            blocks => blocks_len(blocks),
        };
        if whitening.len() != expected || mean.is_empty() {
            let expected = if expected == 0 { 1 } else { expected };
            return Err(Error::Shape { expected, found: whitening.len() });
        }
        if !blocks.is_empty() && features != mean.len() {
            return Err(Error::Shape { expected: features, found: mean.len() });
        }
        if !all_finite(mean) || !all_finite(whitening) {
            return Err(Error::Parameter);
        }
        Ok(Self { mean, whitening, blocks })
    }
}

const fn all_finite(numbers: &[f32]) -> bool {
    let mut rest = numbers;
    while let [one, behind @ ..] = rest {
        if !one.is_finite() {
            return false;
        }
        rest = behind;
    }
    true
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
