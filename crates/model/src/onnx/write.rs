//! An ONNX file of a network.

use prost::Message;

use judder_core::Activation;

use super::activation;
use super::proto::{
    Attribute, Dimension, Entry, FLOAT, Graph, KIND_INT, Model, Node, OperatorSet, Shape, Tensor,
    TensorType, Type, Value,
};
use crate::metadata::METADATA_NAME;
use crate::{FormatError, Layer, Metadata, Network};

/// Of 2021: what runs ONNX today knows them.
const IR_VERSION: i64 = 8;
const OPSET: i64 = 13;

const INPUT: &str = "features";
const OUTPUT: &str = "reconstruction";

/// An ONNX file of a network: `features` `[N, inputs]` to `reconstruction` `[N, outputs]`, of any
/// number N of windows, in single precision. Equal networks and metadata give equal bytes.
///
/// # Errors
/// [`FormatError::Network`] where a number is too large for single precision.
pub fn to_onnx(network: &Network, metadata: Option<&Metadata>) -> Result<Vec<u8>, FormatError> {
    let mut graph = Graph {
        name: "judder".to_owned(),
        input: vec![value(INPUT, network.inputs())],
        output: vec![value(OUTPUT, network.outputs())],
        ..Graph::default()
    };
    let last = network.layers().len() - 1;
    let mut from = INPUT.to_owned();
    for (at, layer) in network.layers().iter().enumerate() {
        let to = if at == last { OUTPUT.to_owned() } else { format!("layer_{at}") };
        append(&mut graph, at, layer, from, &to)?;
        from = to;
    }
    let entry = |metadata: &Metadata| {
        let value = metadata.to_json().into_bytes();
        Entry { key: METADATA_NAME.to_owned(), value }.encode_to_vec()
    };
    let model = Model {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSet { domain: String::new(), version: OPSET }.encode_to_vec()],
        producer_name: "judder".to_owned(),
        producer_version: env!("CARGO_PKG_VERSION").to_owned(),
        graph: Some(graph),
        metadata_props: metadata.map(entry).into_iter().collect(),
        ..Model::default()
    };
    Ok(model.encode_to_vec())
}

/// A layer is a Gemm of transposed weights, and the operators of its activation.
fn append(
    graph: &mut Graph,
    at: usize,
    layer: &Layer,
    from: String,
    to: &str,
) -> Result<(), FormatError> {
    let (weights, bias) = (format!("layer_{at}_weights"), format!("layer_{at}_bias"));
    let shape = [layer.outputs(), layer.inputs()];
    graph.initializer.push(tensor(&weights, &shape, layer.weights())?);
    graph.initializer.push(tensor(&bias, &shape[..1], layer.bias())?);
    let is_linear = layer.activation() == Activation::Linear;
    let sum = if is_linear { to.to_owned() } else { format!("layer_{at}_sum") };
    let transposed =
        Attribute { name: "transB".to_owned(), kind: KIND_INT, i: Some(1), ..Attribute::default() };
    let gemm = Node {
        input: vec![from, weights, bias],
        output: vec![sum.clone()],
        name: format!("layer_{at}_gemm"),
        op_type: "Gemm".to_owned(),
        attribute: vec![transposed.encode_to_vec()],
        ..Node::default()
    };
    graph.node.push(gemm.encode_to_vec());
    activation::append(graph, at, layer.activation(), &sum, to)
}

pub(super) fn tensor(name: &str, shape: &[usize], values: &[f64]) -> Result<Vec<u8>, FormatError> {
    let mut raw = Vec::with_capacity(values.len() * size_of::<f32>());
    for &value in values {
        let single = value as f32;
        if !single.is_finite() {
            let what = format!("{value} in {name} is too large for single precision");
            return Err(FormatError::Network(what));
        }
        raw.extend_from_slice(&single.to_le_bytes());
    }
    let tensor = Tensor {
        dims: shape.iter().map(|&n| n as i64).collect(),
        data_type: FLOAT,
        name: name.to_owned(),
        raw_data: Some(raw),
        ..Tensor::default()
    };
    Ok(tensor.encode_to_vec())
}

/// Rows of `count` numbers.
fn value(name: &str, count: usize) -> Vec<u8> {
    let rows = Dimension { name: Some("N".to_owned()), value: None };
    let columns = Dimension { name: None, value: Some(count as i64) };
    let shape = Shape { dim: vec![rows.encode_to_vec(), columns.encode_to_vec()] };
    let tensor = TensorType { element: FLOAT, shape: Some(shape) };
    let kind = Some(Type { tensor: Some(tensor) });
    Value { name: name.to_owned(), kind }.encode_to_vec()
}
