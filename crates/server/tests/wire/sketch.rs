//! The example's sketch, as it talks: byte for byte, and for as long as it waits.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::served::Served;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: 10.0.0.1:1337\r\nConnection: close\r\n\r\n";
/// How long the sketch waits for the first byte of an answer.
const PATIENCE: Duration = Duration::from_millis(500);

#[test]
fn a_get_is_answered_in_so_many_bytes_in_one_piece() {
    let served = Served::new();
    let mut stream = served.connect();
    stream.write_all(GET).unwrap();
    let mut piece = [0; 1024];
    let length = stream.read(&mut piece).unwrap();
    assert_eq!(
        std::str::from_utf8(&piece[..length]).unwrap(),
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1"
    );
    assert_eq!(stream.read(&mut piece).unwrap(), 0, "the connection ends");
    served.shelf.0.lock().unwrap().closed = true;
    assert!(served.answer(GET).ends_with("\r\nContent-Length: 1\r\n\r\n0"));
}

/// A thousand times: ask, skip four lines, take what is there at once for the body; post, and wait half a
/// second at the most for the first byte.
#[test]
fn a_thousand_cycles_lose_nothing() {
    let served = Served::new();
    for cycle in 0..1000 {
        let mut stream = served.connect();
        stream.write_all(GET).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut piece = [0; 1024];
        let length = stream.read(&mut piece).unwrap();
        let text = std::str::from_utf8(&piece[..length]).unwrap();
        let body: Vec<&str> = text.split("\r\n").skip(4).collect();
        assert_eq!(body, ["1"], "cycle {cycle}");
        drop(stream);

        let numbers = |axis: i32| {
            let all: Vec<String> = (0..200)
                .map(|at| format!("{:.4}", f64::from((cycle + at) % 50 * axis) * 1e-3))
                .collect();
            all.join(",")
        };
        let body =
            format!("{{\"x\":[{}],\"y\":[{}],\"z\":[{}]}}", numbers(1), numbers(2), numbers(-3));
        let head = format!(
            "POST / HTTP/1.1\r\nHost: 10.0.0.1:1337\r\nConnection: close\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = served.connect();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let asked = Instant::now();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0 && asked.elapsed() < PATIENCE, "cycle {cycle}");
        assert!(piece.starts_with(b"HTTP/1.1 204 No Content\r\n"), "cycle {cycle}");
    }
    let kept = served.kept();
    assert_eq!(kept.len(), 1000);
    for (cycle, one) in (0..).zip(&kept) {
        assert_eq!((one.recording.axes(), one.recording.len()), (3, 200));
        let expected: f64 =
            format!("{:.4}", f64::from((cycle + 7) % 50 * -3) * 1e-3).parse().unwrap();
        assert_eq!(one.recording.axis(2)[7], expected, "cycle {cycle}");
    }
}

/// What else the example's server took: any numbers, in any order, with whatever beside.
#[test]
fn any_json_with_three_axes_is_taken() {
    let served = Served::new();
    let bodies = [
        r#"{"x":[1],"y":[2],"z":[3]}"#,
        r#" { "z" : [ 0.25 , -1e-3 ] , "extra" : {"a":[null,{"b":[]}]} , "y" : [1E2, 0] , "x":[-0,1] } "#,
        "{\"x\":[1.0,2],\n\"y\":[1,2],\t\"z\":[1,2],\"x2\":\"text\"}",
        r#"{"x":[123456789012345678901234567890],"y":[0.1],"z":[1e-320]}"#,
        r#"{"x":[1],"y":[2],"z":[3],"device":null,"sequence":null}"#,
    ];
    for (count, body) in bodies.iter().enumerate() {
        for kind in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
            assert_eq!(served.post("/", kind, body.as_bytes()), (204, String::new()), "{body}");
        }
        assert_eq!(served.kept().len(), 3 * (count + 1));
    }
    assert_eq!(served.kept()[3].recording.axis(2), [0.25, -1e-3]);
    assert_eq!(served.kept()[9].recording.axis(0), [123_456_789_012_345_680_000_000_000_000.0]);
}

#[test]
fn a_closed_server_takes_nothing() {
    let served = Served::new();
    served.shelf.0.lock().unwrap().closed = true;
    let (status, _) = served.post("/", "application/json", br#"{"x":[1],"y":[2],"z":[3]}"#);
    assert_eq!((status, served.kept().len()), (503, 0));
}
