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
