//! The real fan: what is wrong with its recordings is known.

use std::path::{Path, PathBuf};

use judder_data::quality::{Kind, Report, check};
use judder_data::{map_recordings, sources};

use super::found;

const MOVING: &str = "fan_0_low_0_weight-moving";

/// Its dataset, unless this machine does not have it.
fn dataset(test: &str) -> Option<PathBuf> {
    let data = std::env::var_os("JUDDER_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let dataset = data.join("ceiling-fan");
    if dataset.is_dir() {
        return Some(dataset);
    }
    eprintln!("skipped {test}: no recordings of the real fan; set JUDDER_DATA");
    None
}

/// Folder and count of the findings of one kind.
fn of_kind(report: &Report, wanted: Kind) -> Vec<(String, usize)> {
    let all = found(report).into_iter();
    all.filter(|(kind, ..)| *kind == wanted).map(|(_, folder, count)| (folder, count)).collect()
}

#[test]
fn what_is_wrong_with_the_real_fan() {
    let Some(dataset) = dataset("what_is_wrong_with_the_real_fan") else { return };
    let report = check(&sources(&dataset).unwrap(), |_, _| ());
    assert_eq!(report.folders.len(), 8);
    assert_eq!(report.folders.iter().map(|f| f.recordings).sum::<usize>(), 4388);
    for folder in &report.folders {
        assert_eq!((folder.shortest, folder.longest, folder.axes), (200, 200, 3));
        assert!((folder.gravity.unwrap() - 1.0).abs() < 0.01, "{folder:?}");
    }
    assert_eq!(of_kind(&report, Kind::Handled), [(MOVING.to_owned(), 8)]);
    assert_eq!(of_kind(&report, Kind::MixedOrientation).len(), 1);
    assert_eq!(of_kind(&report, Kind::MixedOrientation)[0].0, MOVING);
    assert_eq!(of_kind(&report, Kind::SettlingReading).len(), 8);
    for finding in report.findings.iter().filter(|f| f.kind == Kind::SettlingReading) {
        let message = &finding.message;
        assert!(message.contains("the first reading is offset on axis z (by -0.01"), "{message}");
    }
    assert_eq!(report.findings.len(), 1 + 1 + 8, "{:#?}", report.findings);
}

#[test]
fn the_handled_recordings_of_the_real_fan() {
    let Some(dataset) = dataset("the_handled_recordings_of_the_real_fan") else { return };
    let handled = ["0021", "0044", "0064", "0112", "0192", "0215", "0262", "0285"]
        .map(|n| n.to_owned() + ".csv");
    let sources = sources(&dataset.join(MOVING)).unwrap();
    let is_handled = |path: &Path| handled.iter().any(|name| path.ends_with(name));
    let first = check(&sources, |_, _| ()).findings.into_iter().find(|f| f.kind == Kind::Handled);
    let first = first.unwrap();
    assert_eq!(first.count, handled.len());
    assert!(first.files.iter().zip(&handled).all(|(path, name)| path.ends_with(name)));
    // Without these eight nothing is left, and with any one of them it is found.
    let (with, without): (Vec<_>, Vec<_>) =
        sources.into_iter().partition(|source| is_handled(source.path()));
    assert_eq!(with.len(), handled.len());
    assert_eq!(of_kind(&check(&without, |_, _| ()), Kind::Handled), []);
    for source in with {
        let path = source.path().to_owned();
        let mut some = without.clone();
        some.push(source);
        let report = check(&some, |_, _| ());
        let finding = report.findings.iter().find(|f| f.kind == Kind::Handled);
        assert_eq!(finding.map(|f| f.files.as_slice()), Some([path].as_slice()));
    }
}

#[test]
fn the_real_fan_in_other_units() {
    let Some(dataset) = dataset("the_real_fan_in_other_units") else { return };
    let sources = sources(&dataset.join(MOVING)).unwrap();
    let in_g = found(&check(&sources, |_, _| ()));
    for scale in [9.80665, 1000.0] {
        let written = tempfile::tempdir().unwrap();
        let folder = written.path().join(MOVING);
        let scaled = map_recordings(
            &sources,
            |located| {
                let recording = &located.recording;
                let values = recording.values().iter().map(|x| x * scale).collect();
                judder_data::Recording::from_axes(recording.axes(), recording.len(), values)
                    .unwrap()
            },
            || (),
        );
        let scaled: Vec<_> = scaled.into_iter().flat_map(Result::unwrap).collect();
        judder_data::store::write_folder(&folder, &scaled, |_, entry| entry).unwrap();
        let mut report = found(&check(&judder_data::sources(&folder).unwrap(), |_, _| ()));
        report.retain(|(kind, ..)| *kind != Kind::GravityUnit);
        assert_eq!(report, in_g, "× {scale}");
    }
}
