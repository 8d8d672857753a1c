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
/// steadily, as no acceleration does.
///
/// `values` stand column by column, `len` in each. Without a unit, steps below 1 are seconds:
/// no accelerometer is slower than 1 Hz.
pub(super) fn column(layout: &Layout, values: &[f64], len: usize) -> Option<TimeColumn> {
    let columns = values.len() / len;
    let steps = |column: usize| -> Vec<f64> {
        values[column * len..(column + 1) * len].windows(2).map(|pair| pair[1] - pair[0]).collect()
    };
    let (column, unit) = match layout.named_time_column() {
        Some((column, _)) if column >= columns || columns < 2 => return None,
        Some(named) => named,
        None => {
            if columns < 2 || len < FEWEST || !values[..len].is_sorted() {
                return None;
            }
            let steps = steps(0);
            let mean = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
            // Up to nine missed readings in a row still look like a clock.
            let steady = |&step: &f64| step > 0.0 && step < 10.0 * mean;
            if !steps.iter().all(steady) {
                return None;
            }
            (0, None)
        }
    };
    let mut steps = steps(column);
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
