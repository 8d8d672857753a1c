//! What is measured of every window.

use judder_core::mad;
use rayon::prelude::*;

use crate::spectrum::Spectrum;

use super::gather::{Gathered, State};

/// What is measured of one axis of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moments {
    /// Of acceleration, in g.
    pub(super) mean: f64,
    /// In g².
    pub(super) variance: f64,
    /// The fourth standardised moment less 3; not a number where nothing varies.
    pub(super) kurtosis: f64,
    /// The third standardised moment; not a number where nothing varies.
    pub(super) skewness: f64,
    /// 1.4826 × the median absolute deviation, in g.
    pub(super) mad: f64,
}

/// What is measured of one window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measured {
    /// Of each axis.
    pub(super) moments: Vec<Moments>,
    /// Pearson's, of each pair of axes: xy, xz, yz.
    pub(super) correlations: Vec<f64>,
    /// The amplitude of each line, in g, axis by axis, without that of the mean.
    pub(super) amplitudes: Vec<f32>,
}

impl Measured {
    /// How strongly all axes vibrate together: the root of the sum of their variances, in g.
    pub(super) fn vibration(&self) -> f64 {
        self.moments.iter().map(|one| one.variance).sum::<f64>().sqrt()
    }

    /// The amplitudes of one axis.
    pub(super) fn spectrum(&self, axis: usize) -> &[f32] {
        let lines = self.amplitudes.len() / self.moments.len().max(1);
        &self.amplitudes[axis * lines..(axis + 1) * lines]
    }
}

/// The pairs of axes, in the order of their correlations.
pub(super) fn pairs(axes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..axes).flat_map(move |a| (a + 1..axes).map(move |b| (a, b)))
}

/// Measures every window of every state, on all threads.
pub(super) fn measure(gathered: &Gathered) -> Vec<Vec<Measured>> {
    let spectrum = Spectrum::new(gathered.window);
    let of_state = |state: &State| {
        let windows = 0..state.windows.len();
        let one = |at| measured(&state.window(at, gathered.window).collect::<Vec<_>>(), &spectrum);
        windows.into_par_iter().map(one).collect()
    };
    gathered.states.iter().map(of_state).collect()
}

fn measured(axes: &[&[f64]], spectrum: &Spectrum) -> Measured {
    let moments: Vec<Moments> = axes.iter().map(|axis| moments(axis)).collect();
    let correlations = pairs(axes.len()).map(|(a, b)| {
        let (one, other) = (&moments[a], &moments[b]);
        let products = axes[a].iter().zip(axes[b]).map(|(x, y)| (x - one.mean) * (y - other.mean));
        let covariance = products.sum::<f64>() / axes[a].len() as f64;
        covariance / (one.variance * other.variance).sqrt()
    });
    let amplitudes = axes.iter().flat_map(|axis| spectrum.amplitudes(axis)).collect();
    Measured { correlations: correlations.collect(), amplitudes, moments }
}

fn moments(axis: &[f64]) -> Moments {
    let n = axis.len() as f64;
    let mean = axis.iter().sum::<f64>() / n;
    let power = |k: i32| axis.iter().map(|x| (x - mean).powi(k)).sum::<f64>() / n;
    let stuck = axis.iter().all(|x| *x == axis[0]);
    let variance = if stuck { 0.0 } else { power(2) };
    let mut keys = vec![0; axis.len()];
    Moments {
        mean,
        variance,
        kurtosis: if stuck { f64::NAN } else { power(4) / variance.powi(2) - 3.0 },
        skewness: if stuck { f64::NAN } else { power(3) / variance.powf(1.5) },
        mad: mad(axis, &mut keys).unwrap_or(f64::NAN),
    }
}

/// The median of what is finite; not a number where nothing is.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 0 => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        n => sorted[n / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use judder_core::{FeatureSet, Readings};

    #[test]
    fn moments_are_those_of_the_features() {
        let axis: Vec<f64> = (0..97).map(|i| ((i * i) % 31) as f64 * 0.01 + 0.9).collect();
        let set: FeatureSet = "mad+variance+kurtosis+skewness".parse().unwrap();
        let readings = Readings::new(&axis, 1, axis.len()).unwrap();
        let (mut keys, mut values) = ([0; 97], [0.0; 4]);
        set.extract(&readings, &mut keys, &mut values).unwrap();
        let Moments { mean, variance, kurtosis, skewness, mad } = moments(&axis);
        assert!((mean - axis.iter().sum::<f64>() / 97.0).abs() < 1e-12);
        for (found, expected) in [mad, variance, kurtosis, skewness].into_iter().zip(values) {
            assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0));
        }
    }

    #[test]
    fn what_does_not_vary_has_no_shape() {
        let one = moments(&[1.1; 50]);
        assert_eq!((one.variance, one.mad), (0.0, 0.0));
        assert!(one.kurtosis.is_nan() && one.skewness.is_nan());
        assert!(median([f64::NAN]).is_nan() && median([2.0, f64::NAN, 1.0]) == 1.5);
    }
}
