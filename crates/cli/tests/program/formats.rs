//! Recordings of other formats, as the command line takes them.
//!
//! The files are made by `crates/data/tests/formats/make.py`, with the Python that `$JUDDER_FORMATS_PYTHON` names.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::room::Room;

/// A long recording whose middle is another state, with its time and the name of the state.
fn labelled(rows: usize) -> String {
    let mut text = "t_ms,accX [g],accY [g],accZ [g],state\n".to_owned();
    for row in 0..rows {
        let is_fault = (rows / 2..rows * 3 / 4).contains(&row);
        let noise = |salt: usize| {
            let mixed = (row * 7919 + salt * 104_729).wrapping_mul(2_654_435_761) >> 7;
            (mixed % 1000) as f64 / 1000.0 - 0.5
        };
        let strength = if is_fault { 0.4 } else { 0.02 };
        let [x, y, z] = [1, 2, 3].map(|salt| strength * noise(salt));
        let state = if is_fault { "fault" } else { "normal" };
        text += &format!("{},{x:.6},{y:.6},{:.6},{state}\n", row * 5, 1.0 + z);
    }
    text
}

#[test]
fn labels_of_a_file_are_states_that_paths_name() {
    let room = Room::new();
    room.write("day.csv", labelled(40_000));
    let train = "train --normal day.csv/normal --anomaly day.csv/fault --label-column state --window 200 -o m.json";
    let said = room.judder(train).well().stderr;
    assert!(said.contains("time from column 1 \"t_ms\" in ms, 200 Hz"), "{said}");
    assert!(said.contains("operating state from \"state\""), "{said}");
    // All of it, in time: the stretch and when it was.
    let scored = room.judder("score m.json day.csv").well();
    assert!(scored.stderr.contains("day.csv: anomaly from 00:01:40 for 50 s"), "{}", scored.stderr);
    let lines = room.judder("score m.json day.csv --format jsonl").well().stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 200);
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(line["seconds"], at as f64, "{line}");
        let verdict = if (100..150).contains(&at) { "anomaly" } else { "normal" };
        assert_eq!(line["verdict"], verdict, "{line}");
    }
    // The same states from a table beside.
    room.write("states.csv", "start,end,label\n100,150,fault\n");
    let line = "score m.json day.csv/fault --intervals states.csv --fail-on-anomaly";
    let fault = room.judder(line).ended(3).stdout;
    assert_eq!(fault.lines().count(), 50, "{fault}");
    let rest = room.judder("score m.json day.csv/unlabelled --intervals states.csv").well().stdout;
    assert!(!rest.contains("anomaly"), "{rest}");
    room.refused(
        "score m.json day.csv/walk --label-column state",
        1,
        &["no recording `walk`, but normal/0"],
    );
}

#[test]
fn what_is_not_meant_can_be_said() {
    let room = Room::new();
    room.write("day.csv", labelled(4000));
    let info = |options: &str| {
        let said = room.judder(&format!("info day.csv --format json {options}")).well().stdout;
        serde_json::from_str::<Value>(&said).unwrap()
    };
    assert_eq!(info("")["axes_names"][0], "accX [g], accY [g], accZ [g]");
    assert_eq!(info("")["format"], "text");
    assert_eq!(info("--columns 4,2")["axes_names"][0], "accZ [g], accX [g]");
    assert_eq!(info("--skip-first 10")["length"], 3990);
    room.refused(
        "info day.csv --columns up",
        1,
        &["has no column `up`", "t_ms, accX [g], accY [g], accZ [g], state"],
    );
    room.refused("info day.csv --columns state", 1, &["column `state` holds words"]);
    room.write("states.csv", "start,end,label\n5,1,late\n");
    room.refused(
        "info day.csv --intervals states.csv",
        1,
        &["states.csv: line 2: ends before it starts"],
    );
}

/// The files that the libraries of many formats wrote, if there is a Python that can.
fn made(room: &Room) -> Option<PathBuf> {
    let python = std::env::var_os("JUDDER_FORMATS_PYTHON");
    if python.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(
            !ci,
            "the formats may not be skipped with CI=true: JUDDER_FORMATS_PYTHON is not set"
        );
        eprintln!(
            "skipped formats: no libraries to write files with; `cargo xtask test tests` brings them"
        );
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/tests/formats/make.py");
    let folder = room.path("made");
    let done = Command::new(python?).arg("-B").arg(script).arg(&folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(folder)
}

/// What `make.py` says of a file, as options of the command line; none where it holds other readings.
fn options(entry: &Value) -> Option<Vec<String>> {
    let recordings = entry.get("recordings")?.as_array()?;
    let [one] = recordings.as_slice() else { return None };
    let is_all = one["truth"] == "base3" && one["rows"] == serde_json::json!([0, 2400]);
    let in_order = one["axes_of_truth"] == serde_json::json!([0, 1, 2]);
    let as_it_is = one["factor"] == 1.0 && one["tolerance"] == 0.0;
    let is_cut =
        one.get("may_be_cut_at").is_some_and(|at| at.as_array().is_some_and(|at| !at.is_empty()));
    if !is_all || !in_order || !as_it_is || is_cut || one["unit"].as_str().is_some_and(|u| u != "g")
    {
        return None;
    }
    let said = entry["options"].as_object()?;
    let mut options =
        vec!["--rate".to_owned(), "400".to_owned(), "--unit".to_owned(), "g".to_owned()];
    for (name, value) in said.iter().filter(|(name, _)| !matches!(name.as_str(), "rate" | "unit")) {
        options.push(format!("--{}", name.replace('_', "-")));
        match value {
            Value::Array(all) => {
                let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
                options.push(all.join(","));
            }
            Value::String(text) => options.push(text.clone()),
            Value::Bool(_) => {}
            number => options.push(number.to_string()),
        }
    }
    Some(options)
}

/// The same readings, whatever file they come from.
#[test]
fn equal_readings_have_equal_scores_in_all_formats() {
    let room = Room::new();
    let Some(made) = made(&room) else { return };
    let truth = made.join("truth/base3.npy");
    let train = [
        "train",
        "--normal",
        truth.to_str().unwrap(),
        "--window",
        "60",
        "--rate",
        "400",
        "--unit",
        "g",
        "-o",
    ];
    room.run(train.into_iter().chain([room.path("m.json").to_str().unwrap(), "--force"])).well();
    let scores = |path: &Path, options: &[String]| {
        let words = ["score".to_owned(), room.path("m.json").to_str().unwrap().to_owned()];
        let path = [path.to_str().unwrap().to_owned(), "--format".to_owned(), "csv".to_owned()];
        let ended = room.run(words.into_iter().chain(path).chain(options.iter().cloned())).well();
        let score = |row: &str| row.rsplit(',').nth(2).map(str::to_owned);
        ended.stdout.lines().skip(1).filter_map(score).collect::<Vec<String>>()
    };
    let expected = scores(
        &truth,
        &["--rate".to_owned(), "400".to_owned(), "--unit".to_owned(), "g".to_owned()],
    );
    assert_eq!(expected.len(), 40);
    let said = std::fs::read_to_string(made.join("expected.json")).unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    let mut formats = std::collections::BTreeSet::new();
    let mut count = 0;
    for entry in said["files"].as_array().unwrap() {
        let Some(options) = options(entry) else { continue };
        let path = made.join(entry["file"].as_str().unwrap());
        assert_eq!(scores(&path, &options), expected, "{}", path.display());
        formats.insert(entry["format"].as_str().unwrap().to_owned());
        count += 1;
    }
    assert!(count > 150 && formats.len() > 12, "{count} files of {formats:?}");
}
