//! The rate of readings: by when they came, or by a column of times.

/// Half of what a counter of 32 bits holds: one above it that goes on near 0 went round.
const HALF: f64 = 2_147_483_648.0;

/// A line through the numbers of readings and when they came, whose slope is the time from one to the next. Stretches
/// between gaps have one slope, and an offset each.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals {
    /// Σ(k − k̄)² and Σ(k − k̄)(t − t̄) of the stretches before.
    before: (f64, f64),
    /// The same of this one, in which readings were counted, and the means.
    now: (f64, f64),
    count: f64,
    means: (f64, f64),
    number: f64,
    /// When the first ones came: what had waited in a buffer says nothing.
    first: Option<f64>,
}

impl Arrivals {
    /// A reading came at this time, in s.
    pub(super) fn push(&mut self, at: f64) {
        self.number += 1.0;
        if *self.first.get_or_insert(at) >= at {
            return;
        }
        self.count += 1.0;
        let (by_number, by_time) = (self.number - self.means.0, at - self.means.1);
        self.means.0 += by_number / self.count;
        self.means.1 += by_time / self.count;
        self.now.0 += by_number * (self.number - self.means.0);
        self.now.1 += by_number * (at - self.means.1);
    }

    /// Readings are missing here.
    pub(super) fn gap(&mut self) {
        let before = (self.before.0 + self.now.0, self.before.1 + self.now.1);
        *self = Self { before, ..Self::default() };
    }

    /// The rate in Hz.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        let (numbers, times) = (self.before.0 + self.now.0, self.before.1 + self.now.1);
        let rate = numbers / times;
        // No clock is more exact than this.
        (rate.is_finite() && rate > 0.0).then(|| (1e3 * rate).round() / 1e3)
    }
}

/// A column of times, or one that counts.
#[derive(Debug, Clone)]
pub(super) struct Ticks {
    /// The longest step between two readings that follow each other.
    limit: f64,
    last: Option<f64>,
    /// The sum of steps that are no gaps, and how many there are.
    steps: (f64, f64),
}

/// What is between two readings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Between {
    Nothing,
    /// So much of the column is missing.
    Gap(f64),
    /// The column begins anew.
    Reset,
}

impl Ticks {
    pub(super) fn new(limit: f64) -> Self {
        Self { limit, last: None, steps: (0.0, 0.0) }
    }

    pub(super) fn push(&mut self, value: f64) -> Between {
        let Some(last) = self.last.replace(value) else { return Between::Nothing };
        let step = step(last, value);
        if step < 0.0 {
            return Between::Reset;
        }
        if step > self.limit {
            return Between::Gap(step);
        }
        self.steps.0 += step;
        self.steps.1 += 1.0;
        Between::Nothing
    }

    /// The readings to one unit of the column.
    pub(super) fn per_unit(&self) -> Option<f64> {
        let per_unit = self.steps.1 / self.steps.0;
        (per_unit.is_finite() && per_unit > 0.0).then_some(per_unit)
    }
}

/// From one time to the next; one of 32 bits may have gone round.
pub(super) fn step(last: f64, next: f64) -> f64 {
    let step = next - last;
    let round = step + 2.0 * HALF;
    let may = last > HALF && last < 2.0 * HALF && (0.0..HALF).contains(&round);
    if step < 0.0 && may { round } else { step }
}
