//! Bits that turn on the disk are noticed where they are read, or by who looks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use judder_history::{History, NewAlert, Problem, RecordingId, Sync, Verdict};
use rand::{RngExt, SeedableRng};

use crate::desk::{Desk, FOR_EVER, add, readings, window};

const RECORDINGS: u64 = 300;

/// A history that was closed, of several devices.
fn closed() -> Desk {
    let desk = Desk::new();
    let mut history = desk.open();
    for sequence in 0..RECORDINGS {
        let mut batch = history.batch();
        let device = format!("device-{}", sequence % 3);
        add(&mut batch, &device, sequence, 1000 + sequence as i64, 200).unwrap();
        batch.commit().unwrap();
    }
    drop(history);
    desk
}

/// All that can be read of a history: numbers, and what stands of each; or how many could not be.
fn read(path: &Path) -> Result<BTreeMap<i64, String>, String> {
    let history = History::open(path, Sync::System, FOR_EVER).map_err(|error| error.to_string())?;
    let reader = history.reader().map_err(|error| error.to_string())?;
    let mut all = BTreeMap::new();
    for id in 1..=RECORDINGS as i64 {
        let read = reader.recording(RecordingId(id)).map_err(|error| error.to_string())?;
        all.insert(id, format!("{read:?}"));
    }
    Ok(all)
}

/// The places in the file where the readings of a recording stand.
fn place_of_readings(path: &Path, id: i64) -> std::ops::Range<usize> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let query = "SELECT numbers FROM readings WHERE recording = ?1";
    let numbers: Vec<u8> = connection.query_row(query, [id], |row| row.get(0)).unwrap();
    let bytes = fs::read(path).unwrap();
    let at = bytes.windows(64).position(|bytes| bytes == &numbers[..64]).unwrap();
    at..at + 64
}

#[test]
fn every_bit_of_readings_that_turns_is_noticed_where_they_are_read() {
    let desk = closed();
    let whole = fs::read(desk.path()).unwrap();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    for round in 0..30 {
        let id = rng.random_range(1..=RECORDINGS as i64);
        let mut bytes = whole.clone();
        bytes[rng.random_range(place_of_readings(&desk.path(), id))] ^= 1 << rng.random_range(0..8);
        let left = Desk::new();
        fs::write(left.path(), &bytes).unwrap();
        let history = left.open();
        let reader = history.reader().unwrap();
        let error = reader.recording(RecordingId(id)).unwrap_err();
        assert!(matches!(error.problem, Problem::Altered(_)), "round {round}: {error}");
        let (device, number) = ((id - 1) % 3, id - 1);
        let named =
            format!("recording {id} (device device-{device}, number {number}): its readings");
        assert!(error.to_string().contains(&named), "{error}");
        // The others are as they were.
        let other = id % RECORDINGS as i64 + 1;
        let stored = reader.recording(RecordingId(other)).unwrap().unwrap();
        assert_eq!(stored.readings, readings(other as u64 - 1, 200));
        let checked = reader.check(RecordingId(0), 1000).unwrap();
        assert_eq!((checked.recordings, checked.unproven), (RECORDINGS, 0));
        let damaged: Vec<_> = checked.damages.iter().map(|one| one.recording).collect();
        assert_eq!(damaged, [Some(RecordingId(id))]);
    }
}

#[test]
fn whatever_bit_turns_nothing_else_is_read_than_was_kept() {
    let desk = closed();
    let whole = fs::read(desk.path()).unwrap();
    let kept = read(&desk.path()).unwrap();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(6);
    let mut told = 0;
    for round in 0..60 {
        let mut bytes = whole.clone();
        // The first page says what the file is.
        let at = rng.random_range(4096..bytes.len());
        bytes[at] ^= 1 << rng.random_range(0..8);
        let left = Desk::new();
        fs::write(left.path(), &bytes).unwrap();
        match read(&left.path()) {
            Ok(read) => assert!(read == kept, "round {round}: a bit of byte {at}"),
            Err(_) => told += 1,
        }
    }
    assert!(told > 30, "{told} of 60 were in what is read");
}

#[test]
fn a_recording_that_is_changed_in_any_part_is_noticed() {
    let desk = Desk::new();
    let mut history = desk.open();
    let mut batch = history.batch();
    for sequence in 0..3 {
        let windows = [window(100, f64::NAN, Verdict::Anomaly), window(0, -0.0, Verdict::Idle)];
        let recording = judder_history::NewRecording {
            device: "a",
            sequence: Some(sequence),
            start: Some(u64::MAX),
            at: 7,
            taken: Some("noon"),
            rate_hz: Some(-0.0),
            axes: 2,
            model: (sequence > 0).then_some("fan"),
            threshold: Some(f64::NAN),
            windows: &windows,
            file: Some("x.csv"),
            ..judder_history::NewRecording::default()
        };
        batch.add(&recording).unwrap();
    }
    // It makes what it needs: a device of the same name.
    batch.raise(&NewAlert { device: "a", ..NewAlert::default() }).unwrap();
    batch.commit().unwrap();
    let reader = history.reader().unwrap();
    let damages = || reader.check(RecordingId(0), 10).unwrap().damages.len();
    assert_eq!(damages(), 0);
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    let one = [
        "UPDATE recording SET start = 5 WHERE id = 2",
        "UPDATE recording SET sequence = NULL WHERE id = 2",
        "UPDATE recording SET taken = 'moon' WHERE id = 2",
        "UPDATE recording SET rate_hz = 1 WHERE id = 2",
        "UPDATE recording SET model = NULL WHERE id = 2",
        "UPDATE recording SET file = NULL WHERE id = 2",
        "UPDATE recording SET digest = 1 WHERE id = 2",
        "UPDATE recording SET at = 8 WHERE id = 2",
        "UPDATE recording SET device = 9 WHERE id = 2",
        "UPDATE window SET score = 1 WHERE recording = 2 AND start = 100",
        "UPDATE window SET decision = 1 WHERE recording = 2 AND start = 0",
        "UPDATE window SET verdict = 5 WHERE recording = 2 AND start = 0",
        "UPDATE window SET model = NULL WHERE recording = 2 AND start = 0",
        "DELETE FROM window WHERE recording = 2 AND start = 0",
        "UPDATE window SET verdict = 50 WHERE recording = 2 AND start = 0",
    ];
    for change in one {
        connection.execute_batch("BEGIN").unwrap();
        assert_eq!(connection.execute(change, []).unwrap(), 1, "{change}");
        connection.execute_batch("COMMIT").unwrap();
        assert_eq!(damages(), 1, "{change}");
        assert!(reader.recording(RecordingId(2)).is_err(), "{change}");
        fix(&connection);
        assert_eq!(damages(), 0, "{change}");
    }
    connection.execute("UPDATE device SET name = 'b'", []).unwrap();
    assert_eq!(damages(), 3);
    connection.execute("UPDATE device SET name = 'a'", []).unwrap();
    connection.execute("UPDATE model SET threshold = 3", []).unwrap();
    assert_eq!(damages(), 2);
}

/// Puts the second recording back as the first one was written.
fn fix(connection: &rusqlite::Connection) {
    connection
        .execute_batch(
            "DELETE FROM window WHERE recording = 2;
             INSERT INTO window SELECT device, at, 2, start, score, decision, verdict, model
                 FROM window WHERE recording = 3;
             UPDATE recording SET (device, sequence, digest, at, taken, rate_hz, axes, model, file, start) =
                 (SELECT device, 1, digest, at, taken, rate_hz, axes, model, file, start
                  FROM recording WHERE id = 3) WHERE id = 2;",
        )
        .unwrap();
}
