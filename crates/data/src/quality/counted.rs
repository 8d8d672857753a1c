//! Values in ascending order, and how often each occurs.

use super::robust::Center;

/// A spread is so many median absolute deviations, as in `judder_core`.
const MAD_TO_SIGMA: f64 = 1.4826;

/// Two lists of values in order, and how often each occurs in both.
pub(super) fn merged(one: &[(f64, usize)], other: &[(f64, usize)]) -> Vec<(f64, usize)> {
    let mut all = Vec::with_capacity(one.len().max(other.len()));
    let (mut left, mut right) = (one.iter().copied().peekable(), other.iter().copied().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a.0 == b.0 => {
                let both = (a.0, a.1 + b.1);
                left.next();
                right.next();
                Some(both)
            }
            (Some(a), Some(b)) if a.0 > b.0 => right.next(),
            (Some(_), _) => left.next(),
            (None, _) => right.next(),
        };
        match next {
            Some(next) => all.push(next),
            None => return all,
        }
    }
}

/// Median and spread of values that are counted.
pub(super) fn center_of(values: &[(f64, usize)]) -> Center {
    let middle = median_of(values).unwrap_or_default();
    let mut away: Vec<(f64, usize)> =
        values.iter().map(|(x, count)| ((x - middle).abs(), *count)).collect();
    away.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    Center { median: middle, spread: MAD_TO_SIGMA * median_of(&away).unwrap_or_default() }
}

/// The middle one, or the mean of the two in the middle.
fn median_of(values: &[(f64, usize)]) -> Option<f64> {
    let all: usize = values.iter().map(|(_, count)| count).sum();
    let nth = |n: usize| {
        let mut below = 0;
        let is = |(x, count): &(f64, usize)| {
            below += count;
            (below > n).then_some(*x)
        };
        values.iter().find_map(is)
    };
    let (low, high) = (nth(all.checked_sub(1)? / 2)?, nth(all / 2)?);
    Some(if low == high { low } else { 0.5 * (low + high) })
}
