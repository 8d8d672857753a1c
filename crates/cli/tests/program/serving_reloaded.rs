//! A server that is told to read its configuration anew.
#![cfg(unix)]

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::serving::{Serving, room_with_model, wait};

fn hang_up(serving: &Serving) {
    let id = serving.id().to_string();
    assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
}

/// Waits for the log to say something.
fn until(serving: &Serving, words: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    while !serving.said().contains(words) {
        assert!(Instant::now() < until, "{words}: {}", serving.said());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_hangup_reads_the_configuration_and_models_anew_and_ends_nothing() {
    let room = room_with_model();
    room.write("other.json", room.read("fan.json"));
    room.write("judder.toml", "models = ['fan.json']\nsilent_after = '40 s'\n");
    let serving = Serving::start(&room, "serve --config judder.toml");
    for device in ["a", "b"] {
        assert_eq!(serving.post(device, 0, "low").0, 201);
    }
    assert_eq!(serving.get("/api/v1/fleet")["devices"][0]["silent_after_s"], 40.0);

    room.write(
        "judder.toml",
        "models = ['fan.json']\nsilent_after = '50 s'\n[devices.b]\nmodel = 'other.json'\n\
         [limits]\nconnections = 77\ndevices = 3\n",
    );
    hang_up(&serving);
    until(&serving, "read anew");
    until(&serving, "take a restart");
    let said = serving.said();
    let restart = said.lines().find(|line| line.contains("take a restart")).unwrap();
    assert!(restart.contains("limits.connections"), "{restart}");
    for taken in ["silent_after", "models", "devices"] {
        assert!(!restart.contains(taken), "{restart}");
    }
    let fleet = serving.get("/api/v1/fleet");
    assert_eq!(fleet["devices"][0]["silent_after_s"], 50.0);
    let names: Vec<_> =
        fleet["models"].as_array().unwrap().iter().map(|model| &model["name"]).collect();
    assert_eq!(names, ["fan", "other"]);
    assert_eq!(fleet["models"][1]["devices"], json!(["b"]));
    assert_eq!(serving.post("b", 1, "low").0, 201);
    assert_eq!(serving.get("/api/v1/fleet")["devices"][1]["model"], "other");

    // What the configuration has no longer goes: its devices have the default.
    room.write("judder.toml", "models = ['fan.json']\nsilent_after = '50 s'\n");
    hang_up(&serving);
    until(&serving, "it is not used any more");
    let said = serving.said();
    let freed = said.lines().find(|line| line.contains("is taken away")).unwrap();
    assert!(freed.contains("device=\"b\"") && freed.contains("model=\"fan\""), "{freed}");
    let fleet = serving.get("/api/v1/fleet");
    assert_eq!(fleet["models"].as_array().unwrap().len(), 1, "{fleet}");
    assert_eq!(serving.post("b", 2, "low").0, 201);
    assert_eq!(serving.get("/api/v1/fleet")["devices"][1]["model"], "fan");

    // What is compared is what runs: what was read before and was not taken over does not count.
    let restarts = || serving.said().lines().filter(|line| line.contains("take a restart")).count();
    let anew = || serving.said().lines().filter(|line| line.contains("are read anew")).count();
    let (read, told) = (anew(), restarts());
    for again in 1..=2 {
        room.write("judder.toml", "models = ['fan.json']\n[limits]\nconnections = 77\n");
        hang_up(&serving);
        wait("it is told each time", || restarts() == told + again);
    }
    // And as it was started, nothing is to be told.
    room.write("judder.toml", "models = ['fan.json']\nsilent_after = '50 s'\n");
    hang_up(&serving);
    wait("it is read", || anew() == read + 3);
    assert_eq!(restarts(), told + 2);

    // What cannot be read changes nothing.
    room.write("judder.toml", "silent_after = 'soon'\n");
    hang_up(&serving);
    until(&serving, "all stays as it is");
    assert_eq!(serving.get("/api/v1/fleet")["devices"][0]["silent_after_s"], 50.0);
    assert_eq!(serving.post("a", 1, "low").0, 201);
    assert_eq!(serving.end("TERM").0, Some(0));
}
