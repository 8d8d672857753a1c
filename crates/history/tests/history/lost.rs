//! A log that is gone or damaged is noticed, and no number is used twice after that.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use judder_history::{History, Loss, NewAlert, RecordingId, Sync};
use rand::{RngExt, SeedableRng};

use crate::desk::{Desk, FOR_EVER, add, keep, path};

/// The files of a history whose process is gone, in a folder of their own.
fn as_it_was_left(desk: &Desk) -> Desk {
    let left = Desk::new();
    for entry in fs::read_dir(desk.folder()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), left.folder().join(entry.file_name())).unwrap();
    }
    let _ = fs::remove_file(beside(&left, "-shm"));
    left
}

fn beside(desk: &Desk, ending: &str) -> std::path::PathBuf {
    format!("{}{ending}", desk.path().display()).into()
}

fn count(history: &History) -> u64 {
    history.reader().unwrap().totals().unwrap().recordings
}

#[test]
fn without_its_log_it_says_how_much_is_gone_and_goes_on_behind_that_once() {
    let desk = Desk::new();
    let mut history = desk.open();
    for sequence in 0..10 {
        keep(&mut history, "a", sequence, sequence as i64);
    }
    assert_eq!(count(&history), 10);
    keep(&mut history, "a", 10, 10);
    let left = as_it_was_left(&desk);
    assert_eq!(left.open().losses(), []);
    let left = as_it_was_left(&desk);
    fs::remove_file(beside(&left, "-wal")).unwrap();
    let mut history = left.open();
    let [loss] = history.losses() else { panic!("{:?}", history.losses()) };
    assert_eq!(*loss, Loss::Log { recordings: 10, commits: 1 });
    assert!(loss.to_string().contains("at least 10 recordings"), "{loss}");
    // What waited is there.
    assert_eq!(count(&history), 1);
    assert_eq!(keep(&mut history, "a", 11, 11), RecordingId(12));
    drop(history);
    assert_eq!(left.open().losses(), []);
}

#[test]
fn alerts_that_are_gone_are_noticed_too() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 0);
    // All of it is in the file, and the log begins anew.
    drop(history);
    let mut history = desk.open();
    let mut batch = history.batch();
    batch.raise(&NewAlert { device: "a", ..NewAlert::default() }).unwrap();
    batch.commit().unwrap();
    let left = as_it_was_left(&desk);
    fs::remove_file(beside(&left, "-wal")).unwrap();
    let [loss] = left.open().losses().try_into().unwrap();
    assert_eq!(loss, Loss::Log { recordings: 0, commits: 1 });
    assert!(
        loss.to_string().contains("1 change, of an alert or a setting, is not there"),
        "{loss}"
    );
    assert_eq!(left.open().losses(), []);
}

#[test]
fn a_segment_that_is_gone_is_noticed_by_what_came_after_it() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 0);
    history.settler().unwrap().run().unwrap();
    let mut batch = history.batch();
    (1..4).for_each(|sequence| _ = add(&mut batch, "a", sequence, 0, 10).unwrap());
    batch.commit().unwrap();
    let before = as_it_was_left(&desk);
    history.settler().unwrap().run().unwrap();
    keep(&mut history, "a", 4, 0);
    let after = as_it_was_left(&desk);
    // The tables and the log from before, and of the segments only the newer one.
    for ending in ["-new-0", "-new-1"] {
        fs::copy(beside(&after, ending), beside(&before, ending)).unwrap();
    }
    assert_eq!(before.open().losses(), [Loss::Waiting { recordings: 3 }]);
    assert_eq!(before.open().losses(), []);
}

/// Nothing came after it that would show a gap.
#[test]
fn what_waited_last_and_is_cut_or_gone_is_told_and_its_numbers_are_not_used_again() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 0);
    history.settler().unwrap().run().unwrap();
    for sequence in 1..5 {
        keep(&mut history, "a", sequence, 0);
    }
    assert_eq!(as_it_was_left(&desk).open().losses(), []);
    let segments = ["-new-0", "-new-1"];
    let held = segments.into_iter().find(|one| beside(&desk, one).metadata().unwrap().len() > 0);
    let length = beside(&desk, held.unwrap()).metadata().unwrap().len();
    // The first frame begins behind twelve bytes, and each is as long.
    let (begin, frame) = (12, (length - 12) / 4);
    for (left_over, gone) in
        [(None, 4), (Some(0), 4), (Some(begin + 2 * frame), 2), (Some(length - 1), 1)]
    {
        let left = as_it_was_left(&desk);
        let segment = beside(&left, held.unwrap());
        match left_over {
            None => fs::remove_file(&segment).unwrap(),
            Some(length) => {
                let file = fs::File::options().write(true).open(&segment).unwrap();
                file.set_len(length).unwrap();
            }
        }
        let mut history = left.open();
        assert_eq!(history.losses(), [Loss::Waiting { recordings: gone }], "{left_over:?}");
        assert_eq!(count(&history), 5 - gone);
        assert_eq!(keep(&mut history, "a", 5, 0), RecordingId(6));
        drop(history);
        let mut history = left.open();
        assert_eq!(history.losses(), []);
        assert_eq!(keep(&mut history, "a", 6, 0), RecordingId(7));
    }
    // Nor are they where nothing is kept before the next start.
    let left = as_it_was_left(&desk);
    fs::remove_file(beside(&left, held.unwrap())).unwrap();
    assert_eq!(left.open().losses(), [Loss::Waiting { recordings: 4 }]);
    let mut history = left.open();
    assert_eq!(
        (history.losses(), history.reader().unwrap().totals().unwrap().recordings),
        (&[][..], 1)
    );
    assert_eq!(keep(&mut history, "a", 5, 0), RecordingId(6));
}

#[test]
fn without_its_mark_nobody_can_tell() {
    let desk = Desk::new();
    keep(&mut desk.open(), "a", 0, 0);
    fs::remove_file(beside(&desk, "-mark")).unwrap();
    assert_eq!(desk.open().losses(), [Loss::Mark]);
    assert_eq!(desk.open().losses(), []);
}

/// The log of a process that was killed is removed or cut, and what is missing by that is told of each time.
#[test]
fn whatever_becomes_of_the_log_after_a_kill_what_is_missing_is_told() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(4);
    let (mut told, mut whole) = (0, 0);
    for round in 0..20 {
        let desk = Desk::new();
        let mut child = child_test::command(":", "lost::child_keeps_for_ever", desk.folder())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        let until = rng.random_range(40..300);
        let said: Vec<_> = said
            .map_while(Result::ok)
            .filter(|line| line.starts_with("kept"))
            .take(until)
            .collect();
        assert_eq!(said.len(), until, "it ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = {
            let left = as_it_was_left(&desk);
            let history = left.open();
            assert_eq!(history.losses(), [], "round {round}");
            count(&history)
        };
        let log = beside(&desk, "-wal");
        let bytes = fs::read(&log).unwrap();
        match round % 3 {
            0 => fs::remove_file(&log).unwrap(),
            1 => fs::write(&log, &bytes[..rng.random_range(0..bytes.len())]).unwrap(),
            _ => {
                let mut bytes = bytes;
                let at = rng.random_range(0..bytes.len());
                bytes[at] ^= 1 << rng.random_range(0..8);
                fs::write(&log, bytes).unwrap();
            }
        }
        let _ = fs::remove_file(beside(&desk, "-shm"));
        let history = desk.open();
        let there = count(&history);
        let said: u64 = history
            .losses()
            .iter()
            .map(|loss| match loss {
                Loss::Log { recordings, .. } | Loss::Waiting { recordings } => *recordings,
                _ => 0,
            })
            .sum();
        assert_eq!(kept - there, said, "round {round}: {:?}", history.losses());
        if kept == there { whole += 1 } else { told += 1 }
    }
    println!(
        "of 20 logs that were removed, cut or had a bit turned, {told} took recordings with them, and each was told; {whole} took none"
    );
    assert!(told >= 17, "{told}");
}

#[test]
#[ignore = "run by whatever_becomes_of_the_log_after_a_kill_what_is_missing_is_told"]
fn child_keeps_for_ever() {
    let mut history = History::open(&path(&child_test::folder()), Sync::System, FOR_EVER).unwrap();
    let (settler, reader) = (history.settler().unwrap(), history.reader().unwrap());
    for next in 0.. {
        let mut batch = history.batch();
        (0..5).for_each(|at| _ = add(&mut batch, "a", 5 * next + at, 0, 10).unwrap());
        batch.commit().unwrap();
        // Who reads has it written to the tables; the settler takes the log over besides.
        if next % 7 == 0 {
            reader.totals().unwrap();
        }
        if next % 1000 == 0 {
            settler.run().unwrap();
        }
        println!("kept {next}");
    }
}

/// What still waits is not to be moved away with the tables that are gone.
#[test]
fn what_waits_beside_a_history_that_is_emptied_is_told_and_taken_over() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 0);
    history.settler().unwrap().run().unwrap();
    for sequence in 1..4 {
        keep(&mut history, "a", sequence, 0);
    }
    for has_mark in [true, false] {
        let left = as_it_was_left(&desk);
        let _ = fs::remove_file(beside(&left, "-wal"));
        fs::write(left.path(), "").unwrap();
        if !has_mark {
            fs::remove_file(beside(&left, "-mark")).unwrap();
        }
        let said = judder_history::verify(&left.path(), |_| ()).unwrap_err().to_string();
        assert!(said.contains("3 recordings wait beside it"), "{said}");
        assert!(said.contains("move nothing away before that"), "{said}");
        let mut history = left.open();
        assert_eq!(count(&history), 3);
        assert_eq!(keep(&mut history, "a", 4, 0), RecordingId(5));
    }
}

/// The way that is advised where the tables are damaged.
#[test]
fn without_its_tables_a_new_history_takes_what_waited() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 0);
    history.settler().unwrap().run().unwrap();
    keep(&mut history, "a", 1, 0);
    let left = as_it_was_left(&desk);
    fs::write(left.path(), "no tables at all".repeat(100)).unwrap();
    let _ = fs::remove_file(beside(&left, "-wal"));
    History::open(&left.path(), Sync::System, FOR_EVER).unwrap_err();
    fs::remove_file(left.path()).unwrap();
    let mut history = left.open();
    assert_eq!(history.losses(), [Loss::Log { recordings: 1, commits: 1 }]);
    assert_eq!(count(&history), 1);
    assert_eq!(keep(&mut history, "a", 2, 0), RecordingId(3));
}
