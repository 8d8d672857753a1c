//! A feature set: features joined with `+`.

use core::fmt;
use core::mem::discriminant;
use core::str::FromStr;

use super::axis::value;
use super::joint::{correlations, level, log_cov, log_eigen};
use super::spectral::spectra;
use super::{Feature, FeatureName};
use crate::covariance::View;
use crate::{Bands, Error, MAX_AXES, Readings, Real};

/// The most numbers a feature set gives: every feature of [`MAX_AXES`] axes and [`Bands::MAX`]
/// bands.
pub const MAX_FEATURES: usize = {
    let (mut total, mut at) = (0, 0);
    while at < Feature::ALL.len() {
        let most = (Bands::new(Bands::MAX), Bands::octaves(Bands::MAX_OCTAVES));
        total += match (Feature::ALL[at], most) {
            (Feature::Bands(_), (Ok(most), _)) => Feature::Bands(most),
            (Feature::TotalBands(_), (Ok(most), _)) => Feature::TotalBands(most),
            (Feature::TotalOctaves(_), (_, Ok(most))) => Feature::TotalOctaves(most),
            (feature, _) => feature,
        }
        .count(MAX_AXES);
        at += 1;
    }
    total
};

/// Features in a fixed order, named by joining theirs with `+`: `log-mad+correlation`.
///
/// The numbers stand in that order; those of one feature in the order of the axes. A feature stands
/// in it only once, so that `bands:8+bands:16` is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FeatureSet {
    features: [Option<Feature>; Feature::ALL.len()],
}

impl FeatureSet {
    /// A set of these features, in this order.
    ///
    /// # Errors
    /// [`Error::FeatureSet`] where there is none, or one appears twice, be it with other bands.
    pub fn new(features: &[Feature]) -> Result<Self, Error> {
        let mut set = Self { features: [None; Feature::ALL.len()] };
        for &feature in features {
            set.push(feature)?;
        }
        if features.is_empty() { Err(Error::FeatureSet) } else { Ok(set) }
    }

    fn push(&mut self, feature: Feature) -> Result<(), Error> {
        if self.features().any(|known| discriminant(&known) == discriminant(&feature)) {
            return Err(Error::FeatureSet);
        }
        let free = self.features.iter_mut().find(|f| f.is_none()).ok_or(Error::FeatureSet)?;
        *free = Some(feature);
        Ok(())
    }

    /// The features, in order.
    pub fn features(&self) -> impl Iterator<Item = Feature> + '_ {
        self.features.iter().map_while(|&feature| feature)
    }

    /// How many numbers it gives for a window of `axes` axes; at most [`MAX_FEATURES`].
    ///
    /// # Errors
    /// [`Error::AxisCount`], or [`Error::NoFeatures`] where it gives none.
    pub fn count(&self, axes: usize) -> Result<usize, Error> {
        if !(1..=MAX_AXES).contains(&axes) {
            return Err(Error::AxisCount { axes });
        }
        match self.features().map(|feature| feature.count(axes)).sum() {
            0 => Err(Error::NoFeatures { axes }),
            count => Ok(count),
        }
    }

    /// The name of each number, in order, for a window of `axes` axes: `mad x`, `correlation xy`,
    /// `bands:16 x[1]`.
    pub fn names(&self, axes: usize) -> impl Iterator<Item = FeatureName> + '_ {
        let axes = axes.min(MAX_AXES);
        self.features().flat_map(move |feature| FeatureName::of(feature, axes))
    }

    /// The numbers between which correlations are estimated, in order: how many there are, and whether they share one
    /// unit. Those of a feature are a family, and those of `bands` one for each axis.
    pub fn families(&self, axes: usize) -> impl Iterator<Item = (usize, bool)> + '_ {
        let axes = axes.min(MAX_AXES);
        let of = move |feature: Feature| {
            let times = if matches!(feature, Feature::Bands(_)) { axes } else { 1 };
            let count = feature.count(axes).checked_div(times).unwrap_or(0);
            (0..times).map(move |_| (count, feature.is_logarithm()))
        };
        self.features().flat_map(of).filter(|(count, _)| *count > 0)
    }

    /// Computes the features of one window into `values`, and returns those it wrote.
    ///
    /// `scratch` holds at least as many keys as the window has readings.
    ///
    /// # Errors
    /// [`Error::NonFinite`] or [`Error::StuckAxis`] where the readings are no measurement,
    /// [`Error::NotRepresentable`] where a feature over- or underflows, [`Error::Shape`] where a
    /// buffer is too small. What is in `values` then means nothing.
    #[inline]
    pub fn extract<'v, T: Real>(
        &self,
        window: &Readings<'_, T>,
        scratch: &mut [T::Key],
        values: &'v mut [T],
    ) -> Result<&'v [T], Error> {
        let (count, space) = (self.count(window.axes())?, values.len());
        if scratch.len() < window.length() {
            return Err(Error::Shape { expected: window.length(), found: scratch.len() });
        }
        let values =
            values.get_mut(..count).ok_or(Error::Shape { expected: count, found: space })?;
        window.check()?;
        let (mut first, mut transformed) = (0_usize, false);
        for feature in self.features() {
            let behind = first.saturating_add(feature.count(window.axes()));
            if feature.is_of_spectrum() {
                if !transformed {
                    spectra(window, self, values);
                    transformed = true;
                }
                let own = values.get(first..behind).unwrap_or_default();
                if let Some(at) = own.iter().position(|x| !x.is_finite()) {
                    return Err(Error::NotRepresentable { feature: first.saturating_add(at) });
                }
                first = behind;
                continue;
            }
            let mut slots = (first..).zip(values.get_mut(first..behind).unwrap_or_default());
            let mut put = |x: T| match slots.next() {
                Some((_, slot)) if x.is_finite() => {
                    *slot = x;
                    Ok(())
                }
                Some((feature, _)) => Err(Error::NotRepresentable { feature }),
                None => Err(Error::Shape { expected: count, found: space }),
            };
            match feature {
                Feature::Correlation => correlations(window, View::Plain, &mut put)?,
                Feature::DiffCorrelation => correlations(window, View::Differences, &mut put)?,
                Feature::LogCov => log_cov(window, View::Plain, &mut put)?,
                Feature::DiffLogCov => log_cov(window, View::Differences, &mut put)?,
                Feature::LogEigen => log_eigen(window, View::Plain, &mut put)?,
                Feature::DiffLogEigen => log_eigen(window, View::Differences, &mut put)?,
                Feature::LevelLogStd => level(window, View::Plain, &mut put)?,
                Feature::LevelDiffLogStd => level(window, View::Differences, &mut put)?,
                feature => {
                    for readings in window.iter() {
                        if let Some(x) = value(feature, readings, scratch) {
                            put(x)?;
                        }
                    }
                }
            }
            first = behind;
        }
        Ok(values)
    }
}

impl FromStr for FeatureSet {
    type Err = Error;

    /// # Errors
    /// [`Error::UnknownFeature`], [`Error::Bands`] or [`Error::FeatureSet`].
    fn from_str(name: &str) -> Result<Self, Error> {
        let mut set = Self { features: [None; Feature::ALL.len()] };
        for part in name.split('+') {
            set.push(part.trim().parse()?)?;
        }
        Ok(set)
    }
}

impl fmt::Display for FeatureSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, feature) in self.features().enumerate() {
            if at > 0 {
                f.write_str("+")?;
            }
            fmt::Display::fmt(&feature, f)?;
        }
        Ok(())
    }
}
