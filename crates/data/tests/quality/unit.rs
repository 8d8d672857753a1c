//! What gravity tells of the unit.

use judder_data::quality::{Kind, Report, Severity};

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
    assert_unit(&scaled(9.80665), "look like m/s²; divide them by 9.80665");
    assert_unit(&scaled(1000.0), "look like mg; divide them by 1000");
    assert_unit(&scaled(2048.0), "look like raw counts; divide them by 2048 counts a g");
    let counts = changed(|x| (x * 256.0 * 16.0).round());
    assert_unit(&report(&counts.written(1.0)), "divide them by 4096 counts a g");
    assert_unit(&scaled(2.0), "gravity reads 1.9");
    assert_unit(&scaled(4096.3), "check the sensor's range");
    assert_unit(&scaled(0.5), "check the sensor's range");
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
