//! Who may ask a server that listens on all addresses.

use std::collections::BTreeMap;

use judder_server::{Keys, ROUTES, Secret, to_binary};
use serde_json::json;

use crate::desk::{Desk, TOKEN};
use crate::fan::{self, new};

/// Every route but those of boards refuses whoever is not at this machine and has no token.
#[test]
fn nothing_is_told_without_the_token() {
    let desk = Desk::new();
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    let lan = format!("Host: 192.168.1.2:{}", served.address.port());
    let guarded = ROUTES
        .iter()
        .filter(|route| !matches!(route.path, "/" | "/healthz" | "/api/v1/recordings"));
    let mut count = 0;
    for route in guarded {
        count += 1;
        let path = route.path.replace("{name}", "fan");
        let json = "Content-Type: application/json";
        for from in ["X-Forwarded-For: 192.168.1.9", "Forwarded: for=192.168.1.9", &lan] {
            for shown in [None, Some("Authorization: Bearer wrong"), Some("Cookie: judder=wrong")] {
                let head: Vec<&str> = [from, json].into_iter().chain(shown).collect();
                let reply = served.ask(route.method, &path, &head, b"{}");
                reply.problem(401);
                assert!(reply.head.contains("www-authenticate: bearer"), "{}", reply.head);
            }
        }
        // On a stream the answer has no end.
        if path != "/api/v1/updates" {
            let token = format!("Authorization: Bearer {TOKEN}");
            let reply = served.ask(route.method, &path, &[&lan, json, &token], b"{}");
            assert_ne!(reply.status, 401, "{path}");
        }
    }
    assert_eq!(count, 15);
    // Boards are asked for nothing.
    let body = fan::body("fan", 1, &new("low", 1)).to_string();
    served.ask("POST", "/api/v1/recordings", &[&lan], body.as_bytes()).well(201);
    served.ask("GET", "/", &[&lan], &[]).well(200);
}

/// A page of another site cannot have a browser on this machine change something.
#[test]
fn other_sites_change_nothing() {
    let desk = Desk::new();
    let served = desk.start();
    let label = json!({"label": "x"}).to_string();
    let json = "Content-Type: application/json";
    let begin = |head: &[&str]| served.ask("POST", "/api/v1/session", head, label.as_bytes());
    begin(&[json, "Origin: http://evil.example"]).problem(403);
    begin(&[json, "Sec-Fetch-Site: cross-site"]).problem(403);
    begin(&["Content-Type: text/plain"]).problem(415);
    begin(&[json, "Host: evil.example"]).problem(401);
    assert!(served.fleet()["session"].is_null());
    begin(&[json, "Origin: http://localhost"]).well(201);
}

#[test]
fn boards_with_keys_are_known_by_them() {
    let mut desk = Desk::bare();
    let key = |text: &str| Secret::new(text.to_owned()).unwrap();
    let (one, two) = ("key-of-the-first-fan", "key-of-the-second-fan");
    let keys = BTreeMap::from([("a".to_owned(), key(one)), ("b".to_owned(), key(two))]);
    desk.keys = Keys::new(keys, true);
    let served = desk.start();
    let post = |device: &str, shown: Option<&str>, binary: bool| {
        let shown = shown.map(|key| format!("Authorization: Bearer {key}"));
        let recording = new("low", 0);
        let mut head: Vec<&str> = shown.iter().map(String::as_str).collect();
        let body = if binary {
            head.push("Content-Type: application/vnd.judder.recording");
            let (device, sequence) = (Some(device.to_owned()), Some(0));
            let posted = judder_server::Posted {
                device,
                sequence,
                start: None,
                time: None,
                recording: recording.into(),
            };
            to_binary(&posted, 1.0 / 2048.0).unwrap()
        } else {
            fan::body(device, 0, &recording).to_string().into_bytes()
        };
        served.ask("POST", "/api/v1/recordings", &head, &body)
    };
    for binary in [false, true] {
        post("a", Some(two), binary).problem(403);
        post("a", Some("nobodys"), binary).problem(403);
        post("a", None, binary).problem(401);
        post("c", None, binary).problem(403);
        post("a", Some(one), binary).well(201);
    }
    // A sketch that sends its key is the device of it.
    let body = r#"{"x":[0,1],"y":[0,1],"z":[1,0]}"#;
    let plain = |head: &[&str]| served.ask("POST", "/", head, body.as_bytes());
    plain(&[]).problem(401);
    plain(&[&format!("Authorization: Bearer {two}")]).well(204);
    let names: Vec<_> =
        served.fleet()["devices"].as_array().unwrap().iter().map(|d| d["name"].clone()).collect();
    assert_eq!(names, ["a", "b"]);
    // The key of a board opens nothing else.
    let lan = "Host: 192.168.1.2";
    served
        .ask("GET", "/api/v1/fleet", &[lan, &format!("Authorization: Bearer {one}")], &[])
        .problem(401);
}
