//! Other readings under a number that is used: kept under a start that is opened, and known again.

use judder_data::{Collection, FIRST_OPENED, Kept, read_sidecar};

use crate::desk::{Desk, entry, recording};

/// Keeps a recording that holds a number under another one.
fn keep(
    collection: &mut Collection,
    start: Option<u64>,
    sequence: u64,
    held: u64,
) -> (Kept, Option<u64>) {
    let entry = judder_data::Entry { start, ..entry(Some("a"), Some(sequence)) };
    collection.keep(&recording(held), entry).unwrap()
}

#[test]
fn other_readings_under_a_number_are_kept_under_an_opened_start_and_repeats_are_none() {
    let desk = Desk::of(5);
    let opened = Some(FIRST_OPENED);
    for round in 0..3 {
        // Also by one who has read the folder anew.
        let mut collection = desk.open();
        for sequence in 0..5 {
            let number = sequence as usize;
            assert_eq!(
                keep(&mut collection, None, sequence, sequence),
                (Kept::Known(number), None)
            );
            let kept = keep(&mut collection, None, sequence, 100 + sequence);
            let number = number + 5;
            let expected = if round == 0 { Kept::New(number) } else { Kept::Known(number) };
            assert_eq!(kept, (expected, opened));
        }
        assert_eq!(collection.count(), 10);
    }
    // It counts on beyond the numbers that it had before.
    let mut collection = desk.open();
    assert_eq!(keep(&mut collection, None, 5, 105), (Kept::New(10), opened));
    assert_eq!(keep(&mut collection, None, 0, 7), (Kept::New(11), Some(2 * FIRST_OPENED)));
    let starts: Vec<_> =
        read_sidecar(&desk.folder).unwrap().into_iter().map(|one| one.start).collect();
    let expected = [[None; 5], [opened; 5]].concat();
    assert_eq!(starts[..10], expected);
    assert_eq!(starts[10..], [opened, Some(2 * FIRST_OPENED)]);
}

#[test]
fn starts_of_boards_are_no_conflict() {
    let desk = Desk::new();
    for round in 0..2 {
        let mut collection = desk.open();
        for (number, start) in [None, Some(7), Some(8)].into_iter().enumerate() {
            let kept = keep(&mut collection, start, 3, number as u64);
            let expected = if round == 0 { Kept::New(number) } else { Kept::Known(number) };
            assert_eq!(kept, (expected, start));
        }
    }
    let lines = desk.lines();
    assert!(!lines[0].contains("start") && lines[1].contains("\"start\":7"), "{lines:?}");
}
