//! Laws of fitting, calibrating and measuring, on made data.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test tells and stops"
)]

use judder_data::simulate::{Fan, State};
use judder_data::{Located, Recording};
use judder_model::{Precision, Rule};
use judder_train::{
    Baseline, Options, Shrinkage, TrainError, auc, auc_interval, fit, lowest_rate, share_interval,
    threshold, train_on, true_positive_rate,
};
use proptest::prelude::*;

fn simulated(state: &str, count: u64, folder: &str) -> Vec<Located> {
    let (fan, state): (Fan, State) = (Fan::new(1), state.parse().unwrap());
    (0..count)
        .map(|index| Located {
            path: format!("{folder}/{index:04}.csv").into(),
            recording: fan.recording(state, index, 200.0, 200).unwrap(),
        })
        .collect()
}

fn baseline(recordings: Vec<Located>) -> Baseline {
    let given = vec![("normal".into(), recordings.len())];
    Baseline::of(recordings, given)
}

fn scaled(recordings: &[Located], by: f64) -> Vec<Located> {
    let scale = |one: &Recording| {
        let values = one.values().iter().map(|x| x * by).collect();
        Recording::from_axes(one.axes(), one.len(), values).unwrap().with_rate(one.rate_hz())
    };
    let scaled =
        |one: &Located| Located { path: one.path.clone(), recording: scale(&one.recording) };
    recordings.iter().map(scaled).collect()
}

proptest! {
    #[test]
    fn the_fit_is_that_of_the_definition(
        rows in proptest::collection::vec(proptest::array::uniform3(-10.0f64..10.0), 5..40),
    ) {
        let values: Vec<f64> = rows.concat();
        let fitted = fit(&values, 3, 0..rows.len(), Shrinkage::None).unwrap();
        let n = rows.len() as f64;
        for i in 0..3 {
            let mean = rows.iter().map(|row| row[i]).sum::<f64>() / n;
            prop_assert!((fitted.mean[i] - mean).abs() < 1e-12);
            for j in 0..3 {
                let other = rows.iter().map(|row| row[j]).sum::<f64>() / n;
                let sum: f64 = rows.iter().map(|row| (row[i] - mean) * (row[j] - other)).sum();
                prop_assert!((fitted.covariance[i * 3 + j] - sum / (n - 1.0)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn shrinking_keeps_variances_and_ignores_units(
        rows in proptest::collection::vec(proptest::array::uniform3(-10.0f64..10.0), 8..40),
        unit in 1e-3f64..1e3,
    ) {
        let values: Vec<f64> = rows.concat();
        let other: Vec<f64> = rows.iter().flat_map(|row| [row[0] * unit, row[1], row[2]]).collect();
        let plain = fit(&values, 3, 0..rows.len(), Shrinkage::None).unwrap();
        for how in [Shrinkage::LedoitWolf, Shrinkage::Oas] {
            let shrunk = fit(&values, 3, 0..rows.len(), how).unwrap();
            prop_assert!((0.0..=1.0).contains(&shrunk.shrinkage));
            prop_assert_eq!(shrunk.covariance[4], plain.covariance[4]);
            let off = plain.covariance[1] * (1.0 - shrunk.shrinkage);
            prop_assert!((shrunk.covariance[1] - off).abs() < 1e-12);
            let in_other = fit(&other, 3, 0..rows.len(), how).unwrap();
            prop_assert!((in_other.shrinkage - shrunk.shrinkage).abs() < 1e-9);
        }
    }

    #[test]
    fn conformal_thresholds_are_monotone_and_keep_their_share(
        scores in proptest::collection::vec(0.0f64..100.0, 2..300),
        low in 0.001f64..0.5,
        more in 0.0f64..0.5,
    ) {
        let of = |rate: f64| {
            threshold(Rule::Conformal, rate, &scores, 3, Precision::F64).unwrap().value
        };
        prop_assert!(of(low) >= of((low + more).min(0.999)));
        let above = scores.iter().filter(|&&score| score > of(low)).count();
        prop_assert!(above as f64 <= low * (scores.len() + 1) as f64 + 1e-9);
        let below = scores.iter().filter(|&&score| score < of(low)).count();
        prop_assert!(below as f64 <= (1.0 - low) * (scores.len() + 1) as f64 + 1e-9);
    }

    #[test]
    fn the_area_counts_pairs(
        normal in proptest::collection::vec(0u8..20, 1..30),
        anomaly in proptest::collection::vec(0u8..20, 1..30),
    ) {
        let floats = |all: &[u8]| all.iter().copied().map(f64::from).collect::<Vec<_>>();
        let pairs: f64 = normal
            .iter()
            .flat_map(|n| anomaly.iter().map(move |a| match a.cmp(n) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            }))
            .sum();
        let expected = pairs / (normal.len() * anomaly.len()) as f64;
        let found = auc(&floats(&normal), &floats(&anomaly)).unwrap();
        prop_assert!((found - expected).abs() < 1e-12);
        let ends = auc_interval(found, normal.len(), anomaly.len()).unwrap();
        prop_assert!(ends.low <= found && found <= ends.high);
        prop_assert!(0.0 <= ends.low && ends.high <= 1.0 && ends.low < ends.high);
    }
}

/// scikit-learn 1.9's `ledoit_wolf` and `oas` on the standardised rows.
#[test]
fn shrinkage_is_that_of_the_field() {
    let values =
        [1.0, 2.0, 0.5, 2.0, 1.5, 0.1, 3.0, 4.5, 0.9, 4.0, 3.0, 0.2, 5.0, 6.5, 0.8, 6.0, 5.0, 0.4];
    let intensity = |how| fit(&values, 3, 0..6, how).unwrap().shrinkage;
    assert_eq!(intensity(Shrinkage::None), 0.0);
    assert!((intensity(Shrinkage::LedoitWolf) - 0.359_586_571_482_871_8).abs() < 1e-9);
    assert!((intensity(Shrinkage::Oas) - 0.896_263_730_354_643_4).abs() < 1e-9);
}

/// The examples of R. G. Newcombe's papers, to the digits printed there.
#[test]
fn intervals_are_those_of_their_source() {
    let wilson = share_interval(81, 263).unwrap();
    assert!((wilson.low - 0.2553).abs() < 5e-5 && (wilson.high - 0.3662).abs() < 5e-5);
    let none = share_interval(0, 20).unwrap();
    assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5);
    assert_eq!(share_interval(0, 0), None);
    let perfect = auc_interval(1.0, 100, 100).unwrap();
    assert!(perfect.high == 1.0 && (0.95..0.999).contains(&perfect.low), "{perfect:?}");
}

#[test]
fn thresholds_follow_their_rules() {
    let scores: Vec<f64> = (1..=99).map(f64::from).collect();
    let of = |rule, rate| threshold(rule, rate, &scores, 3, Precision::F64).unwrap().value;
    assert_eq!(of(Rule::Conformal, 0.01), 99.0);
    assert_eq!(of(Rule::Conformal, 0.05), 95.0);
    // Too few to promise so little: the largest.
    assert_eq!(of(Rule::Conformal, 0.001), 99.0);
    assert_eq!(lowest_rate(99), 0.01);
    assert!((of(Rule::Quantile, 0.05) - 94.1).abs() < 1e-9);
    assert!((of(Rule::MeanPlusSd(3.0), 0.01) - (50.0 + 3.0 * 28.577_380_332_470_41)).abs() < 1e-9);
    assert!((of(Rule::ChiSquared, 0.01) - 11.344_866_730_144_373).abs() < 1e-9);
    assert_eq!(of(Rule::Given(7.25), 0.01), 7.25);
    for rate in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(threshold(Rule::Conformal, rate, &scores, 3, Precision::F64).is_err());
    }
    assert_eq!(true_positive_rate(&scores, &[98.0, 99.0, 100.0], 0.01), Some(1.0 / 3.0));
}

#[test]
fn units_do_not_change_a_verdict() {
    let (normal, coin) = (simulated("low", 120, "n"), simulated("low+coin", 40, "c"));
    let figures = |by: f64, unit: Option<&str>| {
        let baseline = baseline(scaled(&normal, by));
        let anomalies = self::baseline(scaled(&coin, by));
        let unit = unit.map(|name| name.parse().unwrap());
        let options = Options { unit, ..Options::default() };
        let trained = train_on(baseline, Some(anomalies), &options).unwrap();
        assert_eq!(trained.model.figures()[0].missed, 0, "× {by}");
        assert!(trained.model.figures()[0].auc.unwrap() > 0.999, "× {by}");
        trained.model.threshold().value
    };
    let in_g = figures(1.0, None);
    for (by, unit) in [(9.80665, "m/s2"), (1000.0, "mg")] {
        assert!((figures(by, Some(unit)) - in_g).abs() < 0.02 * in_g, "× {by}");
    }
}

#[test]
fn anomalies_never_change_what_is_learnt() {
    let normal = simulated("low", 60, "n");
    let alone = train_on(baseline(normal.clone()), None, &Options::default()).unwrap().model;
    let anomalies = baseline(simulated("high", 30, "a"));
    let beside = train_on(baseline(normal), Some(anomalies), &Options::default()).unwrap().model;
    assert_eq!(alone.detector(), beside.detector());
    assert_eq!(alone.threshold(), beside.threshold());
}

#[test]
fn what_cannot_be_learnt_is_refused_with_a_reason() {
    let refusal = |recordings: Vec<Located>| {
        train_on(baseline(recordings), None, &Options::default()).unwrap_err()
    };
    let few = refusal(simulated("low", 9, "n"));
    assert!(matches!(few, TrainError::TooFew { windows: 9, needed: 10, .. }), "{few}");
    let copies = refusal(vec![simulated("low", 1, "n").remove(0); 40]);
    assert!(matches!(copies, TrainError::Constant { windows: 40, .. }), "{copies}");
    let mut mixed = simulated("low", 40, "n");
    let flat = vec![0.25; 600];
    mixed[7].recording = Recording::from_axes(3, 200, flat).unwrap();
    let stuck = refusal(mixed.clone()).to_string();
    assert!(stuck.contains("n/0007.csv") && stuck.contains("axis x is stuck"), "{stuck}");
    mixed[7].recording = Recording::from_axes(2, 200, vec![0.25; 400]).unwrap();
    let axes = refusal(mixed).to_string();
    assert!(axes.contains("n/0007.csv") && axes.contains("2 axes"), "{axes}");
}

#[test]
fn long_and_few_recordings_are_cut_into_seconds() {
    let fan = Fan::new(2);
    let recording = fan.recording("low".parse().unwrap(), 0, 400.0, 400 * 60).unwrap();
    let one = Located { path: "n/0000.csv".into(), recording };
    let trained = train_on(baseline(vec![one]), None, &Options::default()).unwrap();
    assert_eq!((trained.windows, trained.model.binding().window), (60, 400));
    assert_eq!(trained.model.binding().rate_hz, 400.0);
}

#[test]
fn what_counts_twice_or_is_not_used_is_told() {
    let mut recordings = simulated("low", 40, "n");
    recordings.push(recordings[3].clone());
    let longer = Fan::new(1).recording("low".parse().unwrap(), 90, 200.0, 250).unwrap();
    recordings.push(Located { path: "n/9999.csv".into(), recording: longer });
    let trained = train_on(baseline(recordings), None, &Options::default()).unwrap();
    assert_eq!((trained.copies, trained.cut, trained.windows), (1, 1, 42));
}

#[test]
fn recordings_of_another_kind_are_skipped_where_that_is_wanted() {
    let mut recordings = simulated("low", 40, "n");
    let two: Vec<f64> = recordings[0].recording.values()[..400].to_vec();
    recordings[0].recording = Recording::from_axes(2, 200, two).unwrap();
    let options = Options { skip_bad: true, ..Options::default() };
    let trained = train_on(baseline(recordings), None, &options).unwrap();
    assert_eq!((trained.recordings, trained.model.binding().axes), (39, 3));
    assert!(trained.left_out[0].contains("n/0000.csv: has 2 axes"), "{:?}", trained.left_out);
}
