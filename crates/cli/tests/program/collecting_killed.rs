//! Acknowledged means kept: a server that is killed again and again, under load.
#![cfg(unix)]

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use judder_data::load;

use crate::collecting::{Collecting, post};
use crate::room::Room;

const ROUNDS: u64 = 200;
const READINGS: usize = 24;

/// A recording that says which it is: `board` and `number` in every reading.
fn body(board: usize, number: u64, known: bool) -> String {
    let id = (board as u64 * 1_000_000 + number).to_string();
    let axis = vec![id; READINGS].join(",");
    let said = match known {
        true => format!("\"device\":\"board-{board}\",\"sequence\":{number},"),
        false => String::new(),
    };
    format!("{{{said}\"x\":[{axis}],\"y\":[{axis}],\"z\":[{axis}]}}")
}

/// A board that posts until the round ends. Those of even number speak as the sketch and send nothing
/// twice; the others send a recording until it is acknowledged, over the rounds if need be.
fn run(board: usize, next: &mut u64, server: std::net::SocketAddr, ended: &AtomicBool) -> Vec<u64> {
    let known = board % 2 == 1;
    let path = if known { "/api/v1/recordings" } else { "/" };
    let mut acknowledged = Vec::new();
    while !ended.load(Ordering::Relaxed) {
        let taken = matches!(post(server, path, &body(board, *next, known)), Some(201 | 204));
        if taken {
            acknowledged.push(*next);
        }
        if taken || !known {
            *next += 1;
        }
    }
    acknowledged
}

#[test]
fn what_is_acknowledged_is_kept_exactly_once() {
    let room = Room::new();
    let acknowledged = Mutex::new(Vec::new());
    let mut next = [0; 4];
    for round in 0..ROUNDS {
        let collecting = Collecting::start(&room, "-d low");
        let (server, ended) = (collecting.address, AtomicBool::new(false));
        std::thread::scope(|scope| {
            for (board, next) in next.iter_mut().enumerate() {
                let (acknowledged, ended) = (&acknowledged, &ended);
                scope.spawn(move || {
                    let told = run(board, next, server, ended);
                    let mut all = acknowledged.lock().unwrap();
                    all.extend(told.into_iter().map(|number| (board, number)));
                });
            }
            // Each time at another moment.
            let until = Instant::now() + Duration::from_micros(5_000 + round * 7_919 % 60_000);
            while Instant::now() < until {
                std::thread::yield_now();
            }
            collecting.end("KILL");
            ended.store(true, Ordering::Relaxed);
        });
    }
    // The last start mends what the last kill left.
    Collecting::start(&room, "-d low").end("TERM");
    let (recordings, errors) = load(&room.path("low")).unwrap();
    assert!(errors.is_empty(), "{errors:?}");
    let mut times: HashMap<(usize, u64), usize> = HashMap::new();
    for one in &recordings {
        assert_eq!((one.recording.axes(), one.recording.len()), (3, READINGS), "{:?}", one.path);
        let id = one.recording.axis(0)[0] as u64;
        assert!(one.recording.values().iter().all(|x| *x as u64 == id), "{:?}", one.path);
        *times.entry(((id / 1_000_000) as usize, id % 1_000_000)).or_default() += 1;
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 1000, "{} acknowledged", acknowledged.len());
    for one in &acknowledged {
        assert_eq!(times.get(one), Some(&1), "{one:?}");
    }
    let twice: Vec<_> = times.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let own = [".judder-token", ".judder-collection.lock"];
    let partial = |name: &str| name.starts_with(".judder") && !own.contains(&name);
    let left: Vec<_> = room
        .path("low")
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| partial(name))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
