//! A network of dense layers.

use judder_core::{Activation, Dense, Real};

/// The most layers, and numbers that a layer gives: far more than features need.
const MOST_LAYERS: usize = 64;
const WIDEST: usize = 1024;

/// A dense layer: `activation(W x + b)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// W, `[outputs × inputs]`, a row for each output
    weights: Vec<f64>,
    /// b, `[outputs]`
    bias: Vec<f64>,
    activation: Activation,
}

impl Layer {
    /// A layer of weights `[outputs × inputs]`, a row for each output, and a bias `[outputs]`.
    ///
    /// # Errors
    /// A sentence that says what is wrong: sizes that do not belong together or are too large, a
    /// number that is not finite.
    pub fn new(weights: Vec<f64>, bias: Vec<f64>, activation: Activation) -> Result<Self, String> {
        let (count, outputs) = (weights.len(), bias.len());
        if count == 0 || outputs == 0 || count % outputs != 0 {
            return Err(format!("{count} weights do not make rows for {outputs} outputs"));
        }
        if outputs > WIDEST || count / outputs > WIDEST {
            return Err(format!("it is wider than {WIDEST} numbers"));
        }
        if !activation.is_valid() || !weights.iter().chain(&bias).all(|x| x.is_finite()) {
            return Err("there is a number that is not finite".to_owned());
        }
        Ok(Self { weights, bias, activation })
    }

    /// W, `[outputs × inputs]`, a row for each output.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// b, `[outputs]`.
    pub fn bias(&self) -> &[f64] {
        &self.bias
    }

    /// What it does to its sums.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// How many numbers it takes.
    pub fn inputs(&self) -> usize {
        self.weights.len() / self.bias.len()
    }

    /// How many numbers it gives.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }
}

/// Dense layers, each taking what the one before it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    layers: Vec<Layer>,
}

impl Network {
    /// A network of these layers.
    ///
    /// # Errors
    /// A sentence that names the layer which does not take what the one before it gives, or says
    /// that there are none or too many.
    pub fn new(layers: Vec<Layer>) -> Result<Self, String> {
        if layers.is_empty() {
            return Err("there are no layers".to_owned());
        }
        if layers.len() > MOST_LAYERS {
            return Err(format!("there are more than {MOST_LAYERS} layers"));
        }
        for (at, pair) in layers.windows(2).enumerate() {
            let (given, taken) = (pair[0].outputs(), pair[1].inputs());
            if given != taken {
                let next = at + 1;
                return Err(format!(
                    "layer {next} takes {taken} numbers, layer {at} gives {given}"
                ));
            }
        }
        Ok(Self { layers })
    }

    /// The network with a layer before it and one behind it, that fit.
    pub(crate) fn between(self, before: Layer, behind: Layer) -> Self {
        debug_assert_eq!((before.outputs(), behind.inputs()), (self.inputs(), self.outputs()));
        let mut layers = vec![before];
        layers.extend(self.layers);
        layers.push(behind);
        Self { layers }
    }

    /// Its layers, the first to run first.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// How many numbers it takes.
    pub fn inputs(&self) -> usize {
        self.layers[0].inputs()
    }

    /// How many numbers it gives.
    pub fn outputs(&self) -> usize {
        self.layers[self.layers.len() - 1].outputs()
    }

    /// How many weights and biases it has.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.weights.len() + layer.bias.len()).sum()
    }

    /// Its numbers, layer by layer, rounded to another type.
    pub(crate) fn rounded<T: Real>(&self) -> Vec<(Vec<T>, Vec<T>, Activation)> {
        let to = |values: &[f64]| values.iter().map(|&x| T::from_f64(x)).collect();
        self.layers.iter().map(|one| (to(&one.weights), to(&one.bias), one.activation)).collect()
    }
}

/// The core's view of rounded layers.
pub(crate) fn dense<T: Real>(
    rounded: &[(Vec<T>, Vec<T>, Activation)],
) -> Result<Vec<Dense<'_, T>>, judder_core::Error> {
    rounded
        .iter()
        .map(|(weights, bias, activation)| Dense::new(weights, bias, *activation))
        .collect()
}
