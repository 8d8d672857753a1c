//! The discrete Fourier transform of readings, by halves (Cooley and Tukey 1965): of several at once, side by side.

use crate::Real;
use crate::lanes::Lanes;
use crate::sines::{QUARTER, turn};

/// The most readings that are transformed at once.
pub(crate) const MAX_LINES: usize = 256;

/// Real part and imaginary part.
pub(crate) type Complex<L> = [L; 2];

/// Room for as many readings as are transformed at once: pairs of them, taken as complex numbers.
pub(crate) type Pairs<L> = [Complex<L>; MAX_LINES / 2];

/// Where the pair `at` of `count` stands before a transform: its number with the bits reversed.
#[inline]
pub(crate) fn place(at: usize, count: usize) -> usize {
    at.reverse_bits().wrapping_shr(count.leading_zeros().wrapping_add(1))
}

/// The square of the magnitude of each line from 1 to half their number, of `2 · pairs.len()`
/// readings whose pairs stand at their [`place`]s; the number of pairs is a power of two.
///
/// `add` is given the line, counted from 0 for line 1, and its powers.
#[inline]
pub(crate) fn powers<T: Real, L: Lanes<T>>(
    pairs: &mut [Complex<L>],
    mut add: impl FnMut(usize, L),
) {
    transform::<T, L>(pairs);
    let (half, quarter) = (T::HALF, (2 * QUARTER).checked_div(pairs.len()).unwrap_or(0));
    // The transform of the readings of even number and of odd, from that of both as one complex
    // number: the conjugate of line -k is added to line k, or taken off.
    let backward = pairs.iter().rev();
    let forward = pairs.iter().skip(1).chain(pairs.first());
    for (at, (&[a, b], &[c, d])) in forward.zip(backward).enumerate() {
        let (even, odd) = ([(a + c) * half, (b - d) * half], [(b + d) * half, (c - a) * half]);
        let [cosine, sine] = turn::<T>(at.saturating_add(1).saturating_mul(quarter));
        let re = even[0] + (odd[0] * cosine + odd[1] * sine);
        let im = even[1] + (odd[1] * cosine - odd[0] * sine);
        add(at, re * re + im * im);
    }
}

/// Replaces the numbers, which stand at their [`place`]s, by their transform.
fn transform<T: Real, L: Lanes<T>>(pairs: &mut [Complex<L>]) {
    for stage in 0..MAX_LINES.ilog2() - 1 {
        let (half, step) = (1 << stage, (2 * QUARTER) >> stage);
        for block in pairs.chunks_exact_mut(2 * half) {
            let Some((low, high)) = block.split_at_mut_checked(half) else { return };
            for ((x, y), at) in low.iter_mut().zip(high).zip(0..) {
                let [cosine, sine] = turn::<T>(at * step);
                let (&mut [a, b], &mut [c, d]) = (&mut *x, &mut *y);
                let (re, im) = (c * cosine + d * sine, d * cosine - c * sine);
                (*x, *y) = ([a + re, b + im], [a - re, b - im]);
            }
        }
    }
}
