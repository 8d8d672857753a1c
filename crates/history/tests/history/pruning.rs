//! What is let go, and what is not.

use std::time::Duration;

use judder_history::{History, NewAlert, NewRecording, Retention, Verdict};

use crate::desk::{Desk, FOR_EVER, add, clock, digest, keep, window};

fn prune_all(history: &mut History, now: i64, budget: usize) {
    for _ in 0..100_000 {
        if !history.prune(clock(now), budget).unwrap().more {
            return;
        }
    }
    panic!("it never ends");
}

const SECOND: i64 = 1000;

#[test]
fn readings_go_first_then_recordings_never_more_than_the_budget() {
    let desk = Desk::new();
    let retention = Retention {
        scores: Duration::from_secs(60),
        readings: Duration::from_secs(30),
        bytes: None,
    };
    let mut history = desk.open_with(retention);
    (0..100).for_each(|at| _ = keep(&mut history, "a", at, at as i64 * SECOND));
    let reader = history.reader().unwrap();
    let now = 100 * SECOND;
    let counts = || {
        let totals = reader.totals().unwrap();
        (totals.readings, totals.recordings, totals.windows)
    };
    let first = history.prune(clock(now), 50).unwrap();
    assert_eq!((first.readings, first.recordings, first.more), (50, 0, true));
    assert_eq!(counts(), (50, 100, 100));
    let second = history.prune(clock(now), 50).unwrap();
    assert_eq!((second.readings, second.recordings, second.windows), (20, 15, 15));
    assert_eq!(counts(), (30, 85, 85));
    prune_all(&mut history, now, 7);
    assert_eq!(counts(), (30, 60, 60));
    let lines = reader.recordings("a", 0, now, 1000).unwrap();
    assert_eq!((lines.len(), lines[59].at), (60, 40 * SECOND));
    assert_eq!(lines.iter().filter(|line| line.has_readings).count(), 30);
    let quiet = history.prune(clock(now), 50).unwrap();
    assert_eq!((quiet.readings + quiet.recordings, quiet.more), (0, false));
}

#[test]
fn a_recording_of_many_windows_goes_in_parts() {
    let desk = Desk::new();
    let mut history = desk.open_with(Retention { scores: Duration::ZERO, ..FOR_EVER });
    let windows: Vec<_> = (0..1000).map(|at| window(at, 1.0, Verdict::Normal)).collect();
    let mut batch = history.batch();
    let recording = NewRecording { device: "a", windows: &windows, ..NewRecording::default() };
    let id = batch.add(&recording).unwrap();
    batch.commit().unwrap();
    let reader = history.reader().unwrap();
    assert_eq!(history.prune(clock(1), 300).unwrap().windows, 300);
    assert_eq!(reader.recording(id).unwrap().unwrap().windows.len(), 700);
    prune_all(&mut history, 1, 300);
    assert_eq!((reader.recording(id).unwrap(), reader.totals().unwrap().windows), (None, 0));
}

#[test]
fn the_newest_thousand_numbers_of_each_device_stay_known() {
    let desk = Desk::new();
    let mut history = desk.open_with(Retention { scores: Duration::ZERO, ..FOR_EVER });
    for first in (0..2500).step_by(100) {
        let mut batch = history.batch();
        for sequence in first..first + 100 {
            add(&mut batch, "a", sequence, sequence as i64, 0).unwrap();
        }
        add(&mut batch, "b", first, first as i64, 0).unwrap();
        batch.commit().unwrap();
        prune_all(&mut history, i64::MAX, 64);
    }
    assert_eq!(history.reader().unwrap().totals().unwrap().recordings, 0);
    drop(history);
    let mut history = desk.open();
    let mut batch = history.batch();
    for sequence in 0..2500 {
        let known = batch.known("a", None, sequence).unwrap().map(|known| known.digest);
        let expected = (sequence >= 1500).then(|| digest("a", sequence));
        assert_eq!(known, expected, "{sequence}");
    }
    assert!(
        (0..2500).step_by(100).all(|sequence| batch.known("b", None, sequence).unwrap().is_some())
    );
    // The number of one that is gone is not given to another.
    let last = batch.known("a", None, 2499).unwrap().unwrap().recording;
    assert!(add(&mut batch, "a", 9999, 0, 0).unwrap() > last);
}

#[test]
fn open_alerts_stay_and_those_that_are_not_told() {
    let desk = Desk::new();
    let mut history = desk.open_with(Retention {
        scores: Duration::ZERO,
        readings: Duration::ZERO,
        bytes: Some(0),
    });
    let raise = |history: &mut History, cleared: bool| {
        let mut batch = history.batch();
        let alert = NewAlert { device: "a", kind: "anomaly", at: 1, ..NewAlert::default() };
        let id = batch.raise(&alert).unwrap();
        if cleared {
            batch.clear(id, 2).unwrap();
        }
        batch.commit().unwrap();
        id
    };
    let open = raise(&mut history, false);
    let gone = raise(&mut history, true);
    history.set_outlets(&["log"]).unwrap();
    let untold = raise(&mut history, true);
    prune_all(&mut history, i64::MAX, 1);
    let reader = history.reader().unwrap();
    assert!(reader.alert(open).unwrap().is_some() && reader.alert(untold).unwrap().is_some());
    assert_eq!(reader.alert(gone).unwrap(), None);
    // Once it is told it may go, with what was noted of it.
    while let Some(telling) = reader.due(9, 1).unwrap().pop() {
        let mut batch = history.batch();
        batch.told(telling.id, 9).unwrap();
        batch.commit().unwrap();
    }
    prune_all(&mut history, i64::MAX, 1);
    assert_eq!((reader.alert(untold).unwrap(), reader.told(untold).unwrap().len()), (None, 0));
    assert_eq!(reader.open_alerts().unwrap().len(), 1);
}

#[test]
fn the_file_keeps_to_its_bytes_and_the_oldest_readings_go_first() {
    const MOST: u64 = 2 << 20;
    let desk = Desk::new();
    let mut history = desk.open_with(Retention { bytes: Some(MOST), ..FOR_EVER });
    let file = || desk.path().metadata().unwrap().len();
    for first in (0..3000).step_by(50) {
        let mut batch = history.batch();
        for sequence in first..first + 50 {
            add(&mut batch, "a", sequence, sequence as i64, 300).unwrap();
        }
        batch.commit().unwrap();
        prune_all(&mut history, 0, 40);
        assert!(file() <= MOST + MOST / 4, "{}", file());
    }
    let reader = history.reader().unwrap();
    let totals = reader.totals().unwrap();
    assert_eq!(totals.recordings, 3000);
    assert!((100..2000).contains(&totals.readings), "{totals:?}");
    let lines = reader.recordings("a", 0, i64::MAX, 5000).unwrap();
    assert!(lines[..totals.readings as usize].iter().all(|line| line.has_readings));
    drop(history);
    // Less is allowed now: space is given back, and where no readings are left recordings go.
    let mut history = desk.open_with(Retention { bytes: Some(MOST / 10), ..FOR_EVER });
    prune_all(&mut history, 0, 100);
    let totals = reader.totals().unwrap();
    assert!(totals.readings == 0 && (1..2000).contains(&totals.recordings), "{totals:?}");
    drop((history, reader));
    assert!(file() <= MOST / 10 + (1 << 20), "{}", file());
    let reader = desk.open().reader().unwrap();
    let newest = reader.latest("a", 1).unwrap()[0].at;
    assert_eq!(newest, 2999);
}
