//! Files of models that change while the server runs.

use std::fs;

use serde_json::Value;

use crate::desk::{Desk, Served};
use crate::fan::{self, new};

/// The models in `old/`, read as such.
fn old(desk: &Desk, within: &str) -> Vec<judder_model::Model> {
    let Ok(entries) = fs::read_dir(desk.path(within).join("old")) else { return Vec::new() };
    let read = |entry: fs::DirEntry| judder_model::Model::read(&entry.path()).unwrap();
    entries.map(|entry| read(entry.unwrap())).collect()
}

fn sha(served: &Served) -> Value {
    served.model("fan")["sha256"].clone()
}

#[test]
fn a_file_that_is_replaced_is_used_and_the_old_one_kept() {
    let desk = Desk::new();
    let served = desk.start();
    let first = sha(&served);
    served.post("fan", 0, &new("low", 0));
    desk.write_model("fan", fan::other_model());
    served.wait("the other model", |served| sha(served) != first);
    assert_eq!(old(&desk, ""), [fan::model().clone()]);
    assert_eq!(served.model("fan")["problem"], Value::Null);
    let threshold = fan::other_model().threshold().value;
    served.post("fan", 1, &new("low", 1));
    assert_eq!(served.device("fan")["threshold"], threshold);
    // And back.
    desk.write_model("fan", fan::model());
    served.wait("the first model", |served| sha(served) == first);
    assert_eq!(old(&desk, "").len(), 2);
}

#[test]
fn a_damaged_file_leaves_the_old_model_in_use() {
    let desk = Desk::new();
    let served = desk.start();
    let first = sha(&served);
    let json = fan::other_model().to_json();
    desk.replace("fan.model.json", &json[..json.len() / 2]);
    let problem = |served: &Served| served.model("fan")["problem"].clone();
    served.wait("a problem", |served| problem(served).is_string());
    let said = problem(&served);
    assert!(said.as_str().unwrap().contains("fan.model.json"), "{said}");
    assert_eq!(sha(&served), first);
    assert_eq!(old(&desk, ""), []);
    served.post("fan", 0, &new("low", 0));
    assert_eq!(served.device("fan")["state"], "normal");
    desk.write_model("fan", fan::other_model());
    served.wait("a reload", |served| sha(served) != first);
    assert_eq!(problem(&served), Value::Null);
    assert_eq!(old(&desk, ""), [fan::model().clone()]);
}

/// A page that listens learns that a file is there again, though the model is the one that it was.
#[test]
fn a_file_that_is_gone_and_back_is_told() {
    let desk = Desk::new();
    let served = desk.start();
    let mut listener = crate::updates::Listener::new(&served);
    listener.next();
    fs::remove_file(desk.path("fan.model.json")).unwrap();
    let gone = listener.until(|update| update["models"][0]["problem"].is_string());
    assert!(gone["models"][0]["problem"].as_str().unwrap().contains("fan.model.json"), "{gone}");
    desk.write_model("fan", fan::model());
    let back = listener.until(|update| update["models"].is_array());
    assert_eq!(back["models"][0]["problem"], Value::Null);
    assert_eq!(old(&desk, ""), []);
}

#[test]
fn a_model_that_was_sent_may_be_replaced_by_hand() {
    let desk = Desk::bare();
    let served = desk.start();
    let json = ["Content-Type: application/json"];
    served.ask("PUT", "/api/v1/models/fan", &json, &fan::model().to_json()).well(201);
    let first = sha(&served);
    desk.replace("data/models/fan.model.json", &fan::other_model().to_json());
    served.wait("the other model", |served| sha(served) != first);
    assert_eq!(old(&desk, "data/models"), [fan::model().clone()]);
}
