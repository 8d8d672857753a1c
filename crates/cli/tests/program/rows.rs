//! What `score`, `evaluate` and `check` print for other programs.

use std::fs;

use serde_json::Value;

use crate::room::{ANOMALY, NORMAL, READINGS, Room};

/// The rows of CSV, header included.
fn cells(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_row_a_recording_in_path_order() {
    let room = Room::with_model();
    for number in [10_000, 9_999, 10, 9] {
        let to = room.path(format!("numbered/{number:04}.csv"));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(room.path(format!("{NORMAL}/0001.csv")), to).unwrap();
    }
    let csv = room.judder("score m.json numbered --format csv").well();
    let rows = cells(&csv.stdout);
    assert_eq!(rows[0], ["path", "score", "threshold", "verdict"]);
    let paths: Vec<&str> = rows[1..].iter().map(|row| &*row[0]).collect();
    let expected = ["0009", "0010", "9999", "10000"].map(|name| format!("numbered/{name}.csv"));
    assert_eq!(paths, expected);
    // Given one by one, in any order and twice, they are the same rows.
    let again = room.judder(
        "score m.json numbered/10000.csv numbered/9999.csv numbered numbered/0009.csv --format csv",
    );
    assert_eq!(again.well().stdout, csv.stdout);
}

#[test]
fn every_format_has_the_same_numbers() {
    let room = Room::with_model();
    let run = |format: &str| room.judder(&format!("score m.json fan --format {format}")).well();
    let (csv, jsonl, table) = (run("csv"), run("jsonl"), run("table"));
    let rows = cells(&csv.stdout);
    assert_eq!(rows.len(), 1 + 48);
    assert_eq!((jsonl.rows().len(), table.rows().len()), (48, 48));
    let mut anomalies = 0;
    for ((row, json), line) in rows[1..].iter().zip(jsonl.rows()).zip(table.rows()) {
        let [path, score, threshold, verdict] = row.as_slice() else { panic!("{row:?}") };
        let json: Value = serde_json::from_str(json).unwrap();
        let (score, threshold): (f64, f64) = (score.parse().unwrap(), threshold.parse().unwrap());
        assert_eq!(json["path"], **path);
        assert_eq!(json["start"], 0);
        assert_eq!(json["score"].as_f64(), Some(score));
        assert_eq!(json["threshold"].as_f64(), Some(threshold));
        assert_eq!(json["verdict"], **verdict);
        assert_eq!(verdict, if score > threshold { "anomaly" } else { "normal" });
        assert!(line.starts_with(verdict) && line.ends_with(&**path), "{line}");
        anomalies += usize::from(verdict == "anomaly");
    }
    assert!((10..38).contains(&anomalies), "{anomalies}");
}

#[test]
fn anomalies_give_exit_code_3_where_that_is_wanted() {
    let room = Room::with_model();
    // A threshold that is a score itself: what equals it is normal.
    let csv = room.judder(&format!("score m.json {NORMAL} --format csv")).well().stdout;
    let scores = cells(&csv)[1..].iter().map(|row| row[1].parse().unwrap()).collect::<Vec<f64>>();
    let largest = scores.iter().copied().fold(0.0, f64::max);
    room.judder("export m.json --to npz -o m.npz").well();
    for (threshold, code) in [(largest, 0), (largest * 0.999, 3)] {
        let import = format!("import m.npz --precision f32 --window {READINGS}");
        room.judder(&format!("{import} --threshold {threshold} -o t.json")).well();
        room.judder(&format!("score t.json {NORMAL} --fail-on-anomaly")).ended(code);
        room.judder(&format!("score t.json {NORMAL}")).well();
    }
    // What could not be scored weighs more.
    room.write("bad.csv", "");
    room.judder(&format!("score m.json {ANOMALY} bad.csv --fail-on-anomaly")).ended(1);
}

#[test]
fn long_recordings_and_numpy_give_several_rows() {
    let room = Room::with_model();
    room.judder("simulate --out long --states low --recordings 2 --readings 200").well();
    let jsonl = room.judder("score m.json long --format jsonl").well();
    let starts: Vec<Value> = jsonl
        .rows()
        .iter()
        .map(|row| serde_json::from_str::<Value>(row).unwrap()["start"].clone())
        .collect();
    assert_eq!(starts, [0, 64, 128, 0, 64, 128]);

    // [2, 64, 3] of 4-byte floats.
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 64, 3), }";
    npy.extend(format!("{header:<117}\n").bytes());
    // Some vibration, and gravity on the last axis.
    let reading = |at: u32| (at * 37 % 101) as f32 / 1e3 + if at % 3 == 2 { 1.0 } else { 0.0 };
    npy.extend((0..2 * 64 * 3).flat_map(|at| reading(at).to_le_bytes()));
    room.write("two.npy", npy);
    let csv = room.judder("score m.json two.npy --format csv").well();
    let paths: Vec<String> = cells(&csv.stdout)[1..].iter().map(|row| row[0].clone()).collect();
    assert_eq!(paths, ["two.npy/two[0]", "two.npy/two[1]"]);
}

#[test]
fn paths_may_hold_anything() {
    let room = Room::with_model();
    let good = room.read(format!("{NORMAL}/0003.csv"));
    let names = ["a,b.csv", "a \"b\".csv", "a b.csv", "a\nb.csv", "ä\u{1b}[31mb.csv"];
    for name in names {
        room.write(format!("odd/{name}"), &good);
    }
    let found = |format: &str| {
        let mut ended = room.judder(&format!("score m.json odd --format {format}")).well();
        std::mem::take(&mut ended.stdout)
    };
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let expected = sorted(names.map(|name| format!("odd/{name}")).to_vec());
    let rows = cells(&found("csv"));
    assert!(rows.iter().all(|row| row.len() == 4));
    assert_eq!(sorted(rows[1..].iter().map(|row| row[0].clone()).collect()), expected);
    let json = found("jsonl");
    let path = |row: &str| {
        serde_json::from_str::<Value>(row).unwrap()["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(sorted(json.lines().map(path).collect()), expected);
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_may_be_no_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let room = Room::with_model();
    let name = std::ffi::OsStr::from_bytes(b"b\xff.csv");
    room.write(name, room.read(format!("{NORMAL}/0003.csv")));
    for format in ["csv", "jsonl", "table"] {
        let words = ["score", "m.json", "--format", format].map(std::ffi::OsStr::new);
        let ended = room.run(words.into_iter().chain([name])).well();
        assert!(ended.stdout.contains("b\u{fffd}.csv"), "{}", ended.stdout);
    }
}

#[test]
fn an_evaluation_as_json() {
    let room = Room::with_fan();
    room.judder(&format!("train --normal {NORMAL} --hold-out 0.25 -o h.json")).well();
    let line = format!("evaluate h.json --normal {NORMAL} --anomaly {ANOMALY} --format json");
    let ended = room.judder(&line).well();
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["seen_left_out"], 18);
    assert_eq!(json["seen_only"], false);
    let count = |name: &str| json[name].as_u64().unwrap();
    assert_eq!(count("true_negatives") + count("false_positives"), 6);
    assert_eq!(count("true_positives") + count("false_negatives"), 24);
    assert_eq!(json["states"].as_array().unwrap().len(), 2);
    for field in ["threshold", "auc", "false_alarm_rate", "true_positive_rate_at_1_percent"] {
        assert!(json[field].is_f64(), "{field}: {}", ended.stdout);
    }
    for field in ["auc_interval", "false_alarm_interval"] {
        let [low, high] = ["low", "high"].map(|end| json[field][end].as_f64().unwrap());
        assert!(0.0 <= low && low <= high && high <= 1.0, "{field}");
    }
}

#[test]
fn findings_as_json() {
    let room = Room::with_fan();
    let well = room.judder(&format!("check {NORMAL} --format json --fail-on-finding"));
    let json: Value = serde_json::from_str(&well.stdout).unwrap();
    assert_eq!(json["folders"][0]["recordings"], 24);
    room.write(format!("{NORMAL}/0005.csv"), "not a recording\n");
    let found = room.judder(&format!("check {NORMAL} --format json --fail-on-finding")).ended(3);
    let json: Value = serde_json::from_str(&found.stdout).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert!(findings.iter().any(|one| one["severity"] == "error"), "{}", found.stdout);
}
