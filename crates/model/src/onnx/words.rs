//! The words of ONNX for what is done to each number by itself.

use judder_core::Activation;

use super::attributes::Attributes;
use super::proto::Node;
use super::{quoted, unsupported};
use crate::FormatError;
use crate::chain::{Binary, Unary};

pub(super) fn unary(operator: &str) -> Option<Unary> {
    Some(match operator {
        "Abs" => Unary::Abs,
        "Erf" => Unary::Erf,
        // No operator of ONNX's, but what tf2onnx writes of an exact GELU.
        "Erfc" => Unary::Erfc,
        "Exp" => Unary::Exp,
        "Floor" => Unary::Floor,
        "Log" => Unary::Ln,
        "Neg" => Unary::Negative,
        "Not" => Unary::Not,
        "Reciprocal" => Unary::Reciprocal,
        "Sign" => Unary::Sign,
        "Sqrt" => Unary::Sqrt,
        _ => return None,
    })
}

pub(super) fn binary(operator: &str) -> Option<Binary> {
    Some(match operator {
        "Add" | "Sum" => Binary::Add,
        "And" => Binary::And,
        "Div" => Binary::Divide,
        "Greater" => Binary::Greater,
        "GreaterOrEqual" => Binary::GreaterOrEqual,
        "Less" => Binary::Less,
        "LessOrEqual" => Binary::LessOrEqual,
        "Max" => Binary::Maximum,
        "Min" => Binary::Minimum,
        "Mul" => Binary::Multiply,
        "Or" => Binary::Or,
        "Pow" => Binary::Power,
        "PRelu" => Binary::LeakyBy,
        "Sub" => Binary::Subtract,
        _ => return None,
    })
}

/// The activation that a node is by itself.
pub(super) fn activation(node: &Node) -> Result<Option<Activation>, FormatError> {
    /// α and γ of SELU, as ONNX says them, to seven digits.
    const SELU: [f32; 2] = [1.673_263_2, 1.050_701];
    let plain = |activation| Attributes::of(node, &[]).map(|_| Some(activation));
    match node.op_type.as_str() {
        "Relu" => plain(Activation::Relu),
        "Tanh" => plain(Activation::Tanh),
        "Sigmoid" => plain(Activation::Sigmoid),
        "Softplus" => plain(Activation::Softplus),
        "LeakyRelu" => {
            let slope = Attributes::of(node, &["alpha"])?.float("alpha", 0.01)?;
            Ok(Some(Activation::LeakyRelu(slope)))
        }
        "Elu" => Ok(Some(Activation::Elu(Attributes::of(node, &["alpha"])?.float("alpha", 1.0)?))),
        "Selu" => {
            let attributes = Attributes::of(node, &["alpha", "gamma"])?;
            let [alpha, gamma] = SELU;
            let found = [attributes.float("alpha", alpha)?, attributes.float("gamma", gamma)?];
            let same = found.iter().zip(SELU).all(|(one, usual)| (one - usual).abs() < 1e-6);
            if !same {
                return Err(unsupported(format!("`Selu` of {found:?}")));
            }
            Ok(Some(Activation::Selu))
        }
        "Gelu" => match Attributes::of(node, &["approximate"])?.word("approximate")? {
            None | Some("none") => Ok(Some(Activation::Gelu)),
            Some("tanh") => Ok(Some(Activation::GeluTanh)),
            Some(other) => Err(unsupported(format!("`Gelu` approximated by {}", quoted(other)))),
        },
        "Swish" => {
            let alpha = Attributes::of(node, &["alpha"])?.float("alpha", 1.0)?;
            if alpha != 1.0 {
                return Err(unsupported(format!("`Swish` of alpha = {alpha}")));
            }
            Ok(Some(Activation::Silu))
        }
        _ => Ok(None),
    }
}
