//! Alerts of the server itself: they are of no device, and told as all others.

use std::fs;
use std::sync::atomic::Ordering;

use judder_history::{History, NewAlert, Retention, Sync};
use serde_json::Value;

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

/// The server's own alerts, oldest first: their kinds, and whether they are cleared.
fn own(served: &Served) -> Vec<(String, bool)> {
    let all = served.get("/api/v1/alerts?device=").well(200).json()["alerts"].clone();
    let all = all.as_array().unwrap().iter().rev();
    all.map(|alert| {
        assert_eq!(alert["device"], Value::Null);
        (alert["kind"].as_str().unwrap().to_owned(), !alert["cleared"].is_null())
    })
    .collect()
}

fn is(kind: &str, cleared: bool) -> Vec<(String, bool)> {
    vec![(kind.to_owned(), cleared)]
}

fn open(served: &Served, kind: &str) -> u64 {
    let metrics = String::from_utf8(served.get("/metrics").well(200).body).unwrap();
    let name = format!("judder_open_alerts{{kind=\"{kind}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&name)).unwrap();
    line.parse().unwrap()
}

#[test]
fn that_nothing_can_be_kept_is_told_while_it_is_so() {
    let desk = Desk::new();
    desk.clock.stop();
    let heard = desk.listen("hook");
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    desk.take_away(true);
    let body = fan::body("fan", 1, &new("low", 1));
    served.send("POST", "/api/v1/recordings", &body).problem(500);
    desk.clock.pass(4);
    served.look();
    assert_eq!((own(&served), heard.rest()), (vec![], vec![]));
    // By then it has been tried once more.
    desk.clock.pass(2);
    served.look();
    assert_eq!((own(&served), open(&served, "disk")), (is("disk", false), 1));
    let told = heard.message();
    assert_eq!((told.device, told.kind.as_str(), told.transition), (None, "disk", "raised"));
    for words in
        ["nothing can be kept: ", "history.db", "1 try of a board was refused", "Alarms go on"]
    {
        assert!(told.words.contains(words), "{}", told.words);
    }
    let fleet = served.fleet();
    assert_eq!(
        (&fleet["alerts"][0]["kind"], fleet["devices"].as_array().unwrap().len()),
        (&"disk".into(), 1)
    );
    assert_eq!(served.get("/readyz").status, 503);
    // It is not ready for as long as that lasts, and by itself when it is over.
    for _ in 0..10 {
        desk.clock.pass(10);
        served.look();
    }
    assert_eq!((own(&served), served.get("/readyz").status), (is("disk", false), 503));
    desk.take_away(false);
    desk.clock.pass(2);
    served.look();
    assert_eq!(own(&served), is("disk", false), "it was refused two seconds ago");
    desk.clock.pass(5);
    served.look();
    assert_eq!((own(&served), open(&served, "disk")), (is("disk", true), 0));
    assert_eq!((heard.next(), heard.rest()), ("server disk cleared".to_owned(), vec![]));
    served.wait("ready", |served| served.get("/readyz").status == 200);
    served.stop();
    // It is no device.
    let served = desk.start();
    assert_eq!(served.fleet()["devices"].as_array().unwrap().len(), 1);
    assert_eq!(own(&served), is("disk", true));
}

#[test]
fn what_is_refused_once_is_not_told() {
    let desk = Desk::new();
    desk.clock.stop();
    let heard = desk.listen("hook");
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    desk.take_away(true);
    let body = fan::body("fan", 1, &new("low", 1));
    served.send("POST", "/api/v1/recordings", &body).problem(500);
    desk.take_away(false);
    // Whenever it is looked, between two tries of its own too.
    for seconds in [2, 2, 1, 1, 2, 10] {
        desk.clock.pass(seconds);
        served.look();
    }
    assert_eq!((own(&served), heard.rest()), (vec![], vec![]));
    served.send("POST", "/api/v1/recordings", &body).well(201);
}

#[test]
fn a_clock_that_jumps_is_told_once_and_is_over_by_itself() {
    for (by, words) in [(40 * 86_400_i64, "set on by 40 days"), (-7_200, "set back by 2 h")] {
        let desk = Desk::new();
        desk.clock.stop();
        let heard = desk.listen("hook");
        let served = desk.start();
        served.look();
        desk.clock.set(by.signum() * 60);
        served.look();
        assert_eq!(own(&served), [], "a minute is none");
        desk.clock.set(by);
        served.look();
        assert_eq!(own(&served), is("clock", false));
        let told = heard.message();
        assert!(told.words.contains(words), "{}", told.words);
        desk.clock.pass(599);
        // It jumps once more.
        desk.clock.set(-by);
        served.look();
        desk.clock.pass(599);
        served.look();
        assert_eq!(own(&served), is("clock", false));
        desk.clock.pass(1);
        served.look();
        assert_eq!(own(&served), is("clock", true));
        assert_eq!((heard.next(), heard.rest()), ("server clock cleared".to_owned(), vec![]));
    }
}

#[test]
fn an_outlet_that_fails_is_told_over_the_others() {
    let desk = Desk::new();
    desk.clock.stop();
    let (dead, well) = (desk.listen("dead"), desk.listen("well"));
    let served = desk.start();
    dead.fails.store(true, Ordering::Release);
    for (sequence, state) in (0..20).zip([["low"; 10], ["low+coin"; 10]].concat()) {
        served.post("fan", sequence, &new(state, sequence));
    }
    assert_eq!(well.next(), "fan anomaly raised");
    // It is tried so often in no time by the engine's clock.
    served.wait("tries", |_| dead.tries.load(Ordering::Acquire) >= 2);
    assert_eq!(own(&served), []);
    desk.clock.pass(61);
    served.wait("the alert", |served| own(served) == is("outlet", false));
    let told = well.message();
    assert!(told.words.starts_with("the outlet dead fails: ") && told.words.contains("it fails"));
    assert_eq!(open(&served, "outlet"), 1);
    served.stop();
    // It is still so for the next run, which knows of which outlet it was.
    let (dead, well) = (desk.listen("dead"), desk.listen("well"));
    let served = desk.start();
    assert_eq!(dead.next(), "fan anomaly raised");
    assert_eq!(well.next(), "server outlet cleared");
    served.stop();
    assert_eq!((dead.rest(), well.rest()), (vec![], vec![]));
}

#[test]
fn damage_of_the_history_is_told_and_over_after_a_start_that_sees_none() {
    let desk = Desk::new();
    desk.clock.stop();
    let heard = desk.listen("hook");
    let served = desk.start();
    served.say_damaged("history.db: is damaged: page 7");
    served.say_damaged("history.db: is damaged: page 8");
    served.look();
    let told = heard.message();
    assert_eq!(told.words, "the history is damaged: history.db: is damaged: page 7");
    desk.clock.pass(3600);
    served.look();
    assert_eq!((own(&served), heard.rest()), (is("history", false), vec![]));
    served.stop();
    let heard = desk.listen("hook");
    let served = desk.start();
    served.look();
    assert_eq!(own(&served), is("history", false));
    desk.clock.pass(61);
    served.look();
    assert_eq!(
        (own(&served), heard.next()),
        (is("history", true), "server history cleared".to_owned())
    );
}

/// What SQLite says of a damaged file is seen, wherever it is read.
#[test]
fn pages_that_are_overwritten_are_seen() {
    let desk = Desk::new();
    let heard = desk.listen("hook");
    fs::create_dir(desk.path("data")).unwrap();
    let path = desk.path("data/history.db");
    let mut history = History::open(&path, Sync::System, Retention::default()).unwrap();
    let mut batch = history.batch();
    let long = "x".repeat(3_000);
    for at in 0..200 {
        let alert =
            NewAlert { device: "old", kind: "anomaly", at, words: &long, ..NewAlert::default() };
        let id = batch.raise(&alert).unwrap();
        batch.clear(id, at).unwrap();
    }
    batch.commit().unwrap();
    drop(history);
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 200_000].fill(0x55);
    fs::write(&path, bytes).unwrap();
    let served = desk.start();
    assert_eq!(served.get("/api/v1/alerts?before=150").status, 500);
    served.look();
    let told = heard.message();
    assert_eq!((told.device, told.kind.as_str()), (None, "history"));
    assert!(told.words.contains("history.db: is damaged"), "{}", told.words);
}
