//! Autoencoders: `layer_0_weights` `[outputs, inputs]`, `layer_0_bias` `[outputs]` and
//! `layer_0_activation` for each layer, and `judder`, which says what the rest of the model is.
//!
//! Texts are arrays of one text: `str(file["layer_0_activation"])`. Files of judder 0.1.0 have the bytes
//! of their UTF-8 in place of it.

use judder_core::Activation;
use judder_npz::Numbers::{F8, Text};
use judder_npz::{Array, Defect, Numbers, write_npz};

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
    let metadata = match take_text(&mut arrays, METADATA_NAME)? {
        Some(text) => Some(Metadata::from_json(&text)?),
        None => None,
    };
    if let Some((unknown, _)) = arrays.first() {
        return Err(FormatError::Unknown(shown(unknown)));
    }
    let network = Network::new(layers).map_err(FormatError::Network)?;
    Ok(Foreign { network, metadata, threshold: None, ignored: Vec::new() })
}

fn layer(arrays: &mut Arrays, at: usize) -> Result<Layer, FormatError> {
    let missing = |part| FormatError::MissingOfLayer { missing: name(at, part), layer: at };
    let mut part = |part| take(arrays, &name(at, part))?.ok_or_else(|| missing(part));
    let (weights, bias) = (part(WEIGHTS)?, part(BIAS)?);
    let array = name(at, ACTIVATION);
    let word = take_text(arrays, &array)?.ok_or_else(|| missing(ACTIVATION))?;
    let &[outputs, _] = weights.shape() else {
        let what = format!("has the shape {:?}, not [outputs, inputs]", weights.shape());
        return Err(FormatError::Array { array: name(at, WEIGHTS), what });
    };
    if bias.shape() != [outputs] {
        let what = format!("has the shape {:?}, not [{outputs}]", bias.shape());
        return Err(FormatError::Array { array: name(at, BIAS), what });
    }
    let word = String::from_utf8(word).unwrap_or_default();
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

/// The bytes of the text of a name, taken from the others.
fn take_text(arrays: &mut Arrays, wanted: &str) -> Result<Option<Vec<u8>>, FormatError> {
    let Some(at) = arrays.iter().position(|(name, _)| name == wanted) else { return Ok(None) };
    if let (_, Err(Defect::Text(text))) = &mut arrays[at] {
        let text = std::mem::take(text).into_bytes();
        drop(arrays.remove(at));
        return Ok(Some(text));
    }
    let Some(array) = take(arrays, wanted)? else { return Ok(None) };
    // As judder 0.1.0 wrote it.
    let byte = |&x: &f64| (f64::from(x as u8) == x).then_some(x as u8);
    let bytes: Option<Vec<u8>> = array.values().iter().map(byte).collect();
    let what = "holds numbers that are no bytes of a text".to_owned();
    bytes.map(Some).ok_or(FormatError::Array { array: wanted.to_owned(), what })
}

/// The `.npz` file of a network, which NumPy reads: for each layer `layer_0_weights` `[outputs,
/// inputs]` and `layer_0_bias` `[outputs]`, f8, and `layer_0_activation`, a text; and `judder`, the text
/// of the metadata. Equal networks and metadata give equal bytes.
///
/// # Errors
/// [`FormatError::Network`] where the network is larger than what [`from_npz`](crate::from_npz)
/// reads, [`FormatError::Damaged`] where the archive cannot be put together.
pub fn network_to_npz(
    network: &Network,
    metadata: Option<&Metadata>,
) -> Result<Vec<u8>, FormatError> {
    let said = metadata.map(Metadata::to_json);
    // A character takes four bytes.
    let texts = said.as_ref().map_or(0, |said| 4 * said.len());
    let bytes = network.parameters() * size_of::<f64>() + texts;
    if bytes + HEADERS > LARGEST {
        let count = network.parameters();
        let what = format!("its {count} weights and biases are too many for an .npz file");
        return Err(FormatError::Network(what));
    }
    let words: Vec<String> =
        network.layers().iter().map(|layer| layer.activation().to_string()).collect();
    let mut parts: Vec<(String, Vec<usize>, Numbers<'_>)> = Vec::new();
    for ((at, layer), word) in network.layers().iter().enumerate().zip(&words) {
        let (outputs, inputs) = (layer.outputs(), layer.inputs());
        parts.push((name(at, WEIGHTS), vec![outputs, inputs], F8(layer.weights())));
        parts.push((name(at, BIAS), vec![outputs], F8(layer.bias())));
        parts.push((name(at, ACTIVATION), Vec::new(), Text(word)));
    }
    if let Some(said) = &said {
        parts.push((METADATA_NAME.to_owned(), Vec::new(), Text(said)));
    }
    let arrays: Vec<(&str, &[usize], Numbers<'_>)> =
        parts.iter().map(|(name, shape, values)| (name.as_str(), &shape[..], *values)).collect();
    Ok(write_npz(&arrays)?)
}
