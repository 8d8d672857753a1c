//! The highest of many scores, and the threshold that comes of them.

use super::plan::Rank;
use crate::Real;

/// Takes a score into the highest ones, of which the first `kept` are there, in ascending order.
pub(super) fn take<T: Real>(highest: &mut [T], kept: usize, score: T) {
    let space = highest.len();
    let held = highest.get_mut(..kept.min(space)).unwrap_or_default();
    // Where all places are taken, the lowest gives way; else the next place is free.
    let mut at = if kept < space {
        if let Some(free) = highest.get_mut(kept) {
            *free = score;
        }
        kept
    } else {
        match held.first_mut() {
            Some(lowest) if score > *lowest => *lowest = score,
            _ => return,
        }
        // It is sorted in from the lowest upward.
        for at in 1..space {
            if !swapped(highest, at) {
                return;
            }
        }
        return;
    };
    while at > 0 && swapped(highest, at) {
        at -= 1;
    }
}

/// Puts two neighbours in order; whether they were not.
fn swapped<T: Real>(values: &mut [T], at: usize) -> bool {
    if let Some([before, after]) = values.get_mut(at.saturating_sub(1)..=at)
        && *before > *after
    {
        core::mem::swap(before, after);
        return true;
    }
    false
}

/// The score of a rank among `count` scores, of which the highest `kept` are there in ascending
/// order; interpolated to the next.
pub(super) fn at_rank<T: Real>(highest: &[T], kept: usize, count: u32, rank: Rank) -> Option<T> {
    let held = highest.get(..kept.min(highest.len()))?;
    let lower = usize::try_from(count).ok()?.checked_sub(held.len())?;
    let at = usize::try_from(rank.whole).ok()?.checked_sub(lower)?.checked_sub(1)?;
    let below = *held.get(at)?;
    let above = held.get(at + 1).copied().unwrap_or(below);
    Some(below + T::from_f64(rank.part) * (above - below))
}
