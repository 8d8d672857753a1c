//! What a window says besides vibration: where gravity points, whether the sensor moved, and whether
//! anything runs at all.

use core::array;

use crate::direction::{norm, unit};
use crate::moments::{mean, sum};
use crate::{Error, MAX_AXES, Readings, Real};

/// Where the sensor points in a window, how far it turned in it, and how much it vibrates.
///
/// All in the unit of the readings, and, but for the mean, the same however the sensor is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posture<T> {
    mean: [T; MAX_AXES],
    axes: u8,
    shift: T,
    activity: T,
}

impl<T: Real> Posture<T> {
    /// The posture of a window. An axis that is stuck is no error here: it may stand still.
    ///
    /// # Errors
    /// [`Error::NonFinite`] at the first such reading, [`Error::PostureNotRepresentable`] where
    /// readings are so large that a sum overflows.
    #[inline]
    pub fn of(window: &Readings<'_, T>) -> Result<Self, Error> {
        let (mut means, mut steps) = ([T::ZERO; MAX_AXES], [T::ZERO; MAX_AXES]);
        for ((axis, mean), step) in window.iter().zip(&mut means).zip(&mut steps) {
            (*mean, *step) = mean_and_step(axis);
        }
        let shift = norm(&steps);
        let direction = if window.axes() > 1 { unit(&means) } else { None };
        let activity = normal_rms(window, &means, &direction.unwrap_or([T::ZERO; MAX_AXES]));
        // What is not finite anywhere shows in one of these.
        if !(means.iter().chain([&shift, &activity]).all(|x| x.is_finite())) {
            return Err(non_finite(window).unwrap_or(Error::PostureNotRepresentable));
        }
        Ok(Self { mean: means, axes: count(window.axes())?, shift, activity })
    }

    /// A posture of which the numbers are known, such as one that was kept.
    ///
    /// # Errors
    /// [`Error::AxisCount`], [`Error::Parameter`] where a mean is not finite, [`Error::Gate`] where
    /// the shift or the activity is not, or is below 0.
    pub fn new(mean: &[T], shift: T, activity: T) -> Result<Self, Error> {
        let axes = count(mean.len())?;
        if !mean.iter().all(|x| x.is_finite()) {
            return Err(Error::Parameter);
        }
        if ![shift, activity].iter().all(|x| x.is_finite() && *x >= T::ZERO) {
            return Err(Error::Gate);
        }
        let mean = array::from_fn(|axis| mean.get(axis).copied().unwrap_or(T::ZERO));
        Ok(Self { mean, axes, shift, activity })
    }

    /// The mean of each axis: gravity, where the sensor sees it.
    #[inline]
    pub fn mean(&self) -> &[T] {
        self.mean.get(..self.axes.into()).unwrap_or(&self.mean)
    }

    /// How far the mean of the last third of the readings is from that of the first third.
    #[inline]
    pub fn shift(&self) -> T {
        self.shift
    }

    /// The root of the mean square of the vibration normal to the mean, of that in all directions
    /// where there is one axis or the mean is 0. What is too small to be squared counts as 0.
    ///
    /// Normal to gravity, because a floor that shakes does it mostly up and down.
    #[inline]
    pub fn activity(&self) -> T {
        self.activity
    }
}

/// A number of axes, if there may be as many.
pub(crate) fn count(axes: usize) -> Result<u8, Error> {
    match u8::try_from(axes) {
        Ok(count) if (1..=MAX_AXES).contains(&axes) => Ok(count),
        _ => Err(Error::AxisCount { axes }),
    }
}

/// The mean, and how much larger it is in the last third than in the first.
///
/// Both by deviations from a first mean: the sums then stay as small as the vibration is, and lose
/// nothing to gravity.
#[inline]
fn mean_and_step<T: Real>(axis: &[T]) -> (T, T) {
    let near = mean(axis);
    let third = axis.len() / 3;
    let (first, rest) = axis.split_at_checked(third).unwrap_or((axis, &[]));
    let (middle, last) =
        rest.split_at_checked(rest.len().saturating_sub(third)).unwrap_or((rest, &[]));
    let [first, middle, last] = [first, middle, last].map(|part| sum(part, |x| x - near));
    let off = (first + middle + last) / T::from_count(axis.len());
    (near + off, (last - first) / T::from_count(third))
}

/// So many readings are projected at once.
const BLOCK: usize = 16;

/// The root of the mean square of the deviations, without their part in a direction of length 1.
///
/// That part is taken off each deviation, not off their sum of squares: of vibration that is mostly
/// in that direction the difference of two large numbers would be left, and it could be below 0.
#[inline]
fn normal_rms<T: Real>(
    window: &Readings<'_, T>,
    means: &[T; MAX_AXES],
    direction: &[T; MAX_AXES],
) -> T {
    let mut lanes = [T::ZERO; BLOCK];
    for block in 0..window.length().div_ceil(BLOCK) {
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
        for (off, &part) in off.iter().zip(direction).take(window.axes()) {
            for ((lane, &off), &along) in lanes.iter_mut().zip(off).zip(&along) {
                let off = off - along * part;
                *lane += off * off;
            }
        }
    }
    let mut squares = sum(&lanes, |x| x);
    squares = squares / T::from_count(window.length());
    if squares < T::LEAST_SQUARE { T::ZERO } else { squares.sqrt() }
}

/// The first reading that is not finite.
fn non_finite<T: Real>(window: &Readings<'_, T>) -> Option<Error> {
    window.iter().enumerate().find_map(|(axis, readings)| {
        let reading = readings.iter().position(|x| !x.is_finite())?;
        Some(Error::NonFinite { axis, reading })
    })
}
