//! A process that is killed at any moment loses nothing that it said was kept.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use judder_history::{Batch, History, NewAlert, Retention, Sync};
use rand::{RngExt, SeedableRng};

use crate::desk::{Desk, FOR_EVER, add, clock, digest, path, readings};

const ROUNDS: usize = 100;
const BATCH: u64 = 5;

#[test]
fn what_is_acknowledged_survives_a_kill_exactly_once() {
    let (_desk, mut history, kept) = killed_for_ever(1, "killed::child_keeps_for_ever");
    let totals = history.reader().unwrap().totals().unwrap();
    assert_eq!((totals.alerts, totals.pending), (kept / BATCH, kept / BATCH));
    let mut batch = history.batch();
    assert!((0..kept).all(|sequence| batch.known("a", None, sequence).unwrap().is_some()));
}

#[test]
fn so_it_does_while_it_is_taken_over_into_the_tables() {
    let (_desk, mut history, kept) = killed_for_ever(3, "killed::child_keeps_recordings_for_ever");
    let mut batch = history.batch();
    assert!((0..kept).all(|sequence| batch.known("a", None, sequence).unwrap().is_some()));
}

/// Kills a child that keeps for ever, again and again; its history after that, and how many are in it.
fn killed_for_ever(seed: u64, test: &str) -> (Desk, History, u64) {
    let desk = Desk::new();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut acknowledged = 0_u64;
    for round in 0..ROUNDS {
        let mut child = child_test::command(":", test, desk.folder())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(|l| l.unwrap());
        let mut heard = |line: String| {
            let Some(next) = line.strip_prefix("kept ") else { return false };
            let next: u64 = next.parse().unwrap();
            assert!(next > acknowledged, "round {round}");
            acknowledged = next;
            true
        };
        // Now and then before it has opened the file.
        for _ in 0..rng.random_range(0..30) {
            assert!(said.by_ref().any(&mut heard), "it ended by itself in round {round}");
        }
        let moment = Instant::now() + Duration::from_nanos(rng.random_range(0..500_000));
        while Instant::now() < moment {}
        child.kill().unwrap();
        child.wait().unwrap();
        said.for_each(|line| _ = heard(line));
    }
    assert!(acknowledged > 1000, "{acknowledged}");

    let history = desk.open();
    let reader = history.reader().unwrap();
    let mut lines = reader.recordings("a", i64::MIN, i64::MAX, usize::MAX).unwrap();
    lines.reverse();
    let kept = lines.len() as u64;
    // Batches are whole, and at most the one that nobody was told of is more.
    assert_eq!(kept % BATCH, 0);
    assert!((acknowledged..=acknowledged + BATCH).contains(&kept), "{kept} for {acknowledged}");
    for (sequence, line) in (0..).zip(&lines) {
        assert_eq!(line.sequence, Some(sequence));
        let stored = reader.recording(line.id).unwrap().unwrap();
        assert_eq!(stored.readings, readings(sequence, 10));
        assert_eq!((stored.digest, stored.windows.len()), (digest("a", sequence), 1));
    }
    let totals = reader.totals().unwrap();
    assert_eq!((totals.windows, totals.readings), (kept, kept));
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(sound, "ok");
    // However the first ones ended, it is a file that can give space back.
    let vacuum: i64 = connection.query_row("PRAGMA auto_vacuum", [], |r| r.get(0)).unwrap();
    assert_eq!(vacuum, 2);
    (desk, history, kept)
}

#[test]
fn however_a_new_file_is_interrupted_it_becomes_a_history() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
    let mut began = 0;
    for round in 0..60 {
        let desk = Desk::new();
        let mut child = child_test::command(":", "killed::child_keeps_for_ever", desk.folder())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while !desk.path().exists() && Instant::now() < deadline {}
        let moment = Instant::now() + Duration::from_nanos(rng.random_range(0..3_000_000));
        while Instant::now() < moment {}
        child.kill().unwrap();
        child.wait().unwrap();
        began += usize::from(desk.path().metadata().is_ok_and(|metadata| metadata.len() < 20_000));
        let history = desk.open();
        let kept = history.reader().unwrap().totals().unwrap().recordings;
        assert_eq!(kept % BATCH, 0, "round {round}");
        let connection = rusqlite::Connection::open(desk.path()).unwrap();
        let number = |name: &str| -> i64 {
            connection.pragma_query_value(None, name, |row| row.get(0)).unwrap()
        };
        assert_eq!((number("auto_vacuum"), number("page_size")), (2, 4096), "round {round}");
    }
    assert!(began > 3, "{began} were interrupted early");
}

/// A batch with the recordings from a number on, which are not known yet.
fn next_batch(history: &mut History, next: u64) -> Batch<'_> {
    let mut batch = history.batch();
    for sequence in next..next + BATCH {
        assert_eq!(batch.known("a", None, sequence).unwrap(), None);
        add(&mut batch, "a", sequence, sequence as i64, 10).unwrap();
    }
    batch
}

#[test]
#[ignore = "run by so_it_does_while_it_is_taken_over_into_the_tables"]
fn child_keeps_recordings_for_ever() {
    let mut history = History::open(&path(&child_test::folder()), Sync::System, FOR_EVER).unwrap();
    let settler = history.settler().unwrap();
    thread::spawn(move || {
        loop {
            settler.run().unwrap();
            thread::sleep(Duration::from_micros(200));
        }
    });
    let mut next = history.reader().unwrap().totals().unwrap().recordings;
    loop {
        next_batch(&mut history, next).commit().unwrap();
        next += BATCH;
        println!("kept {next}");
    }
}

#[test]
#[ignore = "run by what_is_acknowledged_survives_a_kill_exactly_once"]
fn child_keeps_for_ever() {
    let retention = Retention { bytes: Some(1 << 30), ..FOR_EVER };
    let mut history = History::open(&path(&child_test::folder()), Sync::System, retention).unwrap();
    history.set_outlets(&["log"]).unwrap();
    let mut next = history.reader().unwrap().totals().unwrap().recordings;
    loop {
        let mut batch = next_batch(&mut history, next);
        batch.raise(&NewAlert { device: "a", ..NewAlert::default() }).unwrap();
        batch.commit().unwrap();
        next += BATCH;
        println!("kept {next}");
        history.prune(clock(0), 100).unwrap();
    }
}
