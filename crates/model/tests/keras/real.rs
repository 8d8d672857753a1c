//! The reference's models against what NumPy computed of them.
//!
//! They lie at `$JUDDER_DATA`, else at `../shared/data`, and beside that in
//! `reference/fixtures.json`.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::fs;
use std::path::{Path, PathBuf};

use judder_core::{Dense, Real, Score};
use judder_model::{Network, from_keras};
use serde_json::Value;

/// The same formula in `f64`.
const DOUBLE: f64 = 1e-6;
/// In `f32`, of features that cancel.
const SINGLE: f64 = 1e-5;

const MODELS: [&str; 2] = ["fan_low_model-moving", "fan_low_model"];

/// The numbers, and where the models are, unless this machine has none.
fn fixtures(test: &str) -> Option<(Value, PathBuf)> {
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
    Some((serde_json::from_slice(&text).unwrap(), data.join("reference-models")))
}

fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// What the core gives back of features, and how far off that is.
fn run<T: Real>(network: &Network, features: &[f64]) -> (Vec<f64>, f64) {
    let to = |values: &[f64]| values.iter().map(|&x| T::from_f64(x)).collect::<Vec<_>>();
    let numbers: Vec<_> =
        network.layers().iter().map(|layer| (to(layer.weights()), to(layer.bias()))).collect();
    let layers: Vec<_> = numbers
        .iter()
        .zip(network.layers())
        .map(|((weights, bias), layer)| Dense::new(weights, bias, layer.activation()).unwrap())
        .collect();
    let scale = vec![T::from_f64(1.0); network.inputs()];
    let core = judder_core::Autoencoder::new(&layers, &scale).unwrap();
    let mut workspace = vec![T::ZERO; core.workspace()];
    let features = to(features);
    let score = core.score(&features, &mut workspace).unwrap().to_f64();
    let given = core.reconstruct(&features, &mut workspace).unwrap();
    (given.iter().map(|x| x.to_f64()).collect(), score)
}

fn assert_near(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= tolerance * expected.abs(), "{what}: {found} is not {expected}");
    }
}

#[test]
fn the_fan_models_give_what_numpy_gives() {
    let test = "the_fan_models_give_what_numpy_gives";
    let Some((fixtures, models)) = fixtures(test) else { return };
    for model in MODELS {
        let read = from_keras(&fs::read(models.join(format!("{model}.h5"))).unwrap()).unwrap();
        assert_eq!(read.ignored, ["`optimizer_weights`", "`training_config`"]);
        assert_eq!(read.metadata, None);
        let expected = &fixtures["h5_models"][model];
        for sample in ["normal", "anomaly"] {
            let what = format!("{model}, {sample}");
            let features = list(&fixtures["samples"][sample]["mad128_scipy"]);
            let number = |key: &str| expected[format!("{key}_{sample}")].clone();
            let (given, score) = run::<f64>(&read.network, &features);
            assert_near(&given, &list(&number("out_f64")), DOUBLE, &what);
            assert_near(&[score], &[number("mse_f64").as_f64().unwrap()], DOUBLE, &what);
            let (given, _) = run::<f32>(&read.network, &features);
            assert_near(&given, &list(&number("out_f32")), SINGLE, &what);
        }
    }
}

/// Files as Keras writes them have no checksums: damage gets anywhere.
#[test]
fn damaged_fan_models() {
    let Some((_, models)) = fixtures("damaged_fan_models") else { return };
    for model in MODELS {
        let mut file = fs::read(models.join(format!("{model}.h5"))).unwrap();
        super::damage(&mut file, 7);
    }
}
