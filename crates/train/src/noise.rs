//! How far features of logarithms vary by chance alone, where the machine does not change at all.
//!
//! A window holds a limited number of readings, so each energy that is estimated from it scatters, by a law that needs no
//! recording to be known.

use judder_core::{Feature, FeatureName, FeatureSet, Welch};

/// A Hann window makes a line so many lines wide (its equivalent noise bandwidth: Harris 1978).
const LINE_WIDTH: f64 = 1.5;

/// The degrees of freedom of all axes together, in those of one: axes of a machine move in step.
const OF_ALL_AXES: f64 = 1.5;

/// The variance by chance of each number of the set, for windows of `length` readings of `axes` axes; `None` of a number
/// of which it is not known, as it depends on the unit of the readings or on what they are like.
pub(crate) fn variances(set: &FeatureSet, axes: usize, length: usize) -> Vec<Option<f64>> {
    let spectrum = Spectrum::of(length);
    set.names(axes).map(|name| variance(&name, length, &spectrum)).collect()
}

fn variance(name: &FeatureName, length: usize, spectrum: &Spectrum) -> Option<f64> {
    let readings = length as f64;
    match name.feature {
        // Of Gaussian readings that are independent 2 / L; vibration is neither, and has about half as many.
        Feature::LogCov | Feature::DiffLogCov | Feature::LogEigen | Feature::DiffLogEigen => {
            Some(4.0 / readings)
        }
        // Half the logarithm of a variance.
        Feature::LogStd | Feature::DiffLogStd | Feature::LevelLogStd | Feature::LevelDiffLogStd => {
            Some(1.0 / readings)
        }
        // A median absolute deviation is 0.37 times as efficient (Rousseeuw and Croux 1993).
        Feature::LogMad => Some(1.0 / 0.37 / readings),
        Feature::Bands(_) => spectrum.variance(name, length, 1.0),
        Feature::TotalBands(_) | Feature::TotalOctaves(_) => {
            spectrum.variance(name, length, OF_ALL_AXES)
        }
        _ => None,
    }
}

/// What of a spectrum says how far its energies scatter.
struct Spectrum {
    /// The length of the transform.
    lines: f64,
    /// Readings in a segment: fewer than `lines` where the window is shorter.
    segment: f64,
    /// As many segments that do not overlap scatter as much (Welch 1967, half overlap).
    independent: f64,
}

impl Spectrum {
    fn of(length: usize) -> Self {
        let Welch { lines, segment, segments, .. } = Welch::<f64>::new(length);
        let s = segments as f64;
        let independent = (36.0 * s * s / (19.0 * s - 1.0) / 2.0).min(s).max(1.0);
        Self { lines: lines as f64, segment: segment as f64, independent }
    }

    /// Of the logarithm of an energy, which is χ² but for a factor.
    fn variance(&self, name: &FeatureName, length: usize, axes: f64) -> Option<f64> {
        let (from, to) = name.band(length)?;
        let lines = (to - from) * self.lines;
        let independent = (lines * (self.segment / self.lines) / LINE_WIDTH).max(1.0);
        let degrees = 2.0 * independent * self.independent * axes;
        Some(trigamma(degrees / 2.0))
    }
}

/// ψ′(x) of x > 0, the variance of the logarithm of a gamma variable of that shape (Abramowitz and Stegun 6.4.6 and
/// 6.4.12), to ten digits.
fn trigamma(mut x: f64) -> f64 {
    let mut sum = 0.0;
    while x < 8.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = 1.0 / 6.0
        - square
            * (1.0 / 30.0 - square * (1.0 / 42.0 - square * (1.0 / 30.0 - square * 5.0 / 66.0)));
    sum + 1.0 / x + square / 2.0 + square / x * series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From tables of the polygamma function.
    #[test]
    fn the_trigamma_function_is_that_of_the_tables() {
        let half = std::f64::consts::PI.powi(2) / 2.0;
        let known =
            [(0.5, half), (1.0, half / 3.0), (1.5, half - 4.0), (10.0, 0.105_166_335_681_685_75)];
        for (x, expected) in known {
            assert!((trigamma(x) - expected).abs() < 1e-10, "{x}: {}", trigamma(x));
        }
    }
}
