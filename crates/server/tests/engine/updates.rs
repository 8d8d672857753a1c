//! What pages are told as it changes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use serde_json::{Value, json};

use crate::desk::{Desk, PATIENCE, Served, TOKEN};
use crate::fan::new;

/// A page that listens.
pub(crate) struct Listener {
    stream: BufReader<TcpStream>,
    /// What came, without the lengths of its chunks.
    came: Vec<u8>,
}

impl Listener {
    pub(crate) fn new(served: &Served) -> Self {
        Self::by(served, &format!("Authorization: Bearer {TOKEN}"))
    }

    /// Let in by this line of a head.
    pub(crate) fn by(served: &Served, line: &str) -> Self {
        let mut stream = served.connect();
        let head = format!("GET /api/v1/updates HTTP/1.1\r\nHost: localhost\r\n{line}\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            stream.read_line(&mut line).unwrap();
        }
        Self { stream, came: Vec::new() }
    }

    /// The next event; none once the stream ends.
    pub(crate) fn try_next(&mut self) -> Option<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < until, "nothing changes any more");
            while let Some(end) = self.came.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.came.drain(..=end).collect();
                if let Some(data) = line.strip_prefix(b"data: ") {
                    return Some(serde_json::from_slice(data).unwrap());
                }
            }
            let mut length = String::new();
            self.stream.read_line(&mut length).unwrap();
            let length = usize::from_str_radix(length.trim(), 16).unwrap_or(0);
            if length == 0 {
                return None;
            }
            let mut chunk = vec![0; length + 2];
            self.stream.read_exact(&mut chunk).unwrap();
            self.came.extend(&chunk[..length]);
        }
    }

    pub(crate) fn next(&mut self) -> Value {
        self.try_next().unwrap()
    }

    /// The first event that is so.
    pub(crate) fn until(&mut self, so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next();
            if so(&event) {
                return event;
            }
        }
    }
}

/// What a page knows of alerts and devices after some events.
#[derive(Debug, Default, PartialEq)]
struct Known {
    states: std::collections::BTreeMap<String, (Value, Value)>,
    alerts: std::collections::BTreeMap<i64, bool>,
}

impl Known {
    fn hear(&mut self, event: &Value) {
        for device in event["devices"].as_array().unwrap() {
            let name = device["name"].as_str().unwrap().to_owned();
            self.states.insert(name, (device["state"].clone(), device["recordings"].clone()));
        }
        for gone in event["gone"].as_array().into_iter().flatten() {
            self.states.remove(gone.as_str().unwrap());
        }
        for alert in event["alerts"].as_array().unwrap() {
            self.alerts.insert(alert["id"].as_i64().unwrap(), alert["cleared"].is_null());
        }
    }
}

#[test]
fn first_comes_the_fleet_and_then_what_changes() {
    let desk = Desk::new();
    let served = desk.start();
    served.post("a", 0, &new("low", 0));
    let mut listener = Listener::new(&served);
    let first = listener.next();
    let fleet = served.fleet();
    for (field, value) in fleet.as_object().unwrap() {
        // Time goes on.
        if field != "now" {
            assert_eq!(first[field], *value, "{field}");
        }
    }
    served.post("b", 0, &new("low", 0));
    let update = listener.next();
    assert!(update["revision"].as_u64() > first["revision"].as_u64());
    assert_eq!(update["devices"].as_array().unwrap().len(), 1, "{update}");
    assert_eq!(update["devices"][0]["name"], "b");
    assert!(update.get("models").is_none() && update.get("datasets").is_none(), "{update}");
    served.send("POST", "/api/v1/session", &json!({"label": "x"})).well(201);
    let update = listener.until(|update| !update["session"].is_null());
    assert_eq!(update["session"]["label"], "x");
    served.ask("DELETE", "/api/v1/session", &[], &[]).well(200);
    listener.until(|update| update["session"].is_null());
    served.ask("DELETE", "/api/v1/devices/b", &[], &[]).well(204);
    let update = listener.until(|update| update["gone"] != json!([]));
    assert_eq!(update["gone"], json!(["b"]));
}

/// Two pages know the same in the end, one of which came later, and it is what the server says.
#[test]
fn all_listeners_come_to_know_the_same() {
    let desk = Desk::new();
    let served = desk.start();
    let mut early = (Listener::new(&served), Known::default());
    let mut first = early.0.next();
    early.1.hear(&first);
    for sequence in 0..20 {
        let state = if sequence < 8 { "low+coin" } else { "low" };
        served.post("a", sequence, &new(state, sequence));
        served.post("b", sequence, &new("low", sequence));
    }
    let mut late = (Listener::new(&served), Known::default());
    first = late.0.next();
    late.1.hear(&first);
    for sequence in 20..26 {
        served.post("a", sequence, &new("low", sequence));
        served.post("b", sequence, &new("low+coin", sequence));
    }
    let mut truth = Known::default();
    let fleet = served.fleet();
    truth.hear(&fleet);
    assert_eq!(truth.alerts.len(), 2, "{fleet}");
    for (listener, known) in [&mut early, &mut late] {
        let mut revision = 0;
        while revision < fleet["revision"].as_u64().unwrap() {
            let event = listener.next();
            revision = event["revision"].as_u64().unwrap();
            known.hear(&event);
        }
        assert_eq!(*known, truth);
    }
}

/// More alerts than are remembered: a page that did not read meanwhile is told everything, and so knows all.
#[test]
fn who_was_away_too_long_is_told_everything() {
    let desk = Desk::new();
    let served = desk.start();
    let mut away = Listener::new(&served);
    away.next();
    let coin: Vec<_> = (0..3).map(|index| new("low+coin", index)).collect();
    // In the time between two events: three recordings raise an alert of each of so many devices.
    let names: Vec<_> = (0..300).map(|number| format!("fan-{number}")).collect();
    std::thread::scope(|scope| {
        for names in names.chunks(75) {
            let (served, coin) = (&served, &coin);
            scope.spawn(move || {
                for name in names {
                    for (sequence, recording) in coin.iter().enumerate() {
                        served.post(name, sequence as u64, recording);
                    }
                }
            });
        }
    });
    let fleet = served.fleet();
    let mut known = Known::default();
    let mut revision = 0;
    while revision < fleet["revision"].as_u64().unwrap() {
        let event = away.next();
        revision = event["revision"].as_u64().unwrap();
        known.hear(&event);
    }
    assert_eq!(known.states.len(), 300);
    assert!(known.states.values().all(|(state, _)| state == "anomaly"));
    assert_eq!(known.alerts.len(), 300);
}

#[test]
fn the_stream_ends_with_the_server() {
    let desk = Desk::new();
    let served = desk.start();
    let mut listeners: Vec<_> = (0..3).map(|_| Listener::new(&served)).collect();
    listeners.iter_mut().for_each(|listener| drop(listener.next()));
    let began = Instant::now();
    served.stop();
    // Else it waited for them as long as it waits for anybody.
    assert!(began.elapsed() < desk.limits.stopping / 2, "{:?}", began.elapsed());
    assert!(listeners.iter_mut().all(|listener| listener.try_next().is_none()));
}

#[test]
fn pages_that_listen_are_counted_while_they_do() {
    let desk = Desk::bare();
    let served = desk.start();
    let counted = || {
        let metrics = String::from_utf8(served.get("/metrics").well(200).body).unwrap();
        let line = metrics.lines().find_map(|line| line.strip_prefix("judder_listeners "));
        line.unwrap().to_owned()
    };
    assert_eq!(counted(), "0");
    let mut listeners = [Listener::new(&served), Listener::new(&served)];
    listeners.iter_mut().for_each(|listener| drop(listener.next()));
    assert_eq!(counted(), "2");
    drop(listeners);
    let until = Instant::now() + PATIENCE;
    while counted() != "0" {
        assert!(Instant::now() < until, "who is gone is counted for ever");
    }
}
