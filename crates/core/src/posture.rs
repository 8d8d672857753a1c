//! What a window says besides vibration: where gravity points, whether the sensor moved, and whether
//! anything runs at all.

use core::array;

use crate::direction::{norm, unit};
use crate::moments::mean;
use crate::movement::{Movement, normal_rms};
use crate::{Error, GravityAxes, MAX_AXES, Readings, Real};

/// Where the sensor points in a window, how far it turned in it, and how much it vibrates.
///
/// All in the unit of the readings, and, but for the mean, the same however the sensor is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Posture<T> {
    mean: [T; MAX_AXES],
    axes: u8,
    shift: T,
    activity: T,
    rms: T,
    vibration: T,
}

impl<T: Real> Posture<T> {
    /// The posture of a window whose axes all see gravity. An axis that is stuck is no error here: it
    /// may stand still.
    ///
    /// # Errors
    /// [`Error::NonFinite`] at the first such reading, [`Error::PostureNotRepresentable`] where
    /// readings are so large that a sum overflows.
    #[inline]
    pub fn of(window: &Readings<'_, T>) -> Result<Self, Error> {
        Self::of_axes(window, GravityAxes::All)
    }

    /// The posture of a window by the axes that see gravity; by all of them, without a direction, where
    /// none does.
    ///
    /// # Errors
    /// Those of [`Posture::of`], and [`Error::Shape`] where the window lacks one of the axes.
    #[inline]
    pub fn of_axes(window: &Readings<'_, T>, seen: GravityAxes) -> Result<Self, Error> {
        let (axes, count) = seen.of(window)?;
        let axes = axes.get(..count.into()).unwrap_or(&axes);
        let (mut means, mut steps) = ([T::ZERO; MAX_AXES], [T::ZERO; MAX_AXES]);
        let (mut squares, mut vibration) = (T::ZERO, T::ZERO);
        for ((axis, slot), step) in axes.iter().zip(&mut means).zip(&mut steps) {
            let near = mean(axis);
            let moved = Movement::of(axis, near);
            (*slot, *step) = (near + moved.off, moved.step);
            squares += moved.squares;
            vibration += moved.vibration;
        }
        let shift = norm(&steps);
        let is_seen = count > 1 && seen != GravityAxes::Unseen;
        let direction = if is_seen { unit(&means) } else { None };
        let length = window.length();
        let activity = normal_rms(axes, &means, &direction.unwrap_or([T::ZERO; MAX_AXES]), length);
        let [rms, vibration] = [squares, vibration].map(|sum| root_mean(sum, length));
        // What is not finite anywhere shows in one of these.
        let all = [&shift, &activity, &rms, &vibration];
        if !means.iter().chain(all).all(|x| x.is_finite()) {
            return Err(non_finite(window).unwrap_or(Error::PostureNotRepresentable));
        }
        Ok(Self { mean: means, axes: count, shift, activity, rms, vibration })
    }

    /// A posture of which the numbers are known, such as one that was kept: of a window that does
    /// nothing but shift, unless [`with_vibration`](Self::with_vibration) says more.
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
        Ok(Self { mean, axes, shift, activity, rms: T::ZERO, vibration: T::ZERO })
    }

    /// The same with this [`rms`](Self::rms) and this [`vibration`](Self::vibration).
    ///
    /// # Errors
    /// [`Error::Gate`] where one is not finite, or below 0.
    pub fn with_vibration(self, rms: T, vibration: T) -> Result<Self, Error> {
        if ![rms, vibration].iter().all(|x| x.is_finite() && *x >= T::ZERO) {
            return Err(Error::Gate);
        }
        Ok(Self { rms, vibration, ..self })
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
    /// where there is one axis, no gravity is seen or the mean is 0. What is too small to be squared
    /// counts as 0.
    ///
    /// Normal to gravity, because a floor that shakes does it mostly up and down.
    #[inline]
    pub fn activity(&self) -> T {
        self.activity
    }

    /// The root of the mean square of all that the readings do: of their distances from the mean.
    #[inline]
    pub fn rms(&self) -> T {
        self.rms
    }

    /// The root of the mean square of what is left of that where each third of the window has the
    /// straight line taken off that fits it best: vibration, without what a slow movement adds.
    #[inline]
    pub fn vibration(&self) -> T {
        self.vibration
    }
}

/// The root of a sum of squares over so many readings. What is too small to be squared counts as 0.
fn root_mean<T: Real>(squares: T, length: usize) -> T {
    let mean = squares / T::from_count(length);
    if mean < T::LEAST_SQUARE { T::ZERO } else { mean.sqrt() }
}

/// A number of axes, if there may be as many.
pub(crate) fn count(axes: usize) -> Result<u8, Error> {
    match u8::try_from(axes) {
        Ok(count) if (1..=MAX_AXES).contains(&axes) => Ok(count),
        _ => Err(Error::AxisCount { axes }),
    }
}

/// The first reading that is not finite.
fn non_finite<T: Real>(window: &Readings<'_, T>) -> Option<Error> {
    window.iter().enumerate().find_map(|(axis, readings)| {
        let reading = readings.iter().position(|x| !x.is_finite())?;
        Some(Error::NonFinite { axis, reading })
    })
}
