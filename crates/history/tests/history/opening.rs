//! A file is opened only where it is a history, and only once.

use std::fs;

use judder_history::{History, Problem, RecordingId, Sync};

use crate::desk::{Desk, FOR_EVER, clock, keep};

fn refused(desk: &Desk) -> judder_history::HistoryError {
    let error = History::open(&desk.path(), Sync::System, FOR_EVER).unwrap_err();
    let says = error.to_string();
    assert!(says.starts_with(desk.folder().to_str().unwrap()), "{says}");
    error
}

#[test]
fn a_history_is_open_once_and_again_after_it() {
    let desk = Desk::new();
    let mut history = desk.open();
    keep(&mut history, "a", 0, 1);
    let error = refused(&desk);
    assert!(matches!(error.problem, Problem::InUse), "{error}");
    let reader = history.reader().unwrap();
    drop(history);
    // Whoever only reads is not in the way.
    let mut history = desk.open();
    keep(&mut history, "a", 1, 2);
    drop(history);
    assert_eq!(reader.totals().unwrap().recordings, 2);
}

#[cfg(unix)]
#[test]
fn another_process_that_has_it_open_is_told_of() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let desk = Desk::new();
    let mut child = child_test::command(":", "opening::child_holds", desk.folder())
        .stdout(Stdio::piped())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    assert!(said.any(|line| line == "open"), "it ended by itself");
    let error = refused(&desk);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(matches!(error.problem, Problem::InUse), "{error}");
    let mut history = desk.open();
    assert_eq!(history.reader().unwrap().totals().unwrap().recordings, 1);
    keep(&mut history, "a", 1, 1);
}

#[cfg(unix)]
#[test]
#[ignore = "run by another_process_that_has_it_open_is_told_of"]
fn child_holds() {
    let path = crate::desk::path(&child_test::folder());
    let mut history = History::open(&path, Sync::System, FOR_EVER).unwrap();
    keep(&mut history, "a", 0, 0);
    println!("open");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
fn what_is_no_history_is_refused_and_left() {
    let text = b"x, y, z\n".repeat(4000);
    for bytes in [&text[..], b"1", &[0; 10_000]] {
        let desk = Desk::new();
        fs::write(desk.path(), bytes).unwrap();
        let error = refused(&desk);
        assert!(matches!(error.problem, Problem::NotAHistory), "{error}");
        assert!(fs::read(desk.path()).unwrap() == bytes);
    }
    let desk = Desk::new();
    let other = rusqlite::Connection::open(desk.path()).unwrap();
    other.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)").unwrap();
    drop(other);
    let before = fs::read(desk.path()).unwrap();
    let error = refused(&desk);
    assert!(matches!(error.problem, Problem::NotAHistory), "{error}");
    assert!(fs::read(desk.path()).unwrap() == before);
}

#[test]
fn an_empty_file_becomes_one() {
    let desk = Desk::new();
    fs::write(desk.path(), "").unwrap();
    keep(&mut desk.open(), "a", 0, 1);
    assert_eq!(desk.open().reader().unwrap().totals().unwrap().recordings, 1);
}

#[test]
fn one_of_a_later_judder_is_refused_and_left() {
    let desk = Desk::new();
    keep(&mut desk.open(), "a", 0, 1);
    let connection = rusqlite::Connection::open(desk.path()).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let error = refused(&desk);
    assert!(matches!(error.problem, Problem::Newer { version: 99, .. }), "{error}");
    assert!(error.to_string().contains("use the judder that wrote it or a later one"), "{error}");
}

#[test]
fn a_damaged_one_is_an_error_and_never_a_panic() {
    let desk = Desk::new();
    let mut history = desk.open();
    (0..200).for_each(|sequence| _ = keep(&mut history, "a", sequence, sequence as i64));
    drop(history);
    let whole = fs::read(desk.path()).unwrap();
    let (mut damaged, mut fine) = (0, 0);
    for at in (0..whole.len()).step_by(4096) {
        let mut bytes = whole.clone();
        let end = (at + 3000).min(bytes.len());
        bytes[at..end].fill(0x5a);
        fs::write(desk.path(), &bytes).unwrap();
        let read = || {
            let mut history = History::open(&desk.path(), Sync::System, FOR_EVER)?;
            let reader = history.reader()?;
            reader.totals()?;
            reader.devices()?;
            for line in reader.recordings("a", 0, i64::MAX, 1000)? {
                reader.recording(line.id)?;
            }
            reader.scores("a", 0, i64::MAX, 100)?;
            let mut batch = history.batch();
            batch.known("a", None, 3)?;
            crate::desk::add(&mut batch, "a", 999, 999, 10)?;
            batch.commit()?;
            history.prune(clock(i64::MAX), 1000)
        };
        match read() {
            Ok(_) => fine += 1,
            Err(error) => {
                damaged += 1;
                assert_eq!(error.path, desk.path());
                assert!(!error.is_full(), "{error}");
            }
        }
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", desk.path().display()));
        }
    }
    // What stands in readings nobody can tell.
    assert!(damaged > 15, "{damaged} of {}", damaged + fine);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let desk = Desk::new();
    let path = desk.folder().join("none").join("history.db");
    let error = History::open(&path, Sync::System, FOR_EVER).unwrap_err();
    assert!(error.to_string().contains("none"), "{error}");
    assert!(!path.parent().unwrap().exists());
}

#[test]
fn a_temporary_one_goes_away_with_its_last_reader() {
    let mut history = History::temporary().unwrap();
    let folder = history.path().parent().unwrap().to_owned();
    keep(&mut history, "a", 0, 1);
    let reader = history.reader().unwrap();
    drop(history);
    assert_eq!(reader.totals().unwrap().recordings, 1);
    drop(reader);
    assert!(!folder.exists());
}

/// By whatever link it is reached, it is one history with one lock.
#[cfg(unix)]
#[test]
fn a_history_that_is_reached_by_a_link_is_the_one_that_the_link_stands_for() {
    let (desk, other) = (Desk::new(), Desk::new());
    std::os::unix::fs::symlink(desk.path(), other.path()).unwrap();
    // Also where there is none yet.
    let mut history = other.open();
    assert_eq!(keep(&mut history, "a", 0, 0), RecordingId(1));
    let refused = History::open(&desk.path(), Sync::System, FOR_EVER).unwrap_err();
    assert!(matches!(refused.problem, Problem::InUse), "{refused}");
    drop(history);
    let mut history = desk.open();
    assert_eq!(keep(&mut history, "a", 1, 0), RecordingId(2));
    let refused = History::open(&other.path(), Sync::System, FOR_EVER).unwrap_err();
    assert!(matches!(refused.problem, Problem::InUse), "{refused}");
    assert_eq!(std::fs::read_dir(other.folder()).unwrap().count(), 1);
    drop(history);
    // What an earlier judder put beside the link is not passed over.
    let waiting = format!("{}-new-0", other.path().display());
    std::fs::write(&waiting, "x").unwrap();
    let said = History::open(&other.path(), Sync::System, FOR_EVER).unwrap_err().to_string();
    assert!(said.starts_with(&waiting) && said.contains("move this file to"), "{said}");
}
