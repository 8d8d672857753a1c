//! From a window to a verdict: features, detector and threshold, bound to a shape of window.

use core::fmt;

use crate::readings::check_shape;
use crate::{Error, FeatureSet, Readings, Real, Score};

/// What a window is judged to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The score is not above the threshold.
    Normal,
    /// The score is above the threshold.
    Anomaly,
    /// The machine stood still: not judged.
    Idle,
    /// The sensor was moved or held while the window was recorded: not judged.
    Handled,
    /// The sensor is mounted in another way than at the baseline: not judged.
    Remounted,
    /// The machine runs again, and not yet as it does when it has settled: not judged.
    Settling,
}

impl Verdict {
    /// The verdict on a score: normal or an anomaly.
    #[inline]
    pub fn of<T: Real>(score: T, threshold: T) -> Self {
        if score > threshold { Self::Anomaly } else { Self::Normal }
    }

    /// `normal`, `anomaly`, `idle`, `handled`, `remounted` or `settling`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Anomaly => "anomaly",
            Self::Idle => "idle",
            Self::Handled => "handled",
            Self::Remounted => "remounted",
            Self::Settling => "settling",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A score and the verdict on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement<T> {
    /// How far from normal; larger is stranger.
    pub score: T,
    /// Whether that is above the threshold: normal or an anomaly.
    pub verdict: Verdict,
}

/// Features, what turns them into a score, and a threshold, bound to the axes and length of their
/// window.
#[derive(Debug, Clone, Copy)]
pub struct Detector<T, S> {
    features: FeatureSet,
    scoring: S,
    threshold: T,
    axes: usize,
    length: usize,
}

impl<T: Real, S: Score<T>> Detector<T, S> {
    /// A detector for windows of `length` readings of `axes` axes.
    ///
    /// # Errors
    /// [`Error::Shape`] where the score takes another number of features than the set gives,
    /// [`Error::Parameter`] where the threshold is not finite, and the errors of the shape.
    pub fn new(
        features: FeatureSet,
        scoring: S,
        threshold: T,
        axes: usize,
        length: usize,
    ) -> Result<Self, Error> {
        check_shape(axes, length)?;
        let count = features.count(axes)?;
        if scoring.dimension() != count {
            return Err(Error::Shape { expected: count, found: scoring.dimension() });
        }
        if !threshold.is_finite() {
            return Err(Error::Parameter);
        }
        Ok(Self { features, scoring, threshold, axes, length })
    }

    /// How many numbers [`Detector::judge`] needs room for: the features and the workspace of the
    /// score.
    #[inline]
    pub fn values(&self) -> usize {
        self.scoring.dimension().saturating_add(self.scoring.workspace())
    }

    /// Judges one window.
    ///
    /// `scratch` holds at least as many keys as the window has readings, `values` at least
    /// [`Detector::values`] numbers; the features are left at its beginning.
    ///
    /// # Errors
    /// [`Error::Shape`] where the window or a buffer has another size, and whatever keeps the
    /// features or the score from being computed. There is no score without a number.
    #[inline]
    pub fn judge(
        &self,
        window: &Readings<'_, T>,
        scratch: &mut [T::Key],
        values: &mut [T],
    ) -> Result<Judgement<T>, Error> {
        if window.axes() != self.axes {
            return Err(Error::Shape { expected: self.axes, found: window.axes() });
        }
        if window.length() != self.length {
            return Err(Error::Shape { expected: self.length, found: window.length() });
        }
        let short = Error::Shape { expected: self.values(), found: values.len() };
        let (features, workspace) =
            values.split_at_mut_checked(self.scoring.dimension()).ok_or(short)?;
        let features = self.features.extract(window, scratch, features)?;
        let score = self.scoring.score(features, workspace)?;
        Ok(Judgement { score, verdict: Verdict::of(score, self.threshold) })
    }
}
