//! A server that is stopped and started again on what it kept.

use serde_json::json;

use crate::desk::Desk;
use crate::fan::{self, new};

#[test]
fn devices_alerts_and_models_are_as_they_were() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..6 {
        served.post("a", sequence, &new("low+coin", sequence));
        served.post("b", sequence, &new("low", sequence));
    }
    served.ask(
        "PUT",
        "/api/v1/models/other",
        &["Content-Type: application/json"],
        &fan::other_model().to_json(),
    );
    served.send("PUT", "/api/v1/devices/b", &json!({"model": "other"})).well(200);
    served.send("PUT", "/api/v1/default-model", &json!({"model": "other"})).well(200);
    served.send("PUT", "/api/v1/devices/a", &json!({"model": "fan"})).well(200);
    served.send("PUT", "/api/v1/devices/a", &json!({"model": null})).well(200);
    let before = served.fleet();
    served.stop();

    let served = desk.start();
    let after = served.fleet();
    for (before, after) in
        before["devices"].as_array().unwrap().iter().zip(after["devices"].as_array().unwrap())
    {
        for field in ["name", "first_seen", "last_seen", "recordings", "conditions"] {
            assert_eq!(after[field], before[field], "{after}");
        }
    }
    assert_eq!(after["alerts"], before["alerts"]);
    assert_eq!(after["models"], before["models"]);
    assert_eq!(served.model("other")["devices"], json!(["b"]));
    assert_eq!(served.model("other")["default"], true);
    assert_eq!(served.alerts(), [("anomaly".to_owned(), false)]);
}

/// An open alert is not told again while the coin is there, and not cleared by the first window without.
#[test]
fn an_open_alert_stays_the_same_one() {
    let desk = Desk::new();
    let served = desk.start();
    let mut sequence = 0;
    let mut post = |served: &crate::desk::Served, state: &str, count: u64| {
        for _ in 0..count {
            served.post("fan", sequence, &new(state, sequence));
            sequence += 1;
        }
    };
    post(&served, "low+coin", 6);
    let open = [("anomaly".to_owned(), false)];
    assert_eq!(served.alerts(), open);
    served.stop();
    let served = desk.start();
    post(&served, "low+coin", 1);
    assert_eq!(served.alerts(), open);
    assert_eq!(served.device("fan")["state"], "anomaly");
    post(&served, "low+coin", 8);
    assert_eq!(served.alerts(), open);
    served.stop();
    let served = desk.start();
    post(&served, "low", 1);
    assert_eq!(served.alerts(), open, "one normal window says nothing");
    post(&served, "low", 12);
    assert_eq!(served.alerts(), [("anomaly".to_owned(), true)]);
    served.stop();
    assert_eq!(desk.start().alerts(), [("anomaly".to_owned(), true)]);
}

#[test]
fn numbers_of_an_earlier_run_are_repeats() {
    let desk = Desk::new();
    let served = desk.start();
    let first = served.post("fan", 7, &new("low", 7));
    served.stop();
    let served = desk.start();
    assert_eq!(served.post("fan", 7, &new("low", 7)), first);
    assert_eq!(served.device("fan")["recordings"], 1);
}

#[test]
fn a_device_that_was_forgotten_is_gone_until_it_sends_something() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..6 {
        served.post("fan", sequence, &new("low+coin", sequence));
    }
    served.ask("DELETE", "/api/v1/devices/fan", &[], &[]).well(204);
    assert_eq!(served.alerts(), [("anomaly".to_owned(), true)]);
    assert_eq!(served.fleet()["devices"], json!([]));
    served.ask("DELETE", "/api/v1/devices/fan", &[], &[]).problem(404);
    served.stop();
    let served = desk.start();
    assert_eq!(served.fleet()["devices"], json!([]));
    served.post("fan", 6, &new("low", 6));
    assert_eq!(served.device("fan")["state"], "normal");
    served.stop();
    assert_eq!(desk.start().device("fan")["recordings"], 7);
}

/// What was seen last is there again, and said to be of before, until something comes.
#[test]
fn the_last_state_is_shown_until_something_comes() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..10 {
        served.post("alarmed", sequence, &new("low+coin", sequence));
        served.post("well", sequence, &new("low", sequence));
    }
    let before = ["alarmed", "well"].map(|name| served.device(name));
    assert!(before.iter().all(|device| device["restored"] == false), "{before:?}");
    served.stop();
    let served = desk.start();
    for before in &before {
        let after = served.device(before["name"].as_str().unwrap());
        assert_eq!(after["restored"], true);
        for field in [
            "state",
            "score",
            "threshold",
            "model",
            "axes",
            "readings",
            "rate_hz",
            "last_seen",
            "recordings",
            "conditions",
            "spark",
        ] {
            assert_eq!(after[field], before[field], "{field}: {after}");
        }
    }
    let words = served.device("alarmed")["words"].as_str().unwrap().to_owned();
    assert!(words.contains("× the threshold; ") && words.contains("Hz"), "{words}");
    served.post("well", 10, &new("low", 10));
    assert_eq!(served.device("well")["restored"], false);
    assert_eq!(served.device("well")["spark"].as_array().unwrap().len(), 11);
    assert_eq!(served.device("alarmed")["restored"], true);
}

/// Where no model judges now, what one said is of no use.
#[test]
fn without_a_model_nothing_of_one_is_shown() {
    let mut desk = Desk::new();
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    served.stop();
    desk.models.clear();
    let device = desk.start().device("fan");
    assert_eq!((&device["state"], &device["restored"]), (&"unwatched".into(), &false.into()));
}

/// A clock that was ahead for a while has stamped windows that are not the last ones.
#[test]
fn what_came_last_is_shown_and_not_what_a_wrong_clock_stamped_last() {
    let desk = Desk::new();
    let served = desk.start();
    desk.clock.set(3600);
    for sequence in 0..6 {
        served.post("fan", sequence, &new("low+coin", sequence));
    }
    desk.clock.set(-3600);
    for sequence in 6..20 {
        served.post("fan", sequence, &new("low", sequence));
    }
    assert_eq!(served.device("fan")["state"], "normal");
    let before = served.device("fan");
    served.stop();
    let after = desk.start().device("fan");
    for field in ["state", "score", "last_seen"] {
        assert_eq!(after[field], before[field], "{after}");
    }
}
