//! How the axes of a window vary together: sums of products, and the logarithm of the covariance.

use core::array;

use crate::jacobi::{Matrix, diagonalise};
use crate::lanes::Lanes;
use crate::moments::{cross_sum, mean, representable};
use crate::{Readings, Real};

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

/// The axes of a window, where there are three, as most sensors have.
fn three<'r, T: Real>(window: &Readings<'r, T>) -> Option<[&'r [T]; 3]> {
    let mut axes = window.iter();
    match (axes.next(), axes.next(), axes.next(), axes.next()) {
        (Some(x), Some(y), Some(z), None) => Some([x, y, z]),
        _ => None,
    }
}

/// The [cross sums](View::cross_sum) of three axes, each with itself and those behind it, in one go.
#[inline(never)]
fn products<T: Real>(view: View, axes: [&[T]; 3], means: [T; 3]) -> [[T; 3]; 3] {
    match view {
        View::Plain => products_of::<T, false>(axes, axes, means),
        View::Differences => {
            let before = axes.map(|x| x.split_last().map_or(x, |(_, before)| before));
            let after = axes.map(|x| x.split_first().map_or(x, |(_, after)| after));
            products_of::<T, true>(before, after, means)
        }
    }
}

/// Of values, or of what lies between them and those after them.
#[inline(always)]
fn products_of<T: Real, const DIFFERENCES: bool>(
    before: [&[T]; 3],
    after: [&[T]; 3],
    means: [T; 3],
) -> [[T; 3]; 3] {
    let [x, y, z] = before.map(|axis| axis.as_chunks::<4>());
    let [p, q, r] = after.map(|axis| axis.as_chunks::<4>());
    let mut sums = running::<T, DIFFERENCES>([x.0, y.0, z.0], [p.0, q.0, r.0], means);
    let rests = x.1.iter().zip(y.1).zip(z.1).zip(p.1.iter().zip(q.1).zip(r.1));
    for (((&x, &y), &z), ((&p, &q), &r)) in rests {
        let pairs = [[x, p], [y, q], [z, r]];
        plus_products(&mut sums, deviations::<T, T, DIFFERENCES>(pairs, means));
    }
    let [xx, xy, xz, yy, yz, zz] = sums;
    [[xx, xy, xz], [T::ZERO, yy, yz], [T::ZERO, T::ZERO, zz]]
}

/// How far three values, or differences, are from their means.
#[inline(always)]
fn deviations<T: Real, L: Lanes<T>, const DIFFERENCES: bool>(
    pairs: [[L; 2]; 3],
    means: [T; 3],
) -> [L; 3] {
    let [[x, p], [y, q], [z, r]] = pairs;
    let [x, y, z] = if DIFFERENCES { [p - x, q - y, r - z] } else { [x, y, z] };
    let [of_x, of_y, of_z] = means.map(L::all);
    [x - of_x, y - of_y, z - of_z]
}

/// Adds the products of three numbers: xx, xy, xz, yy, yz, zz.
#[inline(always)]
fn plus_products<T: Real, L: Lanes<T>>(sums: &mut [L; 6], [x, y, z]: [L; 3]) {
    let [xx, xy, xz, yy, yz, zz] = *sums;
    *sums = [xx + x * x, xy + x * y, xz + x * z, yy + y * y, yz + y * z, zz + z * z];
}

/// What the four running sums of each product come to.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn running<T: Real, const DIFFERENCES: bool>(
    [x, y, z]: [&[[T; 4]]; 3],
    [p, q, r]: [&[[T; 4]]; 3],
    means: [T; 3],
) -> [T; 6] {
    let mut sums = [T::Four::all(T::ZERO); 6];
    for (((x, y), z), ((p, q), r)) in x.iter().zip(y).zip(z).zip(p.iter().zip(q).zip(r)) {
        let pairs = [[x, p], [y, q], [z, r]].map(|pair| pair.map(|&four| T::Four::from(four)));
        plus_products(&mut sums, deviations::<T, T::Four, DIFFERENCES>(pairs, means));
    }
    sums.map(|sums| {
        let [a, b, c, d]: [T; 4] = sums.into();
        (a + b) + (c + d)
    })
}

/// What the four running sums of each product come to: one after the other, so that all products stay where they are
/// computed with.
#[cfg(not(target_pointer_width = "64"))]
#[inline(always)]
fn running<T: Real, const DIFFERENCES: bool>(
    [x, y, z]: [&[[T; 4]]; 3],
    after: [&[[T; 4]]; 3],
    means: [T; 3],
) -> [T; 6] {
    // Slices of one length, as the compiler sees: so it looks at no index.
    let count = x.len();
    let [p, q, r] = after;
    let (Some(y), Some(z)) = (y.get(..count), z.get(..count)) else { return [T::NAN; 6] };
    let (Some(p), Some(q), Some(r)) = (p.get(..count), q.get(..count), r.get(..count)) else {
        return [T::NAN; 6];
    };
    let mut lanes = [[T::ZERO; 6]; 4];
    for (lane, sums) in lanes.iter_mut().enumerate() {
        let mut own = [T::ZERO; 6];
        for at in 0..count {
            let of = |fours: &[[T; 4]]| fours.get(at).and_then(|four| four.get(lane)).copied();
            let (Some(x), Some(y), Some(z)) = (of(x), of(y), of(z)) else { break };
            let next =
                if DIFFERENCES { (of(p), of(q), of(r)) } else { (Some(x), Some(y), Some(z)) };
            let (Some(p), Some(q), Some(r)) = next else { break };
            let pairs = [[x, p], [y, q], [z, r]];
            plus_products(&mut own, deviations::<T, T, DIFFERENCES>(pairs, means));
        }
        *sums = own;
    }
    let [a, b, c, d] = lanes;
    let sum = |at: usize| (a[at] + b[at]) + (c[at] + d[at]);
    [sum(0), sum(1), sum(2), sum(3), sum(4), sum(5)]
}

/// Of the mean eigenvalue: a direction with less has no variance that rounding leaves true.
const LEAST_EIGENVALUE: f64 = 1e-6;

/// The covariance of all axes of a window, in room for so many; room for three is for exactly three.
pub(crate) struct Covariance<T, const N: usize> {
    /// Divided by the mean variance, in the first rows and columns: of numbers around 1 no product
    /// over- or underflows.
    relative: Matrix<T, N>,
    /// The mean variance of the axes, which is that of the eigenvalues too.
    mean: T,
    axes: usize,
}

impl<T: Real, const N: usize> Covariance<T, N> {
    /// That of the readings or of their differences; where it cannot be represented, the first axis
    /// of which that is true.
    pub(crate) fn of(window: &Readings<'_, T>, view: View) -> Result<Self, usize> {
        // So the compiler knows how many there are.
        let axes = if N == 3 { N } else { window.axes() };
        let count = T::from_count(axes);
        let mut upper = [[T::ZERO; N]; N];
        let mut means = [T::ZERO; N];
        means.iter_mut().zip(window.iter()).for_each(|(slot, x)| *slot = view.mean(x));
        match three(window) {
            Some(three) => {
                let mut of = [T::ZERO; 3];
                of.iter_mut().zip(means).for_each(|(slot, mean)| *slot = mean);
                for (row, sums) in upper.iter_mut().zip(products(view, three, of)) {
                    row.iter_mut().zip(sums).for_each(|(slot, sum)| *slot = sum);
                }
            }
            None => {
                let centered = || window.iter().zip(means);
                for (i, ((x, x_mean), row)) in centered().zip(upper.iter_mut()).enumerate() {
                    for ((y, y_mean), sum) in centered().zip(row).skip(i) {
                        *sum = view.cross_sum(x, x_mean, y, y_mean);
                    }
                }
            }
        }
        let mut mean = T::ZERO;
        let length = window.iter().next().map_or(T::ONE, |x| view.count(x));
        for (i, row) in upper.iter_mut().enumerate().take(axes) {
            row.iter_mut().take(axes).skip(i).for_each(|element| *element = *element / length);
            if let Some(variance) = row.get_mut(i) {
                *variance = representable(*variance);
                mean += *variance / count;
            }
            if !mean.is_finite() {
                return Err(i);
            }
        }
        let relative = array::from_fn(|i| array::from_fn(|j| upper[i.min(j)][i.max(j)] / mean));
        Ok(Self { relative, mean, axes })
    }

    /// The logarithms of its eigenvalues over their mean, in no order, and the eigenvectors as the
    /// columns of a matrix.
    ///
    /// An eigenvalue below a millionth of their mean, where axes follow from each other, counts as
    /// that millionth.
    fn eigen(&self) -> ([T; N], Matrix<T, N>) {
        let mut a = self.relative;
        let vectors = diagonalise(&mut a, self.axes, T::from_f64(LEAST_EIGENVALUE));
        let mut logarithms = [T::ZERO; N];
        for (i, (row, slot)) in a.iter().zip(&mut logarithms).enumerate().take(self.axes) {
            *slot = at_least(row.get(i).copied().unwrap_or(T::NAN)).ln();
        }
        (logarithms, vectors)
    }

    /// The logarithms of its eigenvalues, the largest first.
    pub(crate) fn log_eigenvalues(&self) -> impl Iterator<Item = T> {
        let (mut logarithms, _) = self.eigen();
        let shift = self.mean.ln();
        let some = logarithms.get_mut(..self.axes).unwrap_or_default();
        // So few that exchanging neighbours is quick, and it cannot panic.
        for at in (1..some.len()).flat_map(|end| (1..=end).rev()) {
            if let Some([before, after]) = some.get_mut(at - 1..=at)
                && *before < *after
            {
                core::mem::swap(before, after);
            }
        }
        logarithms.into_iter().take(self.axes).map(move |x| x + shift)
    }

    /// Its matrix logarithm, in the first rows and columns, as far as it is not said twice: on the diagonal and above it.
    pub(crate) fn logarithm(&self) -> Matrix<T, N> {
        let (logarithms, vectors) = self.eigen();
        let (shift, axes) = (self.mean.ln(), self.axes);
        let mut log = [[T::ZERO; N]; N];
        for (i, (left, out)) in vectors.iter().zip(&mut log).enumerate().take(axes) {
            for (j, (right, element)) in vectors.iter().zip(out).enumerate().take(axes).skip(i) {
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

    /// The logarithm of the variance along a direction of length 1, and that of the mean variance in
    /// the directions across it; not a number of one axis, which has none.
    ///
    /// As of eigenvalues, a variance below a millionth of the mean counts as that millionth.
    pub(crate) fn log_along_and_across(&self, direction: &[T]) -> [T; 2] {
        let (mut along, mut trace) = (T::ZERO, T::ZERO);
        for (i, (row, &u)) in self.relative.iter().zip(direction).enumerate().take(self.axes) {
            for (j, (&element, &v)) in row.iter().zip(direction).enumerate().take(self.axes) {
                along += u * element * v;
                if i == j {
                    trace += element;
                }
            }
        }
        let others = T::from_count(self.axes.saturating_sub(1));
        [along, (trace - along) / others].map(|variance| at_least(variance).ln() + self.mean.ln())
    }
}

/// The number, or the least that an eigenvalue over their mean counts as.
fn at_least<T: Real>(value: T) -> T {
    let least = T::from_f64(LEAST_EIGENVALUE);
    if value < least { least } else { value }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn check<T: Real>(axes: &[Vec<f64>; 3], view: View) {
        let axes: [Vec<T>; 3] =
            array::from_fn(|axis| axes[axis].iter().map(|&x| T::from_f64(x)).collect());
        let axes = array::from_fn(|axis| axes[axis].as_slice());
        let means = axes.map(|axis| view.mean(axis));
        let products = products(view, axes, means);
        for (i, row) in products.iter().enumerate() {
            for (j, found) in row.iter().enumerate().skip(i) {
                let pair = view.cross_sum(axes[i], means[i], axes[j], means[j]);
                assert_eq!(found.to_f64().to_bits(), pair.to_f64().to_bits(), "{i} {j}");
            }
        }
    }

    proptest! {
        #[test]
        fn three_axes_in_one_go_have_the_bits_of_pairs(
            [x, y, z] in (8_usize..150).prop_flat_map(|length| {
                [(); 3].map(|()| prop::collection::vec(-20.0..20.0, length))
            })
        ) {
            let axes = [x, y, z];
            for view in [View::Plain, View::Differences] {
                check::<f32>(&axes, view);
                check::<f64>(&axes, view);
            }
        }
    }
}
