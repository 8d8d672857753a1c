//! Medians by selection: no full sort, no branch that depends on a reading's value.
//!
//! Numbers are compared as integers that order alike ([`Real::key`]), which is as fast on a chip
//! without floating point as on one with it. Each pass counts what lies below a pivot and keeps
//! only the side that holds the wanted rank, so that passes shrink like those of quickselect
//! (Hoare 1961), but without its mispredicted branches. A chip with a unit for floats, which has no lanes to count with and little to mispredict,
//! looks for the median absolute deviation in another way.

use core::cell::Cell;

use crate::Real;
use crate::real::Key;

/// Turns the median absolute deviation into an estimate of a Gaussian's standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

/// At this length and below, what is left is sorted.
const SHORT: usize = 8;

/// After so many passes pivots halve the range of keys, which bounds their number.
pub(crate) const PATIENCE: usize = 16;

/// The median of finite `values`: the mean of the two middle ones where their number is even.
///
/// `keys` is scratch space for at least as many keys. Returns `None` where there are no values or
/// too few keys.
#[inline]
pub fn median<T: Real>(values: &[T], keys: &mut [T::Key]) -> Option<T> {
    median_of(values, keys, |x| x)
}

/// 1.4826 × the median absolute deviation from the median of finite `values`.
///
/// `keys` is scratch space as for [`median`]. Returns `None` where there are no values or too few
/// keys. Source: Rousseeuw and Croux, *Alternatives to the Median Absolute Deviation* (1993), with
/// their factor rounded to 1.4826.
#[inline]
pub fn mad<T: Real>(values: &[T], keys: &mut [T::Key]) -> Option<T> {
    #[cfg(target_abi = "eabihf")]
    let deviation = crate::mad_near::deviation(values, keys)?;
    #[cfg(not(target_abi = "eabihf"))]
    let deviation = {
        let center = median_of(values, keys, |x| x)?;
        median_of(values, keys, |x| (x - center).abs())?
    };
    Some(T::from_f64(MAD_TO_SIGMA) * deviation)
}

#[inline]
fn median_of<T: Real>(values: &[T], keys: &mut [T::Key], f: impl Fn(T) -> T) -> Option<T> {
    let keys = keys.get_mut(..values.len())?;
    for (key, &x) in keys.iter_mut().zip(values) {
        *key = f(x).key();
    }
    Some(even_median(values.len(), select(keys, values.len() / 2, PATIENCE)?))
}

/// The median of so many, from the two keys that are in their middle.
#[inline]
pub(crate) fn even_median<T: Real>(count: usize, (below, middle): (Option<T::Key>, T::Key)) -> T {
    let upper = T::from_key(middle);
    match below {
        Some(below) if count.is_multiple_of(2) => (T::from_key(below) + upper) * T::HALF,
        _ => upper,
    }
}

/// The keys of rank `rank - 1`, if there is one, and `rank`, counted from 0 in ascending order.
pub(crate) fn select<K: Key>(
    keys: &mut [K],
    mut rank: usize,
    patience: usize,
) -> Option<(Option<K>, K)> {
    let mut left = keys;
    // The largest key among those dropped below what is left.
    let mut below = None;
    for pass in 0.. {
        if left.len() <= SHORT {
            break;
        }
        let pivot = if pass < patience { ninther(left) } else { middle_of_range(left) }?;
        let less = count(left, |key| key < pivot);
        if rank < less {
            left = keep(left, |key| key < pivot);
            continue;
        }
        let equal = count(left, |key| key == pivot);
        if rank < less + equal {
            let before = left.iter().copied().filter(|&key| key < pivot).max();
            return Some((if rank > less { Some(pivot) } else { before.or(below) }, pivot));
        }
        rank -= less + equal;
        below = Some(pivot);
        left = keep(left, |key| key > pivot);
    }
    sort(left);
    let before = rank.checked_sub(1).and_then(|before| left.get(before)).copied();
    Some((before.or(below), *left.get(rank)?))
}

fn count<K: Copy>(keys: &[K], wanted: impl Fn(K) -> bool) -> usize {
    // u32: four lanes of a vector register where there is one.
    keys.iter().map(|&key| u32::from(wanted(key))).sum::<u32>() as usize
}

/// Moves the wanted keys to the front and returns them.
fn keep<K: Copy>(keys: &mut [K], wanted: impl Fn(K) -> bool) -> &mut [K] {
    let mut kept = 0;
    let cells = Cell::from_mut(keys).as_slice_of_cells();
    for cell in cells {
        let key = cell.get();
        if let Some(slot) = cells.get(kept) {
            slot.set(key);
        }
        kept += usize::from(wanted(key));
    }
    keys.get_mut(..kept).unwrap_or_default()
}

/// The median of three medians of three (Tukey 1978), from places spread over `keys`.
fn ninther<K: Copy + Ord>(keys: &[K]) -> Option<K> {
    let last = keys.len().checked_sub(1)?;
    let at = |eighth: usize| keys.get(last * eighth / 8).copied();
    Some(middle(
        middle(at(0)?, at(1)?, at(2)?),
        middle(at(3)?, at(4)?, at(5)?),
        middle(at(6)?, at(7)?, at(8)?),
    ))
}

pub(crate) fn middle<K: Copy + Ord>(a: K, b: K, c: K) -> K {
    a.max(b).min(a.min(b).max(c))
}

/// The largest key that is not above the middle between the smallest and the largest.
fn middle_of_range<K: Key>(keys: &[K]) -> Option<K> {
    let (low, high) = (keys.iter().copied().min()?, keys.iter().copied().max()?);
    let middle = low.midpoint(high);
    keys.iter().copied().filter(|&key| key <= middle).max()
}

/// Insertion sort.
fn sort<K: Copy + Ord>(keys: &mut [K]) {
    for end in 1..keys.len() {
        for at in (1..=end).rev() {
            match keys.get_mut(at - 1..=at) {
                Some([a, b]) if *b < *a => core::mem::swap(a, b),
                _ => break,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    extern crate std;
    use std::vec::Vec;

    /// The definition: sort, take the middle.
    fn by_sorting(values: &[f64]) -> f64 {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        (low + high) * 0.5
    }

    fn check(values: &[f64]) {
        let mut keys = std::vec![0; values.len()];
        assert_eq!(median(values, &mut keys), Some(by_sorting(values)));
        let center = by_sorting(values);
        let deviations: Vec<f64> = values.iter().map(|x| (x - center).abs()).collect();
        assert_eq!(mad(values, &mut keys), Some(1.4826 * by_sorting(&deviations)));
    }

    proptest! {
        #[test]
        fn equals_the_sorted_definition(values in proptest::collection::vec(-1e3f64..1e3, 1..300)) {
            check(&values);
        }

        #[test]
        fn equals_the_sorted_definition_with_many_ties(
            steps in proptest::collection::vec(-6i8..6, 1..300),
        ) {
            let values: Vec<f64> = steps.iter().map(|&s| f64::from(s) / 2048.0).collect();
            check(&values);
        }

        #[test]
        fn order_does_not_matter(
            mut values in proptest::collection::vec(-1e3f32..1e3, 2..200),
            turn in 0usize..200,
        ) {
            let mut keys = std::vec![0; values.len()];
            let before = mad(&values, &mut keys);
            let len = values.len();
            values.rotate_left(turn % len);
            values.reverse();
            prop_assert_eq!(before, mad(&values, &mut keys));
        }
    }

    #[test]
    fn patterns_that_defeat_quickselect_still_end() {
        for n in [9usize, 64, 129, 1000] {
            let organ_pipe: Vec<f64> = (0..n).map(|i| i.min(n - i) as f64).collect();
            let growing: Vec<f64> = (0..n).map(|i| (i as f64).exp2()).collect();
            let alternating: Vec<f64> =
                (0..n).map(|i| if i % 2 == 0 { 0.0 } else { -0.0 }).collect();
            check(&organ_pipe);
            check(&growing);
            check(&alternating);
        }
    }

    #[test]
    fn range_halving_alone_selects_every_rank() {
        let mut state = 1u32;
        let keys: Vec<i32> = (0..257)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 28) as i32 * i32::from(state as i16)
            })
            .collect();
        let mut sorted = keys.clone();
        sorted.sort_unstable();
        for rank in 0..keys.len() {
            let before = rank.checked_sub(1).map(|r| sorted[r]);
            let mut scratch = keys.clone();
            assert_eq!(select(&mut scratch, rank, PATIENCE), Some((before, sorted[rank])));
            let mut scratch = keys.clone();
            assert_eq!(select(&mut scratch, rank, 0), Some((before, sorted[rank])));
        }
    }

    #[test]
    fn no_values_or_too_little_space_give_nothing() {
        assert_eq!(median::<f32>(&[], &mut []), None);
        assert_eq!(median(&[1.0f32, 2.0], &mut [0]), None);
        assert_eq!(median(&[2.5f32], &mut [0]), Some(2.5));
    }
}
