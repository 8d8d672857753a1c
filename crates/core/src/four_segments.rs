//! Four segments transformed at once, side by side: each with the powers that it has alone.

use crate::fourier::{Complex, MAX_LINES, begun, place, powers};
use crate::lanes::{Four, Lanes};
use crate::moments::mean;
use crate::real::Real;
use crate::welch::Welch;

/// Room to transform them in, as so many pairs, and the whole taper.
pub(crate) struct FourSegments<T: Real, const PAIRS: usize> {
    taper: [T; MAX_LINES],
    in_order: [Complex<T::Four>; PAIRS],
    pairs: [Complex<T::Four>; PAIRS],
    lines: [T::Four; PAIRS],
}

impl<T: Real, const PAIRS: usize> FourSegments<T, PAIRS> {
    #[inline(always)]
    pub(crate) fn new(welch: &Welch<T>) -> Self {
        let zero = T::Four::all(T::ZERO);
        let mut taper = [T::ZERO; MAX_LINES];
        let there = welch.taper.iter().take(welch.lines / 2);
        let back = welch.taper.iter().take(welch.lines / 2 + 1).skip(1).rev();
        taper.iter_mut().zip(there.chain(back)).for_each(|(slot, &one)| *slot = one);
        Self {
            taper,
            in_order: [[zero; 2]; PAIRS],
            pairs: [[zero; 2]; PAIRS],
            lines: [zero; PAIRS],
        }
    }

    /// Transforms segments of one length. `add` is given four lines at a time, the first of them from line 1 on, with
    /// the powers of the first segment, of the second, of the third and of the fourth.
    #[inline(always)]
    pub(crate) fn transform(
        &mut self,
        welch: &Welch<T>,
        segments: &[&[T]; 4],
        mut add: impl FnMut(usize, [T::Four; 4]),
    ) {
        self.taper_all(welch, segments);
        let (pairs, quarter) = (&mut self.pairs, PAIRS / 4);
        let mut parts = self.in_order.chunks_exact(quarter);
        let [first, second, third, fourth] = [(); 4].map(|()| parts.next().unwrap_or_default());
        let (groups, _) = pairs.as_chunks_mut::<4>();
        let fours = first.iter().zip(second).zip(third).zip(fourth);
        for (at, (((first, second), third), fourth)) in fours.enumerate() {
            if let Some(group) = groups.get_mut(place(at, quarter)) {
                *group = begun::<T, T::Four>([*first, *second, *third, *fourth]);
            }
        }
        let lines = &mut self.lines;
        powers::<T, T::Four, PAIRS>(pairs, |line, powers| {
            lines.get_mut(line).into_iter().for_each(|slot| *slot = powers);
        });
        for (at, four) in lines.as_chunks::<4>().0.iter().enumerate() {
            add(at, T::Four::transposed(*four));
        }
    }

    /// The pairs of readings in order, without the mean of their segment and tapered.
    #[inline(always)]
    fn taper_all(&mut self, welch: &Welch<T>, segments: &[&[T]; 4]) {
        let whole = segments.iter().all(|segment| segment.len() == 2 * PAIRS);
        let [a, b, c, d] = segments.map(|readings| readings.as_chunks::<4>().0);
        if !whole {
            // Filled up with zeros.
            let centers = segments.map(mean::<T>);
            for (at, slot) in self.in_order.iter_mut().enumerate() {
                let mut pairs = [[T::ZERO; 2]; 4];
                for ((pair, readings), center) in pairs.iter_mut().zip(segments).zip(centers) {
                    *pair = welch.pair(readings, 2 * at, center);
                }
                *slot = [pairs.map(|[even, _]| even).into(), pairs.map(|[_, odd]| odd).into()];
            }
            return;
        }
        let center = means::<T>([a, b, c, d], 2 * PAIRS);
        let tapers = self.taper.as_chunks::<4>().0;
        let rows = a.iter().zip(b).zip(c).zip(d);
        let slots = self.in_order.as_chunks_mut::<2>().0.iter_mut();
        for ((slot, (((&a, &b), &c), &d)), taper) in slots.zip(rows).zip(tapers) {
            let [p, q, r, s] = T::Four::transposed([a, b, c, d].map(T::Four::from));
            let [w, x, y, z] = taper.map(T::Four::all);
            let pair = |p: T::Four, w, q: T::Four, x| -> Complex<T::Four> {
                [(p - center) * w, (q - center) * x]
            };
            *slot = [pair(p, w, q, x), pair(r, y, s, z)];
        }
    }
}

/// The mean of each of four segments, summed as it is of one.
#[inline(always)]
fn means<T: Real>(segments: [&[[T; 4]]; 4], length: usize) -> T::Four {
    let zero = T::Four::all(T::ZERO);
    let sums =
        segments.map(|fours| fours.iter().fold(zero, |sums, &four| sums + T::Four::from(four)));
    let [a, b, c, d] = T::Four::transposed(sums);
    let sums: [T; 4] = ((a + b) + (c + d)).into();
    sums.map(|sum| sum / T::from_count(length)).into()
}
