//! The sketches of a model: what they are made of, and that they compile.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test tells and stops"
)]

mod compiler;
mod detector;
mod learner;
mod sampler;
mod sketches;
