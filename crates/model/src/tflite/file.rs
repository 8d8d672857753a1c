//! Putting a TensorFlow Lite file together.

use judder_core::Activation;

use flatbuffers::{FlatBufferBuilder, Push, TableFinishedWIPOffset, WIPOffset};

use super::schema::{
    IDENTIFIER, VERSION, activation, buffer, builtin, fully_connected, metadata, model, operator,
    operator_code, options, quantization, signature_def, subgraph, tensor, tensor_map,
};
use crate::{METADATA_NAME, Metadata};

/// Kernels read the numbers of a buffer where they stand, 16 bytes at a time.
const ALIGNMENT: usize = 16;

/// The names of what a network takes and gives, and of the signature that says so: TensorFlow's own
/// for the one that is run.
pub(super) const INPUT: &str = "features";
const OUTPUT: &str = "reconstruction";
const SIGNATURE: &str = "serving_default";

/// How integers stand for real numbers.
pub(super) struct Scale {
    pub(super) scale: f32,
    pub(super) zero_point: i64,
}

struct Tensor {
    name: String,
    shape: Vec<i32>,
    kind: i8,
    buffer: u32,
    scale: Option<Scale>,
}

struct Operator {
    /// Its place among the codes.
    code: u32,
    inputs: Vec<i32>,
    output: i32,
    options: Option<Options>,
}

/// How an operator does it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Options {
    /// The type of the options, and the activation that is fused into it.
    Fused(u8, i8),
    /// By what `LEAKY_RELU` multiplies.
    Alpha(f32),
    /// Whether `GELU` is the one of the hyperbolic tangent.
    Approximate(bool),
}

/// A dense layer, its numbers as they stand in the file.
pub(super) struct Dense {
    /// The type of all but the bias.
    pub(super) kind: i8,
    /// The version of `FULLY_CONNECTED` that takes it.
    pub(super) version: i32,
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) activation: Activation,
    pub(super) weights: (Vec<u8>, Option<Scale>),
    /// With its type.
    pub(super) bias: (i8, Vec<u8>, Option<Scale>),
    /// Of the sums, and of what the activation makes of them.
    pub(super) sums: Option<Scale>,
    pub(super) given: Option<Scale>,
}

/// A file in the making: one graph, whose first tensor is its input and whose last operator gives
/// its output.
#[derive(Default)]
pub(super) struct File {
    /// Operators, and which version of each.
    codes: Vec<(i32, i32)>,
    buffers: Vec<Vec<u8>>,
    tensors: Vec<Tensor>,
    operators: Vec<Operator>,
}

type Offset = WIPOffset<TableFinishedWIPOffset>;

impl File {
    /// Adds a tensor and gives its number; one without bytes is computed.
    pub(super) fn tensor(
        &mut self,
        name: impl Into<String>,
        shape: &[usize],
        kind: i8,
        bytes: Option<Vec<u8>>,
        scale: Option<Scale>,
    ) -> i32 {
        let buffer = bytes.map_or(0, |bytes| self.buffer(bytes));
        let shape = shape.iter().map(|&size| size as i32).collect();
        self.tensors.push(Tensor { name: name.into(), shape, kind, buffer, scale });
        self.tensors.len() as i32 - 1
    }

    /// Adds a buffer and gives its number: the first is 1, since 0 is the empty one by convention.
    fn buffer(&mut self, bytes: Vec<u8>) -> u32 {
        self.buffers.push(bytes);
        self.buffers.len() as u32
    }

    /// Adds an operator: which, in which version, and its options.
    pub(super) fn operator(
        &mut self,
        code: (i32, i32),
        inputs: &[i32],
        output: i32,
        options: Option<Options>,
    ) {
        let known = self.codes.iter().position(|&one| one == code);
        let at = known.unwrap_or_else(|| {
            self.codes.push(code);
            self.codes.len() - 1
        });
        let inputs = inputs.to_vec();
        self.operators.push(Operator { code: at as u32, inputs, output, options });
    }

    /// Adds a dense layer behind the tensor `at`, and gives the tensor of what it gives.
    ///
    /// It is one `FULLY_CONNECTED`, with `RELU` fused into it, and the operators of its activation.
    pub(super) fn dense(&mut self, number: usize, at: i32, layer: Dense) -> i32 {
        let Dense { kind, version, inputs, outputs, activation, .. } = layer;
        let (bytes, scale) = layer.weights;
        let shape = [outputs, inputs];
        let weights = self.tensor(format!("{number}/weights"), &shape, kind, Some(bytes), scale);
        let (bias_kind, bytes, scale) = layer.bias;
        let name = format!("{number}/bias");
        let bias = self.tensor(name, &[outputs], bias_kind, Some(bytes), scale);
        let shape = [1, outputs];
        let sums = self.tensor(number.to_string(), &shape, kind, None, layer.sums);
        let fused =
            if activation == Activation::Relu { activation::RELU } else { activation::NONE };
        let options = Options::Fused(fully_connected::OPTIONS_TYPE, fused);
        let code = (builtin::FULLY_CONNECTED, version);
        self.operator(code, &[at, weights, bias], sums, Some(options));
        super::activation::append(self, (number, kind, outputs), activation, sums, layer.given)
    }

    /// The bytes of the file, its input and output called what they are.
    pub(super) fn into_bytes(mut self, metadata: Option<&Metadata>) -> Vec<u8> {
        let last = self.operators.last().map_or(0, |one| one.output);
        if let Some(tensor) = self.tensors.get_mut(last as usize) {
            tensor.name = OUTPUT.to_owned();
        }
        let entry = metadata.map(|metadata| self.buffer(metadata.to_json().into_bytes()));
        let mut to = FlatBufferBuilder::new();
        let fbb = &mut to;
        let mut buffers = vec![table(fbb, &[])];
        buffers.extend(self.buffers.iter().map(|bytes| {
            align(fbb, bytes.len());
            let data = fbb.create_vector(bytes);
            table(fbb, &[Field::at(buffer::DATA, data)])
        }));
        let buffers = fbb.create_vector(&buffers);
        let tensors: Vec<Offset> = self.tensors.iter().map(|one| one.write(fbb)).collect();
        let tensors = fbb.create_vector(&tensors);
        let operators: Vec<Offset> = self.operators.iter().map(|one| one.write(fbb)).collect();
        let operators = fbb.create_vector(&operators);
        let inputs = fbb.create_vector(&[0i32]);
        let outputs = fbb.create_vector(&[last]);
        let graph = table(
            fbb,
            &[
                Field::at(subgraph::TENSORS, tensors),
                Field::at(subgraph::INPUTS, inputs),
                Field::at(subgraph::OUTPUTS, outputs),
                Field::at(subgraph::OPERATORS, operators),
            ],
        );
        let graphs = fbb.create_vector(&[graph]);
        let codes: Vec<Offset> = self
            .codes
            .iter()
            .map(|&(code, version)| {
                let old = code.min(builtin::LARGEST_DEPRECATED) as i8;
                let fields = [
                    Field::I32(operator_code::BUILTIN_CODE, code),
                    Field::I32(operator_code::VERSION, version),
                    Field::I8(operator_code::DEPRECATED_BUILTIN_CODE, old),
                ];
                table(fbb, &fields)
            })
            .collect();
        let codes = fbb.create_vector(&codes);
        let mut fields = vec![
            Field::U32(model::VERSION, VERSION),
            Field::at(model::OPERATOR_CODES, codes),
            Field::at(model::SUBGRAPHS, graphs),
            Field::at(model::BUFFERS, buffers),
            Field::at(model::SIGNATURE_DEFS, signature(fbb, last)),
        ];
        if let Some(entry) = entry {
            let name = fbb.create_string(METADATA_NAME);
            let entry =
                table(fbb, &[Field::at(metadata::NAME, name), Field::U32(metadata::BUFFER, entry)]);
            let entries = fbb.create_vector(&[entry]);
            fields.push(Field::at(model::METADATA, entries));
        }
        let root = table(fbb, &fields);
        // The identifier and the offset of the root come before it, eight bytes.
        align(fbb, 8);
        fbb.finish(root, Some(IDENTIFIER));
        fbb.finished_data().to_vec()
    }
}

impl Tensor {
    fn write(&self, fbb: &mut FlatBufferBuilder<'_>) -> Offset {
        let name = fbb.create_string(&self.name);
        let shape = fbb.create_vector(&self.shape);
        let mut fields = vec![
            Field::at(tensor::SHAPE, shape),
            Field::at(tensor::NAME, name),
            Field::U32(tensor::BUFFER, self.buffer),
            Field::I8(tensor::TYPE, self.kind),
        ];
        if let Some(Scale { scale, zero_point }) = self.scale {
            let scale = fbb.create_vector(&[scale]);
            let zero_point = fbb.create_vector(&[zero_point]);
            let parts = [
                Field::at(quantization::SCALE, scale),
                Field::at(quantization::ZERO_POINT, zero_point),
            ];
            fields.push(Field::at(tensor::QUANTIZATION, table(fbb, &parts)));
        }
        table(fbb, &fields)
    }
}

impl Operator {
    fn write(&self, fbb: &mut FlatBufferBuilder<'_>) -> Offset {
        let inputs = fbb.create_vector(&self.inputs);
        let outputs = fbb.create_vector(&[self.output]);
        let mut fields = vec![
            Field::U32(operator::OPCODE_INDEX, self.code),
            Field::at(operator::INPUTS, inputs),
            Field::at(operator::OUTPUTS, outputs),
        ];
        if let Some(said) = self.options {
            // The first field of any of them.
            let (kind, field) = match said {
                Options::Fused(kind, activation) => (kind, Field::I8(0, activation)),
                Options::Alpha(alpha) => (options::LEAKY_RELU, Field::F32(0, alpha)),
                Options::Approximate(is) => (options::GELU, Field::U8(0, is.into())),
            };
            let said = table(fbb, &[field]);
            fields.push(Field::at(operator::BUILTIN_OPTIONS, said));
            fields.push(Field::U8(operator::BUILTIN_OPTIONS_TYPE, kind));
        }
        table(fbb, &fields)
    }
}

/// What the graph takes and gives, by name: the list of its one signature.
fn signature(fbb: &mut FlatBufferBuilder<'_>, output: i32) -> WIPOffset<impl Sized> {
    let ends = [(INPUT, 0), (OUTPUT, output)].map(|(name, at)| {
        let name = fbb.create_string(name);
        let fields =
            [Field::at(tensor_map::NAME, name), Field::U32(tensor_map::TENSOR_INDEX, at as u32)];
        let end = table(fbb, &fields);
        fbb.create_vector(&[end])
    });
    let key = fbb.create_string(SIGNATURE);
    let fields = [
        Field::at(signature_def::INPUTS, ends[0]),
        Field::at(signature_def::OUTPUTS, ends[1]),
        Field::at(signature_def::SIGNATURE_KEY, key),
    ];
    let one = table(fbb, &fields);
    fbb.create_vector(&[one])
}

/// A field of a table: its slot, and what it holds.
enum Field {
    Offset(u16, u32),
    U32(u16, u32),
    I32(u16, i32),
    U8(u16, u8),
    I8(u16, i8),
    F32(u16, f32),
}

impl Field {
    fn at<T>(slot: u16, offset: WIPOffset<T>) -> Self {
        Self::Offset(slot, offset.value())
    }
}

/// A table of these fields, the wide ones first; one that is 0 is left out, as readers take it so.
fn table(fbb: &mut FlatBufferBuilder<'_>, fields: &[Field]) -> Offset {
    fn put<T: Push + PartialEq + Default>(fbb: &mut FlatBufferBuilder<'_>, slot: u16, value: T) {
        fbb.push_slot(4 + 2 * slot, value, T::default());
    }
    let start = fbb.start_table();
    for field in fields {
        match *field {
            Field::Offset(slot, to) => {
                fbb.push_slot_always(4 + 2 * slot, WIPOffset::<()>::new(to));
            }
            Field::U32(slot, value) => put(fbb, slot, value),
            Field::I32(slot, value) => put(fbb, slot, value),
            Field::U8(slot, value) => put(fbb, slot, value),
            Field::I8(slot, value) => put(fbb, slot, value),
            Field::F32(slot, value) => put(fbb, slot, value),
        }
    }
    fbb.end_table(start)
}

/// Fills up, so that what is so many bytes long and comes next begins at an aligned place. A file
/// is built from its end, and its length becomes a multiple of the alignment.
fn align(fbb: &mut FlatBufferBuilder<'_>, length: usize) {
    while !(fbb.unfinished_data().len() + length).is_multiple_of(ALIGNMENT) {
        fbb.push(0u8);
    }
}
