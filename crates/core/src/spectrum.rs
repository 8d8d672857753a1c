//! The power spectrum of an axis: the mean over segments that overlap.

use crate::Real;
#[cfg(target_pointer_width = "64")]
use crate::four_segments::FourSegments;
use crate::fourier::MAX_LINES;
#[cfg(any(test, not(target_pointer_width = "64")))]
use crate::fourier::Pairs;
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
/// All of it is some 2 kB for `f32`, 1 kB of which is in use only during a transform; 14 kB where four are transformed at
/// once.
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
        let count = welch.lines / 2;
        let mut pairs: Pairs<T> = [[T::ZERO; 2]; MAX_LINES / 2];
        let (Some(pairs), Some(power)) = (pairs.get_mut(..count), power.get_mut(..count)) else {
            return;
        };
        for (axis, readings) in axes.enumerate() {
            for segment in welch.segments_of(readings) {
                welch.transform(segment, pairs);
                let found = pairs.iter().skip(1).chain(pairs.first()).map(|[power, _]| *power);
                match sums {
                    Sums::Apart(total) if !total.is_empty() => {
                        for ((sum, total), one) in power.iter_mut().zip(&mut **total).zip(found) {
                            *sum += one;
                            *total += one;
                        }
                    }
                    _ => power.iter_mut().zip(found).for_each(|(sum, one)| *sum += one),
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
        done: impl FnMut(usize, &[T]),
    ) {
        match self.welch.lines {
            64 => self.add_pairs::<_, 32>(axes, sums, done),
            128 => self.add_pairs::<_, 64>(axes, sums, done),
            _ => self.add_pairs::<_, 128>(axes, sums, done),
        }
    }

    /// Of segments of so many pairs of readings.
    #[cfg(target_pointer_width = "64")]
    fn add_pairs<'r, A: Iterator<Item = &'r [T]>, const PAIRS: usize>(
        &mut self,
        axes: A,
        sums: &mut Sums<'_, T>,
        mut done: impl FnMut(usize, &[T]),
    ) {
        let Self { welch, power } = self;
        let mut room = FourSegments::<T, PAIRS>::new(welch);
        let mut of_axes = [[T::ZERO; PAIRS]; MAX_AXES];
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
        self.power.get(..self.welch.lines / 2).unwrap_or_default()
    }
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
