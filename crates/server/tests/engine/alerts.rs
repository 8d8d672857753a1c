//! A coin on a blade: raised once, cleared once, and told with its reasons.

use crate::desk::Desk;
use crate::fan::{self, new};

#[test]
fn a_coin_raises_one_alert_that_clears_once() {
    let desk = Desk::new();
    let served = desk.start();
    let mut sequence = 0;
    let mut run = |state: &str, count: u64| {
        for _ in 0..count {
            served.post("fan-1", sequence, &new(state, sequence));
            sequence += 1;
        }
    };
    run("low", 10);
    assert_eq!(served.alerts(), []);
    assert_eq!(served.device("fan-1")["state"], "normal");
    run("low+coin", 1);
    assert_eq!(served.alerts(), [], "one window is not three of five");
    run("low+coin", 4);
    assert_eq!(served.alerts(), [("anomaly".to_owned(), false)]);
    let device = served.device("fan-1");
    assert_eq!(device["state"], "anomaly");
    assert_eq!(device["conditions"][0], "anomaly");
    assert!(device["score"].as_f64() > device["threshold"].as_f64(), "{device}");
    run("low+coin", 20);
    assert_eq!(served.alerts().len(), 1, "it is told once");
    run("low", 12);
    assert_eq!(served.alerts(), [("anomaly".to_owned(), true)]);
    assert_eq!(served.device("fan-1")["state"], "normal");
    run("low+coin", 6);
    let again = [("anomaly".to_owned(), true), ("anomaly".to_owned(), false)];
    assert_eq!(served.alerts(), again);
    let alert = served.get("/api/v1/alerts?open=true").json()["alerts"][0].take();
    assert!(!alert["words"].as_str().unwrap().is_empty(), "{alert}");
    assert_eq!((&alert["device"], &alert["model"]), (&"fan-1".into(), &"fan".into()));
    assert!(alert["score"].as_f64() > alert["threshold"].as_f64(), "{alert}");
    // The older ones, from one on.
    let page =
        |query: String| served.get(&format!("/api/v1/alerts?{query}")).json()["alerts"].take();
    let newest = page("most=1".to_owned());
    assert_eq!(newest[0]["id"], alert["id"]);
    let older = page(format!("before={}", alert["id"]));
    assert_eq!(older.as_array().unwrap().len(), 1, "{older}");
    assert!(older[0]["id"].as_i64() < alert["id"].as_i64() && older[0]["cleared"].is_i64());
}

/// Windows in which the sensor is moved neither raise nor clear anything.
#[test]
fn handled_windows_change_nothing() {
    let desk = Desk::new();
    let served = desk.start();
    let handled = |index| {
        let tilted = |axis, at, value| if axis == 0 { value + 0.002 * at as f64 } else { value };
        fan::with(&new("low", index), tilted)
    };
    for sequence in 0..10 {
        served.post("fan", sequence, &handled(sequence));
    }
    assert_eq!(served.device("fan")["state"], "handled");
    assert_eq!(served.alerts(), []);
    for sequence in 10..16 {
        served.post("fan", sequence, &new("low+coin", sequence));
    }
    let open = [("anomaly".to_owned(), false)];
    assert_eq!(served.alerts(), open);
    for sequence in 16..30 {
        served.post("fan", sequence, &handled(sequence));
    }
    assert_eq!(served.alerts(), open);
    assert_eq!(served.device("fan")["state"], "anomaly");
}

/// Devices are told apart: the coin is on one fan.
#[test]
fn an_alert_is_one_devices_own() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..12 {
        served.post("a", sequence, &new("low+coin", sequence));
        served.post("b", sequence, &new("low", sequence));
    }
    assert_eq!(served.alerts(), [("anomaly".to_owned(), false)]);
    assert_eq!(served.device("a")["state"], "anomaly");
    assert_eq!(served.device("b")["state"], "normal");
    let of = |device: &str| {
        let found = served.get(&format!("/api/v1/alerts?device={device}")).well(200).json();
        found["alerts"].as_array().unwrap().len()
    };
    assert_eq!((of("a"), of("b"), of("nobody")), (1, 0, 0));
}
