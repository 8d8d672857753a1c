//! Centre and spread of many numbers, a minority of which may be anything.

use judder_core::{mad, median};

/// The median of `values` and 1.4826 × their median absolute deviation from it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Center {
    pub(super) median: f64,
    pub(super) spread: f64,
}

impl Center {
    /// Of finite `values`; zeros where there are none.
    pub(super) fn of(values: &[f64]) -> Self {
        let mut keys = vec![0; values.len()];
        Self {
            median: median(values, &mut keys).unwrap_or_default(),
            spread: mad(values, &mut keys).unwrap_or_default(),
        }
    }
}

/// The median of finite `values`, if there are any.
pub(super) fn median_of(values: &[f64]) -> Option<f64> {
    median(values, &mut vec![0; values.len()])
}

/// The value that occurs most often, and how often; of several the largest.
pub(super) fn most_common<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).max_by_key(|&(_, n)| n)
}
