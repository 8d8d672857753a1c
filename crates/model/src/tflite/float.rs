//! Writing a network in float32.

use judder_core::Activation;

use super::file::{Dense, File};
use super::schema::tensor_type;
use crate::{FormatError, Metadata, Network};

/// The versions of `FULLY_CONNECTED` and `TANH` that take float32.
const VERSIONS: [i32; 2] = [1, 1];

/// The TensorFlow Lite file of a network: float32, the shapes of its input and output `[1, n]`.
///
/// A network of 6, 4 and 6 numbers takes 960 bytes.
///
/// # Errors
/// [`FormatError::Network`] where a number is too large for float32.
pub fn to_tflite(network: &Network, metadata: Option<&Metadata>) -> Result<Vec<u8>, FormatError> {
    const FLOAT32: i8 = tensor_type::FLOAT32;
    let known = [Activation::Linear, Activation::Relu, Activation::Tanh];
    let mut activations = network.layers().iter().map(crate::Layer::activation);
    if let Some(other) = activations.find(|one| !known.contains(one)) {
        let what = format!("its activation {other} cannot be written to TensorFlow Lite");
        return Err(FormatError::Network(what));
    }
    let mut file = File::default();
    let mut at = file.tensor("input", &[1, network.inputs()], FLOAT32, None, None);
    for (number, layer) in network.layers().iter().enumerate() {
        let dense = Dense {
            kind: FLOAT32,
            versions: VERSIONS,
            inputs: layer.inputs(),
            outputs: layer.outputs(),
            activation: layer.activation(),
            weights: (bytes(number, layer.weights())?, None),
            bias: (FLOAT32, bytes(number, layer.bias())?, None),
            sums: None,
            tanh: None,
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
