//! Times that have holes, are uneven, or tell no rate; and axes that are none.

use std::fmt::Write;
use std::fs;

use judder_data::quality::{Kind, Report, Severity};
use tempfile::TempDir;

use super::datasets::{Rows, plausible};
use super::{found, report};

const COUNT: usize = 10;

/// Recordings of one folder, each with a column more, before the axes or behind them.
fn written(header: &str, column: impl Fn(usize, usize) -> String, is_last: bool) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let low = folder.path().join("low");
    fs::create_dir(&low).unwrap();
    for (number, rows) in recordings().iter().enumerate() {
        let mut text = header.to_owned();
        for (at, row) in rows.iter().enumerate() {
            let axes = row.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
            let more = column(number, at);
            let line = if is_last { format!("{axes},{more}") } else { format!("{more},{axes}") };
            writeln!(text, "{line}").unwrap();
        }
        fs::write(low.join(format!("{number:04}.csv")), text).unwrap();
    }
    folder
}

fn recordings() -> Vec<Rows> {
    plausible(11, COUNT).folders.remove(0).recordings
}

/// The findings but those about the length of what a hole parts.
fn without_lengths(report: &Report) -> Vec<(Kind, usize)> {
    let lengths = [Kind::LengthDiffers, Kind::ShortRecording];
    let all = found(report).into_iter().map(|(kind, _, count)| (kind, count));
    all.filter(|(kind, _)| !lengths.contains(kind)).collect()
}

fn message(report: &Report, kind: Kind) -> &str {
    &report.findings.iter().find(|finding| finding.kind == kind).unwrap().message
}

/// The times of row `k`, in the unit of each; the file is of no matter.
type Time = fn(f64) -> f64;

const HOLED: [(&str, &str, Time, f64, &str); 4] = [
    (
        "#time,accel_x,accel_y,accel_z\n",
        "seconds, 4 ms missing",
        |k| k / 3200.0 + if k < 100.0 { 0.0 } else { 0.004 },
        3200.0,
        "after 100 readings, at 0.0309 s, 0.00431 s lack before it",
    ),
    (
        "",
        "epoch seconds that go back",
        |k| 1.7e9 + k / 200.0 - if k < 100.0 { 0.0 } else { 0.25 },
        200.0,
        "the time goes back by 0.245 s before it",
    ),
    (
        "",
        "milliseconds with a pause",
        |k| 5.0 * k + if k < 100.0 { 0.0 } else { 500.0 },
        200.0,
        "after 100 readings, at 0.495 s, 0.505 s lack before it",
    ),
    (
        "time_ms,x,y,z\n",
        "a hole of 5 s",
        |k| 10.0 * k + if k < 150.0 { 0.0 } else { 5000.0 },
        100.0,
        "after 150 readings, at 1.49 s, 5.01 s lack before it",
    ),
];

#[test]
fn holes_are_found_and_part_recordings() {
    for (header, name, time, rate, says) in HOLED {
        let report = report(&written(header, |_, k| time(k as f64).to_string(), false));
        let found = without_lengths(&report);
        let is_guessed = header.is_empty() && name.starts_with("milli");
        let unit = [(Kind::TimeUnit, COUNT)];
        assert_eq!(found[0], (Kind::Hole, COUNT), "{name}");
        assert_eq!(found[1..], unit[..usize::from(is_guessed)], "{name}");
        let finding = report.findings.iter().find(|one| one.kind == Kind::Hole).unwrap();
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.contains(says), "{name}: {}", finding.message);
        assert!(finding.message.contains("no window goes across it"));
        assert!(finding.message.starts_with("0000.csv[1"), "{}", finding.message);
        let folder = &report.folders[0];
        assert_eq!((folder.recordings, folder.axes), (2 * COUNT, 3), "{name}");
        assert!((folder.rate_hz.unwrap() / rate - 1.0).abs() < 1e-3, "{name}: {folder:?}");
    }
}

const WHOLE: [(&str, Time, bool, Option<f64>); 4] = [
    ("milliseconds at 1600 Hz", |k| (k / 1.6).floor(), false, Some(1600.0)),
    ("packets of three", |k| 1_487_330_000_000.0 + (k / 3.0).floor() * 30.0, false, Some(100.0)),
    ("µs over 2^32", |k| (4_294_900_000.0 + 1250.0 * k) % 4_294_967_296.0, false, Some(800.0)),
    ("seconds behind the axes", |k| k / 200.0, true, Some(200.0)),
];

#[test]
fn times_without_a_hole_are_no_axes() {
    for (name, time, is_last, rate) in WHOLE {
        let report = report(&written("", |_, k| time(k as f64).to_string(), is_last));
        let but_units: Vec<_> = without_lengths(&report)
            .into_iter()
            .filter(|(kind, _)| *kind != Kind::TimeUnit)
            .collect();
        assert_eq!(but_units, [], "{name}");
        let folder = &report.folders[0];
        assert_eq!((folder.recordings, folder.axes), (COUNT, 3), "{name}");
        let close = |found: f64| rate.is_some_and(|rate| (found / rate - 1.0).abs() < 2e-3);
        assert!(folder.rate_hz.is_some_and(close), "{name}: {folder:?}");
    }
}

#[test]
fn uneven_steps_are_jitter() {
    // 1, 5 and 30 ms, as a formula draws them.
    let of_three = |k: usize| [1, 5, 5, 30, 5, 1, 5, 5, 5, 30][k * k * 7 % 10];
    let drawn = |k: usize| (0..k).map(of_three).sum::<usize>().to_string();
    let report_of = |column: &dyn Fn(usize) -> String| {
        report(&written("time_ms,x,y,z\n", |_, k| column(k), false))
    };
    let much = report_of(&drawn);
    let jitter = much.findings.iter().find(|one| one.kind == Kind::Jitter).unwrap();
    assert_eq!((jitter.severity, jitter.count >= COUNT), (Severity::Warning, true), "{jitter:?}");
    assert!(jitter.message.contains("are not evenly apart: up to "), "{}", jitter.message);
    let little = report_of(&|k| (10 * k + if k % 50 == 25 { 8 } else { 0 }).to_string());
    assert_eq!(without_lengths(&little), [(Kind::Jitter, COUNT)]);
    assert_eq!(little.worst(), Some(Severity::Info));
    let rounded = report_of(&|k| (k as f64 * 8.4).floor().to_string());
    assert_eq!(without_lengths(&rounded), []);
}

#[test]
fn a_time_that_tells_no_rate_is_said_so() {
    let untold = report(&written("timestamp,x,y,z\n", |_, k| (20_000 * k).to_string(), false));
    assert_eq!(without_lengths(&untold), [(Kind::TimeUnit, COUNT)]);
    assert!(message(&untold, Kind::TimeUnit).contains("column 1 \"timestamp\""));
    // Readings that are counted are no time.
    let counted = report(&written("", |_, k| k.to_string(), false));
    assert_eq!(without_lengths(&counted), []);
}

#[test]
fn seconds_that_are_too_coarse_tell_no_rate() {
    let report = report(&written("", |_, k| (7 + k / 180).to_string(), false));
    assert_eq!(report.folders[0].axes, 3);
    assert_eq!(report.folders[0].rate_hz, None);
    assert_eq!(without_lengths(&report), [(Kind::TimeUnit, COUNT)]);
    assert_eq!(report.worst(), Some(Severity::Warning));
    let message = message(&report, Kind::TimeUnit);
    assert!(message.contains("--rate") && !message.contains("--rate 1000"), "{message}");
}

#[test]
fn axes_are_called_as_the_header_calls_them() {
    let dead = |_: usize, _: usize| "0.5".to_owned();
    for (header, says) in [
        ("ax,ay,az,gx\n", "all readings of axis gx are equal"),
        ("", "all readings of axis 4 are equal"),
    ] {
        let report = report(&written(header, dead, true));
        assert_eq!(without_lengths(&report), [(Kind::StuckAxis, COUNT)], "{header}");
        assert!(message(&report, Kind::StuckAxis).contains(says), "{:?}", report.findings);
    }
}

#[test]
fn axes_of_other_names_are_told() {
    let written = written("time,x,y,z\n", |_, k| (k as f64 / 200.0).to_string(), false);
    let rename = |number: usize, header: &str| {
        let path = written.path().join("low").join(format!("{number:04}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replacen("time,x,y,z", header, 1)).unwrap();
    };
    rename(2, "Time,X,Y,Z");
    assert_eq!(found(&report(&written)), []);
    rename(4, "time,z,y,x");
    let report = report(&written);
    assert_eq!(found(&report), [(Kind::NamesDiffer, "low".to_owned(), 1)]);
    assert_eq!(report.worst(), Some(Severity::Warning));
    let message = &report.findings[0].message;
    let says = "0004.csv: the axes are called z, y, x where most recordings have ";
    assert!(message.starts_with(says), "{message}");
}

#[test]
fn a_second_clock_looks_like_a_time() {
    let both = |_: usize, k: usize| format!("{},{}", 1.7e9 + k as f64 / 200.0, 5.3 * k as f64);
    let report = report(&written("", both, false));
    let clock: Vec<_> = without_lengths(&report);
    assert!(clock.contains(&(Kind::ClockAxis, COUNT)), "{clock:?}");
    assert!(message(&report, Kind::ClockAxis).contains("axis x looks like a time"));
}

/// What is found in a file of so many readings that are read by pieces is found as in a short one.
#[test]
fn long_recordings_tell_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "time_ms,accX,accY,accZ,gyrX\n".to_owned();
    for k in 0..120_000u64 {
        let time = 10 * k + if k % 40 == 7 { 8 } else { 0 } + if k < 70_000 { 0 } else { 5000 };
        let noise = |axis: u64| ((k * 4 + axis).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as f64;
        let [x, y, z] = [0, 1, 2].map(|axis| noise(axis) / 2048.0 + axis as f64 / 2.0);
        writeln!(text, "{time},{x},{y},{z},1").unwrap();
    }
    fs::write(folder.path().join("long.csv"), text).unwrap();
    let report = report(&folder);
    let kinds: Vec<Kind> = without_lengths(&report).into_iter().map(|(kind, _)| kind).collect();
    for kind in [Kind::Hole, Kind::Jitter, Kind::StuckAxis] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
    assert!(
        message(&report, Kind::Hole).starts_with("long.csv[70000]: after 70000 readings, at 700")
    );
    assert!(message(&report, Kind::StuckAxis).contains("axis gyrX are equal"));
}
