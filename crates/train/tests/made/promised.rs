//! What a model promises as it is served: alerts of normal windows, and what a server says of each state.

use std::fs;
use std::path::{Path, PathBuf};

use judder_data::simulate::{Fan, Run, State, Turn};
use judder_data::store::write_folder;
use judder_model::{Rule, Watcher, Watching};
use judder_train::{
    Evaluation, EvaluationOptions, Options, Trained, WatchOptions, evaluate, judge, train,
};

/// A folder of recordings of the fan, from so many on.
fn made(
    within: &Path,
    name: &str,
    state: &str,
    run: &Run,
    numbers: std::ops::Range<u64>,
) -> PathBuf {
    let (fan, state): (Fan, State) = (Fan::new(1), state.parse().unwrap());
    let recordings: Vec<_> =
        numbers.map(|at| fan.recording_of(run, state, at, 200.0, 200).unwrap()).collect();
    let folder = within.join(name);
    fs::create_dir(&folder).unwrap();
    write_folder(&folder, &recordings, |_, entry| entry).unwrap();
    folder
}

/// A fan: what is learnt, what is normal later, one with a coin, and one with a coin whose sensor lies otherwise.
struct Made {
    _room: tempfile::TempDir,
    learnt: PathBuf,
    later: PathBuf,
    coin: PathBuf,
    turned: PathBuf,
}

impl Made {
    fn new() -> Self {
        let room = tempfile::tempdir().unwrap();
        let none = Run::default();
        let aside =
            Run { turn: Some(Turn { at: 0, degrees: 20.0, decibels: 0.0 }), ..Run::default() };
        let folder = |name, state, run, numbers| made(room.path(), name, state, run, numbers);
        Self {
            learnt: folder("learnt", "low", &none, 0..60),
            later: folder("later", "low", &none, 60..160),
            coin: folder("coin", "low+coin", &none, 0..30),
            turned: folder("turned", "low+coin", &aside, 0..30),
            _room: room,
        }
    }

    fn train(&self, options: &Options) -> Trained {
        let anomalies = [self.coin.clone(), self.turned.clone()];
        train(std::slice::from_ref(&self.learnt), &anomalies, options).unwrap()
    }

    fn evaluate(&self, trained: &Trained) -> Evaluation {
        let anomalies = [self.coin.clone(), self.turned.clone()];
        let options =
            EvaluationOptions { windows_per_day: Some(86_400.0), ..EvaluationOptions::default() };
        let normal = std::slice::from_ref(&self.later);
        evaluate(&trained.model, normal, &anomalies, options, || ()).unwrap()
    }
}

/// An anomalous state whose windows are all above the threshold, and of which a server would say nothing but that the sensor
/// was mounted anew, is not one that it tells of.
#[test]
fn a_state_that_is_remounted_raises_no_alert() {
    let made = Made::new();
    let trained = made.train(&Options::default());
    let evaluation = made.evaluate(&trained);
    let [_, coin, turned] = evaluation.states.as_slice() else { panic!("{evaluation:?}") };
    assert!(coin.above_share > 0.9 && turned.above_share > 0.9, "{coin:?} {turned:?}");
    // Three of the first windows are needed.
    assert_eq!((coin.served.alerts, coin.served.first_alert_after), (1, Some(3)));
    assert_eq!((coin.served.normal, coin.served.anomaly), (2, 28));
    let served = turned.served;
    assert_eq!((served.alerts, served.first_alert_after), (0, None));
    assert_eq!((served.remounted, served.windows(), served.excused), (30, 30, turned.above));
    // The training says the same of them.
    let told: Vec<_> = trained.served.iter().map(|(_, served)| *served).collect();
    assert_eq!(told, [coin.served, turned.served]);
    assert!(trained.served[1].0.ends_with("turned"));
}

/// Alerts of normal windows are those of a watch by 3 of 5 votes that sees them in order.
#[test]
fn alerts_of_normal_windows_are_those_of_a_watch_with_votes() {
    let made = Made::new();
    // A threshold that some windows are above.
    let all = made.train(&Options { rule: Rule::None, ..Options::default() });
    let sources = judder_data::sources(&made.later).unwrap();
    let scores: Vec<f64> = judge(&all.model, &sources, None, || ())
        .into_iter()
        .flat_map(|source| source.unwrap())
        .flat_map(|one| one.windows.unwrap())
        .map(|window| window.score)
        .collect();
    let mut sorted = scores.clone();
    sorted.sort_by(f64::total_cmp);
    let limit = sorted[60];
    let trained = made.train(&Options { rule: Rule::Given(limit), ..Options::default() });
    let evaluation = made.evaluate(&trained);
    let promise = evaluation.alerts.unwrap();
    // Votes worked by hand, and an alert that five windows without an alarm end.
    let (mut alerts, mut open, mut well) = (0, false, 0);
    for at in 0..scores.len() {
        let last = &scores[(at + 1).saturating_sub(5)..=at];
        if last.iter().filter(|score| **score > limit).count() >= 3 {
            alerts += usize::from(!open);
            (open, well) = (true, 0);
        } else {
            well += 1;
            open &= well < 5;
        }
    }
    assert!(alerts > 1, "{alerts}");
    assert_eq!((promise.alerts, promise.windows), (alerts, 100));
    let (days, found) = (100.0 / 86_400.0, promise.alerts_per_day);
    assert!((found - alerts as f64 / days).abs() < 1e-6, "{found}");
    assert!(promise.alerts_per_day_at_most > found);
}

/// With no alert in so many windows, a day has at most 2.996 times as many as such stretches are in it.
#[test]
fn normal_windows_bound_what_is_promised() {
    let made = Made::new();
    let trained = made.train(&Options::default());
    let promise = made.evaluate(&trained).alerts.unwrap();
    assert_eq!((promise.alerts, promise.windows, promise.votes, promise.of), (0, 100, 3, 5));
    assert!((promise.alerts_per_day_at_most / (2.995_732 * 864.0) - 1.0).abs() < 1e-6);
    let none = made.train(&Options { rule: Rule::None, ..Options::default() });
    assert_eq!((none.alerts, made.evaluate(&none).alerts), (None, None));
}

/// Every folder of a training is watched by itself, and what no window is above raises nothing.
#[test]
fn a_training_counts_alerts_folder_by_folder() {
    let made = Made::new();
    let normal = [made.learnt.clone(), made.later.clone()];
    let of = |options: Options| train(&normal, &[], &options).unwrap().alerts.unwrap();
    let always = of(Options { rule: Rule::Given(1e-3), ..Options::default() });
    assert_eq!((always.alerts, always.windows), (2, 160));
    let never = of(Options { rule: Rule::Given(1e9), ..Options::default() });
    assert_eq!((never.alerts, never.windows), (0, 160));
    // One a second.
    assert!((never.alerts_per_day_at_most / (2.995_732 * 540.0) - 1.0).abs() < 1e-6);
}

/// A model that decides on several windows is served as it says.
#[test]
fn what_a_model_says_of_votes_stands() {
    let made = Made::new();
    let watch = WatchOptions { votes: (2, 4), ..WatchOptions::default() };
    let trained = made.train(&Options { watch, ..Options::default() });
    let evaluation = made.evaluate(&trained);
    let coin = evaluation.states[1].served;
    assert_eq!((coin.alerts, coin.first_alert_after), (1, Some(2)));
    let promise = evaluation.alerts.unwrap();
    assert_eq!((promise.votes, promise.of), (2, 4));
    assert_eq!(trained.alerts.map(|one| (one.votes, one.of)), Some((2, 4)));
    assert_eq!(trained.model.watching().served(), *trained.model.watching());
    // And one that decides window by window is served by votes.
    let plain = Watching::default().served();
    assert_eq!((plain.votes, plain.of, plain.clear), (3, 5, 1.0));
    assert!(Watcher::new(&trained.model, &plain).is_ok());
}
