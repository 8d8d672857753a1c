//! The score of every window, of an evaluation.

use std::fs;
use std::path::{Path, PathBuf};

use judder_data::{Located, sources};
use judder_model::Model;
use judder_train::{
    EvaluationOptions, Options, ScoredState, ScoredWindow, WatchOptions, evaluate,
    evaluate_windows, judge, train_on,
};

use crate::windows::{USUAL, baseline, folder, moved, noise, usual, written};

/// Where the windows of a recording start.
const STARTS: [usize; 3] = [0, 32, 64];

/// The recording of a folder, and the window of it, in which the sensor is moved.
const HANDLED: (usize, usize) = (7, 32);

/// What the order of a sum may change in a mean of logarithms.
const ROUNDED: f64 = 1e-12;

fn options(average: usize) -> Options {
    let watch = WatchOptions { average, ..WatchOptions::default() };
    Options { window: Some(64), hop: Some(32), false_alarm_rate: 0.05, watch, ..Options::default() }
}

/// Recordings that vibrate so much more than usual; in one of them the sensor is moved.
fn stronger(name: &str, first: u64, count: u64, times: f64) -> Vec<Located> {
    let mut all = folder(name, count, |at| noise(first + at, USUAL.map(|sd| times * sd)));
    all[HANDLED.0].recording = moved(&all[HANDLED.0].recording);
    all
}

/// Folders on disk: what is learnt, what is normal later, and two kinds of anomalies.
struct Folders(tempfile::TempDir);

impl Folders {
    fn new() -> Self {
        let folders = Self(tempfile::tempdir().unwrap());
        for (name, recordings) in [
            ("learnt", usual("learnt", 0, 60)),
            ("normal", stronger("normal", 1000, 20, 1.0)),
            ("weak", stronger("weak", 2000, 10, 1.05)),
            ("strong", stronger("strong", 3000, 15, 1.3)),
        ] {
            fs::create_dir(folders.path(name)).unwrap();
            written(&folders.path(name), &recordings);
        }
        folders
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn paths<const N: usize>(&self, names: [&str; N]) -> [PathBuf; N] {
        names.map(|name| self.path(name))
    }
}

fn places(state: &ScoredState) -> Vec<(usize, usize)> {
    state.windows.iter().map(|window| (window.recording, window.start)).collect()
}

/// The places of all windows of so many recordings, in time order.
fn all_places(recordings: usize) -> Vec<(usize, usize)> {
    (0..recordings).flat_map(|one| STARTS.map(|start| (one, start))).collect()
}

/// The scores of all windows of a folder, by the way of `judder score`.
fn judged_scores(model: &Model, folder: &Path) -> Vec<(PathBuf, usize, f64)> {
    judge(model, &sources(folder).unwrap(), None, || ())
        .into_iter()
        .flat_map(Result::unwrap)
        .flat_map(|one| {
            let path = one.path;
            one.windows.unwrap().into_iter().map(move |two| (path.clone(), two.start, two.score))
        })
        .collect()
}

fn named(state: &ScoredState) -> Vec<(PathBuf, usize, f64)> {
    let one = |window: &ScoredWindow| {
        (state.recordings[window.recording].clone(), window.start, window.score)
    };
    state.windows.iter().map(one).collect()
}

/// The share of pairs in which the anomaly scores higher; a tie is half a pair.
fn area(normal: &[f64], anomaly: &[f64]) -> f64 {
    let pair = |n: &f64, a: &f64| if a > n { 1.0 } else { f64::from(u8::from(a == n)) / 2.0 };
    let pairs = normal.iter().flat_map(|n| anomaly.iter().map(move |a| pair(n, a)));
    pairs.sum::<f64>() / (normal.len() * anomaly.len()) as f64
}

fn pooled(states: &[ScoredState], anomaly: bool) -> Vec<ScoredWindow> {
    let of = states.iter().filter(|state| state.anomaly == anomaly);
    of.flat_map(|state| state.windows.clone()).collect()
}

fn scores(windows: &[ScoredWindow]) -> Vec<f64> {
    windows.iter().map(|window| window.score).collect()
}

#[test]
fn the_figures_of_an_evaluation_are_those_of_its_windows() {
    let folders = Folders::new();
    let (normal, anomaly) =
        (folders.paths(["learnt", "normal"]), folders.paths(["strong", "weak"]));
    for average in [1, 3] {
        let model = train_on(baseline(usual("learnt", 0, 60)), None, &options(average)).unwrap();
        let (model, asked) = (model.model, EvaluationOptions::default());
        let (evaluation, states) =
            evaluate_windows(&model, &normal, &anomaly, asked, || ()).unwrap();
        assert_eq!(evaluate(&model, &normal, &anomaly, asked, || ()).unwrap(), evaluation);
        assert_eq!((evaluation.seen_left_out, evaluation.seen_only), (60, false));
        let expected = [("normal", false), ("strong", true), ("weak", true)];
        assert_eq!((states.len(), evaluation.states.len()), (3, 3));
        for ((state, row), (name, anomaly)) in states.iter().zip(&evaluation.states).zip(expected) {
            let path = folders.path(name).display().to_string();
            assert_eq!((&state.state, state.anomaly), (&path, anomaly));
            assert_eq!((&row.state, row.anomaly), (&path, anomaly));
            assert_eq!(
                (state.recordings.len(), state.windows.len()),
                (row.recordings, row.windows)
            );
            assert_eq!(state.windows.iter().filter(|one| one.above).count(), row.above, "{name}");
            assert_eq!((row.above, row.handled), (state.above(), 1), "{name}");
        }
        let (normal, anomaly) = (pooled(&states, false), pooled(&states, true));
        let above = |windows: &[ScoredWindow]| windows.iter().filter(|window| window.above).count();
        assert_eq!(evaluation.false_positives, above(&normal));
        assert_eq!(evaluation.true_negatives, normal.len() - above(&normal));
        assert_eq!(evaluation.true_positives, above(&anomaly));
        assert_eq!(evaluation.false_negatives, anomaly.len() - above(&anomaly));
        let found = area(&scores(&normal), &scores(&anomaly));
        assert!((0.6..1.0).contains(&found), "{found}");
        assert!((evaluation.auc.unwrap() - found).abs() < ROUNDED, "{evaluation:?}");
        let limit = model.threshold().value;
        assert!(normal.iter().chain(&anomaly).all(|one| one.above == (one.score > limit)));
        assert!(0 < above(&anomaly) && above(&anomaly) < anomaly.len());
    }
}

#[test]
fn the_windows_of_an_evaluation_are_where_they_were_recorded() {
    let folders = Folders::new();
    let model = train_on(baseline(usual("learnt", 0, 60)), None, &options(1)).unwrap().model;
    let (normal, anomaly) = (folders.paths(["normal"]), folders.paths(["strong", "weak"]));
    let (_, states) =
        evaluate_windows(&model, &normal, &anomaly, EvaluationOptions::default(), || ()).unwrap();
    for state in &states {
        let mut expected = all_places(state.recordings.len());
        expected.retain(|place| *place != HANDLED);
        assert_eq!(places(state), expected, "{}", state.state);
        let mut expected = judged_scores(&model, Path::new(&state.state));
        let handled = &state.recordings[HANDLED.0];
        expected.retain(|(path, start, _)| (path, *start) != (handled, HANDLED.1));
        assert_eq!(named(state), expected, "{}", state.state);
    }
}
