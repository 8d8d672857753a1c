//! What runs beside the interface: limits of peers, metrics, the log of refusals, the description.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod metrics;
mod openapi;
mod packaging;
mod peers;
mod refusals;
