//! One window of readings, as the features see it.

use core::num::NonZeroUsize;

use crate::moments::sum;
use crate::{Error, Real};

/// The most axes a window may have.
pub const MAX_AXES: usize = 8;

/// The fewest readings a window may have; below it a spread or a shape means nothing.
pub const MIN_LENGTH: usize = 8;

/// A window of readings, axis by axis: `[axes][length]`. Borrowed, never empty.
#[derive(Debug, Clone, Copy)]
pub struct Readings<'a, T> {
    values: &'a [T],
    axes: usize,
    length: NonZeroUsize,
}

impl<'a, T: Real> Readings<'a, T> {
    /// A window over `values`, laid out axis by axis: `values[axis * length + reading]`.
    ///
    /// # Errors
    /// [`Error::AxisCount`], [`Error::TooShort`], or [`Error::Shape`] where `values` does not have
    /// `axes * length` numbers. The readings themselves are looked at when features are computed.
    pub fn new(values: &'a [T], axes: usize, length: usize) -> Result<Self, Error> {
        let nonzero = check_shape(axes, length)?;
        let expected = axes.saturating_mul(length);
        if values.len() != expected {
            return Err(Error::Shape { expected, found: values.len() });
        }
        Ok(Self { values, axes, length: nonzero })
    }

    /// How many axes it has: 1 to [`MAX_AXES`].
    #[inline]
    pub fn axes(&self) -> usize {
        self.axes
    }

    /// How many readings it has: at least [`MIN_LENGTH`].
    #[inline]
    pub fn length(&self) -> usize {
        self.length.get()
    }

    /// The axes in order, each with its [`length`](Self::length) readings in time order.
    #[inline]
    pub fn iter(&self) -> core::slice::ChunksExact<'a, T> {
        self.values.chunks_exact(self.length.get())
    }

    /// Looks at every reading, so that what follows may assume finite, varying axes.
    ///
    /// # Errors
    /// [`Error::NonFinite`] or [`Error::StuckAxis`], whichever comes first by axis.
    pub fn check(&self) -> Result<(), Error> {
        for (axis, readings) in self.iter().enumerate() {
            // Counting them all is quicker than looking for the first where there are lanes for it; and where there is a
            // unit for floats, a sum of zeros that one of them spoils.
            let strange = if cfg!(target_pointer_width = "64") {
                readings.iter().map(|x| u32::from(!x.is_finite())).sum::<u32>() > 0
            } else if cfg!(target_abi = "eabihf") {
                !sum(readings, |x| x * T::ZERO).is_finite()
            } else {
                readings.iter().any(|x| !x.is_finite())
            };
            if strange {
                let reading = readings.iter().position(|x| !x.is_finite()).unwrap_or(0);
                return Err(Error::NonFinite { axis, reading });
            }
            let first = readings.first();
            if readings.iter().all(|x| Some(x) == first) {
                return Err(Error::StuckAxis { axis });
            }
        }
        Ok(())
    }
}

/// The length of a window of this shape, if there may be one.
pub(crate) fn check_shape(axes: usize, length: usize) -> Result<NonZeroUsize, Error> {
    if !(1..=MAX_AXES).contains(&axes) {
        return Err(Error::AxisCount { axes });
    }
    match NonZeroUsize::new(length) {
        Some(nonzero) if length >= MIN_LENGTH => Ok(nonzero),
        _ => Err(Error::TooShort { length }),
    }
}
