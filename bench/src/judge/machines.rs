//! Every task of a folder of machines.

use std::path::{Path, PathBuf};

use anyhow::Context;
use judder_data::{Recording, load};
use rayon::prelude::*;

use super::baselines::{LogBands, Reference};
use super::figures::{Figures, Scores};
use super::program;
use super::tasks::{Files, Folders, Kind, Task, tasks};

/// What each detector is worth on a task, in the order of their names.
pub(super) struct Row {
    pub(super) task: String,
    pub(super) machine: String,
    pub(super) kind: Kind,
    pub(super) figures: Vec<Figures>,
}

/// Judges these programs and both baselines on the tasks of a folder.
pub(super) fn judge(folder: &Path, programs: &[PathBuf]) -> anyhow::Result<Vec<Row>> {
    let tasks = tasks(folder)?;
    let row = |task: &Task| -> anyhow::Result<Row> {
        let files = task.files(folder)?;
        let mut all = Vec::new();
        for program in programs {
            all.push(program::scores(program, task.rate, &files)?);
        }
        all.extend(references(&files)?);
        Ok(Row {
            task: task.name.clone(),
            machine: task.machine.clone(),
            kind: task.kind,
            figures: all.iter().map(Scores::figures).collect(),
        })
    };
    tasks.par_iter().map(|task| row(task).with_context(|| task.name.clone())).collect()
}

fn references(files: &Files) -> anyhow::Result<Vec<Scores>> {
    // What is given a new baseline is fitted to that: a textbook's detector knows no other way.
    let train = if files.rebase.is_empty() { &files.train } else { &files.rebase };
    let of = |folders: &Folders| -> anyhow::Result<Vec<Vec<Vec<f64>>>> {
        folders.iter().map(|(_, files)| features(files)).collect()
    };
    let train = of(train)?;
    let (normal, anomaly) = (of(&files.normal)?.concat(), of(&files.anomaly)?.concat());
    Reference::ALL.iter().map(|one| one.judge(&train, &normal, &anomaly)).collect()
}

fn features(files: &[PathBuf]) -> anyhow::Result<Vec<Vec<f64>>> {
    let mut rows = Vec::new();
    for file in files {
        let (recordings, errors) = load(file)?;
        if let Some(error) = errors.into_iter().next() {
            return Err(error.into());
        }
        for one in recordings {
            rows.push(LogBands::new(one.recording.len()).of(&one.recording)?);
        }
    }
    Ok(rows)
}

/// The features of recordings that are alike in length.
pub(super) fn features_of(recordings: &[&Recording]) -> anyhow::Result<Vec<Vec<f64>>> {
    let Some(first) = recordings.first() else { return Ok(Vec::new()) };
    let bands = LogBands::new(first.len());
    recordings.iter().map(|one| bands.of(one)).collect()
}
