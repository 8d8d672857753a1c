//! `judder history`: what a server keeps is looked at and copied while it runs, and what an earlier judder left goes on.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use judder_data::load;
use judder_history::{History, Retention, Sync};
use rusqlite::Connection;

use crate::room::Room;
use crate::serving::{Serving, wait};
use crate::serving_killed::{kept, post};

/// Boards that post as fast as they are answered, until the scope ends; what was acknowledged of each.
fn posting<T>(
    serving: &Serving,
    boards: usize,
    acknowledged: &Mutex<BTreeSet<(usize, u64)>>,
    meanwhile: impl FnOnce() -> T,
) -> T {
    let ended = AtomicBool::new(false);
    let server = serving.address;
    thread::scope(|scope| {
        for board in 0..boards {
            let ended = &ended;
            scope.spawn(move || {
                let mut next =
                    acknowledged.lock().unwrap().iter().filter(|one| one.0 == board).count() as u64;
                while !ended.load(Ordering::Relaxed) {
                    if matches!(post(server, board, next), Some((201, _))) {
                        acknowledged.lock().unwrap().insert((board, next));
                        next += 1;
                    }
                }
            });
        }
        let _ends = Ends(&ended);
        meanwhile()
    })
}

/// Ends what asks for it, however a test does.
struct Ends<'e>(&'e AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_backup_has_all_that_was_acknowledged_when_it_began_and_is_served_from() {
    let room = Room::with_model();
    let serving = Serving::start(&room, "serve m.json -d data");
    serving.ask("POST", "/api/v1/session", br#"{"label":"low","device":"board-1"}"#).unwrap();
    let acknowledged = Mutex::new(BTreeSet::new());
    let before = posting(&serving, 6, &acknowledged, || {
        thread::sleep(Duration::from_millis(700));
        let before = acknowledged.lock().unwrap().clone();
        let ended = room.judder("history backup data copy").well();
        assert!(ended.stderr.contains("and it is whole"), "{}", ended.stderr);
        let verified = room.judder("history verify data").well();
        assert!(verified.stdout.ends_with("whole\n"), "{}", verified.stdout);
        before
    });
    assert!(before.len() > 60, "{}", before.len());
    serving.end("KILL");
    let verified = room.judder("history verify copy").well().stdout;
    assert!(verified.contains("labelled recordings: "), "{verified}");
    let names = fs::read_dir(room.path("copy")).unwrap();
    let names: BTreeSet<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.contains("history.db") && names.contains("low"), "{names:?}");
    assert!(!names.contains("token") && !names.contains("session.json"), "{names:?}");
    // A server goes on from it: boards whose numbers are known are told that they are.
    let serving = Serving::start(&room, "serve m.json -d copy");
    assert!(!serving.said().contains("not there"), "{}", serving.said());
    let (status, body) = post(serving.address, 0, 0).unwrap();
    assert_eq!(status, 201, "{body}");
    serving.end("TERM");
    let kept = kept(&room.path("copy/history.db"), 6);
    for one in &before {
        assert_eq!(kept.get(one), Some(&1), "{one:?}");
    }
    let of_session = before.iter().filter(|one| one.0 == 1).count();
    let (recordings, errors) = load(&room.path("copy/low")).unwrap();
    assert!(errors.is_empty() && recordings.len() >= of_session, "{errors:?}");
}

#[test]
fn a_backup_that_is_killed_leaves_nothing_under_its_name() {
    let room = Room::with_model();
    let serving = Serving::start(&room, "serve m.json -d data");
    let acknowledged = Mutex::new(BTreeSet::new());
    let (mut whole, mut none) = (0, 0);
    posting(&serving, 20, &acknowledged, || {
        thread::sleep(Duration::from_millis(500));
        for round in 0..20_u64 {
            let mut child = backup(&room, "copy");
            // Each time at another moment.
            thread::sleep(Duration::from_millis(5 + round * 37 % 150));
            let _ = child.kill();
            child.wait().unwrap();
            if room.path("copy").exists() {
                room.judder("history verify copy").well();
                fs::remove_dir_all(room.path("copy")).unwrap();
                whole += 1;
            } else {
                none += 1;
            }
        }
        // What those left that were killed is in nobody's way, however early that was.
        fs::create_dir_all(room.path("copy.unfinished")).unwrap();
        room.judder("history backup data copy").well();
    });
    eprintln!(
        "of 20 backups that were killed {none} left nothing under its name, {whole} a whole one"
    );
    assert!(none >= 5, "{none} were killed before they were done, {whole} after that");
    assert!(!room.path("copy.unfinished").exists());
    room.judder("history verify copy").well();
    let refused = |line: &str, words: &[&str]| _ = room.refused(line, 1, words);
    refused("history backup data copy", &["copy", "is there already"]);
    refused("history backup fan other", &["fan", "has no history.db", "--dir"]);
    refused("history verify fan", &["fan", "has no history.db"]);
    std::os::unix::fs::symlink("nowhere", room.path("link")).unwrap();
    refused("history backup data link", &["link", "is there already"]);
    refused("history backup data none/copy", &["none: is not there", "make it first"]);
    refused("history backup data data/copy", &["data/copy: is in the folder that is to be copied"]);
    std::os::unix::fs::symlink("data", room.path("to-data")).unwrap();
    refused("history backup data to-data/copy", &["to-data/copy", "outside of it"]);
    assert!(!room.path("data/copy").exists() && !room.path("data/copy.unfinished").exists());
    room.write("other.unfinished/mine", "");
    refused("history backup data other", &["other.unfinished", "move it away"]);
}

fn backup(room: &Room, to: &str) -> Child {
    let mut command = room.command();
    command.args(["history", "backup", "data", to]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// A folder with some recordings, which nobody has open.
fn closed(room: &Room) {
    closed_with(room, 0..40);
}

fn closed_with(room: &Room, numbers: Range<u64>) {
    let serving = Serving::start(room, "serve m.json -d data");
    for number in numbers {
        assert_eq!(post(serving.address, 0, number).unwrap().0, 201);
    }
    assert_eq!(serving.end("TERM").0, Some(0));
}

#[test]
fn what_is_damaged_is_named_and_is_in_no_backup() {
    let room = Room::with_model();
    closed(&room);
    let connection = Connection::open(room.path("data/history.db")).unwrap();
    let flip = "UPDATE readings SET numbers = CAST(substr(numbers, 1, 9) || x'00' || substr(numbers, 11) AS BLOB)
                WHERE recording = 17";
    assert_eq!(connection.execute(flip, []).unwrap(), 1);
    drop(connection);
    room.write("data/low/recording.jsonl", "{\"file\":\"0000.csv\"}\n");
    room.write("data/low/0000.csv", "1,2,3\n1,2,3\n1,2\n");
    let ended = room.judder("history verify data").ended(3);
    let line = ended.stdout.lines().find(|line| line.starts_with("damaged: ")).unwrap();
    let words = "recording 17 (device board-0, number 16): its readings are not what was kept";
    assert!(line.contains(words) && line.starts_with("damaged: 20"), "{line}");
    assert!(ended.stdout.contains("damaged: data/low/0000.csv"), "{}", ended.stdout);
    assert!(ended.stderr.contains("docs/history.md"), "{}", ended.stderr);
    let before = room.all();
    let ended = room.judder("history backup data copy").ended(3);
    assert!(ended.stderr.contains("is damaged, and no backup was made"), "{}", ended.stderr);
    assert_eq!(room.all(), before);
}

#[test]
fn what_is_damaged_beside_the_tables_is_named_and_the_rest_is_copied() {
    let room = Room::with_model();
    closed(&room);
    let ended = room.judder("history backup data whole").ended(0);
    assert!(ended.stderr.contains("and it is whole"), "{}", ended.stderr);
    room.write("data/low/recording.jsonl", "{\"file\":\"0000.csv\"}\n");
    room.write("data/low/0000.csv", "1,2,3\n1,2,3\n1,2\n");
    let ended = room.judder("history backup data copy").ended(3);
    let named = "damaged, and copied as it is: copy/low/0000.csv";
    assert!(ended.stdout.contains(named), "{}", ended.stdout);
    assert!(!ended.stderr.contains("whole"), "{}", ended.stderr);
    let whole = room.judder("history verify data").ended(3).stdout;
    assert_eq!(room.judder("history verify copy").ended(3).stdout, whole.replace("data/", "copy/"));
}

#[test]
fn what_is_gone_is_named_and_the_rest_is_copied() {
    let room = Room::with_model();
    closed(&room);
    let tables = room.path("data/history.db");
    fs::copy(&tables, room.path("before.db")).unwrap();
    closed_with(&room, 40..60);
    // As where its log is gone: the tables are those of before, and the mark knows of more.
    fs::copy(room.path("before.db"), &tables).unwrap();
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(room.path(format!("data/history.db{ending}")));
    }
    let verified = room.judder("history verify data").ended(3).stdout;
    let gone = verified.lines().find(|line| line.starts_with("gone: ")).unwrap();
    let ended = room.judder("history backup data copy").ended(3);
    assert!(ended.stdout.contains(gone), "{}", ended.stdout);
    assert!(!ended.stderr.contains("whole"), "{}", ended.stderr);
}

#[test]
fn nothing_is_written_where_it_is_looked() {
    let room = Room::with_model();
    closed(&room);
    let all = |room: &Room| -> Vec<_> {
        let is_index = |path: &Path| path.to_string_lossy().ends_with("-shm");
        let files = room.all().into_iter();
        // The index of the log is made anew by whoever reads.
        let files = files.filter(|path| room.path(path).is_file() && !is_index(path));
        files.map(|path| (room.read(&path), path)).collect()
    };
    let before = all(&room);
    room.judder("history verify data").well();
    let after = all(&room);
    let names = |all: &[(Vec<u8>, std::path::PathBuf)]| -> Vec<_> {
        all.iter().map(|(bytes, path)| (path.clone(), bytes.len())).collect()
    };
    assert_eq!(names(&after), names(&before));
    assert!(after == before);
}

#[test]
fn what_an_earlier_judder_left_goes_on() {
    let room = Room::new();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/of-0.1.0"), &room.path(""));
    let looked = room.judder("history verify kept").well();
    let words =
        "version 1: 2 devices, 9 recordings (9 with readings), 9 windows, 0 alerts; 7 recordings";
    assert!(looked.stdout.contains(words), "{}", looked.stdout);
    assert!(looked.stderr.contains("9 recordings have no checksum"), "{}", looked.stderr);
    assert!(looked.stdout.contains("labelled recordings: 4 in 1 folder"), "{}", looked.stdout);
    let (tables, segment) = (room.read("kept/history.db"), room.read("kept/history.db-new-1"));
    let serving = Serving::start(&room, "serve --config judder.toml");
    serving.wait_for("history.db.version-1");
    let fleet = serving.get("/api/v1/fleet");
    let names: Vec<_> =
        fleet["devices"].as_array().unwrap().iter().map(|one| one["name"].as_str()).collect();
    assert_eq!(names, [Some("fan"), Some("pump")]);
    assert_eq!(fleet["models"][0]["name"], "fan");
    // The key of the pump still is one, and what was kept under a number is known.
    assert_eq!(serving.post("pump", 0, "low").0, 401);
    assert_eq!(serving.post("fan", 7, "low").0, 201);
    serving.end("TERM");
    room.judder("history verify kept").well();
    let history =
        History::open(&room.path("kept/history.db"), Sync::System, Retention::default()).unwrap();
    let reader = history.reader().unwrap();
    let numbers = |device: &str| -> Vec<_> {
        let lines = reader.recordings(device, i64::MIN, i64::MAX, 100).unwrap();
        let read = |line: &judder_history::RecordingLine| {
            assert!(!reader.recording(line.id).unwrap().unwrap().readings.is_empty());
            line.sequence.unwrap()
        };
        lines.iter().rev().map(read).collect()
    };
    assert_eq!(numbers("pump"), Vec::from_iter(0..9));
    assert_eq!(numbers("fan"), Vec::from_iter(0..8));
    // Going back is to give the copies their names again.
    let back = room.read("kept/history.db.version-1");
    assert_eq!((back.len(), &back[..16]), (tables.len(), &tables[..16]));
    assert_eq!(room.read("kept/history.db.version-1-new-1"), segment);
    let version: i64 = Connection::open(room.path("kept/history.db.version-1"))
        .unwrap()
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            _ = fs::copy(entry.path(), to).unwrap()
        }
    }
}

/// Whatever is removed after a kill, it is told at the next start.
#[test]
fn a_log_that_is_gone_is_told_of() {
    let room = Room::with_model();
    let log = room.path("data/history.db-wal");
    let mut next = 0;
    // What is in the log alone now and then is taken over before it ends.
    let is_lost = (0..20).any(|_| {
        let serving = Serving::start(&room, "serve m.json -d data");
        for number in next..next + 10 {
            assert_eq!(post(serving.address, 0, number).unwrap().0, 201);
        }
        next += 10;
        // Who looks has it written to the tables.
        serving.get("/api/v1/devices/board-0/scores");
        serving.end("KILL");
        fs::copy(room.path("data/history.db"), room.path("alone.db")).unwrap();
        let alone = Connection::open(room.path("alone.db")).unwrap();
        let query = "SELECT recordings FROM total";
        let count = alone.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap_or(0);
        count.cast_unsigned() < next
    });
    assert!(is_lost);
    fs::remove_file(&log).unwrap();
    let verified = room.judder("history verify data").ended(3);
    // Where all was in the log alone there are not even tables.
    let said = format!("{}{}", verified.stdout, verified.stderr);
    let is_told = ["gone: the history is behind", "its log (-wal) is gone"];
    assert!(is_told.iter().any(|words| said.contains(words)), "{said}");
    let serving = Serving::start(&room, "serve m.json -d data");
    wait("it is told", || serving.said().contains("the history is behind what was written to it"));
    assert_eq!(post(serving.address, 0, next).unwrap().0, 201);
    serving.end("TERM");
    let serving = Serving::start(&room, "serve m.json -d data");
    assert!(!serving.said().contains("is behind"), "{}", serving.said());
    serving.end("TERM");
}
