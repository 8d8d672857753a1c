//! A dense layer of a network.

use crate::{Activation, Error, Real};

/// A dense layer: `y = activation(W x + b)`.
///
/// Products are summed in the order of the inputs, then the bias is added, as TensorFlow Lite for
/// Microcontrollers does.
#[derive(Debug, Clone, Copy)]
pub struct Dense<'a, T> {
    /// W, `[outputs × inputs]`, a row for each output
    weights: &'a [T],
    /// b, `[outputs]`
    bias: &'a [T],
    inputs: usize,
    activation: Activation,
}

impl<'a, T: Real> Dense<'a, T> {
    /// A layer of weights `[outputs × inputs]`, a row for each output, and a bias `[outputs]`.
    ///
    /// # Errors
    /// [`Error::Shape`] where there is no bias, or no whole row of weights for each bias;
    /// [`Error::Parameter`] where a number is not finite.
    pub fn new(weights: &'a [T], bias: &'a [T], activation: Activation) -> Result<Self, Error> {
        let Some(inputs) = weights.len().checked_div(bias.len()) else {
            return Err(Error::Shape { expected: 1, found: 0 });
        };
        let inputs = inputs.max(1);
        let expected = inputs.saturating_mul(bias.len());
        if weights.len() != expected {
            return Err(Error::Shape { expected, found: weights.len() });
        }
        if !activation.is_valid() || !weights.iter().chain(bias).all(|p| p.is_finite()) {
            return Err(Error::Parameter);
        }
        Ok(Self { weights, bias, inputs, activation })
    }

    /// How many numbers it takes.
    #[inline]
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// How many numbers it gives.
    #[inline]
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// Computes the outputs from the inputs.
    ///
    /// # Errors
    /// [`Error::Shape`] where either has another length.
    #[inline]
    pub fn run(&self, inputs: &[T], outputs: &mut [T]) -> Result<(), Error> {
        if inputs.len() != self.inputs {
            return Err(Error::Shape { expected: self.inputs, found: inputs.len() });
        }
        if outputs.len() != self.bias.len() {
            return Err(Error::Shape { expected: self.bias.len(), found: outputs.len() });
        }
        let rows = self.weights.chunks_exact(self.inputs.max(1));
        for ((row, &bias), output) in rows.zip(self.bias).zip(outputs) {
            let mut sum = T::ZERO;
            for (&weight, &input) in row.iter().zip(inputs) {
                sum += weight * input;
            }
            *output = self.activation.of(sum + bias);
        }
        Ok(())
    }
}
