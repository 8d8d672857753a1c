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

impl<T: Real> Welch<T> {
    /// The segments of an axis, in order.
    fn segments_of<'r>(&self, readings: &'r [T]) -> impl Iterator<Item = &'r [T]> + use<'r, T> {
        let (segment, segments) = (self.segment, self.segments);
        let between = readings.len().saturating_sub(segment);
        (0..segments).map(move |at| {
            // The first begins with the window and the last ends with it. The product is of 64 bits
            // on every machine.
            let along = (at as u64).saturating_mul(between as u64);
            let start = along.checked_div(segments.saturating_sub(1) as u64).unwrap_or(0);
            let rest = readings.get(start as usize..).unwrap_or_default();
            rest.get(..segment).unwrap_or(rest)
        })
    }

    /// How much of its power a line has, counted from 0 for line 1: half the sample rate is a line of
    /// its own, which has none of negative frequency.
    fn share<L: Lanes<T>>(&self, line: usize, power: L) -> L {
        if line.saturating_add(1) == self.lines / 2 { power * T::HALF } else { power }
    }

    /// Gives the lines of one segment, counted from 0 for line 1, with their powers.
    fn transform(&self, readings: &[T], mut add: impl FnMut(usize, T)) {
        let mut pairs: Pairs<T> = [[T::ZERO; 2]; MAX_LINES / 2];
        let count = self.lines / 2;
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
        powers::<T, T>(pairs, |line, power| add(line, self.share(line, power)));
    }

    /// The same of segments side by side. One without readings has no power.
    fn transform_four(&self, segments: &[&[T]; 4], mut add: impl FnMut(usize, Four<T>)) {
        let mut pairs: Pairs<Four<T>> = [[Four::ZERO; 2]; MAX_LINES / 2];
        let count = self.lines / 2;
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
        let pairs: &mut [Complex<Four<T>>] = pairs.get_mut(..count).unwrap_or_default();
        powers::<T, Four<T>>(pairs, |line, powers| add(line, self.share(line, powers)));
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
/// All of it is some 2 kB for `f32`, 1 kB of which is in use only during a transform; 7 kB where four are transformed at once.
pub(crate) struct Spectrum<T> {
    welch: Welch<T>,
    power: Power<T>,
}

/// Room for the power of each line.
pub(crate) type Power<T> = [T; MAX_LINES / 2];

/// Whose powers are summed.
pub(crate) enum Sums<'t, T> {
    /// Those of all axes together.
    Together,
    /// Those of each axis, and in the same order those of all axes, where there is room for them.
    Apart(&'t mut [T]),
}

impl<T: Real> Spectrum<T> {
    /// Of nothing yet, for axes of `length` readings.
    pub(crate) fn new(length: usize) -> Self {
        Self { welch: Welch::new(length), power: [T::ZERO; MAX_LINES / 2] }
    }

    /// Adds that of axes, one after the other. Where these are apart, `done` is given each, counted
    /// from 0, with its powers.
    pub(crate) fn add<'r>(
        &mut self,
        axes: impl Iterator<Item = &'r [T]>,
        sums: &mut Sums<'_, T>,
        mut done: impl FnMut(usize, &[T]),
    ) {
        let Self { welch, power } = self;
        let lines = welch.lines / 2;
        let mut finish = |axis: usize, power: &mut Power<T>, sums: &Sums<'_, T>| {
            if matches!(sums, Sums::Apart(_)) {
                done(axis, power.get(..lines).unwrap_or_default());
                *power = [T::ZERO; MAX_LINES / 2];
            }
        };
        if !FOUR_AT_ONCE {
            for (axis, readings) in axes.enumerate() {
                for segment in welch.segments_of(readings) {
                    welch.transform(segment, |line, one| add_to(line, one, power, sums));
                }
                finish(axis, power, sums);
            }
            return;
        }
        // How many segments of how many axes are summed.
        let (mut axis, mut summed) = (0, 0);
        let mut sum = |segments: &[&[T]; 4], count: usize| {
            if count > 1 && !sums.is_apart() {
                welch.transform_four(segments, |line, powers| {
                    let powers = powers.0.into_iter().take(count);
                    powers.for_each(|one| add_to(line, one, power, sums));
                });
                return;
            }
            let mut found = [Four::ZERO; MAX_LINES / 2];
            if count > 1 {
                welch.transform_four(segments, |line, powers| {
                    found.get_mut(line).into_iter().for_each(|slot| *slot = powers);
                });
            } else {
                // One is sooner done without three that are none.
                welch.transform(segments[0], |line, one| {
                    found.get_mut(line).into_iter().for_each(|slot| slot.0[0] = one);
                });
            }
            for lane in 0..count {
                for (line, powers) in found.iter().enumerate().take(lines) {
                    let one = powers.0.get(lane).copied().unwrap_or(T::ZERO);
                    add_to(line, one, power, sums);
                }
                summed += 1;
                if summed == welch.segments {
                    finish(axis, power, sums);
                    (axis, summed) = (axis + 1, 0);
                }
            }
        };
        let mut four: [&[T]; 4] = [&[]; 4];
        let mut count = 0;
        for segment in axes.flat_map(|readings| welch.segments_of(readings)) {
            if let Some(slot) = four.get_mut(count) {
                *slot = segment;
            }
            count += 1;
            if count == four.len() {
                sum(&four, count);
                four = [&[]; 4];
                count = 0;
            }
        }
        if count > 0 {
            sum(&four, count);
        }
    }

    /// The power of each line, from the first to that at half the sample rate.
    pub(crate) fn power(&self) -> &[T] {
        self.power.get(..self.welch.lines / 2).unwrap_or_default()
    }
}

impl<T> Sums<'_, T> {
    fn is_apart(&self) -> bool {
        matches!(self, Self::Apart(_))
    }
}

/// Adds the power of a line to what is summed.
#[inline(always)]
fn add_to<T: Real>(line: usize, one: T, power: &mut Power<T>, sums: &mut Sums<'_, T>) {
    if let Some(slot) = power.get_mut(line) {
        *slot += one;
    }
    if let Sums::Apart(total) = sums
        && let Some(slot) = total.get_mut(line)
    {
        *slot += one;
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

    /// The powers of all axes together, and of each: as they are computed, and each segment alone,
    /// one after the other.
    fn beside_and_alone<T: Real>(length: usize, axes: &[Vec<f64>]) -> [Vec<Vec<u64>>; 2] {
        let axes: Vec<Vec<T>> =
            axes.iter().map(|axis| axis.iter().map(|&x| T::from_f64(x)).collect()).collect();
        let slices = || axes.iter().map(Vec::as_slice);
        let bits = |power: &[T]| power.iter().map(|x| x.to_f64().to_bits()).collect::<Vec<u64>>();
        let welch = Welch::<T>::new(length);
        let lines = welch.lines / 2;

        let mut together = Spectrum::<T>::new(length);
        together.add(slices(), &mut Sums::Together, |_, _| unreachable!());
        let mut beside = vec![bits(together.power())];
        for room in [0, MAX_LINES / 2] {
            let mut total = vec![T::ZERO; room];
            let mut each = Vec::new();
            let mut apart = Spectrum::<T>::new(length);
            apart.add(slices(), &mut Sums::Apart(&mut total), |axis, power| {
                assert_eq!(axis, each.len());
                each.push(bits(power));
            });
            beside.extend(each);
            beside.extend(total.get(..lines).map(bits));
        }

        let sums = |some: &[Vec<T>]| {
            let mut sums = vec![T::ZERO; lines];
            for readings in some {
                for segment in welch.segments_of(readings) {
                    welch.transform(segment, |line, one| sums[line] += one);
                }
            }
            bits(&sums)
        };
        let each = || axes.iter().map(|one| sums(core::slice::from_ref(one)));
        let all = || core::iter::once(sums(&axes));
        let alone = all().chain(each()).chain(each()).chain(all());
        [beside, alone.collect()]
    }

    proptest! {
        #[test]
        fn side_by_side_they_have_the_bits_that_each_has_alone(
            axes in (MIN_LENGTH..700, 1_usize..=8)
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
