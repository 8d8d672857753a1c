//! The power spectrum of an axis: the mean over segments that overlap.

use crate::Real;
#[cfg(target_pointer_width = "64")]
use crate::four_segments::FourSegments;
#[cfg(target_pointer_width = "64")]
use crate::readings::MAX_AXES;
use crate::welch::Welch;

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
/// There are so many lines, and as many pairs of readings in a segment. For `f32` it is 16 bytes a line and 500 besides;
/// where four are transformed at once, 140 bytes a line.
pub(crate) struct Spectrum<T, const LINES: usize> {
    welch: Welch<T>,
    power: [T; LINES],
}

/// Whose powers are summed.
pub(crate) enum Sums<'t, T> {
    /// Those of all axes together.
    Together,
    /// Those of each axis, and in the same order those of all axes, where there is room for them.
    Apart(&'t mut [T]),
}

impl<T: Real, const LINES: usize> Spectrum<T, LINES> {
    /// Of nothing yet, for axes of `length` readings.
    #[inline(always)]
    pub(crate) fn new(length: usize) -> Self {
        Self { welch: Welch::new(length), power: [T::ZERO; LINES] }
    }

    /// Adds that of axes, one after the other. Where these are apart, `done` is given each, counted
    /// from 0, with its powers.
    ///
    /// A processor of 64 bits transforms four segments at once.
    pub(crate) fn add<'r>(
        &mut self,
        axes: impl Iterator<Item = &'r [T]>,
        sums: &mut Sums<'_, T>,
        done: impl FnMut(usize, &[T]),
    ) {
        #[cfg(target_pointer_width = "64")]
        self.add_side_by_side(axes, sums, done);
        #[cfg(not(target_pointer_width = "64"))]
        self.add_alone(axes, sums, done);
    }

    /// Adds one segment after the other.
    #[cfg(any(test, not(target_pointer_width = "64")))]
    fn add_alone<'r>(
        &mut self,
        axes: impl Iterator<Item = &'r [T]>,
        sums: &mut Sums<'_, T>,
        mut done: impl FnMut(usize, &[T]),
    ) {
        let Self { welch, power } = self;
        let mut pairs = [[T::ZERO; 2]; LINES];
        for (axis, readings) in axes.enumerate() {
            for segment in welch.segments_of(readings) {
                match sums {
                    Sums::Apart(total) if total.len() == LINES => {
                        welch.transform(segment, &mut pairs, |line, one| {
                            add_to(power, line, one);
                            add_to(total, line, one);
                        });
                    }
                    _ => welch.transform(segment, &mut pairs, |line, one| add_to(power, line, one)),
                }
            }
            if matches!(sums, Sums::Apart(_)) {
                done(axis, power);
                power.fill(T::ZERO);
            }
        }
    }

    /// Adds four segments at a time, whichever axes they are of.
    #[cfg(target_pointer_width = "64")]
    fn add_side_by_side<'r>(
        &mut self,
        axes: impl Iterator<Item = &'r [T]>,
        sums: &mut Sums<'_, T>,
        mut done: impl FnMut(usize, &[T]),
    ) {
        let Self { welch, power } = self;
        let mut room = FourSegments::<T, LINES>::new(welch);
        let mut of_axes = [[T::ZERO; LINES]; MAX_AXES];
        let mut add = |segments: &[&[T]; 4], of: &[usize]| {
            room.transform(welch, segments, |at, powers| {
                let all = match &mut *sums {
                    Sums::Together => power.as_mut_slice(),
                    Sums::Apart(total) => {
                        for (&axis, one) in of.iter().zip(powers) {
                            let sums = of_axes.get_mut(axis).map_or([].as_mut_slice(), |x| x);
                            plus::<T>(sums, at, &[one]);
                        }
                        total
                    }
                };
                plus::<T>(all, at, powers.get(..of.len()).unwrap_or(&powers));
            });
        };
        let mut segments: [&[T]; 4] = [&[]; 4];
        let (mut of, mut count, mut behind) = ([0; 4], 0, 0);
        for (axis, readings) in axes.enumerate() {
            behind = axis.saturating_add(1);
            for segment in welch.segments_of(readings) {
                if count == 0 {
                    // What there are none of counts as this one, and for nothing.
                    segments = [segment; 4];
                }
                if let (Some(slot), Some(of)) = (segments.get_mut(count), of.get_mut(count)) {
                    (*slot, *of) = (segment, axis);
                }
                count += 1;
                if count == segments.len() {
                    add(&segments, &of);
                    count = 0;
                }
            }
        }
        if count > 0 {
            add(&segments, of.get(..count).unwrap_or_default());
        }
        if matches!(sums, Sums::Apart(_)) {
            for (axis, power) in of_axes.iter().enumerate().take(behind) {
                done(axis, power);
            }
        }
    }

    /// The power of each line, from the first to that at half the sample rate.
    pub(crate) fn power(&self) -> &[T] {
        &self.power
    }
}

#[cfg(any(test, not(target_pointer_width = "64")))]
#[inline(always)]
fn add_to<T: Real>(sums: &mut [T], line: usize, one: T) {
    sums.get_mut(line).into_iter().for_each(|sum| *sum += one);
}

/// Adds, one after the other, to the four numbers of this place, if there are any.
#[cfg(target_pointer_width = "64")]
#[inline(always)]
fn plus<T: Real>(sums: &mut [T], at: usize, more: &[T::Four]) {
    if let Some(slot) = sums.as_chunks_mut::<4>().0.get_mut(at) {
        *slot = more.iter().fold(T::Four::from(*slot), |sum, &one| sum + one).into();
    }
}

#[cfg(test)]
#[path = "spectrum_tests.rs"]
mod tests;
