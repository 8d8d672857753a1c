//! What is wrong with the autoencoder of a model file is said with the name of the field.

use judder_core::Activation;
use judder_model::{Autoencoder, Layer, Model, Network, Precision, Problem, Scaling, Takes};
use serde_json::{Value, json};

use super::fields::{field, pointers};
use super::samples::{autoencoder_model, layer, model};

fn whole() -> Value {
    serde_json::from_slice(&autoencoder_model("mad", 3, Precision::F32).to_json()).unwrap()
}

fn read(file: &Value) -> Result<Model, Problem> {
    Model::from_json(file.to_string().as_bytes())
}

fn error(file: &Value) -> String {
    read(file).unwrap_err().to_string()
}

#[test]
fn the_sample_is_a_model() {
    assert!(read(&whole()).is_ok());
    let names: Vec<String> = whole()["detector"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["kind", "layers", "mean", "sd", "takes"]);
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    let file = whole();
    for pointer in pointers(&file["detector"], "/detector") {
        for wrong in [json!(null), json!(true), json!("?"), json!(-1.5), json!({"?": 1})] {
            let mut file = whole();
            let right = std::mem::replace(file.pointer_mut(&pointer).unwrap(), wrong.clone());
            match read(&file) {
                Ok(_) => assert!(right.is_number() && wrong.is_number(), "{pointer} = {wrong}"),
                Err(problem) => {
                    let said = problem.to_string();
                    let named = said.contains(field(&pointer))
                        || said.contains("standard deviation") && pointer.contains("sd");
                    assert!(named, "{pointer} = {wrong}: {said}");
                }
            }
        }
    }
}

#[test]
fn a_missing_field_is_named() {
    let file = whole();
    for pointer in pointers(&file["detector"], "/detector") {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut file = whole();
        match file.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.remove(name)),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            other => panic!("{other} holds nothing"),
        }
        let said = error(&file);
        let named = said.contains(field(&pointer)) || parent.ends_with("/layers");
        assert!(named, "{pointer}: {said}");
    }
    for name in ["sd", "takes", "layers"] {
        let mut file = whole();
        file["detector"].as_object_mut().unwrap().remove(name);
        assert_eq!(error(&file), format!("field \"{name}\": is missing"));
    }
}

#[test]
fn a_field_of_another_kind_of_detector_is_named() {
    let mut file = whole();
    file["detector"]["covariance"] = json!([[1.0]]);
    assert_eq!(error(&file), "field \"covariance\": is no field of this kind of detector");
    for name in ["sd", "takes", "layers"] {
        let mut file: Value =
            serde_json::from_slice(&model("mad", 3, Precision::F32).to_json()).unwrap();
        file["detector"][name] = whole()["detector"][name].clone();
        assert_eq!(error(&file), format!("field \"{name}\": is no field of this kind of detector"));
    }
    for pointer in ["/detector", "/detector/layers/0"] {
        let mut file = whole();
        file.pointer_mut(pointer).unwrap()["wobble"] = json!(1);
        let said = error(&file);
        assert!(said.contains("wobble"), "{said}");
    }
}

#[test]
fn values_that_cannot_be_are_named() {
    let one = |inputs: usize, outputs: usize| {
        json!({
            "weights": vec![vec![0.5; inputs]; outputs],
            "bias": vec![0.5; outputs],
            "activation": "linear",
        })
    };
    for (pointer, value, message) in [
        (
            "/layers/0/weights/1",
            json!([1, 2]),
            "layer 0: row 1 of the weights has 2 numbers, row 0",
        ),
        (
            "/layers/0/weights",
            json!([]),
            "layer 0: the weights have 0 rows, the bias has 5 numbers",
        ),
        ("/layers/0/weights/4", json!([1, 2, 3, 4]), "row 4 of the weights has 4 numbers, row 0"),
        ("/layers/0/weights", json!([[], [], [], [], []]), "layer 0: 0 weights do not make rows"),
        ("/layers/1/bias", json!([1]), "layer 1: the weights have 3 rows, the bias has 1 numbers"),
        ("/layers/1/activation", json!("mish"), "layer 1: not an activation judder knows: lin"),
        ("/layers/1/activation", json!("elu"), "layer 1: not an activation judder knows: lin"),
        (
            "/layers/1/activation",
            json!("sigmoid"),
            "field \"detector.layers[1].activation\": sigmoid is not known in files of format version 2, \
             which have linear, relu and tanh; it is of version 3",
        ),
        ("/layers", json!([]), "field \"layers\": there are no layers"),
        (
            "/layers",
            json!([one(3, 2), one(3, 3)]),
            "\"layers\": layer 1 takes 3 numbers, layer 0 g",
        ),
        ("/layers", json!([one(3, 3), one(2, 3)]), "layer 1 takes 2 numbers, layer 0 gives 3"),
        ("/layers", json!([one(3, 2)]), "the network takes 3 numbers and gives 2"),
        ("/layers", json!([one(2, 2)]), "takes 2 numbers, but mean has 3 and sd 3"),
        ("/layers", json!(vec![one(3, 3); 65]), "field \"layers\": there are more than 64 layers"),
        ("/layers", json!([one(3, 1025), one(1025, 3)]), "layer 0: it is wider than 1024 numbers"),
        ("/layers/1", one(1025, 3), "layer 1: it is wider than 1024 numbers"),
        ("/mean", json!([1, 2]), "takes 3 numbers, but mean has 2 and sd 3"),
        ("/sd", json!([1, 2, 3, 4]), "takes 3 numbers, but mean has 3 and sd 4"),
        ("/sd/1", json!(0), "the standard deviation of feature 1 is 0e0: it has to be above 0"),
        ("/sd/2", json!(-1), "the standard deviation of feature 2 is -1e0: it has to be above 0"),
        ("/sd/0", json!(1e-310), "the standard deviation of feature 0 is 1e-310: it has to be"),
        ("/sd/1", json!(1e-39), "field \"layers\": a number is too large for f32"),
        (
            "/sd/1",
            json!(1e38),
            "field \"sd\": the scale of feature 1 is too small or large for f32",
        ),
        ("/mean/1", json!(1e39), "field \"layers\": a number is too large for f32"),
        ("/takes", json!("all"), "field \"detector.takes\": unknown variant `all`"),
    ] {
        let mut file = whole();
        *file["detector"].pointer_mut(pointer).unwrap() = value;
        let said = error(&file);
        assert!(said.contains(message), "{pointer}: {said}");
    }
    // Neither is it of the first version, and it is of the third.
    for (version, is_read) in [(1, false), (2, false), (3, true)] {
        let mut file = whole();
        file["version"] = json!(version);
        file["detector"]["layers"][0]["activation"] = json!("leaky_relu(0.01)");
        assert_eq!(read(&file).is_ok(), is_read, "{version}");
    }
    let mut file = whole();
    file["data"]["axes"] = json!(2);
    assert_eq!(error(&file), "field \"mean\": 3 numbers, but mad of 2 axes gives 2");
    // What goes to the edges is read.
    for layers in [vec![one(3, 3); 64], vec![one(3, 1024), one(1024, 3)]] {
        let mut file = whole();
        file["detector"]["layers"] = json!(layers);
        assert!(read(&file).is_ok());
    }
}

/// What no file can hold, because JSON has no such numbers.
#[test]
fn what_is_not_finite_is_refused() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for (weight, bias) in [(bad, 0.5), (0.5, bad)] {
            let said = Layer::new(vec![weight, 0.5], vec![bias], Activation::Tanh).unwrap_err();
            assert!(said.contains("not finite"), "{said}");
        }
        let network = Network::new(vec![layer(2, 2, Activation::Linear)]).unwrap();
        for (mean, sd) in [(bad, 1.0), (1.0, bad)] {
            let scaling = Scaling { mean: vec![0.0, mean], sd: vec![1.0, sd] };
            for takes in [Takes::Features, Takes::Standardised] {
                assert!(Autoencoder::new(network.clone(), takes, scaling.clone()).is_err());
            }
        }
    }
    assert!(Layer::new(vec![], vec![], Activation::Linear).is_err());
    assert!(Layer::new(vec![1.0], vec![], Activation::Linear).is_err());
    // Each number is finite; folded, they are not.
    let scaling = Scaling { mean: vec![1.0; 2], sd: vec![1e-308; 2] };
    let large = Layer::new(vec![8.0; 4], vec![0.0; 2], Activation::Linear).unwrap();
    let network = Network::new(vec![large]).unwrap();
    assert!(Autoencoder::new(network.clone(), Takes::Features, scaling.clone()).is_ok());
    let said = Autoencoder::new(network, Takes::Standardised, scaling).unwrap_err();
    assert!(said.contains("not finite"), "{said}");
}

/// A file takes some times its size in memory, whatever it holds.
#[test]
fn thousands_of_numbers_are_refused_in_bounded_memory() {
    let row = json!(vec![0; 2_000]);
    let layer =
        |weights: Value, bias: &Value| json!({"weights": weights, "bias": bias, "activation": ""});
    let empty = layer(json!([]), &json!([]));
    for layers in [
        json!(vec![empty; 20_000]),
        json!([layer(json!(vec![json!([]); 100_000]), &row)]),
        json!([layer(json!(vec![row.clone(); 50]), &row)]),
        json!([layer(json!([[0]]), &json!(vec![0; 100_000]))]),
    ] {
        let mut file = whole();
        file["detector"]["layers"] = layers;
        let (text, mut found) = (file.to_string(), None);
        let allocated =
            allocation_counter::measure(|| found = Some(Model::from_json(text.as_bytes())));
        assert!(matches!(found, Some(Err(Problem::Field { field: "layers", .. }))), "{found:?}");
        let most = 64 * text.len() as u64 + (1 << 20);
        assert!(allocated.bytes_max < most, "{} of {most} bytes", allocated.bytes_max);
    }
}

#[test]
fn messages_are_bounded() {
    let long = "w\u{7}\n".repeat(100_000);
    for pointer in ["/layers/0/activation", "/takes", "/kind", "/sd", "/layers/0/weights/0/0"] {
        let mut file = whole();
        *file["detector"].pointer_mut(pointer).unwrap() = json!(long);
        let said = error(&file);
        assert!(said.len() < 1_000 && !said.contains(char::is_control), "{pointer}: {said}");
    }
}
