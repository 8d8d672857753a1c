//! Models that are sent, and who has which.

use std::fs;

use judder_model::Model;
use serde_json::{Value, json};

use crate::desk::{Desk, Reply, Served, TOKEN};
use crate::fan::{self, new};

fn put(served: &Served, name: &str, body: &[u8]) -> Reply {
    served.ask("PUT", &format!("/api/v1/models/{name}"), &["Content-Type: application/json"], body)
}

#[test]
fn a_model_that_is_sent_first_is_the_default_at_once() {
    let desk = Desk::bare();
    let served = desk.start();
    served.post("a", 0, &new("low", 0));
    assert_eq!(served.device("a")["state"], "unwatched");
    let sent = put(&served, "fan", &fan::model().to_json()).well(201).json();
    assert_eq!((&sent["name"], &sent["default"]), (&json!("fan"), &json!(true)));
    served.post("a", 1, &new("low", 1));
    assert_eq!(served.device("a")["state"], "normal");
    let file = desk.path("data/models/fan.model.json");
    assert_eq!(Model::read(&file).unwrap(), *fan::model());
    // It replaces one of its name, which is kept.
    let replaced = put(&served, "fan", &fan::other_model().to_json()).well(200).json();
    assert_ne!(replaced["sha256"], sent["sha256"]);
    assert_eq!(Model::read(&file).unwrap(), *fan::other_model());
    let old: Vec<_> = fs::read_dir(desk.path("data/models/old")).unwrap().collect();
    assert_eq!(old.len(), 1);
    assert_eq!(Model::read(&old[0].as_ref().unwrap().path()).unwrap(), *fan::model());
    served.stop();
    let served = desk.start();
    assert_eq!(served.model("fan")["sha256"], replaced["sha256"]);
}

/// What is sent under the name of a file that was given at the start replaces that file.
#[test]
fn a_model_of_the_start_is_replaced_in_its_place() {
    let desk = Desk::new();
    let served = desk.start();
    put(&served, "fan", &fan::other_model().to_json()).well(200);
    assert_eq!(Model::read(&desk.path("fan.model.json")).unwrap(), *fan::other_model());
    assert_eq!(fs::read_dir(desk.path("old")).unwrap().count(), 1);
    assert!(!desk.path("data/models").exists());
}

#[test]
fn what_is_no_model_is_refused_and_changes_nothing() {
    let desk = Desk::new();
    let served = desk.start();
    let before = served.fleet()["models"].clone();
    let whole = fan::model().to_json();
    let mut other = serde_json::from_slice::<Value>(&whole).unwrap();
    other["format"] = json!("something else");
    for body in [b"".as_slice(), b"{", b"null", b"[1,2]", &whole[..whole.len() - 9], b"PK\x03\x04"]
    {
        let said = put(&served, "fan", body).problem(422);
        assert!(said.starts_with("the body "), "{said}");
    }
    put(&served, "fan", other.to_string().as_bytes()).problem(422);
    let named = |name: &str| put(&served, name, &whole).status;
    assert_eq!(["..%2fx", ".x", "-x", "%00", "%C3%A4", &"x".repeat(65)].map(named), [422; 6]);
    put(&served, "%ff", &whole).problem(400);
    let plain = served.ask("PUT", "/api/v1/models/fan", &["Content-Type: text/plain"], &whole);
    plain.problem(415);
    assert_eq!(served.fleet()["models"], before);
    assert!(!desk.path("data/models").exists() && !desk.path("old").exists());
}

/// A body longer than any model is refused by its announced length alone, or once it is too long.
#[test]
fn what_is_too_large_is_refused() {
    use std::io::{Read, Write};
    let desk = Desk::new();
    let served = desk.start();
    for (path, framing) in [
        ("models/fan", "Content-Length: 99999999999"),
        ("default-model", "Content-Length: 70000"),
        ("session", "Transfer-Encoding: chunked"),
    ] {
        let method = if path == "session" { "POST" } else { "PUT" };
        let mut stream = served.connect();
        let head = format!(
            "{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        if framing.starts_with("Transfer") {
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            for _ in 0..2 {
                let _ = stream.write_all(chunk.as_bytes());
            }
        }
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
        assert!(answer.contains("application/problem+json"), "{path}: {answer}");
    }
    assert_eq!(served.fleet()["devices"], json!([]));
}

#[test]
fn a_device_is_given_a_model_and_the_default_again() {
    let mut desk = Desk::new();
    let coin = desk.write_model("coin", fan::model_of_coin());
    desk.models.push((None, coin));
    let served = desk.start();
    let assign = |model: Value| served.send("PUT", "/api/v1/devices/a", &json!({"model": model}));
    assign(json!("coin")).problem(404);
    let mut sequence = 0;
    let mut post = |count: u64| {
        for _ in 0..count {
            served.post("a", sequence, &new("low+coin", sequence));
            served.post("b", sequence, &new("low+coin", sequence));
            sequence += 1;
        }
    };
    post(6);
    assert_eq!(served.device("a")["state"], "anomaly");
    let said = assign(json!("none")).problem(404);
    assert!(said.contains("none") && said.contains("coin, fan"), "{said}");
    assign(json!("coin")).well(200);
    assert_eq!(served.model("coin")["devices"], json!(["a"]));
    post(12);
    assert_eq!(served.device("a")["state"], "normal");
    assert_eq!(served.device("b")["state"], "anomaly");
    assign(Value::Null).well(200);
    assert_eq!(served.model("coin")["devices"], json!([]));
    post(12);
    assert_eq!(served.device("a")["state"], "anomaly");
    let default = |name: &str| served.send("PUT", "/api/v1/default-model", &json!({"model": name}));
    default("none").problem(404);
    let said = default("coin").well(200).json();
    assert_eq!(said["default"], true);
    assert_eq!(served.model("fan")["default"], false);
    post(12);
    for device in ["a", "b"] {
        assert_eq!(served.device(device)["state"], "normal");
    }
}

#[test]
fn a_device_may_be_given_a_model_at_the_start() {
    let mut desk = Desk::new();
    let coin = desk.write_model("coin", fan::model_of_coin());
    desk.models.push((Some("a"), coin));
    let served = desk.start();
    for sequence in 0..12 {
        served.post("a", sequence, &new("low+coin", sequence));
        served.post("b", sequence, &new("low+coin", sequence));
    }
    assert_eq!(served.device("a")["model"], "coin");
    assert_eq!(served.device("b")["model"], "fan");
    assert_eq!(served.alerts(), [("anomaly".to_owned(), false)]);
}
