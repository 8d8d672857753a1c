//! The built program, as a user runs it: what it says, what it writes, and how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and one that is skipped says so"
)]

mod bad_models;
mod bad_options;
mod bad_recordings;
mod collecting;
mod collecting_killed;
mod demo;
mod examples;
mod exploring;
mod folders;
mod formats;
mod gates;
mod history;
mod importing;
mod judging;
mod killed;
mod large;
mod looking;
mod outliers;
mod outputs;
mod recalibrating;
mod reproducible;
mod room;
mod round_trip;
mod rows;
mod serving;
mod serving_full_disk;
mod serving_killed;
mod serving_reloaded;
mod serving_token;
mod serving_told;
mod serving_units;
mod sketch;
mod source;
mod streams;
mod telling;
mod thresholds;
mod units;
mod why;
mod wire;
