//! Files that cannot be read, and what is written beside them.

use std::fs;

use judder_data::quality::{Kind, Severity};

use super::datasets::plausible;
use super::{found, report};

#[test]
fn files_that_cannot_be_read_are_one_finding_a_folder() {
    let written = plausible(1, 10).written(1.0);
    let broken = [
        ("0002.csv", "0.1, 0.2, 1.0\n0.1, 0.2\n"),
        ("0003.csv", ""),
        ("0004.csv", "0.1, 0.2, 1.0\n0.1, oops, 1.0\n"),
        ("0005.csv", "0.1, 0.2, 1.0\n0.1, nan, 1.0\n"),
        ("0006.csv", "1,2,3,4,5,6,7,8,9,10,11\n1,2,3,4,5,6,7,8,9,10,12\n"),
    ];
    for (name, text) in broken {
        fs::write(written.path().join("low").join(name), text).unwrap();
    }
    fs::write(written.path().join("off").join("0000.csv"), "\u{1}\u{2}").unwrap();
    let report = report(&written);
    let unreadable = |folder: &str, count| (Kind::Unreadable, folder.to_owned(), count);
    assert_eq!(found(&report), [unreadable("low", 5), unreadable("off", 1)]);
    assert!(report.findings.iter().all(|f| f.severity == Severity::Error));
    assert_eq!(
        report.findings[0].message,
        "0002.csv, 0003.csv, 0004.csv and 2 more: cannot be read; the first: line 2: 2 columns \
         where the lines before have 3; complete the line, or remove it"
    );
    assert!(report.findings[1].message.starts_with("0000.csv: is not a text file"));
    assert_eq!(report.folders[0].unreadable, 5);
    assert_eq!(report.folders[0].recordings, 5);
}

#[test]
fn a_folder_of_broken_files_only_is_reported() {
    let written = tempfile::tempdir().unwrap();
    fs::write(written.path().join("0000.csv"), "").unwrap();
    let report = report(&written);
    assert_eq!(report.findings.len(), 1);
    assert_eq!((report.folders[0].recordings, report.folders[0].axes), (0, 0));
}

#[test]
fn sample_rates_are_compared_where_they_are_known() {
    let written = plausible(1, 10).written(1.0);
    let list = |rate: fn(usize) -> f64| {
        (0..9)
            .map(|n| format!("{{\"file\": \"{n:04}.csv\", \"rate_hz\": {}}}\n", rate(n)))
            .collect::<String>()
    };
    let beside = |folder: &str| written.path().join(folder).join("recording.jsonl");
    fs::write(beside("low"), list(|n| 200.0 + 0.1 * n as f64)).unwrap();
    assert_eq!(report(&written).findings, []);
    fs::write(beside("off"), list(|n| if n < 3 { 100.0 } else { 200.0 })).unwrap();
    let report = report(&written);
    assert_eq!(found(&report), [(Kind::RateDiffers, "off".to_owned(), 3)]);
    assert!(report.findings[0].message.contains("sampled at 100 Hz where most recordings are at"));
    assert_eq!(report.folders[1].rate_hz, Some(200.0));
}

#[test]
fn recordings_without_a_common_length_are_told_once() {
    let mut dataset = plausible(1, 10);
    for folder in &mut dataset.folders {
        let recordings = folder.recordings.iter_mut().enumerate();
        recordings.for_each(|(at, rows)| rows.truncate(100 + 10 * at));
    }
    let report = report(&dataset.written(1.0));
    assert_eq!(found(&report), [(Kind::LengthDiffers, String::new(), 20)]);
    assert_eq!(report.findings[0].severity, Severity::Info);
    assert!(report.findings[0].message.contains("100 to 190 readings"));
}

#[test]
fn longer_recordings_are_worth_knowing_only() {
    let mut dataset = plausible(1, 10);
    let more = dataset.folders[0].recordings[1].clone();
    dataset.folders[0].recordings[0].extend(more);
    let report = report(&dataset.written(1.0));
    assert_eq!(found(&report), [(Kind::LengthDiffers, "low".to_owned(), 1)]);
    assert_eq!(report.worst(), Some(Severity::Info));
}

#[test]
fn a_report_is_stable_json() {
    let mut dataset = plausible(1, 10);
    dataset.folders[0].recordings[4] = dataset.folders[0].recordings[2].clone();
    let written = dataset.written(1.0);
    let json = serde_json::to_value(report(&written)).unwrap();
    let file = written.path().join("low").join("0004.csv");
    assert_eq!(
        json["findings"],
        serde_json::json!([{
            "severity": "warning",
            "kind": "duplicate",
            "folder": file.parent().unwrap(),
            "count": 1,
            "files": [file],
            "message": "0004.csv: the same readings stand in this folder already (the first in \
                        0002.csv); remove these copies, else they count twice",
        }])
    );
    assert_eq!(json["folders"][0]["recordings"], 10);
}
