//! Writing a network in float32.

use super::file::{Dense, File, INPUT};
use super::schema::tensor_type;
use crate::{FormatError, Metadata, Network};

/// The version of `FULLY_CONNECTED` that takes float32.
const VERSION: i32 = 1;

/// The TensorFlow Lite file of a network: float32, the shapes of its input and output `[1, n]`, which
/// are called `features` and `reconstruction`, also in the signature `serving_default`.
///
/// A network of 6, 4 and 6 numbers takes 1,120 bytes.
///
/// # Errors
/// [`FormatError::Network`] where a number is too large for float32.
pub fn to_tflite(network: &Network, metadata: Option<&Metadata>) -> Result<Vec<u8>, FormatError> {
    const FLOAT32: i8 = tensor_type::FLOAT32;
    let mut file = File::default();
    let mut at = file.tensor(INPUT, &[1, network.inputs()], FLOAT32, None, None);
    for (number, layer) in network.layers().iter().enumerate() {
        let dense = Dense {
            kind: FLOAT32,
            version: VERSION,
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            activation: layer.activation(),
            weights: (bytes(number, layer.weights())?, None),
            bias: (FLOAT32, bytes(number, layer.bias())?, None),
            sums: None,
            given: None,
        };
        at = file.dense(number, at, dense);
    }
    Ok(file.into_bytes(metadata))
}

/// The bytes of the numbers of a layer.
fn bytes(layer: usize, numbers: &[f64]) -> Result<Vec<u8>, FormatError> {
    let singles: Vec<f32> = numbers.iter().map(|&x| x as f32).collect();
    if !singles.iter().all(|x| x.is_finite()) {
        let what = format!("layer {layer} has a number that is too large for float32");
        return Err(FormatError::Network(what));
    }
    Ok(singles.iter().flat_map(|x| x.to_le_bytes()).collect())
}
