//! Feeds damaged input to everything that reads.
//!
//! A [target](targets), or one of [models](foreign) or of [recordings], is a plain function of some bytes that panics where something is wrong, so
//! that libFuzzer could drive it too. [`run`] feeds it with inputs [mutated](mutate) from a
//! [corpus], for a bounded number of inputs and of seconds. A run depends on its seed alone,
//! but for where the time ends it.
//!
//! # Environment
//! `JUDDER_FUZZ_SECONDS`: how long each target is fed, without a bound of inputs.
//! `JUDDER_FUZZ_SEED`: the seed.
//! `JUDDER_FUZZ_INPUT`: a file; each target is fed with it alone. That is how a failure is replayed.

pub mod corpus;
mod fixtures;
mod flat;
pub mod foreign;
mod foreign_corpus;
mod keras;
pub mod mutate;
mod network_corpus;
mod onnx;
mod recording_corpus;
pub mod recordings;
mod run;
mod table_corpus;
pub mod targets;
mod wire_corpus;

pub use run::{Target, run};
