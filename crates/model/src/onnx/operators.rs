//! What the operators of an ONNX graph do to the one value that goes through it.

use std::collections::{BTreeMap, BTreeSet};

use judder_core::Activation;

use super::attributes::Attributes;
use super::beside::Beside;
use super::proto::{DOUBLE, FLOAT, FLOAT16, Node, Tensor};
use super::tensor::numbers;
use super::words::{activation, binary, unary};
use super::{DOMAIN, broken, quoted, unsupported};
use crate::FormatError;
use crate::chain::{Binary, Graph, Id, Unary};

/// The operators of scikit-learn's models have this domain.
const LEARNING: &str = "ai.onnx.ml";

/// The fixed numbers of a graph.
pub(super) type Tensors = BTreeMap<String, Tensor>;

/// A graph in the making.
pub(super) struct Operators<'a> {
    pub(super) graph: Graph,
    tensors: &'a Tensors,
    beside: Beside<'a>,
    /// The values so far, by their names.
    ids: BTreeMap<String, Id>,
    used: BTreeSet<String>,
    /// Values of rows that became one column: nothing but the end can be.
    pub(super) column: BTreeSet<String>,
    /// Values that are integers, and the names of their scale and of what stands for 0.
    pub(super) integers: BTreeMap<String, Vec<String>>,
    /// Whether some of it is computed in half precision.
    pub(super) is_half: bool,
}

impl<'a> Operators<'a> {
    /// A graph that begins with an input of this name.
    pub(super) fn new(
        input: (&str, Option<usize>),
        tensors: &'a Tensors,
        beside: Beside<'a>,
        room: usize,
    ) -> Result<Self, FormatError> {
        let mut graph = Graph::of_file(room);
        let id = graph.input(input.1).map_err(unsupported)?;
        let ids = BTreeMap::from([(input.0.to_owned(), id)]);
        let (used, column) = (BTreeSet::new(), BTreeSet::new());
        Ok(Self {
            graph,
            tensors,
            beside,
            ids,
            used,
            column,
            integers: BTreeMap::new(),
            is_half: false,
        })
    }

    /// The names of the tensors that were used.
    pub(super) fn used(&self) -> &BTreeSet<String> {
        &self.used
    }

    /// Whether a value is a column of the numbers of all rows.
    pub(super) fn is_column(&self, name: &str) -> bool {
        self.column.contains(name)
    }

    /// The value of this name.
    pub(super) fn value(&self, name: &str) -> Option<Id> {
        self.ids.get(name).copied()
    }

    /// Adds what an operator does.
    ///
    /// # Errors
    /// [`FormatError::Unsupported`] that names what judder does not know.
    pub(super) fn push(&mut self, node: &Node) -> Result<(), FormatError> {
        let name = named(node);
        let known = matches!(node.domain.as_str(), "" | DOMAIN)
            || (node.domain == LEARNING && node.op_type == "Scaler");
        if !known || !node.overload.is_empty() {
            let domain = quoted(&node.domain);
            return Err(super::advice::of(&node.op_type, format!("{name} of the domain {domain}")));
        }
        let id = self.operator(node, &name)?;
        let Some(output) = node.output.first().filter(|name| !name.is_empty()) else {
            return Err(broken(format!("{name} gives nothing")));
        };
        if self.tensors.contains_key(output) || self.ids.insert(output.clone(), id).is_some() {
            return Err(broken(format!("there are two values {}", quoted(output))));
        }
        Ok(())
    }

    fn operator(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        if let Some(binary) = binary(&node.op_type) {
            Attributes::of(node, &[])?;
            return self.several(node, name, binary);
        }
        if let Some(unary) = unary(&node.op_type) {
            Attributes::of(node, &[])?;
            let [x] = self.inputs(node, name)?;
            return self.graph.unary(name, unary, x).map_err(unsupported);
        }
        if let Some(activation) = activation(node)? {
            let [x] = self.inputs(node, name)?;
            let unary = Unary::Activation(activation);
            return self.graph.unary(name, unary, x).map_err(unsupported);
        }
        match node.op_type.as_str() {
            "Gemm" => self.gemm(node, name),
            "MatMul" => {
                Attributes::of(node, &[])?;
                let [x, weights] = self.inputs(node, name)?;
                self.dense(name, x, weights, false, 1.0)
            }
            "BatchNormalization" => self.batch_normalization(node, name),
            "Scaler" => {
                let attributes = Attributes::of(node, &["offset", "scale"])?;
                let row = |values: Option<Vec<f64>>, otherwise| values.unwrap_or(vec![otherwise]);
                let offset = row(attributes.floats("offset")?, 0.0);
                let scale = row(attributes.floats("scale")?, 1.0);
                let [x] = self.inputs(node, name)?;
                let x = self.with(name, Binary::Subtract, x, offset)?;
                self.with(name, Binary::Multiply, x, scale)
            }
            "Celu" => {
                let alpha = f64::from(Attributes::of(node, &["alpha"])?.float("alpha", 1.0)?);
                let [x] = self.inputs(node, name)?;
                // It is elu(1) of x / alpha, alpha times as large.
                let x = self.with(name, Binary::Divide, x, vec![alpha])?;
                let elu = Unary::Activation(Activation::Elu(1.0));
                let x = self.graph.unary(name, elu, x).map_err(unsupported)?;
                self.with(name, Binary::Multiply, x, vec![alpha])
            }
            "Clip" => self.clip(node, name),
            "Where" => {
                Attributes::of(node, &[])?;
                let [which, a, b] = self.inputs(node, name)?;
                self.graph.select(name, which, a, b).map_err(unsupported)
            }
            "Constant" => self.constant(node),
            "Dropout" => self.dropout(node, name),
            "Identity" => {
                Attributes::of(node, &[])?;
                let [x] = self.inputs(node, name)?;
                self.keep_column(node);
                Ok(x)
            }
            "Cast" => {
                let to = Attributes::of(node, &["to", "saturate", "round_mode"])?.int("to", 0)?;
                let [x] = self.inputs(node, name)?;
                let real = |kind: i32| to == i64::from(kind);
                if !(real(FLOAT) || real(DOUBLE) || real(FLOAT16)) && self.graph.fixed(x).is_none()
                {
                    let kind =
                        i32::try_from(to).map_or_else(|_| to.to_string(), super::proto::element);
                    return Err(unsupported(format!("{name} to {kind}")));
                }
                if real(FLOAT16) {
                    self.is_half = true;
                }
                self.keep_column(node);
                Ok(x)
            }
            "Flatten" | "Reshape" | "Squeeze" | "Unsqueeze" => self.reshape(node, name),
            "Transpose" => self.transpose(node, name),
            "QuantizeLinear" => self.quantize(node, name),
            "DequantizeLinear" => self.dequantize(node, name),
            _ => Err(super::advice::of(&node.op_type, name.to_owned())),
        }
    }

    /// The values that a node takes, so many.
    pub(super) fn inputs<const N: usize>(
        &mut self,
        node: &Node,
        name: &str,
    ) -> Result<[Id; N], FormatError> {
        let given = node.input.iter().rev().skip_while(|name| name.is_empty()).count();
        if given != N {
            return Err(broken(format!("{name} takes {given} inputs, not {N}")));
        }
        let mut ids = [0; N];
        for (id, input) in ids.iter_mut().zip(&node.input) {
            *id = self.input(node, name, input)?;
        }
        Ok(ids)
    }

    /// The value of a name: computed, or fixed.
    pub(super) fn input(
        &mut self,
        node: &Node,
        name: &str,
        input: &str,
    ) -> Result<Id, FormatError> {
        if self.column.contains(input) && !matches!(node.op_type.as_str(), "Identity" | "Cast") {
            return Err(unsupported(format!("{name} of {}, which is one column", quoted(input))));
        }
        if self.integers.contains_key(input) && node.op_type != "DequantizeLinear" {
            return Err(super::advice::of("QuantizeLinear", format!("{name} of integers")));
        }
        if let Some(&id) = self.ids.get(input) {
            return Ok(id);
        }
        let Some(tensor) = self.tensors.get(input) else {
            return Err(broken(format!("{name} of {}, which nothing gives", quoted(input))));
        };
        self.used.insert(input.to_owned());
        let id = self.fixed(tensor)?;
        self.ids.insert(input.to_owned(), id);
        Ok(id)
    }

    /// The type of a tensor that is fixed.
    pub(super) fn kind(&self, name: &str) -> Option<i32> {
        self.tensors.get(name).map(|tensor| tensor.data_type)
    }

    /// The value of a tensor that is fixed.
    pub(super) fn fixed(&mut self, tensor: &Tensor) -> Result<Id, FormatError> {
        let before = self.beside.len();
        let (shape, values) = numbers(tensor, &mut self.beside)?;
        self.graph.allow(self.beside.len() - before);
        if tensor.data_type == DOUBLE && values.iter().any(|&x| f64::from(x as f32) != x) {
            self.graph.is_double();
        }
        self.graph.constant(shape, values).map_err(unsupported)
    }

    /// An operator of a value and a row of constants.
    fn with(
        &mut self,
        name: &str,
        binary: Binary,
        x: Id,
        row: Vec<f64>,
    ) -> Result<Id, FormatError> {
        let row = self.graph.constant(vec![row.len()], row).map_err(unsupported)?;
        self.graph.binary(name, binary, x, row).map_err(unsupported)
    }

    /// An operator of two values, or of more, one after the other.
    fn several(&mut self, node: &Node, name: &str, binary: Binary) -> Result<Id, FormatError> {
        let many = matches!(node.op_type.as_str(), "Max" | "Min" | "Sum");
        let right = if many { !node.input.is_empty() } else { node.input.len() == 2 };
        if !right {
            return Err(broken(format!("{name} takes {} inputs", node.input.len())));
        }
        let mut all = None;
        for input in &node.input {
            let next = self.input(node, name, input)?;
            all = Some(match all {
                None => next,
                Some(before) => {
                    self.graph.binary(name, binary, before, next).map_err(unsupported)?
                }
            });
        }
        all.ok_or_else(|| broken(format!("{name} takes nothing")))
    }

    fn gemm(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let attributes = Attributes::of(node, &["alpha", "beta", "transA", "transB"])?;
        let [alpha, beta] = [attributes.float("alpha", 1.0)?, attributes.float("beta", 1.0)?];
        let other = |attribute: &str, value: i64| {
            unsupported(format!("the attribute {attribute} = {value} of `Gemm`"))
        };
        match attributes.int("transA", 0)? {
            0 => {}
            value => return Err(other("transA", value)),
        }
        let rows_are_outputs = match attributes.int("transB", 0)? {
            0 => false,
            1 => true,
            value => return Err(other("transB", value)),
        };
        if node.input.len() > 3 || node.input.len() < 2 {
            return Err(broken(format!("{name} takes {} inputs", node.input.len())));
        }
        let x = self.input(node, name, &node.input[0])?;
        let weights = self.input(node, name, &node.input[1])?;
        let sums = self.dense(name, x, weights, rows_are_outputs, alpha.into())?;
        let Some(bias) = node.input.get(2).filter(|name| !name.is_empty()) else { return Ok(sums) };
        let mut bias = self.input(node, name, bias)?;
        if beta != 1.0 {
            bias = self.with(name, Binary::Multiply, bias, vec![beta.into()])?;
        }
        self.graph.binary(name, Binary::Add, sums, bias).map_err(unsupported)
    }

    /// Products with fixed weights.
    fn dense(
        &mut self,
        name: &str,
        x: Id,
        weights: Id,
        rows_are_outputs: bool,
        factor: f64,
    ) -> Result<Id, FormatError> {
        if self.graph.fixed(x).is_some() && self.graph.fixed(weights).is_none() {
            return Err(unsupported(format!("{name} with its weights on the left")));
        }
        let Some(fixed) = self.graph.fixed(weights) else {
            return Err(unsupported(format!("{name} of two values, neither of them fixed")));
        };
        let &[rows, columns] = fixed.shape.as_slice() else {
            let shape = &fixed.shape;
            return Err(unsupported(format!("weights of the shape {shape:?} in {name}")));
        };
        if rows == 0 || columns == 0 {
            return Err(broken(format!("there are weights of the shape {:?}", fixed.shape)));
        }
        let values = &fixed.values;
        let weights: Vec<f64> = if rows_are_outputs {
            values.iter().map(|x| x * factor).collect()
        } else {
            let column = |at: usize| values.iter().skip(at).step_by(columns).map(|x| x * factor);
            (0..columns).flat_map(column).collect()
        };
        let outputs = if rows_are_outputs { rows } else { columns };
        self.graph.dense(name, x, weights, vec![0.0; outputs]).map_err(unsupported)
    }

    /// Of means and variances that are fixed.
    fn batch_normalization(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let attributes =
            Attributes::of(node, &["epsilon", "momentum", "training_mode", "spatial"])?;
        if attributes.int("training_mode", 0)? != 0 {
            return Err(unsupported(format!("{name} that trains: export the model for inference")));
        }
        let epsilon = f64::from(attributes.float("epsilon", 1e-5)?);
        let [x, gamma, beta, mean, variance] = self.inputs(node, name)?;
        let wrong = unsupported;
        let variance = self.with(name, Binary::Add, variance, vec![epsilon])?;
        let deviation = self.graph.unary(name, Unary::Sqrt, variance).map_err(wrong)?;
        let scale = self.graph.binary(name, Binary::Divide, gamma, deviation).map_err(wrong)?;
        let x = self.graph.binary(name, Binary::Subtract, x, mean).map_err(wrong)?;
        let x = self.graph.binary(name, Binary::Multiply, x, scale).map_err(wrong)?;
        self.graph.binary(name, Binary::Add, x, beta).map_err(wrong)
    }

    fn clip(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let attributes = Attributes::of(node, &["min", "max"])?;
        let mut bounds = [
            f64::from(attributes.float("min", f32::NEG_INFINITY)?),
            f64::from(attributes.float("max", f32::INFINITY)?),
        ];
        let Some(x) = node.input.first() else {
            return Err(broken(format!("{name} takes nothing")));
        };
        let x = self.input(node, name, x)?;
        for (at, bound) in bounds.iter_mut().enumerate() {
            let Some(input) = node.input.get(at + 1).filter(|name| !name.is_empty()) else {
                continue;
            };
            let id = self.input(node, name, input)?;
            let fixed = self.graph.fixed(id).map(|constant| constant.values.as_slice());
            let Some(&[value]) = fixed else {
                return Err(unsupported(format!("{name} to bounds that are not fixed")));
            };
            *bound = value;
        }
        let [least, most] = bounds;
        if least.is_nan() || most.is_nan() || least > most {
            return Err(broken(format!("{name} between {least} and {most}")));
        }
        self.graph.unary(name, Unary::Clip(least, most), x).map_err(unsupported)
    }

    /// It does nothing unless it trains.
    fn dropout(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        Attributes::of(node, &["ratio", "seed"])?;
        let Some(x) = node.input.first() else {
            return Err(broken(format!("{name} takes nothing")));
        };
        let id = self.input(node, name, x)?;
        if let Some(ratio) = node.input.get(1).filter(|name| self.tensors.contains_key(*name)) {
            self.used.insert(ratio.clone());
        }
        if let Some(training) = node.input.get(2).filter(|name| !name.is_empty()) {
            let training = self.input(node, name, training)?;
            let fixed = self.graph.fixed(training).map(|constant| constant.values.as_slice());
            if fixed != Some(&[0.0]) {
                return Err(unsupported(format!(
                    "{name} that trains: export the model for inference"
                )));
            }
        }
        Ok(id)
    }
}

/// What an operator is called, and which of several it is.
fn named(node: &Node) -> String {
    match node.name.as_str() {
        "" => quoted(&node.op_type),
        name => format!("{} ({})", quoted(&node.op_type), quoted(name)),
    }
}
