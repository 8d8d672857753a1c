//! Models of other tools, made of parts: damage to a file by chance seldom gets behind its checksums and
//! lengths.
#![allow(clippy::panic, clippy::expect_used, reason = "a target panics where something is wrong")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use judder_model::{
    Binding, DetectorKind, Foreign, ForeignModel, FormatError, Model, Precision, Provenance, Rule,
    Threshold, from_keras, from_onnx_in, from_tflite,
};
use zip::CompressionMethod;

use crate::corpus::archive;
use crate::fixtures::{self, KERAS};
use crate::flat::{EDIT, edit};
use crate::keras::{NormalizationFile, normalization_file};
use crate::onnx::{elsewhere, file, node, tensor};
use crate::targets::{check_message, score};

/// The longest that a file of 64 kB may take.
const LONGEST: Duration = Duration::from_secs(20);

/// The bytes of weights that external data of a tensor are taken from, and those that nobody may read.
const INSIDE: f32 = 0.25;
const OUTSIDE: f32 = 7777.0;

/// What separates the fields of the target [`onnx_beside`]; no text has it.
const END: u8 = 0xFE;

/// Looks at what was read, twice.
fn check_foreign(read: impl Fn() -> Result<Foreign, FormatError>, input: &[u8]) -> Option<Foreign> {
    let (one, other) = (read(), read());
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one, other);
            check_network(&one, input);
            Some(one)
        }
        (Err(one), Err(other)) => {
            assert_eq!(one.to_string(), other.to_string());
            check_message(&one.to_string());
            None
        }
        (one, other) => panic!("{one:?}, and then {other:?}"),
    }
}

/// What was read of a network scores, or says why not.
pub(crate) fn check_network(foreign: &Foreign, input: &[u8]) {
    foreign.ignored.iter().for_each(|what| check_message(what));
    let numbers =
        foreign.network.layers().iter().flat_map(|one| one.weights().iter().chain(one.bias()));
    assert!(numbers.into_iter().all(|x| x.is_finite()));
    if let Ok(autoencoder) = foreign.autoencoder() {
        check_detector(DetectorKind::Autoencoder(autoencoder), foreign.network.inputs(), input);
    }
}

/// A detector of so many features, where as many axes can be.
pub(crate) fn check_detector(detector: DetectorKind, axes: usize, input: &[u8]) {
    for precision in [Precision::F32, Precision::F64] {
        let binding = Binding { axes, window: 16, hop: 16, rate_hz: 200.0 };
        let limit =
            Threshold { value: 11.5, rule: Rule::Given(11.5), false_alarm_rate: None, windows: 0 };
        let features = "mad".parse().expect("it is a feature");
        let (detector, provenance) = (detector.clone(), Provenance::default());
        match Model::new(binding, precision, features, detector, limit, provenance) {
            Ok(model) => score(&model, input),
            Err(problem) => check_message(&problem.to_string()),
        }
    }
}

/// A configuration of Keras around the weights of a model that it saved: a number, and JSON.
pub fn keras_config(input: &[u8]) {
    let Some((&number, config)) = input.split_first() else { return };
    let Some((_, weights)) = KERAS.get(usize::from(number) % KERAS.len().max(1)) else { return };
    keras_archive(config, weights, input);
}

/// Weights of Keras in the archive of a model that it saved: a number, and an HDF5 file.
pub fn keras_weights(input: &[u8]) {
    let Some((&number, weights)) = input.split_first() else { return };
    let Some((config, _)) = KERAS.get(usize::from(number) % KERAS.len().max(1)) else { return };
    keras_archive(config, weights, input);
}

fn keras_archive(config: &[u8], weights: &[u8], input: &[u8]) {
    let members = [("config.json", config), ("model.weights.h5", weights)];
    let bytes = archive(CompressionMethod::Stored, &members);
    check_foreign(|| from_keras(&bytes), input);
}

/// A tensor in a file beside: location, offset, length and a digest, and the shape, with an end after each.
pub fn onnx_beside(input: &[u8]) {
    let mut fields = input.split(|&byte| byte == END);
    let [location, offset, length, checksum] = [(); 4].map(|()| fields.next());
    let mut dims = fields.next().unwrap_or(b"3,3").split(|&byte| byte == b',');
    let mut dim = || {
        let text = std::str::from_utf8(dims.next()?).ok()?;
        text.trim().parse::<u64>().ok()
    };
    let shape: Vec<u64> = [dim(), dim()].into_iter().flatten().collect();
    let keys =
        [("location", location), ("offset", offset), ("length", length), ("checksum", checksum)];
    let entries: Vec<(&[u8], &[u8])> =
        keys.iter().filter_map(|&(key, value)| Some((key.as_bytes(), value?))).collect();
    let bytes = file(
        &[node("MatMul", &["x", "w"], "h"), node("MatMul", &["h", "w"], "y")],
        &[elsewhere("w", &shape, &entries)],
        3,
        3,
    );
    let space = tempfile::tempdir().expect("there is a temporary folder");
    let folder = space.path().join("folder");
    lay_out(space.path(), &folder);
    let read = || match from_onnx_in(&bytes, &folder)? {
        ForeignModel::Network(foreign) => Ok(foreign),
        ForeignModel::Gaussians(_) => panic!("there is no mixture in it"),
    };
    let read = check_foreign(read, input);
    let plain = location.is_some_and(is_plain);
    if let Some(foreign) = read {
        assert!(plain, "{location:?} is no file beside");
        let weights = foreign.network.layers().iter().flat_map(|layer| layer.weights());
        assert!(weights.into_iter().all(|&x| f64::from(OUTSIDE) != x), "{location:?} is outside");
    } else if let Some(location) = location.filter(|_| !plain) {
        let error = from_onnx_in(&bytes, &folder).expect_err("it was refused").to_string();
        let opened = ["has the file", "is not there", "takes"];
        let of_a_name = std::str::from_utf8(location).is_ok_and(|name| !name.contains('\0'));
        assert!(!of_a_name || opened.iter().all(|word| !error.contains(word)), "{error}");
    }
}

/// Weights inside of the folder and outside of it.
fn lay_out(space: &Path, folder: &Path) {
    let numbers = |x: f32| [x; 32].iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let all = [
        (folder.join("m.onnx.data"), INSIDE),
        (folder.join("sub/m.onnx.data"), OUTSIDE),
        (space.join("m.onnx.data"), OUTSIDE),
        (space.join("out.data"), OUTSIDE),
    ];
    fs::create_dir_all(folder.join("sub")).expect("the temporary folder takes a folder");
    for (path, x) in all {
        fs::write(path, numbers(x)).expect("the temporary folder takes a file");
    }
}

/// Whether a location names a file in the folder, by the letters alone.
fn is_plain(mut location: &[u8]) -> bool {
    while let [b'.', b'/', rest @ ..] = location {
        location = rest;
    }
    let is_dots = matches!(location, b"" | b"." | b"..");
    !is_dots && !location.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0))
}

/// What normalises, in Keras' forms and ONNX's: a number that says which, three means and three deviations
/// or variances.
pub fn normalization(input: &[u8]) {
    let Some((&form, rest)) = input.split_first() else { return };
    let mut numbers = rest.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four));
    let mut three = || [(); 3].map(|()| numbers.next().unwrap_or(1.0));
    let (mean, spread) = (three(), three());
    let identity = tensor("w", &[3, 3], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    let constant = |name: &str, values: &[f32; 3]| tensor(name, &[3], values);
    let through = |nodes: &[_], more: &[_]| {
        let tensors =
            [&[identity.clone(), constant("m", &mean), constant("s", &spread)], more].concat();
        file(nodes, &tensors, 3, 3)
    };
    let first = node("Sub", &["x", "m"], "a");
    let last = node("MatMul", &["b", "w"], "y");
    // What the deviations are of each form, or none where they cannot be told.
    let (read, deviations) = match form % 6 {
        0 | 1 => {
            let invert = form % 6 == 1;
            let bytes = normalization_file(NormalizationFile { mean, variance: spread, invert });
            let deviations = spread.map(|variance| f64::from(variance).sqrt());
            (
                check_foreign(|| from_keras(&bytes), input),
                deviations.map(|sd| if invert { sd.recip() } else { sd }),
            )
        }
        2 => {
            let bytes = through(&[first, node("Div", &["a", "s"], "b"), last], &[]);
            (onnx(&bytes, input), spread.map(f64::from))
        }
        3 => {
            let bytes = through(&[first, node("Mul", &["a", "s"], "b"), last], &[]);
            (onnx(&bytes, input), spread.map(|x| f64::from(x).recip()))
        }
        4 => {
            let ones = constant("one", &[1.0; 3]);
            let zeros = constant("zero", &[0.0; 3]);
            let inputs = ["x", "one", "zero", "m", "s"];
            let nodes = [node("BatchNormalization", &inputs, "b"), last];
            let bytes = through(&nodes, &[ones, zeros]);
            (onnx(&bytes, input), spread.map(|x| (f64::from(x) + 1e-5).sqrt()))
        }
        _ => {
            let ends = [
                node("Mul", &["h", "s"], "c"),
                node("Add", &["c", "m"], "y"),
                node("MatMul", &["x", "w"], "h"),
            ];
            let [mul, add, dense] = ends;
            (onnx(&through(&[dense, mul, add], &[]), input), spread.map(|x| f64::from(x).recip()))
        }
    };
    let Some(foreign) = read else { return };
    let inverts = matches!(form % 6, 1 | 5);
    check_scaling(&foreign, mean.map(f64::from), deviations, inverts);
}

/// That numbers of usual sizes come out scaled: a row at the mean as zeros, or the other way round.
fn check_scaling(foreign: &Foreign, mean: [f64; 3], deviations: [f64; 3], inverts: bool) {
    const USUAL: std::ops::Range<f64> = 1e-3..1e3;
    let usual = |x: &f64| *x == 0.0 || USUAL.contains(&x.abs());
    if !mean.iter().all(usual) || !deviations.iter().all(|sd| USUAL.contains(sd)) {
        return;
    }
    let row = if inverts { [0.0; 3] } else { mean };
    let found = foreign.network.layers().iter().fold(row.to_vec(), |inputs, layer| {
        let rows = layer.weights().chunks(layer.inputs()).zip(layer.bias());
        rows.map(|(row, bias)| row.iter().zip(&inputs).map(|(w, x)| w * x).sum::<f64>() + bias)
            .collect()
    });
    for at in 0..3 {
        let expected = if inverts { mean[at] } else { 0.0 };
        // Layers have numbers of single precision; a mean may be many deviations.
        let tolerance =
            1e-6 * (1.0 + mean[at].abs() * if inverts { 1.0 } else { deviations[at].recip() });
        assert!(
            (found[at] - expected).abs() <= tolerance,
            "{found:?}, not {expected}, of {mean:?} {deviations:?}"
        );
    }
}

fn onnx(bytes: &[u8], input: &[u8]) -> Option<Foreign> {
    check_foreign(|| judder_model::from_onnx(bytes), input)
}

/// An ONNX file that may hold a mixture.
pub fn onnx_mixture(input: &[u8]) {
    // None of its tensors is there.
    let folder = Path::new("/nowhere");
    let start = Instant::now();
    match from_onnx_in(input, folder) {
        Ok(ForeignModel::Gaussians(read)) => {
            read.ignored.iter().for_each(|what| check_message(what));
            let count = read.modes[0].mean().len();
            match read.detector() {
                Ok(detector) => check_detector(detector, count, input),
                Err(problem) => check_message(&problem.to_string()),
            }
        }
        Ok(ForeignModel::Network(read)) => check_network(&read, input),
        Err(problem) => check_message(&problem.to_string()),
    }
    assert!(start.elapsed() < LONGEST, "{:?}", start.elapsed());
}

/// A quantised network of TensorFlow Lite, of which some numbers are changed: which file, and edits.
pub fn tflite_quantised(input: &[u8]) {
    let Some((&number, edits)) = input.split_first() else { return };
    let files: Vec<_> =
        fixtures::fixtures(".tflite").filter(|one| is_quantised(&one.name)).collect();
    let Some(file) = files.get(usize::from(number) % files.len().max(1)) else { return };
    let mut bytes = file.bytes.clone();
    for one in edits.as_chunks::<EDIT>().0 {
        edit(&mut bytes, one);
    }
    check_foreign(|| from_tflite(&bytes), input);
}

pub(crate) fn is_quantised(name: &str) -> bool {
    ["int8", "static", "dynamic", "float16"].iter().any(|word| name.contains(word))
}
