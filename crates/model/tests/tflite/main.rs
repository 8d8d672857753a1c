//! TensorFlow Lite files: read, written, and run by its runtimes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

mod activations;
mod damaged;
mod integers;
mod networks;
mod reference;
mod refused;
mod runtimes;
mod written;
