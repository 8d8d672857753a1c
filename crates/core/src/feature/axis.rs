//! The features of one axis. The axis is finite, and its readings are not all equal.

use super::{Feature, Scratch};
use crate::covariance::View;
use crate::moments::{Power, central_moment, mean, representable, sum};
use crate::{Real, mad};

/// √(π/2): turns the mean absolute deviation into an estimate of a Gaussian's standard deviation.
const MEAN_DEVIATION_TO_SIGMA: f64 = 1.253_314;

/// The number that `feature` gives for one axis; not finite where it cannot be represented.
///
/// `None` only where `scratch` is too short, or the feature is not one of a single axis.
#[inline]
pub(super) fn value<T: Real>(
    feature: Feature,
    readings: &[T],
    scratch: Scratch<'_, T>,
) -> Option<T> {
    Some(match feature {
        Feature::Mad => mad(readings, scratch)?,
        Feature::LogMad => log_mad(readings, scratch)?,
        Feature::Std => std(readings),
        Feature::Rms => rms(readings),
        Feature::Variance => variance(readings, mean(readings)),
        Feature::Kurtosis => kurtosis(readings),
        Feature::Skewness => skewness(readings),
        Feature::Crest => crest(readings),
        Feature::PeakToPeak => {
            let (low, high) = range(readings);
            high - low
        }
        Feature::LogStd => std(readings).ln(),
        Feature::DiffStd => View::Differences.variance(readings).sqrt(),
        Feature::DiffLogStd => View::Differences.variance(readings).sqrt().ln(),
        _ => return None,
    })
}

fn log_mad<T: Real>(readings: &[T], scratch: Scratch<'_, T>) -> Option<T> {
    let mad = mad(readings, scratch)?;
    if mad > T::ZERO {
        return Some(mad.ln());
    }
    let center = mean(readings);
    let deviation = sum(readings, |x| (x - center).abs()) / T::from_count(readings.len());
    Some((T::from_f64(MEAN_DEVIATION_TO_SIGMA) * deviation).ln())
}

fn std<T: Real>(readings: &[T]) -> T {
    variance(readings, mean(readings)).sqrt()
}

fn rms<T: Real>(readings: &[T]) -> T {
    representable(sum(readings, |x| x * x) / T::from_count(readings.len())).sqrt()
}

fn variance<T: Real>(readings: &[T], mean: T) -> T {
    representable(central_moment(readings, mean, Power::Two))
}

/// `m₄ / m₂² - 3`
fn kurtosis<T: Real>(readings: &[T]) -> T {
    let mean = mean(readings);
    let variance = variance(readings, mean);
    let square = representable(variance * variance);
    central_moment(readings, mean, Power::Four) / square - T::from_f64(3.0)
}

/// `m₃ / m₂^1.5`
fn skewness<T: Real>(readings: &[T]) -> T {
    let mean = mean(readings);
    let variance = variance(readings, mean);
    let cube = representable(variance * variance.sqrt());
    central_moment(readings, mean, Power::Three) / cube
}

fn crest<T: Real>(readings: &[T]) -> T {
    let (mean, (low, high)) = (mean(readings), range(readings));
    let peak = if high - mean > mean - low { high - mean } else { mean - low };
    peak / std(readings)
}

fn range<T: Real>(readings: &[T]) -> (T, T) {
    let first = readings.first().copied().unwrap_or(T::ZERO);
    readings.iter().fold((first, first), |(low, high), &x| {
        (if x < low { x } else { low }, if x > high { x } else { high })
    })
}
