//! Features: numbers computed from a window, and the named sets of them.

mod axis;
mod name;
mod set;

pub use name::FeatureName;
pub use set::{FeatureSet, MAX_FEATURES};

use crate::{Error, Real};

/// A feature. Most give one number for each axis, some one for each pair of axes.
///
/// Moments are those of the readings of the window and divided by their number `n` (biased), as
/// NumPy's and SciPy's by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// `mad`: 1.4826 × the median absolute deviation from the median, in the unit of the readings.
    Mad,
    /// `log-mad`: the natural logarithm of `mad`. Where more than half of the readings are equal,
    /// and `mad` is therefore 0, that of 1.2533 × the mean absolute deviation from the mean, which
    /// estimates the same spread (Iglewicz and Hoaglin 1993).
    LogMad,
    /// `std`: the standard deviation, in the unit of the readings.
    Std,
    /// `rms`: the root of the mean square about zero, in the unit of the readings. It contains
    /// gravity, so it tells how the sensor is mounted; `std` is the RMS of the vibration alone.
    Rms,
    /// `variance`, in the squared unit of the readings.
    Variance,
    /// `kurtosis`: the fourth standardised moment less 3; 0 for Gaussian noise.
    Kurtosis,
    /// `skewness`: the third standardised moment.
    Skewness,
    /// `crest`: the largest deviation from the mean, divided by the standard deviation.
    Crest,
    /// `peak-to-peak`: the largest less the smallest reading, in the unit of the readings.
    PeakToPeak,
    /// `correlation`: Pearson's, of each pair of axes (xy, xz, yz, ...): `axes (axes - 1) / 2`.
    Correlation,
    /// `log-std`: the natural logarithm of `std`.
    LogStd,
    /// `log-cov`: the matrix logarithm of the covariance of the axes: `axes (axes + 1) / 2` numbers,
    /// those beside the diagonal times √2, so that distances are those of the matrices (Arsigny et
    /// al. 2006). A rotation of the sensor turns them as one, another unit only shifts the diagonal.
    /// Eigenvalues below a millionth of their mean count as that millionth.
    LogCov,
    /// `diff-std`: `std` of the differences of consecutive readings. Differences are without gravity
    /// and without slow motion, and the quicker a vibration is, the more of it they hold. A straight
    /// line, whose differences are all equal, has none of these features.
    DiffStd,
    /// `diff-log-std`: the natural logarithm of `diff-std`.
    DiffLogStd,
    /// `diff-correlation`: `correlation` of the differences of consecutive readings.
    DiffCorrelation,
    /// `diff-log-cov`: `log-cov` of the differences of consecutive readings.
    DiffLogCov,
}

/// Which axes a number of a feature belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// One axis.
    Axis,
    /// A pair of different axes.
    Pair,
    /// Two axes, or one twice.
    PairOrAxis,
}

impl Feature {
    /// Every feature, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::Mad,
        Self::LogMad,
        Self::Std,
        Self::Rms,
        Self::Variance,
        Self::Kurtosis,
        Self::Skewness,
        Self::Crest,
        Self::PeakToPeak,
        Self::Correlation,
        Self::LogStd,
        Self::LogCov,
        Self::DiffStd,
        Self::DiffLogStd,
        Self::DiffCorrelation,
        Self::DiffLogCov,
    ];

    /// The name, as in `--features`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mad => "mad",
            Self::LogMad => "log-mad",
            Self::Std => "std",
            Self::Rms => "rms",
            Self::Variance => "variance",
            Self::Kurtosis => "kurtosis",
            Self::Skewness => "skewness",
            Self::Crest => "crest",
            Self::PeakToPeak => "peak-to-peak",
            Self::Correlation => "correlation",
            Self::LogStd => "log-std",
            Self::LogCov => "log-cov",
            Self::DiffStd => "diff-std",
            Self::DiffLogStd => "diff-log-std",
            Self::DiffCorrelation => "diff-correlation",
            Self::DiffLogCov => "diff-log-cov",
        }
    }

    /// Which axes its numbers belong to.
    pub(crate) const fn of(self) -> Of {
        match self {
            Self::Correlation | Self::DiffCorrelation => Of::Pair,
            Self::LogCov | Self::DiffLogCov => Of::PairOrAxis,
            _ => Of::Axis,
        }
    }

    /// How many numbers it gives for a window of `axes` axes.
    pub const fn count(self, axes: usize) -> usize {
        match self.of() {
            Of::Axis => axes,
            Of::Pair => axes.saturating_mul(axes.saturating_sub(1)) / 2,
            Of::PairOrAxis => axes.saturating_mul(axes.saturating_add(1)) / 2,
        }
    }
}

impl core::str::FromStr for Feature {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|f| f.name() == name).ok_or(Error::UnknownFeature)
    }
}

impl core::fmt::Display for Feature {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.name())
    }
}

/// Scratch space for the medians, shared by the axes of a window: one key for each reading.
pub(crate) type Scratch<'a, T> = &'a mut [<T as Real>::Key];
