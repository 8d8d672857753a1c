//! Which activation a function of one number is, whatever operators it is made of.
//!
//! Each program writes activations in its own operators: GELU as `Erf`, `Add` and `Mul`, SELU as
//! `Exp` and a choice. They are told by their values, as many forms as there are.

use judder_core::Activation;

/// Where functions are compared, with both signs.
const POINTS: [f64; 13] = [0.01, 0.1, 0.25, 0.5, 0.9, 1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 10.0, 20.0];
/// Far below 0, where an exponential has run out.
const FAR: f64 = -40.0;
/// How far they may be apart: the constants of files have single precision.
const TOLERANCE: f64 = 2e-6;

/// The activation and the factor by which this function is both, if it is any.
pub(super) fn activation(function: impl Fn(f64) -> f64) -> Option<(f64, Activation)> {
    let samples = || POINTS.into_iter().flat_map(|x| [x, -x]).chain([0.0]);
    let values: Vec<(f64, f64)> = samples().map(|x| (x, function(x))).collect();
    if !values.iter().all(|(_, y)| y.is_finite()) {
        return None;
    }
    let (one, minus_one, far) = (function(1.0), function(-1.0), function(FAR));
    let leak = minus_one / -one;
    // Of α (exp(x) - 1) far below 0 only -α is left.
    let alpha = far / -one;
    let candidates = [
        Activation::Linear,
        Activation::Relu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Softplus,
        Activation::Silu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Selu,
        Activation::LeakyRelu(leak as f32),
        Activation::Elu(alpha as f32),
    ];
    candidates.into_iter().find_map(|candidate| {
        if !candidate.parameter().unwrap_or_default().is_finite() {
            return None;
        }
        let factor = one / candidate.of(1.0);
        let is = |&(x, y): &(f64, f64)| {
            let expected = factor * candidate.of(x);
            (y - expected).abs() <= TOLERANCE * factor.abs().max(expected.abs())
        };
        let found = factor.is_finite() && factor != 0.0 && values.iter().all(is);
        // A factor that is 1 but for the digits of the file's constants.
        let factor = if (factor - 1.0).abs() <= TOLERANCE { 1.0 } else { factor };
        found.then_some((factor, candidate))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_known_by_its_values_and_with_a_factor() {
        for one in Activation::ALL {
            assert_eq!(activation(|x| one.of(x)), Some((1.0, one)), "{one}");
            assert_eq!(activation(|x| -2.5 * one.of(x)), Some((-2.5, one)), "{one}");
        }
        for parameter in [0.01, 0.3, 1.7, -0.5] {
            let (leaky, elu) = (Activation::LeakyRelu(parameter), Activation::Elu(parameter));
            assert_eq!(activation(|x| leaky.of(x)), Some((1.0, leaky)));
            assert_eq!(activation(|x| elu.of(x)), Some((1.0, elu)));
        }
    }

    #[test]
    fn others_are_not() {
        assert_eq!(activation(|x: f64| x.clamp(0.0, 6.0)), None);
        assert_eq!(activation(|x: f64| x * (x.exp().ln_1p()).tanh()), None);
        assert_eq!(activation(|x: f64| x / (1.0 + x.abs())), None);
        // Of GELU, by 1.702 in a sigmoid: 0.01 off.
        assert_eq!(activation(|x: f64| x / (1.0 + (-1.702 * x).exp())), None);
        assert_eq!(activation(|x| x + 1.0), None);
        assert_eq!(activation(|_| 0.0), None);
        assert_eq!(activation(f64::ln), None);
        assert_eq!(activation(|x| x + 1e28), None);
    }
}
