//! Readings in units: as they name them, as is given, or as gravity tells.

use judder_core::Unit;
use judder_data::{Located, Recording};
use judder_model::{Model, Scale};
use judder_train::{Options, TrainError, Trained, in_unit_of, looks_like, rebaseline_on, train_on};

use crate::windows::{USUAL, baseline, changed, each, folder, judged, noise, usual};

fn unit(name: &str) -> Option<Unit> {
    Some(name.parse().unwrap())
}

/// The same in another unit, which is named or not.
fn written(all: &[Located], name: &str, named: bool) -> Vec<Located> {
    let unit: Unit = name.parse().unwrap();
    let whole = name.starts_with("counts");
    each(all, |one| {
        let value = |x: f64| Unit::G.in_unit(unit, x);
        let one = changed(one, |_, _, x| if whole { value(x).round() } else { value(x) });
        one.with_unit(named.then_some(unit))
    })
}

fn trained(recordings: Vec<Located>, given: Option<Unit>) -> Result<Trained, TrainError> {
    train_on(baseline(recordings), None, &Options { unit: given, ..Options::default() })
}

fn said(result: Result<Trained, TrainError>) -> String {
    result.unwrap_err().to_string()
}

fn scores(model: &Model, recordings: &[Located]) -> Vec<f64> {
    let in_its = |one: &Located| Located {
        path: one.path.clone(),
        recording: in_unit_of(model, &one.recording).into_owned(),
    };
    let recordings: Vec<Located> = recordings.iter().map(in_its).collect();
    judged(model, &recordings)
        .into_iter()
        .flat_map(|one| one.windows.unwrap())
        .map(|one| one.score)
        .collect()
}

const UNITS: [&str; 4] = ["g", "mg", "m/s2", "counts:1000000"];

/// Train in each unit, score in each: models in g that say the same of everything.
#[test]
fn a_unit_that_is_named_or_given_changes_nothing() {
    let (normal, new) = (usual("normal", 0, 80), usual("new", 1000, 20));
    let expected = trained(normal.clone(), None).unwrap().model;
    assert_eq!(expected.scale().unit, unit("g"));
    assert!((expected.scale().gravity.unwrap() - 1.0).abs() < 0.01);
    let in_g = scores(&expected, &new);
    for name in UNITS {
        for named in [true, false] {
            let given = unit(name).filter(|_| !named);
            let trained = trained(written(&normal, name, named), given).unwrap();
            assert_eq!(trained.converted, unit(name).filter(|one| one.per_g() != 1.0));
            let model = trained.model;
            assert_eq!(model.scale().unit, unit("g"), "{name}");
            for other in UNITS {
                let found = scores(&model, &written(&new, other, true));
                for (found, expected) in found.iter().zip(&in_g) {
                    assert!(
                        (found / expected - 1.0).abs() < 1e-2,
                        "{name}, {other}: {found} {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_unit_that_gravity_tells_is_asked_for() {
    let normal = usual("normal", 0, 40);
    for (name, asked) in [("mg", "mg"), ("m/s2", "m/s2"), ("counts:4096", "counts:4096")] {
        let recordings = written(&normal, name, false);
        assert_eq!(looks_like(&recordings), unit(asked));
        let said = said(trained(recordings, None));
        let start = "normal/0000.csv: nothing names the unit of its readings (nor of those of 39 more recordings), and gravity reads ";
        let end = format!(", not 1: they look like {asked}; say so with --unit {asked}");
        assert!(said.starts_with(start) && said.ends_with(&end), "{said}");
    }
    assert_eq!(looks_like(&normal), None);
    // What reads about 1 is g, off as it may be.
    for by in [0.7, 1.4] {
        let off = each(&normal, |one| changed(one, |_, _, x| by * x));
        let model = trained(off, None).unwrap().model;
        assert_eq!(model.scale().unit, unit("g"));
    }
}

#[test]
fn a_unit_that_gravity_contradicts_is_refused() {
    let normal = usual("normal", 0, 40);
    let wrong = said(trained(normal.clone(), unit("mg")));
    assert!(
        wrong.contains("normal/0000.csv: gravity reads 0.00")
            && wrong.contains("taken for mg, and they look like g"),
        "{wrong}"
    );
    let named = each(&written(&normal, "m/s2", false), |one| one.clone().with_unit(unit("g")));
    assert!(said(trained(named, None)).contains("taken for g, and they look like m/s2"));
    // A number that is near no unit may be what it is said to be.
    let odd = each(&normal, |one| changed(one, |_, _, x| 300.0 * x));
    let model = trained(odd, unit("mg")).unwrap().model;
    assert_eq!(model.scale(), Scale { unit: unit("g"), gravity: None });
}

/// Without gravity nothing tells the unit, and every recording must name it, or none.
#[test]
fn without_gravity_the_unit_is_unknown_or_named() {
    let still =
        |at: u64| changed(&noise(at, USUAL), |axis, _, x| if axis == 2 { x - 1.0 } else { x });
    let normal = folder("normal", 40, still);
    let model = trained(normal.clone(), None).unwrap().model;
    assert_eq!(model.scale(), Scale::default());
    let named = trained(written(&normal, "mg", true), None).unwrap().model;
    assert_eq!(named.scale(), Scale { unit: unit("g"), gravity: None });
    let mut mixed = written(&normal, "mg", true);
    mixed[7] = normal[7].clone();
    let refused = said(trained(mixed.clone(), None));
    assert!(
        refused
            .starts_with("normal/0007.csv: names no unit, but normal/0000.csv does; --unit says"),
        "{refused}"
    );
    assert!(trained(mixed, unit("g")).is_ok());
}

/// Gravity is kept where all normal recordings agree on it, and not where it wanders.
#[test]
fn a_mean_that_wanders_is_no_gravity() {
    let wandering = |at: u64| {
        let by = if at.is_multiple_of(2) { 1.0 } else { 0.4 };
        changed(&noise(at, USUAL), move |axis, _, x| if axis == 2 { x - 1.0 + by } else { x })
    };
    let model = trained(folder("normal", 40, wandering), unit("g")).unwrap().model;
    assert_eq!(model.scale(), Scale { unit: unit("g"), gravity: None });
}

#[test]
fn anomalies_are_brought_to_the_same_unit_or_refused() {
    let (normal, others) = (usual("normal", 0, 40), usual("other", 500, 10));
    let with = |others: Vec<Located>| {
        train_on(baseline(normal.clone()), Some(baseline(others)), &Options::default())
    };
    let expected = with(others.clone()).unwrap();
    let converted = with(written(&others, "mg", true)).unwrap();
    assert_eq!(converted.model.figures()[0].missed, expected.model.figures()[0].missed);
    let said = said(with(written(&others, "mg", false)));
    assert!(
        said.starts_with("other/0000.csv: gravity reads ")
            && said.ends_with("say so with --unit mg"),
        "{said}"
    );
}

/// A new baseline stays in the unit of the model, and is held to it.
#[test]
fn a_new_baseline_is_in_the_unit_of_the_old_one() {
    let model = trained(usual("normal", 0, 80), None).unwrap().model;
    let moved = usual("moved", 700, 40);
    let again = |recordings: Vec<Located>| -> Result<Trained, TrainError> {
        rebaseline_on(&model, baseline(recordings), false)
    };
    let expected = again(moved.clone()).unwrap().model;
    assert_eq!(expected.scale().unit, unit("g"));
    let named = again(written(&moved, "mg", true)).unwrap().model;
    let (found, expected) = (scores(&named, &moved), scores(&expected, &moved));
    assert!(found.iter().zip(&expected).all(|(a, b)| (a / b - 1.0).abs() < 1e-2));
    let refused = said(again(written(&moved, "mg", false)));
    assert!(
        refused.starts_with("moved/0000.csv: gravity reads 100") && refused.ends_with("--unit mg"),
        "{refused}"
    );
}

/// A model of a judder that knew no units, trained on mg, goes on with mg, and takes g that is named.
#[test]
fn an_old_model_stays_in_its_own_numbers() {
    let normal = usual("normal", 0, 80);
    let in_g = trained(normal.clone(), None).unwrap().model;
    let old = |scale: f64| {
        let mut watching = in_g.watching().clone();
        let mounting = watching.mounting.first_mut().unwrap();
        mounting.gravity.iter_mut().for_each(|x| *x *= scale);
        watching.handled_above = None;
        in_g.clone().with_scale(Scale::default()).unwrap().with_watching(watching).unwrap()
    };
    let in_mg = old(1000.0);
    assert_eq!(in_mg.scale().unit, unit("mg"));
    let one = |recording: Recording| vec![Located { path: "one".into(), recording }];
    let raw = written(&normal[..1], "mg", false);
    assert_eq!(in_unit_of(&in_mg, &raw[0].recording).values(), raw[0].recording.values());
    let named = normal[0].recording.clone().with_unit(unit("g"));
    let brought = in_unit_of(&in_mg, &named).into_owned();
    assert!((brought.gravity().unwrap() - 1000.0).abs() < 10.0);
    // In g, and said to be nothing: that is another unit to it.
    assert!(judged(&in_mg, &one(normal[0].recording.clone()))[0].windows.is_err());
    assert!(judged(&in_mg, &raw)[0].windows.is_ok());
}

/// A gyroscope's columns beside the accelerations, before them or after, which no header names.
fn with_gyroscope(all: &[Located], first: bool) -> Vec<Located> {
    each(all, |one| {
        let turning = noise(one.values()[0].to_bits(), [20.0, 10.0, 5.0]);
        let both = [one.values(), turning.values()];
        let values = if first { [both[1], both[0]].concat() } else { both.concat() };
        Recording::from_axes(6, one.len(), values).unwrap()
    })
}

/// The accelerations of such recordings in another unit, the gyroscope as it was.
fn accelerations_in(all: &[Located], name: &str, first: bool) -> Vec<Located> {
    let unit: Unit = name.parse().unwrap();
    each(all, |one| {
        changed(one, |axis, _, x| if (axis < 3) != first { Unit::G.in_unit(unit, x) } else { x })
    })
}

/// What is given for six columns without names is the unit of the three that see gravity.
#[test]
fn a_unit_is_that_of_the_accelerations() {
    for first in [false, true] {
        let six = |first_row, count| with_gyroscope(&usual("normal", first_row, count), first);
        let (normal, new) = (six(0, 120), six(1000, 20));
        let expected = trained(normal.clone(), None).unwrap().model;
        let in_g = scores(&expected, &new);
        for name in ["mg", "m/s2", "counts:4096"] {
            let model = trained(accelerations_in(&normal, name, first), unit(name)).unwrap().model;
            assert_eq!(model.watching().gravity, expected.watching().gravity);
            let given =
                each(&accelerations_in(&new, name, first), |one| one.clone().or_unit(unit(name)));
            for (model, new) in [(&model, &new), (&expected, &given), (&model, &given)] {
                let near =
                    scores(model, new).iter().zip(&in_g).all(|(a, b)| (a / b - 1.0).abs() < 1e-6);
                assert!(near, "{name}, the gyroscope first: {first}");
            }
            // Counts that are no whole numbers could be anything.
            if name.starts_with("counts") {
                continue;
            }
            let said = |given| said(trained(accelerations_in(&normal, name, first), given));
            let asks = format!("--unit {name}");
            assert!(said(None).contains(&asks), "{}", said(None));
            let wrong = said(unit("g"));
            assert!(wrong.contains(&format!("look like {name}")), "{wrong}");
        }
    }
}
