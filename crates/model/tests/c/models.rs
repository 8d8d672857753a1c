//! Models of every kind, fitted plainly: what they say is compared, not how well they judge.

use judder_core::{Activation, FeatureSet, Readings};
use judder_model::{
    Autoencoder, Binding, DetectorKind, Gaussian, Layer, LongRun, Mixture, Model, Mounted,
    Neighbours, Network, Precision, Provenance, Rule, Scaling, Takes, Threshold, Watching, starts,
};

use crate::windows::Chance;

/// What kind of detector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Mahalanobis,
    Mixture,
    /// The two before, their covariances in blocks; those of each mode in others.
    Blocks,
    MixtureOfBlocks,
    Neighbours,
    Network(Activation),
}

/// A model to be made.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) features: &'static str,
    pub(crate) kind: Kind,
    pub(crate) axes: usize,
    pub(crate) window: usize,
    pub(crate) hop: usize,
    pub(crate) watching: Watching,
}

impl Plan {
    pub(crate) fn new(features: &'static str, kind: Kind) -> Self {
        Self { features, kind, axes: 3, window: 128, hop: 128, watching: Watching::default() }
    }

    pub(crate) fn shaped(self, axes: usize, window: usize, hop: usize) -> Self {
        Self { axes, window, hop, ..self }
    }

    /// The first axes of recordings of three.
    pub(crate) fn of(&self, recordings: &[Vec<f32>]) -> Vec<Vec<f32>> {
        recordings.iter().map(|all| all[..all.len() / 3 * self.axes].to_vec()).collect()
    }

    /// Fitted to these recordings.
    pub(crate) fn model(&self, recordings: &[Vec<f32>]) -> Model {
        let set: FeatureSet = self.features.parse().unwrap();
        let rows = self.rows(&set, recordings);
        let (mean, sd) = spread(&rows);
        let n = mean.len();
        // Features of as many vary together.
        let gaussian = |mean: &[f64], sd: &[f64], together: usize| {
            let mut covariance = vec![0.0; n * n];
            for row in 0..n {
                for column in 0..n {
                    let r = match row == column {
                        true => 1.0,
                        false if row / together == column / together => 0.3 / n as f64,
                        false => 0.0,
                    };
                    covariance[row * n + column] = r * sd[row] * sd[column];
                }
            }
            Gaussian::new(mean.to_vec(), covariance).unwrap()
        };
        let detector = match self.kind {
            Kind::Mahalanobis => DetectorKind::Mahalanobis(gaussian(&mean, &sd, n)),
            Kind::Blocks => DetectorKind::Mahalanobis(gaussian(&mean, &sd, 5)),
            Kind::Mixture | Kind::MixtureOfBlocks => {
                let modes = rows.chunks(rows.len() / 3).zip(1..).map(|(part, mode)| {
                    let (mean, _) = spread(part);
                    gaussian(&mean, &sd, if self.kind == Kind::Mixture { n } else { 6 * mode })
                });
                DetectorKind::Mixture(Mixture::new(modes.collect()).unwrap())
            }
            Kind::Neighbours => {
                let some: Vec<f64> = rows.iter().step_by(3).flatten().copied().collect();
                DetectorKind::Neighbours(Neighbours::new(sd, some, 3).unwrap())
            }
            Kind::Network(activation) => {
                let mut chance = Chance(7);
                let hidden = n / 2 + 1;
                let mut layer = |given: usize, taken: usize, activation| {
                    let mut some = |count: usize| {
                        (0..count).map(|_| f64::from(chance.next()) - 0.5).collect::<Vec<_>>()
                    };
                    Layer::new(some(given * taken), some(given), activation).unwrap()
                };
                let layers =
                    vec![layer(hidden, n, activation), layer(n, hidden, Activation::Linear)];
                let network = Network::new(layers).unwrap();
                let scaling = Scaling { mean, sd };
                DetectorKind::Autoencoder(
                    Autoencoder::new(network, Takes::Standardised, scaling).unwrap(),
                )
            }
        };
        let binding =
            Binding { axes: self.axes, window: self.window, hop: self.hop, rate_hz: 200.0 };
        let threshold = Threshold {
            value: n as f64,
            rule: Rule::Given(0.0),
            false_alarm_rate: None,
            windows: 0,
        };
        let origin = "a test, of */ hostile \\ words".to_owned();
        let provenance = Provenance { origin, ..Provenance::default() };
        Model::new(binding, Precision::F32, set, detector, threshold, provenance)
            .and_then(|model| model.with_watching(self.watching.clone()))
            .unwrap()
    }

    fn rows(&self, set: &FeatureSet, recordings: &[Vec<f32>]) -> Vec<Vec<f64>> {
        let mut rows = Vec::new();
        let count = set.count(self.axes).unwrap();
        for recording in self.of(recordings) {
            let length = recording.len() / self.axes;
            for start in starts(length, self.window, self.hop) {
                let window: Vec<f32> = recording
                    .chunks_exact(length)
                    .flat_map(|axis| axis[start..][..self.window].to_vec())
                    .collect();
                let readings = Readings::new(&window, self.axes, self.window).unwrap();
                let (mut keys, mut values) = (vec![0; self.window], vec![0.0; count]);
                if let Ok(found) = set.extract(&readings, &mut keys, &mut values) {
                    rows.push(found.iter().map(|&x| x.into()).collect());
                }
            }
        }
        rows
    }
}

fn spread(rows: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let n = rows[0].len();
    let count = rows.len() as f64;
    let mean: Vec<f64> =
        (0..n).map(|at| rows.iter().map(|row| row[at]).sum::<f64>() / count).collect();
    let sd = (0..n).map(|at| {
        let squares = rows.iter().map(|row| (row[at] - mean[at]).powi(2)).sum::<f64>();
        (squares / count).sqrt().max(1e-6)
    });
    (mean.clone(), sd.collect())
}

/// All gates, averages, votes and the long run, with limits that some windows are beyond.
pub(crate) fn watchful() -> Watching {
    Watching {
        average: 4,
        votes: 2,
        of: 3,
        clear: 0.8,
        handled_above: Some(0.05),
        idle_below: Some(0.002),
        mounting: vec![Mounted { gravity: vec![-0.01, 0.2, 0.98], moved: 5.0, same: 2.0 }],
        strong_above: Some(0.2),
        drift: Some(LongRun { above: 0.5, over: 8 }),
        ..Watching::default()
    }
}
