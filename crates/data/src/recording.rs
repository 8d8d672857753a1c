//! A recording in memory: consecutive readings of one device.

/// The most axes (columns) a recording may have.
pub const MAX_AXES: usize = judder_core::MAX_AXES;

/// Consecutive readings of one device, kept axis by axis: `[axes][len]`, in g unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    axes: usize,
    len: usize,
    values: Vec<f64>,
    rate_hz: Option<f64>,
}

impl Recording {
    /// A recording from values laid out axis by axis: `values[axis * len + row]`.
    ///
    /// Returns `None` unless `1 <= axes <= MAX_AXES`, `len >= 1` and `values` has `axes * len` numbers.
    pub fn from_axes(axes: usize, len: usize, values: Vec<f64>) -> Option<Self> {
        let fits = (1..=MAX_AXES).contains(&axes)
            && len >= 1
            && Some(values.len()) == axes.checked_mul(len);
        fits.then_some(Self { axes, len, values, rate_hz: None })
    }

    /// The same recording with the sample rate, in Hz, that was measured for it.
    #[must_use]
    pub fn with_rate(mut self, rate_hz: Option<f64>) -> Self {
        self.rate_hz = rate_hz;
        self
    }

    /// How many axes (columns) it has.
    pub fn axes(&self) -> usize {
        self.axes
    }

    /// How many readings (rows) it has; at least 1.
    #[allow(clippy::len_without_is_empty, reason = "a recording is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The sample rate in Hz, where it is known.
    pub fn rate_hz(&self) -> Option<f64> {
        self.rate_hz
    }

    /// All values, axis by axis: `[axes][len]`.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The readings of one axis, in time order; empty for an axis it does not have.
    pub fn axis(&self, axis: usize) -> &[f64] {
        self.values.chunks_exact(self.len).nth(axis).unwrap_or_default()
    }

    /// The axes, one slice of `len` readings each.
    pub fn iter_axes(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.len)
    }

    /// The rows, one reading of `axes` values each, in time order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = impl Iterator<Item = f64> + '_> + '_ {
        (0..self.len).map(move |row| self.iter_axes().map(move |axis| axis[row]))
    }
}
