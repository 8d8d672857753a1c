//! What is learnt on a chip is what training learns on a host from the same windows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test tells and stops"
)]

use std::path::PathBuf;

use judder_core::{FeatureSet, Learning, Plan, Step, learning_len, packed_len};
use judder_data::load;
use judder_data::simulate::{Fan, State};
use judder_model::{DetectorKind, Gaussian, Precision, Rule, feature_scores};
use judder_train::{DEFAULT_FEATURES, Family, Shrinkage, extract, fit_families, threshold};

/// `Close`: the rounding of a few operations in `f32`, as for the core.
const CLOSE: f64 = 8.0 * f32::EPSILON as f64;

const RATE: f64 = 0.01;

/// How far what a chip learnt is from what the host learnt, relative to the spread of the features
/// and to the threshold.
#[derive(Debug)]
struct Apart {
    mean: f64,
    covariance: f64,
    threshold: f64,
}

/// Features around an offset that vary together, as `f32` holds them.
fn made(rows: usize, columns: usize, offset: f64, spread: f64) -> Vec<f64> {
    let mut state = 3_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // Four together are nearly Gaussian.
        (0..4).map(|at| ((state >> (16 * at)) & 0xFFFF) as f64 / 65_536.0 - 0.5).sum::<f64>()
    };
    let mut values = Vec::with_capacity(rows * columns);
    for _ in 0..rows {
        let common = noise();
        for column in 0..columns {
            let x = 0.6 * common + 0.8 * noise() * (1.0 + column as f64 / 4.0);
            values.push(f64::from((offset + spread * x) as f32));
        }
    }
    values
}

/// Learns from the first `n` rows and calibrates on the rest, on the chip in `f32` and as training
/// does.
fn apart(values: &[f64], set: &FeatureSet, axes: usize, n: usize) -> Apart {
    let columns = set.count(axes).unwrap();
    let rest = &values[n * columns..];
    let m = rest.len() / columns;

    let families = Family::of_each(set, axes);
    let fit = fit_families(values, columns, 0..n, Shrinkage::Families, &families).unwrap();
    let gaussian = Gaussian::new(fit.mean.clone(), fit.covariance.clone()).unwrap();
    let detector = DetectorKind::Mahalanobis(gaussian);
    let scores = feature_scores(&detector, Precision::F32, rest.chunks_exact(columns)).unwrap();
    let host = threshold(Rule::Conformal, RATE, &scores, columns, Precision::F32).unwrap();

    let plan = Plan::new(n as u32, m as u32, RATE).unwrap();
    let memory = vec![0.0_f32; learning_len(columns, plan.kept())];
    let mut learning = Learning::new(memory, *set, axes, plan).unwrap();
    for row in values.chunks_exact(columns) {
        let row: Vec<f32> = row.iter().map(|x| *x as f32).collect();
        assert!(!matches!(learning.next(&row).unwrap(), Step::Judged(_)));
    }
    let chip = learning.baseline().expect("all is learnt");

    let sd = |i: usize| fit.covariance[i * columns + i].sqrt();
    let mut apart = Apart { mean: 0.0, covariance: 0.0, threshold: 0.0 };
    for i in 0..columns {
        let scale = sd(i).max(fit.mean[i].abs());
        apart.mean = apart.mean.max((f64::from(chip.mean()[i]) - fit.mean[i]).abs() / scale);
        for j in 0..=i {
            let found = f64::from(chip.covariance()[packed_len(i) + j]);
            let off = (found - fit.covariance[i * columns + j]).abs() / (sd(i) * sd(j));
            apart.covariance = apart.covariance.max(off);
        }
    }
    apart.threshold = (f64::from(chip.threshold()) - host.value).abs() / host.value;
    apart
}

#[track_caller]
fn close(apart: &Apart) {
    println!("{apart:?}");
    assert!(apart.mean <= CLOSE, "{apart:?}");
    assert!(apart.covariance <= CLOSE, "{apart:?}");
    assert!(apart.threshold <= CLOSE, "{apart:?}");
}

#[test]
fn made_windows_of_any_number_and_offset() {
    for n in [10, 100, 10_000] {
        for (offset, spread) in [(0.0, 1.0), (1.0, 1e-3), (0.004, 5e-4)] {
            let set: FeatureSet = "mad".parse().unwrap();
            close(&apart(&made(2 * n, 3, offset, spread), &set, 3, n));
        }
    }
}

#[test]
fn made_windows_of_several_features_and_of_logarithms() {
    for set in ["log-mad+correlation", DEFAULT_FEATURES] {
        let set: FeatureSet = set.parse().unwrap();
        let columns = set.count(3).unwrap();
        for n in [columns.max(10), 100, 10_000] {
            close(&apart(&made(2 * n, columns, -4.0, 0.2), &set, 3, n));
        }
    }
}

/// Windows of a simulated fan, in the features of the core.
#[test]
fn windows_of_a_fan() {
    let (fan, state): (Fan, State) = (Fan::new(1), "low".parse().unwrap());
    let recordings: Vec<_> =
        (0..300).map(|index| fan.recording(state, index, 200.0, 200).unwrap()).collect();
    let recordings: Vec<_> = recordings.iter().collect();
    for set in ["mad", "log-mad+correlation", DEFAULT_FEATURES] {
        let set: FeatureSet = set.parse().unwrap();
        let (table, refused) = extract(&recordings, &set, 3, 128, 128, Precision::F32).unwrap();
        assert_eq!((table.rows(), refused.len()), (300, 0));
        close(&apart(&table.values, &set, 3, 100));
    }
}

/// Windows of the real fan; skipped, and said so, where its recordings are not.
#[test]
fn windows_of_the_real_fan() {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = data.join("ceiling-fan/fan_0_low_0_weight");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "{} is not there", folder.display());
        println!("skipped: the recordings of the real fan are not at {}", folder.display());
        return;
    }
    let (recordings, errors) = load(&folder).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    let recordings: Vec<_> = recordings.iter().map(|one| &one.recording).collect();
    for set in ["mad", "log-mad+correlation", DEFAULT_FEATURES] {
        let set: FeatureSet = set.parse().unwrap();
        let (table, refused) = extract(&recordings, &set, 3, 128, 128, Precision::F32).unwrap();
        assert!(refused.is_empty() && table.rows() > 500);
        close(&apart(&table.values, &set, 3, 300));
    }
}
