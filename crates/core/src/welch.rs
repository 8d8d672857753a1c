//! How the power spectra of windows of one length are computed (Welch 1967): where segments are, and how they are tapered.

use core::num::NonZeroUsize;

use crate::fourier::{Complex, MAX_LINES};
#[cfg(any(test, not(target_pointer_width = "64")))]
use crate::fourier::{begun, place, powers};
#[cfg(any(test, not(target_pointer_width = "64")))]
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
    #[inline]
    pub fn new(length: usize) -> Self {
        let lines = lines(length);
        let segment = NonZeroUsize::new(length.min(lines)).unwrap_or(NonZeroUsize::MIN);
        let segments = length.saturating_sub(lines).div_ceil(lines / 2).saturating_add(1);
        let weight = T::from_count(lines) * T::from_count(segment.get()) * T::from_count(segments);
        let factor = (T::from_f64(16.0 / 3.0) / weight).sqrt();
        let mut taper = [T::ZERO; MAX_LINES / 2 + 1];
        let slots = taper.iter_mut().take(segment.get() / 2 + 1);
        let shape = |root: T| root * root * factor;
        if segment.get() == lines {
            // All of them stand in the table.
            let roots = T::SINES.iter().step_by(MAX_LINES.checked_div(lines).unwrap_or(1));
            slots.zip(roots).for_each(|(slot, &root)| *slot = shape(root));
        } else {
            slots.enumerate().for_each(|(at, slot)| *slot = shape(sine::<T>(2 * at, segment)));
        }
        Self { lines, segment: segment.get(), segments, taper }
    }

    /// The segments of an axis, in order.
    pub(crate) fn segments_of<'r>(
        &self,
        readings: &'r [T],
    ) -> impl Iterator<Item = &'r [T]> + use<'r, T> {
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

    /// Two readings of a segment and on, without the mean and tapered; 0 behind the last.
    #[inline]
    pub(crate) fn pair(&self, readings: &[T], at: usize, center: T) -> Complex<T> {
        [at, at.saturating_add(1)].map(|at| {
            let near = at.min(self.segment.saturating_sub(at));
            match (readings.get(at), self.taper.get(near)) {
                (Some(&x), Some(&taper)) => (x - center) * taper,
                _ => T::ZERO,
            }
        })
    }

    /// Gives the lines of one segment, counted from 0 for line 1, with their powers; `pairs` is room.
    #[cfg(any(test, not(target_pointer_width = "64")))]
    pub(crate) fn transform<const PAIRS: usize>(
        &self,
        readings: &[T],
        pairs: &mut [Complex<T>; PAIRS],
        put: impl FnMut(usize, T),
    ) {
        let center = mean(readings);
        let quarter = PAIRS / 4;
        let (groups, _) = pairs.as_chunks_mut::<4>();
        match self.quarters::<PAIRS>(readings) {
            Some(quarters) => {
                for (at, four) in quarters.enumerate() {
                    // One by one: compilers for chips make a loop of a map.
                    let of = |[[x, y], [p, q]]: [[T; 2]; 2]| [(x - center) * p, (y - center) * q];
                    let [a, b, c, d] = four;
                    if let Some(group) = groups.get_mut(place(at, quarter)) {
                        *group = begun::<T, T>([of(a), of(b), of(c), of(d)]);
                    }
                }
            }
            None => {
                for at in 0..quarter {
                    let of = |part| self.pair(readings, 2 * (at + part * quarter), center);
                    if let Some(group) = groups.get_mut(place(at, quarter)) {
                        *group = begun::<T, T>([of(0), of(1), of(2), of(3)]);
                    }
                }
            }
        }
        powers::<T, T, PAIRS>(pairs, put);
    }

    /// Where a segment is as long as the transform, four pairs of it at a time, each with its factors: those that are a
    /// quarter of it apart.
    #[cfg(any(test, not(target_pointer_width = "64")))]
    #[inline(always)]
    fn quarters<'r, const PAIRS: usize>(
        &'r self,
        readings: &'r [T],
    ) -> Option<impl Iterator<Item = [[[T; 2]; 2]; 4]> + use<'r, T, PAIRS>> {
        let (half, quarter) = (PAIRS, PAIRS / 2);
        let (first, second) = readings.split_at_checked(half)?;
        let of = |readings: &'r [T]| {
            let (first, second) = readings.split_at_checked(quarter)?;
            Some((first.as_chunks::<2>().0.iter(), second.as_chunks::<2>().0.iter()))
        };
        if second.len() != half {
            return None;
        }
        let ((a, b), (c, d)) = (of(first)?, of(second)?);
        // The second half of the taper is the first one backwards.
        let (p, q) = of(self.taper.get(..half)?)?;
        let (s, r) = of(self.taper.get(1..)?.get(..half)?)?;
        let pairs = a.zip(b).zip(c).zip(d);
        let factors = p.zip(q).zip(r.rev()).zip(s.rev());
        Some(pairs.zip(factors).map(|((((a, b), c), d), (((p, q), &[y, x]), &[w, v]))| {
            [[*a, *p], [*b, *q], [*c, [x, y]], [*d, [v, w]]]
        }))
    }
}

// A segment is longer than the two readings for which its Hann window would be another.
const _: () = assert!(MIN_LENGTH > 2);
