//! The score of every window, of an evaluation and of a training.

use std::fs;
use std::path::{Path, PathBuf};

use judder_data::{Located, sources};
use judder_model::{Model, Precision, Rule};
use judder_train::{
    EvaluationOptions, Options, ScoredState, ScoredWindow, Trained, WatchOptions, evaluate,
    evaluate_windows, judge, rebaseline_on, threshold, train, train_on,
};

use crate::windows::{
    USUAL, baseline, folder, geometric_mean, judged, moved, noise, usual, written,
};

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
            evaluate_windows(&model, &normal, &anomaly, asked.clone(), || ()).unwrap();
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

/// Each fifth in time scored by a model of the others, by hand.
#[test]
fn normal_windows_are_scored_by_fits_that_had_not_seen_them() {
    let all = usual("normal", 0, 100);
    let trained = train_on(baseline(all.clone()), None, &Options::default()).unwrap();
    let [state] = trained.scored.as_slice() else { panic!("{:?}", trained.scored) };
    assert_eq!((&*state.state, state.anomaly), ("normal", false));
    assert!(state.recordings.iter().eq(all.iter().map(|one| &one.path)));
    for fifth in 0..5 {
        let block = fifth * 20..(fifth + 1) * 20;
        let outside = [&all[..block.start], &all[block.end..]].concat();
        let model = train_on(baseline(outside), None, &Options::default()).unwrap().model;
        let inside = judged(&model, &all[block.clone()]);
        for ((at, window), one) in block.clone().zip(&state.windows[block]).zip(inside) {
            let score = one.windows.unwrap()[0].score;
            assert_eq!((window.recording, window.start, window.score), (at, 0, score));
        }
    }
}

/// So many of `n` scores are above the one of rank `(n + 1)(1 - rate)`.
fn above_conformal(n: usize, rate: f64) -> usize {
    ((n + 1) as f64 * rate).ceil() as usize - 1
}

fn the_threshold_is_from(trained: &Trained, rate: f64) {
    let windows = pooled(&trained.scored, false);
    let found = trained.model.threshold();
    let limit = threshold(Rule::Conformal, rate, &scores(&windows), 1, Precision::F32).unwrap();
    assert_eq!(limit.windows, found.windows);
    assert!((found.value / limit.value - 1.0).abs() < 1e-6, "{found:?} {limit:?}");
    let above = windows.iter().filter(|window| window.above).count();
    assert!(above <= above_conformal(windows.len(), rate), "{above}");
    let all = trained.scored.iter().flat_map(|state| &state.windows);
    assert!(all.clone().all(|window| window.above == (window.score > found.value)));
}

#[test]
fn averaged_normal_windows_are_the_last_of_their_runs() {
    let all = || baseline([stronger("one", 0, 40, 1.0), usual("two", 500, 20)].concat());
    let by_window = train_on(all(), None, &options(1)).unwrap();
    let averaged = train_on(all(), None, &options(3)).unwrap();
    for trained in [&by_window, &averaged] {
        let names: Vec<&str> = trained.scored.iter().map(|state| &*state.state).collect();
        assert_eq!((names, trained.handled), (vec!["one", "two"], 1));
        the_threshold_is_from(trained, 0.05);
    }
    for (at, count) in [(0, 40), (1, 20)] {
        let (own, state) = (&by_window.scored[at], &averaged.scored[at]);
        assert_eq!((own.recordings.len(), &own.recordings), (count, &state.recordings));
        let mut expected = all_places(count);
        let handled = if at == 0 { expected.iter().position(|one| *one == HANDLED) } else { None };
        if let Some(handled) = handled {
            expected.remove(handled);
        }
        assert_eq!(places(own), expected);
        // The row at which a run of windows without a gap begins.
        let runs = [Some(0), handled];
        let ends = |row: usize| runs.iter().flatten().all(|&run| row < run || row >= run + 2);
        let ends: Vec<usize> = (0..expected.len()).filter(|&row| ends(row)).collect();
        assert_eq!(places(state), ends.iter().map(|&row| expected[row]).collect::<Vec<_>>());
        for (window, end) in state.windows.iter().zip(ends) {
            let mean = geometric_mean(&scores(&own.windows[end - 2..=end]));
            assert!((window.score / mean - 1.0).abs() < ROUNDED, "{window:?} {mean}");
        }
    }
}

#[test]
fn anomalies_are_scored_by_the_model_that_is_written() {
    let folders = Folders::new();
    let (normal, anomaly) = (folders.paths(["learnt"]), folders.paths(["weak", "strong"]));
    for average in [1, 3] {
        let trained = train(&normal, &anomaly, &options(average)).unwrap();
        let file = folders.path("model.json");
        fs::write(&file, trained.model.to_json()).unwrap();
        let model = Model::read(&file).unwrap();
        let [learnt, anomalies @ ..] = trained.scored.as_slice() else { panic!("no states") };
        assert_eq!((learnt.anomaly, learnt.windows.len()), (false, 60 * 3 - (average - 1)));
        assert_eq!(anomalies.len(), 2);
        for (state, folder) in anomalies.iter().zip(&anomaly) {
            assert_eq!((&state.state, state.anomaly), (&folder.display().to_string(), true));
            let expected = judged_scores(&model, folder);
            let found = named(state);
            if average == 1 {
                assert_eq!(found, expected);
                continue;
            }
            assert_eq!(found.len(), expected.len() - 2);
            for (last, run) in found.iter().zip(expected.windows(3)) {
                let mean = geometric_mean(&[run[0].2, run[1].2, run[2].2]);
                assert_eq!((&last.0, last.1), (&run[2].0, run[2].1));
                assert!((last.2 / mean - 1.0).abs() < ROUNDED, "{last:?} {mean}");
            }
        }
        if average == 1 {
            let below = pooled(anomalies, true).iter().filter(|window| !window.above).count();
            assert_eq!(below, trained.model.figures()[0].missed);
            assert!(below > 0);
        }
    }
}

#[test]
fn a_new_baseline_has_its_windows_too() {
    let old = train_on(baseline(usual("old", 0, 60)), None, &options(1)).unwrap().model;
    let new = rebaseline_on(&old, baseline(stronger("new", 500, 40, 1.0)), false).unwrap();
    let [state] = new.scored.as_slice() else { panic!("{:?}", new.scored) };
    assert_eq!((&*state.state, state.anomaly, state.windows.len()), ("new", false, 40 * 3 - 1));
    the_threshold_is_from(&new, 0.05);
}
