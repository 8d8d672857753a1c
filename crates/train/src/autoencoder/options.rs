//! How an autoencoder is trained.

use judder_core::Activation;

use super::can_be_trained;

/// How an autoencoder is trained.
#[derive(Debug, Clone, PartialEq)]
pub struct AutoencoderOptions {
    /// The sizes of the hidden layers; else one of half the features, rounded up: too few to pass
    /// them through.
    pub hidden: Option<Vec<usize>>,
    /// The activation of the hidden layers. Where it is bounded, so is what the network gives back,
    /// and the score grows with the distance from normal.
    pub activation: Activation,
    /// The activation of the last layer.
    pub output: Activation,
    /// Whether features are standardised: their units do not matter then.
    pub standardised: bool,
    /// The chance with which a hidden unit is left out of a step.
    pub dropout: f64,
    /// The most passes over the windows; else 200, or fewer where windows are many.
    pub epochs: Option<usize>,
    /// Windows in a step of the optimiser.
    pub batch: usize,
    /// The step size of Adam.
    pub learning_rate: f64,
    /// The share of the windows, drawn by chance, that the gradient does not see: on them training
    /// stops early, and by them the best start is chosen. 0 for no early stop.
    pub validation: f64,
    /// After how many passes without a lower error on these training stops.
    pub patience: usize,
    /// How many networks are trained, each from other weights, of which the best is kept.
    pub restarts: usize,
    /// Whether a network with a dead unit, or one that explains nothing, is refused.
    pub checked: bool,
}

impl Default for AutoencoderOptions {
    fn default() -> Self {
        Self {
            hidden: None,
            activation: Activation::Tanh,
            output: Activation::Linear,
            standardised: true,
            dropout: 0.0,
            epochs: None,
            batch: 32,
            learning_rate: 0.02,
            validation: 0.2,
            patience: 20,
            restarts: 3,
            checked: true,
        }
    }
}

/// Passes over up to so many windows; over more, passes are fewer, but not fewer than the least.
const MOST_EPOCHS: usize = 200;
const FULL_WINDOWS: usize = 2000;
const FEWEST_EPOCHS: usize = 5;

impl AutoencoderOptions {
    /// As the reference trains: two hidden units, ReLU in both layers, dropout of 0.2, features as
    /// they are, 50 passes in batches of 100, one start, and no look at what came of it.
    pub fn like_reference() -> Self {
        Self {
            hidden: Some(vec![2]),
            activation: Activation::Relu,
            output: Activation::Relu,
            standardised: false,
            dropout: 0.2,
            epochs: Some(50),
            batch: 100,
            learning_rate: 0.001,
            validation: 0.0,
            patience: 0,
            restarts: 1,
            checked: false,
        }
    }

    pub(super) fn hidden(&self, features: usize) -> Vec<usize> {
        self.hidden.clone().unwrap_or_else(|| vec![features.div_ceil(2)])
    }

    pub(super) fn most_epochs(&self, windows: usize) -> usize {
        let affordable = MOST_EPOCHS * FULL_WINDOWS / windows.max(FULL_WINDOWS);
        self.epochs.unwrap_or(affordable.max(FEWEST_EPOCHS))
    }

    /// What is wrong with the options.
    pub(crate) fn fault(&self) -> Option<String> {
        let sizes = self.hidden.as_deref().unwrap_or(&[1]);
        let untrained = |one: &Activation| !can_be_trained(*one);
        if let Some(one) = [self.activation, self.output].into_iter().find(untrained) {
            return Some(format!(
                "layers of the activation {one} (--activation) cannot be trained here: take tanh, \
                 relu or another one of `judder train --help`"
            ));
        }
        let wrong = if sizes.is_empty() || sizes.iter().any(|size| !(1..=512).contains(size)) {
            "the hidden layers (--hidden) have 1 to 512 units each: 4 or 6,3,6"
        } else if sizes.len() > 16 {
            "there are at most 16 hidden layers (--hidden)"
        } else if !(0.0..1.0).contains(&self.dropout) {
            "the chance to leave a unit out (--dropout) lies between 0 and 1"
        } else if self.epochs == Some(0) {
            "there is at least 1 pass over the windows (--epochs)"
        } else if self.batch == 0 {
            "a step takes at least 1 window (--batch)"
        } else if !(self.learning_rate > 0.0 && self.learning_rate <= 1.0) {
            "the step size (--learning-rate) is a number above 0, at most 1"
        } else if !(0.0..1.0).contains(&self.validation) {
            "the share to stop by lies between 0 and 1"
        } else if !(1..=1000).contains(&self.restarts) {
            "there are 1 to 1000 starts (--restarts)"
        } else {
            return None;
        };
        Some(wrong.to_owned())
    }
}
