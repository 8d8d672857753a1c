//! What is learnt of when a window is not judged, and how scores are decided on.

use judder_core::{Decision, Gates, Posture, Verdict, Watch};
use judder_data::Located;
use judder_model::{Model, Outcome, Precision, Rule, Turned};
use judder_train::{
    Judged, Options, TrainError, Trained, WatchOptions, follow, threshold, train_on,
};

use crate::windows::{
    USUAL, baseline, each, folder, geometric_mean, judged, moved, noise, turned, usual, written,
};

fn trained(recordings: Vec<Located>, options: &Options) -> Trained {
    train_on(baseline(recordings), None, options).unwrap()
}

/// What comes of recordings by the model's own watching.
fn outcomes(model: &Model, recordings: &[Located]) -> Vec<Outcome> {
    let judged = judged(model, recordings);
    let all: Vec<&Judged> = judged.iter().collect();
    follow(model, model.watching(), &all).unwrap().concat()
}

fn count(outcomes: &[Outcome], verdict: Verdict) -> usize {
    outcomes.iter().filter(|one| one.verdict == verdict).count()
}

fn count_of(model: &Model, recordings: &[Located], verdict: Verdict) -> usize {
    count(&outcomes(model, recordings), verdict)
}

#[test]
fn windows_in_which_the_sensor_is_moved_are_set_aside() {
    let mut all = usual("normal", 0, 120);
    let hand = |at: usize| at % 24 == 5;
    let others: Vec<Located> =
        all.iter().enumerate().filter(|(at, _)| !hand(*at)).map(|(_, one)| one.clone()).collect();
    all.iter_mut().enumerate().filter(|(at, _)| hand(*at)).for_each(|(_, one)| {
        one.recording = moved(&one.recording);
    });
    let trained = self::trained(all.clone(), &Options::default());
    assert_eq!((trained.handled, trained.windows, trained.set_aside), (5, 115, 0));
    let without = self::trained(others, &Options::default());
    assert_eq!(trained.model.detector(), without.model.detector());
    assert_eq!(trained.model.threshold(), without.model.threshold());
    for (at, outcome) in outcomes(&trained.model, &all).into_iter().enumerate() {
        assert_eq!(outcome.verdict == Verdict::Handled, hand(at), "{at}");
    }
}

/// The mean of what vibrates more moves more by itself, however few of it there are.
#[test]
fn a_state_that_vibrates_more_than_the_others_is_not_handled() {
    for (size, count) in [(5.0, 20), (10.0, 20), (30.0, 20), (30.0, 60)] {
        let strong =
            |first: u64| folder("two", count, |at| noise(first + at, USUAL.map(|sd| size * sd)));
        let both = [usual("one", 0, 60), strong(500)].concat();
        let trained = self::trained(both, &Options::default());
        assert_eq!(trained.handled, 0, "{count} × {size}");
        let later = count_of(&trained.model, &strong(900), Verdict::Handled);
        assert_eq!(later, 0, "{count} × {size}");
    }
}

#[test]
fn a_machine_that_stands_still_is_idle() {
    let place = tempfile::tempdir().unwrap();
    let still = |first: u64| folder("still", 6, |at| noise(first + at, [5e-4; 3]));
    written(place.path(), &still(500));
    let options = Options { idle: vec![place.path().to_owned()], ..Options::default() };
    let trained = self::trained(usual("normal", 0, 60), &options);
    // Normal to gravity the first two axes vibrate.
    let (idle, running) = (5e-4 * 2f64.sqrt(), USUAL[0].hypot(USUAL[1]));
    let limit = trained.model.watching().idle_below.unwrap();
    let middle = (idle * running).sqrt();
    assert!((0.7 * middle..1.4 * middle).contains(&limit), "{limit}");
    let model = &trained.model;
    assert_eq!(count(&outcomes(model, &still(600)), Verdict::Idle), 6);
    assert_eq!(count(&outcomes(model, &usual("later", 700, 30)), Verdict::Idle), 0);
    // A model that was told nothing takes what is still for an anomaly.
    let without = self::trained(usual("normal", 0, 60), &Options::default()).model;
    assert_eq!(without.watching().idle_below, None);
    assert_eq!(count(&outcomes(&without, &still(600)), Verdict::Anomaly), 6);
    assert_eq!(without.detector(), model.detector());
}

/// The first 20 s of a run are louder: neither learnt from nor judged.
#[test]
fn a_machine_is_given_time_to_settle() {
    let louder = |first: u64| {
        let strength = |at: u64| 1.0 + (-((at - first) as f64) / 5.0).exp();
        folder("run", 80, move |at| noise(first + at, USUAL.map(|sd| strength(first + at) * sd)))
    };
    let watch = WatchOptions {
        idle_below: Some(2e-3),
        // Of 30 windows of 0.64 s.
        settle: 19.2,
        ..WatchOptions::default()
    };
    let settled = self::trained(louder(0), &Options { watch, ..Options::default() });
    assert_eq!((settled.settling, settled.windows), (30, 50));
    assert_eq!(settled.model.watching().settle, 30);
    let still = folder("run", 5, |at| noise(500 + at, [5e-4; 3]));
    let later = [still, louder(1000)].concat();
    let found = outcomes(&settled.model, &later);
    let of = |verdict| count(&found, verdict);
    assert_eq!((of(Verdict::Idle), of(Verdict::Settling)), (5, 30));
    assert!(of(Verdict::Anomaly) <= 2, "{found:?}");
    // Without it the start is an alarm, and the fit of what is settled is the same.
    let unsettled = WatchOptions { settle: 0.0, ..watch };
    let trained =
        self::trained(louder(0).split_off(30), &Options { watch: unsettled, ..Options::default() });
    assert_eq!(trained.model.detector(), settled.model.detector());
    assert!(count(&outcomes(&trained.model, &later), Verdict::Anomaly) >= 5);
    let most = WatchOptions { settle: 60.0, ..watch };
    let refused =
        train_on(baseline(louder(0)), None, &Options { watch: most, ..Options::default() });
    assert!(refused.is_err_and(|error| error.to_string().contains("--settle")));
}

#[test]
fn what_vibrates_like_the_running_machine_is_not_idle() {
    let place = tempfile::tempdir().unwrap();
    written(place.path(), &usual("still", 500, 6));
    let options = Options { idle: vec![place.path().to_owned()], ..Options::default() };
    let refused = train_on(baseline(usual("normal", 0, 60)), None, &options).unwrap_err();
    assert!(matches!(refused, TrainError::Option(_)), "{refused}");
    let says = refused.to_string();
    assert!(says.contains("--idle") && says.contains("does not tell them apart"), "{says}");
}

fn averaging(average: usize) -> Options {
    let watch = WatchOptions { average, ..WatchOptions::default() };
    Options { watch, ..Options::default() }
}

/// Each fifth in time scored by a model of the others, by hand.
#[test]
fn the_threshold_is_from_the_scores_that_are_decided_on() {
    let all = usual("normal", 0, 500);
    let scores: Vec<f64> = (0..5)
        .flat_map(|fifth| {
            let (inside, outside): (Vec<_>, Vec<_>) = (0..500).partition(|at| at / 100 == fifth);
            let pick = |of: Vec<usize>| of.into_iter().map(|at| all[at].clone()).collect();
            let (inside, outside): (Vec<Located>, Vec<Located>) = (pick(inside), pick(outside));
            let model = trained(outside, &Options::default()).model;
            judged(&model, &inside)
                .into_iter()
                .map(|one| one.windows.unwrap()[0].score)
                .collect::<Vec<_>>()
        })
        .collect();
    for average in [1, 5] {
        let trained = trained(all.clone(), &averaging(average));
        let decided: Vec<f64> = scores.windows(average).map(geometric_mean).collect();
        let limit = threshold(Rule::Conformal, 0.01, &decided, 1, Precision::F32).unwrap();
        let found = trained.model.threshold();
        assert_eq!(found.windows, 501 - average);
        assert!((found.value / limit.value - 1.0).abs() < 1e-9, "{average}: {found:?} {limit:?}");
    }
}

/// Where votes raise an alarm, the rate is that of alarms: by the core's watch, on the scores of training.
#[test]
fn the_rate_is_asked_of_decisions() {
    let all = usual("normal", 0, 600);
    for (votes, clear) in [((1, 1), 1.0), ((2, 3), 1.0), ((3, 5), 1.0), ((2, 3), 0.7)] {
        let watch = WatchOptions { average: 2, votes, clear, ..WatchOptions::default() };
        let options = Options { watch, false_alarm_rate: 0.05, ..Options::default() };
        let trained = trained(all.clone(), &options);
        let windows = &trained.scored[0].windows;
        let limit = trained.model.threshold().value;
        let decision = Decision::new(1, votes.0, votes.1, clear).unwrap();
        let mut watch = Watch::new(decision, limit, Gates::default(), None).unwrap();
        let posture = Posture::new(&[1.0], 0.0, 1.0).unwrap();
        let mut alarms = 0;
        for window in windows {
            let alarm = watch.next(&posture, || Ok(window.score)).unwrap().alarm;
            assert_eq!(alarm, window.above);
            alarms += usize::from(alarm);
        }
        let share = alarms as f64 / windows.len() as f64;
        // Neighbouring alarm scores are equal, and those at the threshold are not above it.
        let least = if clear < 1.0 { 0.02 } else { 0.04 };
        // Conformal: a share of one more than there are.
        let most = 0.05 * (windows.len() + 1) as f64 / windows.len() as f64;
        assert!((least..=most).contains(&share), "{votes:?} {clear}: {share}");
    }
}

#[test]
fn averages_are_decided_on_and_begin_anew_in_each_folder() {
    let model = trained(usual("normal", 0, 100), &averaging(5)).model;
    // Between the two so that there are both verdicts.
    let odd = |name: &str, first: u64| {
        folder(name, 40, |at| noise(first + at, USUAL.map(|sd| sd * (1.0 + at as f64 / 100.0))))
    };
    let all = [odd("a", 1000), odd("b", 2000)].concat();
    let scores: Vec<f64> =
        judged(&model, &all).into_iter().map(|one| one.windows.unwrap()[0].score).collect();
    let outcomes = outcomes(&model, &all);
    let limit = model.threshold().value;
    for (at, outcome) in outcomes.iter().enumerate() {
        let from = (at + 1).saturating_sub(5).max(at / 40 * 40);
        let expected = geometric_mean(&scores[from..=at]);
        // f32
        assert!((outcome.score / expected - 1.0).abs() < 1e-5, "{at}: {outcome:?} {expected}");
        assert_eq!(outcome.verdict == Verdict::Anomaly, outcome.score > limit, "{at}");
    }
    let alarms = count(&outcomes, Verdict::Anomaly);
    assert!((10..70).contains(&alarms), "{alarms}");
    assert!(outcomes.iter().zip(&scores).any(|(one, &own)| (own > limit) != (one.score > limit)));
}

#[test]
fn a_sensor_that_is_turned_is_remounted() {
    let model = trained(usual("normal", 0, 80), &Options::default()).model;
    for (degrees, expected) in [(0.5, 0), (10.0, 30), (-10.0, 30), (90.0, 30)] {
        let later = each(&usual("later", 500, 30), |one| turned(one, degrees));
        let found = count(&outcomes(&model, &later), Verdict::Remounted);
        assert_eq!(found, expected, "{degrees} degrees");
    }
    let options = WatchOptions { turned: Some(Turned::Any), ..WatchOptions::default() };
    let options = Options { watch: options, ..Options::default() };
    let model = trained(usual("normal", 0, 80), &options).model;
    let later = each(&usual("later", 500, 30), |one| turned(one, 90.0));
    assert_eq!(count(&outcomes(&model, &later), Verdict::Remounted), 0);
}

#[test]
fn scores_that_grow_slowly_are_drift() {
    let model = trained(usual("normal", 0, 200), &Options::default()).model;
    let later = usual("later", 1000, 500);
    let stationary = outcomes(&model, &later);
    assert!(!stationary.iter().any(|one| one.drifting));
    // Each score comes nearer to the threshold, and none above it.
    let mut growing = judged(&model, &later);
    let limit = model.threshold().value;
    for (at, one) in growing.iter_mut().enumerate() {
        let window = &mut one.windows.as_mut().unwrap()[0];
        let share = at as f64 / 500.0;
        let score = window.score.min(0.95 * limit);
        window.score = f64::from(((1.0 - share) * score + share * 0.95 * limit) as f32);
    }
    let all: Vec<&Judged> = growing.iter().collect();
    let drifting = follow(&model, model.watching(), &all).unwrap().concat();
    assert_eq!(count(&drifting, Verdict::Anomaly), 0);
    assert!(drifting.last().unwrap().drifting);
    // As the README says, never before half of the windows that it is over.
    assert!(!drifting[..127].iter().any(|one| one.drifting));
}

/// Single scores above a threshold of means are no votes: they count for the long run, in training as later.
#[test]
fn drift_is_no_nearer_where_scores_are_averaged() {
    let above = |options: &Options| {
        let model = trained(usual("normal", 0, 200), options).model;
        model.watching().drift.unwrap().above
    };
    let (single, averaged) = (above(&Options::default()), above(&averaging(5)));
    assert!((single - averaged).abs() < 0.1, "{single} {averaged}");
}
