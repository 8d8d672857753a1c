//! Numbers are known by the start that they are of, in the tables, before they are there, and after they are gone.

use std::time::Duration;

use judder_history::{Batch, History, NewRecording, RecordingId, Retention, SeenStart};

use crate::desk::{Desk, FOR_EVER, clock};

/// Starts from here on are listed.
const OPENED: u64 = 1 << 32;

fn add(batch: &mut Batch<'_>, start: Option<u64>, sequence: u64, digest: u64) -> RecordingId {
    let (device, sequence) = ("a", Some(sequence));
    let new = NewRecording { device, sequence, start, digest, ..Default::default() };
    batch.add(&new).unwrap()
}

fn keep(history: &mut History, start: Option<u64>, sequence: u64, digest: u64) -> RecordingId {
    let mut batch = history.batch();
    let id = add(&mut batch, start, sequence, digest);
    batch.commit().unwrap();
    id
}

/// The digests that are known of a number.
fn digests<const N: usize>(
    history: &mut History,
    sequence: u64,
    starts: [Option<u64>; N],
) -> [Option<u64>; N] {
    let mut batch = history.batch();
    starts.map(|start| batch.known("a", start, sequence).unwrap().map(|known| known.digest))
}

#[test]
fn a_number_is_known_of_its_start_alone() {
    let desk = Desk::new();
    let mut history = desk.open();
    let all = [None, Some(7), Some(u64::from(u32::MAX)), Some(OPENED), Some(9)];
    let mut batch = history.batch();
    for (at, start) in all[..4].iter().enumerate() {
        add(&mut batch, *start, 5, at as u64);
        assert_eq!(batch.known("a", *start, 5).unwrap().unwrap().digest, at as u64);
        assert!(batch.known("a", *start, 6).unwrap().is_none());
    }
    batch.commit().unwrap();
    let expected = [Some(0), Some(1), Some(2), Some(3), None];
    // Pending, in the tables, and in those of another run.
    assert_eq!(digests(&mut history, 5, all), expected);
    history.settler().unwrap().run().unwrap();
    assert_eq!(digests(&mut history, 5, all), expected);
    drop(history);
    let mut history = desk.open();
    assert_eq!(digests(&mut history, 5, all), expected);
    let lines = history.reader().unwrap().recordings("a", 0, 9, 9).unwrap();
    let starts: Vec<_> = lines.iter().rev().map(|line| line.start).collect();
    assert_eq!(starts, all[..4]);
    let stored = history.reader().unwrap().recording(lines[0].id).unwrap().unwrap();
    assert_eq!(stored.start, Some(OPENED));
}

/// The largest number of one start says nothing of another.
#[test]
fn starts_count_each_by_itself() {
    let desk = Desk::new();
    let mut history = desk.open();
    for sequence in 0..40 {
        for start in 0..20 {
            // More starts than are remembered, and each behind the one before it.
            let (start, number) = ((start > 0).then_some(start), sequence + 40 - start);
            assert_eq!(digests(&mut history, number, [start]), [None]);
            keep(&mut history, start, number, sequence);
            assert_eq!(digests(&mut history, number, [start]), [Some(sequence)]);
        }
        if sequence % 10 == 0 {
            history.settler().unwrap().run().unwrap();
        }
    }
}

#[test]
fn what_is_gone_is_known_with_its_start() {
    let desk = Desk::new();
    let mut history = desk.open_with(Retention { scores: Duration::ZERO, ..FOR_EVER });
    keep(&mut history, None, 3, 10);
    keep(&mut history, Some(7), 3, 11);
    keep(&mut history, Some(OPENED), 3, 12);
    while history.prune(clock(1), 100).unwrap().more {}
    assert_eq!(history.reader().unwrap().totals().unwrap().recordings, 0);
    drop(history);
    let starts = [None, Some(7), Some(OPENED), Some(8)];
    let expected = [Some(10), Some(11), Some(12), None];
    assert_eq!(digests(&mut desk.open(), 3, starts), expected);
}

#[test]
fn the_last_starts_are_listed_in_the_order_in_which_they_began() {
    let desk = Desk::new();
    let mut history = desk.open();
    assert_eq!(history.batch().starts("a", OPENED, 3).unwrap(), []);
    let opened = |at: u64| Some(at * OPENED);
    let order = [opened(1), None, Some(77), opened(2), opened(4), opened(3), opened(5)];
    let mut expected = Vec::new();
    for start in order {
        let first_recording = keep(&mut history, start, 10, 0);
        keep(&mut history, start, 30, 0);
        let last_recording = keep(&mut history, start, 90, 0);
        expected.push(SeenStart { start, last: 90, first_recording, last_recording });
    }
    // Those of boards are not, nor more than were asked for.
    expected.retain(|one| one.start.is_none_or(|start| start > 2 * OPENED));
    assert_eq!(history.batch().starts("a", OPENED, 3).unwrap(), expected);
    history.settler().unwrap().run().unwrap();
    assert_eq!(history.batch().starts("a", OPENED, 3).unwrap(), expected);
    assert_eq!(history.batch().starts("b", OPENED, 3).unwrap(), []);
    // Some of a start in the tables, and some not yet.
    expected[0].last = 95;
    expected[0].last_recording = keep(&mut history, None, 95, 0);
    assert_eq!(history.batch().starts("a", OPENED, 3).unwrap(), expected);
}
