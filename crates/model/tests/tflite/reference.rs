//! The real fan's networks, which TensorFlow wrote, against numbers that TensorFlow computed.
//!
//! The models and numbers are the reference's and not part of the repository: they lie at
//! `$JUDDER_DATA`, else at `../shared/data`, and beside that in `reference/fixtures.json`.

use std::path::{Path, PathBuf};

use judder_core::Activation;
use judder_model::{DetectorKind, Layer, Precision, feature_scores, from_tflite, to_tflite};
use serde_json::Value;

use crate::networks::run;

/// A few roundings of float32, which TensorFlow computed in.
const SINGLE: f64 = 1e-6;

/// The folder of the data and the numbers, unless this machine has none.
fn fixtures(test: &str) -> Option<(PathBuf, Value)> {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = data.join("../reference/fixtures.json");
    let Ok(text) = std::fs::read(&path) else {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "{test} may not be skipped with CI=true: no {}", path.display());
        eprintln!("skipped {test}: no {}; set JUDDER_DATA", path.display());
        return None;
    };
    Some((data, serde_json::from_slice(&text).unwrap()))
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

#[test]
fn networks_of_the_fan_give_what_tensorflow_gives() {
    let Some((data, fixtures)) = fixtures("networks_of_the_fan_give_what_tensorflow_gives") else {
        return;
    };
    for name in ["fan_low_model-moving", "fan_low_model"] {
        let file = data.join("reference-models").join(format!("{name}.tflite"));
        let foreign = from_tflite(&std::fs::read(file).unwrap()).unwrap();
        let expected = &fixtures["tflite_models"][name];
        let layers = foreign.network.layers();
        let shapes: Vec<(usize, usize, Activation)> =
            layers.iter().map(|one| (one.inputs(), one.outputs(), one.activation())).collect();
        assert_eq!(shapes, [(3, 2, Activation::Relu), (2, 3, Activation::Relu)], "{name}");
        let tensors = expected["tensors"].as_array().unwrap();
        let constant = |shape: &[usize]| -> Vec<f64> {
            let shaped = |one: &&Value| one["shape"] == serde_json::json!(shape);
            let one = tensors.iter().filter(shaped).find(|one| one["values"].is_array()).unwrap();
            let rows = one["values"].as_array().unwrap();
            rows.iter()
                .flat_map(|row| {
                    row.as_array().map_or_else(|| vec![row.as_f64().unwrap()], |_| numbers(row))
                })
                .collect()
        };
        assert_eq!(
            layers.iter().map(Layer::weights).collect::<Vec<_>>(),
            [constant(&[2, 3]), constant(&[3, 2])]
        );
        assert_eq!(
            layers.iter().map(Layer::bias).collect::<Vec<_>>(),
            [constant(&[2]), constant(&[3])]
        );
        assert_eq!(foreign.metadata, None);
        // What the converter writes into every file is not told.
        assert_eq!(foreign.ignored, [""; 0]);

        let autoencoder = foreign.autoencoder().unwrap();
        let detector = DetectorKind::Autoencoder(autoencoder.clone());
        for sample in ["normal", "anomaly"] {
            let features = numbers(&fixtures["samples"][sample]["mad128_scipy"]);
            let wanted = numbers(&expected[format!("out_{sample}")]);
            let found: Vec<f32> = run(autoencoder.folded(), &features);
            let exact: Vec<f64> = run(autoencoder.folded(), &features);
            for ((found, exact), wanted) in found.iter().zip(&exact).zip(&wanted) {
                for found in [f64::from(*found), *exact] {
                    let error = (found - wanted).abs();
                    assert!(error <= SINGLE * wanted.abs(), "{name} {sample}: {found} {wanted}");
                }
            }
            let wanted = expected[format!("mse_{sample}")].as_f64().unwrap();
            for precision in [Precision::F32, Precision::F64] {
                let scores = feature_scores(&detector, precision, [&features[..]].into_iter());
                let [score] = scores.unwrap()[..] else { panic!("one row is one score") };
                let error = (score - wanted).abs();
                assert!(error <= SINGLE * wanted, "{name} {sample}: {score} is not {wanted}");
            }
        }
        let written = to_tflite(&foreign.network, None).unwrap();
        assert_eq!(from_tflite(&written).unwrap().network, foreign.network, "{name}");
    }
}
