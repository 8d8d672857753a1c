//! What boards send: recordings, as JSON or in a compact binary form.

mod binary;
mod json;

use std::sync::Arc;

use judder_core::{GravityAxes, Unit};
use judder_data::Recording;

use crate::problem::Problem;

pub use binary::{BINARY, from_binary, to_binary};
pub use json::from_json;

/// The longest name of a device.
const LONGEST_NAME: usize = 64;

/// A recording as it was posted.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    /// The device, where it says which.
    pub device: Option<String>,
    /// The number of the recording among those of its device.
    pub sequence: Option<u64>,
    /// The start of the device since which it counts: a number above 0 that it draws each time that it is switched
    /// on.
    pub start: Option<u32>,
    /// When it was taken by the clock of the device, as it says it.
    pub time: Option<String>,
    /// The readings, with the sample rate that was measured for them; in g where the device names their unit. Of
    /// more than three axes they are as they were posted, as nothing tells which are accelerations.
    pub recording: Arc<Recording>,
}

impl Posted {
    /// The same, its readings brought to g from this unit where they name none.
    #[must_use]
    pub(crate) fn or_unit(self, unit: Option<Unit>) -> Self {
        if unit.is_none() || self.recording.unit().is_some() {
            return self;
        }
        let recording = Arc::unwrap_or_clone(self.recording).with_unit(unit);
        let recording = if recording.is_mixed() { recording } else { recording.in_unit(Unit::G) };
        Self { recording: Arc::new(recording), ..self }
    }

    /// The same in g, where a unit is named: of more than three axes those that see gravity, if any are known to.
    #[must_use]
    pub(crate) fn in_g(self, gravity: GravityAxes) -> Self {
        if self.recording.unit().is_none_or(|unit| unit.per_g() == 1.0) {
            return self;
        }
        let recording = Arc::unwrap_or_clone(self.recording).with_accelerations(gravity);
        Self { recording: Arc::new(recording.in_unit(Unit::G)), ..self }
    }
}

/// Whether a device may be called so: a name that may stand in a file, a page and a metric, of 1 to 64
/// letters, digits, `.`, `_` and `-`, beginning with a letter, a digit or `_`.
pub fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    begins && name.len() <= LONGEST_NAME && name.chars().all(fits)
}

/// That something may be called so.
pub(crate) fn checked_name(what: &str, name: &str) -> Result<(), Problem> {
    if is_name(name) {
        return Ok(());
    }
    Err(Problem::unfit(format!(
        "{what} is not a name: 1 to {LONGEST_NAME} letters, digits, `.`, `_` or `-`, beginning with a letter, \
         a digit or `_`"
    )))
}

fn checked_rate(rate_hz: Option<f64>) -> Result<Option<f64>, Problem> {
    match rate_hz {
        Some(rate) if !(rate.is_finite() && rate > 0.0) => {
            Err(Problem::unfit("rate_hz is not a number of Hz above 0"))
        }
        rate => Ok(rate),
    }
}

/// The unit of a name.
fn checked_unit(name: Option<&str>) -> Result<Option<Unit>, Problem> {
    let unit = name.map(str::parse).transpose();
    unit.map_err(|error| Problem::unfit(format!("unit is {error}")))
}

/// Puts axes of equal length together.
fn recording(
    axes: &[Vec<f64>],
    names: &[&str],
    rate_hz: Option<f64>,
    unit: Option<Unit>,
) -> Result<Arc<Recording>, Problem> {
    let length = axes.first().map_or(0, Vec::len);
    if length == 0 {
        return Err(nothing());
    }
    if let Some(at) = axes.iter().position(|axis| axis.len() != length) {
        return Err(Problem::unfit(format!(
            "{} has {} readings, but {} has {length}; all axes have as many",
            named(names, at),
            axes[at].len(),
            named(names, 0)
        )));
    }
    whole(axes.len(), names, length, axes.concat(), rate_hz, unit)
}

/// 422: a recording without readings.
fn nothing() -> Problem {
    Problem::unfit("there are no readings; post at least one of each axis")
}

/// What an axis is called.
fn named<'n>(names: &[&'n str], at: usize) -> &'n str {
    names.get(at).copied().unwrap_or("an axis")
}

/// The largest reading: of these and smaller ones the history keeps something that is a number.
const LARGEST: f64 = f32::MAX as f64;

/// A recording of readings, axis by axis, as many of each; brought to g from the unit, if one is named and all may
/// be accelerations.
fn whole(
    axes: usize,
    names: &[&str],
    length: usize,
    mut values: Vec<f64>,
    rate_hz: Option<f64>,
    unit: Option<Unit>,
) -> Result<Arc<Recording>, Problem> {
    // Of more axes a model tells which see gravity.
    let mixed = axes > 3;
    if let Some(unit) = unit.filter(|unit| unit.per_g() != 1.0 && !mixed) {
        values.iter_mut().for_each(|value| *value = unit.in_unit(Unit::G, *value));
    }
    // What is brought to g later has to fit before and after.
    let later = unit.filter(|_| mixed).unwrap_or(Unit::G);
    let most = LARGEST.min(Unit::G.in_unit(later, LARGEST));
    let fits = |value: &f64| value.abs() <= most;
    // All are looked at, which is quicker than to stop at the first.
    if !values.iter().fold(true, |all, value| all & fits(value))
        && let Some(at) = values.iter().position(|value| !fits(value))
    {
        let (name, reading) = (named(names, at / length), at % length);
        return Err(Problem::unfit(format!(
            "{name}[{reading}] is too large for a reading; post readings in g"
        )));
    }
    Recording::from_axes(axes, length, values)
        .map(|one| {
            one.with_rate(rate_hz).with_unit(if mixed { unit } else { unit.map(|_| Unit::G) })
        })
        .map(Arc::new)
        .ok_or_else(|| Problem::unfit(format!("{axes} axes; a recording has 1 to 8")))
}
