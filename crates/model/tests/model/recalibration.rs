//! A threshold that is chosen anew, and the way back.

use judder_model::{Model, Normal, Precision, Rule, Threshold};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::samples::model;

fn conformal(value: f64) -> Threshold {
    Threshold { value, rule: Rule::Conformal, false_alarm_rate: Some(0.01), windows: 300 }
}

fn normal() -> Vec<Normal> {
    vec![Normal { path: "later".to_owned(), recordings: 2, windows: 300 }]
}

const SEEN: &str = "0123456789abcdef";

fn recalibrated(model: Model, value: f64) -> Model {
    model.recalibrated(conformal(value), normal(), SEEN.to_owned()).unwrap()
}

proptest! {
    /// However often a threshold is chosen, one step leads back to the bytes of the training; what lies between is
    /// read as it was written, and differs in the threshold alone.
    #[test]
    fn one_step_leads_back_to_the_bytes_of_the_training(
        values in prop::collection::vec(0.0f32..1e6, 1..4),
        single in any::<bool>(),
    ) {
        let precision = if single { Precision::F32 } else { Precision::F64 };
        let trained = model("log-mad", 3, precision);
        let mut now = trained.clone();
        for value in values {
            now = recalibrated(now, value.into());
            prop_assert_eq!(now.threshold(), &conformal(value.into()));
            prop_assert_eq!(&now.recalibration().unwrap().before, trained.threshold());
            let bytes = now.to_json();
            let read = Model::from_json(&bytes).unwrap();
            prop_assert_eq!(&read, &now);
            prop_assert_eq!(read.to_json(), bytes);
            prop_assert_eq!(now.detector(), trained.detector());
        }
        let back = now.without_recalibration().unwrap();
        prop_assert_eq!(back.to_json(), trained.to_json());
        prop_assert!(back.without_recalibration().is_none());
    }
}

#[test]
fn only_a_model_with_another_threshold_says_so_in_its_file() {
    let trained = model("log-mad", 3, Precision::F32);
    let plain: Value = serde_json::from_slice(&trained.to_json()).unwrap();
    assert!(plain.get("recalibration").is_none());
    let other: Value = serde_json::from_slice(&recalibrated(trained, 3.0).to_json()).unwrap();
    assert_eq!(other["threshold"]["value"], 3.0);
    assert_eq!(other["recalibration"]["before"]["value"], 11.5);
    assert_eq!(other["recalibration"]["seen"], SEEN);
    assert_eq!(other["detector"], plain["detector"]);
}

#[test]
fn what_cannot_be_is_refused_by_the_name_of_its_field() {
    let trained = model("log-mad", 3, Precision::F32);
    let good: Value =
        serde_json::from_slice(&recalibrated(trained.clone(), 3.0).to_json()).unwrap();
    for (field, value, says) in [
        ("/recalibration/before/value", json!(-1.0), "threshold.value"),
        ("/recalibration/before/value", json!(1e39), "threshold.value"),
        ("/recalibration/seen", json!("0123"), "recalibration.seen"),
        ("/recalibration/seen", json!("0123456\u{e9}"), "recalibration.seen"),
        ("/recalibration/before/rule", json!("best"), "recalibration.before.rule"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(field).unwrap() = value;
        let problem = Model::from_json(bad.to_string().as_bytes()).unwrap_err().to_string();
        assert!(problem.contains(says), "{field}: {problem}");
    }
    let infinite = trained.recalibrated(conformal(f64::INFINITY), normal(), String::new());
    assert!(infinite.is_err());
}

#[test]
fn what_a_model_is_does_not_depend_on_who_wrote_it() {
    let one = model("log-mad", 3, Precision::F32);
    let [mut file, content] = [one.to_json(), one.content()]
        .map(|bytes| serde_json::from_slice::<Value>(&bytes).unwrap());
    assert_eq!(
        (&file["judder"], &content["judder"]),
        (&json!(env!("CARGO_PKG_VERSION")), &json!(""))
    );
    file["judder"] = json!("");
    assert_eq!(file, content);
    assert_ne!(one.content(), model("mad", 3, Precision::F32).content());
    assert_ne!(one.content(), recalibrated(one.clone(), 3.0).content());
}
