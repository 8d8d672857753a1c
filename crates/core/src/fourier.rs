//! The discrete Fourier transform of readings, by halves (Cooley and Tukey 1965): of one segment, or of several side by
//! side.
//!
//! Stages are taken two at a time, so that numbers stay where they are computed with between them, and factors of 1 and
//! of -i are not multiplied by. Every sum has the operands and the order that one stage after the other gives it: powers
//! have the same bits.

use crate::Real;
use crate::lanes::Lanes;

/// The most readings that are transformed at once.
pub(crate) const MAX_LINES: usize = 256;

/// Real part and imaginary part.
pub(crate) type Complex<L> = [L; 2];

/// Into how many steps the factors divide half a turn.
const HALF_TURN: usize = MAX_LINES / 2;

/// Where the group `at` of `count` stands before a transform: its number with the bits reversed.
#[inline(always)]
pub(crate) fn place(at: usize, count: usize) -> usize {
    at.reverse_bits().wrapping_shr(count.leading_zeros().wrapping_add(1))
}

/// The first two stages of four pairs that are a quarter of all apart, given in their order. They stand side by side
/// then, as the group of the number that the first of them has.
#[inline(always)]
pub(crate) fn begun<T: Real, L: Lanes<T>>(pairs: [Complex<L>; 4]) -> [Complex<L>; 4] {
    let [[a, b], [e, f], [c, d], [g, h]] = pairs;
    let ([i, j], [k, l]) = ([a + c, b + d], [a - c, b - d]);
    let ([m, n], [o, p]) = ([e + g, f + h], [e - g, f - h]);
    [[i + m, j + n], [k + p, l - o], [i - m, j - n], [k - p, l + o]]
}

/// Of pairs that have [`begun`], whose groups stand at their [`place`]s, gives the square of the magnitude of each line
/// from 1 to half the sample rate: the line counted from 0 for line 1, and the square. There are 32, 64 or 128 pairs.
#[inline(always)]
pub(crate) fn powers<T: Real, L: Lanes<T>, const PAIRS: usize>(
    pairs: &mut [Complex<L>; PAIRS],
    put: impl FnMut(usize, L),
) {
    two_stages::<T, L>(pairs, 4);
    if PAIRS >= 64 {
        two_stages::<T, L>(pairs, 16);
    }
    if PAIRS != 64 {
        last_stage::<T, L>(pairs);
    }
    magnitudes::<T, L, PAIRS>(pairs, put);
}

/// What is added, and taken off, where two meet: the second one, turned by a factor.
#[inline(always)]
fn turned<T: Real, L: Lanes<T>>([a, b]: Complex<L>, [cosine, sine]: Complex<L>) -> Complex<L> {
    [a * cosine + b * sine, b * cosine - a * sine]
}

/// The factor of so many steps.
#[inline(always)]
fn factor<T: Real, L: Lanes<T>>(at: usize) -> Complex<L> {
    T::TURNS.get(at).map_or([L::all(T::ZERO); 2], |turn| turn.map(L::all))
}

/// The stages in which pairs that are `half` apart meet, and twice as much.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn two_stages<T: Real, L: Lanes<T>>(pairs: &mut [Complex<L>], half: usize) {
    let step = HALF_TURN.wrapping_shr(half.ilog2() + 1);
    for block in pairs.chunks_exact_mut(4 * half) {
        let Some((low, high)) = block.split_at_mut_checked(2 * half) else { return };
        let Some((first, second)) = low.split_at_mut_checked(half) else { return };
        let Some((third, fourth)) = high.split_at_mut_checked(half) else { return };
        let mut fours = first.iter_mut().zip(second).zip(third).zip(fourth);
        if let Some((((first, second), third), fourth)) = fours.next() {
            let of_one = begun::<T, L>([*first, *third, *second, *fourth]);
            [*first, *second, *third, *fourth] = of_one;
        }
        let mut at = step;
        for (((first, second), third), fourth) in fours {
            let (once, twice) = (factor::<T, L>(2 * at), factor::<T, L>(at));
            at += step;
            let (&mut [a, b], [c, d]) = (&mut *first, turned(*second, once));
            let (&mut [e, f], [g, h]) = (&mut *third, turned(*fourth, once));
            let (near, [i, j]) = ([a + c, b + d], turned([e + g, f + h], twice));
            // A quarter of a turn further, which is by -i.
            let (far, [k, l]) = ([a - c, b - d], turned([e - g, f - h], twice));
            *first = [near[0] + i, near[1] + j];
            *third = [near[0] - i, near[1] - j];
            *second = [far[0] + l, far[1] - k];
            *fourth = [far[0] - l, far[1] + k];
        }
    }
}

/// The last stage, where their number is odd.
#[cfg_attr(target_pointer_width = "64", inline(always))]
fn last_stage<T: Real, L: Lanes<T>>(pairs: &mut [Complex<L>]) {
    let half = pairs.len() / 2;
    let step = HALF_TURN.checked_div(half).unwrap_or(1);
    let Some((low, high)) = pairs.split_at_mut_checked(half) else { return };
    let mut at = 0;
    for (x, y) in low.iter_mut().zip(high) {
        let ([a, b], [c, d]) = (*x, turned(*y, factor::<T, L>(at)));
        at += step;
        (*x, *y) = ([a + c, b + d], [a - c, b - d]);
    }
}

/// The squares of the magnitudes, from the transform of the pairs as complex numbers.
///
/// The transforms of the readings of even number and of odd come from that of both: the conjugate of line -k is added to
/// line k, or taken off. What line k has of them, line -k has with other signs, which no square shows.
#[inline(always)]
fn magnitudes<T: Real, L: Lanes<T>, const PAIRS: usize>(
    pairs: &[Complex<L>; PAIRS],
    mut put: impl FnMut(usize, L),
) {
    let step = HALF_TURN.checked_div(PAIRS).unwrap_or(1);
    let half = L::all(T::HALF);
    for at in 1..PAIRS / 2 {
        let (Some(&[a, b]), Some(&[c, d])) = (pairs.get(at), pairs.get(PAIRS - at)) else { return };
        let [cosine, sine] = factor::<T, L>(at * step);
        let (even, odd) = ([(a + c) * half, (b - d) * half], [(b + d) * half, (c - a) * half]);
        let [re, im] = turned(odd, [cosine, sine]);
        let (near, far) = ([even[0] + re, even[1] + im], [even[0] - re, even[1] - im]);
        put(at - 1, near[0] * near[0] + near[1] * near[1]);
        put(PAIRS - 1 - at, far[0] * far[0] + far[1] * far[1]);
    }
    let Some(&[a, b]) = pairs.get(PAIRS / 2) else { return };
    put(PAIRS / 2 - 1, a * a + b * b);
    // Half the sample rate is a line of its own: it has none of negative frequency.
    let Some(&[a, b]) = pairs.first() else { return };
    put(PAIRS - 1, (a - b) * (a - b) * half);
}
