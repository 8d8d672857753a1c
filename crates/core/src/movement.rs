//! What one axis does in a window: how its mean moves, and how it vibrates.

use crate::moments::sum;
use crate::{MAX_AXES, Real};

/// What one axis does, by the distances of its readings from a first mean: sums then stay as small as
/// the vibration is, and lose nothing to gravity.
pub(crate) struct Movement<T> {
    /// The mean of these distances: what rounding left of them.
    pub(crate) off: T,
    /// How much larger the mean is in the last third than in the first.
    pub(crate) step: T,
    /// Σ of their squares.
    pub(crate) squares: T,
    /// Σ of the squares of what is left where each third has its own straight line taken off.
    pub(crate) vibration: T,
}

impl<T: Real> Movement<T> {
    #[inline]
    pub(crate) fn of(axis: &[T], near: T) -> Self {
        let third = axis.len() / 3;
        let (first, rest) = axis.split_at_checked(third).unwrap_or((axis, &[]));
        let (middle, last) =
            rest.split_at_checked(rest.len().saturating_sub(third)).unwrap_or((rest, &[]));
        let parts = [first, middle, last];
        let [first, middle, last] = parts.map(|part| sum(part, |x| x - near));
        let off = (first + middle + last) / T::from_count(axis.len());
        let step = (last - first) / T::from_count(third);
        let (mut squares, mut vibration) = (T::ZERO, T::ZERO);
        for (part, total) in parts.into_iter().zip([first, middle, last]) {
            let square = sum(part, |x| (x - near) * (x - near));
            squares += square;
            vibration += beside_line(part, near, total, square);
        }
        Self { off, step, squares, vibration }
    }
}

/// Σ of the squares of what is left of `n` readings where the straight line is taken off that fits them
/// best: Σd² − (Σd)²/n − (Σtd)²/Σt², with distances `d` of which `total` and `square` are the sums, and
/// `t` the time from the middle, so that Σt² = n (n² − 1) / 12.
fn beside_line<T: Real>(part: &[T], near: T, total: T, square: T) -> T {
    let count = T::from_count(part.len());
    let mut at = (T::ONE - count) * T::HALF;
    let mut moment = T::ZERO;
    for &x in part {
        moment += at * (x - near);
        at += T::ONE;
    }
    let spread = count * (count * count - T::ONE) / T::from_f64(12.0);
    let line = if spread > T::ZERO { moment * (moment / spread) } else { T::ZERO };
    let left = square - total * (total / count) - line;
    // Rounded below 0 where a line is all there is; what is not a number stays that.
    if left < T::ZERO { T::ZERO } else { left }
}

/// So many readings are projected at once.
const BLOCK: usize = 16;

/// The root of the mean square of the deviations, without their part in a direction of length 1.
///
/// That part is taken off each deviation, not off their sum of squares: of vibration that is mostly
/// in that direction the difference of two large numbers would be left, and it could be below 0.
#[inline]
pub(crate) fn normal_rms<T: Real>(
    window: &[&[T]],
    means: &[T; MAX_AXES],
    direction: &[T; MAX_AXES],
    length: usize,
) -> T {
    let mut lanes = [T::ZERO; BLOCK];
    for block in 0..length.div_ceil(BLOCK) {
        let mut off = [[T::ZERO; BLOCK]; MAX_AXES];
        let mut along = [T::ZERO; BLOCK];
        for (((axis, off), &mean), &part) in window.iter().zip(&mut off).zip(means).zip(direction) {
            let (whole, rest) = axis.as_chunks::<BLOCK>();
            match whole.get(block) {
                Some(readings) => {
                    off.iter_mut().zip(readings).for_each(|(off, &x)| *off = x - mean);
                }
                None => off.iter_mut().zip(rest).for_each(|(off, &x)| *off = x - mean),
            }
            along.iter_mut().zip(&*off).for_each(|(along, &off)| *along += off * part);
        }
        for (off, &part) in off.iter().zip(direction).take(window.len()) {
            for ((lane, &off), &along) in lanes.iter_mut().zip(off).zip(&along) {
                let off = off - along * part;
                *lane += off * off;
            }
        }
    }
    let mut squares = sum(&lanes, |x| x);
    squares = squares / T::from_count(length);
    if squares < T::LEAST_SQUARE { T::ZERO } else { squares.sqrt() }
}
