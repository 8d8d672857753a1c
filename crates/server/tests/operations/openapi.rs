//! The description of the interface.
//!
//! `openapi-3.1.json` is the schema of OpenAPI documents, 2021-04-15, by the OpenAPI Initiative, under the
//! Apache License 2.0.

use std::collections::BTreeSet;

use judder_server::{BINARY, OPENAPI, ROUTES};
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// A validator of a schema of the document.
fn schema(name: &str) -> jsonschema::Validator {
    let mut root = document();
    root["$ref"] = json!(format!("#/components/schemas/{name}"));
    jsonschema::validator_for(&root).unwrap()
}

#[test]
fn it_is_openapi() {
    let of_openapi = serde_json::from_str(include_str!("openapi-3.1.json")).unwrap();
    let validator = jsonschema::validator_for(&of_openapi).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document())
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert!(!validator.is_valid(&json!({"openapi": "3.1.0"})), "the schema accepts anything");
}

#[test]
fn it_has_the_routes_and_no_others() {
    let document = document();
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let routes: BTreeSet<_> =
        ROUTES.iter().map(|route| (route.method.to_owned(), route.path.to_owned())).collect();
    assert_eq!(described, routes);
    assert_eq!(routes.len(), ROUTES.len(), "a route is there twice");
}

#[test]
fn its_version_is_ours_and_its_parts_are_there() {
    let document = document();
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 50, "{}", references.len());
    for reference in &references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    // And none of them is left over.
    for kind in ["schemas", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let whole = format!("#/components/{kind}/{name}");
            assert!(references.contains(&whole), "{whole} is for nothing");
        }
    }
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if name == "$ref" => references.push(reference.to_owned()),
                    _ => gather(value, references),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, references)),
        _ => {}
    }
}

#[test]
fn each_operation_says_what_a_path_takes_and_what_may_be_refused() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let place = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{place}");
            let named: Vec<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one["in"] == "path")
                .map(|one| one["name"].as_str().unwrap())
                .collect();
            let in_path: Vec<&str> =
                path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
            assert_eq!(named, in_path, "{place}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("429"), "{place}");
            let guarded = operation["security"].to_string().contains("token");
            assert_eq!(guarded, responses.contains_key("401") && !is_of_boards(path), "{place}");
            // Who has nothing to show is answered by these alone.
            let open = operation["security"].as_array().unwrap().contains(&json!({}));
            assert_eq!(
                open,
                is_of_boards(path) || matches!(path.as_str(), "/healthz" | "/readyz"),
                "{place}"
            );
            if operation.get("requestBody").is_some() {
                assert!(responses.contains_key("413") && responses.contains_key("415"), "{place}");
            }
        }
    }
}

fn is_of_boards(path: &str) -> bool {
    path == "/" || path == "/api/v1/recordings"
}

#[test]
fn what_boards_post_is_described_as_it_is_read() {
    let validator = schema("Recording");
    let whole = json!({"device": "pump", "sequence": 1, "start": 7, "rate_hz": 200.0, "time": null,
        "x": [0.0], "y": [0.1], "z": [1.0]});
    let axes = json!({"device": "pump", "sequence": 1, "axes": [[0.0], [1.0]]});
    for body in [&whole, &axes] {
        assert!(validator.is_valid(body), "{body}");
        assert!(judder_server::from_json(body.to_string().as_bytes()).is_ok(), "{body}");
    }
    for (field, value) in [
        ("device", json!("a/b")),
        ("sequence", json!(-1)),
        ("start", json!(-1)),
        ("start", json!(1_u64 << 32)),
        ("x", json!("1")),
        ("rate_hz", json!(0)),
        ("time", json!(1)),
    ] {
        let mut body = whole.clone();
        body[field] = value;
        assert!(!validator.is_valid(&body), "{body}");
        assert!(judder_server::from_json(body.to_string().as_bytes()).is_err(), "{body}");
    }
    let both =
        json!({"device": "pump", "sequence": 1, "x": [0], "y": [0], "z": [0], "axes": [[0]]});
    assert!(!validator.is_valid(&both));
    let content = &document()["paths"]["/api/v1/recordings"]["post"]["requestBody"]["content"];
    assert!(content.get(BINARY).is_some());
}

#[test]
fn views_are_described_as_the_page_reads_them() {
    let device = json!({"name": "simulated-0", "state": "anomaly", "words": "3.2 x threshold",
        "score": 1.9, "threshold": null, "model": "fan", "axes": 3, "readings": 200, "rate_hz": 199.7,
        "every_s": 1.0, "silent_after_s": 30.0, "first_seen": 1, "last_seen": 2, "recordings": 3, "restored": false,
        "unjudged": 0, "excused": 0, "conditions": ["anomaly"],
        "spark": [0.1, null]});
    let validator = schema("DeviceView");
    assert!(validator.is_valid(&device));
    let mut other = device.clone();
    other["state"] = json!("broken");
    assert!(!validator.is_valid(&other));
    other = device;
    other.as_object_mut().unwrap().remove("score");
    assert!(!validator.is_valid(&other));
}
