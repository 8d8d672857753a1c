//! A disk that is full at any step, and has room again.

use std::fs;

use judder_history::{History, HistoryError, Sync};

use crate::desk::{FOR_EVER, add, path, readings};

#[test]
fn a_full_disk_is_told_and_gone_on_with_when_there_is_room() {
    child_test::passes_on_a_small_disk("size=1m", "full_disk::child_fills_the_disk");
}

#[test]
fn a_disk_too_small_to_begin_is_told() {
    child_test::passes_on_a_small_disk("size=512k", "full_disk::child_begins_without_room");
}

fn keep(history: &mut History, sequence: u64) -> Result<(), HistoryError> {
    let mut batch = history.batch();
    add(&mut batch, "a", sequence, sequence as i64, 1 + sequence as usize * 37 % 300)?;
    batch.commit()
}

/// All that was kept is there, once and whole.
fn check(history: &History, kept: u64) {
    assert_eq!(seen(history), kept);
}

/// How many are seen, each once and whole, the first first: there may be no room to see the last ones.
fn seen(history: &History) -> u64 {
    let reader = history.reader().unwrap();
    let lines = reader.recordings("a", i64::MIN, i64::MAX, usize::MAX).unwrap();
    let kept = lines.len() as u64;
    for (sequence, line) in (0..kept).rev().zip(&lines) {
        let stored = reader.recording(line.id).unwrap().unwrap();
        let count = 1 + sequence as usize * 37 % 300;
        assert_eq!((stored.sequence, stored.readings), (Some(sequence), readings(sequence, count)));
    }
    assert_eq!(reader.totals().unwrap().recordings, kept);
    kept
}

#[test]
#[ignore = "run by a_full_disk_is_told_and_gone_on_with_when_there_is_room"]
fn child_fills_the_disk() {
    let disk = child_test::folder();
    const PIECES: usize = 60;
    let spare = disk.join("spare");
    fs::write(&spare, vec![0; 200 << 10]).unwrap();
    let piece = |at: usize| disk.join(format!("{at}"));
    let mut history = History::open(&path(&disk), Sync::Disk, FOR_EVER).unwrap();
    (0..PIECES).for_each(|at| fs::write(piece(at), [0; 4096]).unwrap());
    let mut settler = history.settler().unwrap();
    let (mut kept, mut refused) = (0, 0);
    for at in 0..PIECES {
        // Until it is full, and then again for each piece.
        while refused <= at {
            match keep(&mut history, kept) {
                Ok(()) => {
                    kept += 1;
                    if kept % 10 == 0 {
                        let settled = settler.run();
                        assert!(
                            settled.as_ref().err().is_none_or(HistoryError::is_full),
                            "{settled:?}"
                        );
                    }
                }
                Err(error) => {
                    assert!(error.is_full(), "{error:?}");
                    let path = path(&disk);
                    assert_eq!(error.to_string(), format!("{}: the disk is full", path.display()));
                    refused += 1;
                }
            }
        }
        assert!(seen(&history) <= kept);
        if at % 10 == 5 {
            // Where there is no room to open it, that is told, too.
            drop((settler, history));
            history = match History::open(&path(&disk), Sync::Disk, FOR_EVER) {
                Ok(history) => history,
                Err(error) => {
                    assert!(error.is_full(), "{error:?}");
                    (at..(at + 30).min(PIECES)).for_each(|at| _ = fs::remove_file(piece(at)));
                    History::open(&path(&disk), Sync::Disk, FOR_EVER).unwrap()
                }
            };
            // What a server does when it starts needs no room.
            history.set_outlets(&["log"]).unwrap();
            settler = history.settler().unwrap();
            assert!(seen(&history) <= kept);
        }
        let _ = fs::remove_file(piece(at));
    }
    // There is room again, for the log and for the file.
    fs::remove_file(spare).unwrap();
    settler.run().unwrap();
    check(&history, kept);
    let before = kept;
    while keep(&mut history, kept).is_ok() {
        kept += 1;
    }
    assert!(seen(&history) <= kept);
    assert!(refused >= PIECES && kept > 50, "{refused} refused, {kept} kept, {before} before");
}

#[test]
#[ignore = "run by a_disk_too_small_to_begin_is_told"]
fn child_begins_without_room() {
    let disk = child_test::folder();
    for at in 0..12 {
        let in_the_way = disk.join("in the way");
        fs::write(&in_the_way, vec![0; (512 - 8 * at) << 10]).unwrap_or_default();
        match History::open(&path(&disk), Sync::System, FOR_EVER) {
            Ok(history) => check(&history, 0),
            Err(error) => assert!(error.is_full(), "{at}: {error:?}"),
        }
        fs::remove_file(in_the_way).unwrap();
        let mut history = History::open(&path(&disk), Sync::System, FOR_EVER).unwrap();
        keep(&mut history, 0).unwrap();
        drop(history);
        for entry in fs::read_dir(&disk).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}
