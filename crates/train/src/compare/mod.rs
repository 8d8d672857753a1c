//! Comparing feature sets and detectors on labelled recordings.

mod apart;
mod auto;
mod candidates;
mod disturbance;
mod noticed;
mod partition;
mod tried;

use judder_core::FeatureSet;
use judder_data::Progress;
use rayon::prelude::*;
use serde::Serialize;

pub use apart::{Apart, Area, apart, each_apart};
pub use auto::{Trial, choose};
pub use candidates::{candidates, few};
pub use disturbance::Disturbance;
use disturbance::disturbed;
pub use partition::{Part, Split};
pub(crate) use tried::Tried;

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::interval::{Interval, auc_interval, share_interval};
use crate::learner::Learner;
use crate::method::Method;
use crate::options::Options;
use crate::prepare::Prepared;
use crate::{auc, average};

/// A feature set and a detector.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What is computed from a window.
    pub features: FeatureSet,
    /// What is fitted to it.
    pub method: Method,
}

/// What a candidate is worth on one split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worth {
    /// The name of the split.
    pub split: &'static str,
    /// The area under the ROC curve: the mean over the anomalous states, and over the parts of the
    /// split, each counting by its windows.
    pub auc: f64,
    /// Its 95 % confidence interval, windows being taken for independent.
    pub auc_interval: Option<Interval>,
    /// The same of scores averaged over consecutive windows, where that was asked for.
    pub averaged_auc: Option<f64>,
    /// Normal windows that were judged, in all parts together.
    pub normal_windows: usize,
    /// The share of these above thresholds from the windows fitted to.
    pub false_alarm_rate: f64,
    /// Its 95 % confidence interval.
    pub false_alarm_interval: Option<Interval>,
    /// The share of anomalous windows above these thresholds.
    pub detected: f64,
}

/// A candidate, and what it is worth on each split; or why it cannot be fitted.
pub type Compared = (Candidate, Result<Vec<Worth>, TrainError>);

/// How candidates are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The options of training, but for features and method.
    pub options: Options,
    /// The ways to part the normal windows; one that leaves nothing to judge is passed over.
    pub splits: Vec<Split>,
    /// Over how many consecutive windows scores are averaged, beside single windows.
    pub average: Option<usize>,
}

impl Comparison {
    /// What each candidate is worth on normal recordings and the anomalies of each state; `done` is
    /// called after each candidate.
    ///
    /// Only normal windows are ever fitted to or give a threshold.
    pub fn run(
        &self,
        normal: &Baseline,
        anomalies: &[Baseline],
        candidates: &[Candidate],
        done: &dyn Progress,
    ) -> Vec<Compared> {
        let parts: usize = self.splits.iter().map(Split::count).sum();
        done.begin("comparing candidates", candidates.len() * (1 + parts));
        candidates
            .par_iter()
            .map(|candidate| {
                let worth = self.worth(normal.clone(), anomalies.to_vec(), candidate, done);
                (candidate.clone(), worth)
            })
            .collect()
    }

    fn worth(
        &self,
        mut normal: Baseline,
        mut anomalies: Vec<Baseline>,
        candidate: &Candidate,
        done: &dyn Progress,
    ) -> Result<Vec<Worth>, TrainError> {
        let Candidate { features, method } = candidate.clone();
        let options = &Options { features, method, ..self.options.clone() };
        options.check()?;
        let prepared = Prepared::of(&mut normal, options)?;
        let states = anomalies
            .iter_mut()
            .map(|state| Ok(prepared.features_of(state, options)?.table.values))
            .collect::<Result<Vec<_>, TrainError>>()?;
        done.step();
        let options = &options.with_rate(prepared.binding)?;
        let learner = Learner { prepared: &prepared, options, done: &|| () };
        let Prepared { table, folders, rows, .. } = &prepared;
        self.splits
            .iter()
            .map(|split| (split, split.parts(rows, folders, &table.recordings)))
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(split, parts)| {
                let judged = parts
                    .par_iter()
                    .map(|part| {
                        let judged = self.judge(&learner, part, &states);
                        done.step();
                        judged
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(summary(split, &judged, rows.len()))
            })
            .collect()
    }

    fn judge(
        &self,
        learner: &Learner<'_>,
        part: &Part,
        states: &[Vec<f64>],
    ) -> Result<Judged, TrainError> {
        let Prepared { table, folders, .. } = learner.prepared;
        let detector = learner.fit(&part.fit)?.detector();
        let limit = learner.calibrate(&learner.unseen(&part.fit)?)?;
        let normal = learner.scores_of(&detector, &part.test)?;
        let states = states
            .iter()
            .map(|values| learner.scores(&detector, values.chunks_exact(table.columns)))
            .collect::<Result<Vec<_>, _>>()?;
        let mean = |normal: &[f64], states: &[Vec<f64>]| {
            let areas: Vec<f64> = states.iter().filter_map(|one| auc(normal, one)).collect();
            areas.iter().sum::<f64>() / areas.len() as f64
        };
        let averaged = self.average.map(|k| {
            let rows: Vec<(usize, f64)> =
                part.test.iter().copied().zip(normal.iter().copied()).collect();
            let normal = average::of_runs(&rows, folders, k);
            let states: Vec<Vec<f64>> =
                states.iter().map(|one| average::moving_mean(one, k)).collect();
            mean(&normal, &states)
        });
        let above = |scores: &[f64]| scores.iter().filter(|score| **score > limit.value).count();
        Ok(Judged {
            auc: mean(&normal, &states),
            averaged,
            normal: normal.len(),
            false_alarms: above(&normal),
            anomalies: states.iter().map(Vec::len).sum(),
            detected: states.iter().map(|one| above(one)).sum(),
        })
    }
}

/// What came of one part.
struct Judged {
    auc: f64,
    averaged: Option<f64>,
    normal: usize,
    false_alarms: usize,
    anomalies: usize,
    detected: usize,
}

fn summary(split: &Split, judged: &[Judged], rows: usize) -> Worth {
    let normal: usize = judged.iter().map(|one| one.normal).sum();
    let weighted = |of: &dyn Fn(&Judged) -> f64| {
        judged.iter().map(|one| of(one) * one.normal as f64).sum::<f64>() / normal as f64
    };
    let auc = weighted(&|one| one.auc);
    let anomalies = judged.first().map_or(0, |one| one.anomalies);
    // Shuffled parts judge the same windows again and again.
    let different = normal.min(rows);
    let false_alarms: usize = judged.iter().map(|one| one.false_alarms).sum();
    let rate = false_alarms as f64 / normal as f64;
    let interval = share_interval((rate * different as f64).round() as usize, different);
    let averaged: Vec<f64> = judged.iter().filter_map(|one| one.averaged).collect();
    Worth {
        split: split.name(),
        auc,
        auc_interval: auc_interval(auc, different, anomalies),
        averaged_auc: (!averaged.is_empty() && averaged.iter().all(|area| area.is_finite()))
            .then(|| averaged.iter().sum::<f64>() / averaged.len() as f64),
        normal_windows: normal,
        false_alarm_rate: rate,
        false_alarm_interval: interval,
        detected: weighted(&|one| one.detected as f64 / one.anomalies.max(1) as f64),
    }
}
