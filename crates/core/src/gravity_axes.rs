//! Which axes of a window see gravity.

use crate::posture::count;
use crate::{Error, MAX_AXES, Readings, Real};

/// Which axes of a window see gravity: the direction of their mean is how the sensor is mounted.
///
/// The mean of an axis that does not see it, as of a gyroscope or of a piezoelectric sensor, is an
/// offset that drifts, and says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GravityAxes {
    /// All of them, as of an accelerometer by itself.
    #[default]
    All,
    /// These three, counted from 0.
    Three([u8; 3]),
    /// None.
    Unseen,
}

impl GravityAxes {
    /// How many axes of a window of `axes` axes a [`Posture`](crate::Posture) has a mean of.
    pub fn count(self, axes: usize) -> usize {
        match self {
            Self::All | Self::Unseen => axes,
            Self::Three(three) => three.len(),
        }
    }

    /// The readings of these axes, and how many axes there are; of all where none sees gravity.
    #[inline]
    pub(crate) fn of<'w, T: Real>(
        self,
        window: &Readings<'w, T>,
    ) -> Result<([&'w [T]; MAX_AXES], u8), Error> {
        let mut axes: [&[T]; MAX_AXES] = [&[]; MAX_AXES];
        match self {
            Self::All | Self::Unseen => {
                axes.iter_mut().zip(window.iter()).for_each(|(slot, axis)| *slot = axis);
                Ok((axes, count(window.axes())?))
            }
            Self::Three(three) => {
                for (slot, axis) in axes.iter_mut().zip(three) {
                    let lacks =
                        Error::Shape { expected: usize::from(axis) + 1, found: window.axes() };
                    *slot = window.iter().nth(axis.into()).ok_or(lacks)?;
                }
                Ok((axes, 3))
            }
        }
    }
}
