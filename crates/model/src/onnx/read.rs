//! A network from an ONNX file.

use std::path::Path;

use prost::Message;

use super::advice;
use super::beside::Beside;
use super::mixture;
use super::operators::{Operators, Tensors};
use super::proto::{
    DOUBLE, Dimension, Entry, FLOAT, FLOAT16, Function, Graph, Model, Node, OperatorSet, Tensor,
    Value, element,
};
use super::{DOMAIN, READABLE, broken, quoted, refused, unsupported};
use crate::metadata::METADATA_NAME;
use crate::{Foreign, ForeignModel, FormatError, Metadata};

/// The first version whose Gemm, Add and Dropout are those of today.
const OLDEST_OPSET: i64 = 7;

/// The most operators: far more than the layers of a network.
const MOST_NODES: usize = 512;
/// The most tensors, and inputs and outputs.
const MOST_VALUES: usize = 1024;

/// The most names that are told of what was ignored.
const MOST_NAMES: usize = 8;

/// What to do about several inputs and outputs.
const INPUTS: &str = "judder gives one row of features: export a model of one input (Keras writes an adapted \
                      Normalization as inputs: `model.save(\"m.keras\")` keeps it inside)";
const OUTPUTS: &str = "export a model that gives the reconstruction alone";

/// What to do about activations of several operators in integers.
const ROUNDED: &str = "export the model before it is quantised: judder makes integers itself, \
                       `judder export --to tflite --int8`";

/// Reads a network from an ONNX file: one chain of dense layers, as `Gemm` or as `MatMul` and
/// `Add`, of scaling by constants and of activations, from whatever operators these are made.
///
/// # Errors
/// A [`FormatError`] that names what judder cannot run; one where the numbers are in files beside.
pub fn from_onnx(bytes: &[u8]) -> Result<Foreign, FormatError> {
    match read(bytes, None)? {
        ForeignModel::Network(foreign) => Ok(foreign),
        ForeignModel::Gaussians(_) => {
            Err(unsupported("a mixture of Gaussians, which is no network"))
        }
    }
}

/// The same, or a mixture of Gaussians as skl2onnx writes it, from a file in this folder, which may have
/// numbers in files beside it.
///
/// # Errors
/// A [`FormatError`] that names what judder cannot run, or which file cannot be read.
pub fn from_onnx_in(bytes: &[u8], folder: &Path) -> Result<ForeignModel, FormatError> {
    read(bytes, Some(folder))
}

fn read(bytes: &[u8], folder: Option<&Path>) -> Result<ForeignModel, FormatError> {
    let model = Model::decode(bytes).map_err(broken)?;
    let Some(graph) = &model.graph else { return Err(broken("there is no graph in it")) };
    check_operators(&model)?;
    let mut ignored = Vec::new();
    let metadata = metadata(&model, &mut ignored)?;
    let mut read = network(graph, bytes.len(), Beside::new(folder), &mut ignored)?;
    for (what, is_there) in [
        ("training information", !model.training_info.is_empty()),
        ("functions of its own, which no operator calls", !model.functions.is_empty()),
        ("configurations of devices", !model.configuration.is_empty()),
        ("annotations of quantisation", !graph.quantization_annotation.is_empty()),
        ("metadata of the graph", !graph.metadata_props.is_empty()),
        ("descriptions", !model.doc_string.is_empty() || !graph.doc_string.is_empty()),
    ] {
        if is_there {
            ignored.push(what.to_owned());
        }
    }
    match &mut read {
        ForeignModel::Network(foreign) => {
            foreign.metadata = metadata;
            foreign.ignored.append(&mut ignored);
        }
        ForeignModel::Gaussians(foreign) => foreign.ignored.append(&mut ignored),
    }
    Ok(read)
}

/// That the operators are those which judder knows.
fn check_operators(model: &Model) -> Result<(), FormatError> {
    let mut version = None;
    for set in &model.opset_import {
        let set = OperatorSet::decode(set.as_slice()).map_err(broken)?;
        if matches!(set.domain.as_str(), "" | DOMAIN) && version.replace(set.version).is_some() {
            return Err(broken("it names the version of its operators twice"));
        }
    }
    match version {
        None => return Err(broken("it does not say of which version its operators are")),
        Some(version) if version < OLDEST_OPSET => {
            return Err(unsupported(format!(
                "operators of version {version}, older than {OLDEST_OPSET}"
            )));
        }
        Some(_) => {}
    }
    for function in &model.functions {
        let function = Function::decode(function.as_slice()).map_err(broken)?;
        if matches!(function.domain.as_str(), "" | DOMAIN) {
            let name = quoted(&function.name);
            return Err(unsupported(format!("a function {name} that stands for an operator")));
        }
    }
    Ok(())
}

fn metadata(model: &Model, ignored: &mut Vec<String>) -> Result<Option<Metadata>, FormatError> {
    let (mut found, mut others, mut more) = (None, Vec::new(), 0);
    for entry in &model.metadata_props {
        let entry = Entry::decode(entry.as_slice()).map_err(broken)?;
        if entry.key != METADATA_NAME && others.len() == MOST_NAMES {
            more += 1;
        } else if entry.key != METADATA_NAME {
            others.push(quoted(&entry.key));
        } else if found.replace(Metadata::from_json(&entry.value)?).is_some() {
            return Err(FormatError::Metadata("it is there twice".to_owned()));
        }
    }
    ignored.extend(named("metadata", &others, more));
    Ok(found)
}

/// A thing and the names it has in the file.
fn named(what: &str, names: &[String], more: usize) -> Option<String> {
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("{what} {}{more}", names.join(", ")))
}

fn network(
    graph: &Graph,
    room: usize,
    beside: Beside<'_>,
    ignored: &mut Vec<String>,
) -> Result<ForeignModel, FormatError> {
    if !graph.sparse_initializer.is_empty() {
        return Err(unsupported("a sparse tensor"));
    }
    let most = graph.initializer.len().max(graph.input.len()).max(graph.output.len());
    if most > MOST_VALUES {
        return Err(unsupported(format!("{most} tensors")));
    }
    if graph.node.len() > MOST_NODES {
        return Err(unsupported(format!("more than {MOST_NODES} operators")));
    }
    let mut tensors = Tensors::new();
    for tensor in &graph.initializer {
        let tensor = Tensor::decode(tensor.as_slice()).map_err(broken)?;
        let name = tensor.name.clone();
        if tensors.insert(name.clone(), tensor).is_some() {
            return Err(broken(format!("there are two tensors {}", quoted(&name))));
        }
    }
    let mut inputs = values(&graph.input)?;
    // Old files name the fixed tensors among the inputs.
    inputs.retain(|input| !tensors.contains_key(&input.name));
    let [input] = inputs.as_slice() else {
        let names: Vec<String> =
            inputs.iter().take(MOST_NAMES).map(|one| quoted(&one.name)).collect();
        let named =
            if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        let what = format!("a graph of {} inputs{named}", inputs.len());
        return Err(refused(what, INPUTS));
    };
    let nodes = graph.node.iter().map(|node| Node::decode(node.as_slice()).map_err(broken));
    let nodes: Vec<Node> = nodes.collect::<Result<_, _>>()?;
    if let Some(end) = mixture::end(&nodes) {
        let input = (input.name.as_str(), declared(input)?);
        return mixture::read(&nodes, end, input, &tensors, room).map(ForeignModel::Gaussians);
    }
    // Of several outputs, always: what helps is not another output.
    if let Some(node) = nodes.iter().find(|node| advice::is_another_model(&node.op_type)) {
        return Err(advice::of(&node.op_type, quoted(&node.op_type)));
    }
    let outputs = values(&graph.output)?;
    let [output] = outputs.as_slice() else {
        return Err(refused(format!("a graph of {} outputs", outputs.len()), OUTPUTS));
    };
    let mut operators = Operators::new((&input.name, declared(input)?), &tensors, beside, room)?;
    for node in &nodes {
        operators.push(node)?;
    }
    let Some(end) = operators.value(&output.name) else {
        let name = quoted(&output.name);
        return Err(broken(format!("its output is {name}, which nothing gives")));
    };
    let network = operators
        .graph
        .network(end)
        .map_err(|trouble| trouble.said([READABLE, ROUNDED], |what, way| refused(what, way)))?;
    let unused = || tensors.keys().filter(|&name| !operators.used().contains(name));
    let names: Vec<String> = unused().take(MOST_NAMES).map(|name| quoted(name)).collect();
    ignored.extend(named("unused tensors", &names, unused().count() - names.len()));
    if operators.is_half {
        ignored.push(
            "arithmetic in float16: judder computes in single or double precision".to_owned(),
        );
    }
    check_value(input, network.inputs())?;
    if !operators.is_column(&output.name) {
        check_value(output, network.outputs())?;
    }
    Ok(ForeignModel::Network(Foreign {
        network,
        metadata: None,
        threshold: None,
        ignored: Vec::new(),
    }))
}

fn values(values: &[Vec<u8>]) -> Result<Vec<Value>, FormatError> {
    values.iter().map(|one| Value::decode(one.as_slice()).map_err(broken)).collect()
}

/// How many numbers a row of an input has, where it says that.
fn declared(value: &Value) -> Result<Option<usize>, FormatError> {
    let shape = value.kind.as_ref().and_then(|kind| kind.tensor.as_ref()?.shape.as_ref());
    let Some(last) = shape.and_then(|shape| shape.dim.last()) else { return Ok(None) };
    let last = Dimension::decode(last.as_slice()).map_err(broken)?;
    Ok(last.value.and_then(|value| usize::try_from(value).ok()))
}

/// That what an input or output says of itself fits the layers: rows of `count` numbers, or one.
fn check_value(value: &Value, count: usize) -> Result<(), FormatError> {
    let name = quoted(&value.name);
    let Some(kind) = &value.kind else { return Ok(()) };
    let Some(tensor) = &kind.tensor else {
        return Err(unsupported(format!("a value {name} that is no tensor")));
    };
    if !matches!(tensor.element, FLOAT | DOUBLE | FLOAT16) {
        return Err(unsupported(format!("a value {name} of {}", element(tensor.element))));
    }
    let Some(shape) = &tensor.shape else { return Ok(()) };
    let (1 | 2, Some(last)) = (shape.dim.len(), shape.dim.last()) else {
        return Err(unsupported(format!("a value {name} of {} dimensions", shape.dim.len())));
    };
    let last = Dimension::decode(last.as_slice()).map_err(broken)?;
    match last.value {
        Some(found) if usize::try_from(found) != Ok(count) => Err(broken(format!(
            "{name} is said to hold {found} numbers, and the layers make it {count}"
        ))),
        _ => Ok(()),
    }
}
