//! Autoencoders: `layer_0_weights` `[outputs, inputs]`, `layer_0_bias` `[outputs]` and
//! `layer_0_activation` for each layer, and `judder`, which says what the rest of the model is.
//!
//! Texts are arrays of the bytes of their UTF-8: `bytes(file["layer_0_activation"]).decode()`.

use judder_core::Activation;
use judder_npz::Numbers::{F8, U1};
use judder_npz::{Array, Numbers, write_npz};

use super::{Arrays, LARGEST};
use crate::error::{FormatError, shown};
use crate::metadata::METADATA_NAME;
use crate::{Foreign, Layer, Metadata, Network};

const LAYER: &str = "layer_";
const WEIGHTS: &str = "weights";
const BIAS: &str = "bias";
const ACTIVATION: &str = "activation";

/// The bytes that the headers of a file's arrays may take: two hundred layers' worth.
const HEADERS: usize = 128 << 10;

/// Whether an array of this name belongs to a network.
pub(super) fn is_layer(name: &str) -> bool {
    name.starts_with(LAYER)
}

/// Whether an array of this name belongs to a network, or stands beside one.
pub(super) fn is_part(name: &str) -> bool {
    is_layer(name) || name == METADATA_NAME
}

fn name(at: usize, part: &str) -> String {
    format!("{LAYER}{at}_{part}")
}

/// Reads a network.
pub(super) fn read(mut arrays: Arrays) -> Result<Foreign, FormatError> {
    let mut layers = Vec::new();
    while arrays.iter().any(|(found, _)| found.starts_with(&name(layers.len(), ""))) {
        layers.push(layer(&mut arrays, layers.len())?);
    }
    let metadata = match take(&mut arrays, METADATA_NAME)? {
        Some(array) => Some(Metadata::from_json(&text(METADATA_NAME, &array)?)?),
        None => None,
    };
    if let Some((unknown, _)) = arrays.first() {
        return Err(FormatError::Unknown(shown(unknown)));
    }
    let network = Network::new(layers).map_err(FormatError::Network)?;
    Ok(Foreign { network, metadata, threshold: None, ignored: Vec::new() })
}

fn layer(arrays: &mut Arrays, at: usize) -> Result<Layer, FormatError> {
    let mut part = |part| {
        let missing = name(at, part);
        let found = take(arrays, &missing)?;
        found.ok_or(FormatError::MissingOfLayer { missing, layer: at })
    };
    let (weights, bias, activation) = (part(WEIGHTS)?, part(BIAS)?, part(ACTIVATION)?);
    let &[outputs, _] = weights.shape() else {
        let what = format!("has the shape {:?}, not [outputs, inputs]", weights.shape());
        return Err(FormatError::Array { array: name(at, WEIGHTS), what });
    };
    if bias.shape() != [outputs] {
        let what = format!("has the shape {:?}, not [{outputs}]", bias.shape());
        return Err(FormatError::Array { array: name(at, BIAS), what });
    }
    let array = name(at, ACTIVATION);
    let word = String::from_utf8(text(&array, &activation)?).unwrap_or_default();
    let activation: Activation = word.parse().map_err(|error: judder_core::Error| {
        FormatError::Array { array, what: format!("holds `{}`: {error}", shown(&word)) }
    })?;
    Layer::new(weights.into_values(), bias.into_values(), activation)
        .map_err(|what| FormatError::Network(format!("layer {at}: {what}")))
}

/// The array of a name, taken from the others.
fn take(arrays: &mut Arrays, wanted: &str) -> Result<Option<Array>, FormatError> {
    let Some(at) = arrays.iter().position(|(name, _)| name == wanted) else { return Ok(None) };
    let (array, found) = arrays.remove(at);
    found.map(Some).map_err(|defect| FormatError::Array { array, what: defect.to_string() })
}

/// The bytes of a text.
fn text(name: &str, array: &Array) -> Result<Vec<u8>, FormatError> {
    let byte = |&x: &f64| (f64::from(x as u8) == x).then_some(x as u8);
    let bytes: Option<Vec<u8>> = array.values().iter().map(byte).collect();
    let what = "holds numbers that are no bytes of a text".to_owned();
    bytes.ok_or(FormatError::Array { array: name.to_owned(), what })
}

/// The `.npz` file of a network, which NumPy reads: for each layer `layer_0_weights` `[outputs,
/// inputs]` and `layer_0_bias` `[outputs]`, f8, and `layer_0_activation`, the bytes of its name; and
/// `judder`, those of the metadata. Equal networks and metadata give equal bytes.
///
/// # Errors
/// [`FormatError::Network`] where the network is larger than what [`from_npz`](crate::from_npz)
/// reads, [`FormatError::Damaged`] where the archive cannot be put together.
pub fn network_to_npz(
    network: &Network,
    metadata: Option<&Metadata>,
) -> Result<Vec<u8>, FormatError> {
    let said = metadata.map(|metadata| metadata.to_json().into_bytes());
    // A byte of a text takes eight where it is read.
    let texts = said.as_ref().map_or(0, Vec::len);
    let bytes = (network.parameters() + texts) * size_of::<f64>();
    if bytes + HEADERS > LARGEST {
        let count = network.parameters();
        let what = format!("its {count} weights and biases are too many for an .npz file");
        return Err(FormatError::Network(what));
    }
    let mut parts: Vec<(String, Vec<usize>, Numbers<'_>)> = Vec::new();
    for (at, layer) in network.layers().iter().enumerate() {
        let (outputs, inputs) = (layer.outputs(), layer.inputs());
        let activation = layer.activation().as_str().as_bytes();
        parts.push((name(at, WEIGHTS), vec![outputs, inputs], F8(layer.weights())));
        parts.push((name(at, BIAS), vec![outputs], F8(layer.bias())));
        parts.push((name(at, ACTIVATION), vec![activation.len()], U1(activation)));
    }
    if let Some(said) = &said {
        parts.push((METADATA_NAME.to_owned(), vec![said.len()], U1(said)));
    }
    let arrays: Vec<(&str, &[usize], Numbers<'_>)> =
        parts.iter().map(|(name, shape, values)| (name.as_str(), &shape[..], *values)).collect();
    Ok(write_npz(&arrays)?)
}
