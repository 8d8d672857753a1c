//! The model file, the archives models come in, and running a model.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod autoencoder;
mod autoencoder_fields;
mod contributions;
mod detectors;
mod fields;
mod file;
mod gaussian;
mod golden;
mod metadata;
mod network_npz;
#[path = "../onnx/networks.rs"]
mod networks;
mod npz;
mod recalibration;
mod samples;
mod scale;
mod scorer;
mod watching;
mod watching_fields;
mod why;
