//! What is claimed to work on the real fan, on the real fan.
//!
//! The recordings are not part of the repository: they are looked for at `$JUDDER_DATA`, else at
//! `../shared/data` beside the project.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test tells and stops"
)]

mod autoencoder;
mod default_model;
mod exported;
mod false_alarms;
mod gates;
mod judging;
mod machines;
mod rebaseline;
mod reference;
mod robustness;
mod stretches;
mod why;

use std::path::{Path, PathBuf};

use judder_data::{Located, load};

/// The five folders that the reference calls anomalies.
const ANOMALIES: [&str; 5] = [
    "fan_0_low_1_weight",
    "fan_0_med_0_weight",
    "fan_0_med_1_weight",
    "fan_0_high_0_weight",
    "fan_0_high_1_weight",
];
const STILL: &str = "fan_0_low_0_weight";
const MOVING: &str = "fan_0_low_0_weight-moving";
const COIN: &str = "fan_0_low_1_weight";

/// The folder of the real fan's recordings, or nothing where they are not: then it says so.
fn real_fan() -> Option<PathBuf> {
    real("ceiling-fan")
}

/// A folder of real recordings.
fn real(name: &str) -> Option<PathBuf> {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", folder.display());
    eprintln!("skipped: these recordings are not at {}", folder.display());
    None
}

fn recordings(folder: &Path, state: &str) -> Vec<Located> {
    let (recordings, errors) = load(&folder.join(state)).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    recordings
}
