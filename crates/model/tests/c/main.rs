//! Models written as C: compiled by real compilers, they say what judder says, bit for bit.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod activations;
mod compiler;
mod hostile;
mod models;
mod names;
mod reference;
mod same;
mod windows;
