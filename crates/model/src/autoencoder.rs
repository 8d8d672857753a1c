//! A network that gives features back, and the scale its errors are measured in.

use judder_core::Activation;
use serde::{Deserialize, Serialize};

use crate::network::{Layer, Network};

/// What the network of an autoencoder takes and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Takes {
    /// The features as they are.
    Features,
    /// The features less their mean, in standard deviations.
    Standardised,
}

/// The mean and standard deviation of each feature among normal windows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scaling {
    /// `[n]`
    pub mean: Vec<f64>,
    /// `[n]`
    pub sd: Vec<f64>,
}

impl Scaling {
    /// No scaling: means 0, standard deviations 1.
    pub fn none(features: usize) -> Self {
        Self { mean: vec![0.0; features], sd: vec![1.0; features] }
    }

    /// A feature vector less the mean, in standard deviations.
    pub fn standardise(&self, features: &[f64]) -> Vec<f64> {
        let one = |((x, mean), sd): ((&f64, &f64), &f64)| (x - mean) / sd;
        features.iter().zip(&self.mean).zip(&self.sd).map(one).collect()
    }
}

/// A network of `n` features to `n` features, and their scaling.
///
/// The score is the mean squared error of reconstruction, each feature's error in its standard
/// deviations.
#[derive(Debug, Clone, PartialEq)]
pub struct Autoencoder {
    network: Network,
    takes: Takes,
    scaling: Scaling,
    /// The network that takes features as they are.
    folded: Network,
}

impl Autoencoder {
    /// An autoencoder of these parts.
    ///
    /// # Errors
    /// A sentence that says what is wrong: sizes that do not belong together, a mean that is not
    /// finite, a standard deviation that is not above 0.
    pub fn new(network: Network, takes: Takes, scaling: Scaling) -> Result<Self, String> {
        let (n, given) = (network.inputs(), network.outputs());
        if given != n {
            return Err(format!(
                "the network takes {n} numbers and gives {given}: an autoencoder gives as many"
            ));
        }
        let Scaling { mean, sd } = &scaling;
        if mean.len() != n || sd.len() != n {
            let (mean, sd) = (mean.len(), sd.len());
            return Err(format!("the network takes {n} numbers, but mean has {mean} and sd {sd}"));
        }
        if !mean.iter().all(|x| x.is_finite()) {
            return Err("a mean is not finite".to_owned());
        }
        let usable = |&x: &f64| x > 0.0 && x.is_finite() && x.recip().is_finite();
        if let Some(row) = sd.iter().position(|x| !usable(x)) {
            let sd = sd[row];
            return Err(format!(
                "the standard deviation of feature {row} is {sd:e}: it has to be above 0, and its \
                 inverse finite"
            ));
        }
        let folded = match takes {
            Takes::Features => network.clone(),
            Takes::Standardised => folded(&network, mean, sd)?,
        };
        Ok(Self { network, takes, scaling, folded })
    }

    /// The network as it was trained or imported.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What that network takes and gives.
    pub fn takes(&self) -> Takes {
        self.takes
    }

    /// The scaling of the features.
    pub fn scaling(&self) -> &Scaling {
        &self.scaling
    }

    /// How many features it takes.
    pub fn features(&self) -> usize {
        self.scaling.mean.len()
    }

    /// The network from features to features, its scaling folded in: what judder runs.
    ///
    /// A first layer takes the mean off, the next has the reciprocal standard deviations in its
    /// weights, and a last one multiplies by them and adds the mean. (A mean may be a hundred
    /// standard deviations: in the weights and bias of a layer that sums, it would cost as many
    /// digits, and other ones wherever the sums are in another order.)
    pub fn folded(&self) -> &Network {
        &self.folded
    }

    /// The network from standardised features to standardised features.
    ///
    /// # Errors
    /// A sentence, where a network of features as they are does not end in a linear layer.
    pub fn standardised(&self) -> Result<Network, String> {
        match self.takes {
            Takes::Standardised => Ok(self.network.clone()),
            Takes::Features if self.scaling == Scaling::none(self.features()) => {
                Ok(self.network.clone())
            }
            Takes::Features => {
                let Scaling { mean, sd } = &self.scaling;
                unfolded(&self.network, mean, sd)
            }
        }
    }

    /// What the error of each feature is multiplied by, `[n]`.
    pub fn error_scale(&self) -> Vec<f64> {
        self.scaling.sd.iter().map(|sd| sd.recip()).collect()
    }
}

/// The network of features as they are that does what the given one does to standardised ones.
fn folded(network: &Network, mean: &[f64], sd: &[f64]) -> Result<Network, String> {
    let less_mean = mean.iter().map(|mean| -mean).collect();
    let centring = Layer::new(diagonal(&vec![1.0; sd.len()]), less_mean, Activation::Linear)?;
    let restoring = Layer::new(diagonal(sd), mean.to_vec(), Activation::Linear)?;
    let mut layers: Vec<(Vec<f64>, Vec<f64>, Activation)> = network.rounded();
    if let Some((weights, ..)) = layers.first_mut() {
        for row in weights.chunks_exact_mut(sd.len()) {
            row.iter_mut().zip(sd).for_each(|(weight, sd)| *weight /= sd);
        }
    }
    let layers = layers.into_iter().map(|(w, b, activation)| Layer::new(w, b, activation));
    let network = Network::new(layers.collect::<Result<_, _>>()?)?;
    Ok(network.between(centring, restoring))
}

/// The matrix with these numbers in its diagonal, row by row.
fn diagonal(values: &[f64]) -> Vec<f64> {
    let n = values.len();
    let element = |at: usize| if at / n == at % n { values[at / n] } else { 0.0 };
    (0..n * n).map(element).collect()
}

/// The network of standardised features that does what the given one does to features as they are.
fn unfolded(network: &Network, mean: &[f64], sd: &[f64]) -> Result<Network, String> {
    let mut layers: Vec<(Vec<f64>, Vec<f64>, Activation)> = network.rounded();
    if let Some((weights, bias, _)) = layers.first_mut() {
        for (row, bias) in weights.chunks_exact_mut(sd.len()).zip(bias) {
            for ((weight, mean), sd) in row.iter_mut().zip(mean).zip(sd) {
                *bias += *weight * mean;
                *weight *= sd;
            }
        }
    }
    if let Some((weights, bias, activation)) = layers.last_mut() {
        if *activation != Activation::Linear {
            return Err(format!(
                "the scaling cannot be taken out of a last layer of {activation}: it has to be \
                 linear"
            ));
        }
        let inputs = weights.len() / bias.len();
        let rows = weights.chunks_exact_mut(inputs).zip(bias);
        for (((row, bias), mean), sd) in rows.zip(mean).zip(sd) {
            row.iter_mut().for_each(|weight| *weight /= sd);
            *bias = (*bias - mean) / sd;
        }
    }
    let layers = layers.into_iter().map(|(w, b, activation)| Layer::new(w, b, activation));
    Network::new(layers.collect::<Result<_, _>>()?)
}
