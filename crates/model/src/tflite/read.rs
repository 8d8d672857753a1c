//! Reading a network from a TensorFlow Lite file.

use judder_core::Activation;

use super::flatbuffer::{Numbers, Table, Tables};
use super::schema::{
    IDENTIFIER, VERSION, activation, buffer, builtin, fully_connected, metadata, model, operator,
    operator_code, subgraph, tensor, tensor_type,
};
use super::{FORMAT, broken};
use crate::error::shown;
use crate::{Foreign, FormatError, Layer, METADATA_NAME, Metadata, Network};

/// More operators than a network has layers and activations.
const MOST_OPERATORS: usize = 128;
/// How many metadata entries are named that say nothing to judder.
const MOST_NAMED: usize = 8;

/// There is something that judder cannot run.
fn unsupported(what: impl Into<String>) -> FormatError {
    FormatError::Unsupported {
        format: FORMAT,
        what: what.into(),
        readable: "one chain of FULLY_CONNECTED of float32 numbers, each with RELU, TANH or nothing \
                   behind it",
    }
}

/// Reads a network from a TensorFlow Lite file: one graph, a chain of `FULLY_CONNECTED` in
/// float32 with `RELU`, `TANH` or nothing behind each.
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
    let graph = Graph {
        codes: root.tables(model::OPERATOR_CODES)?,
        buffers: root.tables(model::BUFFERS)?,
        tensors: subgraph.tables(subgraph::TENSORS)?,
        numbers: bytes.len(),
    };
    let layers = graph.layers(&subgraph)?;
    let network = Network::new(layers).map_err(FormatError::Network)?;
    let (metadata, ignored) = graph.beside(&root)?;
    Ok(Foreign { network, metadata, ignored })
}

/// A graph, and what its operators refer to.
struct Graph<'f> {
    codes: Tables<'f>,
    buffers: Tables<'f>,
    tensors: Tables<'f>,
    /// How many numbers its layers may have together: layers that share them could claim more
    /// memory than the file has bytes.
    numbers: usize,
}

impl<'f> Graph<'f> {
    /// The layers, from the tensor that the graph takes to the one that it gives.
    fn layers(&self, subgraph: &Table<'f>) -> Result<Vec<Layer>, FormatError> {
        let [mut at] = only(&subgraph.numbers(subgraph::INPUTS)?, "the graph", "inputs")?;
        let [output] = only(&subgraph.numbers(subgraph::OUTPUTS)?, "the graph", "outputs")?;
        let operators = subgraph.tables(subgraph::OPERATORS)?;
        if operators.len() > MOST_OPERATORS {
            let count = operators.len();
            return Err(unsupported(format!("{count} operators, more than {MOST_OPERATORS}")));
        }
        let (mut layers, mut parameters) = (Vec::<Layer>::new(), 0);
        for operator in operators.iter() {
            let operator = operator?;
            let (code, name) = self.code(&operator)?;
            if operator.u8(operator::BUILTIN_OPTIONS_2_TYPE)? != 0 {
                return Err(unsupported(format!("{name} with options of the second kind")));
            }
            let inputs = operator.numbers(operator::INPUTS)?;
            if !matches!(code, builtin::FULLY_CONNECTED | builtin::RELU | builtin::TANH) {
                return Err(unsupported(format!("the operator {name}")));
            }
            if inputs.iter().next() != Some(at) {
                return Err(unsupported(format!("{name} beside the chain of operators")));
            }
            let width = self.width(at)?;
            if code == builtin::FULLY_CONNECTED {
                layers.push(self.fully_connected(&operator, &inputs, width, &mut parameters)?);
            } else {
                let [_] = only(&inputs, &name, "inputs")?;
                let activation =
                    if code == builtin::TANH { Activation::Tanh } else { Activation::Relu };
                let layer = layers.pop().filter(|one| one.activation() == Activation::Linear);
                let layer = layer.ok_or_else(|| {
                    unsupported(format!("{name} that does not follow a plain FULLY_CONNECTED"))
                })?;
                layers.push(layer.with_activation(activation));
            }
            [at] = only(&operator.numbers(operator::OUTPUTS)?, &name, "outputs")?;
            let (given, shaped) = (layers.last().map_or(0, Layer::outputs), self.width(at)?);
            if given != shaped {
                return Err(broken(format!(
                    "{name} gives {given} numbers to a tensor of {shaped}"
                )));
            }
        }
        if at != output {
            return Err(unsupported("a graph whose last operator does not give its output"));
        }
        Ok(layers)
    }

    /// Which operator it is, and its name.
    fn code(&self, operator: &Table<'f>) -> Result<(i32, String), FormatError> {
        let index = operator.u32(operator::OPCODE_INDEX)?;
        let code = self.codes.get(index as usize)?;
        let old = code.i8(operator_code::DEPRECATED_BUILTIN_CODE)?;
        let number = code.i32(operator_code::BUILTIN_CODE)?.max(i32::from(old));
        let name = match number {
            builtin::CUSTOM => {
                format!("CUSTOM `{}`", shown(code.text(operator_code::CUSTOM_CODE)?))
            }
            number => builtin::name(number),
        };
        Ok((number, name))
    }

    /// A layer that takes so many numbers.
    fn fully_connected(
        &self,
        operator: &Table<'f>,
        inputs: &Numbers<'f>,
        width: usize,
        parameters: &mut usize,
    ) -> Result<Layer, FormatError> {
        let (weights, bias) = match (inputs.exactly(), inputs.exactly()) {
            (Some([_, weights]), _) => (weights, None),
            (_, Some([_, weights, bias])) => (weights, Some(bias).filter(|&bias| bias != -1)),
            _ => return Err(broken(format!("FULLY_CONNECTED has {} inputs", inputs.len()))),
        };
        let (shape, weights) = self.constant(weights)?;
        let [outputs, taken] = size(&shape).ok_or_else(|| {
            unsupported(format!("weights of the shape {}, not two numbers", listed(&shape)))
        })?;
        if taken != width {
            return Err(broken(format!("weights for {taken} numbers follow a tensor of {width}")));
        }
        let bias = bias.map(|bias| self.constant(bias)).transpose()?;
        *parameters += weights.len() + outputs;
        if *parameters > self.numbers {
            return Err(unsupported("layers that share more weights than the file has room for"));
        }
        let bias = match bias {
            None => vec![0.0; outputs],
            Some((shape, bias)) if size(&shape) == Some([outputs]) => floats(bias),
            Some((shape, _)) => {
                let shape = listed(&shape);
                return Err(broken(format!("a bias of the shape {shape} for {outputs} outputs")));
            }
        };
        Layer::new(floats(weights), bias, fused(operator)?)
            .map_err(|what| FormatError::Network(format!("a layer does not do: {what}")))
    }

    /// A tensor of float32.
    fn tensor(&self, index: i32) -> Result<Table<'f>, FormatError> {
        let index =
            usize::try_from(index).map_err(|_| broken(format!("there is no tensor {index}")))?;
        let one = self.tensors.get(index)?;
        let named = || one.text(tensor::NAME).map(|name| format!("the tensor `{}`", shown(name)));
        let kind = one.i8(tensor::TYPE)?;
        if kind != tensor_type::FLOAT32 {
            return Err(unsupported(format!("{} of {}", named()?, tensor_type::name(kind))));
        }
        let kind = if one.u8(tensor::IS_VARIABLE)? != 0 {
            "that is variable"
        } else if one.has(tensor::SPARSITY)? {
            "that is sparse"
        } else if one.tables(tensor::VARIANT_TENSORS)?.len() != 0 {
            "that is made of others"
        } else if one.u32(tensor::EXTERNAL_BUFFER)? != 0 {
            "whose numbers are outside of the file"
        } else {
            return Ok(one);
        };
        Err(unsupported(format!("{} {kind}", named()?)))
    }

    /// The bytes of a buffer.
    fn data(&self, index: u32) -> Result<&'f [u8], FormatError> {
        let buffer = self.buffers.get(index as usize)?;
        if buffer.u64(buffer::OFFSET)? > 1 {
            return Err(unsupported("a buffer behind the tables of the file"));
        }
        buffer.bytes(buffer::DATA)
    }

    /// How many numbers a tensor has that is computed.
    fn width(&self, index: i32) -> Result<usize, FormatError> {
        let tensor = self.tensor(index)?;
        if !self.data(tensor.u32(tensor::BUFFER)?)?.is_empty() {
            return Err(unsupported("a constant tensor among those that are computed"));
        }
        let shape = tensor.numbers(tensor::SHAPE)?;
        let mut sizes = shape.iter().rev();
        let width = sizes.next().and_then(|width| usize::try_from(width).ok());
        width
            .filter(|&width| width > 0 && sizes.all(|one| one == 1))
            .ok_or_else(|| unsupported(format!("a tensor of the shape {}", listed(&shape))))
    }

    /// The shape and the bytes of a tensor that is constant.
    fn constant(&self, index: i32) -> Result<(Numbers<'f>, &'f [[u8; 4]]), FormatError> {
        let tensor = self.tensor(index)?;
        let (bytes, rest) = self.data(tensor.u32(tensor::BUFFER)?)?.as_chunks();
        if bytes.is_empty() {
            return Err(unsupported("weights that are not constant"));
        }
        let shape = tensor.numbers(tensor::SHAPE)?;
        let count = shape.iter().try_fold(1usize, |count, one| {
            usize::try_from(one).ok().and_then(|one| count.checked_mul(one))
        });
        if count != Some(bytes.len()) || !rest.is_empty() {
            let (shape, count) = (listed(&shape), bytes.len());
            return Err(broken(format!("a tensor of the shape {shape} has {count} numbers")));
        }
        Ok((shape, bytes))
    }

    /// What judder wrote beside the graph, and what else there is.
    fn beside(&self, root: &Table<'f>) -> Result<(Option<Metadata>, Vec<String>), FormatError> {
        let (mut found, mut ignored, mut unnamed) = (None, Vec::new(), 0);
        let description = shown(root.text(model::DESCRIPTION)?);
        if !description.is_empty() {
            ignored.push(format!("the description `{description}`"));
        }
        for entry in root.tables(model::METADATA)?.iter() {
            let entry = entry?;
            match entry.text(metadata::NAME)? {
                METADATA_NAME if found.is_some() => {
                    return Err(FormatError::Metadata("there are two of them".to_owned()));
                }
                METADATA_NAME => {
                    let text = self.data(entry.u32(metadata::BUFFER)?)?;
                    found = Some(Metadata::from_json(text)?);
                }
                name if ignored.len() < MOST_NAMED => {
                    ignored.push(format!("the metadata entry `{}`", shown(name)));
                }
                _ => unnamed += 1,
            }
        }
        if unnamed > 0 {
            ignored.push(format!("{unnamed} more metadata entries"));
        }
        match root.tables(model::SIGNATURE_DEFS)?.len() {
            0 => {}
            1 => ignored.push("a signature".to_owned()),
            count => ignored.push(format!("{count} signatures")),
        }
        Ok((found, ignored))
    }
}

/// What a layer does to its sums by itself.
fn fused(operator: &Table<'_>) -> Result<Activation, FormatError> {
    let kind = operator.u8(operator::BUILTIN_OPTIONS_TYPE)?;
    let options = match (kind, operator.table(operator::BUILTIN_OPTIONS)?) {
        (fully_connected::OPTIONS_TYPE, Some(options)) => options,
        (0, None) => return Ok(Activation::Linear),
        _ => return Err(broken("FULLY_CONNECTED has the options of another operator")),
    };
    if options.i8(fully_connected::WEIGHTS_FORMAT)? != 0 {
        return Err(unsupported("FULLY_CONNECTED with shuffled weights"));
    }
    if options.u8(fully_connected::KEEP_NUM_DIMS)? != 0 {
        return Err(unsupported("FULLY_CONNECTED with keep_num_dims"));
    }
    match options.i8(fully_connected::FUSED_ACTIVATION)? {
        activation::NONE => Ok(Activation::Linear),
        activation::RELU => Ok(Activation::Relu),
        other => {
            let name = activation::name(other);
            Err(unsupported(format!("FULLY_CONNECTED with the fused activation {name}")))
        }
    }
}

/// The only ones of their kind.
fn only<const N: usize>(
    numbers: &Numbers<'_>,
    whose: &str,
    what: &str,
) -> Result<[i32; N], FormatError> {
    let count = numbers.len();
    numbers.exactly().ok_or_else(|| unsupported(format!("{whose} with {count} {what}, not {N}")))
}

/// A shape of so many sizes.
fn size<const N: usize>(shape: &Numbers<'_>) -> Option<[usize; N]> {
    shape.exactly::<N>().map(|sizes| sizes.map(|one| usize::try_from(one).unwrap_or(0)))
}

/// A shape, its first sizes.
fn listed(shape: &Numbers<'_>) -> String {
    const MOST: usize = 6;
    let mut sizes: Vec<String> = shape.iter().take(MOST).map(|one| one.to_string()).collect();
    if shape.len() > MOST {
        sizes.push("...".to_owned());
    }
    format!("[{}]", sizes.join(", "))
}

fn floats(bytes: &[[u8; 4]]) -> Vec<f64> {
    bytes.iter().map(|&four| f64::from(f32::from_le_bytes(four))).collect()
}
