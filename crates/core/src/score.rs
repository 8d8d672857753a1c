//! What every detector does.

use crate::{Error, Real};

/// From features to a score.
pub trait Score<T: Real> {
    /// How many features it takes.
    fn dimension(&self) -> usize;

    /// How many numbers of workspace it needs.
    fn workspace(&self) -> usize;

    /// How far the features are from normal; larger is stranger.
    ///
    /// # Errors
    /// [`Error::Shape`] where the number of features is another or the workspace too small,
    /// [`Error::ScoreNotRepresentable`] where the score overflows.
    fn score(&self, features: &[T], workspace: &mut [T]) -> Result<T, Error>;
}

impl<T: Real, S: Score<T> + ?Sized> Score<T> for &S {
    #[inline]
    fn dimension(&self) -> usize {
        (**self).dimension()
    }

    #[inline]
    fn workspace(&self) -> usize {
        (**self).workspace()
    }

    #[inline]
    fn score(&self, features: &[T], workspace: &mut [T]) -> Result<T, Error> {
        (**self).score(features, workspace)
    }
}
