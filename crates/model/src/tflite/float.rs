//! Writing a network in float32.

use judder_core::Activation;

use super::file::File;
use super::schema::{activation, builtin, tensor_type};
use crate::{FormatError, Metadata, Network};

/// The versions of the operators that take float32.
const FULLY_CONNECTED: (i32, i32) = (builtin::FULLY_CONNECTED, 1);
const TANH: (i32, i32) = (builtin::TANH, 1);

/// The TensorFlow Lite file of a network: float32, the shapes of its input and output `[1, n]`.
///
/// A layer is one `FULLY_CONNECTED`, with `RELU` fused into it; `TANH` is an operator of its own,
/// as the kernels refuse to fuse it. A network of 6, 4 and 6 numbers takes 960 bytes.
///
/// # Errors
/// [`FormatError::Network`] where a number is too large for float32.
pub fn to_tflite(network: &Network, metadata: Option<&Metadata>) -> Result<Vec<u8>, FormatError> {
    const FLOAT32: i8 = tensor_type::FLOAT32;
    let mut file = File::default();
    let mut at = file.tensor("input", &[1, network.inputs()], FLOAT32, None, None);
    for (number, layer) in network.layers().iter().enumerate() {
        let (inputs, outputs) = (layer.inputs(), layer.outputs());
        let weights = Some(bytes(number, layer.weights())?);
        let weights =
            file.tensor(format!("{number}/weights"), &[outputs, inputs], FLOAT32, weights, None);
        let bias = Some(bytes(number, layer.bias())?);
        let bias = file.tensor(format!("{number}/bias"), &[outputs], FLOAT32, bias, None);
        let sums = file.tensor(format!("{number}"), &[1, outputs], FLOAT32, None, None);
        let fused = match layer.activation() {
            Activation::Relu => activation::RELU,
            Activation::Linear | Activation::Tanh => activation::NONE,
        };
        file.operator(FULLY_CONNECTED, &[at, weights, bias], sums, Some(fused));
        at = sums;
        if layer.activation() == Activation::Tanh {
            at = file.tensor(format!("{number}/tanh"), &[1, outputs], FLOAT32, None, None);
            file.operator(TANH, &[sums], at, None);
        }
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
