//! Recordings are kept whole or not at all, and never over others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use judder_data::store::{file_name, write_folder, write_whole};
use judder_data::{Entry, Problem, Recording, SIDECAR, load, read_sidecar};

fn recording(first: f64) -> Recording {
    let values = (0..30).map(|at| first + f64::from(at * 7 % 5)).collect();
    Recording::from_axes(3, 10, values).unwrap()
}

/// The names in a folder, hidden ones too, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_folder_is_written_and_read_back() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/fan_0_low");
    let recordings = [recording(0.0).with_rate(Some(199.5)), recording(0.5)];
    let label = Some("low".to_owned());
    let describe = |_, entry| Entry { label: label.clone(), ..entry };
    let paths = write_folder(&folder, &recordings, describe).unwrap();
    assert_eq!(paths, [folder.join("0000.csv"), folder.join("0001.csv")]);
    assert_eq!(names(&folder), ["0000.csv", "0001.csv", SIDECAR]);
    let (read, errors) = load(&folder).unwrap();
    assert!(errors.is_empty());
    assert!(read.iter().map(|located| &located.recording).eq(&recordings));
    let list = read_sidecar(&folder).unwrap();
    assert_eq!(list.iter().map(|e| e.sequence).collect::<Vec<_>>(), [Some(0), Some(1)]);
    assert!(list.iter().all(|entry| entry.label == label));
}

#[test]
fn a_folder_that_holds_something_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_folder(folder.path(), &[], |_, entry| entry).unwrap();
    let before = fs::read(folder.path().join(SIDECAR)).unwrap();
    let error = write_folder(folder.path(), &[recording(0.0)], |_, entry| entry).unwrap_err();
    assert!(matches!(error.problem, Problem::NotEmpty));
    let expected = "is not empty; choose another folder, or empty this one";
    assert_eq!(error.to_string(), format!("{}: {expected}", folder.path().display()));
    assert_eq!(names(folder.path()), [SIDECAR]);
    assert_eq!(fs::read(folder.path().join(SIDECAR)).unwrap(), before);
}

#[test]
fn a_folder_cannot_stand_where_a_file_does() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("data");
    fs::write(&file, "kept").unwrap();
    let error = write_folder(&file, &[recording(0.0)], |_, entry| entry).unwrap_err();
    let expected = format!("{}: is a file already; choose another name", file.display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(fs::read(&file).unwrap(), b"kept");
}

#[test]
fn a_write_that_fails_leaves_what_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("0000.csv");
    let fails = |to: &mut dyn Write, kind: ErrorKind| -> io::Result<()> {
        to.write_all(b"half a fi")?;
        to.flush()?;
        Err(kind.into())
    };
    let error = write_whole(&path, |to| fails(to, ErrorKind::StorageFull)).unwrap_err();
    assert_eq!(error.to_string(), format!("{}: the disk is full", path.display()));
    assert!(names(folder.path()).is_empty(), "{:?}", names(folder.path()));

    write_whole(&path, |to| to.write_all(b"first")).unwrap();
    let error = write_whole(&path, |to| fails(to, ErrorKind::Other)).unwrap_err();
    assert_eq!(error.path, path);
    assert_eq!(names(folder.path()), ["0000.csv"]);
    assert_eq!(fs::read(&path).unwrap(), b"first");

    write_whole(&path, |to| to.write_all(b"second")).unwrap();
    assert_eq!(names(folder.path()), ["0000.csv"]);
    assert_eq!(fs::read(&path).unwrap(), b"second");
}

#[test]
fn a_panic_while_writing_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("0000.csv");
    let outcome = std::panic::catch_unwind(|| write_whole(&path, |_| panic!("on purpose")));
    assert!(outcome.is_err());
    assert!(names(folder.path()).is_empty());
}

#[test]
fn nothing_is_written_where_nothing_can_stand() {
    let folder = tempfile::tempdir().unwrap();
    let error = write_whole(folder.path(), |to| to.write_all(b"x")).unwrap_err();
    assert!(error.to_string().ends_with(": is a folder, not a file"), "{error}");
    let missing = folder.path().join("missing/0000.csv");
    let error = write_whole(&missing, |to| to.write_all(b"x")).unwrap_err();
    let expected = format!("{}: no such file or folder", missing.display());
    assert_eq!(error.to_string(), expected);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn files_are_numbered_past_9999_in_path_order() {
    assert_eq!(file_name(7), "0007.csv");
    assert_eq!(file_name(10_000), "10000.csv");
    let folder = tempfile::tempdir().unwrap();
    for number in [10_000, 9_999, 0, 10, 2] {
        fs::write(folder.path().join(file_name(number)), format!("{number}, 0\n")).unwrap();
    }
    let (read, _) = load(folder.path()).unwrap();
    let order: Vec<f64> = read.iter().map(|located| located.recording.axis(0)[0]).collect();
    assert_eq!(order, [0.0, 2.0, 10.0, 9_999.0, 10_000.0]);
}

#[test]
fn a_shape_that_cannot_be_is_no_recording() {
    assert!(Recording::from_axes(8, usize::MAX, vec![]).is_none());
    assert!(Recording::from_axes(0, 1, vec![]).is_none());
    assert!(Recording::from_axes(1, 0, vec![]).is_none());
    assert!(Recording::from_axes(9, 1, vec![0.0; 9]).is_none());
    assert!(Recording::from_axes(2, 2, vec![0.0; 3]).is_none());
}

#[cfg(unix)]
#[test]
fn files_may_be_read_by_whom_the_umask_lets() {
    use std::os::unix::fs::PermissionsExt;
    for (umask, mode) in [("022", 0o644), ("077", 0o600), ("002", 0o664)] {
        let folder = tempfile::tempdir().unwrap();
        child_test::passes(&format!("umask {umask}"), "child_writes_a_file", folder.path());
        let found = fs::metadata(folder.path().join("0000.csv")).unwrap().permissions().mode();
        assert_eq!(found & 0o777, mode, "umask {umask}");
    }
}

/// A limit of the file size stands for a full disk: it cuts a write short without a mount.
#[cfg(unix)]
#[test]
fn a_write_that_the_system_cuts_short_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let limit = "trap '' XFSZ; ulimit -f 64";
    child_test::passes(limit, "child_writes_more_than_it_may", folder.path());
    assert_eq!(names(folder.path()), ["0000.csv"]);
    assert_eq!(fs::read(folder.path().join("0000.csv")).unwrap(), b"first");
}

#[cfg(unix)]
#[test]
#[ignore = "run by files_may_be_read_by_whom_the_umask_lets"]
fn child_writes_a_file() {
    write_whole(&child_test::folder().join("0000.csv"), |to| to.write_all(b"1, 2\n")).unwrap();
}

#[cfg(unix)]
#[test]
#[ignore = "run by a_write_that_the_system_cuts_short_leaves_nothing"]
fn child_writes_more_than_it_may() {
    let path = child_test::folder().join("0000.csv");
    write_whole(&path, |to| to.write_all(b"first")).unwrap();
    // In such small pieces that only the last, when the rest is flushed, is beyond the limit.
    let write = |to: &mut dyn Write| (0..33_000).try_for_each(|_| to.write_all(b"1"));
    let error = write_whole(&path, |to| write(to)).unwrap_err();
    assert!(matches!(error.problem, Problem::Io(_)), "{error}");
}
