//! The built program, as a user runs it: what it says, what it writes, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod bad_models;
mod bad_options;
mod bad_recordings;
mod collecting;
mod collecting_killed;
mod demo;
mod examples;
mod exploring;
mod judging;
mod killed;
mod large;
mod outliers;
mod outputs;
mod reproducible;
mod room;
mod round_trip;
mod rows;
mod sketch;
mod source;
mod streams;
mod thresholds;
mod why;
