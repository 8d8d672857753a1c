//! Judging a model on labelled recordings.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use judder_core::{Error, Unit, Verdict};
use judder_data::{Cut, Piece, ReadOptions, Recording, Source, map_recordings, sources, split};
use judder_model::{Misfit, Model, Problem, Rule, Scored, Scorer};
use serde::Serialize;

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::fingerprint::{fingerprint, short};
use crate::follow::follow;
use crate::interval::{Interval, auc_interval, share_interval};
use crate::pace::Pace;
use crate::promise::{Promise, Served, promise, served};
use crate::roc::{auc, true_positive_rate};
use crate::scored::{ScoredState, ScoredWindow};
use crate::sweep::{self, SweepRow};
use crate::unit::{check_given, in_unit_of, named};

/// A recording and the scores of its windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The recording.
    pub path: PathBuf,
    /// Its windows in time order, or why it has no score.
    pub windows: Result<Vec<Scored>, Misfit>,
    /// Whether the model was fitted to it.
    pub seen: bool,
}

/// Scores every recording of the sources on all threads; results stand in their order.
///
/// `rate_hz` is the sample rate of recordings that tell none. `done` is called once a source.
pub fn judge(
    model: &Model,
    sources: &[Source],
    rate_hz: Option<f64>,
    done: impl Fn() + Sync,
) -> Vec<Result<Vec<Judged>, judder_data::DataError>> {
    judge_with(model, sources, rate_hz, |_| false, done)
}

fn judge_with(
    model: &Model,
    sources: &[Source],
    rate_hz: Option<f64>,
    seen: impl Fn(&Recording) -> bool + Sync,
    done: impl Fn() + Sync,
) -> Vec<Result<Vec<Judged>, judder_data::DataError>> {
    let (scorer, scale) = (Scorer::new(model), model.scale());
    map_recordings(
        sources,
        |located| {
            let recording = in_unit_of(model, &located.recording);
            let rate_hz = recording.rate_hz().or(rate_hz);
            Judged {
                path: located.path.clone(),
                windows: scorer
                    .score(recording.values(), recording.axes(), rate_hz)
                    .map_err(|misfit| named(misfit, &located.recording, &scale)),
                seen: seen(&recording),
            }
        },
        done,
    )
}

/// The same of recordings that are known, as they are in the unit of all.
///
/// # Errors
/// Where a file cannot be read any more.
pub(crate) fn judged(model: &Model, recordings: &Baseline) -> Result<Vec<Judged>, TrainError> {
    let (scorer, scale) = (Scorer::new(model), model.scale());
    let mut all = Vec::with_capacity(recordings.recordings.len());
    let judge = |piece: &Piece| {
        let recording = in_unit_of(model, &piece.recording);
        let windows = scorer.score(recording.values(), recording.axes(), recording.rate_hz());
        let windows = windows.map_err(|misfit| named(misfit, &recording, &scale));
        Judged { path: piece.path.clone(), windows, seen: false }
    };
    recordings.pass(Cut::whole(), &recordings.all(), judge, |_, one| all.push(one))?;
    Ok(all)
}

/// What one state's windows are like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StateRow {
    /// The folder of its recordings.
    pub state: String,
    /// Whether its windows ought to be anomalies.
    pub anomaly: bool,
    /// Recordings that were scored.
    pub recordings: usize,
    /// Windows that were scored.
    pub windows: usize,
    /// Windows in which the sensor was moved, which were not judged.
    pub handled: usize,
    /// Windows that a watch would not judge, as the sensor is mounted in another way.
    pub remounted: usize,
    /// Windows that a watch would not judge, as the machine stands still, or settles after it did.
    pub idle: usize,
    /// Windows above the threshold that a watch would excuse, as handled or remounted.
    pub excused: usize,
    /// What a server would say of its windows.
    pub served: Served,
    /// Windows above the threshold.
    pub above: usize,
    /// The share of windows above the threshold.
    pub above_share: f64,
    /// Its 95 % confidence interval.
    pub above_interval: Option<Interval>,
    /// The middle score.
    pub median_score: f64,
    /// For an anomaly: the area under the ROC curve against all normal windows.
    pub auc: Option<f64>,
    /// Its 95 % confidence interval.
    pub auc_interval: Option<Interval>,
}

/// What a model is worth on labelled recordings. Windows are counted, not recordings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// A score above this is an anomaly.
    pub threshold: f64,
    /// A row for each state, normal ones first.
    pub states: Vec<StateRow>,
    /// Normal windows not above the threshold.
    pub true_negatives: usize,
    /// Normal windows above the threshold.
    pub false_positives: usize,
    /// Anomalous windows not above the threshold.
    pub false_negatives: usize,
    /// Anomalous windows above the threshold.
    pub true_positives: usize,
    /// The alerts that a server would raise on the normal windows; none of a model without a threshold.
    pub alerts: Option<Promise>,
    /// The share of normal windows above the threshold.
    pub false_alarm_rate: Option<f64>,
    /// Its 95 % confidence interval.
    pub false_alarm_interval: Option<Interval>,
    /// Windows that are judged in a day: as given, else one each hop of the model.
    pub windows_per_day: f64,
    /// False alarms in a day of so many windows.
    pub false_alarms_per_day: Option<f64>,
    /// Its 95 % confidence interval.
    pub false_alarms_per_day_interval: Option<Interval>,
    /// The area under the ROC curve of all anomalies against all normal windows.
    pub auc: Option<f64>,
    /// Its 95 % confidence interval.
    pub auc_interval: Option<Interval>,
    /// The share of anomalies above the threshold that 1 % of the normal windows lie above.
    pub true_positive_rate_at_1_percent: Option<f64>,
    /// What other thresholds would be worth, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Vec<SweepRow>>,
    /// The unit that was given for recordings that name none.
    #[serde(skip)]
    pub unit: Option<Unit>,
    /// How the files were read.
    #[serde(skip)]
    pub files: Arc<ReadOptions>,
    /// Normal recordings that the model was fitted to, and that were left out for it.
    pub seen_left_out: usize,
    /// Whether all normal recordings are ones the model was fitted to: then nothing could be left
    /// out, and the false-alarm rate is too good to be true.
    pub seen_only: bool,
    /// Why recordings were left out, each reason naming its file.
    pub left_out: Vec<String>,
}

/// The windows of one state.
struct State {
    scored: ScoredState,
    /// What a server says of them.
    served: Served,
}

/// How a model is judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EvaluationOptions {
    /// How the files are read.
    pub files: Arc<ReadOptions>,
    /// The sample rate of recordings that tell none; else the model's.
    pub rate_hz: Option<f64>,
    /// The unit of the readings where nothing names it; else the model's.
    pub unit: Option<Unit>,
    /// Whether recordings that cannot be used are left out rather than refused.
    pub skip_bad: bool,
    /// Windows that are judged in a day; else one each hop of the model.
    pub windows_per_day: Option<f64>,
    /// Whether other thresholds are looked at, too.
    pub sweep: bool,
}

/// Judges a model on normal and anomalous recordings. Normal recordings that it was fitted to are
/// left out, unless there are no others.
///
/// # Errors
/// A [`TrainError`] that names the recording, unless it may be left out.
pub fn evaluate(
    model: &Model,
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: EvaluationOptions,
    done: impl Fn() + Sync,
) -> Result<Evaluation, TrainError> {
    evaluate_windows(model, normal, anomaly, options, done).map(|(evaluation, _)| evaluation)
}

/// As [`evaluate`], with the windows that the figures are of: those of each state, in the order of
/// [`Evaluation::states`]. Handled windows are not judged, and not among them.
///
/// # Errors
/// Those of [`evaluate`].
pub fn evaluate_windows(
    model: &Model,
    normal: &[PathBuf],
    anomaly: &[PathBuf],
    options: EvaluationOptions,
    done: impl Fn() + Sync,
) -> Result<(Evaluation, Vec<ScoredState>), TrainError> {
    let EvaluationOptions { files, rate_hz, unit, skip_bad, windows_per_day, sweep } = options;
    check_given(unit, model)?;
    // False alarms on what a threshold is from say as little as those on what a detector was fitted to.
    let calibrated = model.recalibration().map_or("", |one| &one.seen);
    let fitted: HashSet<&str> =
        prints(&model.provenance().seen).chain(prints(calibrated)).collect();
    let seen = |recording: &Recording| fitted.contains(short(&fingerprint(recording)).as_str());
    let mut left_out = Vec::new();
    let mut read = |paths: &[PathBuf], seen: &(dyn Fn(&Recording) -> bool + Sync)| {
        let mut all = Vec::new();
        for path in paths {
            let sources: Vec<Source> =
                sources(path)?.into_iter().map(|one| one.with(&files).or_unit(unit)).collect();
            let judged = judge_with(model, &sources, rate_hz, seen, &done);
            all.extend(usable(judged, skip_bad, &mut left_out)?);
        }
        Ok::<_, TrainError>(all)
    };
    let mut normals = read(normal, &seen)?;
    let anomalies = read(anomaly, &|_| false)?;
    let seen_recordings = normals.iter().filter(|one| one.seen).count();
    let seen_only = seen_recordings > 0 && seen_recordings == normals.len();
    if !seen_only {
        normals.retain(|one| !one.seen);
    }
    let wrong = |error: Error| Problem::Field { field: "watch", reason: error.to_string() };
    let mut states = group(model, &normals, false).map_err(wrong)?;
    states.extend(group(model, &anomalies, true).map_err(wrong)?);
    let limit = model.threshold();
    let windows_per_day = Pace::of(model.binding(), windows_per_day).windows_per_day();
    let normal = states.iter().filter(|state| !state.scored.anomaly).map(|state| &state.served);
    let alerts = promise(model, normal, windows_per_day);
    let mut evaluation = Evaluation { alerts, ..figures(&states, limit.value, windows_per_day) };
    if sweep {
        let of = |anomaly: bool| {
            states.iter().map(|state| &state.scored).filter(move |one| one.anomaly == anomaly)
        };
        let normal: Vec<f64> = of(false).flat_map(ScoredState::scores).collect();
        let anomalies: Vec<(&str, Vec<f64>)> =
            of(true).map(|one| (&*one.state, one.scores())).collect();
        let own = (limit.rule != Rule::None).then_some(limit.value);
        let rows = sweep::sweep(&normal, &anomalies, own, model.precision(), windows_per_day);
        evaluation.sweep = Some(rows.map_err(TrainError::Option)?);
    }
    let seen_left_out = if seen_only { 0 } else { seen_recordings };
    let evaluation = Evaluation { unit, files, seen_left_out, seen_only, left_out, ..evaluation };
    Ok((evaluation, states.into_iter().map(|state| state.scored).collect()))
}

/// The fingerprints in a model's list, which stand there one after the other.
pub(crate) fn prints(list: &str) -> impl Iterator<Item = &str> {
    (0..list.len() / 8).filter_map(|at| list.get(at * 8..at * 8 + 8))
}

fn usable(
    judged: Vec<Result<Vec<Judged>, judder_data::DataError>>,
    skip_bad: bool,
    left_out: &mut Vec<String>,
) -> Result<Vec<Judged>, TrainError> {
    let mut good = Vec::new();
    for result in judged {
        match result {
            Ok(recordings) => {
                for one in recordings {
                    match &one.windows {
                        Ok(_) => good.push(one),
                        Err(misfit) if skip_bad => {
                            left_out.push(format!("{}: {misfit}", one.path.display()));
                        }
                        Err(misfit) => {
                            let misfit = misfit.clone();
                            return Err(TrainError::Misfit { path: one.path, misfit });
                        }
                    }
                }
            }
            Err(error) if skip_bad => left_out.push(error.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(good)
}

/// The windows of each folder. What is asked is how well scores tell states apart, so they are all
/// judged, but for those in which the sensor was moved.
fn group(model: &Model, judged: &[Judged], anomaly: bool) -> Result<Vec<State>, Error> {
    let paths: Vec<&Path> = judged.iter().map(|one| one.path.as_path()).collect();
    let all: Vec<&Judged> = judged.iter().collect();
    let outcomes = follow(model, &model.watching().judging_all(), &all)?;
    let watched = follow(model, &model.watching().served(), &all)?;
    let state = |(folder, run): (&Path, Range<usize>)| {
        let windows = run.clone().enumerate().flat_map(|(recording, at)| {
            let windows = judged[at].windows.iter().flatten().zip(&outcomes[at]);
            let judged = windows.filter(|(_, outcome)| outcome.verdict != Verdict::Handled);
            judged.map(move |(window, outcome)| ScoredWindow {
                recording,
                start: window.start,
                score: outcome.score,
                above: outcome.verdict == Verdict::Anomaly,
            })
        });
        let recordings = paths[run.clone()].iter().copied();
        State {
            scored: ScoredState::new(folder, anomaly, recordings, windows.collect()),
            served: served(&watched[run]),
        }
    };
    Ok(split::folders(&paths).into_iter().map(state).collect())
}

fn figures(states: &[State], threshold: f64, windows_per_day: f64) -> Evaluation {
    let pool = |anomaly: bool| -> (Vec<f64>, usize) {
        let of = || states.iter().map(|state| &state.scored).filter(|one| one.anomaly == anomaly);
        (of().flat_map(ScoredState::scores).collect(), of().map(ScoredState::above).sum())
    };
    let ((normal, false_positives), (anomaly, true_positives)) = (pool(false), pool(true));
    let interval = |area: Option<f64>, anomalies: usize| {
        area.and_then(|area| auc_interval(area, normal.len(), anomalies))
    };
    let rows = states.iter().map(|State { scored, served }| {
        let (mut sorted, above) = (scored.scores(), scored.above());
        let area = if scored.anomaly { auc(&normal, &sorted) } else { None };
        let windows = sorted.len();
        sorted.sort_by(f64::total_cmp);
        StateRow {
            state: scored.state.clone(),
            anomaly: scored.anomaly,
            recordings: scored.recordings.len(),
            windows,
            handled: served.handled,
            remounted: served.remounted,
            idle: served.idle,
            excused: served.excused,
            served: *served,
            above,
            above_share: above as f64 / windows.max(1) as f64,
            above_interval: share_interval(above, windows),
            median_score: sorted.get(windows / 2).copied().unwrap_or(0.0),
            auc: area,
            auc_interval: interval(area, windows),
        }
    });
    let area = auc(&normal, &anomaly);
    let false_alarm_rate =
        (!normal.is_empty()).then(|| false_positives as f64 / normal.len() as f64);
    let false_alarm_interval = share_interval(false_positives, normal.len());
    Evaluation {
        threshold,
        states: rows.collect(),
        true_negatives: normal.len() - false_positives,
        false_positives,
        false_negatives: anomaly.len() - true_positives,
        true_positives,
        alerts: None,
        false_alarm_rate,
        false_alarm_interval,
        windows_per_day,
        false_alarms_per_day: false_alarm_rate.map(|rate| rate * windows_per_day),
        false_alarms_per_day_interval: false_alarm_interval
            .map(|interval| interval.times(windows_per_day)),
        auc: area,
        auc_interval: interval(area, anomaly.len()),
        true_positive_rate_at_1_percent: true_positive_rate(&normal, &anomaly, 0.01),
        sweep: None,
        unit: None,
        files: Arc::default(),
        seen_left_out: 0,
        seen_only: false,
        left_out: Vec::new(),
    }
}
