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

#[test]
fn a_sensor_that_is_mounted_elsewhere() {
    once("remounted", "remounted", |index| {
        let recording = new("low", index);
        let axes: Vec<_> = recording.iter_axes().collect();
        let turned = [axes[2], axes[0], axes[1]].concat();
        Recording::from_axes(3, recording.len(), turned).unwrap().with_rate(recording.rate_hz())
    });
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

/// A board whose counter begins anew is told from one that repeats itself.
#[test]
fn a_counter_that_begins_anew() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..10 {
        served.post("fan", sequence, &new("low", sequence));
    }
    for sequence in 0..10 {
        let reply = served.post("fan", sequence, &new("low", 50 + sequence));
        assert_eq!(reply.json()["recording"], sequence + 1, "it is taken for a repeat");
    }
    assert_eq!(served.alerts(), [("restarted".to_owned(), false)]);
    assert_eq!(served.device("fan")["recordings"], 10);
    for sequence in 10..20 {
        served.post("fan", sequence, &new("low", sequence));
    }
    assert_eq!(served.alerts(), [("restarted".to_owned(), true)]);
}

/// Who sends nothing but repeats is not silent.
#[test]
fn a_counter_that_begins_anew_is_no_silence() {
    let mut desk = Desk::new();
    desk.silent_after = Some(Duration::from_secs(1));
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    let mut looks = 0;
    // For some three times as long as a silence takes.
    while looks < 30 {
        served.post("fan", 0, &new("low", 1 + looks));
        looks += 1;
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(served.alerts(), [("restarted".to_owned(), false)]);
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
