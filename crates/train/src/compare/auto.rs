//! Choosing features and a detector by what normal recordings alone can tell.

use std::mem::discriminant;

use judder_data::{Located, Recording};
use rayon::prelude::*;

use super::disturbance::{ALL, Disturbance};
use super::{Candidate, Split};
use crate::auc;
use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::interval::share_interval;
use crate::learner::Learner;
use crate::options::Options;
use crate::prepare::Prepared;

/// A threshold that gives so many times the false alarms that were asked for does not keep its word.
const TOO_MANY: f64 = 3.0;

/// Candidates that notice nearly as much as the best, by this difference, count as good; the one
/// named first is taken.
const CLOSE: f64 = 0.01;

/// What normal recordings tell of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The candidate.
    pub candidate: Candidate,
    /// How many numbers its features are.
    pub features: usize,
    /// The mean area under the ROC curve of slightly disturbed windows against windows as they are,
    /// all later in time than those fitted to; each kind of disturbance counts once.
    pub noticed: f64,
    /// The disturbance that is noticed least, and its area.
    pub worst: (String, f64),
    /// The share of later windows above the threshold.
    pub false_alarm_rate: f64,
    /// Whether these are many more than were asked for.
    pub breaks_its_word: bool,
}

/// The candidates that can be fitted, as normal recordings tell of them, and the one to choose: of
/// those whose thresholds keep their word the first that notices nearly as much as the best.
///
/// Each is fitted to the first three fifths of every folder. The rest is scored as it is, and with
/// small disturbances put on it.
///
/// # Errors
/// Where no candidate can be fitted: what is wrong with the first.
pub fn choose(
    normal: &Baseline,
    candidates: &[Candidate],
    options: &Options,
    done: &(dyn Fn() + Sync),
) -> Result<(Vec<Trial>, usize), TrainError> {
    let trials: Vec<Result<Trial, TrainError>> = candidates
        .par_iter()
        .map(|candidate| {
            let trial = trial(normal.clone(), candidate, options);
            done();
            trial
        })
        .collect();
    let mut failed = None;
    let mut fitted: Vec<Trial> = Vec::new();
    for trial in trials {
        match trial {
            Ok(trial) => fitted.push(trial),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    let mut eligible: Vec<usize> =
        (0..fitted.len()).filter(|&at| !fitted[at].breaks_its_word).collect();
    if eligible.is_empty() {
        eligible = (0..fitted.len()).collect();
    }
    let best = eligible.iter().map(|&at| fitted[at].noticed).fold(f64::NEG_INFINITY, f64::max);
    let chosen = eligible.into_iter().find(|&at| fitted[at].noticed >= best - CLOSE);
    match (chosen, failed) {
        (Some(chosen), _) => Ok((fitted, chosen)),
        (None, Some(error)) => Err(error),
        (None, None) => Err(TrainError::Usage("there is no candidate to choose from".to_owned())),
    }
}

fn disturbed(normal: &Baseline, disturbance: Disturbance, seed: u64) -> Baseline {
    let all = &normal.recordings;
    let put_on = |(at, one): (usize, &Located)| {
        // The next of the same shape, so that it is of the same machine in the same state.
        let alike = |other: &&Located| shape(&other.recording) == shape(&one.recording);
        let other = all.iter().cycle().skip(at + 1).take(all.len()).find(alike).unwrap_or(one);
        let seed = seed.wrapping_mul(1 << 32).wrapping_add(at as u64);
        let recording = disturbance.put_on(&one.recording, &other.recording, seed);
        Located { path: one.path.clone(), recording }
    };
    let recordings = all.par_iter().enumerate().map(put_on).collect();
    Baseline { recordings, ..normal.clone() }
}

fn shape(recording: &Recording) -> (usize, usize) {
    (recording.axes(), recording.len())
}

fn trial(
    mut normal: Baseline,
    candidate: &Candidate,
    options: &Options,
) -> Result<Trial, TrainError> {
    let Candidate { features, method } = candidate.clone();
    let options = &Options { features, method, ..options.clone() };
    options.check()?;
    let prepared = Prepared::of(&mut normal, options)?;
    let options = &options.with_rate(prepared.binding)?;
    let learner = Learner { prepared: &prepared, options, done: &|| () };
    let Prepared { table, folders, rows, .. } = &prepared;
    let parts = Split::TimeOrdered.parts(rows, folders, &table.recordings);
    let Some(part) = parts.first() else {
        return Err(TrainError::Usage("there are too few recordings to choose by".to_owned()));
    };
    let detector = learner.fit(&part.fit)?.detector();
    let limit = learner.calibrate(&learner.unseen(&part.fit)?)?;
    // As it would be decided: averaged, where that is wanted.
    let decided = |scores: Vec<f64>| {
        learner.decisions(&part.test.iter().copied().zip(scores).collect::<Vec<_>>())
    };
    let decisions = decided(learner.scores_of(&detector, &part.test)?);
    let usual = decisions.scores();
    let columns = table.columns;
    let areas = ALL
        .into_par_iter()
        .map(|disturbance| {
            let mut recordings = disturbed(&normal, disturbance, options.seed);
            let options = &Options { skip_bad: false, ..options.clone() };
            let values = prepared.features_of(&mut recordings, options)?.values;
            let row = |row: &usize| &values[row * columns..(row + 1) * columns];
            let scores = decided(learner.scores(&detector, part.test.iter().map(row))?).scores();
            Ok((disturbance, auc(&usual, &scores).unwrap_or(0.5)))
        })
        .collect::<Result<Vec<_>, TrainError>>()?;
    let alarms = decisions.alarms(&options.watch, limit.value);
    let above = alarms.into_iter().filter(|alarm| *alarm).count();
    let least = share_interval(above, usual.len()).map_or(0.0, |interval| interval.low);
    let asked = limit.false_alarm_rate.unwrap_or(options.false_alarm_rate);
    let worst = areas.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let worst = worst.map(|(disturbance, area)| (disturbance.to_string(), *area));
    Ok(Trial {
        candidate: candidate.clone(),
        features: columns,
        noticed: mean_over_kinds(&areas),
        worst: worst.unwrap_or_default(),
        false_alarm_rate: above as f64 / usual.len() as f64,
        breaks_its_word: least > TOO_MANY * asked,
    })
}

/// The mean area, each kind of disturbance counting once.
fn mean_over_kinds(areas: &[(Disturbance, f64)]) -> f64 {
    let kinds = areas.chunk_by(|a, b| discriminant(&a.0) == discriminant(&b.0));
    let means: Vec<f64> = kinds
        .map(|kind| kind.iter().map(|(_, area)| area).sum::<f64>() / kind.len() as f64)
        .collect();
    means.iter().sum::<f64>() / means.len() as f64
}
