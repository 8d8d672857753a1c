//! What activations make of the 256 sums that there are in eight bits, as the kernels of TensorFlow
//! Lite for Microcontrollers compute it.

use judder_core::Activation;

use crate::fixed_point::FixedPoint;
use crate::quantised::Steps;

/// The steps in which kernels give what lies between -1 and 1, and between 0 and 1.
const TANH: Steps = Steps { step: 1.0 / 128.0, zero: 0 };
const SIGMOID: Steps = Steps { step: 1.0 / 256.0, zero: -128 };

/// What the sums of a layer become.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lookup {
    /// The steps of what a layer gives.
    pub(crate) given: Steps,
    /// What each sum becomes, from that of -128 on; empty where they are given as they are.
    pub(crate) table: Vec<i8>,
}

/// What keeps layers of an activation from being run in integers.
pub(crate) fn refused(activation: Activation) -> Option<String> {
    let lacks = match activation {
        Activation::Linear
        | Activation::Relu
        | Activation::Tanh
        | Activation::Sigmoid
        | Activation::LeakyRelu(_)
        | Activation::Elu(1.0) => return None,
        Activation::Elu(_) => "has one of elu(1) only",
        _ => "has none",
    };
    Some(format!(
        "a layer has the activation {activation}, and of the 8-bit kernels TensorFlow Lite for \
         Microcontrollers {lacks}: export float32 (without --int8), or train with tanh or relu"
    ))
}

impl Lookup {
    /// Of sums of these steps, which lie in this range.
    pub(crate) fn of(
        activation: Activation,
        sums: Steps,
        (least, most): (f64, f64),
    ) -> Result<Self, String> {
        // No finer than a sum is in a layer behind it.
        let finest = f64::from(sums.step) / 256.0;
        let over = || {
            let ends = [least, most].map(|end| activation.of(end));
            Steps::over((ends[0].min(ends[1]), ends[0].max(ends[1])), finest)
        };
        let given = match activation {
            Activation::Tanh => TANH,
            Activation::Sigmoid => SIGMOID,
            Activation::LeakyRelu(_) | Activation::Elu(_) => over()?,
            _ => return Ok(Self { given: sums, table: Vec::new() }),
        };
        let all = i8::MIN..=i8::MAX;
        let table = match activation {
            Activation::LeakyRelu(slope) => {
                let ratio = f64::from(sums.step) / f64::from(given.step);
                let (above, below) =
                    (FixedPoint::new(ratio), FixedPoint::new(ratio * f64::from(slope)));
                let times = |q: i8| {
                    let q = i32::from(q) - i32::from(sums.zero);
                    let product = if q < 0 { below.times(q) } else { above.times(q) };
                    clamped(product.saturating_add(given.zero.into()))
                };
                all.map(times).collect()
            }
            Activation::Elu(_) => {
                // The kernel computes in single precision, and multiplies by the inverse.
                let inverse = given.step.recip();
                let value = |q: i8| {
                    let q = (activation.of(sums.number(q)) * inverse).round() as i32;
                    clamped(q.saturating_add(given.zero.into()))
                };
                all.map(value).collect()
            }
            _ => {
                let value = |q: i8| {
                    let value = activation.of(f64::from(sums.number(q)));
                    let q = (value / f64::from(given.step)).round() as i32;
                    clamped(q.saturating_add(given.zero.into()))
                };
                all.map(value).collect()
            }
        };
        Ok(Self { given, table })
    }
}

fn clamped(q: i32) -> i8 {
    q.clamp(i8::MIN.into(), i8::MAX.into()) as i8
}
