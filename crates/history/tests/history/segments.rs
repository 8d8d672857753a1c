//! What is not in the tables yet, however the process ended.

use std::ffi::OsString;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use judder_history::{History, Problem, Sync};
use proptest::prelude::*;

use crate::desk::{Desk, FOR_EVER, add, digest, readings};

const SEGMENTS: [&str; 2] = ["-new-0", "-new-1"];
const BATCH: u64 = 3;

fn beside(desk: &Desk, ending: &str) -> PathBuf {
    format!("{}{ending}", desk.path().display()).into()
}

/// The segment that holds something.
fn filled(desk: &Desk) -> PathBuf {
    let mut segments = SEGMENTS.map(|ending| beside(desk, ending)).into_iter();
    segments.find(|path| path.metadata().unwrap().len() > 0).unwrap()
}

/// What is in the segment that holds something, and its name.
fn held(desk: &Desk) -> (Vec<u8>, OsString) {
    let segment = filled(desk);
    (fs::read(&segment).unwrap(), segment.file_name().unwrap().to_owned())
}

/// What is before the frames: whose it is, its version and a checksum.
fn begin(bytes: &[u8]) -> &[u8] {
    &bytes[..if bytes.starts_with(b"JUDSEG\0") { 12 } else { 0 }]
}

/// Where the frames of a segment are.
fn frames(bytes: &[u8]) -> Vec<Range<usize>> {
    let (mut frames, mut at) = (Vec::new(), begin(bytes).len());
    while at < bytes.len() {
        // The highest bit says that what is in it begins with a form.
        let length = u32::from_le_bytes(*bytes[at..].first_chunk().unwrap()) & 0x7fff_ffff;
        let end = at + 8 + length as usize;
        frames.push(at..end);
        at = end;
    }
    frames
}

/// The files of a history whose process is gone, in a folder of their own.
fn as_it_was_left(desk: &Desk) -> Desk {
    let left = Desk::new();
    for entry in fs::read_dir(desk.folder()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), left.folder().join(entry.file_name())).unwrap();
    }
    left
}

fn batch(history: &mut History, first: u64) {
    let mut batch = history.batch();
    for sequence in first..first + BATCH {
        add(&mut batch, "a", sequence, sequence as i64, 10).unwrap();
    }
    batch.commit().unwrap();
}

/// How many recordings there are, each whole and once, none between them missing.
fn there(history: &History) -> u64 {
    let count = seen(history);
    let last = history.reader().unwrap().recordings("a", i64::MIN, i64::MAX, 1).unwrap();
    assert_eq!(last[0].sequence, Some(count - 1));
    count
}

/// How many recordings there are, each whole and once.
fn seen(history: &History) -> u64 {
    let reader = history.reader().unwrap();
    let mut lines = reader.recordings("a", i64::MIN, i64::MAX, usize::MAX).unwrap();
    lines.reverse();
    assert!(lines.is_sorted_by_key(|line| line.sequence));
    for line in &lines {
        let stored = reader.recording(line.id).unwrap().unwrap();
        let sequence = line.sequence.unwrap();
        assert_eq!(stored.readings, readings(sequence, 10));
        assert_eq!((stored.digest, stored.windows.len()), (digest("a", sequence), 1));
    }
    let totals = reader.totals().unwrap();
    let count = lines.len() as u64;
    assert_eq!((totals.recordings, totals.windows, totals.readings), (count, count, count));
    count
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_is_cut_off_or_damaged_ends_at_a_whole_batch(cut in 0.0..1.0_f64, flips in 0..2_usize) {
        let desk = Desk::new();
        let mut history = desk.open();
        (0..4).for_each(|at| batch(&mut history, BATCH * at));
        let left = as_it_was_left(&desk);
        let segment = filled(&left);
        let mut bytes = fs::read(&segment).unwrap();
        let frames = frames(&bytes);
        prop_assert_eq!(frames.len(), 4);
        let at = (bytes.len() as f64 * cut) as usize;
        let before = frames.iter().filter(|frame| frame.end <= at).count();
        if flips == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 0x10;
        }
        fs::write(&segment, &bytes).unwrap();
        let mut history = left.open();
        let whole = seen(&history);
        prop_assert_eq!(whole % BATCH, 0);
        let (batches, begin) = ((whole / BATCH) as usize, frames[before].start);
        // What is before the first frame is torn with it.
        let is_torn = if before == 0 { ![0, begin].contains(&at) } else { at > begin };
        let aside = history.put_aside();
        if flips == 0 {
            prop_assert_eq!((batches, aside.len()), (before, usize::from(is_torn)));
        } else if at < frames[0].start {
            prop_assert_eq!((batches, aside.len()), (4, 1));
        } else {
            // One that is damaged is missed alone, unless its length is.
            let has_length = at >= begin + 4;
            prop_assert!(batches == 3 || !has_length && (before..3).contains(&batches), "{}", batches);
            prop_assert_eq!(aside.len(), 1);
        }
        for (file, aside) in aside {
            prop_assert_eq!(&file, &segment);
            prop_assert!(fs::read(aside).unwrap() == bytes);
        }
        // What comes then is not behind the damage.
        batch(&mut history, 100);
        let again = as_it_was_left(&left);
        prop_assert_eq!(seen(&again.open()), whole + BATCH);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_stands_in_a_segment_is_damage_or_recordings_and_no_panic(
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 1..12),
        is_framed: bool,
    ) {
        let desk = Desk::new();
        let mut history = desk.open();
        batch(&mut history, 0);
        let left = as_it_was_left(&desk);
        let segment = filled(&left);
        let mut frame = fs::read(&segment).unwrap();
        let before = begin(&frame).len();
        let at = before + 8 + at.index(frame.len() - before - 8);
        frame.splice(at..(at + bytes.len()).min(frame.len()), bytes);
        if is_framed {
            // As if it had been written so.
            let payload = frame.split_off(before + 8);
            let length = payload.len() as u32 | 1 << 31;
            let head = [length.to_le_bytes(), crc32fast::hash(&payload).to_le_bytes()];
            frame = [&frame[..before], &head.concat(), &payload].concat();
        }
        fs::write(&segment, &frame).unwrap();
        match History::open(&left.path(), Sync::System, FOR_EVER) {
            Ok(history) => {
                let there = history.reader().unwrap().totals().unwrap().recordings;
                prop_assert!(is_framed || there == 0 || frame == fs::read(filled(&desk)).unwrap());
            }
            Err(error) => {
                let known = matches!(error.problem, Problem::Damaged(_) | Problem::NoRecordings);
                prop_assert!(known, "{}", error);
            }
        }
    }
}

#[test]
fn what_was_taken_over_is_not_taken_over_again() {
    let desk = Desk::new();
    let mut history = desk.open();
    batch(&mut history, 0);
    let (before, name) = held(&desk);
    history.settler().unwrap().run().unwrap();
    assert_eq!(desk.folder().join(&name).metadata().unwrap().len(), 0);
    // It ended when the tables were written, and the segment was not emptied.
    let left = as_it_was_left(&desk);
    fs::write(left.folder().join(&name), &before).unwrap();
    let mut history = left.open();
    assert_eq!(there(&history), BATCH);
    batch(&mut history, BATCH);
    assert_eq!(there(&history), 2 * BATCH);
    drop(history);
    assert_eq!(there(&left.open()), 2 * BATCH);
}

#[test]
fn both_segments_are_taken_over_in_order() {
    let desk = Desk::new();
    let mut history = desk.open();
    batch(&mut history, 0);
    let (before, name) = held(&desk);
    let left = as_it_was_left(&desk);
    history.settler().unwrap().run().unwrap();
    batch(&mut history, BATCH);
    // It ended before the tables were written, while the other segment was filled.
    let second = filled(&desk);
    assert_ne!(second.file_name().unwrap(), name);
    fs::copy(&second, left.folder().join(second.file_name().unwrap())).unwrap();
    fs::write(left.folder().join(&name), &before).unwrap();
    let mut history = left.open();
    let mut of = history.batch();
    assert!((0..2 * BATCH).all(|sequence| of.known("a", None, sequence).unwrap().is_some()));
    assert_eq!(of.known("a", None, 2 * BATCH).unwrap(), None);
    drop(of);
    batch(&mut history, 2 * BATCH);
    assert_eq!(there(&history), 3 * BATCH);
}

#[test]
fn what_is_pending_is_known_and_seen_before_it_is_in_the_tables() {
    let desk = Desk::new();
    let mut history = desk.open();
    let reader = history.reader().unwrap();
    batch(&mut history, 0);
    assert!(filled(&desk).exists());
    let mut of = history.batch();
    let known = of.known("a", None, 1).unwrap().unwrap();
    assert_eq!(known.digest, digest("a", 1));
    assert_eq!(
        (of.known("a", None, BATCH).unwrap(), of.known("b", None, 0).unwrap()),
        (None, None)
    );
    drop(of);
    assert_eq!(reader.recordings("a", 0, 9, 9).unwrap()[1].id, known.recording);
    assert!(SEGMENTS.iter().all(|one| beside(&desk, one).metadata().unwrap().len() == 0));
}

#[test]
fn entries_that_mean_nothing_are_damage_and_left() {
    let desk = Desk::new();
    drop(desk.open());
    // Whole frames, as an earlier or a later judder might write them: of no form, and of one that is not known.
    for (length, first) in [(20_u32, 0xff), (20 | 1 << 31, 2), (20 | 1 << 31, 3)] {
        let mut payload = [0xff; 20];
        payload[0] = first;
        let crc = crc32fast::hash(&payload);
        let frame = [&length.to_le_bytes()[..], &crc.to_le_bytes(), &payload].concat();
        fs::write(beside(&desk, SEGMENTS[1]), &frame).unwrap();
        let error = History::open(&desk.path(), Sync::System, FOR_EVER).unwrap_err();
        assert!(matches!(error.problem, Problem::NoRecordings), "{error}");
        assert_eq!(error.path, beside(&desk, SEGMENTS[1]));
        assert_eq!(fs::read(beside(&desk, SEGMENTS[1])).unwrap(), frame);
    }
}

#[test]
fn a_segment_says_its_version_and_one_of_a_later_judder_is_refused_and_left() {
    let desk = Desk::new();
    let mut history = desk.open();
    batch(&mut history, 0);
    let left = as_it_was_left(&desk);
    let segment = filled(&left);
    let mut bytes = fs::read(&segment).unwrap();
    assert_eq!((begin(&bytes), bytes[7]), (&bytes[..12], 1));
    bytes[7] = 9;
    let crc = crc32fast::hash(&bytes[..8]);
    bytes[8..12].copy_from_slice(&crc.to_le_bytes());
    fs::write(&segment, &bytes).unwrap();
    let error = History::open(&left.path(), Sync::System, FOR_EVER).unwrap_err();
    assert!(matches!(error.problem, Problem::NewerSegment { version: 9, known: 1 }), "{error}");
    assert_eq!(error.path, segment);
    assert_eq!(fs::read(&segment).unwrap(), bytes);
}

#[cfg(unix)]
#[test]
fn a_file_that_was_taken_away_is_missed() {
    for ending in ["", "-wal", SEGMENTS[0], SEGMENTS[1]] {
        let desk = Desk::new();
        let mut history = desk.open();
        batch(&mut history, 0);
        history.settler().unwrap().run().unwrap();
        assert_eq!(history.missing(), None);
        let gone = beside(&desk, ending);
        fs::remove_file(&gone).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(6));
        assert_eq!(history.missing(), Some(gone.clone()));
        // It is not what was opened, even if there is something.
        fs::write(&gone, "").unwrap();
        assert_eq!(history.missing(), Some(gone));
    }
}
