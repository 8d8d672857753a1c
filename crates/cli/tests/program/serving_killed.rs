//! Acknowledged means kept, in the history and in the session that runs, whenever the server is killed.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use judder_data::{Recording, load, read_sidecar};
use judder_history::{AlertFilter, History, Retention, Sync};
use judder_server::{BINARY, Posted, to_binary};
use serde_json::json;

use crate::room::{READINGS, Room};
use crate::serving::{Serving, ask};

const ROUNDS: u64 = 60;
const BOARDS: usize = 4;

/// A recording that says which it is in its first reading, and is whole with its last.
fn taken(number: u64) -> Recording {
    let value =
        |at: usize| if at.is_multiple_of(READINGS) { number } else { (at * 7 % 11) as u64 } as f64;
    Recording::from_axes(3, READINGS, (0..3 * READINGS).map(value).collect()).unwrap()
}

fn device(board: usize) -> String {
    format!("board-{board}")
}

/// The last two have one.
fn start_of(board: usize) -> Option<u32> {
    (board >= 2).then_some(1_000_000 + board as u32)
}

/// Posts a recording: boards of even number in JSON, the others in binary.
pub(crate) fn post(server: SocketAddr, board: usize, number: u64) -> Option<(u16, String)> {
    let (device, recording) = (device(board), taken(number));
    let (kind, body) = if board.is_multiple_of(2) {
        let axes: Vec<_> = recording.iter_axes().collect();
        let start = start_of(board);
        let body = json!({"device": device, "sequence": number, "start": start, "rate_hz": 200.0, "axes": axes});
        ("application/json", body.to_string().into_bytes())
    } else {
        let recording = Arc::new(recording.with_rate(Some(200.0)));
        let (device, sequence) = (Some(device), Some(number));
        let posted = Posted { device, sequence, start: start_of(board), time: None, recording };
        (BINARY, to_binary(&posted, 1.0).unwrap())
    };
    ask(server, "POST", "/api/v1/recordings", kind, &body)
}

/// What the history has of each board, by number: how often.
pub(crate) fn kept(file: &Path, boards: usize) -> BTreeMap<(usize, u64), usize> {
    let history = History::open(file, Sync::System, Retention::default()).unwrap();
    let reader = history.reader().unwrap();
    let mut times = BTreeMap::new();
    for board in 0..boards {
        let lines = reader.recordings(&device(board), i64::MIN, i64::MAX, usize::MAX).unwrap();
        for line in lines {
            let number = line.sequence.unwrap();
            *times.entry((board, number)).or_default() += 1;
            let stored = reader.recording(line.id).unwrap().unwrap();
            let expected: Vec<f32> = taken(number).values().iter().map(|x| *x as f32).collect();
            assert_eq!(stored.readings, expected, "{board} {number}");
        }
    }
    times
}

#[test]
fn what_is_acknowledged_is_kept_exactly_once() {
    let room = Room::with_model();
    let acknowledged = Mutex::new(BTreeSet::new());
    let mut next = [0_u64; BOARDS];
    for round in 0..ROUNDS {
        let serving = Serving::start(&room, "serve m.json -d data");
        let begun = serving.ask("POST", "/api/v1/session", br#"{"label":"low"}"#).unwrap();
        // It outlives each kill.
        assert_eq!(begun.0, if round == 0 { 201 } else { 409 }, "{}", begun.1);
        let (server, ended) = (serving.address, AtomicBool::new(false));
        std::thread::scope(|scope| {
            for (board, next) in next.iter_mut().enumerate() {
                let (acknowledged, ended) = (&acknowledged, &ended);
                // Until a recording is acknowledged it is sent again, over the rounds if need be.
                scope.spawn(move || {
                    while !ended.load(Ordering::Relaxed) {
                        if matches!(post(server, board, *next), Some((201, _))) {
                            acknowledged.lock().unwrap().insert((board, *next));
                            *next += 1;
                        }
                    }
                });
            }
            // Each time at another moment.
            let until = Instant::now() + Duration::from_micros(5_000 + round * 7_919 % 60_000);
            while Instant::now() < until {
                std::thread::yield_now();
            }
            // One that is told to end loses nothing either.
            let (signal, code) = if round % 4 == 3 { ("TERM", Some(0)) } else { ("KILL", None) };
            let (found, said) = serving.end(signal);
            ended.store(true, Ordering::Relaxed);
            assert_eq!(found, code, "{said}");
        });
    }
    // The last start mends what the last kill left.
    let serving = Serving::start(&room, "serve m.json -d data");
    serving.ask("POST", "/api/v1/session", br#"{"label":"low"}"#).unwrap();
    serving.end("TERM");

    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 300, "{} acknowledged", acknowledged.len());
    let check = |times: &BTreeMap<(usize, u64), usize>, place: &str| {
        for one in &acknowledged {
            assert_eq!(times.get(one), Some(&1), "{one:?} in {place}");
        }
        let twice: Vec<_> = times.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{twice:?} in {place}");
        // At most the one of each board that nobody was told of.
        assert!(times.len() <= acknowledged.len() + BOARDS, "{} in {place}", times.len());
    };
    check(&kept(&room.path("data/history.db"), BOARDS), "the history");

    let folder = room.path("data/low");
    let (recordings, errors) = load(&folder).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    let entries = read_sidecar(&folder).unwrap();
    assert_eq!(entries.len(), recordings.len());
    let mut times = BTreeMap::new();
    for (entry, one) in entries.iter().zip(&recordings) {
        assert!(one.path.ends_with(&entry.file));
        let number = entry.sequence.unwrap();
        assert_eq!(one.recording.values(), taken(number).values(), "{entry:?}");
        let board = entry.device.as_ref().unwrap().trim_start_matches("board-").parse().unwrap();
        *times.entry((board, number)).or_default() += 1;
    }
    check(&times, "the session");
}

/// Two boards without a start under one name, each of which counts from 0 and sends a recording until it is
/// acknowledged.
#[test]
fn what_is_acknowledged_of_two_boards_of_one_name_is_kept_exactly_once() {
    const TWINS: u64 = 2;
    let room = Room::with_model();
    let acknowledged = Mutex::new(BTreeSet::new());
    let mut next = [0_u64; TWINS as usize];
    let body = |twin: u64, sequence: u64| {
        let recording = taken(TWINS * sequence + twin);
        let axes: Vec<_> = recording.iter_axes().collect();
        let body = json!({"device": "twin", "sequence": sequence, "rate_hz": 200.0, "axes": axes});
        body.to_string().into_bytes()
    };
    for round in 0..ROUNDS / 2 {
        let serving = Serving::start(&room, "serve m.json -d twins");
        let (server, ended) = (serving.address, AtomicBool::new(false));
        std::thread::scope(|scope| {
            for (twin, next) in (0..).zip(next.iter_mut()) {
                let (acknowledged, ended) = (&acknowledged, &ended);
                scope.spawn(move || {
                    while !ended.load(Ordering::Relaxed) {
                        let body = body(twin, *next);
                        let path = "/api/v1/recordings";
                        let answer = ask(server, "POST", path, "application/json", &body);
                        if matches!(answer, Some((201, _))) {
                            acknowledged.lock().unwrap().insert(TWINS * *next + twin);
                            *next += 1;
                        }
                    }
                });
            }
            let until = Instant::now() + Duration::from_micros(5_000 + round * 7_919 % 60_000);
            while Instant::now() < until {
                std::thread::yield_now();
            }
            serving.end("KILL");
            ended.store(true, Ordering::Relaxed);
        });
    }
    let history =
        History::open(&room.path("twins/history.db"), Sync::System, Retention::default()).unwrap();
    let reader = history.reader().unwrap();
    let lines = reader.recordings("twin", i64::MIN, i64::MAX, usize::MAX).unwrap();
    let mut times: BTreeMap<u64, usize> = BTreeMap::new();
    for line in &lines {
        let stored = reader.recording(line.id).unwrap().unwrap();
        let number = stored.readings[0] as u64;
        let expected: Vec<f32> = taken(number).values().iter().map(|x| *x as f32).collect();
        assert_eq!((line.sequence, stored.readings), (Some(number / TWINS), expected));
        *times.entry(number).or_default() += 1;
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 100, "{} acknowledged", acknowledged.len());
    for one in &acknowledged {
        assert_eq!(times.get(one), Some(&1), "{one:?}");
    }
    assert!(times.values().all(|count| *count == 1), "{times:?}");
    assert!(times.len() <= acknowledged.len() + TWINS as usize, "{}", times.len());
    // One start is that of no board; how many were opened is bounded.
    let starts: BTreeSet<_> = lines.iter().map(|line| line.start).collect();
    assert!(starts.len() <= 4, "{starts:?}");
    let alerts = reader.alerts(&AlertFilter { most: 100, ..AlertFilter::default() }).unwrap();
    assert!(alerts.iter().any(|alert| alert.kind == "conflict"), "{alerts:?}");
}
