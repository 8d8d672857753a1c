//! What gravity tells of the unit.

use judder_data::quality::{Kind, Report, Severity, check};
use judder_data::sources;

use super::datasets::{Dataset, plausible};
use super::{found, report};

fn both(kind: Kind) -> Vec<(Kind, String, usize)> {
    vec![(kind, "low".to_owned(), 10), (kind, "off".to_owned(), 10)]
}

fn changed(change: impl Fn(f64) -> f64) -> Dataset {
    let mut dataset = plausible(3, 10);
    for rows in dataset.folders.iter_mut().flat_map(|f| &mut f.recordings) {
        rows.iter_mut().flatten().for_each(|x| *x = change(*x));
    }
    dataset
}

fn assert_unit(report: &Report, says: &str) {
    assert_eq!(found(report), both(Kind::GravityUnit), "{says}");
    assert_eq!(report.worst(), Some(Severity::Warning));
    for finding in &report.findings {
        assert!(finding.message.contains(says), "{} lacks {says}", finding.message);
    }
}

#[test]
fn the_unit_is_told_by_gravity() {
    let scaled = |scale: f64| report(&plausible(3, 10).written(scale));
    assert_unit(&scaled(9.80665), "look like m/s2; say so with --unit m/s2");
    assert_unit(&scaled(1000.0), "look like mg; say so with --unit mg");
    assert_unit(&scaled(2048.0), "look like counts:2048; say so with --unit counts:2048");
    let counts = changed(|x| (x * 256.0 * 16.0).round());
    assert_unit(&report(&counts.written(1.0)), "say so with --unit counts:4096");
    assert_unit(&scaled(2.0), "gravity reads 1.9");
    assert_unit(&scaled(4096.3), "check the sensor's range");
    assert_unit(&scaled(0.5), "check the sensor's range");
}

/// What is found where readings that are `scale` times those in g are taken for this unit.
fn taken_for(unit: &str, scale: f64) -> Report {
    let written = plausible(3, 10).written(scale);
    let unit = unit.parse().ok();
    let sources = sources(written.path()).unwrap().into_iter().map(|one| one.or_unit(unit));
    check(&sources.collect::<Vec<_>>(), |_, _| ())
}

#[test]
fn a_unit_that_is_named_is_believed_where_gravity_agrees() {
    for (unit, scale) in [("mg", 1000.0), ("m/s2", 9.80665), ("counts:300", 300.0), ("g", 1.0)] {
        let report = taken_for(unit, scale);
        assert_eq!(found(&report), [], "{unit}");
        let gravity = report.folders[0].gravity.unwrap();
        assert!((gravity - 1.0).abs() < 0.05, "{unit}: {gravity}");
    }
    assert_unit(&taken_for("mg", 1.0), "taken for mg, and the readings look like g: correct");
    assert_unit(&taken_for("g", 9.80665), "taken for g, and the readings look like m/s2: correct");
    assert_unit(
        &taken_for("mg", 300.0),
        " g where the readings are taken for mg: correct the unit",
    );
}

#[test]
fn cheap_sensors_pass() {
    for scale in [0.9, 0.95, 1.05, 1.1] {
        assert_eq!(found(&report(&plausible(3, 10).written(scale))), []);
    }
}

#[test]
fn missing_gravity_is_worth_knowing() {
    let mut dataset = plausible(3, 10);
    for rows in dataset.folders.iter_mut().flat_map(|f| &mut f.recordings) {
        for row in rows {
            row.iter_mut().zip([0.03, 0.15, 0.985]).for_each(|(x, mean)| *x -= mean);
        }
    }
    for scale in [1.0, 9.80665, 1000.0] {
        let report = report(&dataset.written(scale));
        assert_eq!(found(&report), both(Kind::NoGravity), "× {scale}");
        assert_eq!(report.worst(), Some(Severity::Info));
    }
}

#[test]
fn gravity_takes_three_axes() {
    let mut dataset = plausible(3, 10);
    for row in dataset.folders.iter_mut().flat_map(|f| &mut f.recordings).flatten() {
        row.truncate(2);
    }
    let report = report(&dataset.written(1.0));
    assert_eq!(found(&report), []);
    assert_eq!(report.folders[0].gravity, None);
}
