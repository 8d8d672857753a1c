//! A recording in memory: consecutive readings of one device.

use std::sync::Arc;
use std::time::SystemTime;

use judder_core::{GravityAxes, Unit};

use crate::About;

/// The most axes (columns) a recording may have.
pub const MAX_AXES: usize = judder_core::MAX_AXES;

/// Consecutive readings of one device, kept axis by axis: `[axes][len]`, in its unit where that is known.
///
/// A clone shares the readings; in another unit it has its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    axes: usize,
    len: usize,
    /// One copy, however many hold the recording.
    values: Arc<Vec<f64>>,
    rate_hz: Option<f64>,
    /// When it was taken, where that is known.
    taken: Option<SystemTime>,
    unit: Option<Unit>,
    /// Of each axis a bit: whether it is no acceleration.
    others: u8,
    /// Whether the names of its columns tell which those are.
    told: bool,
    /// What else was found out of it.
    about: Option<Arc<About>>,
}

impl Recording {
    /// A recording from values laid out axis by axis: `values[axis * len + row]`.
    ///
    /// Returns `None` unless `1 <= axes <= MAX_AXES`, `len >= 1` and `values` has `axes * len` numbers.
    pub fn from_axes(axes: usize, len: usize, values: Vec<f64>) -> Option<Self> {
        let fits = (1..=MAX_AXES).contains(&axes)
            && len >= 1
            && Some(values.len()) == axes.checked_mul(len);
        fits.then_some(Self {
            axes,
            len,
            values: Arc::new(values),
            rate_hz: None,
            taken: None,
            unit: None,
            others: 0,
            told: false,
            about: None,
        })
    }

    /// The same recording with the sample rate, in Hz, that was measured for it.
    #[must_use]
    pub fn with_rate(mut self, rate_hz: Option<f64>) -> Self {
        self.rate_hz = rate_hz;
        self
    }

    /// The same recording, taken at this time.
    #[must_use]
    pub fn with_taken(mut self, taken: Option<SystemTime>) -> Self {
        self.taken = taken;
        self
    }

    /// When it was taken, where that is written beside it.
    pub fn taken(&self) -> Option<SystemTime> {
        self.taken
    }

    /// The same recording, whose readings are of this unit; of none that is known without one.
    #[must_use]
    pub fn with_unit(mut self, unit: Option<Unit>) -> Self {
        self.unit = unit;
        self
    }

    /// The same recording, of this unit where its own is not known.
    #[must_use]
    pub fn or_unit(mut self, unit: Option<Unit>) -> Self {
        self.unit = self.unit.or(unit);
        self
    }

    /// The same recording, of which these axes are no accelerations by the names of its columns: they have
    /// no part in its unit.
    #[must_use]
    pub(crate) fn with_others(mut self, axes: impl Iterator<Item = usize>) -> Self {
        self.others = axes.filter(|&axis| axis < self.axes).fold(0, |all, axis| all | 1 << axis);
        self.told = self.unit.is_some() || self.others != 0;
        self
    }

    /// The same recording, of which this was found out.
    #[must_use]
    pub(crate) fn with_about(mut self, about: Option<Arc<About>>) -> Self {
        self.about = about;
        self
    }

    /// What was found out of it besides its readings, where there was anything to find.
    pub fn about(&self) -> Option<&About> {
        self.about.as_deref()
    }

    /// Whether an axis is an acceleration, as far as is known.
    pub fn is_acceleration(&self, axis: usize) -> bool {
        axis < self.axes && self.others >> axis & 1 == 0
    }

    /// Whether nothing tells which of its axes are accelerations, though not all may be: of more than three
    /// axes whose columns have no names.
    pub fn is_mixed(&self) -> bool {
        self.axes > 3 && !self.told
    }

    /// The same recording, of which the three axes that see gravity, if it is three, are the accelerations
    /// where the names of its columns do not tell: the others have no part in its unit.
    #[must_use]
    pub fn with_accelerations(mut self, gravity: GravityAxes) -> Self {
        let GravityAxes::Three(three) = gravity else { return self };
        if !self.is_mixed() {
            return self;
        }
        let given = three.into_iter().map(usize::from).filter(|&axis| axis < self.axes);
        let given = given.fold(0, |all, axis| all | 1 << axis);
        self.others = (0..self.axes).fold(0, |all, axis| all | 1 << axis) & !given;
        self
    }

    /// The same readings in another unit; as they are where theirs is not known, or is that one.
    #[must_use]
    pub fn in_unit(mut self, unit: Unit) -> Self {
        let Some(from) = self.unit.filter(|from| from.per_g() != unit.per_g()) else { return self };
        for (axis, readings) in
            Arc::make_mut(&mut self.values).chunks_exact_mut(self.len).enumerate()
        {
            if self.others >> axis & 1 == 0 {
                readings.iter_mut().for_each(|value| *value = from.in_unit(unit, *value));
            }
        }
        self.unit = Some(unit);
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

    /// What one number of its readings is worth, where that is known.
    pub fn unit(&self) -> Option<Unit> {
        self.unit
    }

    /// The length of gravity in its readings, where they show it: see [`judder_core::gravity`].
    pub fn gravity(&self) -> Option<f64> {
        let n = self.len as f64;
        let axes = || (0..self.axes).filter(|axis| self.others >> axis & 1 == 0);
        let readings = || axes().map(|axis| self.axis(axis));
        let means: Vec<f64> = readings().map(|axis| axis.iter().sum::<f64>() / n).collect();
        let squares = readings()
            .zip(&means)
            .map(|(axis, mean)| axis.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n);
        judder_core::gravity(&means, squares.sum::<f64>().sqrt())
    }

    /// Whether all readings are whole numbers, as counts of a sensor are.
    pub fn is_whole(&self) -> bool {
        self.values.iter().all(|value| value.fract() == 0.0)
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
