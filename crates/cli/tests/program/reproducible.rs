//! Equal inputs give equal bytes.

use std::fs;

use crate::room::{ANOMALY, NORMAL, Room};

#[test]
fn a_model_does_not_depend_on_threads_or_on_the_place() {
    for detector in ["mahalanobis", "autoencoder"] {
        depends_on_neither(detector);
    }
}

fn depends_on_neither(detector: &str) {
    let room = Room::with_fan();
    let features = "--features mad";
    let train =
        format!("train --detector {detector} {features} --normal {NORMAL} --anomaly {ANOMALY}");
    for (threads, model) in [(1, "one.json"), (2, "two.json"), (7, "seven.json")] {
        room.judder(&format!("{train} -o {model} --threads {threads}")).well();
    }
    assert!(room.read("one.json") == room.read("two.json"));
    assert!(room.read("one.json") == room.read("seven.json"));

    // The same relative path from another folder.
    let other = Room::new();
    fs::create_dir_all(other.path(NORMAL)).unwrap();
    fs::create_dir_all(other.path(ANOMALY)).unwrap();
    for folder in [NORMAL, ANOMALY] {
        for entry in room.path(folder).read_dir().unwrap() {
            let from = entry.unwrap().path();
            fs::copy(&from, other.path(folder).join(from.file_name().unwrap())).unwrap();
        }
    }
    other.judder(&format!("{train} -o one.json")).well();
    assert!(room.read("one.json") == other.read("one.json"));

    // The seed is of the shuffled figures, and stands in the model.
    room.judder(&format!("{train} --seed 1 -o seed.json")).well();
    assert!(room.read("one.json") != room.read("seed.json"));
}

#[test]
fn scores_do_not_depend_on_threads() {
    let room = Room::with_model();
    for format in ["csv", "jsonl", "table"] {
        let run = |threads| {
            room.judder(&format!("score m.json fan --format {format} --threads {threads}")).well()
        };
        assert_eq!(run(1).stdout, run(3).stdout);
    }
}

#[test]
fn a_simulated_fan_is_the_same_each_time() {
    let room = Room::new();
    let simulate = "simulate --states low,off+coin --recordings 3 --readings 20";
    room.judder(&format!("{simulate} --out a --threads 1")).well();
    room.judder(&format!("{simulate} --out b --threads 2")).well();
    room.judder(&format!("{simulate} --out c --seed 1")).well();
    room.judder(&format!("{simulate} --out d --from 2")).well();
    let content = |name: &str| {
        let under =
            |path: &std::path::PathBuf| path.starts_with(name) && path.extension().is_some();
        let files = room.all().into_iter().filter(under);
        files.map(|path| String::from_utf8(room.read(path)).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(content("a").len(), 2 * (3 + 1));
    assert_eq!(content("a"), content("b"));
    assert_ne!(content("a")[0], content("c")[0]);
    // What is made later continues what was made before.
    assert_eq!(content("a")[2], content("d")[0]);
}

/// A run with everything is the same on any number of threads; a time is as many recordings as come in it; and what is
/// made of a run later continues what was made before, but for what is drawn among the recordings that are made.
#[test]
fn a_simulated_run_is_the_same_each_time() {
    let room = Room::new();
    let simulate = "simulate --states low --recordings 12 --readings 100 --drift 0.5 --mix low,high --bursts 0.1";
    let one = "--warm-up 8 --load-step 6 --turn 9";
    room.judder(&format!("{simulate} {one} --touch 1 --strange 2 --out a --threads 1")).well();
    // A recording of 100 readings takes half a second.
    let same = "--warm-up 4s --load-step 3s --turn 0.075min";
    room.judder(&format!("{simulate} {same} --touch 1 --strange 2 --out b --threads 2")).well();
    room.judder(&format!("{simulate} {one} --out c")).well();
    room.judder(&format!("{simulate} {one} --out d --from 5")).well();
    room.judder("simulate --states low --recordings 12 --readings 100 --out e").well();
    let content = |name: &str| -> Vec<Vec<u8>> {
        (0..12).map(|at| room.read(format!("{name}/fan_0_low_0_weight/{at:04}.csv"))).collect()
    };
    assert_eq!(content("a"), content("b"));
    let unlike = |one: &str, other: &str| {
        content(one).iter().zip(content(other)).filter(|(one, other)| *one != other).count()
    };
    assert!((2..=3).contains(&unlike("a", "c")), "{} of 12", unlike("a", "c"));
    assert_eq!(content("c")[5..], content("d")[..7]);
    assert_eq!(unlike("c", "e"), 12);
}

#[test]
fn a_state_that_is_named_twice_is_made_once() {
    let room = Room::new();
    room.judder("simulate --states low,low --recordings 2 --readings 20 --out fan").well();
    assert_eq!(room.path(NORMAL).read_dir().unwrap().count(), 3);
}

#[test]
fn a_folder_that_holds_something_is_refused_before_anything_is_written() {
    let room = Room::new();
    room.write(format!("{ANOMALY}/notes.txt"), "kept");
    let line = "simulate --states low,low+coin --recordings 2 --out fan";
    room.refused(line, 1, &["fan_0_low_1_weight: is not empty; choose another folder"]);
    assert_eq!(room.read(format!("{ANOMALY}/notes.txt")), b"kept");
}
