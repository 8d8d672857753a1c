//! A history of judder 0.1.0, as its server left it when it was killed: some of it in the tables, the rest in a
//! segment of the form that it wrote then.

use std::fs;
use std::path::{Path, PathBuf};

use judder_history::{AlertFilter, History, Sync, Verdict};

use crate::desk::FOR_EVER;

/// A copy of it.
fn left() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/of-0.1.0");
    for name in ["history.db", "history.db-new-0"] {
        fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    let path = folder.path().join("history.db");
    (folder, path)
}

/// The readings that were posted, two hundred of each of three axes.
fn posted(sequence: u64) -> Vec<f32> {
    let reading = |axis: u64, at: u64| {
        let gravity = if axis == 2 { 1.0 } else { 0.0 };
        ((at * 7 + axis * 3 + sequence) % 11) as f32 / 2048.0 + gravity
    };
    (0..3).flat_map(|axis| (0..200).map(move |at| reading(axis, at))).collect()
}

/// The scores of the first of them, as that server said them; no window was judged, as gravity pointed elsewhere.
const SCORES: [f64; 5] =
    [19038.978515625, 19127.1953125, 19167.40234375, 19152.169921875, 19019.369140625];

#[test]
fn all_that_was_kept_is_there_and_known() {
    let (_folder, path) = left();
    for round in 0..2 {
        let mut history = History::open(&path, Sync::System, FOR_EVER).unwrap();
        assert_eq!(history.put_aside(), []);
        let reader = history.reader().unwrap();
        for (device, numbers) in [("pump", 0..7), ("fan", 0..2)] {
            let lines = reader.recordings(device, i64::MIN, i64::MAX, 100).unwrap();
            let found: Vec<_> = lines.iter().rev().map(|line| line.sequence.unwrap()).collect();
            assert_eq!(found, numbers.collect::<Vec<_>>(), "round {round}");
            for line in &lines {
                let stored = reader.recording(line.id).unwrap().unwrap();
                let sequence = stored.sequence.unwrap();
                assert_eq!((stored.start, stored.axes, stored.rate_hz), (None, 3, Some(200.0)));
                assert_eq!(stored.readings, posted(sequence), "{device} {sequence}");
                let [window] = &stored.windows[..] else { panic!("{:?}", stored.windows) };
                assert_eq!((window.decision, window.verdict), (None, Verdict::Remounted));
                if let Some(score) = SCORES.get(sequence as usize) {
                    assert_eq!(window.score, Some(*score), "{device} {sequence}");
                }
                let known = history.batch().known(device, None, sequence).unwrap().unwrap();
                assert_eq!((known.recording, known.digest), (stored.id, stored.digest));
            }
        }
        let starts = history.batch().starts("pump", 1, 8).unwrap();
        let [start] = &starts[..] else { panic!("{starts:?}") };
        assert_eq!((start.start, start.last), (None, 6));
        // The alert that has another name now can be cleared under it.
        let alerts = reader.alerts(&AlertFilter { most: 10, ..Default::default() }).unwrap();
        let kinds: Vec<_> = alerts.iter().map(|alert| alert.kind.as_str()).collect();
        assert_eq!(kinds, ["conflict", "remounted"]);
        assert_eq!(reader.open_alerts().unwrap().len(), 2);
    }
}

/// What 0.1.0 left is as it was in the copy: it can be gone back to.
#[test]
fn it_is_copied_as_it_was_before() {
    let (folder, path) = left();
    let before = fs::read(path.with_file_name("history.db-new-0")).unwrap();
    let history = History::open(&path, Sync::System, FOR_EVER).unwrap();
    let upgraded = history.upgraded().unwrap();
    let copy = folder.path().join("history.db.version-1");
    assert_eq!((upgraded.from, upgraded.to), (1, 4));
    assert_eq!(upgraded.copy.as_ref().unwrap(), &copy);
    drop(history);
    assert_eq!(fs::read(folder.path().join("history.db.version-1-new-0")).unwrap(), before);
    let tables = |path: &Path| -> (i64, i64) {
        let connection = rusqlite::Connection::open(path).unwrap();
        let sound: String =
            connection.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let version =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        let count =
            connection.query_row("SELECT count(*) FROM recording", [], |r| r.get(0)).unwrap();
        (version, count)
    };
    // What waited is in the segment beside the copy.
    assert_eq!((tables(&copy), tables(&path)), ((1, 5), (4, 9)));
    // Nothing is copied again, and it opens as what it is.
    fs::remove_file(&copy).unwrap();
    assert!(History::open(&path, Sync::System, FOR_EVER).unwrap().upgraded().is_none());
    assert!(!copy.exists());
}

/// What is kept after the upgrade goes behind entries of the older form, where the disk has no room to take them
/// over first.
#[test]
fn both_forms_may_stand_in_one_segment() {
    let (_folder, path) = left();
    let segment = path.with_file_name("history.db-new-0");
    let old = fs::read(&segment).unwrap();
    let new = {
        let (folder, path) = left();
        let mut history = History::open(&path, Sync::System, FOR_EVER).unwrap();
        crate::desk::keep(&mut history, "later", 3, 1);
        let beside = ["history.db-new-0", "history.db-new-1"].map(|name| folder.path().join(name));
        let bytes = beside.map(|path| fs::read(path).unwrap()).concat();
        // Whose a segment is and its version stand in an empty one alone.
        bytes.strip_prefix(b"JUDSEG\0").unwrap()[5..].to_vec()
    };
    assert!(!new.is_empty());
    fs::write(&segment, [old, new].concat()).unwrap();
    let mut history = History::open(&path, Sync::System, FOR_EVER).unwrap();
    let reader = history.reader().unwrap();
    assert_eq!(reader.totals().unwrap().recordings, 10);
    assert!(history.batch().known("later", None, 3).unwrap().is_some());
}

/// However open its folder is: what is made there is its owner's alone, unless the folder is a group's.
#[cfg(unix)]
#[test]
fn what_is_made_beside_it_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path, mode: u32| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for (of_folder, expected) in [(0o755, 0o600), (0o2755, 0o644)] {
        let (folder, path) = left();
        mode(folder.path(), of_folder);
        for name in ["history.db", "history.db-new-0"] {
            mode(&folder.path().join(name), 0o644);
        }
        let mut history = History::open(&path, Sync::System, FOR_EVER).unwrap();
        crate::desk::keep(&mut history, "later", 3, 1);
        history.reader().unwrap().totals().unwrap();
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let modes = names.map(|path| {
            let mode = path.metadata().unwrap().permissions().mode() & 0o777;
            (path.file_name().unwrap().to_string_lossy().into_owned(), mode)
        });
        let open: Vec<_> = modes.filter(|(_, mode)| *mode != 0o600).collect();
        let is_of_tables = |name: &str| {
            ["history.db", "history.db-wal", "history.db-shm", "history.db-new-0"].contains(&name)
        };
        assert_eq!(open.is_empty(), expected == 0o600, "{open:?}");
        assert!(
            open.iter().all(|(name, mode)| is_of_tables(name) && *mode == expected),
            "{open:?}"
        );
    }
}
