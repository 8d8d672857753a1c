//! ONNX, the format that most frameworks write.

mod activation;
mod advice;
mod attributes;
mod beside;
mod evaluate;
mod integers;
mod mixture;
mod operators;
mod proto;
mod read;
mod shapes;
mod tensor;
mod words;
mod write;

pub use read::{from_onnx, from_onnx_in};
pub use write::to_onnx;

use crate::FormatError;
use crate::error::{quoted, shown};

const FORMAT: &str = "ONNX";
const READABLE: &str = "judder reads from ONNX files one chain of Gemm or MatMul, scaling by constants \
                        and activations";

/// The operators of ONNX itself have this domain, or none.
const DOMAIN: &str = "ai.onnx";

fn broken(what: impl ToString) -> FormatError {
    FormatError::Broken { format: FORMAT, what: shown(&what.to_string()) }
}

fn unsupported(what: impl AsRef<str>) -> FormatError {
    refused(what, READABLE)
}

/// There is something that judder cannot run, and a way to have it otherwise.
fn refused(what: impl AsRef<str>, way: impl Into<String>) -> FormatError {
    FormatError::Unsupported { format: FORMAT, what: shown(what.as_ref()), way: way.into() }
}
