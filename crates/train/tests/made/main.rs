//! Detectors, states, robust fits and watching, on data that were made to show one thing each.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod apart;
mod commissioning;
mod comparing;
mod days;
mod detectors;
mod promised;
mod recalibrated;
mod robust;
mod scored;
mod states;
mod streamed;
mod stretches;
mod units;
mod watching;
mod windows;
