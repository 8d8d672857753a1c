//! What keeps a window from being judged: a sensor in a hand, one that is mounted in another way, and
//! a machine that stands still.

use crate::direction::{norm, unit};
use crate::posture::count;
use crate::{Error, MAX_AXES, Posture, Real};

/// When a window is not judged. Without a limit, none is left out for that reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gates<T> {
    handled_above: Option<T>,
    idle_below: Option<T>,
    mounting: Option<Mounting<T>>,
}

impl<T> Default for Gates<T> {
    /// No limits: every window is judged.
    fn default() -> Self {
        Self { handled_above: None, idle_below: None, mounting: None }
    }
}

impl<T: Real> Gates<T> {
    /// A window is handled where its [shift](Posture::shift) is above `handled_above`, and idle where
    /// its [activity](Posture::activity) is below `idle_below`; both in the unit of the readings.
    ///
    /// # Errors
    /// [`Error::Gate`] where a limit is not finite, or below 0.
    pub fn new(
        handled_above: Option<T>,
        idle_below: Option<T>,
        mounting: Option<Mounting<T>>,
    ) -> Result<Self, Error> {
        let meant = |limit: &T| limit.is_finite() && *limit >= T::ZERO;
        if !handled_above.iter().chain(&idle_below).all(meant) {
            return Err(Error::Gate);
        }
        Ok(Self { handled_above, idle_below, mounting })
    }

    /// Whether the sensor turned within the window.
    #[inline]
    pub fn handled(&self, posture: &Posture<T>) -> bool {
        self.handled_above.is_some_and(|limit| posture.shift() > limit)
    }

    /// Whether the machine stands still.
    #[inline]
    pub fn idle(&self, posture: &Posture<T>) -> bool {
        self.idle_below.is_some_and(|limit| posture.activity() < limit)
    }

    /// Whether the sensor is mounted in another way than at the baseline, when before this window it
    /// `was` or was not.
    ///
    /// # Errors
    /// [`Error::Shape`] where the baseline has another number of axes.
    #[inline]
    pub fn remounted(&self, posture: &Posture<T>, was: bool) -> Result<bool, Error> {
        self.mounting.as_ref().map_or(Ok(false), |mounting| mounting.remounted(posture, was))
    }
}

/// Where gravity pointed at the baseline, and from where on the sensor counts as mounted anew.
///
/// How far two directions `u` and `v` of length 1 are apart is given by their squared chord
/// `|u - v|²`: 0 for equal ones, 4 for opposite ones, and `4 sin²(φ/2)` for an angle `φ`, which is
/// nearly `φ²`. The cosine tells the same, but not for small angles in `f32`, where it is 1 less
/// what hardly shows in the last digits.
///
/// Only for a sensor whose mean is gravity: where the mean is nothing but an offset, its direction
/// says nothing. A mean of length 0, below half that of the baseline or above twice of it is not
/// gravity as it was then; it counts as opposite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mounting<T> {
    direction: [T; MAX_AXES],
    length: T,
    moved: T,
    same: T,
    axes: u8,
}

impl<T: Real> Mounting<T> {
    /// The mean at the baseline, of any length; the squared chord above which the sensor was moved,
    /// and the one up to which it is back. Between the two it stays what it was.
    ///
    /// # Errors
    /// [`Error::AxisCount`], and [`Error::Mounting`] where the mean is 0 or not finite, or where the
    /// limits are not `0 <= same <= moved < 4`.
    pub fn new(mean: &[T], moved: T, same: T) -> Result<Self, Error> {
        let (axes, length) = (count(mean.len())?, norm(mean));
        let in_order = same >= T::ZERO && same <= moved && moved < farthest();
        if !in_order || !length.is_finite() || !mean.iter().all(|x| x.is_finite()) {
            return Err(Error::Mounting);
        }
        let direction = unit(mean).ok_or(Error::Mounting)?;
        Ok(Self { direction, length, moved, same, axes })
    }

    /// The direction of the mean at the baseline, of length 1: a number for each axis.
    pub fn direction(&self) -> &[T] {
        self.direction.get(..self.axes.into()).unwrap_or(&self.direction)
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

    /// How far the mean of a window points away from that of the baseline: the squared chord, from 0
    /// to 4, and 4 for a mean of which the length is not that of gravity.
    ///
    /// # Errors
    /// [`Error::Shape`] where the baseline has another number of axes.
    #[inline]
    pub fn squared_chord(&self, posture: &Posture<T>) -> Result<T, Error> {
        let (expected, mean) = (usize::from(self.axes), posture.mean());
        if mean.len() != expected {
            return Err(Error::Shape { expected, found: mean.len() });
        }
        let length = norm(mean);
        // Halves, as twice may overflow.
        if length < self.length * T::HALF || length * T::HALF > self.length {
            return Ok(farthest());
        }
        let Some(direction) = unit(mean) else { return Ok(farthest()) };
        let mut chord = T::ZERO;
        for (&u, &v) in self.direction.iter().zip(&direction) {
            chord += (u - v) * (u - v);
        }
        Ok(if chord < farthest() { chord } else { farthest() })
    }

    fn remounted(&self, posture: &Posture<T>, was: bool) -> Result<bool, Error> {
        let limit = if was { self.same } else { self.moved };
        Ok(self.squared_chord(posture)? > limit)
    }
}

/// The squared chord of opposite directions.
fn farthest<T: Real>() -> T {
    T::from_f64(4.0)
}
