//! A conformal threshold keeps its word with few windows, too: by simulation, on average over draws.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use judder_core::Verdict;
use judder_data::Located;
use judder_data::simulate::Fan;
use judder_model::{Precision, Rule, Scorer};
use judder_train::{Baseline, Options, lowest_rate, threshold, train_on, windows_for};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many sets of windows are drawn for each mean.
const DRAWS: usize = 3000;

/// A mean over draws may be so many standard errors off: by chance, one in three million is not.
const STANDARD_ERRORS: f64 = 5.0;

/// What there is beside chance: sums, and the rank, are rounded.
const ROUNDED: f64 = 1e-9;

const SIZES: [usize; 7] = [10, 11, 19, 40, 77, 120, 200];

/// A distribution of scores by its inverse survival function and its survival function.
struct Scores {
    name: &'static str,
    /// The score that the share `u` of scores lies above.
    inverse: fn(f64) -> f64,
    /// The share of scores above one.
    above: fn(f64) -> f64,
    /// Whether the density falls, as that of squared distances does where thresholds lie.
    falls: bool,
}

const ALL: [Scores; 5] = [
    Scores { name: "uniform", inverse: |u| 1.0 - u, above: |x| 1.0 - x, falls: true },
    Scores { name: "exponential", inverse: |u| -u.ln(), above: |x| (-x).exp(), falls: true },
    Scores { name: "heavy tail", inverse: |u| 1.0 / u, above: |x| 1.0 / x, falls: true },
    Scores {
        name: "piled up at its end",
        inverse: |u| (1.0 - u).powf(0.1),
        above: |x| 1.0 - x.powi(10),
        falls: false,
    },
    Scores {
        name: "two states, far apart",
        inverse: |u| if u < 0.07 { 101.0 - u } else { 1.0 - u },
        above: |x| if x < 100.0 { (1.0 - x).max(0.07) } else { (101.0 - x).min(0.07) },
        falls: false,
    },
];

/// The mean false-alarm rate over draws of `n` windows, and its standard error.
fn false_alarms(scores: &Scores, n: usize, rate: f64) -> (f64, f64) {
    let mut random = ChaCha8Rng::seed_from_u64(n as u64);
    let found: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<f64> =
                (0..n).map(|_| (scores.inverse)(1.0 - random.random::<f64>())).collect();
            let limit = threshold(Rule::Conformal, rate, &drawn, 3, Precision::F64).unwrap();
            (scores.above)(limit.value)
        })
        .collect();
    mean_and_error(&found)
}

fn mean_and_error(found: &[f64]) -> (f64, f64) {
    let draws = found.len() as f64;
    let mean = found.iter().sum::<f64>() / draws;
    let variance = found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (draws - 1.0);
    (mean, (variance / draws).sqrt())
}

#[test]
fn survival_and_its_inverse_belong_together() {
    for Scores { name, inverse, above, .. } in ALL {
        for u in [1e-3, 0.01, 0.05, 0.1, 0.5, 0.9] {
            assert!((above(inverse(u)) - u).abs() < 1e-12, "{name} {u}");
        }
    }
}

#[test]
fn at_whole_ranks_the_share_is_the_one_asked_for_whatever_the_scores() {
    for scores in &ALL {
        for n in SIZES {
            for above in [1, 2, n / 5] {
                let rate = above as f64 / (n + 1) as f64;
                let (mean, error) = false_alarms(scores, n, rate);
                let off = STANDARD_ERRORS * error + ROUNDED;
                assert!((mean - rate).abs() <= off, "{} {n} {rate}: {mean} {error}", scores.name);
            }
        }
    }
}

#[test]
fn between_ranks_the_share_is_off_by_less_than_a_window_and_low_where_the_density_falls() {
    for scores in &ALL {
        for n in SIZES {
            for rate in [0.013, 0.03, 0.05, 0.1, 0.25] {
                if rate < lowest_rate(n) {
                    continue;
                }
                let (mean, error) = false_alarms(scores, n, rate);
                let off = STANDARD_ERRORS * error + ROUNDED;
                let says = format!("{} {n} {rate}: {mean} {error}", scores.name);
                let above = rate * (n + 1) as f64;
                let share = |windows: f64| windows / (n + 1) as f64;
                assert!(mean >= share((above + ROUNDED).floor()) - off, "{says}");
                assert!(mean <= share((above - ROUNDED).ceil()) + off, "{says}");
                if scores.name == "uniform" {
                    assert!((mean - rate).abs() <= off, "{says}");
                }
                if scores.falls {
                    assert!(mean <= rate + off, "{says}");
                }
            }
        }
    }
}

#[test]
fn less_than_can_be_promised_gives_the_lowest_that_can() {
    for scores in &ALL {
        for n in SIZES {
            let (mean, error) = false_alarms(scores, n, lowest_rate(n) / 3.0);
            let off = STANDARD_ERRORS * error + ROUNDED;
            assert!((mean - lowest_rate(n)).abs() <= off, "{} {n}: {mean} {error}", scores.name);
        }
    }
}

#[test]
fn as_many_windows_are_asked_for_as_the_rate_takes() {
    for n in [2, 9, 19, 99, 199, 999, 1439, 86_399, 172_799] {
        assert_eq!(windows_for(lowest_rate(n)), n);
        assert_eq!(windows_for(lowest_rate(n) * 1.000_001), n);
        assert_eq!(windows_for(lowest_rate(n) * 0.999_999), n + 1);
    }
    assert_eq!(windows_for(0.01), 99);
    assert_eq!(windows_for(0.03), 33);
    // 1 a day, of a window each second.
    assert_eq!(windows_for(200.0 / 200.0 / 86_400.0), 86_399);
    assert_eq!(windows_for(1e-300), usize::MAX);
}

/// The fits that score unseen windows know a fifth less than the model does: alarms are fewer than asked for, not more.
#[test]
fn a_whole_training_on_few_recordings_does_not_give_more_alarms_than_asked_for() {
    const DRAWS: u64 = 100;
    const LEARNT: u64 = 40;
    const JUDGED: u64 = 100;
    let (fan, state) = (Fan::new(1), "low".parse().unwrap());
    let options =
        Options { false_alarm_rate: 0.05, features: "mad".parse().unwrap(), ..Options::default() };
    let found: Vec<f64> = (0..DRAWS)
        .map(|draw| {
            let from = draw * (LEARNT + JUDGED);
            let recording = |at: u64| fan.recording(state, from + at, 200.0, 64).unwrap();
            let recordings = (0..LEARNT).map(|at| Located {
                path: format!("normal/{at:04}.csv").into(),
                recording: recording(at),
            });
            let given = vec![("normal".into(), 40)];
            let baseline = Baseline::of(recordings.collect(), given);
            let model = train_on(baseline, None, &options).unwrap().model;
            let scorer = Scorer::new(&model);
            let alarms = (LEARNT..LEARNT + JUDGED).filter(|&at| {
                let scored = scorer.score(recording(at).values(), 3, None).unwrap();
                scored[0].verdict == Verdict::Anomaly
            });
            alarms.count() as f64 / JUDGED as f64
        })
        .collect();
    let (mean, error) = mean_and_error(&found);
    let asked = options.false_alarm_rate;
    assert!(mean <= asked + 2.0 * error && mean >= asked / 4.0, "{mean} {error}");
}
