//! What nobody should send: the right status, and a server that goes on.

use std::io::{Read, Write};
use std::time::Duration;

use judder_server::Limits;

use crate::served::{Served, detail, parted};

const GOOD: &[u8] = br#"{"x":[1],"y":[2],"z":[3]}"#;

fn still_well(served: &Served) {
    assert_eq!(served.post("/", "application/json", GOOD).0, 204);
}

#[test]
fn bodies_that_are_no_recording() {
    let served = Served::new();
    let nested =
        |name: &str| format!(r#"{{"{name}":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let (deep, deep_beside) = (nested("x"), nested("extra"));
    let cases: [(&[u8], u16, &str); 26] = [
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (br#"{"x":[1],"y":[2],"z":[3]"#, 400, "no JSON"),
        (br#"{"x":[1],"y":[2],"z":[3]}}"#, 400, "something follows"),
        (br#"{"x":[1,],"y":[2],"z":[3]}"#, 400, "no JSON"),
        (br#"{"x":[NaN],"y":[2],"z":[3]}"#, 400, "no JSON"),
        (br#"{"x":[Infinity],"y":[2],"z":[3]}"#, 400, "no JSON"),
        (br#"{"x":[1e999],"y":[2],"z":[3]}"#, 400, "out of range"),
        (b"{\"x\":[1],\"y\":[2],\"z\":[3],\"a\":\"\xff\"}", 400, "no JSON"),
        (b"\xff\xfe\x00", 400, "no JSON"),
        // What is passed over may be as deep as it likes.
        (deep_beside.as_bytes(), 422, "x is missing"),
        (deep.as_bytes(), 422, "x[0]: there is a list, and there should be a number"),
        (br#"{"x":[1],"y":[2]}"#, 422, "z is missing"),
        (br#"{"x":null,"y":[2],"z":[3]}"#, 422, "x is missing"),
        (br#"{"x":[1,2],"y":[2],"z":[3,4]}"#, 422, "y has 1 readings, but x has 2"),
        (
            br#"{"x":[1,null],"y":[2,3],"z":[3,4]}"#,
            422,
            "x[1]: there is null, and there should be a number",
        ),
        (br#"{"x":[1],"y":["2"],"z":[3]}"#, 422, "y[0]: there is string"),
        (br#"{"x":[1],"y":[[2]],"z":[3]}"#, 422, "y[0]: there is a list"),
        (br#"{"x":1,"y":[2],"z":[3]}"#, 422, "x: there is integer `1`, and there should be a list"),
        (br#"{"x":[],"y":[],"z":[]}"#, 422, "no readings"),
        (br#"{"x":[1,2],"y":[2,3.5e38],"z":[3,4]}"#, 422, "y[1] is too large for a reading"),
        (br#"{"x":[1],"y":[2],"z":[-1e39],"a":{}}"#, 422, "z[0] is too large for a reading"),
        (br#"{"axes":[[1,1e308]]}"#, 422, "an axis[1] is too large for a reading"),
        (b"[1,2,3]", 422, "the body is a list, and should be an object"),
        (b"17", 422, "the body: there is integer `17`, and there should be an object"),
        (br#"{"x":[1],"x":[2],"y":[2],"z":[3]}"#, 422, "duplicate field"),
    ];
    for (body, status, named) in cases {
        let (found, answer) = served.post("/", "application/json", body);
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(found, status, "{shown}: {answer}");
        assert!(detail(&answer).contains(named), "{shown}: {answer}");
    }
    assert!(served.kept().is_empty());
    still_well(&served);
}

#[test]
fn requests_that_are_none() {
    let served = Served::new();
    for (request, status) in [
        (&b"GARBAGE\r\n\r\n"[..], 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n{}", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n{}", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (b"GET / HTTP/9.9\r\nHost: h\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 405),
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 404),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 404),
        (b"GET /api/v1/recordings HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 405),
    ] {
        let answer = served.answer(request);
        let shown = String::from_utf8_lossy(request).into_owned();
        assert!(!answer.is_empty(), "{shown}: no answer");
        assert_eq!(parted(&answer).0, status, "{shown}: {answer}");
    }
    let many: String = (0..100).map(|at| format!("X-{at}: y\r\n")).collect();
    let answer = served.answer(format!("GET / HTTP/1.1\r\n{many}\r\n").as_bytes());
    assert_eq!(parted(&answer).0, 431, "{answer}");
    let kind = "image/png";
    assert_eq!(served.post("/api/v1/recordings", kind, b"{}").0, 415);
    still_well(&served);
}

/// A hundred megabytes are refused by their announcement, or where they go beyond what is taken.
#[test]
fn bodies_that_are_too_long() {
    let served = Served::new();
    let mut stream = served.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n{\"x\":[")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(parted(&answer).0, 413, "{answer}");

    let mut stream = served.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    let chunk = format!("10000\r\n{}\r\n", "1".repeat(65_536));
    let mut sent = 0;
    // Some of it lies in the buffers of the system before the server's refusal is seen.
    while sent < 100 << 20 && stream.write_all(chunk.as_bytes()).is_ok() {
        sent += chunk.len();
    }
    assert!(sent < 100 << 20, "{sent} bytes were taken");
    still_well(&served);
}

#[test]
fn bodies_that_do_not_come() {
    let limits = Limits {
        head: Duration::from_millis(300),
        sending: Duration::from_millis(300),
        ..Limits::default()
    };
    let served = Served::within(limits);
    let answer = served.answer(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{");
    assert_eq!(parted(&answer).0, 408, "{answer}");
    // One that ends early has nobody to answer.
    let mut stream = served.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n{").unwrap();
    drop(stream);
    // A head that does not come, or not all of it.
    for part in [&b""[..], b"GET / HT"] {
        let mut stream = served.connect();
        stream.write_all(part).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
    still_well(&served);
}

/// Many that connect and say nothing are in nobody's way.
#[test]
fn idle_connections() {
    let served = Served::new();
    // Of each connection the test has both ends: as many as the system lets it open.
    let idle: Vec<_> = (0..400).map(|_| served.connect()).collect();
    still_well(&served);
    drop(idle);
    still_well(&served);
}

/// No more than so many connections at a time; who waits is answered when another ends.
#[test]
fn connections_beyond_the_limit_wait() {
    let served = Served::within(Limits { connections: 2, ..Limits::default() });
    let idle = [served.connect(), served.connect()];
    let mut waiting = served.connect();
    waiting.write_all(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    waiting.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(waiting.read(&mut [0; 64]).is_err(), "a third connection was answered");
    drop(idle);
    waiting.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with('1'), "{answer}");
}

/// Who is being answered when the server stops is answered; nobody new is.
#[test]
fn stopping_lets_answers_end() {
    let mut served = Served::new();
    let mut stream = served.connect();
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 25\r\n\r\n{\"x\":[1],")
        .unwrap();
    // The server has begun to read it.
    std::thread::sleep(Duration::from_millis(200));
    let late = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        stream.write_all(b"\"y\":[2],\"z\":[3]}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    served.stop();
    assert_eq!(parted(&late.join().unwrap()).0, 204);
    assert_eq!(served.kept().len(), 1);
    assert!(std::net::TcpStream::connect(served.address).is_err());
}

/// Who only waits, before its first request or after one, is let go at once when the server stops.
#[test]
fn stopping_closes_who_only_waits() {
    let limits = Limits { stopping: Duration::from_secs(3600), ..Limits::default() };
    let mut served = Served::within(limits);
    let (mut silent, mut answered) = (served.connect(), served.connect());
    answered.write_all(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut answer = [0; 256];
    let length = answered.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
    // The other one is there as well.
    still_well(&served);
    let ends = std::thread::spawn(move || served.stop());
    for stream in [&mut silent, &mut answered] {
        assert_eq!(stream.read(&mut answer).unwrap(), 0);
    }
    ends.join().unwrap();
}
