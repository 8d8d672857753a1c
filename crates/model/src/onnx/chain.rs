//! The layers that the operators of an ONNX graph make, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use judder_core::Activation;
use prost::Message;

use super::proto::{Attribute, KIND_FLOAT, KIND_INT, KIND_UNSAID, Node, Tensor};
use super::tensor::{is_false, numbers};
use super::{DOMAIN, broken, quoted, unsupported};
use crate::{FormatError, Layer};

/// The fixed numbers of a graph.
pub(super) type Tensors = BTreeMap<String, Tensor>;

/// The most attributes of an operator; those that judder knows have four.
const MOST_ATTRIBUTES: usize = 16;

/// The layers so far.
pub(super) struct Chain<'a> {
    tensors: &'a Tensors,
    /// How many weights there may be yet.
    room: usize,
    used: BTreeSet<String>,
    /// What carries the numbers now.
    at: String,
    /// The names that an operator has given to something.
    given: BTreeSet<String>,
    layers: Vec<Open>,
}

/// A layer to which something may be added yet.
struct Open {
    weights: Vec<f64>,
    outputs: usize,
    bias: Option<Vec<f64>>,
    activation: Option<Activation>,
}

impl<'a> Chain<'a> {
    /// A chain of up to `room` weights that begins with the input of this name.
    pub(super) fn new(input: &str, tensors: &'a Tensors, room: usize) -> Self {
        let given = BTreeSet::from([input.to_owned()]);
        let (used, layers) = (BTreeSet::new(), Vec::new());
        Self { tensors, room, used, at: input.to_owned(), given, layers }
    }

    /// What it ends with now.
    pub(super) fn end(&self) -> &str {
        &self.at
    }

    /// The names of the tensors that were used.
    pub(super) fn used(&self) -> &BTreeSet<String> {
        &self.used
    }

    /// The layers.
    ///
    /// # Errors
    /// Where one cannot be.
    pub(super) fn layers(self) -> Result<Vec<Layer>, FormatError> {
        let layer = |(at, open): (usize, Open)| {
            let bias = open.bias.unwrap_or_else(|| vec![0.0; open.outputs]);
            Layer::new(open.weights, bias, open.activation.unwrap_or(Activation::Linear))
                .map_err(|what| FormatError::Network(format!("layer {at}: {what}")))
        };
        self.layers.into_iter().enumerate().map(layer).collect()
    }

    /// Adds what an operator does.
    ///
    /// # Errors
    /// [`FormatError::Unsupported`] that names what judder does not know.
    pub(super) fn push(&mut self, node: &Node) -> Result<(), FormatError> {
        let operator = quoted(&node.op_type);
        if !matches!(node.domain.as_str(), "" | DOMAIN) || !node.overload.is_empty() {
            let domain = quoted(&node.domain);
            return Err(unsupported(format!("the operator {operator} of the domain {domain}")));
        }
        let attributes = attributes(node)?;
        match node.op_type.as_str() {
            "Gemm" => self.gemm(node, &attributes)?,
            "MatMul" => self.matmul(node, &attributes)?,
            "Add" => self.add(node, &attributes)?,
            "Relu" => self.activate(node, &attributes, Activation::Relu)?,
            "Tanh" => self.activate(node, &attributes, Activation::Tanh)?,
            "Identity" => {
                known(node, &attributes, &[])?;
                self.data(node, 1)?;
            }
            "Dropout" => self.dropout(node, &attributes)?,
            _ => return Err(unsupported(format!("the operator {operator}"))),
        }
        let Some(output) = node.output.first().filter(|name| !name.is_empty()) else {
            return Err(broken(format!("an operator {operator} gives nothing")));
        };
        if self.tensors.contains_key(output) || !self.given.insert(output.clone()) {
            return Err(broken(format!("there are two values {}", quoted(output))));
        }
        self.at.clone_from(output);
        Ok(())
    }

    /// Checks that the node takes what the chain gives as its first input, and `most` at most.
    fn data(&self, node: &Node, most: usize) -> Result<(), FormatError> {
        let operator = quoted(&node.op_type);
        if node.input.len() > most {
            let count = node.input.len();
            return Err(broken(format!("an operator {operator} takes {count} inputs")));
        }
        match node.input.first() {
            Some(input) if *input == self.at => Ok(()),
            Some(input) => Err(unsupported(format!(
                "a graph that is no chain: {operator} takes {}, not {}",
                quoted(input),
                quoted(&self.at)
            ))),
            None => Err(broken(format!("an operator {operator} takes nothing"))),
        }
    }

    /// The fixed numbers of this name.
    fn fixed(&mut self, node: &Node, name: &str) -> Result<(Vec<usize>, Vec<f64>), FormatError> {
        let Some(tensor) = self.tensors.get(name) else {
            let (operator, name) = (quoted(&node.op_type), quoted(name));
            return Err(unsupported(format!("{operator} of {name}, which is no fixed tensor")));
        };
        self.used.insert(name.to_owned());
        numbers(tensor)
    }

    fn second(&mut self, node: &Node) -> Result<(Vec<usize>, Vec<f64>), FormatError> {
        match node.input.get(1) {
            Some(name) => self.fixed(node, name),
            None => Err(broken(format!("an operator {} takes one input", quoted(&node.op_type)))),
        }
    }

    fn gemm(&mut self, node: &Node, attributes: &[Attribute]) -> Result<(), FormatError> {
        known(node, attributes, &["alpha", "beta", "transA", "transB"])?;
        self.data(node, 3)?;
        let other = |name: &str, value: String| {
            unsupported(format!("the attribute {name} = {value} of `Gemm`"))
        };
        for name in ["alpha", "beta"] {
            let value = float(attributes, name)?.unwrap_or(1.0);
            if value != 1.0 {
                return Err(other(name, value.to_string()));
            }
        }
        let transposes = |name| int(attributes, name).map(|value| value.unwrap_or(0));
        match transposes("transA")? {
            0 => {}
            value => return Err(other("transA", value.to_string())),
        }
        let rows_are_outputs = match transposes("transB")? {
            0 => false,
            1 => true,
            value => return Err(other("transB", value.to_string())),
        };
        let (shape, values) = self.second(node)?;
        self.dense(node, &shape, values, rows_are_outputs)?;
        match node.input.get(2).filter(|name| !name.is_empty()) {
            Some(name) => self.bias(node, name),
            // Nothing else may be added.
            None => {
                let zeros = self.layers.last().map_or(0, |open| open.outputs);
                self.set_bias(vec![0.0; zeros]);
                Ok(())
            }
        }
    }

    fn matmul(&mut self, node: &Node, attributes: &[Attribute]) -> Result<(), FormatError> {
        known(node, attributes, &[])?;
        self.data(node, 2)?;
        let (shape, values) = self.second(node)?;
        self.dense(node, &shape, values, false)
    }

    fn add(&mut self, node: &Node, attributes: &[Attribute]) -> Result<(), FormatError> {
        known(node, attributes, &[])?;
        let [one, other] = node.input.as_slice() else {
            return Err(broken("an operator `Add` does not take two inputs"));
        };
        let name = match (*one == self.at, *other == self.at) {
            (true, false) => other,
            (false, true) => one,
            _ => return Err(unsupported("a graph that is no chain: `Add` of two of its values")),
        };
        match self.layers.last() {
            Some(Open { bias: None, activation: None, .. }) => self.bias(node, name),
            _ => Err(unsupported("an operator `Add` that follows no `MatMul`")),
        }
    }

    fn activate(
        &mut self,
        node: &Node,
        attributes: &[Attribute],
        activation: Activation,
    ) -> Result<(), FormatError> {
        known(node, attributes, &[])?;
        self.data(node, 1)?;
        match self.layers.last_mut() {
            Some(open) if open.activation.is_none() => {
                open.activation = Some(activation);
                Ok(())
            }
            _ => {
                let operator = quoted(&node.op_type);
                Err(unsupported(format!("an operator {operator} that follows no layer")))
            }
        }
    }

    /// It does nothing unless it trains.
    fn dropout(&mut self, node: &Node, attributes: &[Attribute]) -> Result<(), FormatError> {
        known(node, attributes, &["ratio", "seed"])?;
        self.data(node, 3)?;
        if let Some(ratio) = node.input.get(1) {
            self.used.insert(ratio.clone());
        }
        let Some(training) = node.input.get(2).filter(|name| !name.is_empty()) else {
            return Ok(());
        };
        self.used.insert(training.clone());
        if self.tensors.get(training).is_some_and(is_false) {
            return Ok(());
        }
        Err(unsupported("a `Dropout` that trains"))
    }

    /// Begins a layer.
    fn dense(
        &mut self,
        node: &Node,
        shape: &[usize],
        values: Vec<f64>,
        rows_are_outputs: bool,
    ) -> Result<(), FormatError> {
        let &[rows, columns] = shape else {
            let operator = quoted(&node.op_type);
            return Err(unsupported(format!("weights of the shape {shape:?} in {operator}")));
        };
        if values.is_empty() {
            return Err(broken(format!("there are weights of the shape {shape:?}")));
        }
        let Some(room) = self.room.checked_sub(values.len()) else {
            return Err(unsupported("the same weights in many layers"));
        };
        self.room = room;
        let (outputs, weights) = if rows_are_outputs {
            (rows, values)
        } else {
            let column = |at: usize| values.iter().copied().skip(at).step_by(columns);
            (columns, (0..columns).flat_map(column).collect())
        };
        self.layers.push(Open { weights, outputs, bias: None, activation: None });
        Ok(())
    }

    /// Adds to the last layer, a number for each output or one for all.
    fn bias(&mut self, node: &Node, name: &str) -> Result<(), FormatError> {
        let (shape, values) = self.fixed(node, name)?;
        let outputs = self.layers.last().map_or(0, |open| open.outputs);
        let one_row = shape.len() < 2 || shape[0] == 1;
        match values.as_slice() {
            &[one] if one_row => self.set_bias(vec![one; outputs]),
            many if one_row && many.len() == outputs => self.set_bias(values),
            _ => {
                let operator = quoted(&node.op_type);
                return Err(unsupported(format!(
                    "{operator}, which adds the shape {shape:?} to {outputs} outputs"
                )));
            }
        }
        Ok(())
    }

    fn set_bias(&mut self, bias: Vec<f64>) {
        if let Some(open) = self.layers.last_mut() {
            open.bias = Some(bias);
        }
    }
}

fn attributes(node: &Node) -> Result<Vec<Attribute>, FormatError> {
    if node.attribute.len() > MOST_ATTRIBUTES {
        let (count, operator) = (node.attribute.len(), quoted(&node.op_type));
        return Err(unsupported(format!("{count} attributes of {operator}")));
    }
    node.attribute.iter().map(|one| Attribute::decode(one.as_slice()).map_err(broken)).collect()
}

/// Refuses attributes of other names.
fn known(node: &Node, attributes: &[Attribute], names: &[&str]) -> Result<(), FormatError> {
    for (at, attribute) in attributes.iter().enumerate() {
        let (operator, name) = (quoted(&node.op_type), quoted(&attribute.name));
        if !names.contains(&attribute.name.as_str()) || !attribute.ref_attr_name.is_empty() {
            return Err(unsupported(format!("the attribute {name} of {operator}")));
        }
        if attributes.iter().take(at).any(|other| other.name == attribute.name) {
            return Err(broken(format!("{operator} has the attribute {name} twice")));
        }
    }
    Ok(())
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name == name)
}

fn float(attributes: &[Attribute], name: &str) -> Result<Option<f32>, FormatError> {
    let Some(attribute) = find(attributes, name) else { return Ok(None) };
    match attribute.kind {
        KIND_FLOAT | KIND_UNSAID => Ok(Some(attribute.f.unwrap_or(0.0))),
        _ => Err(broken(format!("the attribute {name} is no number"))),
    }
}

fn int(attributes: &[Attribute], name: &str) -> Result<Option<i64>, FormatError> {
    let Some(attribute) = find(attributes, name) else { return Ok(None) };
    match attribute.kind {
        KIND_INT | KIND_UNSAID => Ok(Some(attribute.i.unwrap_or(0))),
        _ => Err(broken(format!("the attribute {name} is no whole number"))),
    }
}
