//! Reading a network from a TensorFlow Lite file.

use super::advice;
use super::flatbuffer::{Numbers, Table};
use super::operators::{Operators, refused, unsupported};
use super::schema::{IDENTIFIER, VERSION, metadata, model, subgraph};
use super::tensors::Tensors;
use crate::error::shown;
use crate::{Foreign, FormatError, METADATA_NAME, Metadata};

/// More operators than a network has layers and activations.
const MOST_OPERATORS: usize = 512;
/// What TensorFlow's converter writes into every file, which says nothing of the network.
const CONVERTED: [&str; 2] = ["MLIR Converted.", "TOCO Converted."];
const USUAL: [&str; 3] =
    ["min_runtime_version", "CONVERSION_METADATA", "reduced_precision_support"];
/// How many metadata entries are named that say nothing to judder.
const MOST_NAMED: usize = 8;

/// Reads a network from a TensorFlow Lite file: one graph, a chain of `FULLY_CONNECTED`, of scaling by
/// constants and of activations, from whatever operators these are made; in float32, with weights in
/// float16 or int8, or in int8 throughout.
///
/// # Errors
/// [`FormatError::Broken`] where the file is damaged or none of these;
/// [`FormatError::Unsupported`] naming what judder cannot run; [`FormatError::Metadata`] where the
/// entry `judder` cannot be read; [`FormatError::Network`] where the numbers make no network.
pub fn from_tflite(bytes: &[u8]) -> Result<Foreign, FormatError> {
    let root = Table::root(bytes, IDENTIFIER)?;
    let version = root.u32(model::VERSION)?;
    if version != VERSION {
        return Err(unsupported(format!("a model of schema version {version}, not {VERSION}")));
    }
    let subgraphs = root.tables(model::SUBGRAPHS)?;
    if subgraphs.len() != 1 {
        return Err(unsupported(format!("{} graphs", subgraphs.len())));
    }
    let subgraph = subgraphs.get(0)?;
    let tensors = Tensors {
        tensors: subgraph.tables(subgraph::TENSORS)?,
        buffers: root.tables(model::BUFFERS)?,
    };
    let only = |numbers: &Numbers<'_>, what: &str, way: &str| {
        let count = numbers.len();
        let one: Option<[i32; 1]> = numbers.exactly();
        one.map(|[one]| one)
            .ok_or_else(|| refused(format!("the graph with {count} {what}, not 1"), way))
    };
    let input = only(&subgraph.numbers(subgraph::INPUTS)?, "inputs", INPUTS)?;
    let output = only(&subgraph.numbers(subgraph::OUTPUTS)?, "outputs", OUTPUTS)?;
    let operators = subgraph.tables(subgraph::OPERATORS)?;
    if operators.len() > MOST_OPERATORS {
        let count = operators.len();
        return Err(unsupported(format!("{count} operators, more than {MOST_OPERATORS}")));
    }
    let codes = root.tables(model::OPERATOR_CODES)?;
    let mut chain = Operators::new(tensors, codes, input, bytes.len())?;
    for operator in operators.iter() {
        chain.push(&operator?)?;
    }
    let Some(end) = chain.value(output) else {
        return Err(unsupported("a graph whose output no operator gives"));
    };
    let network = chain.graph.network(end).map_err(|trouble| {
        trouble.said([advice::READABLE, ROUNDED], |what, way| refused(what, way))
    })?;
    let (metadata, ignored) = beside(chain.tensors(), &root)?;
    Ok(Foreign { network, metadata, threshold: None, ignored })
}

const INPUTS: &str = "judder gives one row of features: convert a model of one input";
const OUTPUTS: &str = "convert a model that gives the reconstruction alone";

/// What to do about activations of several operators in integers.
const ROUNDED: &str = "convert the model in float32, without `optimizations`: judder makes integers itself, \
                       `judder export --to tflite --int8`";

/// What judder wrote beside the graph, and what else there is.
fn beside(
    tensors: &Tensors<'_>,
    root: &Table<'_>,
) -> Result<(Option<Metadata>, Vec<String>), FormatError> {
    let (mut found, mut ignored, mut unnamed) = (None, Vec::new(), 0);
    let description = shown(root.text(model::DESCRIPTION)?);
    if !description.is_empty() && !CONVERTED.contains(&description.as_str()) {
        ignored.push(format!("the description `{description}`"));
    }
    for entry in root.tables(model::METADATA)?.iter() {
        let entry = entry?;
        match entry.text(metadata::NAME)? {
            METADATA_NAME if found.is_some() => {
                return Err(FormatError::Metadata("there are two of them".to_owned()));
            }
            METADATA_NAME => {
                let text = tensors.data(entry.u32(metadata::BUFFER)?)?;
                found = Some(Metadata::from_json(text)?);
            }
            name if USUAL.contains(&name) => {}
            name if ignored.len() < MOST_NAMED => {
                ignored.push(format!("the metadata entry `{}`", shown(name)));
            }
            _ => unnamed += 1,
        }
    }
    if unnamed > 0 {
        ignored.push(format!("{unnamed} more metadata entries"));
    }
    // One says what the input and the output are called, which no operator depends on.
    match root.tables(model::SIGNATURE_DEFS)?.len() {
        0 | 1 => {}
        count => ignored.push(format!("{count} signatures")),
    }
    Ok((found, ignored))
}
