//! From sums of products of deviations to a covariance that holds for windows to come.

use super::running::number;
use crate::{FeatureSet, Real, packed_len};

/// Makes a covariance of the sums of products of `count` rows, packed, as training with the option
/// `families` does.
///
/// Between the numbers of different families ([`FeatureSet::families`]) it is 0. Those of one are shrunk as if one more
/// window had been seen in which they are uncorrelated, and, of logarithms, vary alike: by
/// `1 / (count + 1)`.
pub(super) fn covariance<T: Real>(products: &mut [T], set: &FeatureSet, axes: usize, count: u32) {
    let n = number::<T>(count);
    let intensity = T::ONE / (n + T::ONE);
    let mut start = 0;
    for (count, alike) in set.families(axes) {
        let end = start + count;
        let variance = (start..end)
            .filter_map(|at| products.get(packed_len(at) + at).copied())
            .fold(T::ZERO, |sum, x| sum + x)
            / T::from_count(end - start);
        for row in start..end {
            let elements = products.iter_mut().skip(packed_len(row)).take(row + 1);
            for (column, element) in elements.enumerate() {
                let target = match (column == row, alike) {
                    (true, true) => variance,
                    (true, false) => *element,
                    (false, _) => T::ZERO,
                };
                let shrunk = *element + intensity * (target - *element);
                let own = column >= start;
                *element = if own { shrunk / (n - T::ONE) } else { T::ZERO };
            }
        }
        start = end;
    }
}
