//! A history that may have so many bytes has no more, whoever else fills the disk, and what is newest is there.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use judder_history::{History, HistoryError, Retention, Settler, Sync};

use crate::desk::{Desk, FOR_EVER, add, clock, path};

const MB: u64 = 1 << 20;
/// Recordings in a batch, of some kilobyte each.
const BATCH: u64 = 25;

fn keep(history: &mut History, from: u64) -> Result<(), HistoryError> {
    let mut batch = history.batch();
    for sequence in from..from + BATCH {
        let device = ["a", "b", "c"][sequence as usize % 3];
        add(&mut batch, device, sequence, sequence as i64, 250)?;
    }
    batch.commit()?;
    Ok(())
}

/// The bytes of all files of a folder.
fn bytes(folder: &Path) -> u64 {
    let lengths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata());
    lengths.map(|there| there.map_or(0, |there| there.len())).sum()
}

/// As a server does beside those who write.
fn settle(settler: &Settler) {
    if settler.is_due() {
        settler.run().unwrap();
    }
}

#[test]
fn all_files_together_keep_to_their_bytes_though_nobody_prunes() {
    const MOST: u64 = 3 * MB;
    let desk = Desk::new();
    let mut history = desk.open_with(Retention { bytes: Some(MOST), ..FOR_EVER });
    let settler = history.settler().unwrap();
    let reader = history.reader().unwrap();
    for from in (0..8000).step_by(BATCH as usize) {
        keep(&mut history, from).unwrap();
        settle(&settler);
        let used = bytes(desk.folder());
        assert!(used <= MOST + MOST / 10, "{used} after {from}");
    }
    // The oldest readings went, and no recording while there were some.
    let totals = reader.totals().unwrap();
    assert_eq!(totals.recordings, 8000);
    assert!((300..2000).contains(&totals.readings), "{totals:?}");
    let newest = reader.latest("a", 1).unwrap()[0].clone();
    assert_eq!(newest.at, 7998);
    let lines = reader.recordings("a", 0, i64::MAX, 9000).unwrap();
    let with = lines.iter().take_while(|line| line.has_readings).count();
    assert_eq!(with, lines.iter().filter(|line| line.has_readings).count());
    assert!(with > 80);
    // What is kept beside it takes its room: there is less of the history, and a quarter stays.
    assert!(!settler.count_beside(MB) && settler.count_beside(100 * MB));
    while history.prune(clock(0), 1000).unwrap().more {}
    settler.run().unwrap();
    let left = reader.totals().unwrap();
    assert!(left.readings < totals.readings && left.recordings > 0, "{left:?}");
    let file = desk.path().metadata().unwrap().len();
    assert!(file <= MOST / 4 + MB / 8, "{file}");
}

#[test]
fn where_others_fill_the_disk_it_goes_on_in_its_own_room() {
    child_test::passes_on_a_small_disk("size=12m", "bounded::child_goes_on");
}

#[test]
#[ignore = "run by where_others_fill_the_disk_it_goes_on_in_its_own_room"]
fn child_goes_on() {
    const MOST: u64 = 2 * MB;
    let (disk, retention) = (child_test::folder(), Retention { bytes: Some(MOST), ..FOR_EVER });
    let folder = disk.join("kept");
    fs::create_dir(&folder).unwrap();
    let mut history = History::open(&path(&folder), Sync::System, retention).unwrap();
    let mut settler = history.settler().unwrap();
    let mut next = 0;
    while next < 4000 {
        keep(&mut history, next).unwrap();
        settle(&settler);
        next += BATCH;
    }
    settler.run().unwrap();
    assert!(folder.join("history?.db-reserve").exists());
    let mut others = File::create(disk.join("others")).unwrap();
    while others.write_all(&[1; 4096]).is_ok() {}
    drop(others);
    for round in 0..3 {
        for _ in 0..40 {
            keep(&mut history, next).unwrap();
            settle(&settler);
            next += BATCH;
        }
        assert!(bytes(&folder) <= MOST + MOST / 10);
        // All that was acknowledged last is there.
        let newest = history.reader().unwrap().latest("b", 1).unwrap()[0].at;
        assert!((1..=3).contains(&(next as i64 - newest)), "{newest} of {next}");
        if round == 1 {
            drop((settler, history));
            history = History::open(&path(&folder), Sync::System, retention).unwrap();
            settler = history.settler().unwrap();
        }
    }
}
