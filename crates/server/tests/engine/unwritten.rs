//! A history that cannot be written: what comes is refused, watched and told all the same.

use std::sync::atomic::Ordering;

use judder_history::{AlertFilter, AlertId, History, Retention, State, Sync};
use serde_json::Value;

use crate::desk::{Desk, Reply, Served};
use crate::fan::{self, new};

/// Posts a recording, whatever becomes of it.
fn post(served: &Served, device: &str, sequence: u64, state: &str) -> Reply {
    let body = fan::body(device, sequence, &new(state, sequence));
    served.send("POST", "/api/v1/recordings", &body)
}

fn refused(served: &Served, device: &str, sequences: std::ops::Range<u64>, state: &str) {
    for sequence in sequences {
        let said = post(served, device, sequence, state).problem(500);
        assert!(said.contains("could not be kept"), "{said}");
    }
}

fn open(kind: &str) -> Vec<(String, bool)> {
    vec![(kind.to_owned(), false)]
}

#[test]
fn a_coin_is_told_while_nothing_can_be_kept_and_written_down_later() {
    let desk = Desk::new();
    let heard = desk.listen("hook");
    let served = desk.start();
    for sequence in 0..10 {
        served.post("fan", sequence, &new("low", sequence));
    }
    desk.take_away(true);
    refused(&served, "fan", 10..20, "low");
    assert_eq!((served.alerts(), served.device("fan")["state"].clone()), (vec![], "normal".into()));
    let before = now();
    refused(&served, "fan", 20..25, "low+coin");
    assert_eq!(served.alerts(), open("anomaly"));
    let device = served.device("fan");
    assert_eq!((&device["state"], &device["recordings"]), (&"anomaly".into(), &10.into()));
    let told = heard.message();
    assert_eq!((told.kind.as_str(), told.transition), ("anomaly", "raised"));
    assert!(told.score > told.threshold && !told.words.is_empty(), "{told:?}");
    // Everybody sees the same one.
    let fleet = served.fleet();
    assert_eq!(
        (&fleet["alerts"][0]["id"], &fleet["unkept"].is_null()),
        (&told.alert.into(), &false)
    );
    refused(&served, "fan", 25..37, "low");
    assert_eq!(served.alerts(), [("anomaly".to_owned(), true)]);
    refused(&served, "fan", 37..43, "low+coin");
    let all = [("anomaly".to_owned(), true), ("anomaly".to_owned(), false)];
    assert_eq!(served.alerts(), all);
    let after = now();
    assert_eq!([(); 2].map(|()| heard.next()), ["fan anomaly cleared", "fan anomaly raised"]);
    desk.take_away(false);
    served.look();
    assert_eq!(served.alerts(), all);
    // What is kept at last has counted already.
    for sequence in 10..43 {
        let state = if (20..25).contains(&sequence) || sequence >= 37 { "low+coin" } else { "low" };
        post(&served, "fan", sequence, state).well(201);
    }
    assert_eq!((served.alerts(), heard.rest()), (all.to_vec(), vec![]));
    served.stop();
    let history = desk.path("data/history.db");
    let history = History::open(&history, Sync::System, Retention::default()).unwrap();
    let reader = history.reader().unwrap();
    let kept = reader.alerts(&AlertFilter { most: 9, ..AlertFilter::default() }).unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[1].id, AlertId(told.alert));
    assert!(kept.iter().all(|one| (before..=after).contains(&one.raised_at)), "{kept:?}");
    assert!(kept[1].cleared_at.is_some() && kept[0].cleared_at.is_none());
    for (alert, times) in [(&kept[1], 2), (&kept[0], 1)] {
        let told = reader.told(alert.id).unwrap();
        assert_eq!(told.len(), times);
        assert!(told.iter().all(|one| one.state == State::Told), "{told:?}");
    }
    let last = reader.recordings("fan", 0, i64::MAX, 99).unwrap();
    assert_eq!((last.len(), last.iter().filter(|one| one.windows == 1).count()), (43, 43));
    drop((reader, history));
    // The next one counts on, and nobody is told anything again.
    let heard = desk.listen("hook");
    let served = desk.start();
    assert_eq!(served.alerts(), all);
    for sequence in 43..55 {
        served.post("fan", sequence, &new("low", sequence));
    }
    assert_eq!((heard.next(), heard.rest()), ("fan anomaly cleared".to_owned(), vec![]));
}

/// A board sends the same recording until it is acknowledged: one strange window is not three.
#[test]
fn a_recording_that_comes_again_counts_once() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..10 {
        served.post("fan", sequence, &new("low", sequence));
    }
    desk.take_away(true);
    for _ in 0..20 {
        refused(&served, "fan", 10..11, "low+coin");
    }
    assert_eq!(served.alerts(), []);
    desk.take_away(false);
    post(&served, "fan", 10, "low+coin").well(201);
    post(&served, "fan", 10, "low+coin").well(201);
    assert_eq!(served.alerts(), []);
    // The second strange one is not the third.
    post(&served, "fan", 11, "low+coin").well(201);
    assert_eq!(served.alerts(), []);
    post(&served, "fan", 12, "low+coin").well(201);
    assert_eq!(served.alerts(), open("anomaly"));
}

/// What an outlet was told before, or could not be told, is neither told again nor lost.
#[test]
fn what_waits_for_an_outlet_goes_on_in_order() {
    let desk = Desk::new();
    let (slow, quick) = (desk.listen("slow"), desk.listen("quick"));
    let served = desk.start();
    slow.fails.store(true, Ordering::Release);
    for (sequence, state) in (0..20).zip([["low"; 10], ["low+coin"; 10]].concat()) {
        post(&served, "fan", sequence, state).well(201);
    }
    assert_eq!(quick.next(), "fan anomaly raised");
    desk.take_away(true);
    refused(&served, "fan", 20..32, "low");
    assert_eq!(quick.next(), "fan anomaly cleared");
    slow.fails.store(false, Ordering::Release);
    assert_eq!([(); 2].map(|()| slow.next()), ["fan anomaly raised", "fan anomaly cleared"]);
    desk.take_away(false);
    served.look();
    served.look();
    assert_eq!(served.alerts(), [("anomaly".to_owned(), true)]);
    served.stop();
    assert_eq!((slow.rest(), quick.rest()), (vec![], vec![]));
    let history = desk.path("data/history.db");
    let history = History::open(&history, Sync::System, Retention::default()).unwrap();
    let told = history.reader().unwrap().told(AlertId(1)).unwrap();
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|one| one.state == State::Told), "{told:?}");
}

/// Silence is told, too, and a device that nobody knew is watched.
#[test]
fn silence_and_new_devices_are_seen_without_the_history() {
    let mut desk = Desk::new();
    desk.silent_after = Some(std::time::Duration::from_secs(60));
    desk.clock.stop();
    let heard = desk.listen("hook");
    let served = desk.start();
    served.post("old", 0, &new("low", 0));
    desk.take_away(true);
    refused(&served, "new", 0..10, "low");
    refused(&served, "new", 10..15, "low+coin");
    assert_eq!(heard.next(), "new anomaly raised");
    desk.clock.pass(61);
    served.look();
    let told = ["new silent raised", "old silent raised", "server disk raised"];
    assert_eq!([(); 3].map(|()| heard.next()), told);
    // A repeat is a sign of life.
    refused(&served, "new", 14..15, "low+coin");
    assert_eq!(heard.next(), "new silent cleared");
    let id = |alert: &Value| alert["id"].as_i64().unwrap();
    let all = served.get("/api/v1/alerts").json()["alerts"].clone();
    let all = all.as_array().unwrap();
    assert!(all.len() == 4 && all.is_sorted_by_key(|one| -id(one)), "{all:?}");
    let page = format!("/api/v1/alerts?before={}&device=new&most=1", id(&all[0]));
    assert_eq!(served.get(&page).json()["alerts"][0]["kind"], "silent");
    let open = served.get("/api/v1/alerts?open=true").json()["alerts"].clone();
    assert_eq!(open.as_array().unwrap().len(), 3, "{open}");
    desk.take_away(false);
    served.look();
    assert_eq!(served.get("/api/v1/alerts").json()["alerts"].as_array().unwrap(), all);
}

fn now() -> i64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as i64
}
