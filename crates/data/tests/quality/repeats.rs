//! Stretches of a recording that repeat others.

use std::fmt::Write;
use std::fs;

use judder_data::quality::{Kind, Severity};

use super::datasets::{Rows, plausible};
use super::{found, report};

/// Writes one recording of these rows.
fn written(rows: &[&Rows]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let low = folder.path().join("low");
    fs::create_dir(&low).unwrap();
    let mut text = String::new();
    for row in rows.iter().copied().flatten() {
        let row: Vec<String> = row.iter().map(f64::to_string).collect();
        writeln!(text, "{}", row.join(",")).unwrap();
    }
    fs::write(low.join("hours.csv"), text).unwrap();
    folder
}

/// So many readings.
fn rows(seed: u64, recordings: usize) -> Rows {
    plausible(seed, recordings).folders.remove(0).recordings.concat()
}

#[test]
fn copies_within_a_file_are_found() {
    // Of 12 000 readings, in a file that is read by pieces.
    let (part, other) = (rows(1, 60), rows(2, 7));
    let copies: Vec<&Rows> = [&part, &other].into_iter().chain((0..25).map(|_| &part)).collect();
    let report = report(&written(&copies));
    let finding = report.findings.iter().find(|one| one.kind == Kind::Repeats).unwrap();
    assert_eq!(finding.severity, Severity::Warning);
    let message = &finding.message;
    assert!(message.starts_with("hours.csv: readings 134"), "{message}");
    assert!(message.contains(", and 24 more such stretches; copies say nothing new"), "{message}");
}

#[test]
fn a_machine_that_goes_on_repeats_nothing() {
    for recordings in [5, 400] {
        let report = report(&written(&[&rows(3, recordings)]));
        assert!(!found(&report).iter().any(|(kind, ..)| *kind == Kind::Repeats));
    }
}

#[test]
fn short_files_may_repeat_too() {
    let part = rows(1, 3);
    let report = report(&written(&[&part, &part]));
    assert!(found(&report).iter().any(|(kind, ..)| *kind == Kind::Repeats), "{report:?}");
}
