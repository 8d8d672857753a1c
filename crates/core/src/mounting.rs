//! How a sensor is mounted: where gravity points, and how long it is.

use core::num::NonZeroU8;

use crate::direction::{norm, unit};
use crate::{Error, Posture, Real};

/// Gravity is seen by so many axes at most.
const MOST_AXES: usize = 3;

/// How gravity lies in a window against a baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Orientation<T> {
    /// As it did.
    Same,
    /// It is as long as it was, and points elsewhere.
    Turned,
    /// The mean is not as long as gravity was, but so many times: readings in another unit or range, or
    /// vibration that is cut off at the end of the range.
    OtherLength(T),
}

/// Where gravity pointed at the baseline, and from where on the sensor counts as mounted anew.
///
/// How far two directions `u` and `v` of length 1 are apart is given by their squared chord
/// `|u - v|²`: 0 for equal ones, 4 for opposite ones, and `4 sin²(φ/2)` for an angle `φ`, which is
/// nearly `φ²`. The cosine tells the same, but not for small angles in `f32`, where it is 1 less
/// what hardly shows in the last digits.
///
/// Only for a sensor whose mean is gravity: where the mean is nothing but an offset, its direction
/// says nothing. A mean that is shorter than four fifths of that of the baseline, or longer than five
/// fourths of it, is not gravity as it was then: the offsets and scales of sensors are off by less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mounting<T> {
    direction: [T; MOST_AXES],
    length: T,
    moved: T,
    same: T,
    axes: NonZeroU8,
}

impl<T: Real> Mounting<T> {
    /// The mean at the baseline, of any length; the squared chord above which the sensor was moved,
    /// and the one up to which it is back. Between the two it stays what it was.
    ///
    /// # Errors
    /// [`Error::Mounting`] where the mean is of no axes or of more than 3, is 0 or not finite, or where
    /// the limits are not `0 <= same <= moved < 4`.
    pub fn new(mean: &[T], moved: T, same: T) -> Result<Self, Error> {
        let length = norm(mean);
        let in_order = same >= T::ZERO && same <= moved && moved < farthest();
        if !in_order || !length.is_finite() || !mean.iter().all(|x| x.is_finite()) {
            return Err(Error::Mounting);
        }
        let axes = u8::try_from(mean.len()).ok().and_then(NonZeroU8::new);
        let axes = axes.filter(|_| mean.len() <= MOST_AXES).ok_or(Error::Mounting)?;
        let [x, y, z, ..] = unit(mean).ok_or(Error::Mounting)?;
        let direction = [x, y, z];
        Ok(Self { direction, length, moved, same, axes })
    }

    /// The direction of the mean at the baseline, of length 1: a number for each axis.
    pub fn direction(&self) -> &[T] {
        self.direction.get(..self.axes()).unwrap_or(&self.direction)
    }

    /// The length of that mean.
    pub fn length(&self) -> T {
        self.length
    }

    /// The squared chord above which the sensor was moved.
    pub fn moved(&self) -> T {
        self.moved
    }

    /// The squared chord up to which it is back.
    pub fn same(&self) -> T {
        self.same
    }

    fn axes(&self) -> usize {
        usize::from(self.axes.get())
    }

    /// How far the mean of a window points away from that of the baseline: the squared chord, from 0
    /// to 4, and 4 for a mean of length 0.
    ///
    /// # Errors
    /// [`Error::Shape`] where the baseline has another number of axes.
    #[inline]
    pub fn squared_chord(&self, posture: &Posture<T>) -> Result<T, Error> {
        let (expected, mean) = (self.axes(), posture.mean());
        if mean.len() != expected {
            return Err(Error::Shape { expected, found: mean.len() });
        }
        let Some(direction) = unit(mean) else { return Ok(farthest()) };
        let mut chord = T::ZERO;
        for (&u, &v) in self.direction.iter().zip(&direction) {
            chord += (u - v) * (u - v);
        }
        Ok(if chord < farthest() { chord } else { farthest() })
    }

    /// How gravity lies in a window, when before it the sensor `was` mounted in another way, or was not.
    ///
    /// # Errors
    /// Those of [`Mounting::squared_chord`].
    #[inline]
    pub fn orientation(&self, posture: &Posture<T>, was: bool) -> Result<Orientation<T>, Error> {
        let chord = self.squared_chord(posture)?;
        let length = norm(posture.mean());
        // As products, which do not overflow: the shares are below 1.
        let share = T::from_f64(SAME_LENGTH);
        if length < self.length * share || length * share > self.length {
            return Ok(Orientation::OtherLength(length / self.length));
        }
        let limit = if was { self.same } else { self.moved };
        Ok(if chord > limit { Orientation::Turned } else { Orientation::Same })
    }
}

/// The mean of a window is gravity as it was where the shorter of both is no less than this share of
/// the longer.
const SAME_LENGTH: f64 = 0.8;

/// The squared chord of opposite directions.
fn farthest<T: Real>() -> T {
    T::from_f64(4.0)
}
