//! Recordings that are too many to be in memory, and longer than a piece of them.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use judder_data::{Located, Recording, sources};
use judder_model::Model;
use judder_train::{
    Baseline, Judging, MOST_WINDOWS, Options, judge, judge_pieces, train, train_on,
};
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
    // A file has names for its columns, too.
    let again = read.readings().unwrap();
    assert_eq!(again.len(), all.len());
    for (again, one) in again.iter().zip(&all) {
        assert_eq!(again.path, one.path);
        assert!(again.recording.values() == one.recording.values());
    }
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

/// What comes of a model's sources a piece at a time, recording by recording.
fn pieces(model: &Model, path: &Path) -> (Vec<Vec<f64>>, Vec<String>) {
    let (mut scores, mut wrong): (Vec<(PathBuf, Vec<f64>)>, Vec<String>) = Default::default();
    judge_pieces(model, &sources(path).unwrap(), None, false, |step| {
        match step {
            Judging::Windows { path, windows, .. } => {
                if scores.last().is_none_or(|(of, _)| *of != path) {
                    scores.push((path, Vec::new()));
                }
                let all = &mut scores.last_mut().unwrap().1;
                all.extend(windows.iter().map(|one| one.score));
            }
            Judging::Misfit { path, misfit } => wrong.push(format!("{}: {misfit}", path.display())),
            Judging::Unreadable(error) => wrong.push(error.to_string()),
            Judging::Read { .. } => {}
        }
        ControlFlow::Continue(())
    });
    (scores.into_iter().map(|(_, all)| all).collect(), wrong)
}

/// A long recording is judged in pieces as it is as a whole; a line that is wrong ends it where it stands.
#[test]
fn long_recordings_are_judged_as_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write_rows = |name: &str, rows: &[f32], end: &str| {
        let mut text = String::new();
        for row in rows.chunks_exact(3) {
            text.push_str(&format!("{}, {}, {}\n", row[0], row[1], row[2]));
        }
        fs::write(folder.path().join(name), text + end).unwrap();
    };
    let normal = readings(4, 400 * 128);
    write_rows("a.csv", &normal, "");
    let options = Options { window: Some(128), ..Options::default() };
    let model = train(&[folder.path().join("a.csv")], &[], &options).unwrap().model;
    let long = readings(5, 150_000);
    write_rows("b.csv", &long, "");
    write_rows("c.csv", &long, "no, number, here\n");
    write_rows("d.csv", &long[..300], "");
    let (scores, wrong) = pieces(&model, folder.path());
    let whole = judge(&model, &sources(folder.path()).unwrap(), None, || ());
    let whole: Vec<_> = whole.into_iter().map(|one| one.map(|mut all| all.remove(0))).collect();
    let of = |at: usize| -> Vec<f64> {
        let judged = whole[at].as_ref().unwrap().windows.as_ref().unwrap();
        judged.iter().map(|one| one.score).collect()
    };
    assert_eq!((&scores[0], &scores[1]), (&of(0), &of(1)));
    // There are rows up to the line, and it is named as a whole read names it.
    assert!(scores[2].len() > 500 && scores[2] == scores[1][..scores[2].len()]);
    assert_eq!(wrong[0], whole[2].as_ref().unwrap_err().to_string());
    assert!(wrong[0].contains("line 150001"), "{}", wrong[0]);
    assert!(wrong[1].contains("100 readings"), "{}", wrong[1]);
}
