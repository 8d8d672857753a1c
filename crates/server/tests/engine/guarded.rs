//! Who may ask a server that listens on all addresses.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use judder_server::{Keys, PeerLimits, ROUTES, Secret, to_binary};
use serde_json::json;

use crate::desk::{Desk, Served, TOKEN, of_boards};
use crate::fan::{self, new};
use crate::updates::Listener;

/// Every route but those of boards refuses whoever has no token, wherever they seem to be: behind a forwarder here, all
/// seem to be at this machine.
#[test]
fn nothing_is_told_without_the_token() {
    let desk = Desk::new();
    let served = desk.start();
    served.post("fan", 0, &new("low", 0));
    let lan = format!("Host: 192.168.1.2:{}", served.address.port());
    let here = format!("Host: 127.0.0.1:{}", served.address.port());
    let json = "Content-Type: application/json";
    let guarded: Vec<(&str, String)> = ROUTES
        .iter()
        .filter(|route| !of_boards(route.path))
        .map(|route| (route.method, route.path.replace("{name}", "fan")))
        // What the page is made of, and what is not there or is asked otherwise.
        .chain(
            ["/page/main.js", "/page/none", "/none", "/api/v1"]
                .map(|path| ("GET", path.to_owned())),
        )
        .chain([("PATCH", "/api/v1/fleet".to_owned())])
        .collect();
    assert_eq!(guarded.len(), 19 + 5);
    for (method, path) in guarded {
        for from in [
            "X-Forwarded-For: 192.168.1.9",
            "Forwarded: for=192.168.1.9",
            "X-Forwarded-For: 127.0.0.1",
            "Host: localhost",
            &lan,
            &here,
        ] {
            for shown in [None, Some("Authorization: Bearer wrong"), Some("Cookie: judder=wrong")] {
                let head: Vec<&str> = [from, json].into_iter().chain(shown).collect();
                let reply = served.ask_as(method, &path, &head, b"{}");
                assert!(reply.head.contains("www-authenticate: bearer"), "{path}: {}", reply.head);
                assert!(reply.head.contains("cache-control: no-store"), "{path}: {}", reply.head);
                reply.problem(401);
            }
        }
        // On a stream the answer has no end.
        if path != "/api/v1/updates" {
            let token = format!("Authorization: Bearer {TOKEN}");
            let reply = served.ask_as(method, &path, &[&lan, json, &token], b"{}");
            assert_ne!(reply.status, 401, "{path}");
        }
    }
    // Boards are asked for nothing.
    let body = fan::body("fan", 1, &new("low", 1)).to_string();
    served.ask_as("POST", "/api/v1/recordings", &[&lan], body.as_bytes()).well(201);
    served.ask_as("GET", "/", &[&lan], &[]).well(200);
    served.ask_as("GET", "/healthz", &[&lan], &[]).well(200);
}

/// Who wants it lets this machine in, and only where no proxy and no other host shows itself.
#[test]
fn this_machine_is_let_in_where_it_is_trusted() {
    let mut desk = Desk::bare();
    desk.trust_loopback = true;
    let served = desk.start();
    let ask = |line: &str| served.ask_as("GET", "/api/v1/fleet", &[line], &[]).status;
    assert_eq!((ask("Host: localhost"), ask("Host: 127.0.0.1:80")), (200, 200));
    for line in ["Host: fan", "Via: 1.1 x", "X-Forwarded-For: 127.0.0.1", "Forwarded: for=::1"] {
        assert_eq!(ask(line), 401, "{line}");
    }
}

/// A browser shows the token once, and is let in until it logs out: what it listens to ends with that.
#[test]
fn a_browser_is_let_in_until_it_logs_out() {
    let desk = Desk::bare();
    let served = desk.start();
    let shown = format!("Cookie: {}", log_in(&served));
    assert!(!shown.contains(TOKEN), "{shown}");
    let fleet = || served.ask_as("GET", "/api/v1/fleet", &[&shown], &[]);
    let reply = fleet().well(200);
    assert!(reply.head.contains("cache-control: no-store"), "{}", reply.head);
    let mut listener = Listener::by(&served, &shown);
    listener.next();
    let json = "Content-Type: application/json";
    served.ask_as("POST", "/api/v1/logout", &[json], b"{}").problem(401);
    served
        .ask_as("POST", "/api/v1/logout", &[json, &shown, "Origin: http://evil.example"], b"{}")
        .problem(403);
    fleet().well(200);
    served.ask_as("POST", "/api/v1/logout", &[json, &shown], b"{}").well(204);
    fleet().problem(401);
    assert!(listener.try_next().is_none(), "it hears on after its session");
    let page = served.ask_as("GET", "/", &[&shown, "Accept: text/html"], &[]).well(401);
    assert!(String::from_utf8_lossy(&page.body).contains("logged out"));
}

/// The cookie that a log-in sets, as it is written.
fn log_in(served: &Served) -> String {
    let mut stream = served.connect();
    let head = format!("GET /?token={TOKEN} HTTP/1.1\r\nHost: fan\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let set = answer.split("Set-Cookie: ").nth(1).unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// Events are passed on as they come, and no answer to the owner is kept on the way.
#[test]
fn proxies_hold_back_no_events() {
    let desk = Desk::bare();
    let served = desk.start();
    let mut stream = served.connect();
    let head = format!(
        "GET /api/v1/updates HTTP/1.1\r\nHost: fan\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut read = [0; 4096];
    let mut head = String::new();
    while !head.contains("\r\n\r\n") {
        let count = stream.read(&mut read).unwrap();
        assert!(count > 0, "{head}");
        head += &String::from_utf8_lossy(&read[..count]);
    }
    let head = head.to_ascii_lowercase();
    assert!(head.contains("x-accel-buffering: no\r\n"), "{head}");
    assert!(head.contains("cache-control: no-store\r\n"), "{head}");
}

/// Behind a proxy that is named, those who ask are told apart; without that all of them are the proxy.
#[test]
fn who_is_behind_a_named_proxy_has_a_name_and_limits_of_its_own() {
    let body = r#"{"x":[0,1],"y":[0,1],"z":[1,0]}"#;
    let names = |served: &Served| -> Vec<String> {
        let fleet = served.fleet();
        let all = fleet["devices"].as_array().unwrap().iter();
        all.map(|device| device["name"].as_str().unwrap().to_owned()).collect()
    };
    let post = |served: &Served, from: &str| {
        let line = format!("X-Forwarded-For: {from}");
        served.ask_as("POST", "/", &[&line], body.as_bytes()).status
    };
    let mut desk = Desk::bare();
    desk.proxies = vec!["127.0.0.1"];
    desk.peers = PeerLimits { requests: 1, burst: 3, connections: 2 };
    let served = desk.start();
    for _ in 0..3 {
        assert_eq!(post(&served, "192.0.2.1"), 204);
    }
    assert_eq!(post(&served, "192.0.2.1"), 429);
    // Its own word for it does not help.
    assert_eq!(post(&served, "192.0.2.9, 192.0.2.1"), 429);
    assert_eq!(post(&served, "192.0.2.1, 192.0.2.2"), 204);
    assert_eq!(names(&served), ["192.0.2.1", "192.0.2.2"]);
    served.stop();
    let mut desk = Desk::bare();
    desk.peers = PeerLimits { requests: 1, burst: 2, connections: 2 };
    let served = desk.start();
    assert_eq!((post(&served, "192.0.2.1"), post(&served, "192.0.2.2")), (204, 204));
    assert_eq!(post(&served, "192.0.2.3"), 429);
    assert_eq!(names(&served), ["127.0.0.1"]);
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
    assert!(served.fleet()["session"].is_null());
    begin(&[json, "Origin: http://localhost"]).well(201);
    // A name of theirs that was made to point here has no cookie of ours.
    let rebound = [json, "Host: evil.example", "Origin: http://evil.example"];
    served.ask_as("POST", "/api/v1/session", &rebound, label.as_bytes()).problem(401);
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
        post("c", None, binary).problem(401);
        post("c", Some(one), binary).problem(403);
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
