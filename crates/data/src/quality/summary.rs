//! What is kept of a recording while the others are read: some hundred bytes an axis.

use std::hash::{DefaultHasher, Hasher};
use std::path::PathBuf;

use super::robust::Center;
use crate::{Located, Recording};

/// How many of the first readings are kept.
pub(super) const OPENING: usize = 4;

/// How many readings of the second half are kept, to compare the first ones with.
pub(super) const LATER: usize = 8;

/// The fewest readings in which the first ones can be told from the later ones.
const SHORTEST_OPENING: usize = 32;

/// At a limit stand at least so many readings of a recording that is clipped there,
const FEWEST_AT_LIMIT: usize = 5;

/// so many times those at any other value near it,
const LIMIT_OVER_NEAR: usize = 4;

/// and so many times those at a value on average.
const LIMIT_OVER_AVERAGE: usize = 2;

/// One recording.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) path: PathBuf,
    pub(super) len: usize,
    pub(super) rate_hz: Option<f64>,
    /// Equal where all readings are equal.
    pub(super) digest: u128,
    pub(super) axes: Vec<Axis>,
}

/// One axis of it, in the unit of the file.
#[derive(Debug)]
pub(super) struct Axis {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) mean: f64,
    /// The standard deviation, divided by `len`.
    pub(super) deviation: f64,
    /// Median and spread of the readings.
    pub(super) center: Center,
    /// The smallest difference of two readings that is not 0; infinite where all are equal.
    pub(super) step: f64,
    pub(super) distinct: usize,
    /// Whether all readings are whole numbers.
    pub(super) whole: bool,
    /// The mean of the first third.
    pub(super) first_third: f64,
    /// The mean of the last third.
    pub(super) last_third: f64,
    /// Whether the readings pile up at `min`.
    pub(super) piles_at_min: bool,
    /// Whether the readings pile up at `max`.
    pub(super) piles_at_max: bool,
    /// The offsets from the median of the first readings and of some later ones.
    pub(super) offsets: Option<([f64; OPENING], [f64; LATER])>,
}

impl Summary {
    pub(super) fn of(located: &Located) -> Self {
        let recording = &located.recording;
        Self {
            path: located.path.clone(),
            len: recording.len(),
            rate_hz: recording.rate_hz(),
            digest: digest(recording),
            axes: recording.iter_axes().map(Axis::of).collect(),
        }
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.axes.iter().all(Axis::is_stuck)
    }
}

impl Axis {
    fn of(readings: &[f64]) -> Self {
        let mut sorted = readings.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let values: Vec<(f64, usize)> =
            sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
        let center = Center::of(readings);
        let mean = mean(readings);
        let squares: f64 = readings.iter().map(|x| (x - mean) * (x - mean)).sum();
        let third = (readings.len() / 3).max(1);
        Self {
            min,
            max,
            mean,
            deviation: (squares / readings.len() as f64).sqrt(),
            center,
            step: values.windows(2).map(|w| w[1].0 - w[0].0).fold(f64::INFINITY, f64::min),
            distinct: values.len(),
            whole: readings.iter().all(|x| x.fract() == 0.0),
            first_third: self::mean(&readings[..third]),
            last_third: self::mean(&readings[readings.len() - third..]),
            piles_at_min: piles_up(&values, readings.len(), min, center.median),
            piles_at_max: piles_up(&values, readings.len(), max, center.median),
            offsets: offsets(readings, center.median),
        }
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.distinct == 1
    }

    /// How far the mean moved between the first and the last third.
    pub(super) fn shift(&self) -> f64 {
        self.last_third - self.first_third
    }
}

fn mean(readings: &[f64]) -> f64 {
    readings.iter().sum::<f64>() / readings.len() as f64
}

/// Whether far more readings stand at the extreme value `limit` than at any value near it.
///
/// What a sensor cuts off piles up at its limit, while the tail of a noise thins out there. The
/// densest tail without clipping is that of a coarse sine, 2.4 times as dense at its crest as one
/// step beside it (from the arcsine law: 1/(√2 - 1)). A tone locked to the sample rate, or a
/// signal of a few steps, repeats all its values, hence the comparison with the average.
fn piles_up(values: &[(f64, usize)], len: usize, limit: f64, median: f64) -> bool {
    let at_limit = values.iter().filter(|(x, _)| *x == limit).map(|&(_, n)| n).sum::<usize>();
    if at_limit < FEWEST_AT_LIMIT || at_limit * values.len() < LIMIT_OVER_AVERAGE * len {
        return false;
    }
    let near = |x: f64| x != limit && (x - limit).abs() < 0.5 * (median - limit).abs();
    let densest = values.iter().filter(|(x, _)| near(*x)).map(|&(_, n)| n).max();
    at_limit >= LIMIT_OVER_NEAR * densest.unwrap_or(0)
}

fn offsets(readings: &[f64], median: f64) -> Option<([f64; OPENING], [f64; LATER])> {
    let len = readings.len();
    let later = |at: usize| readings[len / 2 + at * (len / 2) / LATER] - median;
    (len >= SHORTEST_OPENING)
        .then(|| (std::array::from_fn(|at| readings[at] - median), std::array::from_fn(later)))
}

/// Two 64-bit SipHashes of shape and readings.
fn digest(recording: &Recording) -> u128 {
    let (mut low, mut high) = (DefaultHasher::new(), DefaultHasher::new());
    high.write_u8(1);
    for hasher in [&mut low, &mut high] {
        hasher.write_usize(recording.axes());
        for &value in recording.values() {
            // -0 reads as 0.
            hasher.write_u64((value + 0.0).to_bits());
        }
    }
    u128::from(high.finish()) << 64 | u128::from(low.finish())
}
