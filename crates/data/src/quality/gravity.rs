//! The unit of the readings, told by gravity.

use judder_core::Unit;

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::robust::median_of;
use super::summary::Summary;

/// Below this share of 1 g a mean reading is an offset of the sensor.
const OFFSET: f64 = 0.1;

/// Readings whose gravity differs from the others' by more than this factor are in another unit.
const OTHER_UNIT: f64 = 2.0;

/// The magnitude of the mean reading `|(x̄, ȳ, z̄)|`; of three axes only.
pub(super) fn magnitude(recording: &Summary) -> Option<f64> {
    (recording.axes.len() == 3)
        .then(|| recording.axes.iter().map(|axis| axis.mean * axis.mean).sum::<f64>().sqrt())
}

/// The same, if it is gravity: it stands out of the vibration.
pub(super) fn gravity(recording: &Summary) -> Option<f64> {
    let vibration: f64 = recording.axes.iter().map(|a| a.deviation * a.deviation).sum::<f64>();
    let means: Vec<f64> = recording.axes.iter().map(|axis| axis.mean).collect();
    judder_core::gravity(&means, vibration.sqrt())
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
    let named = folder.recordings.iter().find_map(|r| r.unit);
    // What is small in the unit that is named may be gravity in the one that is meant.
    let meant = named.and_then(|named| Unit::of_gravity(Unit::G.in_unit(named, reads), false));
    let offset = reads < OFFSET && meant.is_none();
    let (label, what) = if 2 * with.len() < magnitudes.len() || offset {
        let what = "gravity is missing: the sensor is AC-coupled or the mean was removed, so that \
                    the unit and the mounting cannot be checked; nothing has to be done"
            .to_owned();
        ((Severity::Info, Kind::NoGravity), what)
    } else {
        let reads = median_of(&with)?;
        if Unit::of_gravity(reads, false) == Some(Unit::G) {
            return None;
        }
        let whole = folder.recordings.iter().all(|r| r.axes.iter().all(|axis| axis.whole));
        let what = match named {
            Some(named) => misnamed(reads, named),
            None => format!("gravity reads {}, not 1: {}", digits(reads), remedy(reads, whole)),
        };
        ((Severity::Warning, Kind::GravityUnit), what)
    };
    folder.finding(label, |r| r.axes.len() == 3, |_| what)
}

/// What a gravity other than 1 g means where a unit is named.
fn misnamed(reads: f64, named: Unit) -> String {
    let written = Unit::G.in_unit(named, reads);
    let looks = Unit::of_gravity(written, false);
    let looks =
        looks.map(|unit| format!(", and the readings look like {unit}")).unwrap_or_default();
    format!(
        "gravity reads {} g where the readings are taken for {named}{looks}: correct the unit that is \
         named (in the header, in recording.jsonl or by --unit)",
        digits(reads)
    )
}

/// What a gravity other than 1 means, and what to do.
fn remedy(reads: f64, whole: bool) -> String {
    match Unit::of_gravity(reads, whole) {
        Some(unit) => format!("the readings look like {unit}; say so with --unit {unit}"),
        None if whole => {
            "the readings look like raw counts; say with --unit counts:N how many are 1 \
                          g, as the sensor's data sheet has it"
                .to_owned()
        }
        None => "check the sensor's range and scale factor, and say with --unit what the readings \
                 are in"
            .to_owned(),
    }
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
