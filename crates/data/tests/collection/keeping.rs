//! Numbers, lines, values and what is known.

use judder_core::Unit;
use judder_data::{Collection, Entry, Kept, Recording, SIDECAR, Sync, load, read_sidecar};
use proptest::prelude::*;

use crate::desk::{Desk, entry, keep, read, recording};

#[test]
fn recordings_are_numbered_and_numbering_resumes() {
    let desk = Desk::new();
    let mut collection = desk.open();
    assert_eq!((collection.count(), collection.next_number()), (0, 0));
    assert_eq!(collection.folder(), desk.folder);
    for sequence in 0..3 {
        let kept = keep(&mut collection, "a", 100 + sequence).unwrap();
        assert_eq!(kept, Kept::New(sequence as usize));
    }
    assert_eq!((collection.count(), collection.next_number()), (3, 3));
    drop(collection);
    let mut collection = desk.open();
    assert_eq!((collection.count(), collection.next_number()), (3, 3));
    assert_eq!(keep(&mut collection, "a", 103).unwrap(), Kept::New(3));
    assert_eq!(desk.names(), ["0000.csv", "0001.csv", "0002.csv", "0003.csv", SIDECAR]);
    let (read, errors) = load(&desk.folder).unwrap();
    assert!(errors.is_empty());
    assert!(read.iter().map(|located| &located.recording).eq(&[100, 101, 102, 103].map(recording)));
}

#[test]
fn a_line_says_all_that_is_known() {
    let desk = Desk::new();
    let mut collection = desk.open();
    let full = Entry {
        file: "../elsewhere.csv".to_owned(),
        device: Some("board \"1\"\n".to_owned()),
        label: Some("low".to_owned()),
        time: Some("2024-05-17T10:00:00Z".to_owned()),
        rate_hz: Some(199.5),
        unit: Some(Unit::MILLI_G),
        sequence: Some(u64::MAX),
        start: None,
        source: Some("http".to_owned()),
    };
    collection.keep(&recording(0).with_rate(Some(100.0)), full.clone()).unwrap();
    let second = recording(1).with_rate(Some(100.0)).with_unit(Some(Unit::G));
    collection.keep(&second, entry(None, None)).unwrap();
    let list = read_sidecar(&desk.folder).unwrap();
    let first = Entry { file: "0000.csv".to_owned(), ..full };
    let (rate_hz, unit) = (Some(100.0), Some(Unit::G));
    let second = Entry { file: "0001.csv".to_owned(), rate_hz, unit, ..entry(None, None) };
    assert_eq!(list, [first, second]);
}

#[test]
fn a_device_and_its_sequence_number_are_kept_once() {
    let desk = Desk::new();
    for round in 0..2 {
        let mut collection = desk.open();
        for (number, (device, sequence)) in
            [("a", 7), ("b", 7), ("a", 9), ("a", 8), ("b", 0)].into_iter().enumerate()
        {
            let kept = keep(&mut collection, device, sequence).unwrap();
            let expected = if round == 0 { Kept::New(number) } else { Kept::Known(number) };
            assert_eq!(kept, expected);
            assert_eq!(keep(&mut collection, device, sequence).unwrap(), Kept::Known(number));
        }
        assert_eq!((collection.count(), desk.lines().len(), desk.names().len()), (5, 5, 6));
    }
}

#[test]
fn without_a_device_or_a_sequence_number_each_is_new() {
    let desk = Desk::new();
    let mut collection = desk.open();
    for number in 0..6 {
        let (device, sequence) = [(None, Some(1)), (Some("a"), None), (None, None)][number % 3];
        let (kept, _) = collection.keep(&recording(1), entry(device, sequence)).unwrap();
        assert_eq!(kept, Kept::New(number));
    }
}

#[test]
fn foreign_files_stay_and_numbered_ones_count() {
    let foreign = [
        ("0041.csv", "1, 2, 3\n"),
        ("00050.csv", "1, 2, 3\n"),
        ("60.csv", "1, 2, 3\n"),
        ("0070.CSV", "1, 2, 3\n"),
        ("0080.csv.part", "1, 2"),
        ("99999999999.csv", "1, 2, 3\n"),
        (".judder-a1b2", "of another program"),
        ("notes.txt", "a fan"),
    ];
    let desk = Desk::with(&foreign);
    let mut collection = desk.open();
    assert_eq!((collection.count(), collection.next_number()), (1, 42));
    assert_eq!(keep(&mut collection, "a", 0).unwrap(), Kept::New(42));
    drop(collection);
    assert_eq!(desk.open().count(), 2);
    assert!(foreign.iter().all(|(name, text)| desk.read(name) == *text));
    assert_eq!(desk.names().len(), foreign.len() + 2);
    assert_eq!(desk.lines().len(), 1);
}

#[test]
fn a_file_that_comes_in_between_is_not_written_over() {
    let desk = Desk::of(1);
    let mut collection = desk.open();
    desk.write("0001.csv", "of another program");
    desk.write("0002.csv", "");
    assert_eq!(keep(&mut collection, "a", 1).unwrap(), Kept::New(3));
    assert_eq!(
        (desk.read("0001.csv"), desk.read("0002.csv")),
        ("of another program".into(), "".into())
    );
    assert_eq!((collection.count(), collection.next_number()), (4, 4));
    let files: Vec<_> = read_sidecar(&desk.folder).unwrap().into_iter().map(|e| e.file).collect();
    assert_eq!(files, ["0000.csv", "0003.csv"]);
    assert_eq!(desk.names().len(), 5);
}

#[test]
fn numbers_go_on_past_9999() {
    let desk = Desk::with(&[("9998.csv", "1, 2, 3\n")]);
    for number in [9_999, 10_000, 10_001] {
        let mut collection = desk.open();
        assert_eq!(keep(&mut collection, "a", number as u64).unwrap(), Kept::New(number));
        assert_eq!(keep(&mut collection, "a", number as u64).unwrap(), Kept::Known(number));
    }
    assert_eq!(desk.names(), ["10000.csv", "10001.csv", "9998.csv", "9999.csv", SIDECAR]);
}

#[test]
fn what_cannot_be_read_back_is_refused() {
    let desk = Desk::new();
    let mut collection = desk.open();
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let recording = Recording::from_axes(2, 2, vec![0.0, 1.0, 2.0, bad]).unwrap();
        let error = collection.keep(&recording, entry(None, None)).unwrap_err().to_string();
        assert!(
            error.contains(&format!("line 2: column 2: `{bad}` is not a finite number")),
            "{error}"
        );
    }
    assert_eq!(desk.names(), [SIDECAR]);
    assert_eq!(desk.read(SIDECAR), "");
}

#[test]
fn with_the_disk_synced_it_is_the_same() {
    let desk = Desk::new();
    let open = || Collection::open(&desk.folder, Sync::Disk).unwrap();
    assert_eq!(keep(&mut open(), "a", 0).unwrap(), Kept::New(0));
    assert_eq!(keep(&mut open(), "a", 0).unwrap(), Kept::Known(0));
    assert_eq!(read(&desk.path("0000.csv")), recording(0));
}

#[cfg(unix)]
#[test]
fn files_may_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::of(1);
    let mode = |name| desk.path(name).metadata().unwrap().permissions().mode() & 0o777;
    // The umask decides of both.
    assert_eq!(mode("0000.csv"), mode(SIDECAR));
}

/// A recording with values of all sizes, and among them axes that grow as a clock does.
fn any_recording() -> impl Strategy<Value = Recording> {
    let value = prop_oneof![
        prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
        (-40_000i32..40_000).prop_map(|steps| f64::from(steps) / 2048.0),
    ];
    (1usize..=8, 1usize..40, any::<bool>()).prop_flat_map(move |(axes, len, grows)| {
        prop::collection::vec(value.clone(), axes * len).prop_map(move |mut values| {
            if grows {
                (0..len).for_each(|row| values[row] = row as f64 / 8.0);
            }
            Recording::from_axes(axes, len, values).unwrap()
        })
    })
}

proptest! {
    #[test]
    fn values_read_back_exactly(recordings in prop::collection::vec(any_recording(), 1..8)) {
        let desk = Desk::new();
        let mut collection = desk.open();
        for recording in &recordings {
            collection.keep(recording, entry(None, None)).unwrap();
        }
        let (read, errors) = load(&desk.folder).unwrap();
        prop_assert!(errors.is_empty());
        prop_assert_eq!(read.len(), recordings.len());
        for (located, recording) in read.iter().zip(&recordings) {
            let bits = |recording: &Recording| -> Vec<u64> {
                recording.values().iter().map(|value| value.to_bits()).collect()
            };
            prop_assert_eq!(located.recording.axes(), recording.axes());
            prop_assert_eq!(bits(&located.recording), bits(recording));
        }
    }
}
