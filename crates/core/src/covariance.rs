//! How the axes of a window vary together: sums of products, and the logarithm of the covariance.

use core::array;

use crate::jacobi::{Matrix, diagonalise};
use crate::moments::{cross_sum, mean, representable};
use crate::{MAX_AXES, Readings, Real};

/// What of the readings is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// The readings themselves.
    Plain,
    /// The difference of each from the one before it: without gravity, and without what is slow.
    Differences,
}

impl View {
    /// How many values there are.
    fn count<T: Real>(self, readings: &[T]) -> T {
        T::from_count(match self {
            Self::Plain => readings.len(),
            Self::Differences => readings.len().saturating_sub(1),
        })
    }

    /// Their mean. That of differences is what the last reading is above the first, shared out.
    #[inline]
    pub(crate) fn mean<T: Real>(self, readings: &[T]) -> T {
        match (self, readings.first(), readings.last()) {
            (Self::Differences, Some(&first), Some(&last)) => (last - first) / self.count(readings),
            _ => mean(readings),
        }
    }

    /// Σ xᵢ·yᵢ of the deviations of two axes from their means.
    #[inline]
    pub(crate) fn cross_sum<T: Real>(self, x: &[T], x_mean: T, y: &[T], y_mean: T) -> T {
        match self {
            Self::Plain => cross_sum(x, x_mean, y, y_mean),
            Self::Differences => step_sum(x, x_mean, y, y_mean),
        }
    }

    /// The variance of an axis; not a number where it cannot be represented.
    #[inline]
    pub(crate) fn variance<T: Real>(self, readings: &[T]) -> T {
        let mean = self.mean(readings);
        representable(self.cross_sum(readings, mean, readings, mean) / self.count(readings))
    }
}

/// [`cross_sum`] of the differences of consecutive readings, in the same four running sums.
#[inline]
fn step_sum<T: Real>(x: &[T], x_mean: T, y: &[T], y_mean: T) -> T {
    let mut sums = [T::ZERO; 4];
    let (x_fours, x_rest) = x.split_last().map_or(x, |(_, before)| before).as_chunks::<4>();
    let (y_fours, y_rest) = y.split_last().map_or(y, |(_, before)| before).as_chunks::<4>();
    let (x_next, x_next_rest) = x.split_first().map_or(x, |(_, after)| after).as_chunks::<4>();
    let (y_next, y_next_rest) = y.split_first().map_or(y, |(_, after)| after).as_chunks::<4>();
    for (((p, p_next), q), q_next) in x_fours.iter().zip(x_next).zip(y_fours).zip(y_next) {
        let fours = sums.iter_mut().zip(p).zip(p_next).zip(q).zip(q_next);
        for ((((sum, &p), &p_next), &q), &q_next) in fours {
            *sum += ((p_next - p) - x_mean) * ((q_next - q) - y_mean);
        }
    }
    let [a, b, c, d] = sums;
    let mut sum = (a + b) + (c + d);
    for (((&p, &p_next), &q), &q_next) in
        x_rest.iter().zip(x_next_rest).zip(y_rest).zip(y_next_rest)
    {
        sum += ((p_next - p) - x_mean) * ((q_next - q) - y_mean);
    }
    sum
}

/// Of the mean eigenvalue: a direction with less has no variance that rounding leaves true.
const LEAST_EIGENVALUE: f64 = 1e-6;

/// The matrix logarithm of the covariance of all axes, in the first rows and columns.
///
/// An eigenvalue below a millionth of their mean, where axes follow from each other, counts as that
/// millionth. On the diagonal stands what is not a number where a variance cannot be represented.
pub(crate) fn log_covariance<T: Real>(window: &Readings<'_, T>, view: View) -> Matrix<T> {
    let (axes, count) = (window.axes(), T::from_count(window.axes()));
    let (mut upper, mut log) = ([[T::ZERO; MAX_AXES]; MAX_AXES], [[T::ZERO; MAX_AXES]; MAX_AXES]);
    let mut means = [T::ZERO; MAX_AXES];
    means.iter_mut().zip(window.iter()).for_each(|(slot, x)| *slot = view.mean(x));
    let centered = || window.iter().zip(means);
    let mut mean = T::ZERO;
    for (i, ((x, x_mean), (row, out))) in centered().zip(upper.iter_mut().zip(&mut log)).enumerate()
    {
        for (j, ((y, y_mean), element)) in centered().zip(row).enumerate().skip(i) {
            *element = view.cross_sum(x, x_mean, y, y_mean) / view.count(x);
            if i == j {
                *element = representable(*element);
                mean += *element / count;
            }
        }
        // Said of the axis it is true of: the first that is not finite is the one reported.
        if !mean.is_finite() {
            if let Some(slot) = out.get_mut(i) {
                *slot = mean;
            }
            return log;
        }
    }
    // Of eigenvalues around 1 no product over- or underflows.
    let mut a = array::from_fn(|i| array::from_fn(|j| upper[i.min(j)][i.max(j)] / mean));
    let least = T::from_f64(LEAST_EIGENVALUE);
    let vectors = diagonalise(&mut a, axes, least);
    let mut logarithms = [T::ZERO; MAX_AXES];
    for (i, (row, slot)) in a.iter().zip(&mut logarithms).enumerate().take(axes) {
        let value = row.get(i).copied().unwrap_or(T::NAN);
        *slot = if value < least { least } else { value }.ln();
    }
    let shift = mean.ln();
    for (i, (left, out)) in vectors.iter().zip(&mut log).enumerate().take(axes) {
        for (j, (right, element)) in vectors.iter().zip(out).enumerate().take(axes) {
            for ((&l, &r), &value) in left.iter().zip(right).zip(&logarithms).take(axes) {
                *element += l * value * r;
            }
            if i == j {
                *element += shift;
            }
        }
    }
    log
}
