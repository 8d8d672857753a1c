//! Readings in other units at a server: told where nobody names them, and taken for what they are where somebody does.
#![cfg(unix)]

use judder_data::Recording;
use judder_data::load;
use judder_data::simulate::Fan;
use serde_json::{Value, json};

use crate::room::Room;
use crate::serving::{Serving, room_with_model, wait};

/// Recordings that are posted until something is told, at the most.
const SOON: u64 = 5;

fn taken(index: u64) -> Recording {
    Fan::new(5).recording("low".parse().unwrap(), index, 200.0, 200).unwrap()
}

/// A recording of the fan, its readings so many times what they are in g.
fn body(device: &str, index: u64, by: f64, unit: Option<&str>) -> Vec<u8> {
    let taken = taken(index);
    let axes: Vec<Vec<f64>> =
        taken.iter_axes().map(|axis| axis.iter().map(|x| by * x).collect()).collect();
    let mut body = json!({"device": device, "sequence": index, "rate_hz": 200.0, "axes": axes});
    if let Some(unit) = unit {
        body["unit"] = unit.into();
    }
    body.to_string().into_bytes()
}

fn post(serving: &Serving, device: &str, index: u64, by: f64, unit: Option<&str>) {
    let body = body(device, index, by, unit);
    let (status, answer) = serving.ask("POST", "/api/v1/recordings", &body).unwrap();
    assert_eq!(status, 201, "{answer}");
}

/// The alerts of a device: their kinds, and whether they are over.
fn alerts(serving: &Serving, device: &str) -> Vec<(String, bool)> {
    let all = serving.get("/api/v1/alerts")["alerts"].take();
    let all = all.as_array().unwrap().iter().filter(|alert| alert["device"] == device);
    let kind = |alert: &Value| alert["kind"].as_str().unwrap().to_owned();
    all.map(|alert| (kind(alert), !alert["cleared"].is_null())).collect()
}

fn state(serving: &Serving, device: &str) -> Value {
    let fleet = serving.get("/api/v1/fleet");
    let mut devices = fleet["devices"].as_array().unwrap().iter();
    devices.find(|one| one["name"] == device).unwrap()["state"].clone()
}

#[test]
fn a_stream_in_another_unit_raises_an_alert_and_clears_it() {
    let room = room_with_model();
    let serving = Serving::start(&room, "serve fan.json -d watched");
    for (device, by) in
        [("mg", 1000.0), ("ms2", 9.80665), ("counts", 2048.0), ("range", 2.0), ("half", 0.5)]
    {
        for index in 0..4 {
            post(&serving, device, index, 1.0, None);
        }
        assert_eq!(alerts(&serving, device), []);
        for index in 4..4 + SOON {
            post(&serving, device, index, by, None);
        }
        assert_eq!(alerts(&serving, device), [("unit".to_owned(), false)], "{device}");
        assert_eq!(state(&serving, device), "unfit");
        for index in 10..10 + SOON {
            post(&serving, device, index, 1.0, None);
        }
        assert_eq!(alerts(&serving, device), [("unit".to_owned(), true)], "{device}");
        assert_eq!(state(&serving, device), "normal");
    }
    let words = serving.get("/api/v1/alerts")["alerts"].to_string();
    for words_of in [
        "the readings look like mg",
        "look like m/s2",
        "look like counts:2048",
        "the range of the sensor",
    ] {
        assert!(words.contains(words_of), "{words}");
    }
    wait("the log", || serving.said().matches("gravity reads ").count() >= 5);
}

#[test]
fn boards_that_name_their_unit_are_watched_as_any_other() {
    let room = room_with_model();
    let serving = Serving::start(&room, "serve fan.json -d watched");
    let units = [("mg", 1000.0), ("m/s2", 9.80665), ("counts:2048", 2048.0), ("g", 1.0)];
    for index in 0..10 {
        for (at, (unit, by)) in units.into_iter().enumerate() {
            post(&serving, &format!("board-{at}"), index, by, Some(unit));
        }
    }
    let fleet = serving.get("/api/v1/fleet");
    let scores: Vec<f64> = fleet["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["score"].as_f64().unwrap())
        .collect();
    assert_eq!(scores.len(), 4);
    assert!(scores.iter().all(|score| (score / scores[3] - 1.0).abs() < 1e-4), "{scores:?}");
    assert_eq!(serving.get("/api/v1/alerts")["alerts"], json!([]));
    let (status, said) =
        serving.ask("POST", "/api/v1/recordings", &body("x", 0, 1.0, Some("kg"))).unwrap();
    assert!(
        status == 422 && said.contains("unit is not a unit judder knows: g, mg"),
        "{status} {said}"
    );
}

/// Boards that cannot say it: the server is told.
#[test]
fn a_server_may_be_told_the_unit_of_those_that_name_none() {
    let room = room_with_model();
    let serving = Serving::start(&room, "serve fan.json -d watched --unit mg");
    for index in 0..10 {
        post(&serving, "unnamed", index, 1000.0, None);
        post(&serving, "named", index, 1.0, Some("g"));
    }
    for device in ["unnamed", "named"] {
        assert_eq!((state(&serving, device), alerts(&serving, device)), (json!("normal"), vec![]));
    }
    room.refused("serve fan.json -d other --unit kg", 2, &["--unit", "not a unit judder knows"]);
}

/// What is kept is in g where the unit is known, and its line says so; else it is as it came.
#[test]
fn what_is_collected_is_in_g_and_says_so() {
    let room = Room::new();
    let serving = Serving::start(&room, "collect -d posted");
    post(&serving, "a", 0, 1000.0, Some("mg"));
    post(&serving, "b", 1, 1000.0, None);
    let kept = |line: usize| {
        let list = String::from_utf8(room.read("posted/recording.jsonl")).unwrap();
        serde_json::from_str::<Value>(list.lines().nth(line).unwrap()).unwrap()
    };
    assert_eq!((&kept(0)["unit"], &kept(1)["unit"]), (&json!("g"), &Value::Null));
    let (read, _) = load(&room.path("posted")).unwrap();
    let gravity: Vec<f64> = read.iter().map(|one| one.recording.gravity().unwrap()).collect();
    assert!((gravity[0] - 1.0).abs() < 0.1 && (gravity[1] - 1000.0).abs() < 100.0, "{gravity:?}");
    // A repeat is one, whatever unit it is sent in.
    post(&serving, "a", 0, 1000.0, Some("mg"));
    post(&serving, "a", 0, 1.0, Some("g"));
    assert_eq!(load(&room.path("posted")).unwrap().0.len(), 2);
}
