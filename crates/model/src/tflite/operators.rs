//! What the operators of a TensorFlow Lite graph do to the one value that goes through it.

use std::collections::BTreeMap;

use judder_core::Activation;

use super::flatbuffer::{Table, Tables};
use super::schema::{
    activation, builtin, fully_connected, gelu, leaky_relu, operator, operator_code, options,
};
use super::tensors::Tensors;
use super::{FORMAT, advice, broken};
use crate::FormatError;
use crate::chain::{Binary, Graph, Id, Unary};
use crate::error::shown;

/// There is something that judder cannot run.
pub(super) fn unsupported(what: impl Into<String>) -> FormatError {
    refused(what, advice::READABLE)
}

/// There is something that judder cannot run, and a way to have it otherwise.
pub(super) fn refused(what: impl Into<String>, way: impl Into<String>) -> FormatError {
    FormatError::Unsupported { format: FORMAT, what: what.into(), way: way.into() }
}

/// What a tensor is to the graph.
#[derive(Clone, Copy)]
enum Kept {
    Value(Id),
    /// A shape, computed from one: nothing but `RESHAPE` takes it.
    Shape,
}

/// A graph in the making.
pub(super) struct Operators<'f> {
    pub(super) graph: Graph,
    tensors: Tensors<'f>,
    codes: Tables<'f>,
    kept: BTreeMap<i32, Kept>,
}

impl<'f> Operators<'f> {
    /// A graph of so many numbers at most, that begins with a tensor.
    pub(super) fn new(
        tensors: Tensors<'f>,
        codes: Tables<'f>,
        input: i32,
        room: usize,
    ) -> Result<Self, FormatError> {
        let (graph, kept) = (Graph::of_file(room), BTreeMap::new());
        let mut new = Self { graph, tensors, codes, kept };
        let id = new.graph.input(Some(new.tensors.width(input)?)).map_err(unsupported)?;
        let id = new.on_its_grid("the input", input, id)?;
        new.kept.insert(input, Kept::Value(id));
        Ok(new)
    }

    /// The tensors.
    pub(super) fn tensors(&self) -> &Tensors<'f> {
        &self.tensors
    }

    /// The value of a tensor.
    pub(super) fn value(&self, tensor: i32) -> Option<Id> {
        match self.kept.get(&tensor) {
            Some(&Kept::Value(id)) => Some(id),
            _ => None,
        }
    }

    /// Adds what an operator does.
    ///
    /// # Errors
    /// [`FormatError::Unsupported`] that names what judder does not know.
    pub(super) fn push(&mut self, operator: &Table<'f>) -> Result<(), FormatError> {
        let (word, custom) = self.code(operator)?;
        if operator.u8(operator::BUILTIN_OPTIONS_2_TYPE)? != 0 {
            return Err(unsupported(format!("{word} with options of the second kind")));
        }
        let outputs = operator.numbers(operator::OUTPUTS)?;
        let [output] = outputs
            .exactly()
            .ok_or_else(|| unsupported(format!("{word} with {} outputs, not 1", outputs.len())))?;
        let name = format!("{word} (`{}`)", shown(self.tensors.name(output)?));
        let inputs: Vec<i32> = operator.numbers(operator::INPUTS)?.iter().collect();
        let is_shape = |tensor: &i32| matches!(self.kept.get(tensor), Some(Kept::Shape));
        let of_shapes = word == "SHAPE" || inputs.iter().any(is_shape);
        if of_shapes && word != "RESHAPE" {
            self.kept.insert(output, Kept::Shape);
            return Ok(());
        }
        if custom {
            return Err(advice::of(&word, name));
        }
        let value = self.operator(&word, &name, operator, &inputs, output)?;
        let value = match self.graph.fixed(value) {
            Some(_) => value,
            None => self.shaped(&name, output, value)?,
        };
        if self.kept.insert(output, Kept::Value(value)).is_some() {
            return Err(broken(format!("{name} gives a tensor that is there already")));
        }
        Ok(())
    }

    /// The value, as it is in the tensor that holds it.
    fn shaped(&mut self, name: &str, output: i32, value: Id) -> Result<Id, FormatError> {
        let width = self.tensors.width(output)?;
        match self.graph.width(value) {
            Some(given) if given != width => {
                Err(broken(format!("{name} gives {given} numbers to a tensor of {width}")))
            }
            _ => self.on_its_grid(name, output, value),
        }
    }

    /// A value whose tensor is of integers is none but what these stand for.
    fn on_its_grid(&mut self, name: &str, tensor: i32, value: Id) -> Result<Id, FormatError> {
        let Some((scale, zero_point)) = self.tensors.grid(tensor)? else { return Ok(value) };
        let grid = Activation::FakeQuant { scale, zero_point };
        if !grid.is_valid() {
            return Err(broken(format!("{name} has integers {scale} apart")));
        }
        self.graph.unary(name, Unary::Activation(grid), value).map_err(unsupported)
    }

    fn operator(
        &mut self,
        word: &str,
        name: &str,
        operator: &Table<'f>,
        inputs: &[i32],
        output: i32,
    ) -> Result<Id, FormatError> {
        if let Some((binary, kind)) = binary(word) {
            let [a, b] = self.inputs(name, inputs)?;
            let value = self.graph.binary(name, binary, a, b).map_err(unsupported)?;
            let fused = match kind {
                Some(kind) => fused(operator, kind, word)?,
                None => None,
            };
            return self.fuse(name, fused, value, output);
        }
        if let Some(unary) = unary(word, operator)? {
            let [x] = self.inputs(name, inputs)?;
            return self.graph.unary(name, unary, x).map_err(unsupported);
        }
        match word {
            "FULLY_CONNECTED" => self.fully_connected(name, operator, inputs, output),
            "SELECT" | "SELECT_V2" => {
                let [which, a, b] = self.inputs(name, inputs)?;
                self.graph.select(name, which, a, b).map_err(unsupported)
            }
            "CAST" | "QUANTIZE" | "DEQUANTIZE" => {
                let [x] = self.inputs(name, inputs)?;
                Ok(x)
            }
            "RESHAPE" | "SQUEEZE" | "EXPAND_DIMS" => {
                let x = self.input(name, inputs.first().copied())?;
                if let Some(constant) = self.graph.fixed(x) {
                    let values = constant.values.clone();
                    let shape = self.tensors.shape(output)?.iter();
                    let shape = shape.map(|one| usize::try_from(one).unwrap_or(0)).collect();
                    return self.graph.constant(shape, values).map_err(unsupported);
                }
                Ok(x)
            }
            _ => Err(advice::of(word, name.to_owned())),
        }
    }

    /// The values that an operator takes, so many.
    fn inputs<const N: usize>(
        &mut self,
        name: &str,
        inputs: &[i32],
    ) -> Result<[Id; N], FormatError> {
        if inputs.len() != N {
            let count = inputs.len();
            return Err(unsupported(format!("{name} with {count} inputs, not {N}")));
        }
        let mut ids = [0; N];
        for (id, &input) in ids.iter_mut().zip(inputs) {
            *id = self.input(name, Some(input))?;
        }
        Ok(ids)
    }

    /// The value of a tensor: computed before, or constant.
    fn input(&mut self, name: &str, input: Option<i32>) -> Result<Id, FormatError> {
        let input = input.ok_or_else(|| broken(format!("{name} takes nothing")))?;
        if let Some(id) = self.value(input) {
            return Ok(id);
        }
        if !self.tensors.is_constant(input)? {
            let what = self.tensors.named(input)?;
            return Err(unsupported(format!("{name} of {what}, which nothing before it gives")));
        }
        let (shape, values) = self.tensors.constant(input)?;
        let id = self.graph.constant(shape, values).map_err(unsupported)?;
        self.kept.insert(input, Kept::Value(id));
        Ok(id)
    }

    fn fully_connected(
        &mut self,
        name: &str,
        operator: &Table<'f>,
        inputs: &[i32],
        output: i32,
    ) -> Result<Id, FormatError> {
        let (x, weights, bias) = match *inputs {
            [x, weights] | [x, weights, -1] => (x, weights, None),
            [x, weights, bias] => (x, weights, Some(bias)),
            _ => return Err(broken(format!("{name} has {} inputs", inputs.len()))),
        };
        if let Some(said) = options_of(operator, fully_connected::OPTIONS_TYPE, "FULLY_CONNECTED")?
            && said.i8(fully_connected::WEIGHTS_FORMAT)? != 0
        {
            return Err(unsupported(format!("{name} with shuffled weights")));
        }
        let x = self.input(name, Some(x))?;
        let weights = self.input(name, Some(weights))?;
        let Some(fixed) = self.graph.fixed(weights) else {
            return Err(unsupported(format!("{name} with weights that are not constant")));
        };
        let &[outputs, _] = fixed.shape.as_slice() else {
            let shape = &fixed.shape;
            return Err(unsupported(format!(
                "{name} with weights of the shape {shape:?}, not two numbers"
            )));
        };
        let weights = fixed.values.clone();
        let bias = match bias {
            None => vec![0.0; outputs],
            Some(bias) => {
                let bias = self.input(name, Some(bias))?;
                let Some(fixed) = self.graph.fixed(bias) else {
                    return Err(unsupported(format!("{name} with a bias that is not constant")));
                };
                if fixed.shape != [outputs] {
                    let shape = &fixed.shape;
                    return Err(broken(format!(
                        "a bias of the shape {shape:?} for {outputs} outputs"
                    )));
                }
                fixed.values.clone()
            }
        };
        let value = self.graph.dense(name, x, weights, bias).map_err(unsupported)?;
        let fused = fused(operator, fully_connected::OPTIONS_TYPE, "FULLY_CONNECTED")?;
        self.fuse(name, fused, value, output)
    }

    /// What an operator does to its results by itself.
    fn fuse(
        &mut self,
        name: &str,
        fused: Option<Unary>,
        value: Id,
        output: i32,
    ) -> Result<Id, FormatError> {
        let Some(fused) = fused else { return Ok(value) };
        // The grid of such a tensor begins at 0.
        let relu = fused == Unary::Activation(Activation::Relu);
        if relu && self.tensors.grid(output)?.is_some_and(|(_, zero)| zero == i8::MIN) {
            return Ok(value);
        }
        self.graph.unary(name, fused, value).map_err(unsupported)
    }

    /// Which operator it is, and whether it is none of the schema's.
    fn code(&self, operator: &Table<'f>) -> Result<(String, bool), FormatError> {
        let index = operator.u32(operator::OPCODE_INDEX)?;
        let code = self.codes.get(index as usize)?;
        let old = code.i8(operator_code::DEPRECATED_BUILTIN_CODE)?;
        let number = code.i32(operator_code::BUILTIN_CODE)?.max(i32::from(old));
        Ok(match number {
            builtin::CUSTOM => {
                (format!("CUSTOM `{}`", shown(code.text(operator_code::CUSTOM_CODE)?)), true)
            }
            number => (builtin::name(number), false),
        })
    }
}

/// The options of an operator, if it has any.
fn options_of<'f>(
    operator: &Table<'f>,
    kind: u8,
    word: &str,
) -> Result<Option<Table<'f>>, FormatError> {
    let found = operator.u8(operator::BUILTIN_OPTIONS_TYPE)?;
    match (found, operator.table(operator::BUILTIN_OPTIONS)?) {
        (found, Some(options)) if found == kind => Ok(Some(options)),
        (0, None) => Ok(None),
        _ => Err(broken(format!("{word} has the options of another operator"))),
    }
}

/// What an operator does to its results by itself.
fn fused(operator: &Table<'_>, kind: u8, word: &str) -> Result<Option<Unary>, FormatError> {
    let Some(options) = options_of(operator, kind, word)? else { return Ok(None) };
    match options.i8(fully_connected::FUSED_ACTIVATION)? {
        activation::NONE => Ok(None),
        activation::RELU => Ok(Some(Unary::Activation(Activation::Relu))),
        activation::TANH => Ok(Some(Unary::Activation(Activation::Tanh))),
        activation::RELU_N1_TO_1 => Ok(Some(Unary::Clip(-1.0, 1.0))),
        activation::RELU6 => Ok(Some(Unary::Clip(0.0, 6.0))),
        other => {
            let name = activation::name(other);
            Err(unsupported(format!("{word} with the fused activation {name}")))
        }
    }
}

fn unary(word: &str, operator: &Table<'_>) -> Result<Option<Unary>, FormatError> {
    Ok(Some(match word {
        "ABS" => Unary::Abs,
        "ELU" => Unary::Activation(Activation::Elu(1.0)),
        "EXP" => Unary::Exp,
        "FLOOR" => Unary::Floor,
        "GELU" => {
            let said = options_of(operator, options::GELU, word)?;
            let approximate = said.map(|said| said.u8(gelu::APPROXIMATE)).transpose()?;
            Unary::Activation(match approximate {
                None | Some(0) => Activation::Gelu,
                Some(_) => Activation::GeluTanh,
            })
        }
        "LEAKY_RELU" => {
            let said = options_of(operator, options::LEAKY_RELU, word)?;
            let slope = said.map(|said| said.f32(leaky_relu::ALPHA)).transpose()?;
            Unary::Activation(Activation::LeakyRelu(slope.unwrap_or(0.0)))
        }
        "LOG" => Unary::Ln,
        "LOGICAL_NOT" => Unary::Not,
        "LOGISTIC" => Unary::Activation(Activation::Sigmoid),
        "NEG" => Unary::Negative,
        "RELU" => Unary::Activation(Activation::Relu),
        "RELU6" => Unary::Clip(0.0, 6.0),
        "RELU_0_TO_1" => Unary::Clip(0.0, 1.0),
        "RELU_N1_TO_1" => Unary::Clip(-1.0, 1.0),
        "SIGN" => Unary::Sign,
        "SQRT" => Unary::Sqrt,
        "SQUARE" => Unary::Square,
        "TANH" => Unary::Activation(Activation::Tanh),
        _ => return Ok(None),
    }))
}

/// An operator of two values, and which options have its fused activation.
fn binary(word: &str) -> Option<(Binary, Option<u8>)> {
    Some(match word {
        "ADD" => (Binary::Add, Some(options::ADD)),
        "DIV" => (Binary::Divide, Some(options::DIV)),
        "GREATER" => (Binary::Greater, None),
        "GREATER_EQUAL" => (Binary::GreaterOrEqual, None),
        "LESS" => (Binary::Less, None),
        "LESS_EQUAL" => (Binary::LessOrEqual, None),
        "LOGICAL_AND" => (Binary::And, None),
        "LOGICAL_OR" => (Binary::Or, None),
        "MAXIMUM" => (Binary::Maximum, None),
        "MINIMUM" => (Binary::Minimum, None),
        "MUL" => (Binary::Multiply, Some(options::MUL)),
        "POW" => (Binary::Power, None),
        "PRELU" => (Binary::LeakyBy, None),
        "SUB" => (Binary::Subtract, Some(options::SUB)),
        _ => return None,
    })
}
