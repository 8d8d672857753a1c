//! The reference's experiment: its features, its detector, its splits.

use std::path::Path;

use judder_data::{Located, Recording, split};
use judder_model::{Gaussian, Precision, Rule};
use judder_train::{Shrinkage, Table, auc, extract, fit, threshold};

use crate::{ANOMALIES, MOVING, STILL, real_fan, recordings};

const SEEDS: u64 = 50;

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
    let anomalies: Vec<f64> =
        ANOMALIES.iter().flat_map(|state| mads(&recordings(folder, state)).values).collect();
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
    let still = reference_experiment(&folder, STILL);
    let moving = reference_experiment(&folder, MOVING);
    println!("mean AUC over {SEEDS} seeds: still {still:.5}, moving {moving:.4}");
    assert!(still >= 0.9995, "still {still}");
    assert!((0.91..=0.94).contains(&moving), "moving {moving}");
}
