//! Writing a network in integers of eight bits.

use super::file::{Dense, File, INPUT, Scale};
use super::schema::tensor_type;
use crate::quantised::{Quantised, Steps};
use crate::{FormatError, Metadata};

/// The version of `FULLY_CONNECTED` that takes int8.
const VERSION: i32 = 4;

/// The TensorFlow Lite file of a network in integers: int8 throughout, input and output too.
///
/// What says how to read the integers takes room: a network of 6, 4 and 6 numbers takes 1,296
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
    let mut at = file.tensor(INPUT, &[1, count], INT8, None, scale(steps));
    for (number, layer) in network.layers().iter().enumerate() {
        let bias = Steps { step: steps.step * layer.weight_step, zero: 0 };
        steps = layer.outputs();
        let dense = Dense {
            kind: INT8,
            version: VERSION,
            inputs: layer.weights.len() / layer.bias.len(),
            outputs: layer.bias.len(),
            activation: layer.activation,
            weights: (
                layer.weights.iter().flat_map(|q| q.to_le_bytes()).collect(),
                scale(Steps { step: layer.weight_step, zero: 0 }),
            ),
            bias: (
                tensor_type::INT32,
                layer.bias.iter().flat_map(|q| q.to_le_bytes()).collect(),
                scale(bias),
            ),
            sums: scale(layer.sums),
            given: scale(steps),
        };
        at = file.dense(number, at, dense);
    }
    Ok(file.into_bytes(metadata))
}

fn scale(steps: Steps) -> Option<Scale> {
    Some(Scale { scale: steps.step, zero_point: i64::from(steps.zero) })
}
