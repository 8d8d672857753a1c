//! What is wrong with the part of a model file that says how windows are watched is named.

use judder_model::{LongRun, Model, Mounted, Precision, Watching};
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
        mounting: Some(Mounted { gravity: vec![0.1, -0.2, 0.9], moved: 8.0, same: 2.0 }),
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
    assert_eq!(watch_pointers().len(), 16);
}

#[test]
fn a_field_of_the_wrong_type_is_named() {
    // What need not be known may be null.
    let optional = ["handled_above", "idle_below", "mounting", "drift"];
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
    for pointer in ["/watch", "/watch/mounting", "/watch/drift"] {
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
        ("/watch/mounting/gravity", json!([]), "field \"mounting\": gravity has 0 numbers"),
        ("/watch/mounting/gravity", json!([0, 1]), "gravity has 2 numbers, the model 3 axes"),
        ("/watch/mounting/gravity", json!([0, 0, 0]), "field \"watch\": a mounting has a mean"),
        ("/watch/mounting/gravity/0", json!(1e39), "field \"watch\": a mounting has a mean"),
        ("/watch/mounting/moved", json!(1), "field \"mounting\": turns of "),
        ("/watch/mounting/moved", json!(180), "field \"mounting\": turns of "),
        ("/watch/mounting/same", json!(9), "field \"mounting\": turns of "),
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
        file["watch"]["mounting"][name] = json!(angle);
        let error = read(&file).unwrap_err();
        assert!(error.contains("mounting"), "{name} = {angle}: {error}");
    }
}
