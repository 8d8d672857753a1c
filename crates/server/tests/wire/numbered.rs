//! The better protocol: devices and numbers.

use std::io::{Read, Write};
use std::sync::Arc;

use judder_core::Unit;
use judder_data::Recording;
use judder_server::{BINARY, Posted, to_binary};

use crate::served::{Served, detail, parted};

const PATH: &str = "/api/v1/recordings";

#[test]
fn a_repeat_changes_nothing_and_gets_the_same_answer() {
    let served = Served::new();
    let body = br#"{"device":"fan-1","sequence":7,"rate_hz":199.5,"time":"2026-01-01T00:00:00Z","axes":[[1,2],[3,4]]}"#;
    let first = served.post(PATH, "application/json; charset=utf-8", body);
    assert_eq!(first, (201, r#"{"device":"fan-1","sequence":7,"file":"0000.csv"}"#.to_owned()));
    // Another recording in between.
    let other = br#"{"device":"fan-2","sequence":7,"x":[1],"y":[1],"z":[1]}"#;
    assert_eq!(served.post(PATH, "application/json", other).0, 201);
    assert_eq!(served.post(PATH, "application/json", body), first);
    let kept = served.kept();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].recording.rate_hz(), Some(199.5));
    assert_eq!(kept[0].time.as_deref(), Some("2026-01-01T00:00:00Z"));
    assert_eq!(kept[0].recording.values(), [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn binary_is_as_json() {
    let served = Served::new();
    let recording = Recording::from_axes(3, 2, vec![0.5, -0.5, 1.0, 2.0, -4.0, 0.0])
        .unwrap()
        .with_rate(Some(200.0))
        .with_unit(Some(Unit::G));
    let posted = Posted {
        device: Some("a.b-c_9".to_owned()),
        sequence: Some(u64::MAX),
        start: Some(u32::MAX),
        time: Some("1700000000123".to_owned()),
        recording: Arc::new(recording),
    };
    let body = to_binary(&posted, 1.0 / 2048.0).unwrap();
    let (status, answer) = served.post(PATH, BINARY, &body);
    assert_eq!(status, 201, "{answer}");
    assert_eq!(served.kept(), [posted]);
}

#[test]
fn what_is_missing_is_named() {
    let served = Served::new();
    for (body, named) in [
        (r#"{"sequence":1,"axes":[[1]]}"#, "device is missing"),
        (r#"{"device":"a","axes":[[1]]}"#, "sequence is missing"),
        (r#"{"device":"a","sequence":1,"axes":[[1]],"x":[1]}"#, "axes and x, y, z are both"),
        (r#"{"device":"a","sequence":1,"axes":[]}"#, "no readings"),
        (r#"{"device":"a","sequence":1,"axes":[[]]}"#, "no readings"),
        (r#"{"device":"a","sequence":1,"axes":[[1],[1],[1],[1],[1],[1],[1],[1],[1]]}"#, "9 axes"),
        (
            r#"{"device":"a","sequence":-1,"axes":[[1]]}"#,
            "integer `-1`, and there should be a whole number from 0 on",
        ),
        (r#"{"device":"a","sequence":1,"rate_hz":0,"axes":[[1]]}"#, "rate_hz is not"),
        (r#"{"device":"a/../b","sequence":1,"axes":[[1]]}"#, "device is not a name"),
        (r#"{"device":"","sequence":1,"axes":[[1]]}"#, "device is not a name"),
        (r#"{"device":".hidden","sequence":1,"axes":[[1]]}"#, "device is not a name"),
        (
            r#"{"device":"a","sequence":1,"start":4294967296,"axes":[[1]]}"#,
            "start: there is integer `4294967296`, and there should be a whole number from 0 to 4294967295",
        ),
        (
            r#"{"device":7,"sequence":1,"axes":[[1]]}"#,
            "device: there is integer `7`, and there should be a string",
        ),
    ] {
        let (status, answer) = served.post(PATH, "application/json", body.as_bytes());
        assert_eq!(status, 422, "{body}: {answer}");
        assert!(detail(&answer).contains(named), "{body}: {answer}");
    }
    assert!(served.kept().is_empty());
}

#[test]
fn a_full_disk_is_said_and_passes() {
    let served = Served::new();
    let body = br#"{"device":"a","sequence":1,"axes":[[1]]}"#;
    served.shelf.0.lock().unwrap().full = true;
    let (status, answer) = served.post(PATH, "application/json", body);
    assert!(status == 507 && detail(&answer).contains("send it again"), "{answer}");
    assert_eq!(served.post("/", "application/json", br#"{"x":[1],"y":[1],"z":[1]}"#).0, 507);
    served.shelf.0.lock().unwrap().full = false;
    assert_eq!(served.post(PATH, "application/json", body).0, 201);
    assert_eq!(served.kept().len(), 1);
}

/// One connection serves many requests, sent one after the other or all at once.
#[test]
fn a_connection_stays_and_may_be_filled_ahead() {
    let served = Served::new();
    let request = |sequence: usize, last: bool| {
        let body = format!(r#"{{"device":"a","sequence":{sequence},"axes":[[1,2,3]]}}"#);
        let end = if last { "Connection: close\r\n" } else { "" };
        format!(
            "POST {PATH} HTTP/1.1\r\nHost: h\r\n{end}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let all: String = (0..50).map(|at| request(at, at == 49)).collect();
    let mut stream = served.connect();
    stream.write_all(all.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let mut parts = answers.split("HTTP/1.1 ").skip(1);
    for at in 0..50 {
        let (status, body) = parted(&format!("HTTP/1.1 {}", parts.next().unwrap()));
        assert_eq!(status, 201);
        assert!(body.contains(&format!("\"sequence\":{at},")), "{body}");
    }
    assert_eq!((parts.next(), served.kept().len()), (None, 50));
}
