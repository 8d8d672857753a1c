//! Operators that give numbers another shape, and fixed numbers that stand in a node.

use super::attributes::Attributes;
use super::operators::Operators;
use super::proto::Node;
use super::{broken, unsupported};
use crate::FormatError;
use crate::chain::Id;

impl Operators<'_> {
    pub(super) fn constant(&mut self, node: &Node) -> Result<Id, FormatError> {
        let names = ["value", "value_float", "value_floats", "value_int", "value_ints"];
        let attributes = Attributes::of(node, &names)?;
        if let Some(tensor) = attributes.tensor("value")? {
            return self.fixed(&tensor);
        }
        let (shape, values) = if let Some(values) = attributes.floats("value_floats")? {
            (vec![values.len()], values)
        } else if let Some(values) = attributes.ints("value_ints")? {
            (vec![values.len()], values.iter().map(|&x| x as f64).collect())
        } else if attributes.int("value_int", i64::MIN).is_ok_and(|value| value != i64::MIN) {
            (vec![], vec![attributes.int("value_int", 0)? as f64])
        } else {
            (vec![], vec![f64::from(attributes.float("value_float", f32::NAN)?)])
        };
        self.graph.constant(shape, values).map_err(unsupported)
    }

    /// Of a row nothing else is made; a column of all rows' numbers may end a graph.
    pub(super) fn reshape(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let attributes = Attributes::of(node, &["axis", "axes", "allowzero"])?;
        let Some(x) = node.input.first() else {
            return Err(broken(format!("{name} takes nothing")));
        };
        let x = self.input(node, name, x)?;
        let to = match node.input.get(1).filter(|name| !name.is_empty()) {
            Some(to) => {
                let to = self.input(node, name, to)?;
                let fixed = self.graph.fixed(to).map(|constant| constant.values.clone());
                Some(
                    fixed.ok_or_else(|| {
                        unsupported(format!("{name} to a shape that is not fixed"))
                    })?,
                )
            }
            None => attributes.ints("axes")?.map(|axes| axes.iter().map(|&x| x as f64).collect()),
        };
        if let Some(constant) = self.graph.fixed(x) {
            let (shape, values) = (constant.shape.clone(), constant.values.clone());
            let shape = reshaped(node, &shape, to.as_deref()).ok_or_else(|| {
                unsupported(format!("{name} of a constant of the shape {shape:?}"))
            })?;
            return self.graph.constant(shape, values).map_err(unsupported);
        }
        let last = to.as_ref().and_then(|to| to.last().copied());
        // One row, which may be cut in several.
        let cut = to.as_ref().and_then(|to| to.get(1..)).map(|to| to.iter().product::<f64>());
        match (node.op_type.as_str(), last) {
            ("Flatten", _) if attributes.int("axis", 1)? == 1 => Ok(x),
            ("Reshape", Some(-1.0)) => Ok(x),
            ("Reshape", Some(_)) if self.graph.width(x).is_some_and(|n| cut == Some(n as f64)) => {
                Ok(x)
            }
            ("Reshape", Some(1.0)) => {
                self.column.extend(node.output.first().cloned());
                Ok(x)
            }
            // An axis of one behind or before the numbers of a row.
            ("Squeeze" | "Unsqueeze", _) if self.graph.width(x).is_some() => {
                Err(unsupported(format!("{name} of rows")))
            }
            _ => Err(unsupported(format!("{name} that changes what a row is"))),
        }
    }

    /// Of weights.
    pub(super) fn transpose(&mut self, node: &Node, name: &str) -> Result<Id, FormatError> {
        let attributes = Attributes::of(node, &["perm"])?;
        let [x] = self.inputs(node, name)?;
        let Some(constant) = self.graph.fixed(x) else {
            return Err(unsupported(format!("{name} of a value that is not fixed")));
        };
        let (shape, values) = (constant.shape.clone(), constant.values.clone());
        let order = attributes.ints("perm")?.map(<[i64]>::to_vec);
        let (shape, values) = match (shape.as_slice(), order.as_deref()) {
            (&[rows, columns], None | Some([1, 0])) => {
                let column = |at: usize| values.iter().copied().skip(at).step_by(columns.max(1));
                (vec![columns, rows], (0..columns).flat_map(column).collect())
            }
            (_, None) if shape.len() < 2 => (shape, values),
            (_, Some(order)) if order.iter().copied().eq(0..shape.len() as i64) => (shape, values),
            _ => return Err(unsupported(format!("{name} of the shape {shape:?}"))),
        };
        self.graph.constant(shape, values).map_err(unsupported)
    }

    /// What follows a column is one.
    pub(super) fn keep_column(&mut self, node: &Node) {
        if let (Some(from), Some(to)) = (node.input.first(), node.output.first())
            && self.column.contains(from)
        {
            self.column.insert(to.clone());
        }
    }
}

/// The shape that a constant is given.
fn reshaped(node: &Node, shape: &[usize], to: Option<&[f64]>) -> Option<Vec<usize>> {
    let count: usize = shape.iter().product();
    match (node.op_type.as_str(), to) {
        ("Reshape", Some(to)) => {
            let given: Vec<usize> = to.iter().filter(|&&n| n > 0.0).map(|&n| n as usize).collect();
            let fixed = product(&given)?;
            let size = |&n: &f64| if n > 0.0 { n as usize } else { count / fixed.max(1) };
            let shape: Vec<usize> = to.iter().map(size).collect();
            let open = to.iter().filter(|&&n| n <= 0.0).count();
            let same = product(&shape) == Some(count);
            (open <= 1 && same && shape.len() <= 4).then_some(shape)
        }
        ("Flatten", _) => Some(vec![1, count]),
        ("Squeeze", _) => Some(shape.iter().copied().filter(|&n| n != 1).collect()),
        ("Unsqueeze", Some([0.0])) => Some([&[1], shape].concat()),
        ("Unsqueeze", Some([1.0])) if shape.len() == 1 => Some(vec![shape[0], 1]),
        _ => None,
    }
}

/// How many numbers a shape has, if that is a number.
fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |all, &size| all.checked_mul(size))
}
