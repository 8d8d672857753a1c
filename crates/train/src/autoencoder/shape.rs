//! The layers of a network in training, and where their numbers stand.

use std::ops::Range;

use judder_core::Activation;
use judder_model::{Layer, Network};

/// Dense layers whose weights and biases stand in one list: for each layer its weights
/// `[outputs × inputs]`, then its bias.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) layers: Vec<LayerShape>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct LayerShape {
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) activation: Activation,
    pub(super) weights: Range<usize>,
    pub(super) bias: Range<usize>,
}

impl Shape {
    /// From `features` through the hidden layers and back to `features`.
    pub(super) fn new(
        features: usize,
        hidden: &[usize],
        activation: Activation,
        last: Activation,
    ) -> Self {
        let mut layers = Vec::with_capacity(hidden.len() + 1);
        let (mut inputs, mut start) = (features, 0);
        let hidden = hidden.iter().map(|&outputs| (outputs, activation));
        for (outputs, activation) in hidden.chain([(features, last)]) {
            let weights = start..start + outputs * inputs;
            let bias = weights.end..weights.end + outputs;
            start = bias.end;
            layers.push(LayerShape { inputs, outputs, activation, weights, bias });
            inputs = outputs;
        }
        Self { layers }
    }

    /// How many features it takes, and gives back.
    pub(super) fn features(&self) -> usize {
        self.layers.first().map_or(0, |first| first.inputs)
    }

    /// How many weights and biases.
    pub(super) fn parameters(&self) -> usize {
        self.layers.last().map_or(0, |last| last.bias.end)
    }

    /// The network of these parameters, each rounded to `f32` where it is to run in that.
    pub(super) fn network(&self, parameters: &[f64], single: bool) -> Result<Network, String> {
        let to = |values: &[f64]| -> Vec<f64> {
            let round = |&x: &f64| if single { f64::from(x as f32) } else { x };
            values.iter().map(round).collect()
        };
        let layers = self.layers.iter().map(|one| {
            let (weights, bias) = (&parameters[one.weights.clone()], &parameters[one.bias.clone()]);
            Layer::new(to(weights), to(bias), one.activation)
        });
        Network::new(layers.collect::<Result<_, _>>()?)
    }
}
