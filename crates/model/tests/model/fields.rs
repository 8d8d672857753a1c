//! What is wrong with a model file is said with the name of the field.

use std::fs;

use judder_core::FeatureSet;
use judder_model::{
    DetectorKind, Figure, Gaussian, Model, Normal, Precision, Problem, Provenance, Rule, Threshold,
};
use serde_json::{Value, json};

use super::samples::{binding, gaussian, given, model};

/// A model in which every field is there.
fn whole() -> Value {
    let provenance = Provenance {
        origin: "judder train".to_owned(),
        normal: vec![Normal { path: "fan".to_owned(), recordings: 3, windows: 9 }],
        data_sha256: Some("00".to_owned()),
        before: None,
        shrinkage: Some(("ledoit-wolf".to_owned(), 0.25)),
        learning: None,
        seed: Some(7),
        seen: "0011".to_owned(),
    };
    let threshold =
        Threshold { value: 11.5, rule: Rule::Conformal, false_alarm_rate: Some(0.01), windows: 9 };
    let figure = Figure {
        split: "shuffled".to_owned(),
        normal_windows: 9,
        false_alarms: 1,
        anomaly_windows: 2,
        missed: 1,
        auc: Some(0.75),
    };
    let detector = DetectorKind::Mahalanobis(gaussian(3));
    let features = "mad".parse().unwrap();
    let model =
        Model::new(binding(3), Precision::F32, features, detector, threshold, provenance).unwrap();
    serde_json::from_slice(&model.with_figures(vec![figure]).to_json()).unwrap()
}

fn error(file: &Value) -> String {
    read(&file.to_string()).unwrap_err().to_string()
}

fn read(text: &str) -> Result<Model, Problem> {
    Model::from_json(text.as_bytes())
}

/// The pointers of all values below `value`, itself left out.
pub(crate) fn pointers(value: &Value, at: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, v)| (name.clone(), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    below
        .into_iter()
        .flat_map(|(name, value)| {
            let here = format!("{at}/{name}");
            let mut all = vec![here.clone()];
            all.extend(pointers(value, &here));
            all
        })
        .collect()
}

/// The field that a pointer ends in; elements of a list are in the field of the list.
pub(crate) fn field(pointer: &str) -> &str {
    let is_name = |part: &&str| part.parse::<usize>().is_err();
    pointer.rsplit('/').find(is_name).unwrap()
}

#[test]
fn the_sample_is_a_model() {
    assert!(read(&whole().to_string()).is_ok());
    assert_eq!(pointers(&whole(), "").len(), 55);
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    for pointer in pointers(&whole(), "") {
        for wrong in
            [json!(null), json!(true), json!("?"), json!(-1.5), json!({"?": 1}), json!([[]])]
        {
            let mut file = whole();
            *file.pointer_mut(&pointer).unwrap() = wrong.clone();
            let Err(problem) = read(&file.to_string()) else {
                let fits = match wrong {
                    // An absent measurement is null, and text may be any.
                    Value::Null => ["data_sha256", "shrinkage", "seed", "auc", "false_alarm_rate"]
                        .contains(&field(&pointer)),
                    Value::String(_) => !pointer.contains("data/") && !pointer.contains("detector"),
                    Value::Number(_) => pointer.starts_with("/detector/"),
                    _ => false,
                };
                assert!(fits, "{pointer} may be {wrong}");
                continue;
            };
            let error = problem.to_string();
            let named = error.contains(field(&pointer))
                || matches!(problem, Problem::Field { field: "detector", .. })
                    && pointer.starts_with("/detector/");
            assert!(named, "{pointer} = {wrong}: {error}");
        }
    }
}

#[test]
fn a_missing_field_is_named() {
    let optional = [
        "normal",
        "data_sha256",
        "shrinkage",
        "seed",
        "seen",
        "auc",
        "false_alarm_rate",
        "figures",
    ];
    for pointer in pointers(&whole(), "") {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut file = whole();
        let parent = file.pointer_mut(parent).unwrap();
        if let Some(fields) = parent.as_object_mut() {
            fields.remove(name);
            match read(&file.to_string()) {
                Ok(_) => assert!(optional.contains(&name), "{pointer} may be missing"),
                Err(problem) => assert!(problem.to_string().contains(name), "{pointer}: {problem}"),
            }
        } else if pointer.starts_with("/detector/") {
            parent.as_array_mut().unwrap().pop();
            let error = error(&file);
            assert!(error.contains("mean"), "{pointer}: {error}");
        }
    }
}

#[test]
fn an_unknown_field_is_named() {
    let file = whole();
    let objects = pointers(&file, "").into_iter().chain([String::new()]);
    for pointer in objects.filter(|at| file.pointer(at).unwrap().is_object()) {
        let mut file = whole();
        let object = file.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
        object.insert("wobble".to_owned(), json!(1));
        let error = error(&file);
        assert!(error.contains("wobble"), "{pointer}: {error}");
    }
}

/// What JSON does not have, and numbers beyond f64.
#[test]
fn what_is_no_number_is_named() {
    for (number, field) in [("11.5", "threshold"), ("200.0", "data.rate_hz")] {
        for odd in ["NaN", "nan", "Infinity", "-Infinity", "1e999", "1e", ""] {
            let text = String::from_utf8(model("mad", 3, Precision::F32).to_json()).unwrap();
            let text = text.replacen(number, odd, 1);
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains(field) && error.contains("line"), "{odd}: {error}");
        }
    }
}

#[test]
fn values_that_cannot_be_are_named() {
    for (pointer, value, message) in [
        ("/data/axes", json!(0), "field \"axes\": 0 axes: a window has 1 to 8 of them"),
        ("/data/axes", json!(9), "field \"axes\": 9 axes"),
        ("/data/axes", json!(2), "field \"mean\": 3 numbers, but mad of 2 axes gives 2"),
        ("/data/window", json!(7), "field \"window\": a window of 7 readings is too short"),
        ("/data/hop", json!(0), "field \"hop\": the hop from one window to the next is 0"),
        ("/data/rate_hz", json!(0.0), "field \"rate_hz\": is not above 0 Hz"),
        ("/data/rate_hz", json!(-200.0), "field \"rate_hz\": is not above 0 Hz"),
        ("/features", json!("mad+wobble"), "field \"features\": not a feature judder knows"),
        ("/features", json!("mad+mad"), "field \"features\": a feature set names"),
        ("/features", json!(""), "field \"features\": "),
        ("/precision", json!("f16"), "field \"precision\": unknown variant `f16`"),
        ("/detector/kind", json!("magic"), "field \"detector.kind\": unknown variant `magic`"),
        ("/threshold/value", json!(-1), "field \"threshold.value\": is not a number from 0 up"),
        ("/threshold/rule", json!("mean+xsd"), "field \"threshold.rule\": a threshold rule is"),
        ("/threshold/false_alarm_rate", json!(1.5), "field \"false_alarm_rate\": is not a number"),
        ("/provenance/shrinkage/1", json!(-1), "field \"shrinkage\": is not a number from 0 to 1"),
        ("/detector/covariance/1/1", json!(0), "feature 1 does not vary"),
        ("/detector/covariance/2/2", json!(-1), "not positive definite at row 2"),
        ("/detector/covariance/0/2", json!(1), "not symmetric at row 2, column 0"),
        ("/detector/covariance/1", json!([1, 2]), "\"covariance\": row 1 has 2 numbers"),
        ("/detector/covariance", json!([]), "the covariance is not 3 × 3"),
        ("/detector/mean", json!([]), "field \"covariance\": row 0 has 3 numbers, the mean has 0"),
        ("/detector/mean/0", json!(1e39), "a parameter is too large for f32"),
        ("/threshold/value", json!(1e39), "is too large for f32"),
        ("/detector/covariance/0/0", json!(1e90), "feature 0 is too large for f32"),
    ] {
        let mut file = whole();
        *file.pointer_mut(pointer).unwrap() = value;
        let error = error(&file);
        assert!(error.contains(message), "{pointer}: {error}");
    }
}

#[test]
fn blocks_that_cannot_be_are_named() {
    for (blocks, message) in [
        (json!([[[2.0], [0.5, 3.0]]]), "blocks\": the mean has 3 numbers, but the blocks are of 2"),
        (json!([[[1.0]], [[1.0]], [[1.0]], [[1.0]]]), "the blocks are of 4 features together"),
        (json!([[[2.0], [0.5, 3.0]], []]), "blocks\": block 1 has 0 numbers"),
        (json!([[[2.0], [3.0]], [[4.0]]]), "row 1 of block 0 has 1 numbers, not 2"),
        (json!([[[2.0, 0.5], [0.5, 3.0]], [[4.0]]]), "row 0 of block 0 has 2 numbers, not 1"),
        (
            json!([[[2.0], [0.5, 3.0]], [[-4.0]]]),
            "blocks\": the covariance is not positive definite at row 2",
        ),
        (json!([[[2.0], [3.0, 3.0]], [[4.0]]]), "not positive definite at row 1"),
        (
            json!([[[1e90], [0.5, 3.0]], [[4.0]]]),
            "blocks\": the variance of feature 0 is too large for f32",
        ),
        (json!([[[2.0], [0.5, "x"]], [[4.0]]]), "field \"detector.blocks[0][1][1]\""),
        (json!("all"), "field \"detector.blocks\""),
    ] {
        let mut file = whole();
        let detector = file["detector"].as_object_mut().unwrap();
        detector.remove("covariance");
        detector.insert("blocks".to_owned(), blocks.clone());
        let found = error(&file);
        assert!(found.contains(message), "{blocks}: {found}");
        // And the same in a state of several.
        let mut state = file["detector"].take();
        state.as_object_mut().unwrap().remove("kind");
        file["detector"] = json!({"kind": "mixture", "modes": [state]});
        let found = error(&file);
        let message = message.replace("detector.blocks", "detector.modes[0].blocks");
        assert!(found.contains(&message), "{blocks}: {found}");
    }
    let mut both = whole();
    both["detector"]["blocks"] = json!([[[2.0], [0.5, 3.0]], [[4.0]]]);
    assert!(error(&both).contains("\"blocks\": stand beside a covariance"), "{}", error(&both));
    let mut neither = whole();
    neither["detector"].as_object_mut().unwrap().remove("covariance");
    assert!(error(&neither).contains("\"covariance\": is missing"), "{}", error(&neither));
}

/// A scale is the inverse of a standard deviation: the smallest variances overflow, too.
#[test]
fn what_f32_cannot_hold_is_refused_for_f32_only() {
    for (variance, fits) in
        [(1e-78, false), (1e-60, true), (1.0, true), (1e74, true), (1e78, false)]
    {
        let one = Gaussian::new(vec![0.0], vec![variance]).unwrap();
        let make = |precision| {
            let (detector, provenance) =
                (DetectorKind::Mahalanobis(one.clone()), Provenance::default());
            let features: FeatureSet = "mad".parse().unwrap();
            Model::new(binding(1), precision, features, detector, given(1.0), provenance)
        };
        assert_eq!(make(Precision::F32).is_ok(), fits, "{variance}");
        assert!(make(Precision::F64).is_ok(), "{variance}");
    }
}

#[test]
fn other_files_and_later_versions_are_told_apart() {
    let not_a_model = "is not a judder model: its field \"format\" is not \"judder-model\"";
    for text in ["{}", "[]", "[1, 2]", "null", "42", "\"judder-model\"", r#"{"format": "x"}"#] {
        assert_eq!(read(text).unwrap_err().to_string(), not_a_model, "{text}");
    }
    for wrong in [json!("judder"), json!(1), json!(null), json!(["judder-model"])] {
        let mut file = whole();
        file["format"] = wrong;
        assert_eq!(error(&file), not_a_model);
    }
    for version in [0u64, 4, 5, u64::MAX] {
        // A later version may have other fields, and need not have ours.
        let later = json!({"format": "judder-model", "version": version, "models": []});
        let error = error(&later);
        assert!(error.contains(&format!("format version {version}")), "{error}");
        assert!(error.contains("reads versions up to 3: use the judder that wrote it"), "{error}");
    }
    for version in [json!("1"), json!(1.5), json!(-1), json!(null), json!([1])] {
        let mut file = whole();
        file["version"] = version;
        assert!(error(&file).contains("\"version\""), "{}", error(&file));
    }
}

#[test]
fn a_file_that_ends_early_is_refused() {
    let bytes = model("mad", 3, Precision::F32).to_json();
    // The newline at the end may be missing.
    for length in 0..bytes.len() - 1 {
        let problem = Model::from_json(&bytes[..length]).unwrap_err();
        let error = problem.to_string();
        assert!(error.starts_with("is not a whole model file: "), "{length}: {error}");
    }
    let twice = [&bytes[..], &bytes[..]].concat();
    assert!(Model::from_json(&twice).is_err());
    for text in ["", "x, y, z\n", "\u{feff}{}", "{\"format\": \"judder-model\""] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.starts_with("is not a whole model file: "), "{error}");
    }
    assert!(Model::from_json(b"{\"format\": \"\xff\"}").is_err());
}

/// Whatever a file holds, what is said of it is short and of one line.
#[test]
fn messages_are_bounded() {
    let long = "w\u{7}\n".repeat(100_000);
    for pointer in ["/features", "/precision", "/threshold/rule", "/data/axes", "/detector/kind"] {
        let mut file = whole();
        *file.pointer_mut(pointer).unwrap() = json!(long);
        let error = error(&file);
        assert!(error.len() < 1_000 && !error.contains(char::is_control), "{pointer}: {error}");
    }
    let mut file = whole();
    file["data"][&long] = json!(1);
    let error = error(&file);
    assert!(error.len() < 1_000 && !error.contains(char::is_control), "{error}");
}

#[test]
fn what_is_nested_deep_or_very_long_is_refused() {
    let text = whole().to_string();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = format!("{}0{}", open.repeat(100_000), close.repeat(100_000));
        for field in ["\"axes\":3", "\"hop\":5", "\"seed\":7"] {
            assert!(text.contains(field));
            let (name, _) = field.split_once(':').unwrap();
            let error = read(&text.replace(field, &format!("{name}:{nested}"))).unwrap_err();
            assert!(error.to_string().contains(&name[1..name.len() - 1]), "{error}");
        }
        assert!(read(&nested).is_err());
        assert!(read(&format!("{{\"format\": \"judder-model\", \"new\": {nested}}}")).is_err());
    }
}

/// A file takes some times its size in memory, and not its size squared.
#[test]
fn thousands_of_features_are_refused_in_bounded_memory() {
    let row = json!(vec![0; 2_000]);
    for (mean, covariance) in [
        (row.clone(), json!(vec![row.clone(); 20])),
        (row.clone(), json!([])),
        (row.clone(), json!(vec![json!([]); 2_000])),
        (json!([]), json!(vec![row; 20])),
    ] {
        let mut file = whole();
        file["detector"]["mean"] = mean;
        file["detector"]["covariance"] = covariance;
        let text = file.to_string();
        let mut found = None;
        let allocated = allocation_counter::measure(|| found = Some(read(&text)));
        assert!(matches!(found, Some(Err(Problem::Field { .. }))), "{found:?}");
        assert!(allocated.bytes_max < 1 << 20, "{} bytes", allocated.bytes_max);
    }
    let list = format!("{{\"format\": [{}0]}}", "0,".repeat(100_000));
    let allocated = allocation_counter::measure(|| assert!(read(&list).is_err()));
    assert!(allocated.bytes_max < 1 << 16, "{} bytes", allocated.bytes_max);
}

#[test]
fn a_file_is_named_with_what_is_wrong() {
    let folder = std::env::temp_dir().join(format!("judder-model-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("fan.model.json");
    let error = || Model::read(&path).unwrap_err().to_string();
    assert_eq!(error(), format!("{}: no such file", path.display()));
    let good = model("mad", 3, Precision::F32);
    fs::write(&path, good.to_json()).unwrap();
    assert_eq!(Model::read(&path).unwrap(), good);
    fs::write(&path, "{}").unwrap();
    assert!(error().starts_with(&format!("{}: is not a judder model", path.display())));
    // A file of holes: its length takes no space.
    fs::File::create(&path).unwrap().set_len((64 << 20) + 1).unwrap();
    assert!(error().ends_with("is larger than 67108864 bytes; a model is smaller"));
    let error = Model::read(&folder).unwrap_err().to_string();
    assert_eq!(error, format!("{}: is a folder; a model is a file", folder.display()));
    fs::remove_dir_all(&folder).unwrap();
}
