//! Models and recordings made of fixed numbers.

use judder_core::{Activation, Feature, FeatureSet};
use judder_model::{
    Autoencoder, Binding, DetectorKind, Gaussian, Layer, Mixture, Model, Neighbours, Network,
    Precision, Provenance, Rule, Scaling, Takes, Threshold,
};

/// A mean, and a covariance `A Aᵀ + I / 4` with the features in units that differ a lot.
pub(crate) fn gaussian(n: usize) -> Gaussian {
    let unit = |row: usize| 10f64.powi(row as i32 % 5 - 2);
    let a = |row: usize, column: usize| ((row * 7 + column * 3) % 11) as f64 / 11.0 - 0.4;
    let element = |row: usize, column: usize| {
        let dot: f64 = (0..n).map(|k| a(row, k) * a(column, k)).sum();
        (dot + if row == column { 0.25 } else { 0.0 }) * unit(row) * unit(column)
    };
    let covariance = (0..n * n).map(|at| element(at / n, at % n)).collect();
    Gaussian::new((0..n).map(|row| 0.1 * row as f64 * unit(row)).collect(), covariance).unwrap()
}

/// A layer of fixed weights between -1 and 1.
pub(crate) fn layer(inputs: usize, outputs: usize, activation: Activation) -> Layer {
    let number = |at: usize| ((at * 7 + inputs) % 17) as f64 / 8.0 - 1.0;
    let weights = (0..inputs * outputs).map(number).collect();
    Layer::new(weights, (0..outputs).map(|at| number(at + 5) / 4.0).collect(), activation).unwrap()
}

/// A network of standardised features, which are in units that differ a lot.
pub(crate) fn autoencoder(n: usize) -> Autoencoder {
    let unit = |row: usize| 10f64.powi(row as i32 % 5 - 2);
    let layers = vec![layer(n, n + 2, Activation::Tanh), layer(n + 2, n, Activation::Linear)];
    let scaling = Scaling {
        mean: (0..n).map(|row| (0.3 * row as f64 - 0.5) * unit(row)).collect(),
        sd: (0..n).map(|row| 0.75 * unit(row)).collect(),
    };
    Autoencoder::new(Network::new(layers).unwrap(), Takes::Standardised, scaling).unwrap()
}

pub(crate) fn autoencoder_model(features: &str, axes: usize, precision: Precision) -> Model {
    let features: FeatureSet = features.parse().unwrap();
    let detector = DetectorKind::Autoencoder(autoencoder(features.count(axes).unwrap()));
    let (threshold, provenance) = (given(1.5), Provenance::default());
    Model::new(binding(axes), precision, features, detector, threshold, provenance).unwrap()
}

/// Modes that differ in their means, each a feature apart.
pub(crate) fn mixture(n: usize, modes: usize) -> Mixture {
    let moved = |by: usize| {
        let one = gaussian(n);
        let covariance = one.covariance();
        let mean = one.mean().iter().zip(covariance.iter().step_by(n + 1));
        let mean = mean.map(|(x, variance)| x + by as f64 * variance.sqrt());
        Gaussian::new(mean.collect(), covariance.clone()).unwrap()
    };
    Mixture::new((0..modes).map(moved).collect()).unwrap()
}

/// Rows in units that differ a lot, and the `k` nearest of them.
pub(crate) fn neighbours(n: usize, rows: usize, k: usize) -> Neighbours {
    let unit = |row: usize| 10f64.powi(row as i32 % 5 - 2);
    let number = |at: usize| ((at * 7 + at / n) % 13) as f64 / 13.0;
    let rows = (0..rows * n).map(|at| number(at) * unit(at % n)).collect();
    Neighbours::new((0..n).map(|row| 0.3 * unit(row)).collect(), rows, k).unwrap()
}

/// A model of any detector for this feature set.
pub(crate) fn model_of(
    features: &str,
    axes: usize,
    precision: Precision,
    detector: impl Fn(usize) -> DetectorKind,
) -> Model {
    let features: FeatureSet = features.parse().unwrap();
    let detector = detector(features.count(axes).unwrap());
    let (threshold, provenance) = (given(11.5), Provenance::default());
    Model::new(binding(axes), precision, features, detector, threshold, provenance).unwrap()
}

pub(crate) fn binding(axes: usize) -> Binding {
    Binding { axes, window: 16, hop: 5, rate_hz: 200.0 }
}

pub(crate) fn given(value: f64) -> Threshold {
    Threshold { value, rule: Rule::Given(value), false_alarm_rate: None, windows: 0 }
}

pub(crate) fn model(features: &str, axes: usize, precision: Precision) -> Model {
    let features: FeatureSet = features.parse().unwrap();
    let detector = DetectorKind::Mahalanobis(gaussian(features.count(axes).unwrap()));
    let (threshold, provenance) = (given(11.5), Provenance::default());
    Model::new(binding(axes), precision, features, detector, threshold, provenance).unwrap()
}

pub(crate) fn every_feature() -> String {
    Feature::ALL.map(|feature| feature.to_string()).join("+")
}

/// Readings of a kind of accelerometer, axis by axis: a slow swing, counts of 1/2048 g, gravity on
/// the last axis.
pub(crate) fn readings(axes: usize, length: usize) -> Vec<f64> {
    let mut state = 1u32;
    let mut values = Vec::with_capacity(axes * length);
    for axis in 0..axes {
        for at in 0..length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let swing = 4 * (at % 14).abs_diff(7) as u32;
            let counts = swing + (state >> 28) + if axis + 1 == axes { 2048 } else { 0 };
            values.push(f64::from(counts) / 2048.0);
        }
    }
    values
}
