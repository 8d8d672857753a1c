//! The unit of the readings, told by gravity.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::robust::median_of;
use super::summary::Summary;

/// How far from its nominal value gravity may read: offset and scale errors of cheap sensors.
const TOLERANCE: f64 = 0.15;

/// Below this share of the vibration the mean reading is no gravity.
const NO_GRAVITY: f64 = 0.2;

/// Below this share of 1 g a mean reading is an offset of the sensor.
const OFFSET: f64 = 0.1;

/// Readings whose gravity differs from the others' by more than this factor are in another unit.
const OTHER_UNIT: f64 = 2.0;

/// 1 g in m/s²; standard gravity (CGPM 1901).
const STANDARD_GRAVITY: f64 = 9.806_65;

/// The magnitude of the mean reading `|(x̄, ȳ, z̄)|` in the unit of the file; of three axes only.
pub(super) fn magnitude(recording: &Summary) -> Option<f64> {
    (recording.axes.len() == 3)
        .then(|| recording.axes.iter().map(|axis| axis.mean * axis.mean).sum::<f64>().sqrt())
}

/// The same, if it is gravity: it stands out of the vibration.
pub(super) fn gravity(recording: &Summary) -> Option<f64> {
    let vibration: f64 = recording.axes.iter().map(|a| a.deviation * a.deviation).sum::<f64>();
    magnitude(recording).filter(|&g| g > 0.0 && g >= NO_GRAVITY * vibration.sqrt())
}

pub(super) fn findings(folders: &[Members], found: &mut Vec<Finding>) {
    let all: Vec<f64> = folders.iter().flat_map(|f| &f.recordings).filter_map(gravity).collect();
    for folder in folders {
        found.extend(mixed_units(folder, median_of(&all)));
        found.extend(unit(folder));
    }
}

fn mixed_units(folder: &Members, usual: Option<f64>) -> Option<Finding> {
    let usual = usual?;
    let other = |g: f64| g > OTHER_UNIT * usual || g < usual / OTHER_UNIT;
    folder.finding(
        (Severity::Error, Kind::MixedUnits),
        |r| gravity(r).is_some_and(other),
        |others| {
            let those: Vec<f64> = others.iter().filter_map(|r| gravity(r)).collect();
            format!(
                "gravity reads {} where most recordings read {}; bring them to one unit, or leave \
                 these out",
                digits(median_of(&those).unwrap_or_default()),
                digits(usual)
            )
        },
    )
}

fn unit(folder: &Members) -> Option<Finding> {
    let magnitudes: Vec<f64> = folder.recordings.iter().filter_map(magnitude).collect();
    let with: Vec<f64> = folder.recordings.iter().filter_map(gravity).collect();
    let reads = median_of(&magnitudes)?;
    let (label, what) = if 2 * with.len() < magnitudes.len() || reads < OFFSET {
        let what = "gravity is missing: the sensor is AC-coupled or the mean was removed, so that \
                    the unit and the mounting cannot be checked; nothing has to be done"
            .to_owned();
        ((Severity::Info, Kind::NoGravity), what)
    } else {
        let reads = median_of(&with)?;
        if is_near(reads, 1.0) {
            return None;
        }
        let whole = folder.recordings.iter().all(|r| r.axes.iter().all(|axis| axis.whole));
        let what = format!("gravity reads {}, not 1: {}", digits(reads), remedy(reads, whole));
        ((Severity::Warning, Kind::GravityUnit), what)
    };
    folder.finding(label, |r| r.axes.len() == 3, |_| what)
}

/// What a gravity other than 1 means, and what to do.
fn remedy(reads: f64, whole: bool) -> String {
    if is_near(reads, STANDARD_GRAVITY) {
        return format!("the readings look like m/s²; divide them by {STANDARD_GRAVITY}");
    }
    if is_near(reads, 1000.0) {
        return "the readings look like mg; divide them by 1000".to_owned();
    }
    let counts = reads.log2().round().exp2();
    if whole && is_near(reads, counts) && counts > 1.0 {
        return format!("the readings look like raw counts; divide them by {counts} counts a g");
    }
    if whole {
        return "the readings look like raw counts; divide them by the counts a g in the sensor's \
                data sheet"
            .to_owned();
    }
    "check the sensor's range and scale factor, and bring the readings to g".to_owned()
}

fn is_near(reads: f64, nominal: f64) -> bool {
    (reads - nominal).abs() <= TOLERANCE * nominal
}

/// With three significant digits.
pub(super) fn digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let before = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - before).unwrap_or(0);
    format!("{value:.decimals$}")
}
