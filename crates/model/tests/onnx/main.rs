//! Networks in ONNX files: written, read, and run by onnxruntime.
#![allow(clippy::print_stderr, reason = "a test says what it measured")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod activations;
mod files;
mod foreign;
mod hostile;
mod networks;
mod runtime;
mod written;
