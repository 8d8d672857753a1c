//! A window that is fed reading by reading.

use core::marker::PhantomData;

use crate::readings::check_shape;
use crate::{Error, Readings, Real};

/// Collects readings until a window is full, then moves on by the hop.
///
/// The buffer is the caller's: an array on a microcontroller, a `Vec` on a server. A hop below the
/// length makes windows overlap; a hop above it leaves readings out.
#[derive(Debug, Clone)]
pub struct Window<B, T> {
    buffer: B,
    axes: usize,
    length: usize,
    hop: usize,
    /// Readings in the buffer.
    filled: usize,
    /// Readings still to be left out, where the hop is longer than the window.
    skip: usize,
    number: PhantomData<T>,
}

impl<B: AsRef<[T]> + AsMut<[T]>, T: Real> Window<B, T> {
    /// A window of `length` readings of `axes` axes each, in a buffer of `axes * length` numbers.
    ///
    /// # Errors
    /// [`Error::AxisCount`], [`Error::TooShort`], [`Error::Hop`], or [`Error::Shape`] where the
    /// buffer has another size.
    pub fn new(buffer: B, axes: usize, length: usize, hop: usize) -> Result<Self, Error> {
        check_shape(axes, length)?;
        if hop == 0 {
            return Err(Error::Hop);
        }
        let (expected, found) = (axes.saturating_mul(length), buffer.as_ref().len());
        if found != expected {
            return Err(Error::Shape { expected, found });
        }
        Ok(Self { buffer, axes, length, hop, filled: 0, skip: 0, number: PhantomData })
    }

    /// Takes one reading, a number for each axis, and gives the window that it completes, if any.
    ///
    /// # Errors
    /// [`Error::Shape`] where the reading has another number of axes: it is left out.
    /// [`Error::NonFinite`] where a number is not finite: as readings of a window are consecutive,
    /// the window is then started anew.
    pub fn push(&mut self, reading: &[T]) -> Result<Option<Readings<'_, T>>, Error> {
        if reading.len() != self.axes {
            return Err(Error::Shape { expected: self.axes, found: reading.len() });
        }
        if self.filled >= self.length {
            self.advance();
        }
        if let Some(axis) = reading.iter().position(|x| !x.is_finite()) {
            let at = self.filled;
            self.clear();
            return Err(Error::NonFinite { axis, reading: at });
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(None);
        }
        let slots = self.buffer.as_mut().iter_mut().skip(self.filled).step_by(self.length.max(1));
        for (slot, &x) in slots.zip(reading) {
            *slot = x;
        }
        self.filled += 1;
        if self.filled < self.length {
            return Ok(None);
        }
        self.skip = self.hop.saturating_sub(self.length);
        Readings::new(self.buffer.as_ref(), self.axes, self.length).map(Some)
    }

    /// Forgets the readings taken so far, as after a gap in time.
    pub fn clear(&mut self) {
        self.filled = 0;
        self.skip = 0;
    }

    /// Drops the oldest `hop` readings of a full window.
    fn advance(&mut self) {
        let kept = self.length.saturating_sub(self.hop);
        let from = self.length - kept;
        for axis in self.buffer.as_mut().chunks_exact_mut(self.length.max(1)) {
            if kept > 0 && from < axis.len() {
                axis.copy_within(from.., 0);
            }
        }
        self.filled = kept;
    }
}
