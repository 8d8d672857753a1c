//! A disk that is full at any step, and has room again.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use judder_data::{
    Collection, DataError, Entry, Kept, Problem, Recording, SIDECAR, Sync, read_sidecar,
};

use crate::desk::{entry, keep, names, read};

#[test]
fn a_full_disk_is_told_and_nothing_half_written_stays() {
    child_test::passes_on_a_small_disk("size=512k", "full_disk::child_fills_the_disk");
}

#[test]
fn a_disk_without_room_for_more_files_is_told() {
    child_test::passes_on_a_small_disk(
        "size=4m,nr_inodes=40",
        "full_disk::child_uses_up_the_files",
    );
}

/// A limit of the file size cuts writes short as a full disk does, on every machine.
#[test]
fn a_write_that_is_cut_short_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let limit = "trap '' XFSZ; ulimit -f 16";
    child_test::passes(limit, "full_disk::child_writes_more_than_it_may", parent.path());
}

/// A recording of about so many bytes, that tells its sequence number.
fn sized(sequence: u64, bytes: usize) -> Recording {
    let row = format!("{sequence}, 0.125\n").len();
    let len = bytes / row + 1;
    let mut values = vec![sequence as f64; len];
    values.resize(2 * len, 0.125);
    Recording::from_axes(2, len, values).unwrap()
}

fn is_full(error: &DataError) -> bool {
    matches!(&error.problem, Problem::Io(error) if error.kind() == ErrorKind::StorageFull)
        && error.to_string().ends_with(": the disk is full")
}

/// All that was kept is there, once and whole, and nothing else.
fn check(folder: &Path, kept: &[Recording]) {
    let mut expected: Vec<_> = (0..kept.len()).map(|at| format!("{at:04}.csv")).collect();
    expected.push(SIDECAR.to_owned());
    assert_eq!(names(folder), expected);
    let list = read_sidecar(folder).unwrap();
    assert!(fs::read_to_string(folder.join(SIDECAR)).unwrap().ends_with('\n'));
    assert_eq!(list.len(), kept.len());
    for (entry, recording) in list.iter().zip(kept) {
        assert!(read(&folder.join(&entry.file)) == *recording, "{entry:?}");
        assert_eq!(entry.sequence, Some(recording.axis(0)[0] as u64));
    }
}

#[test]
#[ignore = "run by a_full_disk_is_told_and_nothing_half_written_stays"]
fn child_fills_the_disk() {
    let disk = child_test::folder();
    let folder = disk.join("fan");
    const PIECES: usize = 80;
    let piece = |at: usize| disk.join(format!("{at}"));
    (0..PIECES).for_each(|at| fs::write(piece(at), [0; 4096]).unwrap());
    let mut collection = Collection::open(&folder, Sync::System).unwrap();
    let (mut kept, mut failed_at) = (Vec::new(), Vec::new());
    let mut tried = 0;
    for at in 0..PIECES {
        loop {
            // Files and lines of up to three pages: each of them is what the disk has no room for.
            tried += 1;
            let sequence = kept.len() as u64;
            let recording = sized(sequence, tried * 3571 % 12_000);
            let label = Some("low".repeat(tried * 977 % 2_000));
            let entry = Entry { label, ..entry(Some("a"), Some(sequence)) };
            match collection.keep(&recording, entry) {
                Ok((Kept::New(number), _)) => assert_eq!(number, kept.len()),
                Ok((Kept::Known(_), _)) => panic!("it was not kept"),
                Err(error) => {
                    assert!(is_full(&error), "{error}");
                    let name = error.path.file_name().unwrap().to_str().unwrap().to_owned();
                    assert!(name == SIDECAR || name == format!("{sequence:04}.csv"), "{name}");
                    failed_at.push(name == SIDECAR);
                    break;
                }
            }
            kept.push(recording);
        }
        check(&folder, &kept);
        if at % 10 == 0 {
            drop(collection);
            collection = Collection::open(&folder, Sync::System).unwrap();
            check(&folder, &kept);
        }
        fs::remove_file(piece(at)).unwrap();
    }
    let of_list = failed_at.iter().filter(|&&of_list| of_list).count();
    assert!(of_list > 4 && failed_at.len() - of_list > 4, "{of_list} of {}", failed_at.len());
    assert!(kept.len() > PIECES / 4, "{}", kept.len());
}

#[test]
#[ignore = "run by a_disk_without_room_for_more_files_is_told"]
fn child_uses_up_the_files() {
    let disk = child_test::folder();
    let folder = disk.join("fan");
    fs::write(disk.join("in the way"), "").unwrap();
    let mut collection = Collection::open(&folder, Sync::Disk).unwrap();
    let mut kept = Vec::new();
    let error = loop {
        let sequence = kept.len() as u64;
        match keep(&mut collection, "a", sequence) {
            Ok(_) => kept.push(crate::desk::recording(sequence)),
            Err(error) => break error,
        }
    };
    assert!(is_full(&error) && kept.len() > 20, "{error}");
    let path = |kept: &[Recording]| folder.join(format!("{:04}.csv", kept.len()));
    assert_eq!(error.path, path(&kept));
    let list = fs::read(folder.join(SIDECAR)).unwrap();
    assert_eq!(list.iter().filter(|&&byte| byte == b'\n').count(), kept.len());
    fs::remove_file(disk.join("in the way")).unwrap();
    let sequence = kept.len() as u64;
    assert_eq!(keep(&mut collection, "a", sequence).unwrap(), Kept::New(kept.len()));
}

#[test]
#[ignore = "run by a_write_that_is_cut_short_leaves_nothing"]
fn child_writes_more_than_it_may() {
    let folder = child_test::folder().join("fan");
    let mut collection = Collection::open(&folder, Sync::System).unwrap();
    let mut kept = vec![sized(0, 100)];
    collection.keep(&kept[0], entry(Some("a"), Some(0))).unwrap();
    let error = collection.keep(&sized(1, 100_000), entry(Some("a"), Some(1))).unwrap_err();
    assert_eq!(error.path, folder.join("0001.csv"), "{error}");
    check(&folder, &kept);
    // Now the list grows until it may not.
    let error = loop {
        let sequence = kept.len() as u64;
        let recording = sized(sequence, 100);
        match collection.keep(&recording, entry(Some("a"), Some(sequence))) {
            Ok(_) => kept.push(recording),
            Err(error) => break error,
        }
    };
    assert_eq!(error.path, folder.join(SIDECAR), "{error}");
    check(&folder, &kept);
    let again = collection.keep(&kept[1], entry(Some("a"), Some(1))).unwrap();
    assert_eq!(again, (Kept::Known(1), None));
}
