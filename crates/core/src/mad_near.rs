//! The median absolute deviation on a chip with a unit for floats, which reads numbers one after the other: medians are looked for where the
//! mean and the mean deviation expect them, and only what lies there is sorted any further.
//!
//! A median found so is the one that any other way finds: of keys there is only one of a rank.

use crate::Real;
use crate::median::{PATIENCE, even_median, middle, select};
use crate::real::Key;

/// The median of the deviations of finite values from their median. `None` where there are no values, or too few keys.
pub(crate) fn deviation<T: Real>(values: &[T], keys: &mut [T::Key]) -> Option<T> {
    let (about, spread) = expected(values);
    let reach = T::from_f64(0.4375) * spread;
    let within = [(about - reach).key(), (about + reach).key()];
    let center = median_within(values, keys, T::key, within)?;
    let within = [0.5625, 1.125].map(|share| (T::from_f64(share) * spread).size_key());
    median_within(values, keys, |x| (x - center).size_key(), within)
}

/// About where the median is, and how far values are from it on average.
fn expected<T: Real>(values: &[T]) -> (T, T) {
    // Of some sixteen of them, and then of all.
    let some = values.len() / 16 + 1;
    let count = values.len().div_ceil(some);
    let about = values.iter().step_by(some).fold(T::ZERO, |sum, &x| sum + x);
    let about = about / T::from_count(count);
    let length = T::from_count(values.len());
    let (mut total, mut spread) = ([T::ZERO; 4], [T::ZERO; 4]);
    let (fours, rest) = values.as_chunks::<4>();
    for &[a, b, c, d] in fours {
        let ([e, f, g, h], [i, j, k, l]) = (total, spread);
        let (a, b, c, d) = (a - about, b - about, c - about, d - about);
        total = [e + a, f + b, g + c, h + d];
        spread = [i + a.abs(), j + b.abs(), k + c.abs(), l + d.abs()];
    }
    let rest = |of: fn(T) -> T| rest.iter().fold(T::ZERO, |sum, &x| sum + of(x - about));
    let all = |[a, b, c, d]: [T; 4]| (a + b) + (c + d);
    let (total, spread) = (all(total) + rest(|x| x), all(spread) + rest(T::abs));
    (about + total / length, spread / length)
}

/// The median of what `of` makes of values, looked for from one key to another; where it is not there, as far as there
/// are numbers.
#[inline(always)]
fn median_within<T: Real>(
    values: &[T],
    keys: &mut [T::Key],
    of: impl Fn(T) -> T::Key,
    [mut first, mut last]: [T::Key; 2],
) -> Option<T> {
    let keys = keys.get_mut(..values.len())?;
    let rank = values.len() / 2;
    loop {
        let (mut smaller, mut kept) = (0_usize, 0);
        let mut look = |x: T| {
            let key = of(x);
            smaller = smaller.wrapping_add(key.is_before(first));
            if key.is_within(first, last)
                && let Some(slot) = keys.get_mut(kept)
            {
                *slot = key;
                kept += 1;
            }
        };
        // Two at a time: to count costs as much as to look.
        let (pairs, rest) = values.as_chunks::<2>();
        for &[x, y] in pairs {
            look(x);
            look(y);
        }
        rest.iter().for_each(|&x| look(x));
        let lower = values.len().checked_sub(1)? / 2;
        if lower < smaller && first != T::Key::LEAST {
            first = T::Key::LEAST;
        } else if rank >= smaller + kept && last != T::Key::MOST {
            last = T::Key::MOST;
        } else {
            let found = ranked(keys.get_mut(..kept)?, rank.checked_sub(smaller)?)?;
            return Some(even_median(values.len(), found));
        }
    }
}

/// The largest key of those before a rank, if there are any, and the key of the rank: quickselect (Hoare 1961).
fn ranked<K: Key>(keys: &mut [K], rank: usize) -> Option<(Option<K>, K)> {
    let (mut low, mut high, mut before) = (0, keys.len(), 0);
    let mut passes = 0;
    while high - low > 1 {
        if passes == PATIENCE {
            return select(keys, rank, 0);
        }
        passes += 1;
        let pivot = middle(*keys.get(low)?, *keys.get(rank)?, *keys.get(high - 1)?);
        let (mut i, mut j) = (low, high);
        loop {
            let left = loop {
                let left = *keys.get(i)?;
                if left >= pivot {
                    break left;
                }
                i += 1;
            };
            let right = loop {
                j -= 1;
                let right = *keys.get(j)?;
                if right <= pivot {
                    break right;
                }
            };
            if i >= j {
                break;
            }
            *keys.get_mut(i)? = right;
            *keys.get_mut(j)? = left;
            i += 1;
        }
        if rank < i {
            high = i;
            continue;
        }
        if rank > low {
            // Nothing before these is larger than they are.
            before = low;
        }
        if rank > j {
            low = j + 1;
        } else {
            // Where they met stands the pivot, and so it is at its place.
            break;
        }
    }
    let below = keys.get(before..rank)?.iter().copied().max();
    Some((below, *keys.get(rank)?))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn check<T: Real>(values: &[T]) {
        let mut keys = vec![T::Key::default(); values.len()];
        let center = crate::median(values, &mut keys);
        let deviations: Vec<T> = values.iter().map(|&x| (x - center.unwrap()).abs()).collect();
        let expected = crate::median(&deviations, &mut keys).unwrap();
        let found = deviation(values, &mut keys).unwrap();
        assert_eq!(found.to_f64().to_bits(), expected.to_f64().to_bits());
    }

    proptest! {
        #[test]
        fn it_is_the_median_of_deviations(
            values in prop::collection::vec(-1e3f64..1e3, 1..300), steps in prop::collection::vec(-6i8..6, 1..300)
        ) {
            let ties: Vec<f64> = steps.iter().map(|&step| f64::from(step) / 2048.0).collect();
            for values in [values, ties] {
                check(&values);
                check(&values.iter().map(|&x| x as f32).collect::<Vec<f32>>());
            }
        }

        #[test]
        fn every_rank_is_found(keys in prop::collection::vec(-40i32..40, 1..80)) {
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            for rank in 0..keys.len() {
                let below = rank.checked_sub(1).map(|before| sorted[before]);
                prop_assert_eq!(ranked(&mut keys.clone(), rank), Some((below, sorted[rank])));
            }
        }
    }

    #[test]
    fn values_that_are_far_from_what_is_expected_are_found_all_the_same() {
        for n in [1, 2, 3, 8, 9, 64, 129, 1000] {
            let half = |at: usize| if at < n / 2 { -1e30 } else { 1.0 + at as f64 };
            check(&(0..n).map(half).collect::<Vec<f64>>());
            check(&(0..n).map(|at| at.min(n - at) as f32).collect::<Vec<f32>>());
            check(&(0..n).map(|at| (at as f32 / 8.0).exp2()).collect::<Vec<f32>>());
            check(&(0..n).map(|at| if at % 2 == 0 { 0.0 } else { -0.0 }).collect::<Vec<f32>>());
            check(&(0..n).map(|at| if at % 3 == 0 { 3e38 } else { -3e38 }).collect::<Vec<f32>>());
        }
    }
}
