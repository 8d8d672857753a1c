//! Graphs of operators, as ONNX and TensorFlow Lite files are.

use super::scalar::{Binary, Unary};

/// A value of a graph; one is made after those that it is made of.
pub(crate) type Id = usize;

/// So many numbers are few for every file.
const SMALL: usize = 1 << 15;
/// The most values; far more than a network has layers and activations.
const MOST_VALUES: usize = 4096;

/// What makes a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operator {
    /// `W x + b`
    Dense {
        x: Id,
        /// `[outputs × inputs]`
        weights: Vec<f64>,
        /// `[outputs]`
        bias: Vec<f64>,
    },
    Unary(Unary, Id),
    Binary(Binary, Id, Id),
    /// The second where the first is true, else the third.
    Select(Id, Id, Id),
}

/// Fixed numbers with a shape, in C order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Constant {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f64>,
}

#[derive(Debug)]
pub(super) enum Value {
    Input,
    Constant(Constant),
    Computed {
        operator: Operator,
        /// What the file calls it, fit to be shown.
        name: String,
    },
}

/// A graph in the making. Whatever is made of constants alone is computed at once.
#[derive(Debug)]
pub(crate) struct Graph {
    pub(super) values: Vec<Value>,
    /// How many numbers a value has, where that is known.
    widths: Vec<Option<usize>>,
    /// How many numbers its layers and constants may have yet: what stands in a file once and is used often
    /// could claim more memory than the file has bytes.
    room: usize,
    pub(super) double: bool,
}

impl Graph {
    /// A graph of a file of so many bytes.
    pub(crate) fn of_file(bytes: usize) -> Self {
        let room = Self::room(bytes);
        Self { values: Vec::new(), widths: Vec::new(), room, double: false }
    }

    /// How many numbers a file of so many bytes may give: a weight may be a byte, and stand in the graph as
    /// an integer, as what that stands for, and in a layer.
    pub(crate) fn room(bytes: usize) -> usize {
        bytes.saturating_mul(4).saturating_add(SMALL)
    }

    /// Says that the file computes in double precision.
    pub(crate) fn is_double(&mut self) {
        self.double = true;
    }

    /// Says that there are so many bytes more.
    pub(crate) fn allow(&mut self, bytes: usize) {
        self.room = self.room.saturating_add(bytes.saturating_mul(4));
    }

    /// What comes in, and of how many numbers.
    ///
    /// # Errors
    /// Where there are too many values.
    pub(crate) fn input(&mut self, width: Option<usize>) -> Result<Id, String> {
        self.add(Value::Input, width)
    }

    /// Fixed numbers.
    ///
    /// # Errors
    /// Where there are too many of them.
    pub(crate) fn constant(&mut self, shape: Vec<usize>, values: Vec<f64>) -> Result<Id, String> {
        self.take(values.len())?;
        self.add(Value::Constant(Constant { shape, values }), None)
    }

    /// The numbers of a value that is fixed.
    pub(crate) fn fixed(&self, id: Id) -> Option<&Constant> {
        match self.values.get(id) {
            Some(Value::Constant(constant)) => Some(constant),
            _ => None,
        }
    }

    /// How many numbers a value has for a window, where that is known.
    pub(crate) fn width(&self, id: Id) -> Option<usize> {
        self.widths.get(id).copied().flatten()
    }

    /// A dense layer of weights `[outputs × inputs]` and a bias `[outputs]`.
    ///
    /// # Errors
    /// A few words, where they are for another number of values or too many.
    pub(crate) fn dense(
        &mut self,
        name: &str,
        x: Id,
        weights: Vec<f64>,
        bias: Vec<f64>,
    ) -> Result<Id, String> {
        let outputs = bias.len();
        if outputs == 0 || weights.is_empty() || !weights.len().is_multiple_of(outputs) {
            return Err(format!("{name} without numbers"));
        }
        let inputs = weights.len() / outputs;
        match self.width(x) {
            Some(width) if width != inputs => {
                return Err(format!("{name}, whose weights for {inputs} numbers follow {width}"));
            }
            _ => {}
        }
        self.take(weights.len() + outputs)?;
        self.computed(name, Operator::Dense { x, weights, bias }, Some(outputs))
    }

    /// An operator of one value.
    ///
    /// # Errors
    /// Where there are too many values.
    pub(crate) fn unary(&mut self, name: &str, unary: Unary, x: Id) -> Result<Id, String> {
        if let Some(Constant { shape, values }) = self.fixed(x) {
            let values = values.iter().map(|&x| unary.of(x)).collect();
            return self.constant(shape.clone(), values);
        }
        self.computed(name, Operator::Unary(unary, x), self.width(x))
    }

    /// An operator of two values, number by number.
    ///
    /// # Errors
    /// A few words, where these are not equally many.
    pub(crate) fn binary(
        &mut self,
        name: &str,
        binary: Binary,
        a: Id,
        b: Id,
    ) -> Result<Id, String> {
        if let (Some(a), Some(b)) = (self.fixed(a), self.fixed(b)) {
            let (larger, smaller) = if a.values.len() >= b.values.len() { (a, b) } else { (b, a) };
            let fits = smaller.values.len() == 1 || larger.shape.ends_with(bare(&smaller.shape));
            if !fits || smaller.values.is_empty() {
                let (a, b) = (&a.shape, &b.shape);
                return Err(format!("{name} of the shapes {a:?} and {b:?}"));
            }
            let number = |one: &Constant, at: usize| one.values[at % one.values.len()];
            let values = (0..larger.values.len()).map(|at| binary.of(number(a, at), number(b, at)));
            return self.constant(larger.shape.clone(), values.collect());
        }
        let width = self.common(name, &[a, b])?;
        self.computed(name, Operator::Binary(binary, a, b), width)
    }

    /// A choice between two values, number by number.
    ///
    /// # Errors
    /// A few words, where these are not equally many.
    pub(crate) fn select(&mut self, name: &str, which: Id, a: Id, b: Id) -> Result<Id, String> {
        let width = self.common(name, &[which, a, b])?;
        self.computed(name, Operator::Select(which, a, b), width)
    }

    /// How many numbers operators of these values give.
    fn common(&self, name: &str, ids: &[Id]) -> Result<Option<usize>, String> {
        let mut widths = ids.iter().filter_map(|&id| self.width(id));
        let first = widths.next();
        match widths.find(|&width| Some(width) != first) {
            Some(other) => {
                let first = first.unwrap_or_default();
                Err(format!("{name} of {first} numbers and {other}"))
            }
            None => Ok(first),
        }
    }

    fn computed(
        &mut self,
        name: &str,
        operator: Operator,
        width: Option<usize>,
    ) -> Result<Id, String> {
        self.add(Value::Computed { operator, name: name.to_owned() }, width)
    }

    fn add(&mut self, value: Value, width: Option<usize>) -> Result<Id, String> {
        if self.values.len() == MOST_VALUES {
            return Err(format!("more than {MOST_VALUES} values"));
        }
        self.values.push(value);
        self.widths.push(width);
        Ok(self.values.len() - 1)
    }

    fn take(&mut self, numbers: usize) -> Result<(), String> {
        self.room = self.room.checked_sub(numbers).ok_or_else(|| {
            "the same numbers in so many places that they are many more than it has bytes"
                .to_owned()
        })?;
        Ok(())
    }
}

impl Operator {
    /// The values that it is made of.
    pub(super) fn of(&self) -> Vec<Id> {
        match *self {
            Self::Dense { x, .. } | Self::Unary(_, x) => vec![x],
            Self::Binary(_, a, b) => vec![a, b],
            Self::Select(which, a, b) => vec![which, a, b],
        }
    }
}

/// A shape without the ones that it begins with.
fn bare(shape: &[usize]) -> &[usize] {
    let ones = shape.iter().take_while(|&&size| size == 1).count();
    shape.get(ones..).unwrap_or_default()
}
