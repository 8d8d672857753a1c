//! Writing a network in integers of eight bits.

use judder_core::Activation;

use super::file::{File, Scale};
use super::schema::{activation, builtin, tensor_type};
use crate::quantised::{Quantised, Steps};
use crate::{FormatError, Metadata};

/// The versions of the operators that take int8.
const FULLY_CONNECTED: (i32, i32) = (builtin::FULLY_CONNECTED, 4);
const TANH: (i32, i32) = (builtin::TANH, 2);

/// The TensorFlow Lite file of a network in integers: int8 throughout, input and output too.
///
/// What says how to read the integers takes room: a network of 6, 4 and 6 numbers takes 1,136
/// bytes, more than in float32. It is for chips that have no floating-point arithmetic.
///
/// It is for runtimes; [`from_tflite`](crate::from_tflite) does not read it back.
///
/// # Errors
/// None so far: whatever is quantised can be written.
pub fn to_tflite_int8(
    network: &Quantised,
    metadata: Option<&Metadata>,
) -> Result<Vec<u8>, FormatError> {
    const INT8: i8 = tensor_type::INT8;
    let mut file = File::default();
    let (count, mut steps) = (network.count(), network.inputs());
    let mut at = file.tensor("input", &[1, count], INT8, None, scale(steps));
    for (number, layer) in network.layers().iter().enumerate() {
        let outputs = layer.bias.len();
        let inputs = layer.weights.len() / outputs;
        let weight_steps = Steps { step: layer.weight_step, zero: 0 };
        let weights = layer.weights.iter().flat_map(|q| q.to_le_bytes()).collect();
        let name = format!("{number}/weights");
        let weights =
            file.tensor(name, &[outputs, inputs], INT8, Some(weights), scale(weight_steps));
        let bias_steps = Steps { step: steps.step * layer.weight_step, zero: 0 };
        let bias = layer.bias.iter().flat_map(|q| q.to_le_bytes()).collect();
        let (name, kind) = (format!("{number}/bias"), tensor_type::INT32);
        let bias = file.tensor(name, &[outputs], kind, Some(bias), scale(bias_steps));
        let sums = file.tensor(number.to_string(), &[1, outputs], INT8, None, scale(layer.sums));
        let fused = match layer.activation {
            Activation::Relu => activation::RELU,
            Activation::Linear | Activation::Tanh => activation::NONE,
        };
        file.operator(FULLY_CONNECTED, &[at, weights, bias], sums, Some(fused));
        at = sums;
        steps = layer.outputs();
        if layer.activation == Activation::Tanh {
            let name = format!("{number}/tanh");
            at = file.tensor(name, &[1, outputs], INT8, None, scale(steps));
            file.operator(TANH, &[sums], at, None);
        }
    }
    Ok(file.into_bytes(metadata))
}

fn scale(steps: Steps) -> Option<Scale> {
    Some(Scale { scale: steps.step, zero_point: i64::from(steps.zero) })
}
