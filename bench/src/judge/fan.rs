//! What is asked of the ceiling fan.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use judder_data::load;
use judder_train::{Baseline, Candidate, Comparison, Known, Options, Split, auc};
use rayon::prelude::*;
use serde_json::Value;

use super::baselines::Reference;
use super::machines::features_of;

pub(super) const STILL: &str = "fan_0_low_0_weight";
pub(super) const MOVING: &str = "fan_0_low_0_weight-moving";
pub(super) const MEDIUM: &str = "fan_0_med_0_weight";
pub(super) const HIGH: &str = "fan_0_high_0_weight";
const HIGH_COIN: &str = "fan_0_high_1_weight";
const COINS: [&str; 3] = ["fan_0_low_1_weight", "fan_0_med_1_weight", HIGH_COIN];
const OTHERS: [&str; 5] = ["fan_0_low_1_weight", MEDIUM, "fan_0_med_1_weight", HIGH, HIGH_COIN];

/// By how much the mean of an axis jumps, in g, where the base was put down anew.
const JUMP: f64 = 6e-3;

/// A question of scores alone: normal states, anomalous ones, and how the normal windows are parted.
struct Question {
    name: &'static str,
    normal: &'static [&'static str],
    anomaly: &'static [&'static str],
    split: fn(&[Known]) -> Split,
    /// The area of judder 0.1.0, as this bench found it before any feature was touched.
    before: f64,
}

const QUESTIONS: [Question; 6] = [
    Question {
        name: "moving, in time",
        normal: &[MOVING],
        anomaly: &OTHERS,
        split: in_time,
        before: 0.9999,
    },
    Question {
        name: "moving, shuffled",
        normal: &[MOVING],
        anomaly: &OTHERS,
        split: |_| Split::Shuffled(20),
        before: 0.9965,
    },
    Question {
        name: "moving, positions left out",
        normal: &[MOVING],
        anomaly: &OTHERS,
        split: |all| Split::positions(all, JUMP),
        before: 0.9957,
    },
    Question {
        name: "high, in time",
        normal: &[HIGH],
        anomaly: &[HIGH_COIN],
        split: in_time,
        before: 0.9964,
    },
    Question {
        name: "all speeds, in time",
        normal: &[STILL, MEDIUM, HIGH],
        anomaly: &COINS,
        split: in_time,
        before: 0.9995,
    },
    Question {
        name: "everything, in time",
        normal: &[STILL, MEDIUM, HIGH, MOVING],
        anomaly: &COINS,
        split: in_time,
        before: 0.9987,
    },
];

fn in_time(_: &[Known]) -> Split {
    Split::TimeOrdered
}

/// The recordings of some states, each a folder.
pub(super) fn states(folder: &Path, names: &[&str]) -> anyhow::Result<Baseline> {
    let (mut all, mut given) = (Vec::new(), Vec::new());
    for name in names {
        let (recordings, errors) = load(&folder.join(name))?;
        if let Some(error) = errors.into_iter().next() {
            return Err(error.into());
        }
        given.push((folder.join(name), recordings.len()));
        all.extend(recordings);
    }
    Ok(Baseline::of(all, given))
}

/// For each question the area under the ROC curve of the candidate, of judder 0.1.0, and of both baselines: the mean over
/// the anomalous states.
pub(super) fn areas(
    folder: &Path,
    candidate: &Candidate,
) -> anyhow::Result<Vec<(&'static str, Vec<f64>)>> {
    let row = |question: &Question| {
        let normal = states(folder, question.normal)?;
        let anomalies = question.anomaly.iter().map(|state| states(folder, &[state]));
        let anomalies = anomalies.collect::<anyhow::Result<Vec<Baseline>>>()?;
        let split = (question.split)(&normal.recordings);
        let comparison =
            Comparison { options: Options::default(), splits: vec![split.clone()], average: None };
        let mut areas = Vec::new();
        let candidates = std::slice::from_ref(candidate);
        for (_, worth) in comparison.run(&normal, &anomalies, candidates, &|| ()) {
            areas.push(worth?.first().context("a split parts the windows")?.auc);
        }
        areas.push(question.before);
        for reference in Reference::ALL {
            areas.push(area_of(reference, &normal, &anomalies, &split)?);
        }
        anyhow::Ok((question.name, areas))
    };
    QUESTIONS.par_iter().map(|one| row(one).context(one.name)).collect()
}

fn area_of(
    reference: Reference,
    normal: &Baseline,
    anomalies: &[Baseline],
    split: &Split,
) -> anyhow::Result<f64> {
    let features = |of: &Baseline| {
        let all = of.readings()?;
        features_of(&all.iter().map(|one| &one.recording).collect::<Vec<_>>())
    };
    let rows = features(normal)?;
    let states = anomalies.iter().map(features).collect::<anyhow::Result<Vec<_>>>()?;
    let all: Vec<usize> = (0..rows.len()).collect();
    let mut from = 0;
    let range = |(_, count): &(PathBuf, usize)| {
        from += count;
        from - count..from
    };
    let folders: Vec<_> = normal.given.iter().map(range).collect();
    let each: Vec<_> = (0..rows.len()).map(|at| at..at + 1).collect();
    let some = |of: &[usize]| of.iter().map(|&at| rows[at].clone()).collect::<Vec<_>>();
    let (mut sum, mut windows) = (0.0, 0.0);
    for part in split.parts(&all, &folders, &each) {
        let (fitted, test) = (some(&part.fit), some(&part.test));
        let normal = reference.scores(&fitted, &test)?;
        for state in &states {
            let area = auc(&normal, &reference.scores(&fitted, state)?).context("no window")?;
            sum += area * test.len() as f64 / states.len() as f64;
        }
        windows += test.len() as f64;
    }
    Ok(sum / windows)
}

/// The share of false alarms that `judder train` says of windows in time order, of each state: 1 % is asked for.
pub(super) fn false_alarms(
    folder: &Path,
    programs: &[PathBuf],
) -> anyhow::Result<Vec<(&'static str, Vec<f64>)>> {
    let temporary = tempfile::tempdir()?;
    let model = temporary.path().join("a.model.json");
    let mut rows = Vec::new();
    for state in [STILL, MOVING, MEDIUM, HIGH] {
        let mut row = Vec::new();
        for program in programs {
            let mut train = Command::new(program);
            train.arg("train").arg("--normal").arg(folder.join(state)).arg("-o").arg(&model);
            let output = train.output().with_context(|| program.display().to_string())?;
            anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let file: Value = serde_json::from_slice(&std::fs::read(&model)?)?;
            std::fs::remove_file(&model)?;
            let figures = file["figures"].as_array().context("a model has figures")?;
            let in_time = figures.iter().find(|one| one["split"] == "time-ordered");
            let count = |key: &str| in_time.and_then(|one| one[key].as_f64()).context("a count");
            row.push(count("false_alarms")? / count("normal_windows")?);
        }
        rows.push((state, row));
    }
    Ok(rows)
}
