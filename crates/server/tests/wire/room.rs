//! Little memory, and those who would take all of it.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use judder_server::{Check, Keys, Limits, Ready, Secret};

use crate::served::{Served, parted};

const GOOD: &[u8] = br#"{"x":[1],"y":[2],"z":[3]}"#;
const MB: usize = 1 << 20;

/// Of these six are for requests, and of those two and a quarter for bodies that are not whole.
const LITTLE: Limits = Limits {
    body: 4 * MB,
    connections: 100,
    memory: 8 * MB,
    head: Duration::from_secs(60),
    sending: Duration::from_secs(60),
    reading: Duration::from_secs(60),
    stopping: Duration::from_secs(5),
};

/// Begins a body of so many bytes, and sends some of them.
fn begin(served: &Served, length: usize, sent: usize) -> TcpStream {
    let mut stream = served.connect();
    let head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
    write!(stream, "{head}Content-Length: {length}\r\n\r\n").unwrap();
    // The server may refuse it before all is sent.
    let _ = stream.write_all(&vec![b'1'; sent]);
    stream
}

fn status(stream: &mut TcpStream) -> u16 {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    parted(&String::from_utf8_lossy(&answer)).0
}

#[test]
fn a_head_is_sixteen_kilobytes_at_most() {
    let served = Served::new();
    let head = |length: usize| {
        let rest = "x".repeat(length);
        format!("GET / HTTP/1.1\r\nHost: h\r\nX-Long: {rest}\r\n\r\n").into_bytes()
    };
    assert_eq!(parted(&served.answer(&head(15_000))).0, 200);
    assert_eq!(parted(&served.answer(&head(17_000))).0, 431);
}

#[test]
fn bodies_that_stall_give_way_and_small_ones_find_room_all_the_time() {
    let served = Served::within(LITTLE);
    let mut stalled: Vec<_> = (0..2).map(|_| begin(&served, 2 * MB, MB - 1000)).collect();
    // There is none for another large one, but for small ones.
    assert_eq!(served.post("/", "application/json", GOOD).0, 204);
    thread::sleep(Duration::from_millis(1200));
    let began = Instant::now();
    let mut next = begin(&served, MB + 1000, MB + 1000);
    // It is no JSON: so it was read.
    assert_eq!(status(&mut next), 400, "{:?}", began.elapsed());
    assert!(stalled.iter_mut().any(|stream| status(stream) == 503));
    assert_eq!(served.post("/", "application/json", GOOD).0, 204);
}

#[test]
fn who_finds_no_room_is_told_when_to_come_again() {
    let served = Served::within(LITTLE);
    // They come on and on, so that none gives way.
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let mut coming: Vec<_> = (0..2).map(|_| begin(&served, 2 * MB, MB - 200_000)).collect();
    let drips = thread::spawn(move || {
        while stopped.try_recv().is_err() {
            for stream in &mut coming {
                let _ = stream.write_all(&[b'1'; 4000]);
            }
            thread::sleep(Duration::from_millis(100));
        }
    });
    let mut request =
        format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", 2 * MB).into_bytes();
    request.extend(vec![b'1'; 2 * MB]);
    let answer = served.answer(&request);
    stop.send(()).unwrap();
    drips.join().unwrap();
    assert_eq!(parted(&answer).0, 503, "{answer}");
    let head = answer.to_ascii_lowercase();
    assert!(head.contains("retry-after: 2") && head.contains("connection: close"), "{answer}");
}

/// The key is asked for before anything of the body is read.
#[test]
fn without_a_key_no_body_is_waited_for() {
    let key = Secret::new("key-of-the-first-fan".to_owned()).unwrap();
    let keys = Keys::new(BTreeMap::from([("a".to_owned(), key)]), true);
    let served = Served::with(Limits::default(), keys);
    for (line, status) in [("", 401), ("Authorization: Bearer nobodys\r\n", 403)] {
        for path in ["/", "/api/v1/recordings"] {
            let answer = served.answer(
                format!(
                    "POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{line}Content-Length: 4000000\r\n\r\n"
                )
                .as_bytes(),
            );
            assert_eq!(parted(&answer).0, status, "{answer}");
        }
    }
}

#[test]
fn what_is_not_ready_is_named() {
    let served = Served::new();
    let well = || Check { ok: true, words: None };
    let words = Some("the disk is full".to_owned());
    let disk = Check { ok: false, words };
    served.shelf.0.lock().unwrap().ready =
        Some(Ready { ready: false, engine: well(), writes: well(), disk });
    let ask = |path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        parted(&served.answer(request.as_bytes()))
    };
    let (status, body) = ask("/readyz");
    assert_eq!(status, 503);
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["disk"]["words"], "the disk is full");
    assert_eq!((&body["ready"], &body["engine"]["ok"]), (&false.into(), &true.into()));
    // It is alive all the same.
    assert_eq!(ask("/healthz").0, 200);
}
