//! The pages, of recordings that were made to show one thing each.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod any_shape;
mod folders;
mod judged;
mod made;
mod names;
mod numbers;
mod page;
mod ranking;
mod real_fan;
mod same_bytes;
mod shapes;
mod values;
