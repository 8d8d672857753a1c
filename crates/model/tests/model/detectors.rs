//! Mixtures and neighbours: in the file, and run.

use judder_core::{Detector, Mahalanobis, Mixture, Neighbours, Real, Score};
use judder_model::{Binding, DetectorKind, MAX_MODES, Model, Precision, Scorer, Windows, starts};
use serde_json::{Value, json};

use super::fields::{field, pointers};
use super::samples::{every_feature, gaussian, mixture, model_of, neighbours, readings};

fn of_mixture(modes: usize) -> impl Fn(usize) -> DetectorKind {
    move |n| DetectorKind::Mixture(mixture(n, modes))
}

fn of_neighbours(rows: usize, k: usize) -> impl Fn(usize) -> DetectorKind {
    move |n| DetectorKind::Neighbours(neighbours(n, rows, k))
}

fn read_again(model: &Model) {
    let bytes = model.to_json();
    let read = Model::from_json(&bytes).unwrap();
    assert_eq!(&read, model);
    assert_eq!(read.to_json(), bytes);
}

#[test]
fn what_is_written_is_read() {
    for precision in [Precision::F32, Precision::F64] {
        for axes in [1, 3, 8] {
            for features in ["mad", "log-mad+std", &every_feature()] {
                for modes in [1, 2, 5] {
                    read_again(&model_of(features, axes, precision, of_mixture(modes)));
                }
                for (rows, k) in [(1, 1), (7, 3), (7, 7)] {
                    read_again(&model_of(features, axes, precision, of_neighbours(rows, k)));
                }
            }
        }
    }
    read_again(&model_of("mad", 1, Precision::F32, of_mixture(MAX_MODES)));
}

/// The scores of the core alone, window by window.
fn by_hand<T: Real, S: Score<T>>(model: &Model, values: &[f64], scoring: S) -> Vec<u64> {
    let Binding { axes, window, hop, .. } = model.binding();
    let threshold = T::from_f64(model.threshold().value);
    let detector = Detector::new(*model.features(), scoring, threshold, axes, window).unwrap();
    let (mut windows, mut room) = (Windows::new(axes, window), vec![T::ZERO; detector.values()]);
    starts(values.len() / axes, window, hop)
        .map(|start| {
            let (readings, scratch) = windows.cut(values, start).unwrap();
            detector.judge(&readings, scratch, &mut room).unwrap().score.to_f64().to_bits()
        })
        .collect()
}

fn check_bits<T: Real>(precision: Precision) {
    let rounded = |from: &[f64]| from.iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>();
    for axes in [1, 3, 8] {
        let values = readings(axes, 123);
        for features in ["mad", "log-mad+std", &every_feature()] {
            let bits = |model: &Model| -> Vec<u64> {
                let scored = Scorer::new(model).score(&values, axes, None).unwrap();
                scored.iter().map(|one| one.score.to_bits()).collect()
            };
            let model = model_of(features, axes, precision, of_mixture(3));
            let DetectorKind::Mixture(one) = model.detector() else { panic!("a mixture") };
            let modes: Vec<_> =
                one.modes().iter().map(|m| (rounded(m.mean()), rounded(m.whitening()))).collect();
            let modes: Vec<_> =
                modes.iter().map(|(m, w)| Mahalanobis::new(m, w).unwrap()).collect();
            assert_eq!(bits(&model), by_hand(&model, &values, Mixture::new(&modes).unwrap()));

            let model = model_of(features, axes, precision, of_neighbours(9, 4));
            let DetectorKind::Neighbours(one) = model.detector() else { panic!("neighbours") };
            let inverse: Vec<f64> = one.sd().iter().map(|sd| 1.0 / sd).collect();
            let (scale, rows) = (rounded(&inverse), rounded(one.rows()));
            let core = Neighbours::new(&scale, &rows, 4).unwrap();
            assert_eq!(bits(&model), by_hand(&model, &values, core));
        }
    }
}

#[test]
fn scores_are_those_of_the_core_bit_for_bit() {
    check_bits::<f32>(Precision::F32);
    check_bits::<f64>(Precision::F64);
}

#[test]
fn a_mixture_of_one_scores_as_its_gaussian() {
    let values = readings(3, 123);
    for precision in [Precision::F32, Precision::F64] {
        let single = |n| DetectorKind::Mahalanobis(gaussian(n));
        let (one, single) = (
            model_of("mad+std", 3, precision, of_mixture(1)),
            model_of("mad+std", 3, precision, single),
        );
        let score = |model| Scorer::new(model).score(&values, 3, None).unwrap();
        assert_eq!(score(&one), score(&single));
    }
}

/// The files of the tests below.
fn files() -> [Value; 2] {
    let value = |model: Model| serde_json::from_slice(&model.to_json()).unwrap();
    [
        value(model_of("mad", 3, Precision::F32, of_mixture(2))),
        value(model_of("mad", 3, Precision::F32, of_neighbours(4, 2))),
    ]
}

fn detector_pointers(file: &Value) -> Vec<String> {
    pointers(&file["detector"], "/detector")
}

fn read(file: &Value) -> Result<Model, String> {
    Model::from_json(file.to_string().as_bytes()).map_err(|problem| problem.to_string())
}

#[test]
fn the_files_are_models() {
    for (file, count) in files().iter().zip([38, 23]) {
        assert!(read(file).is_ok());
        assert_eq!(detector_pointers(file).len(), count);
    }
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    for whole in files() {
        for pointer in detector_pointers(&whole) {
            for wrong in [json!(null), json!(true), json!("?"), json!({"?": 1}), json!([[]])] {
                let mut file = whole.clone();
                *file.pointer_mut(&pointer).unwrap() = wrong.clone();
                let error = read(&file).unwrap_err();
                assert!(error.contains(field(&pointer)), "{pointer} = {wrong}: {error}");
            }
        }
    }
}

#[test]
fn a_missing_field_is_named_and_so_is_a_list_that_is_short() {
    for whole in files() {
        for pointer in detector_pointers(&whole) {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let mut file = whole.clone();
            let parent = file.pointer_mut(parent).unwrap();
            let named: &[&str] = if let Some(fields) = parent.as_object_mut() {
                fields.remove(name);
                &[name]
            } else {
                parent.as_array_mut().unwrap().pop();
                &["mean", "covariance", "sd", "rows"]
            };
            // One mode or row less is still a model.
            let list = pointer.rsplit_once('/').unwrap().0;
            if ["/detector/modes", "/detector/rows"].contains(&list) {
                assert!(read(&file).is_ok(), "{pointer}");
                continue;
            }
            let error = read(&file).unwrap_err();
            assert!(named.iter().any(|name| error.contains(name)), "{pointer}: {error}");
        }
    }
}

#[test]
fn an_unknown_field_and_one_of_another_kind_is_named() {
    for whole in files() {
        let objects = detector_pointers(&whole).into_iter().chain(["/detector".to_owned()]);
        for pointer in objects.filter(|at| whole.pointer(at).unwrap().is_object()) {
            let mut file = whole.clone();
            let object = file.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
            object.insert("wobble".to_owned(), json!(1));
            let error = read(&file).unwrap_err();
            assert!(error.contains("wobble"), "{pointer}: {error}");
        }
    }
    let [of_mixture, of_neighbours] = files();
    for (whole, others) in [
        (of_mixture, vec![("mean", json!([1])), ("sd", json!([1])), ("k", json!(1))]),
        (of_neighbours, vec![("mean", json!([1])), ("modes", json!([])), ("layers", json!([]))]),
    ] {
        for (name, value) in others {
            let mut file = whole.clone();
            file["detector"][name] = value;
            let expected = format!("field \"{name}\": is no field of this kind of detector");
            assert_eq!(read(&file).unwrap_err(), expected);
        }
    }
}

#[test]
fn values_that_cannot_be_are_named() {
    let [of_mixture, of_neighbours] = files();
    let mode = of_mixture["detector"]["modes"][0].clone();
    let one = json!({"mean": [1], "covariance": [[1]]});
    for (whole, pointer, value, message) in [
        (&of_mixture, "/detector/modes", json!([]), "field \"modes\": there are no modes"),
        (
            &of_mixture,
            "/detector/modes",
            Value::Array(vec![mode; MAX_MODES + 1]),
            "field \"modes\": there are 65 modes, and 64 at most",
        ),
        (
            &of_mixture,
            "/detector/modes/1",
            one,
            "field \"modes\": mode 1 has 1 features, mode 0 has 3",
        ),
        (&of_mixture, "/detector/modes/1/covariance/1/1", json!(0), "feature 1 does not vary"),
        (&of_mixture, "/detector/modes/1/covariance/0", json!([1]), "row 0 has 1 numbers"),
        (&of_mixture, "/detector/modes/1/mean/0", json!(1e39), "is too large for f32"),
        (
            &of_mixture,
            "/detector/modes/1/covariance/0/0",
            json!(1e90),
            "feature 0 is too large for f32",
        ),
        (&of_mixture, "/data/axes", json!(2), "3 numbers, but mad of 2 axes gives 2"),
        (&of_neighbours, "/data/axes", json!(2), "3 numbers, but mad of 2 axes gives 2"),
        (&of_neighbours, "/detector/k", json!(0), "k at least 1"),
        (&of_neighbours, "/detector/k", json!(5), "at least k = 5"),
        (&of_neighbours, "/detector/k", json!(-1), "field \"detector.k\": invalid value"),
        (&of_neighbours, "/detector/k", json!(1.5), "field \"detector.k\": invalid type"),
        (&of_neighbours, "/detector/rows", json!([]), "0 numbers are not at least k = 2"),
        (
            &of_neighbours,
            "/detector/rows/2",
            json!([1]),
            "field \"rows\": row 2 has 1 numbers, sd has 3",
        ),
        (
            &of_neighbours,
            "/detector/rows/2/1",
            json!(1e39),
            "field \"rows\": a number is too large",
        ),
        (
            &of_neighbours,
            "/detector/sd/1",
            json!(0),
            "standard deviation of feature 1 is not above 0",
        ),
        (
            &of_neighbours,
            "/detector/sd/1",
            json!(-1),
            "standard deviation of feature 1 is not above 0",
        ),
        (&of_neighbours, "/detector/sd/1", json!(1e-310), "feature 1 is not above 0"),
        (&of_neighbours, "/detector/sd/1", json!(1e-39), "field \"sd\": the scale of feature 1"),
        (&of_neighbours, "/detector/sd/1", json!(1e39), "field \"sd\": the scale of feature 1"),
    ] {
        let mut file = whole.clone();
        *file.pointer_mut(pointer).unwrap() = value;
        let error = read(&file).unwrap_err();
        assert!(error.contains(message), "{pointer}: {error}");
    }
}
