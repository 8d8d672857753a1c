//! Ten small disturbances that no default was chosen on, put on windows of the ceiling fan.

use std::path::Path;

use anyhow::Context;
use judder_data::{Located, Recording};
use judder_model::Scorer;
use judder_train::{Baseline, Candidate, Disturbance, Options, auc, train_on};
use rayon::prelude::*;

use super::baselines::Reference;
use super::fan::{HIGH, MEDIUM, MOVING, STILL, states};
use super::machines::features_of;

/// Each with the area of judder 0.1.0, as this bench found it before any feature was touched. Their sizes are fixed: with
/// them the default of judder 0.1.0 has a mean area of 0.8255.
const ALL: [(Disturbance, f64); 10] = [
    (Disturbance::Tone(0.03), 0.8431),
    (Disturbance::Tone(0.1), 0.8795),
    (Disturbance::Tone(0.23), 0.8811),
    (Disturbance::Tone(0.42), 0.8284),
    (Disturbance::Gain(0.12), 0.7269),
    (Disturbance::OneWay(0.2), 0.9005),
    (Disturbance::Bursts(1.45), 0.7252),
    (Disturbance::Noise(0.3), 0.7993),
    (Disturbance::Shocks(3.0), 0.8202),
    (Disturbance::Overlay(0.4), 0.8504),
];

/// The first windows of each state, which are learnt from.
const FIT: f64 = 0.6;

/// For each disturbance the area under the ROC curve of the candidate, of judder 0.1.0, and of both baselines: of later windows as
/// they are against the same disturbed, the mean over four states of the fan.
pub(super) fn areas(
    folder: &Path,
    candidate: &Candidate,
) -> anyhow::Result<Vec<(String, Vec<f64>)>> {
    let of_state = |state: &&str| of_state(folder, state, candidate).context((*state).to_owned());
    let all: Vec<Vec<Vec<f64>>> =
        [STILL, MOVING, MEDIUM, HIGH].par_iter().map(of_state).collect::<anyhow::Result<_>>()?;
    let mean = |at: usize, detector: usize| {
        all.iter().map(|state| state[at][detector]).sum::<f64>() / all.len() as f64
    };
    let row = |(at, (one, before)): (usize, &(Disturbance, f64))| {
        let references = (1..=Reference::ALL.len()).map(|detector| mean(at, detector));
        let areas = [mean(at, 0), *before].into_iter().chain(references);
        (one.to_string(), areas.collect())
    };
    Ok(ALL.iter().enumerate().map(row).collect())
}

/// `[disturbance][detector]`
fn of_state(folder: &Path, state: &str, candidate: &Candidate) -> anyhow::Result<Vec<Vec<f64>>> {
    let recordings = states(folder, &[state])?.readings()?;
    let (fit, test) = recordings.split_at((FIT * recordings.len() as f64).round() as usize);
    let usual: Vec<&Recording> = test.iter().map(|one| &one.recording).collect();
    let disturbed: Vec<Vec<Recording>> = ALL.iter().map(|(one, _)| put_on(*one, &usual)).collect();
    let mut areas = vec![Vec::new(); ALL.len()];
    let mut judge = |score: &dyn Fn(&[&Recording]) -> anyhow::Result<Vec<f64>>| {
        let normal = score(&usual)?;
        for (row, some) in areas.iter_mut().zip(&disturbed) {
            let scores = score(&some.iter().collect::<Vec<_>>())?;
            row.push(auc(&normal, &scores).context("there is no window")?);
        }
        anyhow::Ok(())
    };
    let Candidate { features, method } = candidate.clone();
    let options = Options { features, method, ..Options::default() };
    let given = vec![(folder.join(state), fit.len())];
    let normal = Baseline::of(fit.to_vec(), given);
    let model = train_on(normal, None, &options)?.model;
    let scorer = Scorer::new(&model);
    judge(&|some| {
        let of = |one: &&Recording| {
            let windows = scorer.score(one.values(), one.axes(), None)?;
            Ok(windows.first().context("a recording is a window")?.score)
        };
        some.iter().map(of).collect()
    })?;
    let rows = features_of(&fit.iter().map(|one: &Located| &one.recording).collect::<Vec<_>>())?;
    for reference in Reference::ALL {
        judge(&|some| reference.scores(&rows, &features_of(some)?))?;
    }
    Ok(areas)
}

/// Each disturbed by chance; what is laid over one is the next.
fn put_on(disturbance: Disturbance, usual: &[&Recording]) -> Vec<Recording> {
    let one = |(at, one): (usize, &&Recording)| {
        let other = usual[(at + 1) % usual.len()];
        disturbance.put_on(one, other, at as u64)
    };
    usual.iter().enumerate().map(one).collect()
}
