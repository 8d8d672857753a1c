//! What a history keeps stays kept, once and whole, whatever happens to the process or the disk.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, a child tells its parent, and one that is skipped says so"
)]

mod ages;
mod alerts;
mod bounded;
mod damaged;
#[cfg(unix)]
mod desk;
#[cfg(unix)]
mod full_disk;
mod keeping;
#[cfg(unix)]
mod killed;
#[cfg(unix)]
mod looked;
#[cfg(unix)]
mod lost;
mod opening;
mod properties;
mod pruning;
mod rollups;
mod segments;
mod starts;
mod thinning;
mod upgrading;
