//! Readings that a working sensor does not give: stuck, clipped, or too coarse.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::names::axis_names;
use super::summary::{Axis, Summary};

/// So few distinct values, or fewer, are coarse.
const FEW_VALUES: usize = 4;

pub(super) fn findings(folder: &Members, found: &mut Vec<Finding>) {
    found.extend(folder.finding(
        (Severity::Warning, Kind::StuckAxis),
        |r| r.len > 1 && r.axes.iter().any(Axis::is_stuck),
        |stuck| {
            format!(
                "all readings of {} are equal; check the sensor and its wires, and leave these out",
                axis_names(stuck, |_, axis| axis.is_stuck())
            )
        },
    ));
    let limits = Limits::of(folder);
    found.extend(folder.finding(
        (Severity::Warning, Kind::Clipping),
        |r| r.axes.iter().enumerate().any(|(at, axis)| limits.clip(at, axis)),
        |clipped| {
            format!(
                "readings of {} are cut off at the limit of the sensor ({}); set a wider range, \
                 such as ±8 g in place of ±4 g, and record again",
                axis_names(clipped, |at, axis| limits.clip(at, axis)),
                limits.reached(clipped)
            )
        },
    ));
    let coarse = |axis: &Axis| {
        !axis.is_stuck() && (axis.distinct <= FEW_VALUES || axis.center.spread == 0.0)
    };
    found.extend(folder.finding(
        (Severity::Info, Kind::CoarseSteps),
        |r| r.axes.iter().any(coarse),
        |few| {
            format!(
                "{} moves by a few steps of the sensor only, so that a median absolute deviation \
                 is one of few values, or 0; set a finer range, or use `std` among the features",
                axis_names(few, |_, axis| coarse(axis))
            )
        },
    ));
}

/// The extreme values of each axis in a folder: `(lowest, highest)`.
///
/// The limit of a sensor is the same in all its recordings: only those that reach it are clipped.
struct Limits(Vec<(f64, f64)>);

impl Limits {
    fn of(folder: &Members) -> Self {
        let most = folder.recordings.iter().map(|r| r.axes.len()).max().unwrap_or(0);
        let mut limits = vec![(f64::INFINITY, f64::NEG_INFINITY); most];
        for recording in &folder.recordings {
            for ((low, high), axis) in limits.iter_mut().zip(&recording.axes) {
                *low = low.min(axis.min);
                *high = high.max(axis.max);
            }
        }
        Self(limits)
    }

    fn clip(&self, at: usize, axis: &Axis) -> bool {
        !axis.is_stuck()
            && self.0.get(at).is_some_and(|&(low, high)| {
                axis.piles_at_min && axis.min == low || axis.piles_at_max && axis.max == high
            })
    }

    /// The limits at which some of `clipped` are cut off, as text.
    fn reached(&self, clipped: &[&Summary]) -> String {
        let mut reached: Vec<f64> = Vec::new();
        for (at, &(low, high)) in self.0.iter().enumerate() {
            let axes = || clipped.iter().filter_map(|r| r.axes.get(at));
            if axes().any(|axis| axis.piles_at_min && axis.min == low) {
                reached.push(low);
            }
            if axes().any(|axis| axis.piles_at_max && axis.max == high) {
                reached.push(high);
            }
        }
        reached.sort_by(f64::total_cmp);
        reached.dedup();
        reached.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")
    }
}
