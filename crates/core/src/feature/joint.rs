//! The features of several axes together. They are finite, and the readings of each not all equal.

use super::Put;
use crate::covariance::{Covariance, View};
use crate::moments::{mean, representable};
use crate::{Error, MAX_AXES, Readings, Real};

/// Gives the correlation of each pair of axes: xy, xz, yz.
pub(super) fn correlations<T: Real>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    for (axis, x) in window.iter().enumerate() {
        for y in window.iter().skip(axis.saturating_add(1)) {
            put(correlation(x, y, view))?;
        }
    }
    Ok(())
}

/// Pearson's correlation of two axes, kept within -1 and 1.
#[inline]
fn correlation<T: Real>(x: &[T], y: &[T], view: View) -> T {
    let (x_mean, y_mean) = (view.mean(x), view.mean(y));
    let xx = representable(view.cross_sum(x, x_mean, x, x_mean));
    let yy = representable(view.cross_sum(y, y_mean, y, y_mean));
    let r = view.cross_sum(x, x_mean, y, y_mean) / (xx.sqrt() * yy.sqrt());
    if r > T::ONE {
        T::ONE
    } else if r < -T::ONE {
        -T::ONE
    } else {
        r
    }
}

/// Gives the logarithm of the covariance: xx, xy, xz, yy, yz, zz.
pub(super) fn log_cov<T: Real>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    match window.axes() {
        3 => log_cov_in::<T, 3>(window, view, put),
        _ => log_cov_in::<T, MAX_AXES>(window, view, put),
    }
}

#[inline]
fn log_cov_in<T: Real, const N: usize>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    let twice = (T::ONE + T::ONE).sqrt();
    let log = match Covariance::<T, N>::of(window, view) {
        Ok(covariance) => covariance.logarithm(),
        // Said of the axis it is true of.
        Err(bad) => core::array::from_fn(|axis| {
            core::array::from_fn(|_| if axis == bad { T::NAN } else { T::ZERO })
        }),
    };
    for (axis, row) in log.iter().enumerate().take(window.axes()) {
        for (other, &element) in row.iter().enumerate().take(window.axes()).skip(axis) {
            put(if other == axis { element } else { element * twice })?;
        }
    }
    Ok(())
}

/// Gives the logarithms of the eigenvalues of the covariance, the largest first.
pub(super) fn log_eigen<T: Real>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    match window.axes() {
        3 => log_eigen_in::<T, 3>(window, view, put),
        _ => log_eigen_in::<T, MAX_AXES>(window, view, put),
    }
}

#[inline]
fn log_eigen_in<T: Real, const N: usize>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    match Covariance::<T, N>::of(window, view) {
        Ok(covariance) => covariance.log_eigenvalues().try_for_each(put),
        Err(_) => put(T::NAN),
    }
}

/// Gives the logarithm of the standard deviation along gravity and, of several axes, across it.
pub(super) fn level<T: Real>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    match window.axes() {
        3 => level_in::<T, 3>(window, view, put),
        _ => level_in::<T, MAX_AXES>(window, view, put),
    }
}

#[inline]
fn level_in<T: Real, const N: usize>(
    window: &Readings<'_, T>,
    view: View,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    let gravity = direction(window);
    let deviations = match Covariance::<T, N>::of(window, view) {
        Ok(covariance) => covariance.log_along_and_across(&gravity).map(|x| x * T::HALF),
        Err(_) => [T::NAN; 2],
    };
    deviations.into_iter().take(window.axes()).try_for_each(put)
}

/// The direction of the mean reading; not a number where that is 0.
fn direction<T: Real>(window: &Readings<'_, T>) -> [T; MAX_AXES] {
    let mut means = [T::ZERO; MAX_AXES];
    means.iter_mut().zip(window.iter()).for_each(|(slot, readings)| *slot = mean(readings));
    // Of numbers up to 1 the squares neither over- nor underflow to where it shows.
    let largest = means.iter().fold(T::ZERO, |most, x| if x.abs() > most { x.abs() } else { most });
    let relative = means.map(|x| x / largest);
    let square = relative.iter().fold(T::ZERO, |sum, &x| sum + x * x);
    relative.map(|x| x / square.sqrt())
}
