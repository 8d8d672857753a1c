//! What is written of a history and of folders is what was kept, bit for bit.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and one that is skipped says so"
)]

use std::path::Path;
use std::process::Command;

use judder_data::{Entry, Recording, load, read_sidecar, store};
use judder_history::{
    History, NewRecording, NewWindow, Packed, Problem, Retention, Sync, UnixMillis, Verdict,
};
use judder_server::folder::{Exported, FolderError, Format, Wanted, export};

/// So many recordings have each of two devices.
const COUNT: u64 = 5;

const AT: UnixMillis = 1_700_000_000_000;

fn all(format: Format) -> Wanted {
    Wanted { devices: Vec::new(), from: None, to: None, label: None, format }
}

/// Readings `[3, 7]` that no few decimals give back.
fn readings(device: u64, number: u64) -> Vec<f32> {
    let seed = device * 100 + number;
    (0..21).map(|k| ((seed * 21 + k) as f32 / 3.0).sin() * 1.1).collect()
}

/// A server's folder, whose history is open as that of a server that runs.
fn kept(folder: &Path) -> History {
    let path = folder.join("history.db");
    let mut history = History::open(&path, Sync::System, Retention::default()).unwrap();
    for number in 0..COUNT {
        let mut batch = history.batch();
        for device in 0..2 {
            let readings = Packed::new(&readings(device, number));
            let window = |start, score, verdict| NewWindow {
                start,
                score: Some(score),
                decision: Some(score),
                verdict,
            };
            let windows = [window(0, 0.5, Verdict::Normal), window(3, 7.25, Verdict::Anomaly)];
            let recording = NewRecording {
                device: ["fan", "pump"][device as usize],
                sequence: Some(number),
                start: Some(u64::MAX - device),
                at: AT + 1000 * number.cast_signed(),
                rate_hz: Some(199.5),
                axes: 3,
                // Those of one are not kept any more.
                readings: (device == 0 || number != 2).then_some(&readings),
                model: Some("0123abcd"),
                threshold: Some(6.5),
                windows: &windows,
                ..NewRecording::default()
            };
            batch.add(&recording).unwrap();
        }
        batch.commit().unwrap();
    }
    history
}

fn expected(device: u64, number: u64) -> Vec<f64> {
    readings(device, number).into_iter().map(f64::from).collect()
}

#[test]
fn folders_of_recordings_are_those_that_are_read() {
    let room = tempfile::tempdir().unwrap();
    let _history = kept(room.path());
    let to = tempfile::tempdir().unwrap();
    let to = to.path().join("out");
    let exported = export(room.path(), &to, &all(Format::Csv), |_| {}).unwrap();
    assert_eq!((exported.recordings, exported.bare, exported.damaged), (9, 1, 0));
    for (name, device) in [("fan", 0), ("pump", 1)] {
        let (found, errors) = load(&to.join(name)).unwrap();
        assert!(errors.is_empty());
        let numbers: Vec<u64> = (0..COUNT).filter(|n| device == 0 || *n != 2).collect();
        assert_eq!(found.len(), numbers.len());
        let entries = read_sidecar(&to.join(name)).unwrap();
        for ((one, entry), number) in found.iter().zip(&entries).zip(numbers) {
            assert_eq!(one.recording.values(), expected(device, number));
            assert_eq!(one.recording.rate_hz(), Some(199.5));
            let time = format!("2023-11-14T22:13:{}.000Z", 20 + number);
            assert_eq!((entry.device.as_deref(), entry.time.as_ref()), (Some(name), Some(&time)));
            assert_eq!((entry.sequence, entry.start), (Some(number), Some(u64::MAX - device)));
        }
    }
    // Nothing else is there.
    let mut names: Vec<_> =
        std::fs::read_dir(&to).unwrap().map(|one| one.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["fan", "pump"]);
}

#[test]
fn archives_are_those_that_are_read() {
    let room = tempfile::tempdir().unwrap();
    let _history = kept(room.path());
    let to = tempfile::tempdir().unwrap();
    let to = to.path().join("out");
    let wanted = Wanted { devices: vec!["fan".to_owned()], ..all(Format::Npz) };
    assert_eq!(export(room.path(), &to, &wanted, |_| {}).unwrap().recordings, COUNT);
    let (found, errors) = load(&to.join("fan.npz")).unwrap();
    assert!(errors.is_empty() && found.len() == COUNT as usize);
    for (one, number) in found.iter().zip(0..) {
        assert_eq!(one.recording.values(), expected(0, number));
    }
}

#[test]
fn times_and_devices_are_chosen() {
    let room = tempfile::tempdir().unwrap();
    let _history = kept(room.path());
    let to = tempfile::tempdir().unwrap();
    let wanted = Wanted {
        devices: vec!["pump".to_owned()],
        from: Some(AT + 1000),
        to: Some(AT + 3000),
        ..all(Format::Parquet)
    };
    let exported = export(room.path(), &to.path().join("out"), &wanted, |_| {}).unwrap();
    assert_eq!((exported.recordings, exported.bare), (3, 1));
    let wanted = Wanted { devices: vec!["fans".to_owned()], ..all(Format::Csv) };
    let error = export(room.path(), &to.path().join("none"), &wanted, |_| {}).unwrap_err();
    assert!(error.to_string().contains("no device \"fans\"; it has fan, pump"), "{error}");
    let error = export(room.path(), &to.path().join("out"), &all(Format::Csv), |_| {});
    assert!(matches!(error, Err(FolderError::Taken(_))));
    let inside = room.path().join("out");
    let error = export(room.path(), &inside, &all(Format::Csv), |_| {});
    assert!(matches!(error, Err(FolderError::Inside(_))));
    // Nothing is left of those that failed.
    let names: Vec<_> =
        std::fs::read_dir(to.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(names, ["out"]);
}

#[test]
fn folders_go_over_with_their_labels() {
    let room = tempfile::tempdir().unwrap();
    let recording = |k: usize| {
        let values = (0..12).map(|at| ((12 * k + at) as f64 / 7.0).cos()).collect();
        Recording::from_axes(2, 6, values).unwrap().with_rate(Some(50.0))
    };
    for (label, from) in [("low", 0), ("high", 10)] {
        let all: Vec<Recording> = (from..from + 3).map(recording).collect();
        let described = |_, entry| Entry { label: Some(label.to_owned()), ..entry };
        store::write_folder(&room.path().join(label), &all, described).unwrap();
    }
    let to = tempfile::tempdir().unwrap();
    for (format, name) in [(Format::Csv, "high"), (Format::Npz, "high.npz")] {
        let to = to.path().join(name);
        let wanted = Wanted { label: Some("high".to_owned()), ..all(format) };
        let Exported { recordings, .. } = export(room.path(), &to, &wanted, |_| {}).unwrap();
        assert_eq!(recordings, 3);
        let (found, _) = load(&to.join(name)).unwrap();
        for (one, k) in found.iter().zip(10..) {
            assert_eq!(one.recording.values(), recording(k).values());
        }
    }
}

#[test]
fn a_recording_that_is_damaged_is_named_and_the_rest_is_written() {
    let room = tempfile::tempdir().unwrap();
    drop(kept(room.path()));
    let connection = rusqlite::Connection::open(room.path().join("history.db")).unwrap();
    let flip = "UPDATE readings SET numbers = CAST(substr(numbers, 1, 9) || x'00' || substr(numbers, 11) AS BLOB)
                WHERE recording = 3";
    assert_eq!(connection.execute(flip, []).unwrap(), 1);
    drop(connection);
    let to = tempfile::tempdir().unwrap();
    let exported =
        export(room.path(), &to.path().join("out"), &all(Format::Parquet), |_| {}).unwrap();
    assert_eq!((exported.recordings, exported.damaged), (9, 1));
    assert!(exported.first_damage.unwrap().contains("recording 3"));
}

/// What pyarrow reads, a line for each row.
const PROGRAM: &str = "\
import struct, sys
import pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
bits = lambda value: struct.pack('>d', value).hex()
for row in table.to_pylist():
    axes = row['readings']
    said = [row[name] for name in ('device', 'start', 'sequence', 'unit', 'model', 'verdict', 'label', 'axes')]
    said += [row['time'].isoformat(), row['rate_hz'], row['score'], row['threshold']]
    said.append('none' if axes is None else '/'.join(' '.join(map(bits, axis)) for axis in axes))
    print(*said, sep=',')
";

#[test]
fn parquet_is_what_pyarrow_reads() {
    let Some(python) = std::env::var_os("JUDDER_PYTHON") else {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "parquet may not be skipped with CI=true: JUDDER_PYTHON is not set");
        eprintln!("skipped: no pyarrow; `cargo xtask test tests` brings it");
        return;
    };
    let room = tempfile::tempdir().unwrap();
    let _history = kept(room.path());
    let to = tempfile::tempdir().unwrap();
    let to = to.path().join("out");
    export(room.path(), &to, &all(Format::Parquet), |_| {}).unwrap();
    let mut command = Command::new(python);
    let output = command.args(["-c", PROGRAM]).arg(to.join("recordings.parquet")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines = Vec::new();
    for (name, device) in [("fan", 0), ("pump", 1)] {
        for number in 0..COUNT {
            let axis = |axis: &[f64]| {
                let bits = axis.iter().map(|value| format!("{:016x}", value.to_bits()));
                bits.collect::<Vec<_>>().join(" ")
            };
            let axes: Vec<String> = expected(device, number).chunks(7).map(axis).collect();
            let axes = if device == 1 && number == 2 { "none".to_owned() } else { axes.join("/") };
            lines.push(format!(
                "{name},{},{number},None,0123abcd,anomaly,None,3,2023-11-14T22:13:{}+00:00,199.5,7.25,6.5,{axes}",
                u64::MAX - device,
                20 + number,
            ));
        }
    }
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn what_is_no_history_and_no_recordings_is_refused() {
    let room = tempfile::tempdir().unwrap();
    let to = tempfile::tempdir().unwrap();
    std::fs::write(room.path().join("history.db"), "none\n".repeat(100)).unwrap();
    let error = export(room.path(), &to.path().join("out"), &all(Format::Csv), |_| {});
    let Err(FolderError::History(error)) = error else { panic!("{error:?}") };
    assert!(matches!(error.problem, Problem::NotAHistory), "{error}");
    let error = export(&room.path().join("x"), &to.path().join("out"), &all(Format::Csv), |_| {});
    assert!(matches!(error, Err(FolderError::Data(_))), "{error:?}");
    assert_eq!(std::fs::read_dir(to.path()).unwrap().count(), 0);
}
