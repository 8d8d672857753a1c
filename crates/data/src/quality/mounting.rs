//! The sensor was moved: while it recorded, or between recordings.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::gravity::{digits, gravity};
use super::robust::{Center, median_of};
use super::summary::Summary;

/// The fewest recordings that tell how far a mean moves by itself.
pub const FEWEST_SHIFTS: usize = 8;

/// A mean that moves by so many spreads of the folder does not move by itself.
///
/// Over the 4 388 recordings of a real fan nothing came above 5.6 that was not handled, and
/// nothing below 11 that was.
const SHIFT_SPREADS: f64 = 8.0;

/// A median absolute deviation of few recordings may be far too small; with `n` of them the limit
/// grows by the factor `1 + FEW_SHIFTS / n`. Simulated: less than one false alarm in 3 000 folders
/// of 8 to 50 recordings whose shifts are Gaussian.
const FEW_SHIFTS: f64 = 10.0;

/// From so many spreads on a mean does not move by itself, the spread being that of `count` recordings.
pub fn shift_spreads(count: usize) -> f64 {
    SHIFT_SPREADS * (1.0 + FEW_SHIFTS / count.max(1) as f64)
}

/// Nor is it due to the recording's own vibration at so many of its standard errors.
const SHIFT_ERRORS: f64 = 3.0;

/// A hand turns the sensor by at least this angle, in degrees.
pub const SHIFT_DEGREES: f64 = 0.1;

/// The fewest recordings that have an orientation in common.
const FEWEST_DIRECTIONS: usize = 3;

/// A fixed sensor points the same way within this angle, in degrees.
const SAME_DIRECTION_DEGREES: f64 = 2.0;

/// And within so many times the angle between the first and the last third of a recording, which
/// is what vibration alone turns the mean by.
const SAME_DIRECTION_THIRDS: f64 = 2.0;

pub(super) fn findings(folder: &Members, found: &mut Vec<Finding>) {
    found.extend(handled(folder));
    found.extend(mixed_orientation(folder));
}

/// Recordings in which the mean of the last third is far from that of the first third, measured
/// by the folder's own spread of that difference on the same axis.
fn handled(folder: &Members) -> Option<Finding> {
    let alike = folder.alike();
    if alike.len() < FEWEST_SHIFTS {
        return None;
    }
    let gravities: Vec<f64> = alike.iter().filter_map(|r| gravity(r)).collect();
    let turned = median_of(&gravities).unwrap_or(0.0) * SHIFT_DEGREES.to_radians().tan();
    let usual: Vec<Usual> = (0..folder.axes()).map(|at| Usual::of(&alike, at, turned)).collect();
    let beyond = |r: &Summary| {
        let axes = r.axes.iter().zip(&usual).enumerate();
        axes.filter(|(at, (_, usual))| usual.is_exceeded(r, *at))
            .map(|(_, (axis, usual))| (axis.shift() - usual.shift.median).abs())
            .reduce(f64::max)
    };
    folder.finding(
        (Severity::Warning, Kind::Handled),
        |r| r.axes.len() == usual.len() && beyond(r).is_some(),
        |moved| {
            let most = moved.iter().filter_map(|r| beyond(r)).fold(0.0, f64::max);
            format!(
                "the sensor or its base was handled during the recording (the mean moved by up to \
                 {} between the first and the last third); leave these out",
                digits(most)
            )
        },
    )
}

/// How the mean of an axis moves by itself during the recordings of a folder.
struct Usual {
    shift: Center,
    /// From so many spreads on a shift is none by itself.
    spreads: f64,
    /// What a shift must exceed at least: a step of the sensor, a turn by hand.
    least: f64,
}

impl Usual {
    fn of(recordings: &[&Summary], at: usize, turned: f64) -> Self {
        let axes = || recordings.iter().filter_map(|r| r.axes.get(at));
        let shifts: Vec<f64> = axes().map(|axis| axis.shift()).collect();
        let step = axes().map(|axis| axis.step).fold(f64::INFINITY, f64::min);
        let step = if step.is_finite() { step } else { 0.0 };
        Self {
            shift: Center::of(&shifts),
            spreads: shift_spreads(shifts.len()),
            least: step.max(turned),
        }
    }

    fn is_exceeded(&self, recording: &Summary, at: usize) -> bool {
        let Some(axis) = recording.axes.get(at) else { return false };
        // Of the difference of two means over a third each, were the readings independent.
        let error = axis.deviation * (6.0 / recording.len as f64).sqrt();
        let limit = (self.spreads * self.shift.spread).max(SHIFT_ERRORS * error).max(self.least);
        (axis.shift() - self.shift.median).abs() > limit
    }
}

/// Recordings whose gravity points away from the middle direction of the folder.
fn mixed_orientation(folder: &Members) -> Option<Finding> {
    let directions: Vec<[f64; 3]> = folder.recordings.iter().filter_map(direction).collect();
    if directions.len() < FEWEST_DIRECTIONS {
        return None;
    }
    let along = |at: usize| {
        let all: Vec<f64> = directions.iter().map(|d| d[at]).collect();
        median_of(&all).unwrap_or_default()
    };
    let middle = [along(0), along(1), along(2)];
    let turns: Vec<f64> = folder.recordings.iter().filter_map(turn).collect();
    let limit =
        SAME_DIRECTION_DEGREES.max(SAME_DIRECTION_THIRDS * median_of(&turns).unwrap_or_default());
    let away = |r: &Summary| direction(r).map(|d| degrees_between(d, middle));
    folder.finding(
        (Severity::Warning, Kind::MixedOrientation),
        |r| away(r).is_some_and(|angle| angle > limit),
        |turned| {
            let most = turned.iter().filter_map(|r| away(r)).fold(0.0, f64::max);
            format!(
                "gravity points {limit:.1} to {most:.1} degrees away from its middle direction in \
                 this folder: the mounting changed while collecting, and a model would learn that; \
                 keep one folder for each mounting"
            )
        },
    )
}

/// The direction of gravity in a recording, of length 1.
fn direction(recording: &Summary) -> Option<[f64; 3]> {
    gravity(recording)?;
    unit_vector(recording.axes.iter().map(|axis| axis.mean))
}

/// By how many degrees gravity turned between the first and the last third.
fn turn(recording: &Summary) -> Option<f64> {
    gravity(recording)?;
    let first = unit_vector(recording.axes.iter().map(|axis| axis.first_third))?;
    let last = unit_vector(recording.axes.iter().map(|axis| axis.last_third))?;
    Some(degrees_between(first, last))
}

fn unit_vector(axes: impl Iterator<Item = f64>) -> Option<[f64; 3]> {
    let [x, y, z] = <[f64; 3]>::try_from(axes.collect::<Vec<_>>()).ok()?;
    let length = (x * x + y * y + z * z).sqrt();
    (length > 0.0).then(|| [x / length, y / length, z / length])
}

/// The angle between two vectors, `atan2(|a × b|, a · b)`, exact for small angles too.
fn degrees_between(a: [f64; 3], b: [f64; 3]) -> f64 {
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let sine = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    let cosine: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    sine.atan2(cosine).to_degrees()
}
