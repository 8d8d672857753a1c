//! Both drivers on a map of the sensor's registers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod both;
mod chip;
mod faults;
mod interrupts;
mod measuring;
mod settings;
