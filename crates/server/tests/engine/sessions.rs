//! Sessions: labelled recordings, in folders of their own.

use judder_data::{load, read_sidecar};
use serde_json::{Value, json};

use crate::desk::{Desk, Reply, Served};
use crate::fan::new;

fn begin(served: &Served, wanted: &Value) -> Reply {
    served.send("POST", "/api/v1/session", wanted)
}

fn end(served: &Served) -> Reply {
    served.ask("DELETE", "/api/v1/session", &[], &[])
}

#[test]
fn a_session_keeps_what_comes_while_it_runs() {
    let desk = Desk::new();
    let served = desk.start();
    end(&served).problem(404);
    served.post("a", 0, &new("low", 0));
    let begun = begin(&served, &json!({"label": "low-speed"})).well(201).json();
    assert_eq!((&begun["label"], &begun["kept"]), (&json!("low-speed"), &json!(0)));
    let said = begin(&served, &json!({"label": "other"})).problem(409);
    assert!(said.contains("low-speed"), "{said}");
    assert!(!desk.path("data/other").exists());
    for sequence in 1..5 {
        served.post("a", sequence, &new("low", sequence));
        served.post("b", sequence, &new("low", 20 + sequence));
    }
    served.post("a", 4, &new("low", 4));
    let waveform = served.get("/api/v1/session/waveform").well(200);
    assert!(String::from_utf8(waveform.body).unwrap().contains("<svg"));
    let ended = end(&served).well(200).json();
    assert_eq!(ended["kept"], 8);
    end(&served).problem(404);
    served.post("a", 5, &new("low", 5));

    let folder = desk.path("data/low-speed");
    let (recordings, errors) = load(&folder).unwrap();
    assert_eq!((recordings.len(), errors.len()), (8, 0));
    let entries = read_sidecar(&folder).unwrap();
    let mut seen = Vec::new();
    for (entry, one) in entries.iter().zip(&recordings) {
        let (device, sequence) = (entry.device.as_deref().unwrap(), entry.sequence.unwrap());
        let taken = new("low", if device == "a" { sequence } else { 20 + sequence });
        assert!(one.path.ends_with(&entry.file));
        assert_eq!(one.recording.values(), taken.values(), "{entry:?}");
        assert_eq!(entry.label.as_deref(), Some("low-speed"));
        assert_eq!(entry.rate_hz, Some(200.0));
        seen.push((device.to_owned(), sequence));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 8, "{seen:?}");
    let datasets = served.fleet()["datasets"].clone();
    assert_eq!(
        (&datasets[0]["label"], &datasets[0]["recordings"]),
        (&"low-speed".into(), &8.into())
    );
    // All of them are in the history too.
    assert_eq!(served.device("a")["recordings"], 6);

    // The same label goes on where it ended.
    begin(&served, &json!({"label": "low-speed"})).well(201);
    served.post("a", 6, &new("low", 6));
    served.stop();
    assert_eq!(load(&folder).unwrap().0.len(), 9);
}

/// A restart ends no session: it goes on to what it was to have.
#[test]
fn a_session_goes_on_after_a_restart() {
    let desk = Desk::new();
    let served = desk.start();
    begin(&served, &json!({"label": "old"})).well(201);
    served.post("b", 0, &new("low", 0));
    end(&served).well(200);
    begin(&served, &json!({"label": "old", "device": "b", "recordings": 3})).well(201);
    served.post("b", 1, &new("low", 1));
    let before = served.fleet()["session"].clone();
    assert_eq!((&before["kept"], &before["recordings"]), (&json!(1), &json!(3)));
    served.stop();
    let served = desk.start();
    assert_eq!(served.fleet()["session"], before);
    served.post("a", 0, &new("low", 9));
    served.post("b", 2, &new("low", 2));
    served.stop();
    let served = desk.start();
    served.post("b", 3, &new("low", 3));
    assert!(served.fleet()["session"].is_null());
    assert_eq!(load(&desk.path("data/old")).unwrap().0.len(), 4);
    served.stop();
    // What is over is over.
    let served = desk.start();
    assert!(served.fleet()["session"].is_null());

    begin(&served, &json!({"label": "timed", "seconds": 0.2})).well(201);
    served.stop();
    std::thread::sleep(std::time::Duration::from_millis(250));
    let served = desk.start();
    served.wait("the end of it", |served| served.fleet()["session"].is_null());
    begin(&served, &json!({"label": "gone"})).well(201);
    served.stop();
    std::fs::rename(desk.path("data/gone"), desk.path("away")).unwrap();
    let served = desk.start();
    assert!(served.fleet()["session"].is_null());
    assert!(!desk.path("data/gone").exists());
    begin(&served, &json!({"label": "next"})).well(201);
    served.stop();
    std::fs::create_dir_all(desk.path("outside")).unwrap();
    for note in [
        r#"{"label":"#,
        r#"{"label":"../outside","device":null,"seconds":null,"recordings":null,"started":0,"had":0}"#,
        r#"{"label":"models","device":null,"seconds":null,"recordings":null,"started":0,"had":0}"#,
    ] {
        std::fs::write(desk.path("data/session.json"), note).unwrap();
        let served = desk.start();
        assert!(served.fleet()["session"].is_null(), "{note}");
        served.stop();
    }
}

/// An error, or a few, do not end a session: what came is sent again. Where it goes on so, the session ends, and
/// what comes is in the history.
#[test]
fn a_session_outlives_single_errors() {
    let desk = Desk::new();
    let served = desk.start();
    begin(&served, &json!({"label": "low"})).well(201);
    served.post("a", 0, &new("low", 0));
    let body = |sequence| crate::fan::body("a", sequence, &new("low", sequence));
    let post = |sequence| served.send("POST", "/api/v1/recordings", &body(sequence));
    let (folder, away) = (desk.path("data/low"), desk.path("away"));
    for sequence in 1..5 {
        std::fs::rename(&folder, &away).unwrap();
        (0..3).for_each(|_| drop(post(sequence).problem(500)));
        std::fs::rename(&away, &folder).unwrap();
        post(sequence).well(201);
        assert_eq!(served.fleet()["session"]["kept"], sequence + 1);
    }
    std::fs::rename(&folder, &away).unwrap();
    (0..9).for_each(|_| drop(post(5).problem(500)));
    post(5).well(201);
    assert!(served.fleet()["session"].is_null());
    assert_eq!((served.device("a")["recordings"].clone(), folder.exists()), (json!(6), false));
    assert_eq!(load(&away).unwrap().0.len(), 5);
}

#[test]
fn a_session_ends_by_itself() {
    let desk = Desk::bare();
    let served = desk.start();
    begin(&served, &json!({"label": "counted", "recordings": 3})).well(201);
    for sequence in 0..9 {
        served.post("a", sequence, &new("low", sequence));
    }
    assert!(served.fleet()["session"].is_null());
    assert_eq!(load(&desk.path("data/counted")).unwrap().0.len(), 3);
    begin(&served, &json!({"label": "timed", "seconds": 0.2})).well(201);
    served.wait("the end of it", |served| served.fleet()["session"].is_null());
}

#[test]
fn a_session_may_be_of_one_device() {
    let desk = Desk::bare();
    let served = desk.start();
    begin(&served, &json!({"label": "one", "device": "b"})).well(201);
    for sequence in 0..3 {
        served.post("a", sequence, &new("low", sequence));
        served.post("b", sequence, &new("low", sequence));
    }
    assert_eq!(end(&served).json()["kept"], 3);
    let entries = read_sidecar(&desk.path("data/one")).unwrap();
    assert!(entries.iter().all(|entry| entry.device.as_deref() == Some("b")), "{entries:?}");
}

#[test]
fn labels_that_are_no_names_are_refused() {
    let desk = Desk::new();
    let served = desk.start();
    let long = "x".repeat(300);
    let paths = ["../x", "..", ".", "", "a/b", "a\\b", "/tmp/x", "ä", "x\0y", " x", ".x", "-x"];
    for label in paths.into_iter().chain([long.as_str()]) {
        let said = begin(&served, &json!({"label": label})).problem(422);
        assert!(said.contains("label"), "{label:?}: {said}");
    }
    for body in [
        json!({}),
        json!({"label": 1}),
        json!({"label": "x", "seconds": 0}),
        json!({"label": "x", "seconds": -1}),
        json!({"label": "x", "seconds": 1e300}),
        json!({"label": "x", "recordings": 0}),
        json!({"label": "x", "recordings": -1}),
        json!({"label": "x", "recordings": 1.5}),
        json!({"label": "x", "device": "../x"}),
        json!({"label": "x", "other": 1}),
        json!(["x"]),
    ] {
        begin(&served, &body).problem(422);
    }
    served.ask("POST", "/api/v1/session", &["Content-Type: application/json"], b"{").problem(400);
    assert!(served.fleet()["session"].is_null());
    assert!(!desk.path("data/x").exists() && !desk.path("x").exists());
}

/// What the server itself keeps in its folder is nobody's label, however it is written.
#[test]
fn labels_of_the_servers_own_files_are_refused() {
    let desk = Desk::new();
    let served = desk.start();
    for label in [
        "models",
        "Models",
        "token",
        "history.db",
        "HISTORY.DB",
        "history.db-wal",
        "history.db-shm",
        "history.db.lock",
        "recording.jsonl",
        "0000.csv",
    ] {
        let said = begin(&served, &json!({"label": label})).problem(422);
        assert!(said.contains(label), "{label}: {said}");
    }
    assert!(served.fleet()["session"].is_null());
    assert!(!desk.path("data/models").exists());
    begin(&served, &json!({"label": "models-of-old"})).well(201);
}

/// A file in the way of the folder is named to the owner's log, and the server goes on.
#[test]
fn a_label_that_is_a_file_is_refused() {
    let desk = Desk::new();
    let served = desk.start();
    std::fs::write(desk.path("data/notes"), "mine").unwrap();
    begin(&served, &json!({"label": "notes"})).problem(500);
    assert_eq!(std::fs::read(desk.path("data/notes")).unwrap(), b"mine");
    begin(&served, &json!({"label": "low"})).well(201);
}

#[test]
fn recordings_may_be_taken_in_sessions_alone() {
    let mut desk = Desk::bare();
    desk.sessions_only = true;
    let served = desk.start();
    let ready = |served: &Served| String::from_utf8(served.get("/").body).unwrap();
    assert_eq!(ready(&served), "0");
    let body = crate::fan::body("a", 0, &new("low", 0));
    served.send("POST", "/api/v1/recordings", &body).problem(503);
    begin(&served, &json!({"label": "low"})).well(201);
    served.wait("a 1", |served| ready(served) == "1");
    served.post("a", 0, &new("low", 0));
    end(&served).well(200);
    served.wait("a 0", |served| ready(served) == "0");
    assert_eq!(load(&desk.path("data/low")).unwrap().0.len(), 1);
}

/// A folder that is gone may be that of a disk: one made in its place would be hidden once it is back.
#[test]
fn a_session_makes_no_folder_in_the_place_of_one_that_is_gone() {
    let desk = Desk::new();
    let served = desk.start();
    std::fs::rename(desk.path("data"), desk.path("away")).unwrap();
    begin(&served, &json!({"label": "low"})).problem(500);
    assert!(!desk.path("data").exists());
    std::fs::rename(desk.path("away"), desk.path("data")).unwrap();
    begin(&served, &json!({"label": "low"})).well(201);
    assert!(desk.path("data/low").is_dir());
}
