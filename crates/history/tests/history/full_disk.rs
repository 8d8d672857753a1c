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

#[test]
fn one_without_the_index_of_its_log_is_opened_on_a_full_disk() {
    child_test::passes_on_a_small_disk("size=1m", "full_disk::child_opens_a_copy_without_room");
}

#[test]
fn one_of_an_earlier_judder_says_what_to_do_on_a_full_disk() {
    child_test::passes_on_a_small_disk("size=256k", "full_disk::child_upgrades_without_room");
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

/// Fills the disk to the last page.
fn fill(disk: &std::path::Path) {
    let mut bytes = 1 << 20;
    for at in 0.. {
        let piece = disk.join(format!("filler-{at}"));
        if fs::write(&piece, vec![0; bytes]).is_err() && bytes == 4096 {
            return;
        }
        if piece.metadata().map_or(0, |there| there.len()) < bytes as u64 {
            bytes = (bytes / 2).max(4096);
        }
    }
}

#[test]
#[ignore = "run by one_without_the_index_of_its_log_is_opened_on_a_full_disk"]
fn child_opens_a_copy_without_room() {
    let disk = child_test::folder();
    let mut history = History::open(&path(&disk), Sync::System, FOR_EVER).unwrap();
    (0..5).for_each(|at| keep(&mut history, at).unwrap());
    drop(history);
    // As a backup is: the tables, and nothing beside them.
    for entry in fs::read_dir(&disk).unwrap() {
        let file = entry.unwrap().path();
        if file != path(&disk) {
            fs::remove_file(file).unwrap();
        }
    }
    fill(&disk);
    let mut history = History::open(&path(&disk), Sync::System, FOR_EVER).unwrap();
    check(&history, 5);
    history.set_outlets(&["log"]).unwrap();
    let settler = history.settler().unwrap();
    assert!(keep(&mut history, 5).unwrap_err().is_full());
    // It goes on by itself where there is room.
    let mut fillers: Vec<_> =
        fs::read_dir(&disk).unwrap().map(|entry| entry.unwrap().path()).collect();
    fillers.retain(|file| file.to_string_lossy().contains("filler"));
    fillers.iter().for_each(|file| fs::remove_file(file).unwrap());
    keep(&mut history, 5).unwrap();
    settler.run().unwrap();
    check(&history, 6);
    drop((settler, history));
    let mut history = History::open(&path(&disk), Sync::System, FOR_EVER).unwrap();
    keep(&mut history, 6).unwrap();
    check(&history, 7);
}

#[test]
#[ignore = "run by one_of_an_earlier_judder_says_what_to_do_on_a_full_disk"]
fn child_upgrades_without_room() {
    let disk = child_test::folder();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/of-0.1.0");
    for ending in ["", "-new-0"] {
        let to = format!("{}{ending}", path(&disk).display());
        fs::copy(from.join(format!("history.db{ending}")), to).unwrap();
    }
    let before = fs::read(path(&disk)).unwrap();
    fill(&disk);
    let error = History::open(&path(&disk), Sync::System, FOR_EVER).unwrap_err();
    assert!(error.is_full(), "{error}");
    let words = "is of version 1, and the disk is too full to make it one of version 4: make room";
    assert!(error.to_string().contains(words), "{error}");
    assert!(fs::read(path(&disk)).unwrap() == before);
}
