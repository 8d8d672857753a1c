//! What is kept of readings that are too many to be held: sums of runs of them, and some of them.

use super::summary::{LATER, OPENING, Offsets};

/// The sample has at most so many readings: every 16th, every 32nd, and so on, as their number grows.
const MOST_SAMPLED: usize = 1 << 16;

/// How far readings of the sample are apart at least.
pub(super) const FIRST_STEP: usize = 16;

/// Readings whose sum is kept, at least, and how many such sums there are at most.
pub(super) const FIRST_BIN: usize = 1024;
const MOST_BINS: usize = 1 << 12;

/// The sums of readings, so many in each.
#[derive(Debug)]
pub(super) struct Bins {
    width: usize,
    sums: Vec<f64>,
}

/// Every so many readings, from the first on.
#[derive(Debug)]
pub(super) struct Sample {
    step: usize,
    pub(super) readings: Vec<f64>,
    /// Readings at the first step that were seen.
    seen: usize,
}

impl Default for Bins {
    fn default() -> Self {
        Self { width: FIRST_BIN, sums: Vec::new() }
    }
}

impl Bins {
    pub(super) fn take(&mut self, sums: &[(usize, f64)]) {
        for (bin, sum) in sums {
            let at = |width: usize| bin * FIRST_BIN / width;
            while at(self.width) >= MOST_BINS {
                self.width *= 2;
                self.sums = self.sums.chunks(2).map(|two| two.iter().sum()).collect();
            }
            let at = at(self.width);
            if at >= self.sums.len() {
                self.sums.resize(at + 1, 0.0);
            }
            self.sums[at] += sum;
        }
    }

    /// The mean of these readings of so many, to within the width of a bin at either end.
    pub(super) fn mean(&self, readings: std::ops::Range<usize>, len: usize) -> f64 {
        // Where these are less than a bin, it is that of the bins in which they are.
        let (mut first, mut end) = (readings.start.div_ceil(self.width), readings.end / self.width);
        if readings.end == len {
            end = self.sums.len();
        }
        if first >= end {
            (first, end) = (readings.start / self.width, readings.end.div_ceil(self.width));
        }
        let count = (end * self.width).min(len) - (first * self.width).min(len);
        let sums = self.sums.get(first..end).unwrap_or_default();
        sums.iter().sum::<f64>() / count.max(1) as f64
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self { step: FIRST_STEP, readings: Vec::new(), seen: 0 }
    }
}

impl Sample {
    pub(super) fn take(&mut self, readings: &[f64]) {
        for &reading in readings {
            if (self.seen * FIRST_STEP).is_multiple_of(self.step) {
                self.readings.push(reading);
            }
            self.seen += 1;
            if self.readings.len() > MOST_SAMPLED {
                self.step *= 2;
                self.readings = self.readings.iter().step_by(2).copied().collect();
            }
        }
    }

    /// How far the first readings, and some of the second half, are from the median.
    pub(super) fn offsets(&self, opening: &[f64], len: usize, median: f64) -> Option<Offsets> {
        let later = |at: usize| {
            let reading = len / 2 + at * (len / 2) / LATER;
            self.readings.get(reading / self.step).map_or(0.0, |x| x - median)
        };
        let first = <[f64; OPENING]>::try_from(opening).ok()?;
        Some(Offsets { first: first.map(|x| x - median), later: std::array::from_fn(later) })
    }
}
