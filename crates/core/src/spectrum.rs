//! The power spectrum of an axis: the mean over segments that overlap (Welch 1967).

use core::num::NonZeroUsize;

use crate::fourier::{Complex, MAX_LINES, Pairs, place, powers};
use crate::moments::mean;
use crate::sines::sine;
use crate::{MIN_LENGTH, Real};

/// The length `L` of the transform for windows of `length` readings: the largest power of two that
/// is no longer, at least 64 and at most 256. Line `k` is at `k / L` of the sample rate.
pub(crate) const fn lines(length: usize) -> usize {
    match length {
        0..128 => 64,
        128..MAX_LINES => 128,
        _ => MAX_LINES,
    }
}

/// How the power spectra of windows of one length are computed: what depends on nothing but that
/// length, for whoever writes the same down in another language.
#[derive(Debug, Clone, PartialEq)]
pub struct Welch<T> {
    /// The length of the transform: line `k` is at `k / lines` of the sample rate.
    pub lines: usize,
    /// Readings in a segment.
    pub segment: usize,
    /// How many segments there are; the first begins with the window and the last ends with it.
    pub segments: usize,
    /// The first half of the Hann window of a segment and its middle, times the factor that makes
    /// the powers of the lines sum to the variance; then zeros.
    pub taper: [T; MAX_LINES / 2 + 1],
}

impl<T: Real> Welch<T> {
    /// Of windows of `length` readings.
    pub fn new(length: usize) -> Self {
        let lines = lines(length);
        let segment = NonZeroUsize::new(length.min(lines)).unwrap_or(NonZeroUsize::MIN);
        let segments = length.saturating_sub(lines).div_ceil(lines / 2).saturating_add(1);
        let weight = T::from_count(lines) * T::from_count(segment.get()) * T::from_count(segments);
        let factor = (T::from_f64(16.0 / 3.0) / weight).sqrt();
        let mut taper = [T::ZERO; MAX_LINES / 2 + 1];
        for (at, slot) in taper.iter_mut().enumerate().take(segment.get() / 2 + 1) {
            let root = sine::<T>(2 * at, segment);
            *slot = root * root * factor;
        }
        Self { lines, segment: segment.get(), segments, taper }
    }
}

/// Power in the squared unit of the readings, of each line from 1 to half the sample rate.
///
/// Each segment has its mean removed, is multiplied by a periodic Hann window over the readings it
/// holds, and filled up with zeros where the window of readings is shorter than the transform. Line
/// 0, which is what the mean has left, is not looked at.
///
/// Of noise of variance v, a segment of `S` readings multiplied by `w` has `Σ |X|² = L Σ (w x)²`
/// (Parseval), which is `L v · 3 S / 8` in the mean. Divided by that, and with the lines of negative
/// frequency added to those of positive, the powers of the lines sum to an estimate of v.
///
/// All of it is some 2 kB for `f32`, 1 kB of which is in use only during a transform.
pub(crate) struct Spectrum<T> {
    length: usize,
    segment: usize,
    segments: usize,
    /// The first half of the Hann window and its middle, times the factor that is said above.
    taper: [T; MAX_LINES / 2 + 1],
    power: [T; MAX_LINES / 2],
}

impl<T: Real> Spectrum<T> {
    /// Of nothing yet, for axes of `length` readings.
    pub(crate) fn new(length: usize) -> Self {
        let Welch { segment, segments, taper, .. } = Welch::new(length);
        Self { length, segment, segments, taper, power: [T::ZERO; MAX_LINES / 2] }
    }

    /// Of nothing again.
    pub(crate) fn clear(&mut self) {
        self.power = [T::ZERO; MAX_LINES / 2];
    }

    /// Adds that of one axis.
    pub(crate) fn add(&mut self, readings: &[T]) {
        let between = self.length.saturating_sub(self.segment);
        for at in 0..self.segments {
            // The first begins with the window and the last ends with it. The product is of 64 bits
            // on every machine.
            let along = (at as u64).saturating_mul(between as u64);
            let start = along.checked_div(self.segments.saturating_sub(1) as u64).unwrap_or(0);
            let rest = readings.get(start as usize..).unwrap_or_default();
            self.add_segment(rest.get(..self.segment).unwrap_or(rest));
        }
    }

    fn add_segment(&mut self, readings: &[T]) {
        let mut pairs: Pairs<T> = [[T::ZERO; 2]; MAX_LINES / 2];
        let count = lines(self.length) / 2;
        let center = mean(readings);
        let tapered = |at: usize, x: Option<&T>| {
            let near = at.min(self.segment.saturating_sub(at));
            match (x, self.taper.get(near)) {
                (Some(&x), Some(&taper)) => (x - center) * taper,
                _ => T::ZERO,
            }
        };
        for (at, pair) in readings.chunks(2).enumerate() {
            if let Some(slot) = pairs.get_mut(place(at, count)) {
                *slot = [tapered(2 * at, pair.first()), tapered(2 * at + 1, pair.get(1))];
            }
        }
        let pairs: &mut [Complex<T>] = pairs.get_mut(..count).unwrap_or_default();
        powers(pairs, |at, power| {
            if let Some(slot) = self.power.get_mut(at) {
                // Half the sample rate is a line of its own: it has none of negative frequency.
                *slot += if at.saturating_add(1) == count { power * T::HALF } else { power };
            }
        });
    }

    /// The power of each line, from the first to that at half the sample rate.
    pub(crate) fn power(&self) -> &[T] {
        self.power.get(..lines(self.length) / 2).unwrap_or_default()
    }
}

// A segment is longer than the two readings for which its Hann window would be another.
const _: () = assert!(MIN_LENGTH > 2);
