//! Which activations can be trained, and how steep they are.

use judder_core::Activation;

/// The derivative of an activation, by its value, which is all that training keeps; nothing where
/// the value does not tell it, and the activation cannot be trained.
#[inline]
pub(super) fn slope(activation: Activation, value: f64) -> Option<f64> {
    // Of SELU: what it multiplies by above 0, and how far it goes below.
    let selu = Activation::Selu;
    match activation {
        Activation::Linear => Some(1.0),
        Activation::Relu if value > 0.0 => Some(1.0),
        Activation::Relu => Some(0.0),
        Activation::Tanh => Some(1.0 - value * value),
        Activation::Sigmoid => Some(value * (1.0 - value)),
        Activation::LeakyRelu(below) if below > 0.0 => {
            Some(if value > 0.0 { 1.0 } else { below.into() })
        }
        Activation::Elu(alpha) if alpha >= 0.0 => {
            Some(if value > 0.0 { 1.0 } else { value + f64::from(alpha) })
        }
        Activation::Selu if value > 0.0 => Some(selu.of(1.0)),
        Activation::Selu => Some(value - selu.of(f64::NEG_INFINITY)),
        // The sigmoid of what it was made from.
        Activation::Softplus => Some(-(-value).exp_m1()),
        // The sign of the value does not tell that of the sum, or two sums give the same one.
        Activation::LeakyRelu(_)
        | Activation::Elu(_)
        | Activation::Silu
        | Activation::Gelu
        | Activation::GeluTanh
        | Activation::FakeQuant { .. } => None,
    }
}

/// Whether layers of an activation can be trained: those whose derivative their value tells.
pub fn can_be_trained(activation: Activation) -> bool {
    slope(activation, 0.0).is_some()
}
