//! What an activation is made of in operators of TensorFlow Lite.

use judder_core::Activation;

use super::file::{File, Options, Scale};
use super::schema::{builtin, options, tensor_type};

/// The operators of a layer's activation, behind its sums.
struct Chain<'f> {
    file: &'f mut File,
    layer: usize,
    /// The type and the count of its numbers.
    kind: i8,
    outputs: usize,
}

/// Adds the operators that make of the tensor `sums` what a layer gives, and gives their last tensor;
/// `relu` is fused into the layer before.
///
/// One operator, or, in float32, several that do not overflow where the activation does not.
/// `FULLY_CONNECTED` could fuse none of the others: the kernels refuse it.
pub(super) fn append(
    file: &mut File,
    (layer, kind, outputs): (usize, i8, usize),
    activation: Activation,
    sums: i32,
    given: Option<Scale>,
) -> i32 {
    let mut chain = Chain { file, layer, kind, outputs };
    // Of int8 numbers the second version.
    let version = if kind == tensor_type::INT8 { 2 } else { 1 };
    let (code, options) = match activation {
        Activation::Linear | Activation::Relu => return sums,
        Activation::Tanh => ((builtin::TANH, version), None),
        Activation::Sigmoid => ((builtin::LOGISTIC, version), None),
        Activation::LeakyRelu(slope) => {
            ((builtin::LEAKY_RELU, version), Some(Options::Alpha(slope)))
        }
        Activation::Elu(1.0) => ((builtin::ELU, 1), None),
        Activation::Gelu => ((builtin::GELU, 1), Some(Options::Approximate(false))),
        Activation::GeluTanh => ((builtin::GELU, 1), Some(Options::Approximate(true))),
        Activation::Elu(alpha) => return chain.bent(sums, None, alpha),
        Activation::Selu => {
            // What it gives of 1, and of minus infinity.
            let of = |x: f32| Activation::Selu.of(x);
            return chain.bent(sums, Some(of(1.0)), -of(f32::NEG_INFINITY));
        }
        Activation::Softplus => return chain.softplus(sums),
        Activation::FakeQuant { scale, zero_point } => {
            let scale = Scale { scale, zero_point: zero_point.into() };
            return chain.on_grid(sums, scale);
        }
        Activation::Silu => {
            let gate = chain.step(builtin::LOGISTIC, &[sums], "gate");
            return chain.two(builtin::MUL, sums, gate, "silu");
        }
    };
    let name = format!("{layer}/{}", activation.as_str());
    let to = chain.file.tensor(name, &[1, outputs], kind, None, given);
    chain.file.operator(code, &[sums], to, options);
    to
}

impl Chain<'_> {
    /// `above` · x where that is positive, and `below` · (exp(x) - 1) where it is negative.
    fn bent(&mut self, x: i32, above: Option<f32>, below: f32) -> i32 {
        let positive = self.step(builtin::RELU, &[x], "relu");
        let elu = self.step(builtin::ELU, &[x], "elu");
        let negative = self.two(builtin::SUB, elu, positive, "negative");
        let below = self.constant("below", below);
        let negative = self.two(builtin::MUL, negative, below, "scaled_negative");
        let positive = match above.map(|above| self.constant("above", above)) {
            Some(above) => self.two(builtin::MUL, positive, above, "scaled_positive"),
            None => positive,
        };
        self.two(builtin::ADD, positive, negative, "sum")
    }

    /// max(x, 0) + ln(1 + exp(-|x|)).
    fn softplus(&mut self, x: i32) -> i32 {
        let positive = self.step(builtin::RELU, &[x], "relu");
        let size = self.step(builtin::ABS, &[x], "abs");
        let less = self.step(builtin::NEG, &[size], "neg");
        let small = self.step(builtin::EXP, &[less], "exp");
        let one = self.constant("one", 1.0);
        let more = self.two(builtin::ADD, small, one, "one_more");
        let logarithm = self.step(builtin::LOG, &[more], "log");
        self.two(builtin::ADD, positive, logarithm, "softplus")
    }

    /// What integers stand for, and back.
    fn on_grid(&mut self, x: i32, scale: Scale) -> i32 {
        let name = format!("{}/integers", self.layer);
        let integers =
            self.file.tensor(name, &[1, self.outputs], tensor_type::INT8, None, Some(scale));
        self.file.operator((builtin::QUANTIZE, 1), &[x], integers, None);
        let name = format!("{}/fake_quant", self.layer);
        let to = self.file.tensor(name, &[1, self.outputs], self.kind, None, None);
        self.file.operator((builtin::DEQUANTIZE, 2), &[integers], to, None);
        to
    }

    fn constant(&mut self, what: &str, value: f32) -> i32 {
        let name = format!("{}/{what}", self.layer);
        self.file.tensor(name, &[1], self.kind, Some(value.to_le_bytes().to_vec()), None)
    }

    fn step(&mut self, code: i32, inputs: &[i32], what: &str) -> i32 {
        self.made(code, inputs, what, None)
    }

    /// An operator of two tensors, which has options.
    fn two(&mut self, code: i32, one: i32, other: i32, what: &str) -> i32 {
        let kind = match code {
            builtin::ADD => options::ADD,
            builtin::SUB => options::SUB,
            _ => options::MUL,
        };
        self.made(code, &[one, other], what, Some(Options::Fused(kind, 0)))
    }

    fn made(&mut self, code: i32, inputs: &[i32], what: &str, options: Option<Options>) -> i32 {
        let name = format!("{}/{what}", self.layer);
        let to = self.file.tensor(name, &[1, self.outputs], self.kind, None, None);
        self.file.operator((code, 1), inputs, to, options);
        to
    }
}
