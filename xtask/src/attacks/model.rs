//! A model of a simulated fan.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::command::run;

/// Trains one in a folder, on recordings of so many readings.
pub(super) fn train(program: &Path, folder: &Path, readings: usize) -> Result<PathBuf> {
    let states = ["simulate", "--out", "fan", "--states", "low", "--recordings", "24"];
    let readings = readings.to_string();
    let mut simulate = Command::new(program);
    run(simulate.current_dir(folder).args(states).args(["--readings", &readings]))?;
    let train =
        ["train", "--normal", "fan/fan_0_low_0_weight", "--features", "mad", "-o", "m.json"];
    run(Command::new(program).current_dir(folder).args(train))?;
    Ok(folder.join("m.json"))
}
