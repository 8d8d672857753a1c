//! Sums over one axis, in an order that is fixed: the same bits on every machine.
//!
//! Four running sums, taken in turn and added pairwise at the end, keep both the rounding error
//! and the wait for one addition after the other small.

use crate::Real;

/// Σ f(x) over `values`.
#[inline]
pub(crate) fn sum<T: Real>(values: &[T], f: impl Fn(T) -> T) -> T {
    let (mut a, mut b, mut c, mut d) = (T::ZERO, T::ZERO, T::ZERO, T::ZERO);
    let (fours, rest) = values.as_chunks::<4>();
    for &[w, x, y, z] in fours {
        a += f(w);
        b += f(x);
        c += f(y);
        d += f(z);
    }
    let mut sum = (a + b) + (c + d);
    for &x in rest {
        sum += f(x);
    }
    sum
}

/// Σ xᵢ·yᵢ of the deviations of two axes from their means.
#[inline]
pub(crate) fn cross_sum<T: Real>(x: &[T], x_mean: T, y: &[T], y_mean: T) -> T {
    let (mut a, mut b, mut c, mut d) = (T::ZERO, T::ZERO, T::ZERO, T::ZERO);
    let (x_fours, x_rest) = x.as_chunks::<4>();
    let (y_fours, y_rest) = y.as_chunks::<4>();
    for (p, q) in x_fours.iter().zip(y_fours) {
        let (&[p0, p1, p2, p3], &[q0, q1, q2, q3]) = (p, q);
        a += (p0 - x_mean) * (q0 - y_mean);
        b += (p1 - x_mean) * (q1 - y_mean);
        c += (p2 - x_mean) * (q2 - y_mean);
        d += (p3 - x_mean) * (q3 - y_mean);
    }
    let mut sum = (a + b) + (c + d);
    for (&p, &q) in x_rest.iter().zip(y_rest) {
        sum += (p - x_mean) * (q - y_mean);
    }
    sum
}

/// The arithmetic mean.
#[inline]
pub(crate) fn mean<T: Real>(values: &[T]) -> T {
    sum(values, |x| x) / T::from_count(values.len())
}

/// The central moment `mean((x - mean)^power)` for a power of 2, 3 or 4: divided by `n`, so biased.
#[inline]
pub(crate) fn central_moment<T: Real>(values: &[T], mean: T, power: Power) -> T {
    let total = match power {
        Power::Two => sum(values, |x| (x - mean) * (x - mean)),
        Power::Three => sum(values, |x| (x - mean) * (x - mean) * (x - mean)),
        Power::Four => sum(values, |x| {
            let square = (x - mean) * (x - mean);
            square * square
        }),
    };
    total / T::from_count(values.len())
}

/// A sum of squares as it is, or NaN where it over- or underflowed, so that nothing is computed
/// from it.
#[inline]
pub(crate) fn representable<T: Real>(squares: T) -> T {
    if squares >= T::LEAST_SQUARE && squares.is_finite() { squares } else { T::NAN }
}

/// The powers that the features use.
#[derive(Clone, Copy)]
pub(crate) enum Power {
    Two,
    Three,
    Four,
}
