//! Everything that reads bytes of others.
//!
//! A reader that is added to judder gets its target here, its corpus in
//! [`corpus`](crate::corpus), and a line in `tests/targets.rs`. The readers of models (JSON, npz and the
//! foreign formats) belong after [`sidecar`].
#![allow(clippy::panic, clippy::expect_used, reason = "a target panics where something is wrong")]

use std::io::Cursor;

use judder_core::{
    Detector, Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES, MIN_LENGTH, Mahalanobis,
    Readings, packed_len,
};
use judder_data::{Recording, parse_sidecar, read_npz, read_text};
use zip::CompressionMethod;

use crate::corpus::archive;

/// A recording as text.
pub fn text(input: &[u8]) {
    match read_text(input, &mut Vec::new()) {
        Ok(recording) => check(&recording),
        Err(problem) => check_message(&problem.to_string()),
    }
}

/// An archive of arrays.
pub fn npz(input: &[u8]) {
    match read_npz(Cursor::new(input)) {
        Ok(recordings) => recordings.iter().for_each(|(_, recording)| check(recording)),
        Err(problem) => check_message(&problem.to_string()),
    }
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

/// The name of a feature set.
pub fn feature_set(input: &[u8]) {
    let Ok(name) = std::str::from_utf8(input) else { return };
    match name.parse::<FeatureSet>() {
        Ok(set) => {
            assert_eq!(set.to_string().parse(), Ok(set));
            assert!(set.count(MAX_AXES).is_ok_and(|count| count <= MAX_FEATURES));
        }
        Err(error) => assert!(matches!(error, Error::UnknownFeature | Error::FeatureSet)),
    }
}

/// A window of any bits: two bytes choose the features, one the axes, and the rest are f32.
pub fn windows(input: &[u8]) {
    let Some((&[low, high, axes], rest)) = input.split_first_chunk() else { return };
    let axes = usize::from(axes) % MAX_AXES + 1;
    let chosen = u16::from_le_bytes([low, high]);
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

/// What every recording that was read is.
fn check(recording: &Recording) {
    let (axes, len) = (recording.axes(), recording.len());
    assert!((1..=MAX_AXES).contains(&axes) && len >= 1);
    assert_eq!(recording.values().len(), axes * len);
    assert!(recording.values().iter().all(|x| x.is_finite()));
    assert!(recording.rate_hz().is_none_or(|rate| rate.is_finite() && rate > 0.0));
}

/// What every message is: short, and without what would spoil a terminal.
fn check_message(message: &str) {
    assert!(!message.is_empty() && message.len() < 2_000, "{} bytes", message.len());
    assert!(!message.contains(|c: char| c.is_control()), "{message:?}");
}
