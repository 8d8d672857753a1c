//! Exported autoencoders in the runtimes they are exported for: the same verdict on every recording.
//!
//! `$JUDDER_PYTHON` is a Python that has LiteRT, TensorFlow Lite for Microcontrollers and ONNX
//! Runtime; `cargo xtask test tests` brings one.

use std::fs;
use std::path::Path;
use std::process::Command;

use judder_data::{Recording, split};
use judder_model::{
    Autoencoder, DetectorKind, Metadata, Model, Precision, Takes, feature_scores, to_onnx,
    to_tflite, to_tflite_int8,
};
use judder_train::{AutoencoderOptions, Method, Options, extract, to_int8, train};

use crate::{ANOMALIES, MOVING, STILL, real_fan, recordings};

/// The other folders there are.
const OTHERS: [&str; 1] = ["fan_0_off_0_weight"];

/// How far an output may be from the core's, in steps of f32 at the largest output of its window.
const MOST: f64 = 2.0;

/// Runs the models in the folder on the rows of `rows`, and writes what each runtime gives.
const RUN: &str = "\
import os, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np, onnx, onnxruntime
from ai_edge_litert.interpreter import Interpreter
from tflite_micro import runtime
width = int(sys.argv[1])
def lite(model, rows):
    it = Interpreter(model_path=model)
    it.allocate_tensors()
    [i], [o] = it.get_input_details(), it.get_output_details()
    def one(row):
        it.set_tensor(i['index'], row[None])
        it.invoke()
        return it.get_tensor(o['index'])[0].copy()
    return np.array([one(row) for row in rows])
def micro(model, rows):
    it = runtime.Interpreter.from_bytes(open(model, 'rb').read(), arena_size=1 << 16)
    def one(row):
        it.set_input(row[None], 0)
        it.invoke()
        return it.get_output(0)[0].copy()
    return np.array([one(row) for row in rows])
rows = np.fromfile('rows', '<f4').reshape(-1, width)
onnx.checker.check_model(onnx.load('model.onnx'), full_check=True)
session = onnxruntime.InferenceSession('model.onnx', providers=['CPUExecutionProvider'])
session.run(None, {'features': rows})[0].astype('<f4').tofile('onnx')
lite('model.tflite', rows).astype('<f4').tofile('lite')
micro('model.tflite', rows).astype('<f4').tofile('micro')
integers = np.fromfile('integers', 'i1').reshape(-1, width)
lite('int8.tflite', integers).tofile('lite8')
micro('int8.tflite', integers).tofile('micro8')
";

fn ulp(x: f32) -> f64 {
    f64::from(x.abs().next_up()) - f64::from(x.abs())
}

/// The score of a reconstruction, as the core computes it.
fn score(autoencoder: &Autoencoder, features: &[f32], outputs: &[f32]) -> f32 {
    let errors = features.iter().zip(outputs).zip(autoencoder.error_scale()).map(|((x, y), s)| {
        let error = (x - y) * s as f32;
        error * error
    });
    errors.fold(0.0, |sum, square| sum + square) / features.len() as f32
}

/// The features of all recordings, and how many of the first are of the folder trained on.
fn all_features(folder: &Path, model: &Model, normal: &str) -> (Vec<f64>, usize) {
    let others = [STILL, MOVING].into_iter().chain(ANOMALIES).chain(OTHERS);
    let states = std::iter::once(normal).chain(others.filter(|state| *state != normal));
    let mut counts = Vec::new();
    let mut values = Vec::new();
    for state in states {
        let recordings = recordings(folder, state);
        let recordings: Vec<&Recording> = recordings.iter().map(|one| &one.recording).collect();
        let window = model.binding().window;
        let set = model.features();
        let (table, refused) =
            extract(&recordings, set, 3, window, window, Precision::F32).unwrap();
        assert!(refused.is_empty());
        counts.push(table.rows());
        values.extend(table.values);
    }
    assert_eq!(counts.iter().sum::<usize>(), 4388);
    (values, counts[0])
}

fn exported_models_judge_as_judder(normal: &str) {
    let Some(folder) = real_fan() else { return };
    let Some(python) = std::env::var_os("JUDDER_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "JUDDER_PYTHON is not set");
        eprintln!("skipped: no runtimes; `cargo xtask test tests` brings them");
        return;
    };
    let method = Method::Autoencoder(AutoencoderOptions::default());
    let options = Options {
        features: method.default_features().parse().unwrap(),
        method,
        ..Options::default()
    };
    let (paths, others) = ([folder.join(normal)], ANOMALIES.map(|state| folder.join(state)));
    let model = train(&paths, &[], &options).unwrap().model;
    let DetectorKind::Autoencoder(autoencoder) = model.detector() else { unreachable!() };
    let int8 = to_int8(&model, &paths, &others, &std::sync::Arc::default(), false, &|| ()).unwrap();
    let (values, _) = all_features(&folder, &model, normal);
    let n = autoencoder.features();

    // Real windows, and as many random ones: each feature from another window.
    let count = values.len() / n;
    let orders: Vec<Vec<usize>> = (0..n).map(|at| split::shuffled(count, at as u64)).collect();
    let random = (0..count).flat_map(|row| (0..n).map(move |at| (row, at)));
    let random = random.map(|(row, at)| values[orders[at][row] * n + at]);
    let rows: Vec<f32> = values.iter().copied().chain(random).map(|x| x as f32).collect();
    let steps = int8.network.inputs();
    let integers: Vec<u8> = values
        .chunks(n)
        .flat_map(|row| autoencoder.scaling().standardise(row))
        .map(|z| steps.quantise(z as f32).cast_unsigned())
        .collect();

    let space = tempfile::tempdir().unwrap();
    let at = |name: &str| space.path().join(name);
    let metadata = Metadata::of(&model, Takes::Features);
    let network = autoencoder.folded();
    fs::write(at("model.tflite"), to_tflite(network, metadata.as_ref()).unwrap()).unwrap();
    fs::write(at("model.onnx"), to_onnx(network, metadata.as_ref()).unwrap()).unwrap();
    fs::write(at("int8.tflite"), to_tflite_int8(&int8.network, None).unwrap()).unwrap();
    fs::write(at("rows"), rows.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>()).unwrap();
    fs::write(at("integers"), integers).unwrap();
    let done = Command::new(python)
        .args(["-c", RUN, &n.to_string()])
        .current_dir(space.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let threshold = model.threshold().value as f32;
    let wide: Vec<f64> = rows.iter().map(|&x| f64::from(x)).collect();
    let ours = feature_scores(model.detector(), Precision::F32, wide.chunks(n)).unwrap();
    let core = reconstructed(autoencoder, &rows);
    for runtime in ["lite", "micro", "onnx"] {
        let bytes = fs::read(at(runtime)).unwrap();
        let outputs: Vec<f32> =
            bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect();
        assert_eq!(outputs.len(), rows.len());
        let (mut strict, mut most, mut equal, mut within) = (0.0f64, 0.0f64, 0, 0);
        for (at, (found, expected)) in outputs.chunks(n).zip(core.chunks(n)).enumerate() {
            let largest = expected.iter().fold(0.0f32, |most, y| most.max(y.abs()));
            for (found, expected) in found.iter().zip(expected) {
                let off = (f64::from(*found) - f64::from(*expected)).abs();
                strict = strict.max(off / ulp(*expected));
                most = most.max(off / ulp(largest));
                equal += usize::from(found == expected);
                within += usize::from(off <= 2.0 * ulp(*expected));
            }
            let theirs = score(autoencoder, &rows[at * n..][..n], found);
            assert_eq!(theirs > threshold, ours[at] > f64::from(threshold), "{runtime}, row {at}");
        }
        println!(
            "{normal}, {runtime}: {count} real and as many random windows: largest difference \
             {most:.2} steps at the window's largest output, {strict:.1} at the output itself; \
             {:.3} % within 2 ulp, {:.1} % equal; every verdict equal",
            100.0 * within as f64 / outputs.len() as f64,
            100.0 * equal as f64 / outputs.len() as f64,
        );
        assert!(most <= MOST, "{runtime}: {most}");
    }

    for runtime in ["lite8", "micro8"] {
        let bytes = fs::read(at(runtime)).unwrap();
        let (inputs, outputs) = (int8.network.inputs(), int8.network.outputs());
        let agreeing = bytes.chunks(n).zip(values.chunks(n)).enumerate().filter(|(at, (q, x))| {
            let taken = autoencoder.scaling().standardise(x);
            let taken = taken.iter().map(|&z| inputs.number(inputs.quantise(z as f32)));
            let error = |(z, q): (f32, &u8)| f64::from(z - outputs.number(q.cast_signed())).powi(2);
            let score = taken.zip(*q).map(error).sum::<f64>() / n as f64;
            (score > f64::from(threshold)) == (ours[*at] > f64::from(threshold))
        });
        let share = agreeing.count() as f64 / count as f64;
        println!("{normal}, {runtime}: {:.2} % of {count} verdicts alike", 100.0 * share);
        assert!(share >= 0.99, "{runtime}: {share}");
    }
    let [before, after] = int8.auc.unwrap();
    let (normal8, anomaly8) = (int8.normal, int8.anomaly);
    let agreeing = normal8.agreeing + anomaly8.agreeing;
    let share = agreeing as f64 / (normal8.windows + anomaly8.windows) as f64;
    println!("{normal}, int8: AUC {before:.5} before, {after:.5} after, agreement {share:.4}");
    assert!(share >= 0.99 && before - after < 0.01);
}

/// What the core's network gives back.
fn reconstructed(autoencoder: &Autoencoder, rows: &[f32]) -> Vec<f32> {
    let numbers: Vec<(Vec<f32>, Vec<f32>, _)> = autoencoder
        .folded()
        .layers()
        .iter()
        .map(|layer| {
            let single = |values: &[f64]| values.iter().map(|&x| x as f32).collect();
            (single(layer.weights()), single(layer.bias()), layer.activation())
        })
        .collect();
    let layers: Vec<judder_core::Dense<'_, f32>> = numbers
        .iter()
        .map(|(weights, bias, activation)| {
            judder_core::Dense::new(weights, bias, *activation).unwrap()
        })
        .collect();
    let scale = vec![1.0; autoencoder.features()];
    let core = judder_core::Autoencoder::new(&layers, &scale).unwrap();
    let mut room = vec![0.0; judder_core::Score::workspace(&core)];
    rows.chunks(scale.len())
        .flat_map(|row| core.reconstruct(row, &mut room).unwrap().to_vec())
        .collect()
}

#[test]
fn exported_models_judge_as_judder_on_a_still_base() {
    exported_models_judge_as_judder(STILL);
}

#[test]
fn exported_models_judge_as_judder_on_a_moving_base() {
    exported_models_judge_as_judder(MOVING);
}
