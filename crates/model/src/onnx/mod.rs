//! ONNX, the format that most frameworks write.

mod chain;
mod proto;
mod read;
mod tensor;
mod write;

pub use read::from_onnx;
pub use write::to_onnx;

use crate::FormatError;
use crate::error::{quoted, shown};

const FORMAT: &str = "ONNX";
const READABLE: &str = "one chain of Gemm, MatMul, Add, Relu, Tanh, Identity and Dropout, \
                        in float or double";

/// The operators of ONNX itself have this domain, or none.
const DOMAIN: &str = "ai.onnx";

fn broken(what: impl ToString) -> FormatError {
    FormatError::Broken { format: FORMAT, what: shown(&what.to_string()) }
}

fn unsupported(what: impl AsRef<str>) -> FormatError {
    FormatError::Unsupported { format: FORMAT, what: shown(what.as_ref()), readable: READABLE }
}
