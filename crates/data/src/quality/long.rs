//! The summary of a recording that is too long to be held: what of it needs all readings comes from running
//! sums and counts, what cannot from a sample.

use std::hash::{DefaultHasher, Hasher};
use std::mem;
use std::path::PathBuf;

use judder_core::Unit;

use super::counted::{center_of, merged};
use super::repeated::{Anchors, Repeating};
use super::robust::Center;
use super::sampled::{Bins, FIRST_BIN, FIRST_STEP, Sample};
use super::summary::{Axis, OPENING, Summary, digest_of, piles_up};
use super::told::Told;
use crate::Piece;
use crate::interpret::is_like_a_time;

/// Different values are counted up to so many; a sensor of 16 bits has no more. Where there are more, the
/// sample stands for all readings.
const MOST_VALUES: usize = 1 << 16;

/// What one piece says of a recording.
#[derive(Debug)]
pub(super) struct Part {
    path: PathBuf,
    rate_hz: Option<f64>,
    unit: Option<Unit>,
    len: usize,
    last: bool,
    /// Of the first piece.
    told: Option<Told>,
    digest: u128,
    anchors: Anchors,
    axes: Vec<AxisPart>,
}

#[derive(Debug)]
struct AxisPart {
    opening: Vec<f64>,
    mean: f64,
    /// The sum of squared deviations from the mean.
    squares: f64,
    whole: bool,
    /// Whether they run as a clock does.
    clock: bool,
    /// How often each value occurs, in order.
    values: Vec<(f64, usize)>,
    /// The smallest difference of two values.
    step: f64,
    /// The sums of consecutive readings, each with the number of its bin.
    sums: Vec<(usize, f64)>,
    /// Every sixteenth reading.
    sample: Vec<f64>,
}

impl Part {
    /// Whether the recording ends with it.
    pub(super) fn is_last(&self) -> bool {
        self.last
    }

    pub(super) fn of(piece: &Piece) -> Self {
        let recording = piece.recording.clone().in_unit(Unit::G);
        let start = piece.start + piece.fresh;
        let fresh = |axis: &[f64]| axis.get(piece.fresh..).map(<[f64]>::to_vec).unwrap_or_default();
        let axes: Vec<Vec<f64>> = recording.iter_axes().map(fresh).collect();
        Self {
            path: piece.path.clone(),
            rate_hz: recording.rate_hz(),
            unit: piece.recording.unit(),
            len: recording.len() - piece.fresh,
            last: piece.last,
            told: (piece.start == 0).then(|| Told::of(&piece.recording)),
            digest: digest_of(axes.len(), axes.iter().flatten()),
            anchors: Anchors::of(&recording, piece.fresh, start),
            axes: axes.into_iter().map(|readings| AxisPart::of(readings, start)).collect(),
        }
    }
}

impl AxisPart {
    fn of(readings: Vec<f64>, start: usize) -> Self {
        let mean = readings.iter().sum::<f64>() / readings.len() as f64;
        let squares = readings.iter().map(|x| (x - mean) * (x - mean)).sum();
        let first = start.next_multiple_of(FIRST_STEP) - start;
        let sample = readings.iter().skip(first).step_by(FIRST_STEP).copied().collect();
        let mut sums: Vec<(usize, f64)> = Vec::new();
        for (at, value) in (start..).zip(&readings) {
            match sums.last_mut() {
                Some((bin, sum)) if *bin == at / FIRST_BIN => *sum += value,
                _ => sums.push((at / FIRST_BIN, *value)),
            }
        }
        let opening = readings.iter().take(OPENING).copied().collect();
        let whole = readings.iter().all(|x| x.fract() == 0.0);
        let clock = is_like_a_time(&readings);
        let mut sorted = readings;
        sorted.sort_unstable_by(f64::total_cmp);
        let values: Vec<(f64, usize)> =
            sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        let step = values.windows(2).map(|w| w[1].0 - w[0].0).fold(f64::INFINITY, f64::min);
        Self { opening, mean, squares, whole, clock, values, step, sums, sample }
    }
}

/// What is known of a recording so far.
#[derive(Debug)]
pub(super) struct Long {
    path: PathBuf,
    rate_hz: Option<f64>,
    unit: Option<Unit>,
    len: usize,
    told: Told,
    digest: [DefaultHasher; 2],
    repeating: Repeating,
    axes: Vec<LongAxis>,
}

#[derive(Debug, Default)]
struct LongAxis {
    opening: Vec<f64>,
    mean: f64,
    squares: f64,
    whole: bool,
    clock: bool,
    /// None where there are too many.
    values: Option<Vec<(f64, usize)>>,
    /// The extreme values, and how often they occur.
    min: (f64, usize),
    max: (f64, usize),
    step: f64,
    bins: Bins,
    sample: Sample,
}

impl Long {
    /// What the first piece says.
    pub(super) fn of(part: Part) -> Self {
        let mut high = DefaultHasher::new();
        high.write_u8(1);
        let mut long = Self {
            path: part.path.clone(),
            rate_hz: part.rate_hz,
            unit: part.unit,
            len: 0,
            told: part.told.clone().unwrap_or_default(),
            repeating: Repeating::default(),
            digest: [DefaultHasher::new(), high],
            axes: part.axes.iter().map(|_| LongAxis::new()).collect(),
        };
        long.take(part);
        long
    }

    /// Takes the piece that follows.
    pub(super) fn take(&mut self, part: Part) {
        for hasher in &mut self.digest {
            hasher.write_u128(part.digest);
        }
        self.repeating.take(&part.anchors);
        for (axis, of) in self.axes.iter_mut().zip(part.axes) {
            axis.take(self.len, part.len, of);
        }
        self.len += part.len;
    }

    /// The recording, once all its pieces came.
    pub(super) fn finish(self) -> Summary {
        let [low, high] = self.digest.map(|hasher| u128::from(hasher.finish()));
        Summary {
            path: self.path,
            len: self.len,
            rate_hz: self.rate_hz,
            unit: self.unit,
            told: self.told,
            digest: high << 64 | low,
            repeats: self.repeating.finish(),
            axes: self.axes.into_iter().map(|axis| axis.finish(self.len)).collect(),
        }
    }
}

impl LongAxis {
    fn new() -> Self {
        Self {
            whole: true,
            values: Some(Vec::new()),
            min: (f64::INFINITY, 0),
            max: (f64::NEG_INFINITY, 0),
            step: f64::INFINITY,
            ..Self::default()
        }
    }

    /// Takes `count` readings after the first `before`.
    fn take(&mut self, before: usize, count: usize, part: AxisPart) {
        if before == 0 {
            self.opening = part.opening;
            self.clock = part.clock;
        }
        // Chan, Golub and LeVeque, 1979.
        let all = (before + count) as f64;
        let moved = part.mean - self.mean;
        self.mean += moved * count as f64 / all;
        self.squares += part.squares + moved * moved * (before as f64) * (count as f64) / all;
        self.whole &= part.whole;
        self.step = self.step.min(part.step);
        let ends = (part.values.first().copied(), part.values.last().copied());
        if let (Some(first), Some(last)) = ends {
            self.min = nearer(self.min, first, |a, b| a < b);
            self.max = nearer(self.max, last, |a, b| a > b);
        }
        if let Some(values) = &mut self.values {
            *values = merged(&mem::take(values), &part.values);
            if values.len() > MOST_VALUES {
                self.values = None;
            }
        }
        self.bins.take(&part.sums);
        self.sample.take(&part.sample);
    }

    fn finish(self, len: usize) -> Axis {
        let center = match &self.values {
            Some(values) => center_of(values),
            None => Center::of(&self.sample.readings),
        };
        let distinct = self.values.as_ref().map_or(MOST_VALUES, Vec::len);
        let values = self.values.unwrap_or_else(|| {
            // Each reading of the sample stands for as many, but for those at the limits, which are counted.
            let stands = (len / self.sample.readings.len().max(1)).max(1);
            let mut inner: Vec<f64> = self.sample.readings.clone();
            inner.sort_unstable_by(f64::total_cmp);
            inner.retain(|x| *x != self.min.0 && *x != self.max.0);
            let inner = inner.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() * stands));
            std::iter::once(self.min).chain(inner).chain([self.max]).collect()
        });
        let step = values.windows(2).map(|w| w[1].0 - w[0].0).fold(self.step, f64::min);
        let third = (len / 3).max(1);
        let offsets = self.sample.offsets(&self.opening, len, center.median);
        Axis {
            min: self.min.0,
            max: self.max.0,
            mean: self.mean,
            deviation: (self.squares / len as f64).sqrt(),
            center,
            step,
            distinct,
            whole: self.whole,
            clock: self.clock,
            first_third: self.bins.mean(0..third, len),
            last_third: self.bins.mean(len - third..len, len),
            piles_at_min: piles_up(&values, self.min.0, center.median, step),
            piles_at_max: piles_up(&values, self.max.0, center.median, step),
            offsets,
        }
    }
}

/// Of two limits the one that is further out; of equal ones both.
fn nearer(known: (f64, usize), next: (f64, usize), is: fn(f64, f64) -> bool) -> (f64, usize) {
    if known.0 == next.0 {
        return (known.0, known.1 + next.1);
    }
    if is(next.0, known.0) { next } else { known }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Recording;

    /// The summary of a recording of one axis by pieces of so many readings, and that of the whole.
    fn both(readings: &[f64], length: usize) -> (Axis, Axis) {
        let whole =
            |readings: &[f64]| Recording::from_axes(1, readings.len(), readings.to_vec()).unwrap();
        let path = PathBuf::from("one.csv");
        let mut long: Option<Long> = None;
        for (at, part) in readings.chunks(length).enumerate() {
            let start = at * length;
            let last = start + part.len() == readings.len();
            let piece = Piece { path: path.clone(), recording: whole(part), start, fresh: 0, last };
            match &mut long {
                None => long = Some(Long::of(Part::of(&piece))),
                Some(long) => long.take(Part::of(&piece)),
            }
        }
        let mut found = long.unwrap().finish();
        let mut expected = Summary::of(&path, &whole(readings));
        assert_eq!(found.len, expected.len);
        (found.axes.remove(0), expected.axes.remove(0))
    }

    /// Noise of a generator that the standard library's hash is.
    fn noise(at: usize) -> f64 {
        let mut hasher = DefaultHasher::new();
        hasher.write_usize(at);
        (hasher.finish() >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    }

    fn close(a: f64, b: f64, within: f64) -> bool {
        (a - b).abs() <= within
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Of a sensor with steps nothing is sampled but the offsets.
        #[test]
        fn of_few_values_all_is_exact(
            count in 3000usize..20_000, length in 500usize..4000, steps in 1.0f64..3000.0, limit in 0.1f64..0.6,
        ) {
            let readings: Vec<f64> =
                (0..count).map(|at| ((noise(at).clamp(-limit, limit)) * steps).round() / 64.0 + 1.0).collect();
            let (found, whole) = both(&readings, length);
            prop_assert_eq!(
                (found.min, found.max, found.center, found.step, found.distinct, found.whole),
                (whole.min, whole.max, whole.center, whole.step, whole.distinct, whole.whole)
            );
            prop_assert_eq!(
                (found.piles_at_min, found.piles_at_max),
                (whole.piles_at_min, whole.piles_at_max)
            );
            let scale = 1e-12 * (1.0 + whole.deviation);
            prop_assert!(close(found.mean, whole.mean, scale), "{} {}", found.mean, whole.mean);
            prop_assert!(close(found.deviation, whole.deviation, 1e3 * scale));
            let (first, all) = (found.offsets.unwrap(), whole.offsets.unwrap());
            prop_assert_eq!(first.first, all.first);
        }
    }

    /// More values than are counted, and more bins than are kept.
    #[test]
    fn of_many_values_a_sample_stands_for_all() {
        let drift = |at: usize| at as f64 / 3e6;
        let readings: Vec<f64> = (0..5_000_000).map(|at| noise(at).max(-0.3) + drift(at)).collect();
        let (found, whole) = both(&readings, 43_690);
        assert_eq!((found.min, found.max, found.whole), (whole.min, whole.max, whole.whole));
        assert_eq!(
            (found.piles_at_min, found.piles_at_max),
            (whole.piles_at_min, whole.piles_at_max)
        );
        assert!(found.distinct >= MOST_VALUES && found.step >= whole.step);
        // Of 65 536 readings a median is known to within some 2 ‰ of the spread.
        let within = 0.01 * whole.center.spread;
        assert!(close(found.center.median, whole.center.median, within));
        assert!(close(found.center.spread, whole.center.spread, within));
        assert!(
            close(found.mean, whole.mean, 1e-9) && close(found.deviation, whole.deviation, 1e-9)
        );
        // A drift of 1.7 over all, of which a bin is a 4 096th at most.
        assert!(close(found.first_third, whole.first_third, 2.0 * 1.7 / 4096.0));
        assert!(close(found.last_third, whole.last_third, 2.0 * 1.7 / 4096.0));
        assert!(close(found.shift(), whole.shift(), 4.0 * 1.7 / 4096.0) && found.shift() > 1.0);
    }

    #[test]
    fn a_limit_that_is_cut_off_is_seen_in_a_sample_too() {
        let readings: Vec<f64> = (0..400_000)
            .map(|at| (3.0 * noise(at) + noise(at + 1_000_000)).clamp(-1.0, 2.0))
            .collect();
        let (found, whole) = both(&readings, 10_000);
        assert!(whole.piles_at_min && !whole.piles_at_max);
        assert!(found.piles_at_min && !found.piles_at_max);
    }
}
