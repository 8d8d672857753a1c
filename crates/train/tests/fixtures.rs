//! The whole way against numbers that NumPy and SciPy computed for the real fan: from an archive of
//! recordings and an imported model to features and scores.
//!
//! The recordings, models and numbers are the reference's and not part of the repository: they lie
//! at `$JUDDER_DATA`, else at `../shared/data`, and beside that in `reference/fixtures.json`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use judder_core::{FeatureSet, Real};
use judder_data::{Recording, sources};
use judder_model::{
    Binding, DetectorKind, ForeignModel, Gaussian, Model, Precision, Provenance, Rule, Scorer,
    Threshold, Windows, from_npz,
};
use serde_json::Value;

/// The same formula in `f64`, its sums in another order.
const ROUNDING: f64 = 1e-12;
/// Fourth powers, divided by a square: rounding grows.
const ROUNDING_OF_MOMENTS: f64 = 1e-10;
/// `f32` against `f64`: a few times its rounding, 6e-8, times the condition of a covariance.
const SINGLE: f64 = 1e-4;

/// The first readings of a recording, which the reference computes everything from.
const WINDOW: usize = 128;
const SAMPLES: [&str; 2] = ["normal", "anomaly"];
const MODELS: [&str; 3] = ["md_model-moving", "md_model", "md_model_test_01"];

struct Fixtures {
    data: PathBuf,
    numbers: Value,
}

impl Fixtures {
    /// Unless this machine has none.
    fn find(test: &str) -> Option<Self> {
        let data = std::env::var_os("JUDDER_DATA").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
            PathBuf::from,
        );
        let path = data.join("../reference/fixtures.json");
        let Ok(text) = fs::read(&path) else {
            let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
            assert!(!ci, "{test} may not be skipped with CI=true: no {}", path.display());
            eprintln!("skipped {test}: no {}; set JUDDER_DATA", path.display());
            return None;
        };
        Some(Self { data, numbers: serde_json::from_slice(&text).unwrap() })
    }

    /// The recording of a sample, through the archive that both are in.
    fn sample(&self, name: &str) -> Recording {
        let archive = self.data.join("test-samples/normal_anomaly_samples.npz");
        let [source] = &sources(&archive).unwrap()[..] else { panic!("one file is one source") };
        let recordings = source.read(&mut Vec::new()).unwrap();
        assert_eq!(recordings.len(), SAMPLES.len());
        let array = archive.join(format!("{name}_sample"));
        recordings.into_iter().find(|one| one.path == array).unwrap().recording
    }

    fn gaussian(&self, name: &str) -> Gaussian {
        let path = self.data.join("reference-models").join(format!("{name}.npz"));
        match from_npz(File::open(path).unwrap()).unwrap() {
            ForeignModel::Gaussians(found) => found.modes[0].clone(),
            ForeignModel::Network(_) => panic!("{name} is an autoencoder"),
        }
    }

    /// The expected features of a sample.
    fn features(&self, sample: &str, key: &str) -> Vec<f64> {
        let list = self.numbers["samples"][sample][key].as_array().unwrap();
        list.iter().map(|x| x.as_f64().unwrap()).collect()
    }

    fn distance(&self, model: &str, sample: &str) -> f64 {
        self.numbers["md_models"][model][format!("mahalanobis2_{sample}")].as_f64().unwrap()
    }
}

/// The features of the first window of a recording.
fn features<T: Real>(recording: &Recording, features: &str) -> Vec<f64> {
    let set: FeatureSet = features.parse().unwrap();
    let mut windows = Windows::<T>::new(recording.axes(), WINDOW);
    let (readings, scratch) = windows.cut(recording.values(), 0).unwrap();
    let mut values = vec![T::ZERO; set.count(recording.axes()).unwrap()];
    set.extract(&readings, scratch, &mut values).unwrap().iter().map(|x| x.to_f64()).collect()
}

fn scorer(gaussian: &Gaussian, precision: Precision) -> Scorer {
    let model = Model::new(
        Binding { axes: 3, window: WINDOW, hop: WINDOW, rate_hz: 200.0 },
        precision,
        "mad".parse().unwrap(),
        DetectorKind::Mahalanobis(gaussian.clone()),
        Threshold { value: 1.0, rule: Rule::Given(1.0), false_alarm_rate: None, windows: 0 },
        Provenance::default(),
    );
    Scorer::new(&model.unwrap())
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= tolerance * expected.abs(), "{what}: {found} is not {expected}");
    }
}

#[test]
fn the_samples_are_the_recordings_that_were_measured() {
    let test = "the_samples_are_the_recordings_that_were_measured";
    let Some(fixtures) = Fixtures::find(test) else { return };
    for sample in SAMPLES {
        let recording = fixtures.sample(sample);
        assert_eq!((recording.axes(), recording.len()), (3, 200), "{sample}");
        let last: Vec<f64> = recording.rows().last().unwrap().collect();
        assert_eq!(last, fixtures.features(sample, "last"), "{sample}");
    }
}

#[test]
fn features_are_those_of_numpy_and_scipy() {
    let Some(fixtures) = Fixtures::find("features_are_those_of_numpy_and_scipy") else { return };
    for sample in SAMPLES {
        let recording = fixtures.sample(sample);
        for (feature, key, tolerance) in [
            ("mad", "mad128_scipy", ROUNDING),
            ("std", "std128_pop", ROUNDING_OF_MOMENTS),
            ("variance", "var128_pop", ROUNDING_OF_MOMENTS),
            ("kurtosis", "kurtosis128_excess_biased", ROUNDING_OF_MOMENTS),
            ("skewness", "skew128_biased", ROUNDING_OF_MOMENTS),
            ("correlation", "corr128_xy_xz_yz", ROUNDING_OF_MOMENTS),
        ] {
            let expected = fixtures.features(sample, key);
            let found = features::<f64>(&recording, feature);
            assert_near(&found, &expected, tolerance, &format!("{feature} of {sample}"));
        }
        let mad = features::<f32>(&recording, "mad");
        let expected = fixtures.features(sample, "mad128_scipy");
        assert_near(&mad, &expected, SINGLE, &format!("mad of {sample} in f32"));

        // The mean is no feature of judder, but `rms` and `std` give its size.
        let [rms, std] = ["rms", "std"].map(|feature| features::<f64>(&recording, feature));
        let mean: Vec<f64> =
            rms.iter().zip(&std).map(|(rms, std)| (rms * rms - std * std).sqrt()).collect();
        let expected = fixtures.features(sample, "mean128");
        let sizes: Vec<f64> = expected.iter().map(|x| x.abs()).collect();
        assert_near(&mean, &sizes, ROUNDING_OF_MOMENTS, &format!("mean of {sample}"));
    }
}

#[test]
fn imported_models_are_those_of_numpy() {
    let Some(fixtures) = Fixtures::find("imported_models_are_those_of_numpy") else { return };
    for name in MODELS {
        let gaussian = fixtures.gaussian(name);
        let model = &fixtures.numbers["md_models"][name];
        assert_eq!(serde_json::json!(gaussian.mean()), model["mu"], "{name}");
        let covariance = gaussian.covariance();
        let rows: Vec<&[f64]> = covariance.chunks(3).collect();
        assert_eq!(serde_json::json!(rows), model["cov"], "{name}");
    }
}

#[test]
fn distances_are_those_of_numpy() {
    let Some(fixtures) = Fixtures::find("distances_are_those_of_numpy") else { return };
    for sample in SAMPLES {
        let recording = fixtures.sample(sample);
        for name in MODELS {
            let gaussian = fixtures.gaussian(name);
            let expected = fixtures.distance(name, sample);
            for (precision, tolerance) in [(Precision::F64, ROUNDING), (Precision::F32, SINGLE)] {
                let scored = scorer(&gaussian, precision)
                    .score(recording.values(), recording.axes(), recording.rate_hz())
                    .unwrap();
                let scores: Vec<f64> = scored.iter().map(|one| one.score).collect();
                let what = format!("{name} of {sample} in {precision:?}");
                assert_near(&scores, &[expected], tolerance, &what);
            }
        }
    }
}
