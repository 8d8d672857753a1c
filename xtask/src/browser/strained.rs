//! Recordings that strain a page: as few axes and states as there can be, and as many; numbers that are
//! long to write.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const RECORDINGS: usize = 12;
const READINGS: usize = 128;

/// Recordings of made-up states.
pub(super) struct Strained {
    /// Of their folder, and of the page.
    pub(super) name: &'static str,
    axes: usize,
    /// How many normal states there are, and how many anomalous ones after them.
    pub(super) normal: usize,
    anomalous: usize,
    /// What is vibrated about, and how far, in g.
    mean: f64,
    size: f64,
}

/// One state and no other has no legend to speak of, and fourteen of eight axes have the most of all.
pub(super) const ALL: [Strained; 3] = [
    Strained { name: "one-axis", axes: 1, normal: 1, anomalous: 0, mean: 1.0, size: 2e-5 },
    Strained { name: "two-axes", axes: 2, normal: 2, anomalous: 0, mean: -0.05, size: 0.004 },
    Strained { name: "eight-axes", axes: 8, normal: 8, anomalous: 6, mean: -2000.0, size: 300.0 },
];

impl Strained {
    /// Writes the recordings into a folder each state, and says which they are.
    pub(super) fn write(&self, within: &Path) -> Result<Vec<String>> {
        let states = 0..self.normal + self.anomalous;
        let folders = states.clone().map(|state| format!("{}/state {}", self.name, state + 1));
        let folders: Vec<String> = folders.collect();
        for (state, folder) in states.zip(&folders) {
            let folder = within.join(folder);
            fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
            for recording in 0..RECORDINGS {
                let text = self.recording(state, recording);
                fs::write(folder.join(format!("{recording:04}.csv")), text)?;
            }
        }
        Ok(folders)
    }

    fn recording(&self, state: usize, recording: usize) -> String {
        let mut text = String::new();
        for reading in 0..READINGS {
            for axis in 0..self.axes {
                let nth =
                    ((state * RECORDINGS + recording) * READINGS + reading) * self.axes + axis;
                let turns = 0.11 * (reading * (axis + 1)) as f64 + 0.3 * recording as f64;
                let wave = (TAU * turns).sin() * (1.0 + 0.2 * state as f64);
                let value = self.mean + self.size * (wave + noise(nth));
                let comma = if axis == 0 { "" } else { "," };
                // Writing to a string cannot fail.
                let _ = write!(text, "{comma}{value}");
            }
            text.push('\n');
        }
        text
    }
}

/// A number between -0.5 and 0.5 that looks like chance: the digits of a sine that nobody looks at.
fn noise(nth: usize) -> f64 {
    ((nth as f64 * 12.9898).sin() * 43_758.545_3).rem_euclid(1.0) - 0.5
}
