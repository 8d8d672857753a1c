//! Everything that reads bytes of others.
//!
//! A reader that is added to judder gets its target here, its corpus in
//! [`corpus`](crate::corpus), and a line in `tests/targets.rs`. Models of other tools that are made of
//! parts are in [`foreign`](crate::foreign).
#![allow(clippy::panic, clippy::expect_used, reason = "a target panics where something is wrong")]

use std::io::Cursor;

use judder_core::{
    Detector, Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES, MIN_LENGTH, Mahalanobis,
    Readings, packed_len,
};
use judder_data::{Cut, Recording, parse_sidecar, read_text, sources};
use judder_model::{
    Binding, Explainer, Foreign, ForeignModel, Metadata, Misfit, Model, Scorer, Watcher,
    from_keras, from_npz, from_onnx, from_tflite, network_to_npz, to_npz, to_onnx, to_tflite,
};
use judder_server::{Posted, Problem, from_binary, from_json, to_binary};
use zip::CompressionMethod;

use crate::corpus::{archive, model_mean, network_weights};
use crate::foreign::{check_detector, check_network};

/// A recording as text.
pub fn text(input: &[u8]) {
    match read_text(Cursor::new(input.to_vec()), &mut Vec::new()) {
        Ok(recordings) => recordings.iter().for_each(|(_, recording)| check(recording)),
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// A recording as text that is so long that it is read by pieces: what comes of these is what comes of the whole.
pub fn pieces(input: &[u8]) {
    // Longer than what is looked at first.
    const LENGTH: usize = 300 << 10;
    let mut text = Vec::with_capacity(LENGTH + input.len());
    while text.len() < LENGTH {
        text.extend_from_slice(input);
        if !input.ends_with(b"\n") {
            text.push(b'\n');
        }
    }
    text.extend_from_slice(input);
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join("one.csv");
    std::fs::write(&path, text).expect("the temporary folder takes a file");
    let source = sources(&path).expect("the file is there").remove(0);
    let whole = source.read(&mut Vec::new()).map_err(|error| error.to_string());
    let pieces =
        source.pieces(Cut::new(128, 100)).and_then(|pieces| pieces.collect::<Result<Vec<_>, _>>());
    match (pieces, whole) {
        (Ok(pieces), Ok(whole)) => {
            let mut pieces = pieces.chunk_by(|one, _| !one.last);
            for whole in whole {
                let (path, whole) = (whole.path, whole.recording);
                let pieces = pieces.next().expect("each recording has pieces");
                let first = &pieces[0].recording;
                assert_eq!(path, pieces[0].path);
                assert_eq!((first.rate_hz(), first.unit()), (whole.rate_hz(), whole.unit()));
                for axis in 0..whole.axes() {
                    let fresh =
                        pieces.iter().flat_map(|piece| &piece.recording.axis(axis)[piece.fresh..]);
                    assert!(
                        fresh.map(|x| x.to_bits()).eq(whole.axis(axis).iter().map(|x| x.to_bits()))
                    );
                }
            }
            assert!(pieces.next().is_none());
        }
        (Err(error), Err(expected)) => assert_eq!(error.to_string(), expected),
        (pieces, whole) => panic!("{:?} by pieces, {:?} as a whole", pieces.err(), whole.err()),
    }
}

/// A file of this name with these bytes.
fn file(input: &[u8], name: &str) {
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, input).expect("the temporary folder takes a file");
    let source = sources(&path).expect("the file is there").remove(0);
    match source.read(&mut Vec::new()) {
        Ok(recordings) => recordings.iter().for_each(|one| check(&one.recording)),
        Err(error) => check_message(&error.problem.to_string()),
    }
}

/// An archive of arrays.
pub fn npz(input: &[u8]) {
    file(input, "one.npz");
}

/// One array, whose checksum is right: damage to an archive seldom gets so far.
pub fn npy(input: &[u8]) {
    npz(&archive(CompressionMethod::Stored, &[("array.npy", input)]));
}

/// The list beside recordings.
pub fn sidecar(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match parse_sidecar(text) {
        Ok(entries) => assert!(entries.len() <= text.lines().count()),
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// A model file. What is read is written again alike, and runs.
pub fn model(input: &[u8]) {
    match Model::from_json(input) {
        Ok(model) => {
            let written = model.to_json();
            let read = Model::from_json(&written).expect("what was written is read");
            assert_eq!((read.to_json(), &read), (written, &model));
            score(&model, input);
        }
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// What an exported network says of itself.
pub fn metadata(input: &[u8]) {
    match Metadata::from_json(input) {
        Ok(metadata) => {
            let read = Metadata::from_json(metadata.to_json().as_bytes());
            assert_eq!(read.expect("what was written is read"), metadata);
        }
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// A Mahalanobis model in an archive.
pub fn model_archive(input: &[u8]) {
    let read = match from_npz(Cursor::new(input)) {
        Ok(ForeignModel::Gaussians(read)) => read,
        Ok(ForeignModel::Network(found)) => return check_network_archive(found),
        Err(problem) => return check_message(&problem.to_string()),
    };
    read.ignored.iter().for_each(|what| check_message(what));
    assert!(read.threshold.is_none_or(|limit| limit.is_finite() && limit > 0.0));
    for gaussian in &read.modes {
        let written = to_npz(gaussian).expect("an archive can be made");
        match from_npz(Cursor::new(written)).expect("what was written is read") {
            ForeignModel::Gaussians(again) => {
                assert_eq!(again.modes, std::slice::from_ref(gaussian))
            }
            ForeignModel::Network(_) => panic!("a Gaussian was read as a network"),
        }
    }
    match read.detector() {
        Ok(detector) => check_detector(detector, read.modes[0].mean().len(), input),
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// What was read of a network is written, and read again alike.
fn check_network_archive(found: Foreign) {
    match network_to_npz(&found.network, found.metadata.as_ref()) {
        Ok(written) => {
            let read = from_npz(Cursor::new(written)).expect("what was written is read");
            let again = Foreign { ignored: Vec::new(), threshold: None, ..found };
            assert_eq!(read, ForeignModel::Network(again));
        }
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// An autoencoder's activation in an archive whose checksum is right.
pub fn network_array(input: &[u8]) {
    let weights = network_weights();
    let [weights, bias] = [&weights[0][..], &weights[1]];
    let entries = [
        ("layer_0_weights.npy", weights),
        ("layer_0_bias.npy", bias),
        ("layer_0_activation.npy", input),
    ];
    model_archive(&archive(CompressionMethod::Stored, &entries));
    let entries = [
        ("layer_0_weights.npy", input),
        ("layer_0_bias.npy", bias),
        ("layer_0_activation.npy", &network_weights()[2][..]),
    ];
    model_archive(&archive(CompressionMethod::Stored, &entries));
}

/// An ONNX file. What is read is written, in single precision, and read again alike.
pub fn onnx(input: &[u8]) {
    let found = match from_onnx(input) {
        Ok(found) => found,
        Err(problem) => return check_message(&problem.to_string()),
    };
    match to_onnx(&found.network, found.metadata.as_ref()) {
        Ok(written) => {
            let read = from_onnx(&written).expect("what was written is read");
            assert_eq!((&read.metadata, &read.ignored[..]), (&found.metadata, &[][..]));
            check_network(&found, input);
            let again = to_onnx(&read.network, read.metadata.as_ref()).expect("it was written");
            assert_eq!(again, written);
        }
        // Doubles may be too large.
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// A Keras model. What is read is written as an archive, and read again alike.
pub fn keras(input: &[u8]) {
    match from_keras(input) {
        Ok(found) => {
            assert_eq!(found.metadata, None);
            check_network(&found, input);
            check_network_archive(found);
        }
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// The covariance of a model of three features, whose checksum is right.
pub fn model_array(input: &[u8]) {
    let mean = model_mean();
    let entries = [("model_mu.npy", &mean[..]), ("model_cov.npy", input)];
    model_archive(&archive(CompressionMethod::Stored, &entries));
}

/// A network of TensorFlow Lite. What is read is written again alike.
pub fn tflite(input: &[u8]) {
    let foreign = match from_tflite(input) {
        Ok(foreign) => foreign,
        Err(problem) => return check_message(&problem.to_string()),
    };
    check_network(&foreign, input);
    match to_tflite(&foreign.network, foreign.metadata.as_ref()) {
        Ok(written) => {
            let read = from_tflite(&written).expect("what was written is read");
            assert_eq!(to_tflite(&read.network, read.metadata.as_ref()).ok(), Some(written));
        }
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// The name of a feature set.
pub fn feature_set(input: &[u8]) {
    let Ok(name) = std::str::from_utf8(input) else { return };
    match name.parse::<FeatureSet>() {
        Ok(set) => {
            assert_eq!(set.to_string().parse(), Ok(set));
            assert!(set.count(MAX_AXES).is_ok_and(|count| count <= MAX_FEATURES));
        }
        Err(error) => {
            assert!(matches!(error, Error::UnknownFeature | Error::Bands | Error::FeatureSet));
        }
    }
}

/// A window of any bits: three bytes choose the features, one the axes, and the rest are f32.
pub fn windows(input: &[u8]) {
    let Some((&[low, middle, high, axes], rest)) = input.split_first_chunk() else { return };
    let axes = usize::from(axes) % MAX_AXES + 1;
    let chosen = u32::from_le_bytes([low, middle, high, 0]);
    let features: Vec<Feature> = Feature::ALL
        .into_iter()
        .enumerate()
        .filter(|(at, _)| chosen >> at & 1 == 1)
        .map(|(_, f)| f)
        .collect();
    let numbers: Vec<f32> = rest.as_chunks().0.iter().map(|&b| f32::from_le_bytes(b)).collect();
    let length = numbers.len() / axes;
    if length < MIN_LENGTH {
        return;
    }
    let window = Readings::new(&numbers[..axes * length], axes, length).expect("it has this shape");
    let Ok(set) = FeatureSet::new(&features) else { return };
    let Ok(count) = set.count(axes) else { return };
    let (mean, whitening) = (vec![0.5; count], vec![1.0; packed_len(count)]);
    let gaussian = Mahalanobis::new(&mean, &whitening).expect("the parameters are finite");
    let detector = Detector::new(set, gaussian, 1.0, axes, length).expect("the shapes fit");
    match detector.judge(&window, &mut vec![0; length], &mut vec![0.0; count]) {
        Ok(judgement) => assert!(judgement.score.is_finite() && judgement.score >= 0.0),
        Err(
            Error::NonFinite { .. }
            | Error::StuckAxis { .. }
            | Error::NotRepresentable { .. }
            | Error::ScoreNotRepresentable,
        ) => {}
        Err(error) => panic!("{error}"),
    }
}

/// A recording as a board posts it in JSON.
pub fn posted_json(input: &[u8]) {
    check_posted(from_json(input), input);
}

/// A recording as a board posts it in binary. What is read is written again alike.
pub fn posted_binary(input: &[u8]) {
    let read = from_binary(input);
    if let Ok(posted) = &read
        && let Some(scale) = input.get(12..16).and_then(|scale| scale.try_into().ok())
        && let Some(written) = to_binary(posted, f32::from_le_bytes(scale))
    {
        assert_eq!(from_binary(&written).as_ref(), Ok(posted));
    }
    assert!(!matches!(&read, Ok(posted) if posted.device.is_none() || posted.sequence.is_none()));
    check_posted(read, input);
}

/// What every recording that was posted is, and every answer to one that is none.
fn check_posted(read: Result<Posted, Problem>, input: &[u8]) {
    match read {
        Ok(posted) => {
            check(&posted.recording);
            assert!(posted.recording.values().len() <= input.len());
            if let Some(device) = &posted.device {
                let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                assert!((1..=64).contains(&device.len()) && device.chars().all(fits), "{device:?}");
                assert!(!device.starts_with(['.', '-']), "{device:?}");
            }
        }
        Err(problem) => {
            assert!(matches!(problem.status().as_u16(), 400 | 422), "{problem:?}");
            check_message(problem.detail());
        }
    }
}

/// Runs a model on a few tame readings and on the bytes it came from.
pub(crate) fn score(model: &Model, input: &[u8]) {
    /// Longer windows than these readings are refused before anything is done.
    const LONGEST: usize = 1_000;
    let Binding { axes, window, rate_hz, .. } = model.binding();
    let length = window.clamp(1, LONGEST);
    let scorer = Scorer::new(model);
    let tame = (0..axes * length).map(|at| (at * 7 % 13) as f64 / 2048.0);
    let bytes = (0..axes * length).map(|at| f64::from(input.get(at).copied().unwrap_or(0)));
    for values in [tame.collect::<Vec<_>>(), bytes.collect()] {
        match scorer.score(&values, axes, Some(rate_hz)) {
            Ok(scored) => {
                assert_eq!(scored.len(), 1);
                assert!(scored.iter().all(|one| one.score.is_finite() && one.score >= 0.0));
                let watcher = Watcher::new(model, model.watching());
                let mut watcher = watcher.expect("a model's own was looked at");
                for one in scored {
                    let outcome = watcher.next(&one).expect("it is a window of this model");
                    assert!(outcome.score.is_finite() && outcome.score >= 0.0);
                }
                match Explainer::new(model).explain(&values, 0) {
                    Ok(reasons) => {
                        assert!((1..=3).contains(&reasons.len()));
                        reasons.iter().for_each(|one| check_message(&one.to_string()));
                    }
                    Err(error) => check_message(&error.to_string()),
                }
            }
            Err(misfit @ Misfit::Unit { .. }) => check_message(&misfit.to_string()),
            Err(misfit @ (Misfit::Short { .. } | Misfit::Window { .. })) => {
                assert!(window > LONGEST || matches!(misfit, Misfit::Window { .. }));
                check_message(&misfit.to_string());
            }
            Err(misfit) => panic!("{misfit}"),
        }
    }
}

/// What every recording that was read is.
pub(crate) fn check(recording: &Recording) {
    let (axes, len) = (recording.axes(), recording.len());
    assert!((1..=MAX_AXES).contains(&axes) && len >= 1);
    assert_eq!(recording.values().len(), axes * len);
    assert!(recording.values().iter().all(|x| x.is_finite()));
    assert!(recording.rate_hz().is_none_or(|rate| rate.is_finite() && rate > 0.0));
}

/// What every message is: short, and without what would spoil a terminal.
pub(crate) fn check_message(message: &str) {
    assert!(!message.is_empty() && message.len() < 2_000, "{} bytes", message.len());
    assert!(!message.contains(|c: char| c.is_control()), "{message:?}");
}
