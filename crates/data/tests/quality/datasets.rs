//! Datasets that a sensor on a machine might give.

use std::f64::consts::TAU;
use std::fmt::Write;
use std::fs;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use tempfile::TempDir;

/// `[rows][axes]`, in g.
pub(crate) type Rows = Vec<Vec<f64>>;

#[derive(Clone)]
pub(crate) struct Folder {
    pub(crate) name: &'static str,
    pub(crate) recordings: Vec<Rows>,
}

#[derive(Clone)]
pub(crate) struct Dataset {
    pub(crate) folders: Vec<Folder>,
}

/// Two states of a machine, `count` recordings of 200 readings each, in steps of 1/2048 g.
pub(crate) fn plausible(seed: u64, count: usize) -> Dataset {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut folder = |name, amplitude| Folder {
        name,
        recordings: (0..count).map(|_| recording(&mut random, amplitude)).collect(),
    };
    Dataset { folders: vec![folder("low", 0.03), folder("off", 0.002)] }
}

fn recording(random: &mut ChaCha8Rng, amplitude: f64) -> Rows {
    let phase = random.random_range(0.0..TAU);
    let frequency = random.random_range(0.12..0.14);
    (0..200)
        .map(|row| {
            let vibration = amplitude * (TAU * frequency * f64::from(row) + phase).sin();
            let axes = [(0.03, 1.0), (0.15, 0.7), (0.985, -0.4)];
            axes.iter()
                .map(|(gravity, share)| {
                    let noise: f64 = StandardNormal.sample(random);
                    stepped(gravity + share * vibration + 0.003 * noise, 2048.0)
                })
                .collect()
        })
        .collect()
}

/// To the nearest of so many steps a g.
pub(crate) fn stepped(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

impl Dataset {
    /// Writes it as CSV files, all readings times `scale`.
    pub(crate) fn written(&self, scale: f64) -> TempDir {
        let dataset = tempfile::tempdir().unwrap();
        for folder in &self.folders {
            let path = dataset.path().join(folder.name);
            fs::create_dir(&path).unwrap();
            for (number, rows) in folder.recordings.iter().enumerate() {
                let mut text = String::new();
                for row in rows {
                    let row: Vec<String> = row.iter().map(|x| (x * scale).to_string()).collect();
                    writeln!(text, "{}", row.join(", ")).unwrap();
                }
                fs::write(path.join(format!("{number:04}.csv")), text).unwrap();
            }
        }
        dataset
    }
}
