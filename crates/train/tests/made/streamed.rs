//! Recordings that are too many to be in memory, and longer than a piece of them.

use std::fs;
use std::path::{Path, PathBuf};

use judder_data::{Located, Recording};
use judder_train::{Baseline, MOST_WINDOWS, Options, train, train_on};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Readings of three axes, row by row, the last of which sees gravity.
fn readings(seed: u64, rows: usize) -> Vec<f32> {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let reading = |at: usize| {
        let drawn: f64 = StandardNormal.sample(&mut chance);
        let gravity = if at % 3 == 2 { 1.0 } else { 0.0 };
        (0.02 * drawn + gravity) as f32
    };
    (0..3 * rows).map(reading).collect()
}

/// A file of NumPy's.
fn write(path: &Path, shape: &[usize], values: &[f32]) {
    let shape: Vec<String> = shape.iter().map(ToString::to_string).collect();
    let header =
        format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape.join(", "));
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend(format!("{header:<117}\n").bytes());
    bytes.extend(values.iter().flat_map(|x| x.to_le_bytes()));
    fs::write(path, bytes).unwrap();
}

fn recording(rows: &[f32]) -> Recording {
    let axes = (0..3).flat_map(|axis| rows.iter().skip(axis).step_by(3).map(|&x| f64::from(x)));
    Recording::from_axes(3, rows.len() / 3, axes.collect()).unwrap()
}

/// From files that are read a piece at a time, and again, comes the very model that comes from memory.
#[test]
fn what_is_read_again_makes_the_same_model() {
    let folder = tempfile::tempdir().unwrap();
    let (many, long) = (folder.path().join("many.npy"), folder.path().join("long.npy"));
    let (of_many, of_long) = (readings(1, 5000 * 200), readings(2, 700_000));
    write(&many, &[5000, 200, 3], &of_many);
    write(&long, &[700_000, 3], &of_long);

    let paths = [many, long];
    let read = Baseline::read(&paths, 0.0, false).unwrap();
    assert_eq!((read.recordings.len(), read.recordings[5000].len()), (5001, 700_000));
    let located = |(one, rows): (&judder_train::Known, &[f32])| Located {
        path: one.path.clone(),
        recording: recording(rows),
    };
    let rows = of_many.chunks_exact(600).chain([&of_long[..]]);
    let all: Vec<Located> = read.recordings.iter().zip(rows).map(located).collect();
    assert!(read.readings().unwrap() == all);
    let options = Options { window: Some(200), ..Options::default() };
    let expected = train_on(Baseline::of(all, read.given.clone()), None, &options).unwrap();
    let found = train(&paths, &[], &options).unwrap();
    assert_eq!(found.windows, expected.windows);
    assert!(found.model.to_json() == expected.model.to_json());
    assert!(train_on(read, None, &options).unwrap().model.to_json() == expected.model.to_json());
}

/// More windows than are learnt from: as many of each stretch, whatever way they come.
#[test]
fn of_very_many_windows_some_are_learnt_from() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("many.npy");
    let count = MOST_WINDOWS + 10_000;
    write(&path, &[count, 20, 3], &readings(3, count * 20));
    let options = Options { features: "log-std".parse().unwrap(), ..Options::default() };
    let found = train(std::slice::from_ref(&path), &[], &options).unwrap();
    assert_eq!(found.of, Some(count));
    assert!((MOST_WINDOWS..MOST_WINDOWS + 60).contains(&found.recordings), "{}", found.recordings);
    let read = Baseline::read(std::slice::from_ref(&path), 0.0, false).unwrap();
    let expected = train_on(read, None, &options).unwrap();
    assert!(found.model.to_json() == expected.model.to_json());
}

/// A file that is another when it is read again is said to be.
#[test]
fn a_file_that_changes_meanwhile_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("many.npy");
    write(&path, &[7500, 200, 3], &readings(1, 7500 * 200));
    let read = Baseline::read(std::slice::from_ref(&path), 0.0, false).unwrap();
    write(&path, &[7400, 200, 3], &readings(1, 7400 * 200));
    let error = train_on(read, None, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("many.npy") && error.contains("has changed"), "{error}");
}
