//! The mean and the products of deviations of windows that come one by one.

use crate::Real;

/// A running mean `[p]` and sums of products of deviations, packed `[p (p + 1) / 2]`, each with what
/// rounding left of it.
///
/// Welford's update (*Technometrics* 4, 1962) needs no sum of squares, of which nothing would be left
/// after the square of a mean of 1 g is taken off. What each addition rounds off is carried along
/// (Møller 1965, Knuth's two-sum): in `f32`, a ten-thousandth of a deviation is less than the last
/// digit of that mean.
pub(super) struct Running<'m, T> {
    pub(super) mean: &'m mut [T],
    pub(super) mean_rest: &'m mut [T],
    pub(super) products: &'m mut [T],
    pub(super) products_rest: &'m mut [T],
}

impl<T: Real> Running<'_, T> {
    /// Takes in one more row, of `count` with this one; `false` where a number would overflow: then
    /// nothing is taken in.
    pub(super) fn take(&mut self, row: &[T], count: u32) -> bool {
        let representable = |deviation: T| (deviation * deviation).is_finite();
        if !row.iter().zip(self.means()).all(|(&x, mean)| representable(deviation(x, mean))) {
            return false;
        }
        let (n, before) = (number::<T>(count), number::<T>(count.saturating_sub(1)));
        // (x - mean before)(x - mean after) = (x - mean before)² (n - 1) / n
        let part = before / n;
        let mut products = self.products.iter_mut().zip(self.products_rest.iter_mut());
        let deviations = || {
            let means = self.mean.iter().zip(self.mean_rest.iter());
            row.iter().zip(means).map(|(&x, (&mean, &rest))| deviation(x, (mean, rest)))
        };
        for (i, one) in deviations().enumerate() {
            for other in deviations().take(i + 1) {
                if let Some((sum, rest)) = products.next() {
                    add(sum, rest, one * other * part);
                }
            }
        }
        for (&x, (mean, rest)) in
            row.iter().zip(self.mean.iter_mut().zip(self.mean_rest.iter_mut()))
        {
            let step = deviation(x, (*mean, *rest)) / n;
            add(mean, rest, step);
        }
        true
    }

    /// Puts what was carried along into the sums, and leaves nothing of it.
    pub(super) fn settle(&mut self) {
        let means = self.mean.iter_mut().zip(self.mean_rest.iter_mut());
        for (sum, rest) in means.chain(self.products.iter_mut().zip(self.products_rest.iter_mut()))
        {
            *sum += *rest;
            *rest = T::ZERO;
        }
    }

    fn means(&self) -> impl Iterator<Item = (T, T)> {
        self.mean.iter().copied().zip(self.mean_rest.iter().copied())
    }
}

/// How far a number is from a mean and its rest.
fn deviation<T: Real>(x: T, (mean, rest): (T, T)) -> T {
    (x - mean) - rest
}

/// Adds `x` to `sum`, and to `rest` what that rounds off.
fn add<T: Real>(sum: &mut T, rest: &mut T, x: T) {
    let total = *sum + x;
    let added = total - *sum;
    *rest += (*sum - (total - added)) + (x - added);
    *sum = total;
}

/// A count as a number.
pub(super) fn number<T: Real>(count: u32) -> T {
    T::from_count(usize::try_from(count).unwrap_or(usize::MAX))
}
