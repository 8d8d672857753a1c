//! What a check finds in a dataset, and what it does not.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "functions beside the tests are tests too, and say what they skip"
)]

mod datasets;
mod defects;
mod files;
mod real_fan;
mod repeats;
mod times;
mod unit;

use judder_data::quality::{Kind, Report, Severity, check};
use judder_data::sources;

/// Checks a dataset written to a temporary folder.
fn report(dataset: &tempfile::TempDir) -> Report {
    check(&sources(dataset.path()).unwrap(), |_, _| ())
}

/// Kind, name of the folder, count: sorted by kind.
fn found(report: &Report) -> Vec<(Kind, String, usize)> {
    let folder = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut found: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.kind, f.folder.as_deref().map(folder).unwrap_or_default(), f.count))
        .collect();
    found.sort();
    found
}

#[test]
fn plausible_recordings_give_no_finding() {
    for seed in 0..20 {
        for count in [1, 2, 3, 8, 40] {
            let report = report(&datasets::plausible(seed, count).written(1.0));
            assert_eq!(report.findings, [], "seed {seed}, {count} recordings");
            assert_eq!(report.worst(), None);
        }
    }
}

#[test]
fn folders_are_summed_up() {
    let mut dataset = datasets::plausible(1, 10);
    dataset.folders[1].recordings[4].truncate(150);
    let report = report(&dataset.written(1.0));
    let [low, off] = &report.folders[..] else { panic!("{:?}", report.folders) };
    assert!(low.path.ends_with("low") && off.path.ends_with("off"));
    assert_eq!((low.recordings, low.unreadable, low.shortest, low.longest), (10, 0, 200, 200));
    assert_eq!((off.recordings, off.unreadable, off.shortest, off.longest), (10, 0, 150, 200));
    assert_eq!((low.axes, low.rate_hz), (3, None));
    assert!((low.gravity.unwrap() - 1.0).abs() < 0.01);
}

#[test]
fn every_file_counts_as_done() {
    let written = datasets::plausible(1, 10).written(1.0);
    let mut done = 0;
    check(&sources(written.path()).unwrap(), |_, bytes| done += usize::from(bytes.is_none()));
    assert_eq!(done, 20);
}

#[test]
fn severities_order_from_mild_to_bad() {
    assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
}
