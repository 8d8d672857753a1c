//! Finding a time column, and the sample rate it tells.

use super::layout::Layout;

/// A column that holds the time of each reading, or counts them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TimeColumn {
    pub(super) column: usize,
    /// The sample rate, where the unit of the time is known.
    pub(super) rate_hz: Option<f64>,
}

/// The fewest readings from which a column without a name is taken for a time.
const FEWEST: u64 = 8;

/// A column that may be a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    pub(super) column: usize,
    /// The length of its unit in s, where its name tells that.
    unit: Option<f64>,
    /// Whether its name says that it is one; else its numbers must.
    pub(super) is_named: bool,
}

impl Candidate {
    /// The column named so in the header, or the first one where the header does not call it `x`.
    pub(super) fn of(layout: &Layout, columns: usize) -> Option<Self> {
        match layout.named_time_column() {
            Some((column, unit)) => Some(Self { column, unit, is_named: true }),
            None if layout.names_an_axis_first() => None,
            None => Some(Self { column: 0, unit: None, is_named: false }),
        }
        .filter(|one| one.column < columns && columns > 1)
    }

    /// The time column of this middle step, once its numbers are known to be a time. Without a unit, steps
    /// below 1 are seconds: no accelerometer is slower than 1 Hz.
    pub(super) fn with_step(self, step: f64) -> TimeColumn {
        let unit = self.unit.or((step < 1.0).then_some(1.0));
        let rate_hz = unit
            // Decimal times are not exact: a millionth of a Hz is.
            .map(|unit| (1e6 / (unit * step)).round() / 1e6)
            .filter(|rate| rate.is_finite() && *rate > 0.0);
        TimeColumn { column: self.column, rate_hz }
    }
}

/// The time column of a file: named so in its header, or its first column where that grows
/// steadily, as no acceleration does, and the header does not call it `x`.
///
/// `values` stand column by column, `len` in each.
pub(super) fn column(layout: &Layout, values: &[f64], len: usize) -> Option<TimeColumn> {
    let candidate = Candidate::of(layout, values.len() / len)?;
    let values = &values[candidate.column * len..(candidate.column + 1) * len];
    if !candidate.is_named && !is_like_a_time(values) {
        return None;
    }
    let mut steps: Vec<f64> = steps(values).collect();
    let middle = steps.len() / 2;
    let step = match steps.get_mut(middle) {
        Some(_) => *steps.select_nth_unstable_by(middle, f64::total_cmp).1,
        None => 0.0,
    };
    Some(candidate.with_step(step))
}

/// Whether values grow as a clock does.
pub(super) fn is_like_a_time(values: &[f64]) -> bool {
    let (Some(first), Some(last)) = (values.first(), values.last()) else { return false };
    if !is_growing(values) {
        return false;
    }
    is_steady(values.len() as u64, (*first, *last), steps(values).fold(0.0, f64::max))
}

/// Whether each value is above the one before.
pub(super) fn is_growing(values: &[f64]) -> bool {
    steps(values).all(|step| step > 0.0)
}

/// Whether so many values that grow, from the first to the last, are those of a clock by their longest step.
pub(super) fn is_steady(count: u64, (first, last): (f64, f64), longest: f64) -> bool {
    // Up to nine missed readings in a row still look like a clock.
    count >= FEWEST && longest < 10.0 * ((last - first) / (count - 1) as f64)
}

pub(super) fn steps(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    values.windows(2).map(|pair| pair[1] - pair[0])
}
