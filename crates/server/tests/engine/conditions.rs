//! What else may be wrong with a device: each raises its own alert once, and clears it once.

use std::time::Duration;

use judder_data::Recording;

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

/// Ten healthy recordings, `count` of another kind, and healthy ones again: one alert of `kind`, which is
/// open in between.
fn once(kind: &str, state: &str, other: impl Fn(u64) -> Recording) {
    let desk = Desk::new();
    let served = desk.start();
    let mut sequence = 0;
    let mut next = |served: &Served, other: Option<&dyn Fn(u64) -> Recording>| {
        let recording = other.map_or_else(|| new("low", sequence), |other| other(sequence));
        served.post("fan", sequence, &recording);
        sequence += 1;
    };
    for _ in 0..6 {
        next(&served, None);
    }
    assert_eq!(served.alerts(), []);
    // One is a mishap.
    next(&served, Some(&other));
    next(&served, None);
    assert_eq!(served.alerts(), [], "{kind} after one recording");
    for _ in 0..10 {
        next(&served, Some(&other));
    }
    let device = served.device("fan");
    assert_eq!(served.alerts(), [(kind.to_owned(), false)], "{device}");
    assert_eq!(device["state"], state, "{device}");
    assert!(!device["words"].as_str().unwrap().is_empty(), "{device}");
    for _ in 0..10 {
        next(&served, None);
    }
    assert_eq!(served.alerts(), [(kind.to_owned(), true)]);
    assert_eq!(served.device("fan")["state"], "normal");
}

/// As a sensor has it that is mounted on another side.
fn turned(state: &str, index: u64) -> Recording {
    let recording = new(state, index);
    let axes: Vec<_> = recording.iter_axes().collect();
    let turned = [axes[2], axes[0], axes[1]].concat();
    Recording::from_axes(3, recording.len(), turned).unwrap().with_rate(recording.rate_hz())
}

#[test]
fn a_sensor_that_is_mounted_elsewhere() {
    once("remounted", "remounted", |index| turned("low", index));
}

/// What shakes the sensor loose does not end its own alarm.
#[test]
fn an_anomaly_lasts_while_the_sensor_is_mounted_elsewhere() {
    let desk = Desk::new();
    let served = desk.start();
    for index in 0..12 {
        let strange = if index < 6 { new("low+coin", index) } else { turned("low+coin", index) };
        served.post("fan", index, &strange);
    }
    let open = |kind: &str| (kind.to_owned(), false);
    assert_eq!(served.alerts(), [open("anomaly"), open("remounted")]);
    for index in 12..24 {
        served.post("fan", index, &new("low", index));
    }
    assert!(served.alerts().iter().all(|(_, cleared)| *cleared), "{:?}", served.alerts());
}

#[test]
fn an_axis_that_is_stuck() {
    once("stuck", "unfit", |index| {
        fan::with(&new("low", index), |axis, _, value| if axis == 1 { 0.125 } else { value })
    });
}

#[test]
fn another_rate() {
    once("rate", "unfit", |index| new("low", index).with_rate(Some(400.0)));
}

/// Readings that are so many times what they were.
fn scaled(index: u64, by: f64) -> Recording {
    fan::with(&new("low", index), |_, _, value| by * value)
}

#[test]
fn another_unit() {
    for by in [1000.0, 9.806_65, 2048.0] {
        once("unit", "unfit", |index| scaled(index, by));
    }
}

/// A range that is twice what it was, or half of it.
#[test]
fn another_range() {
    once("unit", "unfit", |index| scaled(index, 2.0));
    once("unit", "unfit", |index| scaled(index, 0.5));
}

/// The words say what the readings look like, and what to do.
#[test]
fn the_unit_is_named() {
    let desk = Desk::new();
    let served = desk.start();
    for (by, words) in [
        (
            1000.0,
            "the readings look like mg; have the device send g, or name the unit: \"unit\": \"mg\"",
        ),
        (9.806_65, "the readings look like m/s2;"),
        (2048.0, "the readings look like counts:2048;"),
        (0.5, "the range of the sensor has changed"),
    ] {
        let device = format!("by-{by}");
        for index in 0..5 {
            served.post(&device, index, &scaled(index, by));
        }
        let said = served.device(&device)["words"].as_str().unwrap().to_owned();
        assert!(said.contains("gravity reads ") && said.contains(words), "{said}");
    }
    let alerts = served.alerts();
    assert!(alerts == vec![("unit".to_owned(), false); 4], "{alerts:?}");
}

/// A board that names its unit is judged as one that posts g; one that names a wrong one is told.
#[test]
fn a_unit_that_is_named() {
    let desk = Desk::new();
    let served = desk.start();
    let post = |device: &str, index: u64, by: f64, unit: &str| {
        let mut body = fan::body(device, index, &scaled(index, by));
        body["unit"] = unit.into();
        served.send("POST", "/api/v1/recordings", &body).well(201);
    };
    let units = [
        ("in-mg", 1000.0, "mg"),
        ("in-ms2", 9.806_65, "m/s2"),
        ("in-counts", 2048.0, "counts:2048"),
    ];
    for index in 0..10 {
        served.post("in-g", index, &new("low", index));
        units.iter().for_each(|(device, by, unit)| post(device, index, *by, unit));
    }
    let score = served.device("in-g")["score"].as_f64().unwrap();
    for (device, ..) in units {
        let device = served.device(device);
        assert_eq!(device["state"], "normal", "{device}");
        let off = device["score"].as_f64().unwrap() / score - 1.0;
        assert!(off.abs() < 1e-4, "{device} where {score}");
    }
    assert_eq!(served.alerts(), []);
    for index in 0..5 {
        post("wrong", index, 1000.0, "g");
    }
    assert_eq!(served.alerts(), [("unit".to_owned(), false)]);
    let said = served.device("wrong")["words"].as_str().unwrap().to_owned();
    assert!(said.contains("the unit that is named"), "{said}");
    // Named rightly, it is over.
    for index in 5..10 {
        post("wrong", index, 1000.0, "mg");
    }
    assert_eq!(served.alerts(), [("unit".to_owned(), true)]);
}

/// Whatever strong vibration does to the mean, it is no unit.
#[test]
fn strong_vibration_is_no_unit() {
    let desk = Desk::new();
    let served = desk.start();
    for times in [10.0, 100.0, 1000.0] {
        for index in 0..6 {
            let recording = new("low+coin", index);
            let mean =
                |axis: usize| recording.axis(axis).iter().sum::<f64>() / recording.len() as f64;
            let strong = fan::with(&recording, |axis, _, value| {
                (mean(axis) + times * (value - mean(axis))).clamp(-8.0, 8.0)
            });
            served.post("fan", (times as u64) * 10 + index, &strong);
        }
    }
    let alerts = served.alerts();
    assert!(alerts.iter().all(|(kind, _)| kind != "unit"), "{alerts:?}");
}

#[test]
fn recordings_that_are_too_short() {
    once("unfit", "unfit", |index| {
        let recording = new("low", index);
        let axes: Vec<_> = recording.iter_axes().collect();
        let short = axes.iter().flat_map(|axis| axis[..50].to_vec()).collect();
        Recording::from_axes(3, 50, short).unwrap().with_rate(recording.rate_hz())
    });
}

#[test]
fn recordings_of_other_axes() {
    once("unfit", "unfit", |index| {
        let recording = new("low", index);
        let values = recording.values()[..400].to_vec();
        Recording::from_axes(2, 200, values).unwrap().with_rate(recording.rate_hz())
    });
}

#[test]
fn silence() {
    let mut desk = Desk::new();
    desk.silent_after = Some(Duration::from_secs(1));
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    let silent = |cleared| vec![("silent".to_owned(), cleared)];
    served.wait("silence", |served| served.alerts() == silent(false));
    let device = served.device("fan");
    assert_eq!(device["state"], "silent");
    assert!(device["words"].as_str().unwrap().starts_with("nothing came for"), "{device}");
    served.post("fan", 1, &new("low", 1));
    assert_eq!(served.alerts(), silent(true));
    assert_eq!(served.device("fan")["state"], "normal");
}

#[test]
fn a_repeat_changes_nothing_and_is_answered_alike() {
    let desk = Desk::new();
    let served = desk.start();
    let first: Vec<_> = (0..6).map(|at| served.post("fan", at, &new("low+coin", at))).collect();
    let before = served.fleet();
    for _ in 0..5 {
        for (at, first) in first.iter().enumerate() {
            let at = at as u64;
            assert_eq!(served.post("fan", at, &new("low+coin", at)), *first);
        }
    }
    let after = served.fleet();
    for part in ["devices", "alerts", "revision"] {
        assert_eq!(after[part], before[part]);
    }
    let scores = served.get("/api/v1/devices/fan/scores").well(200).json();
    assert_eq!(scores["points"].as_array().unwrap().len(), 6);
}
