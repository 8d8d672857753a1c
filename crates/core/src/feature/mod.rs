//! Features: numbers computed from a window, and the named sets of them.

mod axis;
mod bands;
mod joint;
mod name;
mod set;
mod spectral;
mod word;

pub use bands::Bands;
pub use name::FeatureName;
pub use set::{FeatureSet, MAX_FEATURES};

use crate::{Error, Real};

/// A feature. Most give one number for each axis, some several, some one for each pair of axes, and
/// some numbers that belong to no axis: these a rotation of the sensor does not change.
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
    /// `bands:N`: of each axis the natural logarithms of the energies in N bands, which share the
    /// frequencies from 0 to half the sample rate equally: sums of the power spectrum by Welch's
    /// method, in segments of the largest power of two no longer than the window, 64 to 256, that
    /// overlap by half or more. Together they have about the variance. An energy below 10⁻¹² of their
    /// mean counts as that.
    Bands(Bands),
    /// `total-bands:N`: the same of the energies of all axes together: N numbers, which a rotation
    /// of the sensor does not change.
    TotalBands(Bands),
    /// `total-octaves:N`: the same in `N` octaves, 1 to 6: the highest has the upper half of the
    /// frequencies, the next the upper half of the rest, and the last all that is left down to 0.
    TotalOctaves(Bands),
    /// `tonal`: of each axis the natural logarithm of the energy of the strongest line of that
    /// spectrum with its two neighbours, and the mean frequency of that energy as a share of the
    /// sample rate, 0 to 0.5.
    Tonal,
    /// `log-eigen`: the natural logarithms of the eigenvalues of the covariance of the axes, the
    /// largest first: as many as there are axes. A rotation of the sensor does not change them.
    /// Those below a millionth of their mean count as that millionth.
    LogEigen,
    /// `diff-log-eigen`: `log-eigen` of the differences of consecutive readings.
    DiffLogEigen,
    /// `level-log-std`: the natural logarithm of the standard deviation along the mean reading, which
    /// is the direction of gravity, and of the root mean variance of the directions across it (not
    /// of one axis, which has none): a rotation of the sensor does not change them. Variances below a
    /// millionth of the mean of the axes' count as that millionth. Where the mean reading is 0 they
    /// are not representable.
    LevelLogStd,
    /// `level-diff-log-std`: the same of the differences of consecutive readings, along and across
    /// the mean reading too.
    LevelDiffLogStd,
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
    /// None: all axes together.
    Window,
}

/// Where a feature puts its numbers, one after the other. A name for what `FeatureSet` gives.
trait Put<T>: FnMut(T) -> Result<(), Error> {}

impl<T, F: FnMut(T) -> Result<(), Error>> Put<T> for F {}

impl Feature {
    /// Every feature, in the order of the documentation; those of bands with 16 of them, those of
    /// octaves with 5.
    pub const ALL: [Self; 24] = [
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
        Self::Bands(Bands::EXAMPLE),
        Self::TotalBands(Bands::EXAMPLE),
        Self::TotalOctaves(Bands::OCTAVES),
        Self::Tonal,
        Self::LogEigen,
        Self::DiffLogEigen,
        Self::LevelLogStd,
        Self::LevelDiffLogStd,
    ];

    /// Whether its numbers are natural logarithms: a difference of theirs is a ratio, so they share
    /// a unit, and distances mean something without standardising.
    pub const fn is_logarithm(self) -> bool {
        match self {
            Self::LogMad
            | Self::LogStd
            | Self::LogCov
            | Self::DiffLogStd
            | Self::DiffLogCov
            | Self::Bands(_)
            | Self::TotalBands(_)
            | Self::TotalOctaves(_)
            | Self::LogEigen
            | Self::DiffLogEigen
            | Self::LevelLogStd
            | Self::LevelDiffLogStd => true,
            Self::Mad
            | Self::Std
            | Self::Rms
            | Self::Variance
            | Self::Kurtosis
            | Self::Skewness
            | Self::Crest
            | Self::PeakToPeak
            | Self::Correlation
            | Self::DiffStd
            | Self::DiffCorrelation
            | Self::Tonal => false,
        }
    }

    /// How many bands it has, where it has any.
    pub const fn bands(self) -> Option<Bands> {
        match self {
            Self::Bands(bands) | Self::TotalBands(bands) | Self::TotalOctaves(bands) => Some(bands),
            _ => None,
        }
    }

    /// Whether it is computed from the power spectrum.
    const fn is_of_spectrum(self) -> bool {
        self.bands().is_some() || matches!(self, Self::Tonal)
    }

    /// Which axes its numbers belong to.
    pub(crate) const fn of(self) -> Of {
        match self {
            Self::Correlation | Self::DiffCorrelation => Of::Pair,
            Self::LogCov | Self::DiffLogCov => Of::PairOrAxis,
            Self::TotalBands(_)
            | Self::TotalOctaves(_)
            | Self::LogEigen
            | Self::DiffLogEigen
            | Self::LevelLogStd
            | Self::LevelDiffLogStd => Of::Window,
            _ => Of::Axis,
        }
    }

    /// How many numbers it gives for each of these, of a window of `axes` axes, where they are to be
    /// told from each other.
    const fn parts(self, axes: usize) -> Option<usize> {
        match self {
            Self::Bands(bands) | Self::TotalBands(bands) | Self::TotalOctaves(bands) => {
                Some(bands.get() as usize)
            }
            Self::Tonal => Some(2),
            Self::LogEigen | Self::DiffLogEigen => Some(axes),
            Self::LevelLogStd | Self::LevelDiffLogStd => Some(if axes < 2 { axes } else { 2 }),
            _ => None,
        }
    }

    /// How many numbers it gives for a window of `axes` axes.
    pub const fn count(self, axes: usize) -> usize {
        let belongs = match self.of() {
            Of::Axis => axes,
            Of::Pair => axes.saturating_mul(axes.saturating_sub(1)) / 2,
            Of::PairOrAxis => axes.saturating_mul(axes.saturating_add(1)) / 2,
            Of::Window => (axes > 0) as usize,
        };
        match self.parts(axes) {
            Some(parts) => belongs.saturating_mul(parts),
            None => belongs,
        }
    }
}

/// Scratch space for the medians, shared by the axes of a window: one key for each reading.
pub(crate) type Scratch<'a, T> = &'a mut [<T as Real>::Key];
