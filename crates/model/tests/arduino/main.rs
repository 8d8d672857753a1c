//! The sketches of a model: what they are made of, and that they compile.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test tells and stops"
)]

mod compiler;
mod detecting;
mod detector;
mod learner;
#[path = "../c/reference.rs"]
mod reference;
mod sampler;
mod sketches;
#[path = "../c/windows.rs"]
mod windows;
