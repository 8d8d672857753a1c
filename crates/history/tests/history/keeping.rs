//! What is added comes back as it was.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use judder_history::{
    Device, History, NewAlert, NewRecording, NewWindow, Packed, RecordingId, StoredRecording,
    Totals, Verdict,
};

use crate::desk::{Desk, add, digest, keep, readings, window};

#[test]
fn a_recording_comes_back_as_it_was() {
    let mut history = History::temporary().unwrap();
    let windows = [
        NewWindow { start: 0, score: None, decision: None, verdict: Verdict::Unfit },
        window(7, f64::INFINITY, Verdict::Anomaly),
        NewWindow { start: u32::MAX, score: Some(0.1), decision: None, verdict: Verdict::Idle },
    ];
    let numbers = [f32::MIN, -0.0, f32::NAN, f32::INFINITY, 1e-45, 3.25];
    let mut batch = history.batch();
    let id = batch
        .add(&NewRecording {
            device: "board \"'; DROP TABLE device; --",
            sequence: Some(u64::MAX),
            start: Some(u64::MAX),
            digest: u64::MAX - 1,
            at: -5,
            taken: Some("yesterday"),
            rate_hz: Some(199.5),
            axes: 3,
            readings: Some(&Packed::new(&numbers)),
            model: Some("fan"),
            threshold: Some(9.5),
            windows: &windows,
            file: Some("0000.csv"),
        })
        .unwrap();
    let bare = batch.add(&NewRecording { device: "bare", ..NewRecording::default() }).unwrap();
    batch.commit().unwrap();
    let reader = history.reader().unwrap();
    let stored = reader.recording(id).unwrap().unwrap();
    let bits = |numbers: &[f32]| numbers.iter().map(|n| n.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&stored.readings), bits(&numbers));
    let expected = StoredRecording {
        id,
        device: "board \"'; DROP TABLE device; --".to_owned(),
        sequence: Some(u64::MAX),
        start: Some(u64::MAX),
        digest: u64::MAX - 1,
        at: -5,
        taken: Some("yesterday".to_owned()),
        rate_hz: Some(199.5),
        axes: 3,
        readings: Vec::new(),
        model: Some("fan".into()),
        threshold: Some(9.5),
        windows: windows.to_vec(),
        file: Some("0000.csv".to_owned()),
    };
    assert_eq!(StoredRecording { readings: Vec::new(), ..stored }, expected);
    let bare = reader.recording(bare).unwrap().unwrap();
    assert_eq!((bare.sequence, bare.model, bare.readings.len()), (None, None, 0));
    assert_eq!(reader.recording(RecordingId(999)).unwrap(), None);
    let lines = reader.recordings(&expected.device, -5, -5, 10).unwrap();
    assert_eq!(lines.len(), 1);
    assert_eq!((lines[0].id, lines[0].windows, lines[0].has_readings), (id, 3, true));
    assert_eq!((lines[0].worst, lines[0].score), (Some(Verdict::Anomaly), Some(f64::INFINITY)));
    let lines = reader.recordings("bare", i64::MIN, i64::MAX, 10).unwrap();
    assert_eq!((lines[0].worst, lines[0].windows, lines[0].has_readings), (None, 0, false));
}

#[test]
fn lists_are_of_one_device_and_time_the_newest_first() {
    let mut history = History::temporary().unwrap();
    for sequence in 0..10 {
        keep(&mut history, "a", sequence, 100 * sequence as i64);
        keep(&mut history, "b", sequence, 50);
    }
    let reader = history.reader().unwrap();
    let sequences = |from, to, most| {
        let lines = reader.recordings("a", from, to, most).unwrap();
        lines.into_iter().map(|line| line.sequence.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(sequences(200, 400, 10), [4, 3, 2]);
    assert_eq!(sequences(0, i64::MAX, 2), [9, 8]);
    assert_eq!(reader.recordings("c", 0, 999, 9).unwrap(), []);
    let latest = reader.latest("a", 3).unwrap();
    assert_eq!(latest.iter().map(|point| point.at).collect::<Vec<_>>(), [700, 800, 900]);
    let devices = reader.devices().unwrap();
    let expected = Device { name: "a".into(), first_seen: 0, last_seen: 900, recordings: 10 };
    assert_eq!((devices.len(), &devices[0]), (2, &expected));
}

#[test]
fn a_device_is_seen_from_its_first_recording_on() {
    let mut history = History::temporary().unwrap();
    let mut batch = history.batch();
    batch.raise(&NewAlert { device: "a", at: 50, ..NewAlert::default() }).unwrap();
    for (sequence, at) in [(0, 30), (1, 20), (2, 40)] {
        add(&mut batch, "a", sequence, at, 10).unwrap();
    }
    batch.commit().unwrap();
    let devices = history.reader().unwrap().devices().unwrap();
    // By its last recording, whatever the clock said before.
    let expected = Device { name: "a".into(), first_seen: 20, last_seen: 40, recordings: 3 };
    assert_eq!(devices, [expected]);
}

#[test]
fn what_is_not_committed_is_as_if_it_had_never_been() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 1);
    let before = history.reader().unwrap().totals().unwrap();
    let mut batch = history.batch();
    // Names of a device and a model are new in it: they are not to be remembered.
    add(&mut batch, "new", 0, 2, 10).unwrap();
    assert!(batch.known("new", None, 0).unwrap().is_some());
    drop(batch);
    let mut batch = history.batch();
    assert_eq!(batch.known("new", None, 0).unwrap(), None);
    drop(batch);
    let reader = history.reader().unwrap();
    let after = reader.totals().unwrap();
    assert_eq!(Totals { bytes: 0, ..after }, Totals { bytes: 0, ..before });
    keep(&mut history, "other", 0, 3);
    keep(&mut history, "new", 0, 4);
    let names: Vec<_> = reader.devices().unwrap().into_iter().map(|device| device.name).collect();
    assert_eq!(names, ["a", "new", "other"]);
    assert_eq!(reader.latest("new", 9).unwrap()[0].at, 4);
}

#[test]
fn of_one_number_the_newest_recording_is_known() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 5, 1);
    // The board begins to count anew.
    let mut batch = history.batch();
    let again = NewRecording { device: "a", sequence: Some(5), digest: 77, ..Default::default() };
    let id = batch.add(&again).unwrap();
    batch.commit().unwrap();
    drop(history);
    let mut history = desk.open();
    let mut batch = history.batch();
    let known = batch.known("a", None, 5).unwrap().unwrap();
    assert_eq!((known.recording, known.digest), (id, 77));
    assert_eq!(
        (batch.known("a", None, 6).unwrap(), batch.known("b", None, 5).unwrap()),
        (None, None)
    );
}

#[test]
fn settings_are_set_changed_and_taken_away() {
    let desk = Desk::new();
    let mut history = desk.open();
    let mut batch = history.batch();
    batch.set_setting("a", "model", Some("fan")).unwrap();
    batch.set_setting("a", "model", Some("pump")).unwrap();
    batch.set_setting("a", "place", Some("cellar")).unwrap();
    batch.set_setting("b", "model", Some("fan")).unwrap();
    batch.set_setting("a", "place", None).unwrap();
    batch.commit().unwrap();
    drop(history);
    let reader = desk.open().reader().unwrap();
    let settings: Vec<_> = reader.settings("a").unwrap().into_iter().collect();
    assert_eq!(settings, [("model".to_owned(), "pump".to_owned())]);
    let scopes: Vec<_> = reader.scopes("model").unwrap().into_keys().collect();
    assert_eq!(scopes, ["a", "b"]);
}

#[test]
fn readers_see_whole_batches_while_another_thread_writes() {
    const BATCHES: u64 = 300;
    let desk = Desk::new();
    let mut history = desk.open();
    let readers: Vec<_> = (0..3).map(|_| history.reader().unwrap()).collect();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for reader in readers {
            let done = &done;
            scope.spawn(move || {
                let mut seen = 0;
                loop {
                    let last = done.load(Ordering::Acquire);
                    let totals = reader.totals().unwrap();
                    let points = reader.scores("a", 0, i64::MAX, 10_000).unwrap();
                    assert_eq!(totals.recordings % 7, 0);
                    assert_eq!(points.len() % 7, 0);
                    assert!(points.len() as u64 >= totals.recordings && totals.recordings >= seen);
                    seen = totals.recordings;
                    for line in reader.recordings("a", 0, i64::MAX, 3).unwrap() {
                        let stored = reader.recording(line.id).unwrap().unwrap();
                        assert_eq!(stored.readings, readings(stored.sequence.unwrap(), 10));
                        assert_eq!(stored.digest, digest("a", stored.sequence.unwrap()));
                    }
                    if last {
                        assert_eq!(seen, BATCHES * 7);
                        return;
                    }
                }
            });
        }
        for first in (0..BATCHES * 7).step_by(7) {
            let mut batch = history.batch();
            for sequence in first..first + 7 {
                add(&mut batch, "a", sequence, sequence as i64, 10).unwrap();
            }
            batch.commit().unwrap();
        }
        done.store(true, Ordering::Release);
    });
}
