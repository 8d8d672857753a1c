//! What is said beside an operator.

use prost::Message;

use super::proto::{
    Attribute, KIND_FLOAT, KIND_FLOATS, KIND_INT, KIND_INTS, KIND_STRING, KIND_TENSOR, KIND_UNSAID,
    Node, Tensor,
};
use super::{broken, quoted, unsupported};
use crate::FormatError;

/// The most attributes of an operator; those that judder knows have four.
const MOST_ATTRIBUTES: usize = 16;

/// The attributes of an operator.
pub(super) struct Attributes(Vec<Attribute>);

impl Attributes {
    /// Those of a node, which may have these.
    ///
    /// # Errors
    /// Where it has others, or one twice.
    pub(super) fn of(node: &Node, names: &[&str]) -> Result<Self, FormatError> {
        let operator = quoted(&node.op_type);
        if node.attribute.len() > MOST_ATTRIBUTES {
            let count = node.attribute.len();
            return Err(unsupported(format!("{count} attributes of {operator}")));
        }
        let all = node.attribute.iter();
        let all: Vec<Attribute> = all
            .map(|one| Attribute::decode(one.as_slice()).map_err(broken))
            .collect::<Result<_, _>>()?;
        for (at, attribute) in all.iter().enumerate() {
            let name = quoted(&attribute.name);
            if !names.contains(&attribute.name.as_str()) || !attribute.ref_attr_name.is_empty() {
                return Err(unsupported(format!("the attribute {name} of {operator}")));
            }
            if all.iter().take(at).any(|other| other.name == attribute.name) {
                return Err(broken(format!("{operator} has the attribute {name} twice")));
            }
        }
        Ok(Self(all))
    }

    fn find(&self, name: &str, kind: i32, what: &str) -> Result<Option<&Attribute>, FormatError> {
        let Some(found) = self.0.iter().find(|attribute| attribute.name == name) else {
            return Ok(None);
        };
        if found.kind == kind || found.kind == KIND_UNSAID {
            Ok(Some(found))
        } else {
            Err(broken(format!("the attribute {name} is no {what}")))
        }
    }

    /// A number, or what it is where it is not said.
    pub(super) fn float(&self, name: &str, otherwise: f32) -> Result<f32, FormatError> {
        let found = self.find(name, KIND_FLOAT, "number")?;
        Ok(found.map_or(otherwise, |attribute| attribute.f.unwrap_or(0.0)))
    }

    /// A whole number, or what it is where it is not said.
    pub(super) fn int(&self, name: &str, otherwise: i64) -> Result<i64, FormatError> {
        let found = self.find(name, KIND_INT, "whole number")?;
        Ok(found.map_or(otherwise, |attribute| attribute.i.unwrap_or(0)))
    }

    /// Numbers.
    pub(super) fn floats(&self, name: &str) -> Result<Option<Vec<f64>>, FormatError> {
        let found = self.find(name, KIND_FLOATS, "list of numbers")?;
        Ok(found.map(|one| one.floats.iter().map(|&x| f64::from(x)).collect()))
    }

    /// Whole numbers.
    pub(super) fn ints(&self, name: &str) -> Result<Option<&[i64]>, FormatError> {
        Ok(self.find(name, KIND_INTS, "list of whole numbers")?.map(|one| one.ints.as_slice()))
    }

    /// A word.
    pub(super) fn word(&self, name: &str) -> Result<Option<&str>, FormatError> {
        let found = self.find(name, KIND_STRING, "word")?;
        found
            .map(|one| std::str::from_utf8(one.s.as_deref().unwrap_or_default()).map_err(broken))
            .transpose()
    }

    /// A tensor.
    pub(super) fn tensor(&self, name: &str) -> Result<Option<Tensor>, FormatError> {
        let found = self.find(name, KIND_TENSOR, "tensor")?;
        let bytes = found.and_then(|one| one.t.as_deref());
        bytes.map(|bytes| Tensor::decode(bytes).map_err(broken)).transpose()
    }
}
