//! Twenty windows in a row, judged on the sixty that follow them.

use std::path::{Path, PathBuf};

use anyhow::Context;
use rayon::prelude::*;

use super::fan::{HIGH, MEDIUM, MOVING, STILL};
use super::figures::{Figures, Scores};
use super::program;
use super::tasks::{Files, Kind, files_of, tasks};

/// Windows that are learnt from, and after them those that are judged.
const LEARNT: usize = 20;
const JUDGED: usize = 60;

/// The fan's states, each with what is to be told from it.
const FAN: [(&str, &str); 4] = [
    (STILL, "fan_0_low_1_weight"),
    (MOVING, "fan_0_low_1_weight"),
    (MEDIUM, "fan_0_med_1_weight"),
    (HIGH, "fan_0_high_1_weight"),
];

/// Recordings of one state in time order, and anomalous ones.
struct Set {
    name: String,
    rate: f64,
    normal: Vec<PathBuf>,
    anomaly: Vec<PathBuf>,
}

/// What each program is worth on each set, the mean over all runs of windows that do not overlap.
pub(super) fn judge(
    fan: &Path,
    machines: &[PathBuf],
    programs: &[PathBuf],
) -> anyhow::Result<Vec<(String, Vec<Figures>)>> {
    let sets = sets(fan, machines)?;
    let row = |set: &Set| {
        let runs: Vec<&[PathBuf]> = set.normal.windows(LEARNT + JUDGED).step_by(JUDGED).collect();
        let of = |program: &PathBuf| -> anyhow::Result<Figures> {
            let figures = runs.iter().map(|run| {
                let folder = |files: &[PathBuf]| vec![("recordings".to_owned(), files.to_vec())];
                let files = Files {
                    train: folder(&run[..LEARNT]),
                    normal: folder(&run[LEARNT..]),
                    anomaly: folder(&set.anomaly),
                    rebase: Vec::new(),
                };
                program::scores(program, set.rate, &files).map(|scores: Scores| scores.figures())
            });
            let figures = figures.collect::<anyhow::Result<Vec<Figures>>>()?;
            Figures::mean(figures.iter()).context("no run is long enough")
        };
        let figures = programs.iter().map(of).collect::<anyhow::Result<Vec<_>>>();
        Ok((set.name.clone(), figures.with_context(|| set.name.clone())?))
    };
    sets.par_iter().map(row).collect()
}

fn sets(fan: &Path, machines: &[PathBuf]) -> anyhow::Result<Vec<Set>> {
    let mut sets = Vec::new();
    for (normal, anomaly) in FAN {
        let (normal_files, anomaly) = (files_of(&fan.join(normal))?, files_of(&fan.join(anomaly))?);
        sets.push(Set { name: normal.to_owned(), rate: 200.0, normal: normal_files, anomaly });
    }
    for folder in machines {
        for task in tasks(folder)?.iter().filter(|task| task.kind == Kind::Same) {
            let files = task.files(folder)?;
            let anomaly: Vec<PathBuf> = files.anomaly.into_iter().flat_map(|(_, of)| of).collect();
            for (state, normal) in files.train {
                if normal.len() >= LEARNT + JUDGED {
                    let name = format!("{} {state}", task.name);
                    sets.push(Set { name, rate: task.rate, normal, anomaly: anomaly.clone() });
                }
            }
        }
    }
    Ok(sets)
}
