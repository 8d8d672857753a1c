//! Networks in ONNX files: written, read, and run by onnxruntime.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod files;
mod foreign;
mod hostile;
mod networks;
mod runtime;
mod written;
