//! Cutting recordings into windows.

use judder_core::{Error, Readings, Real};

/// Where the windows of a recording of `length` readings start.
pub fn starts(length: usize, window: usize, hop: usize) -> impl ExactSizeIterator<Item = usize> {
    let count = if length < window { 0 } else { (length - window) / hop.max(1) + 1 };
    (0..count).map(move |index| index * hop)
}

/// The buffers for the windows of one shape, in the arithmetic of a detector.
#[derive(Debug, Clone)]
pub struct Windows<T: Real> {
    axes: usize,
    window: usize,
    readings: Vec<T>,
    scratch: Vec<T::Key>,
}

impl<T: Real> Windows<T> {
    /// Buffers for windows of `window` readings of `axes` axes.
    pub fn new(axes: usize, window: usize) -> Self {
        let (readings, scratch) = (vec![T::ZERO; axes * window], vec![T::Key::default(); window]);
        Self { axes, window, readings, scratch }
    }

    /// The window from `start` on of a recording laid out axis by axis, `[axes][length]`, and the
    /// scratch space.
    ///
    /// # Errors
    /// Where there may be no such window; readings beyond the end of the recording stay as they were.
    pub fn cut(
        &mut self,
        values: &[f64],
        start: usize,
    ) -> Result<(Readings<'_, T>, &mut [T::Key]), Error> {
        let length = values.len() / self.axes.max(1);
        let axes = values.chunks_exact(length.max(1));
        for (to, from) in self.readings.chunks_exact_mut(self.window.max(1)).zip(axes) {
            let from = from.get(start..).unwrap_or_default();
            to.iter_mut().zip(from).for_each(|(to, &x)| *to = T::from_f64(x));
        }
        Ok((Readings::new(&self.readings, self.axes, self.window)?, &mut self.scratch))
    }
}
