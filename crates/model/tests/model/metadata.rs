//! What an exported network says of itself is read again, and nothing else is.

use judder_model::{
    Autoencoder, Foreign, FormatError, METADATA_NAME, Metadata, Model, Precision, Provenance, Rule,
    Scaling, Takes, Threshold,
};
use serde_json::{Value, json};

use super::fields::{field, pointers};
use super::samples::{autoencoder_model, layer, model};

fn models() -> Vec<Model> {
    let rules = [Rule::Conformal, Rule::Quantile, Rule::MeanPlusSd(2.5), Rule::Given(1.5)];
    let of = |precision| autoencoder_model("log-mad+correlation", 3, precision);
    let with = |base: Model, rule, false_alarm_rate| {
        let threshold = Threshold { value: 1.5, rule, false_alarm_rate, windows: 12 };
        let (binding, precision) = (base.binding(), base.precision());
        let (features, detector) = (*base.features(), base.detector().clone());
        Model::new(binding, precision, features, detector, threshold, Provenance::default())
    };
    rules
        .into_iter()
        .flat_map(|rule| {
            [
                with(of(Precision::F32), rule, None).unwrap(),
                with(of(Precision::F64), rule, Some(0.01)).unwrap(),
            ]
        })
        .collect()
}

fn whole() -> Value {
    let text = Metadata::of(&models()[1], Takes::Standardised).unwrap().to_json();
    serde_json::from_str(&text).unwrap()
}

fn error(value: &Value) -> String {
    let problem = Metadata::from_json(value.to_string().as_bytes()).unwrap_err();
    assert!(matches!(problem, FormatError::Metadata(_)), "{problem:?}");
    let said = problem.to_string();
    assert!(said.contains(&format!("`{METADATA_NAME}`")), "{said}");
    assert!(said.len() < 500 && !said.contains(char::is_control), "{said}");
    said
}

#[test]
fn what_is_written_is_read() {
    for model in models() {
        for takes in [Takes::Features, Takes::Standardised] {
            let metadata = Metadata::of(&model, takes).unwrap();
            let text = metadata.to_json();
            assert!(!text.contains('\n'), "{text}");
            let read = Metadata::from_json(text.as_bytes()).unwrap();
            assert_eq!(read, metadata);
            assert_eq!(read.to_json(), text);
            assert_eq!((read.data, read.precision), (model.binding(), model.precision()));
            assert_eq!(read.features.parse(), Ok(*model.features()));
            assert_eq!((read.takes, &read.threshold), (takes, model.threshold()));
        }
    }
    let gaussian = model("mad", 3, Precision::F32);
    assert_eq!(Metadata::of(&gaussian, Takes::Features), None, "it has no network");
}

#[test]
fn a_version_that_is_not_known_is_refused_before_anything_else() {
    for version in [0, 3, u64::MAX] {
        // A later version may have other fields.
        for other in [json!({"version": version, "new": 1}), {
            let mut other = whole();
            other["version"] = json!(version);
            other
        }] {
            let said = error(&other);
            assert!(
                said.contains(&format!(
                    "version {version}, and this judder reads versions up to 2"
                ))
            );
        }
    }
    for version in [json!("1"), json!(1.5), json!(-1), json!(null)] {
        let mut other = whole();
        other["version"] = version;
        error(&other);
    }
}

#[test]
fn missing_and_unknown_fields_are_named() {
    for pointer in pointers(&whole(), "") {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut less = whole();
        if let Some(fields) = less.pointer_mut(parent).unwrap().as_object_mut() {
            fields.remove(name);
            if name == "false_alarm_rate" {
                assert!(Metadata::from_json(less.to_string().as_bytes()).is_ok());
            } else {
                let said = error(&less);
                assert!(said.contains(field(&pointer)), "{pointer}: {said}");
            }
        }
    }
    for pointer in ["", "/data", "/scaling", "/threshold"] {
        let mut more = whole();
        more.pointer_mut(pointer).unwrap()["wobble"] = json!(1);
        let said = error(&more);
        assert!(said.contains("wobble"), "{pointer}: {said}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    let text = Metadata::of(&models()[0], Takes::Features).unwrap().to_json();
    for length in 0..text.len() {
        assert!(Metadata::from_json(&text.as_bytes()[..length]).is_err(), "{length}");
    }
    for odd in ["", "null", "[1]", "\u{7}", &format!("{text}{text}"), &"[".repeat(100_000)] {
        assert!(Metadata::from_json(odd.as_bytes()).is_err());
    }
    assert!(Metadata::from_json(b"\"\xff\"").is_err());
    error(&json!({"version": 1, "w\u{7}\n".repeat(10_000): 1}));
}

/// A network with its metadata is the autoencoder it was; one without takes features as they are.
#[test]
fn a_foreign_network_becomes_an_autoencoder() {
    let model = &models()[0];
    let judder_model::DetectorKind::Autoencoder(autoencoder) = model.detector() else {
        panic!("an autoencoder")
    };
    let metadata = Metadata::of(model, Takes::Standardised);
    let network = autoencoder.network().clone();
    let mut foreign = Foreign { network, metadata, threshold: None, ignored: Vec::new() };
    assert_eq!(foreign.autoencoder().unwrap(), *autoencoder);
    foreign.metadata = None;
    let plain = foreign.autoencoder().unwrap();
    let scaling = Scaling::none(6);
    let expected = Autoencoder::new(foreign.network.clone(), Takes::Features, scaling).unwrap();
    assert_eq!(plain, expected);
    assert_eq!((plain.folded(), plain.error_scale()), (&foreign.network, vec![1.0; 6]));
    let narrowing = layer(3, 2, judder_core::Activation::Linear);
    foreign.network = judder_model::Network::new(vec![narrowing]).unwrap();
    let said = foreign.autoencoder().unwrap_err().to_string();
    assert!(said.contains("takes 3 numbers and gives 2"), "{said}");
}
