//! What each feature has to do with a score.

use std::fmt;

use judder_core::{Autoencoder, Error, FeatureName};

use crate::network::dense;
use crate::{DetectorKind, Gaussian, Model, Neighbours};

/// What a feature has to do with the score of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// The feature.
    pub feature: FeatureName,
    /// By how much the score would be less if the feature were as it is expected.
    pub amount: f64,
    /// How far it is from there, in standard deviations; below 0 where it is less.
    pub spreads: f64,
    /// By what it is expected.
    pub expected: Expected,
}

/// What says how a feature ought to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The other features, of a Gaussian.
    ByOthers,
    /// The most similar normal windows.
    ByNeighbours,
    /// The network of an autoencoder.
    ByNetwork,
}

impl fmt::Display for Contribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { feature, spreads, expected, .. } = self;
        let what = match expected {
            Expected::ByOthers => "what the others would have it",
            Expected::ByNeighbours => "the most similar normal windows",
            Expected::ByNetwork => "what the network gives back",
        };
        let side = if *spreads < 0.0 { "below" } else { "above" };
        write!(f, "{feature} is {:.1} standard deviations {side} {what}", spreads.abs())
    }
}

impl Model {
    /// What each feature of a window has to do with its score, in the order of the features.
    ///
    /// With `d` the difference from the mean of the (nearest) Gaussian and `P` the inverse of its
    /// covariance, feature `i` is `(P d)ᵢ / √Pᵢᵢ` standard deviations from what the others let expect,
    /// and the squared distance would be the square of that less if it were there. (These do not sum
    /// to the distance, unless no features are correlated.) Of neighbours and of an autoencoder it is
    /// the feature's own term, and they do sum to the score.
    ///
    /// # Errors
    /// [`Error::Shape`] where there are not as many features as the detector takes.
    pub fn contributions(&self, features: &[f64]) -> Result<Vec<Contribution>, Error> {
        let expected = self.detector().features();
        if features.len() != expected {
            return Err(Error::Shape { expected, found: features.len() });
        }
        let (terms, expected) = match self.detector() {
            DetectorKind::Mahalanobis(one) => (of_gaussian(one, features), Expected::ByOthers),
            DetectorKind::Mixture(mixture) => {
                let mode = &mixture.modes()[self.detector().state(features)];
                (of_gaussian(mode, features), Expected::ByOthers)
            }
            DetectorKind::Neighbours(near) => {
                (of_neighbours(near, features), Expected::ByNeighbours)
            }
            DetectorKind::Autoencoder(autoencoder) => {
                let (layers, scale) = (autoencoder.folded().rounded(), autoencoder.error_scale());
                let layers = dense(&layers)?;
                let core = Autoencoder::new(&layers, &scale)?;
                let mut workspace = vec![0.0; judder_core::Score::<f64>::workspace(&core)];
                let given_back = core.reconstruct(features, &mut workspace)?;
                let n = features.len() as f64;
                let term = |((x, y), scale): ((&f64, &f64), &f64)| {
                    let spreads = (x - y) * scale;
                    (spreads * spreads / n, spreads)
                };
                let terms = features.iter().zip(given_back).zip(&scale).map(term).collect();
                (terms, Expected::ByNetwork)
            }
        };
        let named = self.features().names(self.binding().axes).zip(terms);
        Ok(named
            .map(|(feature, (amount, spreads))| Contribution { feature, amount, spreads, expected })
            .collect())
    }
}

impl DetectorKind {
    /// How many states of the machine it knows as normal.
    pub fn states(&self) -> usize {
        match self {
            Self::Mixture(mixture) => mixture.modes().len(),
            _ => 1,
        }
    }

    /// Which of these states features are nearest to.
    pub fn state(&self, features: &[f64]) -> usize {
        let Self::Mixture(mixture) = self else { return 0 };
        let distance = |mode: &Gaussian| whitened(mode, features).iter().map(|x| x * x).sum();
        let distances: Vec<f64> = mixture.modes().iter().map(distance).collect();
        (0..distances.len()).min_by(|&a, &b| distances[a].total_cmp(&distances[b])).unwrap_or(0)
    }
}

/// W d.
fn whitened(gaussian: &Gaussian, features: &[f64]) -> Vec<f64> {
    let d: Vec<f64> = features.iter().zip(gaussian.mean()).map(|(x, mean)| x - mean).collect();
    let product =
        |(begins, row): (usize, &[f64])| row.iter().zip(&d[begins..]).map(|(w, d)| w * d).sum();
    gaussian.rows().map(product).collect()
}

fn of_gaussian(gaussian: &Gaussian, features: &[f64]) -> Vec<(f64, f64)> {
    let n = features.len();
    // P d, and the diagonal of P.
    let (mut along, mut precision) = (vec![0.0; n], vec![0.0; n]);
    for ((begins, row), y) in gaussian.rows().zip(whitened(gaussian, features)) {
        let those = along[begins..].iter_mut().zip(&mut precision[begins..]);
        for ((along, precision), w) in those.zip(row) {
            *along += w * y;
            *precision += w * w;
        }
    }
    let term = |(along, precision): (f64, f64)| {
        let spreads = along / precision.sqrt();
        (spreads * spreads, spreads)
    };
    along.into_iter().zip(precision).map(term).collect()
}

fn of_neighbours(neighbours: &Neighbours, features: &[f64]) -> Vec<(f64, f64)> {
    let scale: Vec<f64> = neighbours.scale().collect();
    let n = features.len();
    let differences = |row: &[f64]| -> Vec<f64> {
        features.iter().zip(row).zip(&scale).map(|((x, y), scale)| (x - y) * scale).collect()
    };
    let squared = |d: &[f64]| d.iter().map(|x| x * x).sum::<f64>();
    let mut all: Vec<Vec<f64>> = neighbours.rows().chunks_exact(n).map(differences).collect();
    all.sort_by(|a, b| squared(a).total_cmp(&squared(b)));
    let nearest = &all[..neighbours.k().min(all.len())];
    let mean = |of: &dyn Fn(&Vec<f64>) -> f64| {
        nearest.iter().map(of).sum::<f64>() / nearest.len().max(1) as f64
    };
    let term = |i: usize| {
        let amount = mean(&|d| d[i] * d[i]);
        (amount, amount.sqrt().copysign(mean(&|d| d[i])))
    };
    (0..n).map(term).collect()
}
