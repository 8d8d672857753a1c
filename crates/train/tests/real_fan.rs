//! What is claimed to work on the real fan, on the real fan.
//!
//! The recordings are not part of the repository: they are looked for at `$JUDDER_DATA`, else at
//! `../shared/data` beside the project.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test tells and stops"
)]

use std::path::{Path, PathBuf};

use judder_core::Verdict;
use judder_data::{Located, Recording, load, split};
use judder_model::{Gaussian, Precision, Rule, Scorer};
use judder_train::{
    Baseline, Options, Shrinkage, Table, auc, extract, fit, threshold, train, train_on,
};

const SEEDS: u64 = 50;

/// The folder of the real fan's recordings, or nothing where they are not: then it says so.
fn real_fan() -> Option<PathBuf> {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("ceiling-fan");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there", folder.display());
    eprintln!("skipped: the recordings of the real fan are not at {}", folder.display());
    None
}

fn recordings(folder: &Path, state: &str) -> Vec<Located> {
    let (recordings, errors) = load(&folder.join(state)).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    recordings
}

/// The reference's features: `mad` of the first 128 readings, in `f64`.
fn mads(recordings: &[Located]) -> Table {
    let recordings: Vec<&Recording> = recordings.iter().map(|one| &one.recording).collect();
    let set = "mad".parse().unwrap();
    let (table, refused) = extract(&recordings, &set, 3, 128, 128, Precision::F64).unwrap();
    assert!(refused.is_empty());
    table
}

/// The reference's detector, fitted to some rows.
fn reference_model(table: &Table, rows: &[usize]) -> Gaussian {
    let fitted = fit(&table.values, 3, rows.iter().copied(), Shrinkage::None).unwrap();
    Gaussian::new(fitted.mean, fitted.covariance).unwrap()
}

/// (x - μ)ᵀ Σ⁻¹ (x - μ) by the whitening matrix, written out.
fn distance(gaussian: &Gaussian, x: &[f64]) -> f64 {
    let (w, mean) = (gaussian.whitening(), gaussian.mean());
    let d = [x[0] - mean[0], x[1] - mean[1], x[2] - mean[2]];
    let y = [w[0] * d[0], w[1] * d[0] + w[2] * d[1], w[3] * d[0] + w[4] * d[1] + w[5] * d[2]];
    y.iter().map(|y| y * y).sum()
}

/// Its experiment: normal shuffled and split 60/20/20, threshold mean + 3 sd of the second part,
/// the third against the five folders it calls anomalies. Returns the mean AUC, and the share of
/// seeds in which the threshold lies below the median anomaly.
fn reference_experiment(folder: &Path, normal: &str) -> f64 {
    let normal = mads(&recordings(folder, normal));
    let anomalies: Vec<f64> = [
        "fan_0_low_1_weight",
        "fan_0_med_0_weight",
        "fan_0_med_1_weight",
        "fan_0_high_0_weight",
        "fan_0_high_1_weight",
    ]
    .iter()
    .flat_map(|state| mads(&recordings(folder, state)).values)
    .collect();
    let areas: Vec<f64> = (0..SEEDS)
        .map(|seed| {
            let order = split::shuffled(normal.rows(), seed);
            let parts = split::shares(&order, &[0.6, 0.2]);
            let gaussian = reference_model(&normal, parts[0]);
            let scores = |rows: &[usize]| -> Vec<f64> {
                let row = |&row: &usize| distance(&gaussian, &normal.values[row * 3..row * 3 + 3]);
                rows.iter().map(row).collect()
            };
            let rule = Rule::MeanPlusSd(3.0);
            let limit = threshold(rule, 0.01, &scores(parts[1]), 3, Precision::F64).unwrap();
            let above = scores(parts[2]).iter().filter(|&&score| score > limit.value).count();
            assert!(above * 4 < parts[2].len(), "{above} false alarms at {}", limit.value);
            let anomalous: Vec<f64> =
                anomalies.chunks_exact(3).map(|x| distance(&gaussian, x)).collect();
            auc(&scores(parts[2]), &anomalous).unwrap()
        })
        .collect();
    areas.iter().sum::<f64>() / areas.len() as f64
}

#[test]
fn the_references_experiment_gives_its_figures() {
    let Some(folder) = real_fan() else { return };
    let still = reference_experiment(&folder, "fan_0_low_0_weight");
    let moving = reference_experiment(&folder, "fan_0_low_0_weight-moving");
    println!("mean AUC over {SEEDS} seeds: still {still:.5}, moving {moving:.4}");
    assert!(still >= 0.9995, "still {still}");
    assert!((0.91..=0.94).contains(&moving), "moving {moving}");
}

/// Trains on a shuffled 80 % of the still set, and counts false alarms on the rest, over all seeds.
fn held_out_false_alarm_rate(folder: &Path, asked: f64) -> f64 {
    let all = recordings(folder, "fan_0_low_0_weight");
    let (mut alarms, mut windows) = (0, 0);
    for seed in 0..SEEDS {
        let order = split::shuffled(all.len(), seed);
        let parts = split::shares(&order, &[0.8]);
        let mut inside = parts[0].to_vec();
        inside.sort_unstable();
        let baseline = Baseline {
            recordings: inside.iter().map(|&at| all[at].clone()).collect(),
            given: vec![(folder.to_owned(), inside.len())],
            left_out: Vec::new(),
        };
        let options = Options { false_alarm_rate: asked, ..Options::default() };
        let scorer = Scorer::new(&train_on(baseline, None, &options).unwrap().model);
        for &at in parts[1] {
            let scored = scorer.score(all[at].recording.values(), 3, None).unwrap();
            windows += scored.len();
            alarms += scored.iter().filter(|one| one.verdict == Verdict::Anomaly).count();
        }
    }
    f64::from(u32::try_from(alarms).unwrap()) / f64::from(u32::try_from(windows).unwrap())
}

#[test]
fn false_alarms_on_held_out_recordings_are_as_many_as_asked_for() {
    let Some(folder) = real_fan() else { return };
    for asked in [0.01, 0.05] {
        let found = held_out_false_alarm_rate(&folder, asked);
        println!("asked {asked}, found {found:.4}");
        assert!((asked / 2.0..=asked * 2.0).contains(&found), "asked {asked}, found {found}");
    }
}

#[test]
fn the_default_model_tells_the_coin_whatever_the_number_of_threads() {
    let Some(folder) = real_fan() else { return };
    let paths = |state: &str| [folder.join(state)];
    let make = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (normal, coin) = (paths("fan_0_low_0_weight"), paths("fan_0_low_1_weight"));
            train(&normal, &coin, &Options::default()).unwrap()
        })
    };
    let one = make(1);
    assert_eq!(one.model.to_json(), make(2).model.to_json());
    for figure in one.model.figures() {
        assert!(figure.auc.unwrap() > 0.999, "{figure:?}");
        assert_eq!(figure.missed, 0, "{figure:?}");
    }
}
