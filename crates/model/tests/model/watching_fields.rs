//! What is wrong with the part of a model file that says how windows are watched is named.

use judder_core::GravityAxes;
use judder_model::{LongRun, Model, Mounted, Never, Precision, Turned, Watching};
use serde_json::{Value, json};

use super::fields::{field, pointers};
use super::samples::model;

/// A model in which every field is there.
fn whole() -> Value {
    let watching = Watching {
        average: 3,
        votes: 2,
        of: 4,
        clear: 0.75,
        handled_above: Some(0.03),
        idle_below: Some(0.002),
        settle: 180,
        gravity: GravityAxes::Three([0, 1, 2]),
        handled: Some(Never::Never),
        turned: Some(Turned::Degrees(4.0)),
        mounting: vec![Mounted { gravity: vec![0.1, -0.2, 0.9], moved: 8.0, same: 2.0 }],
        strong_above: Some(0.06),
        drift: Some(LongRun { above: 1.5, over: 64 }),
    };
    let model = model("mad", 3, Precision::F32).with_watching(watching).unwrap();
    serde_json::from_slice(&model.to_json()).unwrap()
}

fn watch_pointers() -> Vec<String> {
    pointers(&whole()["watch"], "/watch")
}

fn read(file: &Value) -> Result<Model, String> {
    Model::from_json(file.to_string().as_bytes()).map_err(|problem| problem.to_string())
}

#[test]
fn the_sample_is_a_model() {
    assert!(read(&whole()).is_ok());
    assert_eq!(watch_pointers().len(), 25, "{:?}", watch_pointers());
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    // What need not be known may be null.
    let optional = [
        "gravity",
        "handled",
        "handled_above",
        "idle_below",
        "turned",
        "mounting",
        "strong_above",
        "drift",
    ];
    for pointer in watch_pointers() {
        for wrong in [json!(null), json!(true), json!("?"), json!({"?": 1}), json!([[]])] {
            let mut file = whole();
            *file.pointer_mut(&pointer).unwrap() = wrong.clone();
            match read(&file) {
                Ok(_) => {
                    assert!(wrong.is_null() && optional.contains(&field(&pointer)), "{pointer}")
                }
                Err(error) => {
                    assert!(error.contains(field(&pointer)), "{pointer} = {wrong}: {error}");
                }
            }
        }
    }
}

/// A part of a part may not be missing; what is missing of the whole is as if nothing was said of it.
#[test]
fn a_missing_field_is_its_default_or_named() {
    for pointer in watch_pointers() {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let mut file = whole();
        let object = file.pointer_mut(parent).unwrap();
        let Some(fields) = object.as_object_mut() else { continue };
        fields.remove(name);
        match read(&file) {
            Ok(model) => {
                assert_eq!(parent, "/watch", "{pointer} may be missing");
                let left: Value =
                    serde_json::to_value(Watching { ..model.watching().clone() }).unwrap();
                let default = serde_json::to_value(Watching::default()).unwrap();
                assert_eq!(left.get(name), default.get(name), "{pointer}");
            }
            Err(error) => assert!(error.contains(name), "{pointer}: {error}"),
        }
    }
    let mut file = whole();
    file.as_object_mut().unwrap().remove("watch");
    assert_eq!(read(&file).unwrap().watching(), &Watching::default());
}

#[test]
fn an_unknown_field_is_named() {
    for pointer in ["/watch", "/watch/mounting/0", "/watch/drift"] {
        let mut file = whole();
        file.pointer_mut(pointer).unwrap()["wobble"] = json!(1);
        let error = read(&file).unwrap_err();
        assert!(error.contains("wobble"), "{pointer}: {error}");
    }
}

#[test]
fn values_that_cannot_be_are_named() {
    for (pointer, value, message) in [
        ("/watch/average", json!(0), "field \"watch\": a decision cannot average 0 scores"),
        ("/watch/average", json!(1_000_000), "cannot average 1000000 scores"),
        ("/watch/average", json!(-1), "field \"watch.average\": invalid value"),
        ("/watch/votes", json!(0), "field \"watch\": an alarm cannot be raised by 0 votes of 4"),
        ("/watch/votes", json!(5), "field \"watch\": an alarm cannot be raised by 5 votes of 4"),
        ("/watch/of", json!(1), "field \"watch\": an alarm cannot be raised by 2 votes of 1"),
        ("/watch/of", json!(1_000_000), "2 votes of 1000000"),
        ("/watch/clear", json!(0), "field \"watch\": an alarm is cleared at a share"),
        ("/watch/clear", json!(1.5), "field \"watch\": an alarm is cleared at a share"),
        ("/watch/clear", json!(1e-60), "field \"watch\": an alarm is cleared at a share"),
        ("/watch/handled_above", json!(-1), "field \"watch\": a shift, an activity"),
        ("/watch/handled_above", json!(1e39), "field \"watch\": a shift, an activity"),
        ("/watch/idle_below", json!(-1), "field \"watch\": a shift, an activity"),
        ("/watch/mounting/0/gravity", json!([]), "field \"mounting\": gravity has 0 numbers"),
        ("/watch/mounting/0/gravity", json!([0, 1]), "gravity has 2 numbers, 3 axes see it"),
        ("/watch/mounting/0/gravity", json!([0, 0, 0]), "field \"watch\": a mounting has a mean"),
        ("/watch/mounting/0/gravity/0", json!(1e39), "field \"watch\": a mounting has a mean"),
        ("/watch/mounting/0/moved", json!(1), "field \"mounting\": turns of "),
        ("/watch/mounting/0/moved", json!(180), "field \"mounting\": turns of "),
        ("/watch/mounting/0/same", json!(9), "field \"mounting\": turns of "),
        ("/watch/gravity", json!([0, 1, 3]), "field \"gravity\": 0, 1 and 3 are not three of"),
        ("/watch/gravity", json!([0, 1, 1]), "field \"gravity\": 0, 1 and 1 are not three of"),
        ("/watch/gravity", json!([0, 1]), "the three axes that see gravity, counted from 0"),
        ("/watch/gravity", json!("seen"), "the three axes that see gravity, counted from 0"),
        ("/watch/gravity", json!("unseen"), "field \"gravity\": no axis sees gravity, yet"),
        ("/watch/handled", json!("always"), "field \"watch.handled\""),
        ("/watch/turned", json!("never"), "\"any\", or degrees above 0 and below 180"),
        ("/watch/turned", json!(0), "\"any\", or degrees above 0 and below 180"),
        ("/watch/turned", json!(180.0), "\"any\", or degrees above 0 and below 180"),
        ("/watch/strong_above", json!(-1), "field \"watch\": a shift, an activity"),
        ("/watch/drift/over", json!(1), "field \"watch\": drift cannot be a mean over 1 windows"),
        ("/watch/drift/over", json!(1_000_000), "a mean over 1000000 windows"),
        ("/watch/drift/above", json!(1e39), "field \"watch\": "),
    ] {
        let mut file = whole();
        *file.pointer_mut(pointer).unwrap() = value.clone();
        let error = read(&file).unwrap_err();
        assert!(error.contains(message), "{pointer} = {value}: {error}");
    }
}

/// Angles are from 0 to 180 degrees. A sine of a multiple of these is another angle's.
#[test]
fn angles_below_0_or_beyond_180_degrees_are_refused() {
    for (name, angle) in [("moved", 200.0), ("moved", 365.0), ("same", -1.0), ("same", -359.0)] {
        let mut file = whole();
        file["watch"]["mounting"][0][name] = json!(angle);
        let error = read(&file).unwrap_err();
        assert!(error.contains("mounting"), "{name} = {angle}: {error}");
    }
}

/// Version 1 has one mounting, of all axes, and does not say whether they see gravity.
#[test]
fn what_a_model_of_version_1_says_is_looked_at() {
    let read = |gravity: Value| {
        let axes = gravity.as_array().map_or(3, Vec::len);
        let mut file: Value =
            serde_json::from_slice(&model("mad", axes, Precision::F32).to_json()).unwrap();
        file["version"] = json!(1);
        file["watch"] = json!({
            "handled_above": 0.004,
            "mounting": { "gravity": gravity, "moved": 2.0, "same": 0.5 },
        });
        let read = read(&file).unwrap();
        // It is written as what it is now.
        let again: Value = serde_json::from_slice(&read.to_json()).unwrap();
        assert_eq!(again["version"], 2);
        assert_eq!(Model::from_json(again.to_string().as_bytes()).unwrap(), read);
        read.watching().clone()
    };
    let of = |gravity: Vec<f64>| vec![Mounted { gravity, moved: 2.0, same: 0.5 }];
    for gravity in [[-0.01, 0.2, 0.98], [0.0, 9.7, 1.0], [0.0, 0.0, -4090.0]] {
        let found = read(json!(gravity));
        assert_eq!((found.gravity, found.handled_above), (GravityAxes::All, Some(0.004)));
        assert_eq!(found.mounting, of(gravity.to_vec()));
    }
    // Offsets: of a piezoelectric sensor, of two.
    for gravity in
        [json!([0.003, -0.002, 0.004]), json!([0.02, 0.03]), json!([5.0, -3.0, 2.0, 1.0])]
    {
        let found = read(gravity);
        assert_eq!((found.gravity, found.handled_above), (GravityAxes::Unseen, None));
        assert_eq!(found.mounting, []);
    }
    // A gyroscope beside the accelerometer.
    let found = read(json!([1.4, -0.9, 0.3, 0.02, -0.1, 1.01]));
    assert_eq!((found.gravity, found.handled_above), (GravityAxes::Three([3, 4, 5]), Some(0.004)));
    assert_eq!(found.mounting, of(vec![0.02, -0.1, 1.01]));
}
