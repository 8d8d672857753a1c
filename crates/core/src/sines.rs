//! The sines that spectra need: a table that the compiler computes, so equal on every machine.

use core::f64::consts::FRAC_PI_2;
use core::num::NonZeroUsize;

use crate::Real;

/// Into how many steps a quarter of a turn is divided.
pub(crate) const QUARTER: usize = 128;

/// `sin(π/2 · at / QUARTER)` for `at` from 0 to [`QUARTER`], by the Taylor series of the sine or, of
/// what is nearer to a quarter, of the cosine.
pub(crate) const TABLE: [f64; QUARTER + 1] = {
    let (mut table, mut at) = ([0.0; QUARTER + 1], 0);
    while at <= QUARTER {
        let (near, first) = if 2 * at <= QUARTER { (at, 1) } else { (QUARTER - at, 0) };
        let x = FRAC_PI_2 * near as f64 / QUARTER as f64;
        let mut term = if first == 1 { x } else { 1.0 };
        let mut power = first;
        while power < 22 {
            table[at] += term;
            term *= -x * x / ((power + 1) * (power + 2)) as f64;
            power += 2;
        }
        at += 1;
    }
    table
};

/// Cosine and sine in equal steps from 0 to half a turn, half as many to a quarter.
pub(crate) const TURNS: [[f64; 2]; QUARTER + 1] = {
    let (mut turns, mut at) = ([[0.0; 2]; QUARTER + 1], 0);
    while at <= QUARTER {
        turns[at] = match 2 * at {
            near if near <= QUARTER => [TABLE[QUARTER - near], TABLE[near]],
            far => [-TABLE[far - QUARTER], TABLE[2 * QUARTER - far]],
        };
        at += 1;
    }
    turns
};

/// `sin(π/2 · n / d)`, for `n` from 0 to `d`.
///
/// Of what lies between two steps of the table, by the sum formula.
pub(crate) fn sine<T: Real>(n: usize, d: NonZeroUsize) -> T {
    let steps = n.saturating_mul(QUARTER);
    let (at, rest) = (steps / d, steps % d);
    let [sine, cosine] = [at, QUARTER.saturating_sub(at)].map(entry::<T>);
    if rest == 0 {
        return sine;
    }
    let part = T::from_count(rest) / T::from_count(d.get());
    let x = T::from_f64(FRAC_PI_2 / QUARTER as f64) * part;
    let square = x * x;
    // Of an angle below 1/80: one more term is below the rounding of an f64.
    let less = |by: f64, next: T| T::ONE - square * T::from_f64(1.0 / by) * next;
    let sine_x = x * less(6.0, less(20.0, T::ONE));
    let cosine_x = less(2.0, less(12.0, less(30.0, T::ONE)));
    sine * cosine_x + cosine * sine_x
}

#[inline]
fn entry<T: Real>(at: usize) -> T {
    T::SINES.get(at).copied().unwrap_or(T::ONE)
}

#[cfg(test)]
mod tests {
    use core::f64::consts::PI;

    use super::*;

    /// A rounding or two of numbers up to 1.
    const NEAR: f64 = 2.0;

    fn check<T: Real>(epsilon: f64) {
        for d in 1..=300 {
            for n in 0..=d {
                let found = sine::<T>(n, NonZeroUsize::new(d).unwrap()).to_f64();
                let expected = (FRAC_PI_2 * n as f64 / d as f64).sin();
                assert!((found - expected).abs() <= NEAR * epsilon, "{n}/{d}: {found} {expected}");
            }
        }
        for (at, turn) in T::TURNS.iter().enumerate() {
            let [cosine, sine] = turn.map(T::to_f64);
            let angle = PI * at as f64 / QUARTER as f64;
            let apart = (cosine - angle.cos()).abs().max((sine - angle.sin()).abs());
            assert!(apart <= NEAR * epsilon, "{at}: {apart}");
        }
    }

    #[test]
    fn sines_are_those_of_the_standard_library() {
        check::<f32>(f32::EPSILON.into());
        check::<f64>(f64::EPSILON);
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!((TABLE[0], TABLE[QUARTER]), (0.0, 1.0));
    }
}
