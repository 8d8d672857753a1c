//! Finding a time column, and the sample rate it tells.

use super::layout::Layout;

/// A column that holds the time of each reading, or counts them.
pub(super) struct TimeColumn {
    pub(super) column: usize,
    /// The sample rate, where the unit of the time is known.
    pub(super) rate_hz: Option<f64>,
}

/// The fewest readings from which a column without a name is taken for a time.
const FEWEST: usize = 8;

/// The time column of a file: named so in its header, or its first column where that grows
/// steadily, as no acceleration does, and the header does not call it `x`.
///
/// `values` stand column by column, `len` in each. Without a unit, steps below 1 are seconds:
/// no accelerometer is slower than 1 Hz.
pub(super) fn column(layout: &Layout, values: &[f64], len: usize) -> Option<TimeColumn> {
    let columns = values.len() / len;
    let of = |column: usize| &values[column * len..(column + 1) * len];
    let (column, unit) = match layout.named_time_column() {
        Some((column, _)) if column >= columns || columns < 2 => return None,
        Some(named) => named,
        None if columns > 1 && !layout.names_an_axis_first() && is_like_a_time(of(0)) => (0, None),
        None => return None,
    };
    let mut steps: Vec<f64> = steps(of(column)).collect();
    let middle = steps.len() / 2;
    let step = match steps.get_mut(middle) {
        Some(_) => *steps.select_nth_unstable_by(middle, f64::total_cmp).1,
        None => 0.0,
    };
    let unit = unit.or((step < 1.0).then_some(1.0));
    let rate_hz = unit
        // Decimal times are not exact: a millionth of a Hz is.
        .map(|unit| (1e6 / (unit * step)).round() / 1e6)
        .filter(|rate| rate.is_finite() && *rate > 0.0);
    Some(TimeColumn { column, rate_hz })
}

/// Whether values grow as a clock does.
pub(super) fn is_like_a_time(values: &[f64]) -> bool {
    if values.len() < FEWEST || !values.is_sorted() {
        return false;
    }
    let mean = steps(values).sum::<f64>() / (values.len() - 1) as f64;
    // Up to nine missed readings in a row still look like a clock.
    steps(values).all(|step| step > 0.0 && step < 10.0 * mean)
}

fn steps(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    values.windows(2).map(|pair| pair[1] - pair[0])
}
