//! TensorFlow Lite: `.tflite`, a FlatBuffer of the schema `TFL3`.

mod activation;
mod advice;
mod file;
mod flatbuffer;
mod float;
mod int8;
mod operators;
mod read;
mod schema;
mod tensors;

pub use float::to_tflite;
pub use int8::to_tflite_int8;
pub use read::from_tflite;

use crate::FormatError;

const FORMAT: &str = "TensorFlow Lite";

/// The file is damaged, or of another format.
fn broken(what: impl Into<String>) -> FormatError {
    FormatError::Broken { format: FORMAT, what: what.into() }
}
