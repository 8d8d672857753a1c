//! Commissioning: alarms that are seen against those that were asked for, and a device's own threshold.

use judder_data::Recording;
use judder_model::{Model, Scorer, Threshold};
use judder_train::Runs;
use serde_json::{Value, json};

use crate::desk::{Desk, Reply, Served};
use crate::fan::{self, new};

const DEVICE: &str = "/api/v1/devices/a/threshold";

/// The model with a threshold so many times as high.
fn at(times: f64) -> Model {
    let limit = fan::model().threshold();
    let value = f64::from((times * limit.value) as f32);
    let limit = Threshold { value, ..*limit };
    fan::model().clone().recalibrated(limit, Vec::new(), String::new()).unwrap()
}

/// A desk on which all devices have this model, as `fan`.
fn desk(model: &Model) -> Desk {
    let mut desk = Desk::bare();
    let path = desk.write_model("fan", model);
    desk.models.push((None, path));
    desk
}

fn posted(served: &Served, numbers: std::ops::Range<u64>) -> Vec<Recording> {
    let one = |at: u64| {
        let recording = new("low", at);
        served.post("a", at, &recording);
        recording
    };
    numbers.map(one).collect()
}

/// The decisions that a watch comes to, computed without the server.
fn runs(model: &Model, recordings: &[Recording]) -> Runs {
    let (scorer, mut runs) = (Scorer::new(model), Runs::new(model.watching()));
    for one in recordings {
        let scored = scorer.score(one.values(), one.axes(), one.rate_hz()).unwrap();
        runs.judged(scored[0].score);
    }
    runs
}

fn choose(served: &Served, meant: Value) -> Reply {
    served.send("POST", DEVICE, &meant)
}

fn undo(served: &Served) -> Reply {
    served.send("DELETE", DEVICE, &json!({}))
}

fn look(served: &Served) -> Value {
    served.get(DEVICE).well(200).json()
}

#[test]
fn alarms_are_held_against_what_was_asked_for() {
    let model = at(1.0 / 3.0);
    let desk = desk(&model);
    let served = desk.start();
    served.get(DEVICE).problem(404);
    let recordings = posted(&served, 0..100);
    let runs = runs(&model, &recordings);
    let seen = look(&served);
    let limit = model.threshold();
    assert_eq!((&seen["windows"], &seen["asked"]), (&json!(100), &json!(0.01)));
    // 8 alarms at 1 % are told from others; to promise 1 % takes 99 windows.
    assert_eq!((&seen["needed"], &seen["fewest"]), (&json!(800), &json!(99)));
    assert_eq!(seen["in_use"]["threshold"].as_f64(), Some(limit.value));
    assert_eq!(seen["in_use"], seen["of_model"]);
    let alarms = runs.alarms(limit.value);
    assert!(alarms > 10, "{alarms}");
    assert_eq!(seen["in_use"]["alarms"], alarms);
    assert_eq!(seen["in_use"]["seen"]["share"].as_f64(), Some(alarms as f64 / 100.0));
    assert_eq!((&seen["told"], &seen["chosen"]), (&json!("more"), &Value::Null));
    let offered = runs.threshold(&model).unwrap().value;
    assert_eq!(seen["offered"]["threshold"].as_f64(), Some(offered));
    assert!(offered > limit.value);
    assert_eq!(seen["offered"]["alarms"], runs.alarms(offered));
    // Windows that are not asked about do not count.
    let none = served.get(&format!("{DEVICE}?from=1000&until=2000")).well(200).json();
    assert_eq!((&none["windows"], &none["told"]), (&json!(0), &json!("too-few")));
    assert!(none["why_not"].as_str().unwrap().contains("two or more") && none["offered"].is_null());
}

#[test]
fn a_chosen_threshold_is_gone_by_from_the_next_window_on_and_undone_in_one_step() {
    let model = at(1.0 / 3.0);
    let desk = desk(&model);
    let served = desk.start();
    let recordings = posted(&served, 0..60);
    served.post("b", 0, &new("low", 0));
    let offered = look(&served)["offered"]["threshold"].clone();
    let chosen = choose(&served, json!({"hours": 1})).well(200).json();
    assert_eq!(
        (&chosen["in_use"]["threshold"], &chosen["chosen"]["windows"]),
        (&offered, &json!(60))
    );
    assert_eq!(chosen["of_model"]["threshold"].as_f64(), Some(model.threshold().value));
    let quiet = &new("low", 60);
    // It is above the model's threshold, and below what was chosen.
    let score = Scorer::new(&model).score(quiet.values(), 3, None).unwrap()[0].score;
    assert!(model.threshold().value < score && Some(score) < offered.as_f64(), "{score}");
    // As many as the votes remember, and five that are well: that ends the alarm.
    posted(&served, 60..72);
    assert_eq!(served.device("a")["threshold"], offered);
    assert_eq!(served.device("a")["state"], "normal");
    // Other devices of the model know nothing of it.
    served.post("b", 1, quiet);
    assert_eq!(served.device("b")["threshold"].as_f64(), Some(model.threshold().value));
    let now = look(&served);
    // What was judged by either threshold was judged by one model.
    assert_eq!(now["windows"], 72);
    undo(&served).well(200);
    let said = undo(&served).problem(404);
    assert!(said.contains("the threshold of its model already"), "{said}");
    let again = look(&served);
    assert_eq!((&again["windows"], &again["chosen"]), (&json!(72), &Value::Null));
    posted(&served, 72..84);
    assert_eq!(served.device("a")["threshold"].as_f64(), Some(model.threshold().value));
    // The verdicts are those of a device that never had another threshold.
    for at in 72..84 {
        served.post("c", at, &new("low", at));
    }
    assert_eq!(served.device("a")["state"], served.device("c")["state"]);
    let scores = |device: &str| {
        served.get(&format!("/api/v1/devices/{device}/scores")).well(200).json()["points"].take()
    };
    let of_c = scores("c").as_array().unwrap().clone();
    let of_a = scores("a").as_array().unwrap()[72..].to_vec();
    let without_time = |mut all: Vec<Value>| {
        all.iter_mut().for_each(|one| one["at"] = Value::Null);
        all
    };
    assert_eq!(without_time(of_a), without_time(of_c));
    assert_eq!(recordings.len(), 60);
}

#[test]
fn a_chosen_threshold_lasts_over_a_start_and_not_over_another_model() {
    let desk = desk(&at(3.0));
    let served = desk.start();
    posted(&served, 0..50);
    let chosen = choose(&served, json!({"hours": 2})).well(200).json();
    posted(&served, 50..60);
    served.stop();
    let served = desk.start();
    let now = look(&served);
    assert_eq!(
        (&now["in_use"]["threshold"], &now["chosen"]),
        (&chosen["in_use"]["threshold"], &chosen["chosen"])
    );
    assert_eq!(now["windows"], 60);
    posted(&served, 60..61);
    assert_eq!(served.device("a")["threshold"], chosen["in_use"]["threshold"]);
    // The same model under another name of judder is the same.
    let mut same: Value = serde_json::from_slice(&at(3.0).to_json()).unwrap();
    same["judder"] = json!("9.9.9");
    desk.replace("fan.model.json", same.to_string().as_bytes());
    served.look();
    assert_eq!(look(&served)["chosen"], chosen["chosen"]);
    // Another one is judged by its own threshold, and so is the first when it is back.
    desk.replace("fan.model.json", &fan::other_model().to_json());
    served.look();
    let other = look(&served);
    assert_eq!(other["in_use"]["threshold"].as_f64(), Some(fan::other_model().threshold().value));
    assert_eq!((&other["chosen"], &other["windows"]), (&Value::Null, &json!(0)));
    desk.replace("fan.model.json", &at(3.0).to_json());
    served.look();
    assert!(look(&served)["chosen"].is_null());
    served.stop();
    let served = desk.start();
    assert!(look(&served)["chosen"].is_null());
}

#[test]
fn a_threshold_goes_with_the_model_of_the_device() {
    let mut desk = desk(&at(3.0));
    let coin = desk.write_model("coin", fan::model_of_coin());
    desk.models.push((Some("other"), coin));
    let served = desk.start();
    posted(&served, 0..30);
    choose(&served, json!({"hours": 1})).well(200);
    let assign = |model: Value| served.send("PUT", "/api/v1/devices/a", &json!({"model": model}));
    // The default by name is the same model.
    assign(json!("fan")).well(200);
    assert!(look(&served)["chosen"].is_object());
    assign(json!("coin")).well(200);
    assert!(look(&served)["chosen"].is_null());
    assign(Value::Null).well(200);
    assert!(look(&served)["chosen"].is_null());
}

#[test]
fn what_cannot_be_chosen_is_refused_and_changes_nothing() {
    let desk = desk(&at(3.0));
    let served = desk.start();
    assert_eq!(choose(&served, json!({"hours": 1})).status, 404);
    posted(&served, 0..1);
    let before = look(&served);
    let few = choose(&served, json!({"hours": 1})).problem(409);
    assert!(few.contains("two or more"), "{few}");
    for body in [
        json!({}),
        json!({"hours": 0}),
        json!({"hours": -1.0}),
        json!({"hours": 1e9}),
        json!({"hours": 1, "from": 1, "until": 2}),
        json!({"from": 2, "until": 1}),
        json!({"from": 2}),
        json!({"hours": "1"}),
        json!({"threshold": 1}),
    ] {
        choose(&served, body).problem(422);
    }
    assert_eq!(served.get(&format!("{DEVICE}?hours=x")).status, 400);
    assert_eq!(served.get(&format!("{DEVICE}?hours=0")).status, 422);
    // Who has no token, or comes from elsewhere, changes nothing.
    let json = ["Content-Type: application/json"];
    served.ask_as("POST", DEVICE, &json, b"{\"hours\":1}").problem(401);
    served.ask_as("DELETE", DEVICE, &json, b"{}").problem(401);
    served.ask_as("GET", DEVICE, &[], b"").problem(401);
    served.ask("POST", DEVICE, &["Content-Type: text/plain"], b"{\"hours\":1}").problem(415);
    assert_eq!(look(&served)["in_use"], before["in_use"]);
    // Without a model, or one that asks for a rate, there is nothing to choose.
    let bare = Desk::bare();
    let served = bare.start();
    posted(&served, 0..1);
    assert!(served.get(DEVICE).problem(409).contains("no model"));
}
