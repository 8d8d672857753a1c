//! What one number of a model's readings is worth: in the file, and as gravity tells.

use judder_core::{Feature, FeatureSet, Unit};
use judder_model::{
    Binding, DetectorKind, Metadata, Misfit, Model, Mounted, Precision, Scale, Scorer, Takes,
    Watching, digits,
};
use proptest::prelude::*;

use super::samples::{autoencoder_model, gaussian, given, model, readings};

fn unit(name: &str) -> Option<Unit> {
    Some(name.parse().unwrap())
}

/// A model of windows of 64 readings of three axes, in which gravity reads 1.
fn in_g() -> Model {
    let features = FeatureSet::new(&[Feature::LogStd]).unwrap();
    let detector = DetectorKind::Mahalanobis(gaussian(3));
    let binding = Binding { axes: 3, window: 64, hop: 64, rate_hz: 200.0 };
    Model::new(binding, Precision::F32, features, detector, given(11.5), Default::default())
        .and_then(|model| model.with_scale(Scale { unit: unit("g"), gravity: Some(1.0) }))
        .unwrap()
}

/// Gravity, and a tone of this amplitude and frequency on every axis, 64 readings of three axes.
fn tone(gravity: [f64; 3], amplitude: f64, cycles: f64) -> Vec<f64> {
    let axis = |along: f64| {
        (0..64).map(move |at| {
            let phase = std::f64::consts::TAU * cycles * f64::from(at) / 64.0;
            along + amplitude * phase.sin() + 1e-3 * f64::from(at * 7 % 5)
        })
    };
    gravity.into_iter().flat_map(axis).collect()
}

fn misfit(values: &[f64]) -> Option<Misfit> {
    Scorer::new(&in_g()).score(values, 3, None).err()
}

proptest! {
    #[test]
    fn what_is_written_is_read(which in 0usize..5, gravity in prop::option::of(1e-3f64..1e6)) {
        let unit = ["g", "mg", "m/s2", "counts:16393.44", ""][which].parse().ok();
        let scale = Scale { unit, gravity };
        let model = model("mad", 3, Precision::F32).with_scale(scale).unwrap();
        let bytes = model.to_json();
        let read = Model::from_json(&bytes).unwrap();
        prop_assert_eq!(read.scale(), scale);
        prop_assert_eq!(&read, &model);
        prop_assert_eq!(read.to_json(), bytes);
    }

    /// Whatever the unit is in which the same readings are sent, they are told; what sensors are off by is not.
    #[test]
    fn another_scale_is_told(
        by in prop_oneof![2.0f64..1e6, (2.0f64..1e6).prop_map(|by| 1.0 / by)],
        amplitude in 1e-3f64..0.3, cycles in 1.0f64..30.0, turned in 0usize..3,
    ) {
        let mut gravity = [0.6, 0.0, -0.8];
        gravity.rotate_left(turned);
        let values = tone(gravity, amplitude, cycles);
        prop_assert_eq!(misfit(&values), None);
        let off: Vec<f64> = values.iter().map(|x| x * if by > 1.0 { 1.5 } else { 0.7 }).collect();
        prop_assert_eq!(misfit(&off), None);
        let scaled: Vec<f64> = values.iter().map(|x| x * by).collect();
        let Some(Misfit::Unit { found, expected, looks }) = misfit(&scaled) else {
            panic!("{by}: {:?}", misfit(&scaled))
        };
        prop_assert_eq!(expected, 1.0);
        prop_assert!((found / by - 1.0).abs() < 0.2, "{} where {}", found, by);
        prop_assert_eq!(looks, Unit::of_gravity(found, false));
    }

    /// A tone as strong as it may be moves the mean of a window, and is no unit: of at least a cycle, and of
    /// some that go slower, too.
    #[test]
    fn no_vibration_is_a_unit(amplitude in 0.3f64..100.0, cycles in 1.0f64..30.0, clipped in 2.0f64..16.0) {
        let values: Vec<f64> =
            tone([0.0, 0.6, 0.8], amplitude, cycles).iter().map(|x| x.clamp(-clipped, clipped)).collect();
        prop_assert_eq!(misfit(&values), None);
    }
}

#[test]
fn the_words_name_the_unit_and_the_option() {
    let values =
        |by: f64| -> Vec<f64> { tone([0.0, 0.0, 1.0], 0.01, 5.0).iter().map(|x| x * by).collect() };
    let said = misfit(&values(1000.0)).unwrap().to_string();
    let expected =
        "gravity reads 1002 where the model's is 1: these look like mg; say so with --unit mg";
    assert_eq!(said, expected);
    let whole: Vec<f64> = values(4096.0).iter().map(|x| x.round()).collect();
    let said = misfit(&whole).unwrap().to_string();
    assert!(
        said.ends_with("these look like counts:4096; say so with --unit counts:4096"),
        "{said}"
    );
    let said = misfit(&values(2.0)).unwrap().to_string();
    assert!(
        said.contains("in another unit, which --unit says, or the range of the sensor has changed"),
        "{said}"
    );
}

#[test]
fn lengths_have_three_digits() {
    for (length, text) in [
        (1.0, "1"),
        (0.9987, "0.999"),
        (9.80665, "9.81"),
        (1001.4, "1001"),
        (0.00102, "0.00102"),
        (0.0, "0"),
    ] {
        assert_eq!(digits(length), text);
    }
}

/// Files of version 1 say no unit: gravity of their mounting tells it, where it is gravity.
#[test]
fn a_model_of_the_first_version_is_in_what_its_gravity_tells() {
    for (gravity, expected) in [
        ([0.0, 0.6, 0.8], "g"),
        ([0.0, -9.8, 0.3], "m/s2"),
        ([700.0, 0.0, 700.0], "mg"),
        ([0.0, 0.0, 16_300.0], "counts:16384"),
        // An offset, or a sensor that sees none of it.
        ([0.003, -0.002, 0.004], ""),
    ] {
        let mounting = Mounted { gravity: gravity.to_vec(), moved: 2.0, same: 1.0 };
        let watching = Watching { mounting: vec![mounting], ..Watching::default() };
        let model = model("mad", 3, Precision::F32).with_watching(watching).unwrap();
        let file = String::from_utf8(model.to_json()).unwrap();
        assert!(!file.contains("unit"), "nothing is said that nobody knows: {file}");
        let first = file.replacen("\"version\": 2", "\"version\": 1", 1);
        assert_ne!(first, file);
        let read = Model::from_json(first.as_bytes()).unwrap();
        assert_eq!(read.scale().unit, expected.parse().ok(), "{gravity:?}");
        assert_eq!(read.scale().gravity.is_some(), !expected.is_empty());
    }
    assert_eq!(model("mad", 3, Precision::F32).scale(), Scale::default());
}

#[test]
fn scales_that_cannot_be_are_refused() {
    let file = String::from_utf8(in_g().to_json()).unwrap();
    for (from, to, words) in [
        ("\"unit\": \"g\"", "\"unit\": \"kg\"", "not a unit judder knows: g, mg"),
        ("\"unit\": \"g\"", "\"unit\": 1", "data.unit"),
        ("\"gravity\": 1.0", "\"gravity\": 0.0", "data.gravity"),
        ("\"gravity\": 1.0", "\"gravity\": -1.0", "data.gravity"),
    ] {
        assert!(file.contains(from), "{file}");
        let problem = Model::from_json(file.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert!(problem.to_string().contains(words), "{problem}");
    }
}

/// Without a length of gravity nothing is refused for its scale.
#[test]
fn without_gravity_every_scale_is_scored() {
    let model = model("log-std", 3, Precision::F32);
    let values: Vec<f64> = readings(3, 200).iter().map(|x| 1000.0 * x).collect();
    assert!(Scorer::new(&model).score(&values, 3, None).is_ok());
}

/// A network goes to other programs with its unit, and comes back with it; metadata of version 1 has none.
#[test]
fn an_exported_network_keeps_its_unit() {
    let scale = Scale { unit: unit("mg"), gravity: Some(998.0) };
    let model = autoencoder_model("mad", 3, Precision::F32).with_scale(scale).unwrap();
    let metadata = Metadata::of(&model, Takes::Features).unwrap();
    let text = metadata.to_json();
    let read = Metadata::from_json(text.as_bytes()).unwrap();
    assert_eq!((read.scale(), &read), (scale, &metadata));
    let first = text.replacen("\"version\":2", "\"version\":1", 1).replacen(
        "\"unit\":\"mg\",\"gravity\":998.0,",
        "",
        1,
    );
    assert_ne!(first, text);
    assert_eq!(Metadata::from_json(first.as_bytes()).unwrap().scale(), Scale::default());
}
