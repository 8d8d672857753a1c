//! The power spectrum of an axis: the mean over segments that overlap (Welch 1967).

use core::num::NonZeroUsize;

use crate::fourier::{Complex, MAX_LINES, Pairs, place, powers};
use crate::lanes::{Four, Lanes};
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

/// Whether four segments are transformed at once. A processor of 64 bits computes with four numbers in one step; a
/// microcontroller does not, and has not the memory.
const FOUR_AT_ONCE: bool = cfg!(target_pointer_width = "64");

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
/// All of it is some 2 kB for `f32`, 1 kB of which is in use only during a transform; 5 kB where four are transformed at once.
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

    /// Adds that of axes, one after the other.
    pub(crate) fn add<'r>(&mut self, axes: impl Iterator<Item = &'r [T]>) {
        let mut four: [&[T]; 4] = [&[]; 4];
        let mut count = 0;
        for readings in axes {
            for at in 0..self.segments {
                let segment = self.segment_of(readings, at);
                if !FOUR_AT_ONCE {
                    self.add_segment(segment);
                    continue;
                }
                if let Some(slot) = four.get_mut(count) {
                    *slot = segment;
                }
                count += 1;
                if count == four.len() {
                    self.add_segments(&four);
                    count = 0;
                }
            }
        }
        match four.get(..count) {
            None | Some([]) => {}
            Some(&[one]) => self.add_segment(one),
            Some(_) => {
                four.iter_mut().skip(count).for_each(|none| *none = &[]);
                self.add_segments(&four);
            }
        }
    }

    fn segment_of<'r>(&self, readings: &'r [T], at: usize) -> &'r [T] {
        let between = self.length.saturating_sub(self.segment);
        // The first begins with the window and the last ends with it. The product is of 64 bits
        // on every machine.
        let along = (at as u64).saturating_mul(between as u64);
        let start = along.checked_div(self.segments.saturating_sub(1) as u64).unwrap_or(0);
        let rest = readings.get(start as usize..).unwrap_or_default();
        rest.get(..self.segment).unwrap_or(rest)
    }

    /// Adds one segment.
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
        powers::<T, T>(pairs, |at, power| {
            if let Some(slot) = self.power.get_mut(at) {
                // Half the sample rate is a line of its own: it has none of negative frequency.
                *slot += if at.saturating_add(1) == count { power * T::HALF } else { power };
            }
        });
    }

    /// Adds segments in their order, transformed side by side. Of one without readings nothing is added.
    fn add_segments(&mut self, segments: &[&[T]; 4]) {
        let mut pairs: Pairs<Four<T>> = [[Four::ZERO; 2]; MAX_LINES / 2];
        let count = lines(self.length) / 2;
        let centers = segments.map(mean::<T>);
        let taper = |at: usize| {
            let near = at.min(self.segment.saturating_sub(at));
            self.taper.get(near).copied().unwrap_or(T::ZERO)
        };
        for at in 0..self.segment.div_ceil(2) {
            let [first, second] = [taper(2 * at), taper(2 * at + 1)];
            let Some([re, im]) = pairs.get_mut(place(at, count)) else { break };
            let lanes = re.0.iter_mut().zip(&mut im.0).zip(segments).zip(centers);
            for (((re, im), readings), center) in lanes {
                match (readings.as_chunks().0.get(at), readings.get(2 * at)) {
                    (Some(&[even, odd]), _) => {
                        *re = (even - center) * first;
                        *im = (odd - center) * second;
                    }
                    (None, Some(&last)) => *re = (last - center) * first,
                    (None, None) => {}
                }
            }
        }
        let used = segments.iter().take_while(|readings| !readings.is_empty()).count();
        let pairs: &mut [Complex<Four<T>>] = pairs.get_mut(..count).unwrap_or_default();
        powers::<T, Four<T>>(pairs, |at, powers| {
            if let Some(slot) = self.power.get_mut(at) {
                let powers = if at.saturating_add(1) == count { powers * T::HALF } else { powers };
                powers.0.iter().take(used).for_each(|&power| *slot += power);
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

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn beside_and_alone<T: Real>(length: usize, axes: &[Vec<f64>]) -> [Vec<f64>; 2] {
        let axes: Vec<Vec<T>> =
            axes.iter().map(|axis| axis.iter().map(|&x| T::from_f64(x)).collect()).collect();
        let (mut beside, mut alone) = (Spectrum::<T>::new(length), Spectrum::<T>::new(length));
        beside.add(axes.iter().map(Vec::as_slice));
        for readings in &axes {
            for at in 0..alone.segments {
                alone.add_segment(alone.segment_of(readings, at));
            }
        }
        [beside, alone].map(|one| one.power().iter().map(|&x| x.to_f64()).collect())
    }

    proptest! {
        #[test]
        fn side_by_side_they_have_the_bits_that_each_has_alone(
            axes in (MIN_LENGTH..700, 1_usize..8)
                .prop_flat_map(|(length, axes)| vec![proptest::collection::vec(-20.0..20.0, length); axes])
        ) {
            let length = axes[0].len();
            let [beside, alone] = beside_and_alone::<f32>(length, &axes);
            prop_assert_eq!(beside, alone);
            let [beside, alone] = beside_and_alone::<f64>(length, &axes);
            prop_assert_eq!(beside, alone);
        }
    }
}
