//! Medians and ranks.

use crate::profile::middle_of;

/// The median of `width` values around each; of as many at either end.
pub(super) fn running_median(values: &[f64], width: usize) -> Vec<f64> {
    let width = width.min(values.len());
    let last = values.len() - width;
    // In ascending order; each step takes one out and puts one in.
    let mut sorted = values[..width].to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut start = 0;
    let place = |sorted: &[f64], x: f64| sorted.partition_point(|y| y.total_cmp(&x).is_lt());
    (0..values.len())
        .map(|at| {
            let from = at.saturating_sub(width / 2).min(last);
            for gone in start..from {
                sorted.remove(place(&sorted, values[gone]));
                let come = values[gone + width];
                sorted.insert(place(&sorted, come), come);
            }
            start = from;
            middle_of(&sorted)
        })
        .collect()
}

/// Spearman's rank correlation with time; 0 of fewer than three values.
pub(super) fn spearman(values: &[f64]) -> f64 {
    let n = values.len();
    if n < 3 {
        return 0.0;
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let squares: f64 =
        order.iter().enumerate().map(|(rank, &at)| (rank as f64 - at as f64).powi(2)).sum();
    let n = n as f64;
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against SciPy's `spearmanr`.
    #[test]
    fn ranks_are_correlated_with_time() {
        assert!((spearman(&[5.0, 3.0, 4.0, 2.0, 1.0]) + 0.9).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 2.0, 3.0]), 1.0);
        assert_eq!(spearman(&[1.0, 2.0]), 0.0);
    }

    #[test]
    fn a_running_median_is_of_as_many_values_everywhere() {
        assert_eq!(running_median(&[9.0, 1.0, 2.0, 3.0, 8.0], 3), [2.0, 2.0, 2.0, 3.0, 3.0]);
        assert_eq!(running_median(&[9.0, 1.0, 2.0], 8), [2.0; 3]);
        // By sorting each window anew.
        let values: Vec<f64> =
            (0..60).map(|at| f64::from(at * at % 17) - f64::from(at) / 9.0).collect();
        let of = |from: usize| crate::profile::median(values[from..from + 10].to_vec());
        let expected: Vec<f64> =
            (0..60).map(|at: usize| of(at.saturating_sub(5).min(50))).collect();
        assert_eq!(running_median(&values, 10), expected);
    }
}
