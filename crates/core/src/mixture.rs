//! Several Gaussians, one for each state that is normal: the distance to the nearest.

use crate::{Error, Mahalanobis, Real, Score};

/// The squared Mahalanobis distance to the nearest of several Gaussians.
///
/// A machine may be normal in several states, as at several speeds; between them nothing is. Each
/// state has its own mean and covariance, and a window is measured against the one it is nearest to.
/// How often a state occurs does not matter: what is rare may still be normal.
#[derive(Debug, Clone, Copy)]
pub struct Mixture<'a, T> {
    modes: &'a [Mahalanobis<'a, T>],
    dimension: usize,
}

impl<'a, T: Real> Mixture<'a, T> {
    /// A detector of these modes.
    ///
    /// # Errors
    /// [`Error::Shape`] where there is none, or one takes another number of features than the first.
    pub fn new(modes: &'a [Mahalanobis<'a, T>]) -> Result<Self, Error> {
        let none = Error::Shape { expected: 1, found: 0 };
        let dimension = Score::dimension(modes.first().ok_or(none)?);
        for mode in modes {
            let found = Score::dimension(mode);
            if found != dimension {
                return Err(Error::Shape { expected: dimension, found });
            }
        }
        Ok(Self { modes, dimension })
    }

    /// The nearest mode, counted from 0, and the squared distance to it; of equally near ones the
    /// first.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another, [`Error::ScoreNotRepresentable`]
    /// where the distance to every mode overflows.
    #[inline]
    pub fn nearest(&self, features: &[T]) -> Result<(usize, T), Error> {
        let mut nearest: Option<(usize, T)> = None;
        for (at, mode) in self.modes.iter().enumerate() {
            nearest = match nearest {
                Some((_, least)) => {
                    mode.score_below(features, least)?.map(|score| (at, score)).or(nearest)
                }
                // Where the first overflows another may be nearer.
                None => match mode.score(features) {
                    Ok(score) => Some((at, score)),
                    Err(Error::ScoreNotRepresentable) => None,
                    Err(error) => return Err(error),
                },
            };
        }
        nearest.ok_or(Error::ScoreNotRepresentable)
    }

    /// The scores of `N` windows side by side, `features[feature][window]`; not finite where the distance to every mode
    /// overflows. Each has the bits that [`Mixture::nearest`] gives it.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another.
    #[inline]
    pub fn scores<const N: usize>(&self, features: &[[T; N]]) -> Result<[T; N], Error> {
        let mut least = [T::from_f64(f64::INFINITY); N];
        for mode in self.modes {
            let scores = mode.scores_below(features, &least)?;
            for (least, score) in least.iter_mut().zip(scores) {
                if score < *least {
                    *least = score;
                }
            }
        }
        Ok(least)
    }
}

impl<T: Real> Score<T> for Mixture<'_, T> {
    #[inline]
    fn dimension(&self) -> usize {
        self.dimension
    }

    #[inline]
    fn workspace(&self) -> usize {
        0
    }

    #[inline]
    fn score(&self, features: &[T], _: &mut [T]) -> Result<T, Error> {
        self.nearest(features).map(|(_, score)| score)
    }
}
