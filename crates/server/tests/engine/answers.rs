//! What is answered is what the description of the interface says.

use std::collections::BTreeSet;

use judder_server::{OPENAPI, ROUTES};
use serde_json::{Value, json};

use crate::desk::{Desk, Reply};
use crate::fan::{self, new};
use crate::updates::Listener;

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// What does not fit a schema of the document; of an object also the fields that it does not describe.
fn errors(schema: &Value, value: &Value) -> Vec<String> {
    let mut root = document();
    root["allOf"] = json!([schema]);
    let validator = jsonschema::validator_for(&root).unwrap();
    validator
        .iter_errors(value)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect()
}

/// That an answer is one of those that are described, and its body too.
fn check(method: &str, path: &str, reply: &Reply) {
    let document = document();
    let operation = &document["paths"][path][method.to_ascii_lowercase()];
    let described = &operation["responses"][reply.status.to_string()];
    let text = String::from_utf8_lossy(&reply.body);
    assert!(described.is_object(), "{method} {path}: {} is not described: {text}", reply.status);
    let described = match described["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => described,
    };
    let Some(content) = described["content"].as_object() else {
        assert_eq!(text, "", "{method} {path}");
        return;
    };
    let kind = reply.head.lines().find_map(|line| line.strip_prefix("content-type: "));
    let kind = kind.unwrap_or("text/plain").split(';').next().unwrap();
    let content = content
        .get(kind)
        .or_else(|| content.values().next().filter(|_| path == "/"))
        .unwrap_or_else(|| panic!("{method} {path}: {kind} is not described"));
    if kind.ends_with("json") {
        let found = errors(&content["schema"], &reply.json());
        assert!(found.is_empty(), "{method} {path}: {found:#?}\n{text}");
    }
}

/// Asks every route well and badly.
#[test]
fn every_route_answers_as_described() {
    let desk = Desk::new();
    let served = desk.start();
    for sequence in 0..6 {
        served.post("fan", sequence, &new("low+coin", sequence));
        served.post("bare", sequence, &new("low", sequence).with_rate(None));
    }
    for sequence in 6..9 {
        served.post("bare", sequence, &new("low", sequence).with_rate(Some(1.0)));
    }
    let recording = fan::body("fan", 9, &new("low", 9));
    let model: Value = serde_json::from_slice(&fan::other_model().to_json()).unwrap();
    let json = "Content-Type: application/json";
    let calls: Vec<(&str, &str, &str, Value)> = vec![
        ("POST", "/api/v1/recordings", "", recording.clone()),
        ("POST", "/api/v1/recordings", "", json!({"x": [1]})),
        ("POST", "/", "", recording),
        ("POST", "/", "", json!([])),
        ("GET", "/", "", Value::Null),
        ("GET", "/healthz", "", Value::Null),
        ("GET", "/readyz", "", Value::Null),
        ("GET", "/api/v1/fleet", "", Value::Null),
        ("PUT", "/api/v1/devices/{name}", "fan", json!({"model": "fan"})),
        ("PUT", "/api/v1/devices/{name}", "fan", json!({"model": "none"})),
        ("PUT", "/api/v1/devices/{name}", "fan", json!({"model": 1})),
        ("PUT", "/api/v1/devices/{name}", "%ff", json!({"model": 1})),
        ("GET", "/api/v1/devices/{name}/view", "fan", Value::Null),
        ("GET", "/api/v1/devices/{name}/view", "none", Value::Null),
        ("GET", "/api/v1/devices/{name}/view", "%00", Value::Null),
        ("GET", "/api/v1/devices/{name}/scores", "fan", Value::Null),
        ("GET", "/api/v1/devices/{name}/scores", "bare", Value::Null),
        ("GET", "/api/v1/devices/{name}/scores", "%00", Value::Null),
        ("GET", "/api/v1/devices/{name}/latest.csv", "fan", Value::Null),
        ("GET", "/api/v1/devices/{name}/latest.csv", "none", Value::Null),
        ("GET", "/api/v1/devices/{name}/latest.csv", "%00", Value::Null),
        ("GET", "/api/v1/devices/{name}/latest.csv", "%ff", Value::Null),
        ("GET", "/api/v1/devices/{name}/threshold", "fan", Value::Null),
        ("GET", "/api/v1/devices/{name}/threshold", "none", Value::Null),
        ("GET", "/api/v1/devices/{name}/threshold", "%00", Value::Null),
        ("GET", "/api/v1/devices/{name}/threshold", "%ff", Value::Null),
        ("POST", "/api/v1/devices/{name}/threshold", "fan", json!({"hours": 1})),
        ("POST", "/api/v1/devices/{name}/threshold", "fan", json!({"hours": 0})),
        ("POST", "/api/v1/devices/{name}/threshold", "fan", json!({"from": 1, "until": 2})),
        ("GET", "/api/v1/devices/{name}/threshold", "fan", Value::Null),
        ("DELETE", "/api/v1/devices/{name}/threshold", "fan", Value::Null),
        ("DELETE", "/api/v1/devices/{name}/threshold", "fan", Value::Null),
        ("GET", "/api/v1/alerts", "", Value::Null),
        ("POST", "/api/v1/session", "", json!({"label": "x", "seconds": 60, "device": "fan"})),
        ("POST", "/api/v1/session", "", json!({"label": "y"})),
        ("POST", "/api/v1/session", "", json!({"label": "../y"})),
        ("GET", "/api/v1/session/waveform", "", Value::Null),
        ("GET", "/api/v1/fleet", "", Value::Null),
        ("DELETE", "/api/v1/session", "", Value::Null),
        ("DELETE", "/api/v1/session", "", Value::Null),
        ("GET", "/api/v1/session/waveform", "", Value::Null),
        ("PUT", "/api/v1/models/{name}", "fan", model.clone()),
        ("PUT", "/api/v1/models/{name}", "new", model),
        ("PUT", "/api/v1/models/{name}", "new", json!({})),
        ("PUT", "/api/v1/default-model", "", json!({"model": "new"})),
        ("PUT", "/api/v1/default-model", "", json!({"model": "none"})),
        ("POST", "/api/v1/logout", "", json!({})),
        ("GET", "/api/v1/openapi.json", "", Value::Null),
        ("GET", "/metrics", "", Value::Null),
        ("GET", "/api/v1/fleet", "", Value::Null),
        ("DELETE", "/api/v1/devices/{name}", "fan", Value::Null),
        ("DELETE", "/api/v1/devices/{name}", "fan", Value::Null),
        ("DELETE", "/api/v1/devices/{name}", "%00", Value::Null),
    ];
    let mut asked = BTreeSet::from([("GET", "/api/v1/updates")]);
    for (method, path, name, body) in calls {
        let at = path.replace("{name}", name);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let head: &[&str] = if body.is_empty() { &[] } else { &[json] };
        check(method, path, &served.ask(method, &at, head, body.as_bytes()));
        if !body.is_empty() {
            check(method, path, &served.ask(method, &at, head, b"{"));
            check(method, path, &served.ask(method, &at, &["Content-Type: image/png"], b"{"));
        }
        asked.insert((method, path));
    }
    let routes: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
    assert_eq!(asked, routes, "a route is not asked");
}

/// Other methods are refused with a problem, and so is what is not there.
#[test]
fn there_is_nothing_beside_the_routes() {
    let desk = Desk::new();
    let served = desk.start();
    let paths: BTreeSet<_> = ROUTES.iter().map(|route| route.path).collect();
    for path in &paths {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let known = ROUTES.iter().any(|route| (route.method, &route.path) == (method, path));
            if !known {
                let at = path.replace("{name}", "fan");
                served.ask(method, &at, &["Content-Type: application/json"], b"{}").problem(405);
            }
        }
    }
    for path in [
        "/x",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/fleet/",
        "/page/../x",
        "/%2e%2e/x",
        "/page/%ff",
    ] {
        served.get(path).problem(404);
    }
}

#[test]
fn events_are_as_described() {
    let desk = Desk::new();
    let served = desk.start();
    let mut listener = Listener::new(&served);
    let of = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(errors(&of("Fleet"), &listener.next()), Vec::<String>::new());
    served.send("POST", "/api/v1/session", &json!({"label": "x"})).well(201);
    for sequence in 0..6 {
        served.post("fan", sequence, &new("low+coin", sequence));
    }
    served.send("PUT", "/api/v1/default-model", &json!({"model": "fan"})).well(200);
    served.ask("DELETE", "/api/v1/devices/fan", &[], &[]).well(204);
    loop {
        let update = listener.next();
        assert_eq!(errors(&of("Update"), &update), Vec::<String>::new(), "{update}");
        if update["gone"] != json!([]) {
            break;
        }
    }
}
