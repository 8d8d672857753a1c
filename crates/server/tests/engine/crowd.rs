//! More devices than may be, and more readings than there is room for.

use judder_data::Recording;
use judder_server::{Posted, to_binary};
use serde_json::{Value, json};

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

fn names(served: &Served) -> Vec<String> {
    let fleet = served.fleet();
    let devices = fleet["devices"].as_array().unwrap().iter();
    devices.map(|device| device["name"].as_str().unwrap().to_owned()).collect()
}

fn post(served: &Served, device: &str, sequence: u64) -> crate::desk::Reply {
    served.send("POST", "/api/v1/recordings", &fan::body(device, sequence, &new("low", sequence)))
}

#[test]
fn names_that_somebody_makes_up_give_way_the_oldest_first() {
    let mut desk = Desk::new();
    desk.most_devices = 20;
    desk.named.insert("keyed".to_owned());
    let served = desk.start();
    (0..10).for_each(|sequence| drop(post(&served, "board", sequence).well(201)));
    post(&served, "keyed", 0).well(201);
    post(&served, "given", 0).well(201);
    served.send("PUT", "/api/v1/devices/given", &json!({"model": "fan"})).well(200);
    // Three recordings raise an alert.
    for sequence in 0..3 {
        let axis = vec![0.5; fan::READINGS];
        let body =
            json!({"device": "stuck", "sequence": sequence, "x": axis, "y": axis, "z": axis});
        served.send("POST", "/api/v1/recordings", &body).well(201);
    }
    for number in 0..100 {
        post(&served, &format!("name-{number:03}"), 0).well(201);
        assert!(names(&served).len() <= 20);
    }
    let known = names(&served);
    for stays in ["board", "given", "keyed", "stuck", "name-099", "name-085"] {
        assert!(known.iter().any(|name| name == stays), "{stays}: {known:?}");
    }
    assert!(!known.iter().any(|name| name == "name-000"), "{known:?}");
    // One that gave way is known again, with what the history has.
    let again = post(&served, "name-000", 0).well(201).json();
    assert_eq!(again["conflict"], Value::Null);
    served.stop();
    // The next run knows those that are worth it, and no more.
    let served = desk.start();
    let known = names(&served);
    assert!(known.len() <= 20, "{known:?}");
    for stays in ["board", "given", "keyed", "stuck"] {
        assert!(known.iter().any(|name| name == stays), "{stays}: {known:?}");
    }
}

#[test]
fn where_all_are_known_a_new_one_is_told_to_come_later_and_they_go_on() {
    let mut desk = Desk::bare();
    desk.most_devices = 2;
    let served = desk.start();
    for sequence in 0..10 {
        post(&served, "a", sequence).well(201);
        post(&served, "b", sequence).well(201);
    }
    let refused = post(&served, "c", 0);
    assert!(refused.head.contains("retry-after: 60"), "{}", refused.head);
    assert!(refused.problem(503).contains("there are 2 devices"));
    post(&served, "a", 10).well(201);
    served.ask("DELETE", "/api/v1/devices/b", &[], &[]).well(204);
    post(&served, "c", 0).well(201);
    assert_eq!(names(&served), ["a", "c"]);
}

/// A recording whose readings take two bytes each, however they are packed.
fn large(seed: u64) -> Recording {
    let (axes, readings) = (3, 150_000);
    let mut state = seed | 1;
    let values = (0..axes * readings).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        f64::from((state >> 48) as u16 as i16) / 2048.0
    });
    Recording::from_axes(axes, readings, values.collect()).unwrap()
}

/// The last recordings of four devices take more than there is room for in memory: they come from the history.
#[test]
fn last_recordings_that_have_no_room_in_memory_are_read_from_the_history() {
    let mut desk = Desk::bare();
    desk.limits.memory = 8 << 20;
    let served = desk.start();
    let binary = ["Content-Type: application/vnd.judder.recording"];
    for seed in 0..4 {
        let (device, sequence) = (Some(format!("d{seed}")), Some(0));
        let recording = large(seed).into();
        let posted = Posted { device, sequence, start: None, time: None, recording };
        let body = to_binary(&posted, 1.0 / 2048.0).unwrap();
        served.ask("POST", "/api/v1/recordings", &binary, &body).well(201);
    }
    for seed in 0..4 {
        let sent = large(seed);
        let csv = served.get(&format!("/api/v1/devices/d{seed}/latest.csv")).well(200).body;
        let text = String::from_utf8(csv).unwrap();
        let rows: Vec<Vec<f64>> = text
            .lines()
            .map(|line| line.split(',').map(|one| one.trim().parse().unwrap()).collect())
            .collect();
        assert_eq!(rows.len(), sent.len());
        for at in [0, 1, 77_777, sent.len() - 1] {
            let expected: Vec<f64> = sent.iter_axes().map(|axis| axis[at]).collect();
            assert_eq!(rows[at], expected, "d{seed} {at}");
        }
        assert_eq!(served.device(&format!("d{seed}"))["readings"], sent.len());
    }
}
