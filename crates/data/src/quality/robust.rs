//! Centre and spread of many numbers, a minority of which may be anything.

use judder_core::{mad, median};

/// Turns the median absolute deviation into an estimate of a Gaussian's standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// The median of `values` and 1.4826 × their median absolute deviation from it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Center {
    pub(super) median: f64,
    pub(super) spread: f64,
}

impl Center {
    /// The same of finite values in ascending order.
    pub(super) fn of_sorted(sorted: &[f64]) -> Self {
        let Some(median) = middle(sorted.len(), |at| sorted[at]) else { return Self::default() };
        // Deviations ascend to both sides of the median: the two runs are merged as far as their middle.
        let split = sorted.partition_point(|&x| x < median);
        let (mut low, mut high) = (split, split);
        let mut deviations = Vec::with_capacity(sorted.len() / 2 + 1);
        while deviations.len() <= sorted.len() / 2 {
            let below = low.checked_sub(1).map(|at| (sorted[at] - median).abs());
            let above = sorted.get(high).map(|x| (x - median).abs());
            match (below, above) {
                (Some(below), above) if above.is_none_or(|above| below < above) => {
                    deviations.push(below);
                    low -= 1;
                }
                (_, Some(above)) => {
                    deviations.push(above);
                    high += 1;
                }
                _ => break,
            }
        }
        let deviation = middle(sorted.len(), |at| deviations[at]).unwrap_or_default();
        Self { median, spread: MAD_TO_SIGMA * deviation }
    }

    /// Of finite `values`; zeros where there are none.
    pub(super) fn of(values: &[f64]) -> Self {
        let mut keys = vec![0; values.len()];
        Self {
            median: median(values, &mut keys).unwrap_or_default(),
            spread: mad(values, &mut keys).unwrap_or_default(),
        }
    }
}

/// What stands in the middle of so many in ascending order; of an even number the mean of the two.
fn middle(count: usize, at: impl Fn(usize) -> f64) -> Option<f64> {
    match count {
        0 => None,
        odd if odd % 2 == 1 => Some(at(odd / 2)),
        even => Some((at(even / 2 - 1) + at(even / 2)) * 0.5),
    }
}

/// The median of finite `values`, if there are any.
pub(super) fn median_of(values: &[f64]) -> Option<f64> {
    median(values, &mut vec![0; values.len()])
}

/// The value that occurs most often, and how often; of several the largest.
pub(super) fn most_common<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|same| (same[0].clone(), same.len())).max_by_key(|&(_, n)| n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn of_sorted_values_it_is_the_same(
            mut values in prop::collection::vec(prop_oneof![-3.0..3.0, Just(0.5), (-2i8..3).prop_map(f64::from)], 0..40),
        ) {
            let expected = Center::of(&values);
            values.sort_by(f64::total_cmp);
            prop_assert_eq!(Center::of_sorted(&values), expected);
        }
    }
}
