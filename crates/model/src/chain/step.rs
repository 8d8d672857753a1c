//! What a network does to its numbers, one thing at a time.

use judder_core::Activation;

/// A step of a chain.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// `W x + b`
    Dense {
        /// `[outputs × inputs]`
        weights: Vec<f64>,
        /// `[outputs]`
        bias: Vec<f64>,
    },
    /// `scale ∘ x + shift`, a number for each value or one for all.
    Affine {
        /// `[n]` or `[1]`
        scale: Vec<f64>,
        /// `[n]` or `[1]`
        shift: Vec<f64>,
    },
    /// An activation of each value.
    Activation(Activation),
}
