//! Recordings that cannot be used are named, with the line, and nothing is written.

use std::fs;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

/// The lines of a good recording.
fn good() -> Vec<String> {
    let row = |at| format!("0.{:02}, 0.{:02}, 1.{:02}", at * 7 % 50, at * 3 % 11, at * 5 % 13);
    (0..READINGS).map(row).collect()
}

/// A recording with one line replaced, counted from 1.
fn with_line(line: usize, text: &str) -> String {
    let mut lines = good();
    lines[line - 1] = text.to_owned();
    lines.join("\n") + "\n"
}

/// Every command that reads recordings names `file` among good ones, and writes nothing.
#[track_caller]
fn refused_everywhere(content: &[u8], words: &[&str]) {
    let room = Room::with_model();
    room.write(format!("{NORMAL}/0007.csv"), content);
    let named: Vec<&str> = ["fan_0_low_0_weight/0007.csv: "].iter().chain(words).copied().collect();
    room.refused(&format!("train --normal {NORMAL} -o new.json"), 1, &named);
    room.refused(&format!("evaluate m.json --normal {NORMAL}"), 1, &named);
    room.refused(&format!("evaluate m.json --normal {ANOMALY} --anomaly {NORMAL}"), 1, &named);

    room.judder("export m.json --to npz -o m.npz").well();
    let import = format!("import m.npz --window {READINGS} --normal {NORMAL} -o new.json");
    room.refused(&import, 1, &named);

    // A score is printed for all others.
    let ended = room.judder(&format!("score m.json {NORMAL} --format csv")).ended(1).says(&named);
    assert_eq!(ended.rows().len(), 24);
    assert!(!ended.stdout.contains("0007.csv"));
    assert!(ended.rows().iter().all(|row| row.split(',').count() == 4));

    // Wrong recordings are what `check` is asked for.
    let ended = room.judder(&format!("check {NORMAL}")).well();
    assert!(ended.stdout.contains("0007.csv"), "{}", ended.stdout);
    room.judder(&format!("check {NORMAL} --fail-on-finding")).ended(3);

    room.judder(&format!("train --normal {NORMAL} --skip-bad -o new.json")).well();
    room.judder(&format!("evaluate new.json --normal {NORMAL} --skip-bad")).well();
}

#[test]
fn an_empty_file() {
    refused_everywhere(b"", &["holds no readings"]);
}

#[test]
fn a_line_with_a_column_too_few() {
    refused_everywhere(with_line(57, "0.1, 0.2").as_bytes(), &["line 57: 2 columns"]);
}

#[test]
fn a_number_that_is_none() {
    let words = ["line 20: column 2: `nan` is not a finite number"];
    refused_everywhere(with_line(20, "0.1, nan, 1.0").as_bytes(), &words);
}

#[test]
fn text_in_line_3() {
    let words = ["line 3: column 1: `battery low` is not a number"];
    refused_everywhere(with_line(3, "battery low, 0.1, 1.0").as_bytes(), &words);
}

#[test]
fn binary_garbage() {
    refused_everywhere(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0", &["is not a text file"]);
}

#[test]
fn a_recording_that_is_shorter_than_the_window() {
    refused_everywhere((good()[..40].join("\n") + "\n").as_bytes(), &["has 40 readings"]);
}

#[test]
fn a_recording_of_a_stuck_sensor() {
    let stuck = "0.5, 0.5, 1.0\n".repeat(READINGS);
    refused_everywhere(stuck.as_bytes(), &["axis x is stuck"]);
}

#[test]
fn a_recording_of_other_axes() {
    let room = Room::with_model();
    let two: Vec<String> = good().iter().map(|line| line[..10].to_owned()).collect();
    room.write(format!("{NORMAL}/0007.csv"), two.join("\n"));
    let train = format!("train --normal {NORMAL} -o new.json");
    room.refused(&train, 1, &["0007.csv: has 2 axes, but", "has 3"]);
    let words = ["0007.csv: has 2 axes, but the model is for 3"];
    room.refused(&format!("evaluate m.json --normal {NORMAL}"), 1, &words);
    room.judder(&format!("score m.json {NORMAL}")).ended(1).says(&words);
}

#[test]
fn a_recording_of_another_rate() {
    let room = Room::with_model();
    room.judder("simulate --out slow --states low --recordings 24 --rate 100 --readings 64").well();
    let slow = "slow/fan_0_low_0_weight";
    let words = ["0000.csv: was sampled at 100 Hz", "200 Hz"];
    room.refused(&format!("evaluate m.json --normal {slow}"), 1, &words);
    room.refused(&format!("train --normal {NORMAL} {slow} -o new.json"), 1, &words[..1]);
    // What is given counts more than what is written.
    room.judder(&format!("train --normal {slow} --rate 200 -o new.json")).well();
    room.judder(&format!("score new.json {slow}/0000.csv")).ended(1).says(&words);
    room.judder(&format!("score new.json {slow} --rate 200")).well();
    let ended = room.judder(&format!("score m.json {slow}/0000.csv")).ended(1).says(&words);
    assert_eq!(ended.stdout, "");
    let list = fs::read_to_string(room.path(format!("{slow}/recording.jsonl"))).unwrap();
    room.write(format!("{slow}/recording.jsonl"), list.replacen('{', "", 1));
    room.refused(&format!("score m.json {slow}"), 1, &["recording.jsonl: line 1: "]);
}

#[test]
fn folders_that_hold_nothing_or_are_no_folders() {
    let room = Room::with_model();
    room.judder("export m.json --to npz -o m.npz").well();
    fs::create_dir_all(room.path("empty")).unwrap();
    fs::create_dir_all(room.path("odd/0003.csv")).unwrap();
    let commands = |folder: &str| {
        [
            format!("train --normal {folder} -o new.json"),
            format!("train --normal {NORMAL} --anomaly {folder} -o new.json"),
            format!("evaluate m.json --normal {folder}"),
            format!("score m.json {folder}"),
            format!("check {folder}"),
            format!("import m.npz --window {READINGS} --normal {folder} -o new.json"),
        ]
    };
    for line in commands("empty") {
        room.refused(&line, 1, &["error: empty: holds no recordings"]);
    }
    for line in commands("odd") {
        room.refused(&line, 1, &["odd/0003.csv: is a folder; a recording is a file"]);
    }
    for line in commands("missing") {
        room.refused(&line, 1, &["error: missing: no such file or folder"]);
    }
}

#[test]
fn too_few_recordings() {
    let room = Room::with_fan();
    let few = (0..9).map(|at| format!("{NORMAL}/000{at}.csv")).collect::<Vec<_>>().join(" ");
    let words = ["9 normal windows", "66 features", "at least 10 are needed"];
    room.refused(&format!("train --normal {few} -o new.json"), 1, &words);
    let words = ["--hold-out", "leaves no recording"];
    room.refused(&format!("train --normal {NORMAL} --hold-out 0.999 -o new.json"), 1, &words);
}

#[test]
fn recordings_that_are_all_the_same() {
    let room = Room::new();
    for number in 0..24 {
        room.write(format!("same/{number:04}.csv"), good().join("\n"));
    }
    let words = ["the same in all 24 normal windows", "copies"];
    room.refused("train --normal same --features mad+peak-to-peak -o new.json", 1, &words);
}
