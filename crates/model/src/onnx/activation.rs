//! What an activation is made of in operators of ONNX.

use judder_core::Activation;
use prost::Message;

use super::proto::{Attribute, Graph, INT8, KIND_FLOAT, Node, Tensor};
use super::write::tensor;
use crate::FormatError;

/// √2 and √(2/π).
const ROOT_2: f64 = std::f64::consts::SQRT_2;
const GELU_SLOPE: f64 = 0.797_884_560_802_865_4;
const GELU_CUBE: f64 = 0.044_715;

/// The operators of a layer's activation, between its sums and what it gives.
struct Chain<'g> {
    graph: &'g mut Graph,
    /// `layer_0`
    layer: String,
    activation: &'static str,
}

/// Adds what an activation makes of `sum` to a graph; none of it overflows where the activation does
/// not. `gelu` is no operator of this version: it is written as PyTorch does.
pub(super) fn append(
    graph: &mut Graph,
    layer: usize,
    activation: Activation,
    sum: &str,
    to: &str,
) -> Result<(), FormatError> {
    let mut chain =
        Chain { graph, layer: format!("layer_{layer}"), activation: activation.as_str() };
    match activation {
        Activation::Linear => {}
        Activation::Relu => chain.operator("Relu", &[sum], to, None),
        Activation::Tanh => chain.operator("Tanh", &[sum], to, None),
        Activation::Sigmoid => chain.operator("Sigmoid", &[sum], to, None),
        Activation::LeakyRelu(slope) => chain.operator("LeakyRelu", &[sum], to, Some(slope)),
        Activation::Elu(alpha) => chain.operator("Elu", &[sum], to, Some(alpha)),
        Activation::Selu => chain.operator("Selu", &[sum], to, None),
        Activation::Softplus => chain.operator("Softplus", &[sum], to, None),
        Activation::Silu => {
            let gate = chain.step("Sigmoid", &[sum], "gate");
            chain.operator("Mul", &[sum, &gate], to, None);
        }
        Activation::FakeQuant { scale, zero_point } => {
            let scale = chain.constant("scale", scale.into())?;
            let zero_point = chain.integer("zero_point", zero_point);
            let integers = chain.step("QuantizeLinear", &[sum, &scale, &zero_point], "integers");
            chain.operator("DequantizeLinear", &[&integers, &scale, &zero_point], to, None);
        }
        Activation::Gelu => {
            let root = chain.constant("root_2", ROOT_2)?;
            let share = chain.step("Div", &[sum, &root], "share");
            let error = chain.step("Erf", &[&share], "error");
            chain.gated(sum, &error, to)?;
        }
        Activation::GeluTanh => {
            let (slope, weight) =
                (chain.constant("slope", GELU_SLOPE)?, chain.constant("cube_weight", GELU_CUBE)?);
            let square = chain.step("Mul", &[sum, sum], "square");
            let cube = chain.step("Mul", &[sum, &square], "cube");
            let cube = chain.step("Mul", &[&weight, &cube], "weighted_cube");
            let inner = chain.step("Add", &[sum, &cube], "inner");
            let inner = chain.step("Mul", &[&slope, &inner], "scaled");
            let tanh = chain.step("Tanh", &[&inner], "tanh");
            chain.gated(sum, &tanh, to)?;
        }
    }
    Ok(())
}

impl Chain<'_> {
    /// sum · (1 + gate) / 2.
    fn gated(&mut self, sum: &str, gate: &str, to: &str) -> Result<(), FormatError> {
        let (one, half) = (self.constant("one", 1.0)?, self.constant("half", 0.5)?);
        let gate = self.step("Add", &[gate, &one], "gate");
        let product = self.step("Mul", &[sum, &gate], "product");
        self.operator("Mul", &[&product, &half], to, None);
        Ok(())
    }

    /// Adds a number and gives its name.
    fn constant(&mut self, what: &str, value: f64) -> Result<String, FormatError> {
        let name = format!("{}_{what}", self.layer);
        self.graph.initializer.push(tensor(&name, &[], &[value])?);
        Ok(name)
    }

    /// Adds an integer of eight bits and gives its name.
    fn integer(&mut self, what: &str, value: i8) -> String {
        let name = format!("{}_{what}", self.layer);
        let raw = Some(value.to_le_bytes().to_vec());
        let tensor =
            Tensor { data_type: INT8, name: name.clone(), raw_data: raw, ..Tensor::default() };
        self.graph.initializer.push(tensor.encode_to_vec());
        name
    }

    /// Adds an operator and gives the name of what it gives.
    fn step(&mut self, operator: &str, inputs: &[&str], what: &str) -> String {
        let to = format!("{}_{what}", self.layer);
        self.operator(operator, inputs, &to, None);
        to
    }

    /// Adds an operator. It is called as what it gives, the last of a layer as the activation.
    fn operator(&mut self, operator: &str, inputs: &[&str], to: &str, alpha: Option<f32>) {
        let is_last = !to.starts_with(&format!("{}_", self.layer));
        let last = format!("{}_{}", self.layer, self.activation);
        let name = if is_last { last } else { to.to_owned() };
        let alpha = alpha.map(|alpha| {
            let name = "alpha".to_owned();
            Attribute { name, kind: KIND_FLOAT, f: Some(alpha), ..Attribute::default() }
        });
        let node = Node {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![to.to_owned()],
            name,
            op_type: operator.to_owned(),
            attribute: alpha.iter().map(Message::encode_to_vec).collect(),
            ..Node::default()
        };
        self.graph.node.push(node.encode_to_vec());
    }
}
