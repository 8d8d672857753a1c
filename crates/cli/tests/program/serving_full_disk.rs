//! A disk that is full, as boards and people see it over the wire.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use judder_data::{load, read_sidecar};

use crate::room::Room;
use crate::serving::{Serving, wait};
use crate::serving_killed::{kept, post};

/// After how long a board that sends nothing is silent.
const SILENT_AFTER: Duration = Duration::from_secs(3);

#[test]
fn serving_goes_on_when_a_full_disk_has_room_again() {
    child_test::passes_on_a_small_disk("size=6m", "serving_full_disk::child_serves");
}

#[test]
fn collecting_goes_on_when_a_full_disk_has_room_again() {
    child_test::passes_on_a_small_disk("size=6m", "serving_full_disk::child_collects");
}

/// Posts until the disk is full, looks, has the server begin again if it is to, makes room, and posts again; what
/// was acknowledged.
fn fill(
    mut serving: Serving,
    disk: &Path,
    begin_again: Option<impl Fn() -> Serving>,
) -> (Serving, BTreeSet<(usize, u64)>) {
    let filler = disk.join("filler");
    fs::write(&filler, vec![1; 4 << 20]).unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut numbers = [0_u64; 2];
    let mut next = |serving: &Serving, acknowledged: &mut BTreeSet<_>, board: usize| {
        let (status, body) = post(serving.address, board, numbers[board]).unwrap();
        if status == 201 {
            acknowledged.insert((board, numbers[board]));
            numbers[board] += 1;
        }
        (status, body)
    };
    let mut refused = 0;
    for at in 0..20_000 {
        let (status, body) = next(&serving, &mut acknowledged, at % 2);
        if status != 201 {
            assert_eq!(status, 507, "{body}");
            assert!(body.contains("the disk of the server is full"), "{body}");
            refused += 1;
            // It may still have room for a little.
            if refused == 20 {
                break;
            }
        }
    }
    assert_eq!(refused, 20, "{} kept, and the disk is not full", acknowledged.len());
    // That is told.
    let unkept = serving.get("/api/v1/fleet")["unkept"].clone();
    assert_eq!(unkept["recordings"], 20, "{unkept}");
    assert_eq!(unkept["words"], "the disk is full", "{unkept}");
    // Who asks is answered as before.
    for path in ["/api/v1/fleet", "/api/v1/alerts", "/metrics", "/healthz", "/"] {
        let (status, body) = serving.ask("GET", path, &[]).unwrap();
        assert_eq!(status, 200, "{path}: {body}");
    }
    let session = serving.ask("POST", "/api/v1/session", br#"{"label":"low"}"#).unwrap();
    assert!([201, 507].contains(&session.0), "{session:?}");
    if session.0 == 201 {
        serving.ask("DELETE", "/api/v1/session", &[]).unwrap();
    }
    if let Some(begin) = begin_again {
        // Who sends is not silent, though nothing of it is kept.
        let until = Instant::now() + SILENT_AFTER + Duration::from_secs(1);
        while Instant::now() < until {
            for board in 0..2 {
                // What is taken over into the tables leaves a little room.
                let (status, body) = next(&serving, &mut acknowledged, board);
                assert!([201, 507].contains(&status), "{body}");
            }
            sleep(Duration::from_millis(100));
        }
        let said = serving.said();
        assert!(
            !said.contains("an alert could not be kept") && !said.contains("nothing came"),
            "{said}"
        );
        serving.end("KILL");
        serving = begin();
        assert_eq!(serving.ask("GET", "/api/v1/fleet", &[]).unwrap().0, 200);
        // Where the end of the first one has left a little room, that is used.
        wait("a full disk", || {
            let (status, body) = next(&serving, &mut acknowledged, 0);
            assert!([201, 507].contains(&status), "{body}");
            status == 507
        });
    }
    fs::remove_file(&filler).unwrap();
    wait("room", || next(&serving, &mut acknowledged, 0).0 == 201);
    for at in 0..20 {
        let (status, body) = next(&serving, &mut acknowledged, at % 2);
        assert_eq!(status, 201, "{body}");
    }
    wait("all are kept again", || {
        // Seldom, or it is full once more.
        sleep(Duration::from_millis(500));
        assert_eq!(next(&serving, &mut acknowledged, 0).0, 201);
        serving.get("/api/v1/fleet")["unkept"].is_null()
    });
    wait("the log has it", || serving.said().contains("recordings are kept again"));
    (serving, acknowledged)
}

#[test]
#[ignore = "run by serving_goes_on_when_a_full_disk_has_room_again"]
fn child_serves() {
    let (room, disk) = (Room::with_model(), child_test::folder());
    let silent = SILENT_AFTER.as_secs();
    let line = format!("serve m.json -d {}/data --silent-after {silent}s", disk.display());
    let begin = || Serving::start(&room, &line);
    let (serving, acknowledged) = fill(begin(), &disk, Some(begin));
    assert_eq!(serving.end("TERM").0, Some(0));
    let times = kept(&disk.join("data/history.db"), 2);
    assert!(times.values().all(|count| *count == 1), "{times:?}");
    assert_eq!(times.into_keys().collect::<BTreeSet<_>>(), acknowledged);
    Serving::start(&room, &line).end("TERM");
}

#[test]
#[ignore = "run by collecting_goes_on_when_a_full_disk_has_room_again"]
fn child_collects() {
    let (room, disk) = (Room::new(), child_test::folder());
    let line = format!("collect -d {}/data", disk.display());
    let begin = || Serving::start(&room, &line);
    let (serving, acknowledged) = fill(begin(), &disk, Some(begin).filter(|_| false));
    let (code, said) = serving.end("TERM");
    assert_eq!(code, Some(0));
    // Twenty were refused: that is said, and not once for each.
    let lines = said.lines().filter(|line| line.contains("recordings could not be kept")).count();
    assert!((1..10).contains(&lines), "{said}");
    let (recordings, errors) = load(&disk.join("data")).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    let entries = read_sidecar(&disk.join("data")).unwrap();
    assert_eq!(entries.len(), recordings.len());
    let board = |entry: &judder_data::Entry| {
        let device = entry.device.as_ref().unwrap().trim_start_matches("board-");
        (device.parse().unwrap(), entry.sequence.unwrap())
    };
    let mut all: Vec<(usize, u64)> = entries.iter().map(board).collect();
    all.sort_unstable();
    assert_eq!(all, acknowledged.into_iter().collect::<Vec<_>>());
}
