//! What is kept of a recording while the others are read: some hundred bytes an axis.

use std::path::{Path, PathBuf};

use judder_core::{Real, Unit};
use xxhash_rust::xxh3::xxh3_128;

use super::repeated::{Anchors, Repeats};
use super::robust::Center;
use super::told::Told;
use crate::Recording;
use crate::interpret::is_like_a_time;

/// How many of the first readings are kept.
pub(super) const OPENING: usize = 4;

/// How many readings of the second half are kept, to compare the first ones with.
pub(super) const LATER: usize = 8;

/// The fewest readings in which the first ones can be told from the later ones.
pub(super) const SHORTEST_OPENING: usize = 32;

/// At a limit stand at least so many readings of a recording that is clipped there.
const FEWEST_AT_LIMIT: f64 = 5.0;

/// They are so many times those that the crest of a sine would have there,
const OVER_CREST: f64 = 2.0;

/// so many standard errors of that count more,
const OVER_CREST_ERRORS: f64 = 3.0;

/// and so many times those at a value on average.
const OVER_AVERAGE: f64 = 2.0;

/// One recording.
#[derive(Debug)]
pub(super) struct Summary {
    pub(super) path: PathBuf,
    pub(super) len: usize,
    pub(super) rate_hz: Option<f64>,
    /// The unit that its readings name; they are in g then.
    pub(super) unit: Option<Unit>,
    /// What its file says besides.
    pub(super) told: Told,
    /// Equal where all readings are equal.
    pub(super) digest: u128,
    /// The stretches that repeat others.
    pub(super) repeats: Repeats,
    pub(super) axes: Vec<Axis>,
}

/// One axis of it, in g where the unit is known, else as the file has it.
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
    /// Whether the first readings run as a clock does.
    pub(super) clock: bool,
    /// The mean of the first third.
    pub(super) first_third: f64,
    /// The mean of the last third.
    pub(super) last_third: f64,
    /// Whether the readings pile up at `min`.
    pub(super) piles_at_min: bool,
    /// Whether the readings pile up at `max`.
    pub(super) piles_at_max: bool,
    /// How far some readings are from the median; of long enough recordings only.
    pub(super) offsets: Option<Offsets>,
}

/// The offsets of some readings of an axis from its median.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offsets {
    /// Of the first readings.
    pub(super) first: [f64; OPENING],
    /// Of readings spread evenly over the second half.
    pub(super) later: [f64; LATER],
}

impl Summary {
    pub(super) fn of(path: &Path, written: &Recording) -> Self {
        let recording = match written.unit() {
            Some(unit) if unit.per_g() != 1.0 => &written.clone().in_unit(Unit::G),
            _ => written,
        };
        Self {
            path: path.to_owned(),
            len: recording.len(),
            rate_hz: recording.rate_hz(),
            unit: written.unit(),
            told: Told::of(written),
            digest: digest(recording),
            repeats: Repeats::of(&Anchors::of(recording, 0, 0)),
            axes: recording.iter_axes().map(Axis::of).collect(),
        }
    }

    pub(super) fn is_stuck(&self) -> bool {
        self.axes.iter().all(Axis::is_stuck)
    }
}

impl Axis {
    fn of(readings: &[f64]) -> Self {
        let sorted = ascending(readings);
        let values: Vec<(f64, usize)> =
            sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect();
        let (min, max) = (sorted[0], sorted[sorted.len() - 1]);
        let center = Center::of_sorted(&sorted);
        let mean = mean(readings);
        let squares: f64 = readings.iter().map(|x| (x - mean) * (x - mean)).sum();
        let third = (readings.len() / 3).max(1);
        let step = values.windows(2).map(|w| w[1].0 - w[0].0).fold(f64::INFINITY, f64::min);
        Self {
            min,
            max,
            mean,
            deviation: (squares / readings.len() as f64).sqrt(),
            center,
            step,
            distinct: values.len(),
            whole: readings.iter().all(|x| x.fract() == 0.0),
            clock: is_like_a_time(readings),
            first_third: self::mean(&readings[..third]),
            last_third: self::mean(&readings[readings.len() - third..]),
            piles_at_min: piles_up(&values, min, center.median, step),
            piles_at_max: piles_up(&values, max, center.median, step),
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

/// The readings in ascending order: sorted as integers that order alike, which no comparison makes wait.
fn ascending(readings: &[f64]) -> Vec<f64> {
    let mut keys: Vec<i64> = readings.iter().map(|x| x.key()).collect();
    keys.sort_unstable();
    keys.into_iter().map(f64::from_key).collect()
}

fn mean(readings: &[f64]) -> f64 {
    readings.iter().sum::<f64>() / readings.len() as f64
}

/// Whether far more readings stand at the extreme value `limit` than without clipping.
///
/// What a sensor cuts off piles up at its limit. The densest tail without clipping is the crest
/// of a sine: of the `n` readings in the outer half towards it, `D` steps wide, about `n / √D`
/// fall on the last step (from the arcsine law: `acos(1 - 1/2D) / acos(1/2)`). A tone locked to the
/// sample rate repeats all its values, hence the comparison with the average.
pub(super) fn piles_up(values: &[(f64, usize)], limit: f64, median: f64, step: f64) -> bool {
    let outer_half = 0.5 * (median - limit).abs();
    let (mut all, mut at_limit, mut outer) = (0, 0, 0);
    for &(x, count) in values {
        all += count;
        at_limit += if x == limit { count } else { 0 };
        outer += if (x - limit).abs() < outer_half { count } else { 0 };
    }
    let crest = outer as f64 / (outer_half / step).max(1.0).sqrt();
    let enough = (OVER_CREST * crest + OVER_CREST_ERRORS * crest.sqrt())
        .max(OVER_AVERAGE * all as f64 / values.len() as f64)
        .max(FEWEST_AT_LIMIT);
    at_limit as f64 >= enough
}

fn offsets(readings: &[f64], median: f64) -> Option<Offsets> {
    let len = readings.len();
    let later = |at: usize| readings[len / 2 + at * (len / 2) / LATER] - median;
    (len >= SHORTEST_OPENING).then(|| Offsets {
        first: std::array::from_fn(|at| readings[at] - median),
        later: std::array::from_fn(later),
    })
}

/// A hash of shape and readings.
fn digest(recording: &Recording) -> u128 {
    digest_of(recording.axes(), recording.values())
}

/// The same of so many axes, one after the other.
pub(super) fn digest_of<'v>(axes: usize, values: impl IntoIterator<Item = &'v f64>) -> u128 {
    let mut bytes = (axes as u64).to_le_bytes().to_vec();
    for &value in values {
        // -0 reads as 0.
        bytes.extend((value + 0.0).to_le_bytes());
    }
    xxh3_128(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A sine of so many steps, cut off at `limit` of its amplitude.
    fn sine(steps: f64, cycles_per_reading: f64, limit: f64) -> Axis {
        let readings: Vec<f64> = (0..400)
            .map(|row| (std::f64::consts::TAU * cycles_per_reading * f64::from(row)).sin())
            .map(|x| (steps * x.clamp(-limit, limit)).round())
            .collect();
        Axis::of(&readings)
    }

    proptest! {
        // The golden ratio keeps the phases apart, whatever the number of readings.
        #[test]
        fn the_crest_of_a_coarse_sine_is_no_pile(steps in 1.0f64..3000.0, turns in 0u8..3) {
            let axis = sine(steps, 0.618_033_988_749_895 / f64::from(1u8 << turns), 1.0);
            prop_assert!(!axis.piles_at_min && !axis.piles_at_max);
        }

        #[test]
        fn a_sine_cut_off_piles_up_at_both_ends(steps in 100.0f64..3000.0, limit in 0.4f64..0.8) {
            let axis = sine(steps, 0.618_033_988_749_895, limit);
            prop_assert!(axis.piles_at_min && axis.piles_at_max);
        }
    }

    #[test]
    fn a_tone_locked_to_the_sample_rate_is_no_pile() {
        for denominator in 2..13 {
            let axis = sine(1000.0, 1.0 / f64::from(denominator), 1.0);
            assert!(!axis.piles_at_min && !axis.piles_at_max, "1/{denominator}");
        }
    }

    #[test]
    fn one_reading_more_or_less_is_another_digest() {
        let of = |axes, len, values: &[f64]| {
            digest(&Recording::from_axes(axes, len, values.to_vec()).unwrap())
        };
        assert_eq!(of(1, 2, &[1.0, 0.0]), of(1, 2, &[1.0, -0.0]));
        assert_ne!(of(1, 2, &[1.0, 2.0]), of(1, 2, &[2.0, 1.0]));
        assert_ne!(of(1, 2, &[1.0, 2.0]), of(2, 1, &[1.0, 2.0]));
        assert_ne!(of(1, 1, &[1.0]), of(1, 2, &[1.0, 0.0]));
    }
}
