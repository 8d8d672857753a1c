//! What `verify` finds, and what `backup` copies, of a history that is written to meanwhile.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use judder_history::{
    AlertFilter, Flaw, History, Loss, Missing, NewAlert, Problem, RecordingId, Sync, Verified,
    backup, verify,
};
use rand::{RngExt, SeedableRng};

use crate::desk::{Desk, FOR_EVER, add, readings};

fn looked(path: &Path) -> Verified {
    verify(path, |_| ()).unwrap()
}

/// A history that was closed: two devices, recordings with readings as boards have them, and alerts.
fn closed(recordings: u64) -> Desk {
    let desk = Desk::new();
    let mut history = desk.open();
    for first in (0..recordings).step_by(20) {
        let mut batch = history.batch();
        for sequence in first..first + 20 {
            let device = if sequence % 2 == 0 { "pump" } else { "fan" };
            add(&mut batch, device, sequence, sequence as i64, 200).unwrap();
        }
        if first % 100 == 0 {
            batch
                .raise(&NewAlert { device: "fan", words: "strange", ..NewAlert::default() })
                .unwrap();
        }
        batch.commit().unwrap();
    }
    drop(history);
    desk
}

#[test]
fn all_that_is_kept_is_counted_and_whole_while_it_is_written_to() {
    let desk = Desk::new();
    let mut history = desk.open();
    let mut batch = history.batch();
    (0..5).for_each(|sequence| _ = add(&mut batch, "a", sequence, 0, 10).unwrap());
    batch.raise(&NewAlert { device: "a", ..NewAlert::default() }).unwrap();
    batch.commit().unwrap();
    let mut batch = history.batch();
    (5..8).for_each(|sequence| _ = add(&mut batch, "a", sequence, 0, 10).unwrap());
    batch.commit().unwrap();
    let found = looked(&desk.path());
    assert!(found.is_whole() && found.torn.is_empty(), "{found:?}");
    assert_eq!((found.devices, found.recordings, found.windows), (1, 5, 5));
    assert_eq!((found.readings, found.alerts, found.waiting), (5, 1, 3));
    assert_eq!((found.version, found.unproven), (4, 0));
}

#[test]
fn what_is_not_there_or_no_history_cannot_be_looked_at() {
    let desk = Desk::new();
    let refused = || verify(&desk.path(), |_| ()).unwrap_err();
    assert!(matches!(refused().problem, Problem::Io(_)));
    fs::write(desk.path(), "").unwrap();
    assert!(matches!(refused().problem, Problem::NotAHistory));
    fs::write(desk.path(), b"x, y, z\n".repeat(4000)).unwrap();
    assert!(matches!(refused().problem, Problem::NotAHistory));
    // Nothing is made beside it.
    assert_eq!(fs::read_dir(desk.folder()).unwrap().count(), 1);
}

/// Of 60 bits that turn anywhere in the file, those that change anything that can be read are found; 0.1.0 said nothing
/// of 57.
#[test]
fn of_sixty_bits_that_turn_none_that_matters_is_missed() {
    let desk = closed(200);
    let whole = fs::read(desk.path()).unwrap();
    let kept = all(&desk.path());
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(60);
    let (mut found, mut unused, mut missed) = (0, 0, Vec::new());
    for _ in 0..60 {
        let mut bytes = whole.clone();
        let at = rng.random_range(0..bytes.len());
        bytes[at] ^= 1 << rng.random_range(0..8);
        let left = Desk::new();
        fs::write(left.path(), &bytes).unwrap();
        fs::copy(mark(&desk), mark(&left)).unwrap();
        let is_found = verify(&left.path(), |_| ()).map_or(true, |found| !found.is_whole());
        let changed = all(&left.path()) != kept;
        match (is_found, changed) {
            (true, _) => found += 1,
            (false, false) => unused += 1,
            (false, true) => missed.push(at),
        }
    }
    println!(
        "of 60 bits that turned {found} were found, {unused} were in bytes that nothing is read from, {missed:?} were missed"
    );
    assert!(missed.is_empty(), "{missed:?}");
    assert!(found >= 25, "{found}");
}

/// All rows of all tables, or that they cannot be read.
fn all(path: &Path) -> Option<BTreeMap<String, Vec<String>>> {
    let connection = rusqlite::Connection::open(path).ok()?;
    let mut tables = BTreeMap::new();
    for table in [
        "device",
        "model",
        "recording",
        "window",
        "readings",
        "alert",
        "telling",
        "setting",
        "total",
    ] {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).ok()?;
        let columns = select.column_count();
        let rows = select.query_map([], |row| {
            let values: Result<Vec<_>, _> = (0..columns)
                .map(|at| {
                    row.get::<_, rusqlite::types::Value>(at).map(|value| format!("{value:?}"))
                })
                .collect();
            Ok(values?.join(","))
        });
        tables.insert(table.to_owned(), rows.ok()?.collect::<Result<Vec<_>, _>>().ok()?);
    }
    Some(tables)
}

fn mark(desk: &Desk) -> std::path::PathBuf {
    format!("{}-mark", desk.path().display()).into()
}

#[test]
fn rows_that_are_gone_and_a_log_of_another_file_are_found() {
    let desk = closed(40);
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    connection.execute("DELETE FROM readings WHERE recording = 7", []).unwrap();
    let found = looked(&desk.path());
    let [damage] = &found.damages[..] else { panic!("{:?}", found.damages) };
    let expected = Flaw::Counts { what: "recordings with readings", there: 39, counted: 40 };
    assert_eq!((damage.recording, &damage.flaw), (None, &expected));
    drop(connection);
    let log = format!("{}-wal", desk.path().display());
    fs::write(log, [7; 100]).unwrap();
    let words: Vec<_> = looked(&desk.path()).damages.iter().map(ToString::to_string).collect();
    assert!(words.iter().any(|words| words.ends_with("-wal: is no log of a history")), "{words:?}");
}

#[test]
fn a_backup_has_what_waits_and_is_whole_while_much_is_written() {
    let desk = Desk::new();
    let mut history = desk.open();
    let settler = history.settler().unwrap();
    history.set_outlets(&["log"]).unwrap();
    let (acknowledged, ends) = (AtomicU64::new(0), AtomicBool::new(false));
    let (acknowledged, ends) = (&acknowledged, &ends);
    thread::scope(|scope| {
        scope.spawn(move || {
            for first in (0..).step_by(5) {
                let mut batch = history.batch();
                (first..first + 5).for_each(|at| _ = add(&mut batch, "a", at, 0, 50).unwrap());
                if first % 100 == 0 {
                    batch.raise(&NewAlert { device: "a", ..NewAlert::default() }).unwrap();
                }
                batch.commit().unwrap();
                acknowledged.store(first + 5, Ordering::SeqCst);
                if ends.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        scope.spawn(move || {
            while !ends.load(Ordering::SeqCst) {
                settler.run().unwrap();
            }
        });
        while acknowledged.load(Ordering::SeqCst) < 500 {}
        for _ in 0..3 {
            let to = Desk::new();
            let before = acknowledged.load(Ordering::SeqCst);
            let mut pages = (0, 0);
            assert!(
                backup(&desk.path(), &to.path(), |done, of| pages = (done, of)).unwrap()
                    == Missing::default()
            );
            assert!(pages.0 == pages.1 && pages.1 > 10, "{pages:?}");
            let found = looked(&to.path());
            assert!(found.is_whole() && found.losses.is_empty(), "{found:?}");
            assert!(found.recordings >= before, "{} of {before}", found.recordings);
            // The one file has all of it.
            let names: Vec<_> =
                fs::read_dir(to.folder()).unwrap().map(|e| e.unwrap().file_name()).collect();
            assert_eq!(names.len(), 2, "{names:?}");
            let mut copied = to.open();
            assert_eq!(copied.losses(), []);
            let reader = copied.reader().unwrap();
            for number in (0..before).step_by(97) {
                let known = copied.batch().known("a", None, number).unwrap().unwrap();
                let stored = reader.recording(known.recording).unwrap().unwrap();
                assert_eq!(stored.readings, readings(number, 50));
            }
            let filter = AlertFilter { most: 10_000, ..AlertFilter::default() };
            assert!(reader.alerts(&filter).unwrap().len() as u64 >= before.div_ceil(100));
        }
        ends.store(true, Ordering::SeqCst);
    });
}

#[test]
fn what_is_gone_is_said_where_it_is_looked_too() {
    let desk = Desk::new();
    // Tables that are in the file, or in the log with all that is in them.
    drop(desk.open());
    let found = without_log(&desk).unwrap();
    assert_eq!(found.losses, [Loss::Log { recordings: 5, commits: 1 }]);
    assert!(!found.is_whole());
    let error = without_log(&Desk::new()).unwrap_err();
    assert!(error.to_string().contains("5 recordings were written to it"), "{error}");
}

/// What is found where the log is gone after five recordings came.
fn without_log(desk: &Desk) -> Result<Verified, judder_history::HistoryError> {
    let mut history = desk.open();
    let mut batch = history.batch();
    (0..5).for_each(|sequence| _ = add(&mut batch, "a", sequence, 0, 10).unwrap());
    batch.commit().unwrap();
    history.reader().unwrap().totals().unwrap();
    let left = Desk::new();
    for name in fs::read_dir(desk.folder()).unwrap().map(|entry| entry.unwrap().file_name()) {
        fs::copy(desk.folder().join(&name), left.folder().join(&name)).unwrap();
    }
    for ending in ["-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", left.path().display())).unwrap();
    }
    verify(&left.path(), |_| ())
}

#[test]
fn a_recording_that_is_let_go_in_part_is_no_damage() {
    let desk = Desk::new();
    let mut history = desk.open();
    let mut batch = history.batch();
    let windows: Vec<_> =
        (0..50).map(|at| crate::desk::window(at, 1.0, judder_history::Verdict::Normal)).collect();
    let one = judder_history::NewRecording {
        device: "a",
        windows: &windows,
        axes: 1,
        ..judder_history::NewRecording::default()
    };
    batch.add(&one).unwrap();
    batch.commit().unwrap();
    drop(history);
    let retention =
        judder_history::Retention { scores: std::time::Duration::from_secs(1), ..FOR_EVER };
    let mut history = History::open(&desk.path(), Sync::System, retention).unwrap();
    let pruned = history.prune(crate::desk::clock(1_000_000), 20).unwrap();
    assert!(pruned.more && pruned.windows > 0 && pruned.recordings == 0, "{pruned:?}");
    let stored = history.reader().unwrap().recording(RecordingId(1)).unwrap().unwrap();
    assert_eq!(stored.windows.len(), 50 - pruned.windows);
    let found = looked(&desk.path());
    assert!(found.is_whole() && found.unproven == 1, "{found:?}");
}
