//! Fewer points, where no eye could tell.

/// Of `count` things so many at the most, evenly spread; the first and the last among them.
pub fn evenly(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let last = most.saturating_sub(1).max(1);
    (0..most).map(|at| (at * (count - 1) + last / 2) / last).collect()
}

/// The lowest and the highest value of each of `columns` equal stretches, in their order: what a line
/// that is so many pixels wide would show. All of them where they are no more than that.
pub fn extremes(values: &[f64], columns: usize) -> Vec<usize> {
    if values.len() <= 2 * columns {
        return (0..values.len()).collect();
    }
    let stretch =
        |column: usize| values.len() * column / columns..values.len() * (column + 1) / columns;
    let mut kept = Vec::with_capacity(2 * columns);
    for column in 0..columns {
        let by = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
        let (low, high) = (stretch(column).min_by(by), stretch(column).max_by(by));
        let (Some(low), Some(high)) = (low, high) else { continue };
        kept.push(low.min(high));
        if low != high {
            kept.push(low.max(high));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_are_all_kept() {
        assert_eq!(evenly(3, 5), [0, 1, 2]);
        assert_eq!(evenly(5, 3), [0, 2, 4]);
        assert_eq!(evenly(0, 3), [0usize; 0]);
        assert_eq!(extremes(&[3.0, 1.0, 2.0], 2), [0, 1, 2]);
    }

    proptest! {
        #[test]
        fn ends_are_kept_and_none_twice(count in 2..5000usize, most in 2..300usize) {
            let kept = evenly(count, most);
            prop_assert_eq!(kept.len(), count.min(most));
            prop_assert_eq!((kept[0], kept[kept.len() - 1]), (0, count - 1));
            prop_assert!(kept.is_sorted_by(|a, b| a < b));
        }

        #[test]
        fn no_peak_is_lost(
            values in proptest::collection::vec(-1e3..1e3f64, 1..2000), columns in 1..100usize,
        ) {
            let kept = extremes(&values, columns);
            prop_assert!(kept.len() <= (2 * columns).max(values.len().min(2 * columns)));
            prop_assert!(kept.is_sorted_by(|a, b| a < b));
            let most = |all: &mut dyn Iterator<Item = f64>| all.fold(f64::MIN, f64::max);
            prop_assert_eq!(
                most(&mut kept.iter().map(|&at| values[at])), most(&mut values.iter().copied())
            );
        }
    }
}
