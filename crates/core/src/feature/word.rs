//! The word that each feature is called by, and features from their names.

use core::fmt;
use core::str::FromStr;

use super::{Bands, Feature};
use crate::Error;

impl Feature {
    /// The name, as in `--features`, without how many bands there are.
    const fn word(self) -> &'static str {
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
            Self::Bands(_) => "bands",
            Self::TotalBands(_) => "total-bands",
            Self::TotalOctaves(_) => "total-octaves",
            Self::Tonal => "tonal",
            Self::LogEigen => "log-eigen",
            Self::DiffLogEigen => "diff-log-eigen",
            Self::LevelLogStd => "level-log-std",
            Self::LevelDiffLogStd => "level-diff-log-std",
        }
    }
}

impl FromStr for Feature {
    type Err = Error;

    /// # Errors
    /// [`Error::UnknownFeature`], or [`Error::Bands`].
    fn from_str(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find_map(|feature| {
            let rest = name.strip_prefix(feature.word())?;
            (rest.is_empty() || rest.starts_with(":")).then_some((feature, rest))
        });
        let (feature, rest) = known.ok_or(Error::UnknownFeature)?;
        match (feature, rest.strip_prefix(":")) {
            (Self::Bands(_), Some(bands)) => Bands::parse(bands, false).map(Self::Bands),
            (Self::TotalBands(_), Some(bands)) => Bands::parse(bands, false).map(Self::TotalBands),
            (Self::TotalOctaves(_), Some(bands)) => {
                Bands::parse(bands, true).map(Self::TotalOctaves)
            }
            (Self::Bands(_) | Self::TotalBands(_) | Self::TotalOctaves(_), None) | (_, Some(_)) => {
                Err(Error::Bands)
            }
            (feature, None) => Ok(feature),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bands() {
            Some(bands) => write!(f, "{}:{bands}", self.word()),
            None => f.pad(self.word()),
        }
    }
}
