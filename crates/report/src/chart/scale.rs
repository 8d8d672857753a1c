//! From values to places on a chart, and the ticks that say so.

use crate::chart::clock;
use crate::number::decimals;

/// How values of one axis are placed: from `low` at 0 to `high` at 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    kind: Kind,
}

/// What equal steps along it are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Equal differences.
    Linear,
    /// Equal factors.
    Log,
    /// Equal times, in ms since 1970, on a clock that is so many ms ahead of UTC.
    Clock(i64),
}

/// A value that is named on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value.
    pub at: f64,
    /// What stands there.
    pub label: String,
    /// Of a time: how many ms there are to the next tick.
    pub step_ms: Option<i64>,
}

/// The longest that a page's script puts in the place of a day, as the reader's clock has it.
const LONGEST_DAY: &str = "30 Sept";
const DAY_MS: i64 = 86_400_000;

impl Tick {
    fn new(at: f64, label: String) -> Self {
        Self { at, label, step_ms: None }
    }

    /// The widest text that may stand there.
    pub(super) fn widest(&self) -> &str {
        if self.step_ms.is_some_and(|step| step >= DAY_MS) { LONGEST_DAY } else { &self.label }
    }
}

/// Room beside the outermost values of a linear axis, as a share of their range.
const MARGIN: f64 = 0.04;

/// A logarithmic axis shows so many decades at most: what lies lower is not seen beside what is large.
const MOST_DECADES: f64 = 9.0;

/// Magnitudes that lie farther apart are seen best by their logarithms.
const FACTORS: f64 = 20.0;

/// Beyond these, ranges and their ticks are no numbers any more.
const LARGEST: f64 = 1e300;
const SMALLEST: f64 = 1e-300;

/// Ticks have all of their digits up to here, and a power of ten beyond.
const LONGEST: f64 = 1e7;
const MOST_PLACES: usize = 7;

impl Scale {
    /// From `low` to `high`, as they are.
    pub fn exact(low: f64, high: f64) -> Self {
        if low < high { Self { low, high, kind: Kind::Linear } } else { Self::around(low) }
    }

    /// All finite ones of these values, with some room beside them.
    pub fn linear(values: impl IntoIterator<Item = f64>) -> Self {
        match range(values) {
            Some((low, high)) if high - low > SMALLEST => {
                let margin = MARGIN * (high - low);
                Self { low: low - margin, high: high + margin, kind: Kind::Linear }
            }
            Some((low, _)) => Self::around(low),
            None => Self { low: 0.0, high: 1.0, kind: Kind::Linear },
        }
    }

    /// From 0 to the largest of these values.
    pub fn from_zero(values: impl IntoIterator<Item = f64>) -> Self {
        match range(values) {
            Some((_, high)) if high > SMALLEST => {
                Self { low: 0.0, high: high * (1.0 + MARGIN), kind: Kind::Linear }
            }
            _ => Self { low: 0.0, high: 1.0, kind: Kind::Linear },
        }
    }

    /// Times from one to another, in ms since 1970. Round ones are those of a clock that is so many minutes
    /// ahead of UTC.
    pub fn clock(from_ms: i64, to_ms: i64, minutes_ahead: i32) -> Self {
        let kind = Kind::Clock(i64::from(minutes_ahead) * 60_000);
        Self { low: from_ms as f64, high: to_ms.max(from_ms.saturating_add(1)) as f64, kind }
    }

    /// All of these values that are above 0, by their logarithms.
    pub fn log(values: impl IntoIterator<Item = f64>) -> Self {
        let positive = values.into_iter().filter(|x| *x > 0.0).map(|x| x.max(SMALLEST));
        let (low, high) = range(positive).unwrap_or((1.0, 10.0));
        let (low, high) = (low.log10(), high.log10());
        let low = low.max(high - MOST_DECADES);
        let margin = (MARGIN * (high - low)).max(0.05);
        Self { low: 10f64.powf(low - margin), high: 10f64.powf(high + margin), kind: Kind::Log }
    }

    /// Of magnitudes: by their logarithms where all are above 0 and lie factors apart, else linear.
    pub fn of_magnitudes(values: impl IntoIterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        match range(values.iter().copied()) {
            Some((low, high)) if low > 0.0 && high > FACTORS * low => Self::log(values),
            _ => Self::linear(values),
        }
    }

    /// The same from `value` on, or up to it, where it lies outside.
    #[must_use]
    pub fn with(self, value: f64) -> Self {
        if !value.is_finite()
            || self.is_log() && value <= 0.0
            || (self.low..=self.high).contains(&value)
        {
            return self;
        }
        let wide = |factor: f64| if self.is_log() { value * factor } else { value };
        match value < self.low {
            true => Self { low: wide(0.9), ..self },
            false => Self { high: wide(1.1), ..self },
        }
    }

    fn around(value: f64) -> Self {
        let half = (0.1 * value.abs()).max(1e-9);
        let value = if value.is_finite() { value } else { 0.0 };
        Self { low: value - half, high: value + half, kind: Kind::Linear }
    }

    /// The value at its beginning.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The value at its end.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Whether equal steps are equal factors.
    pub fn is_log(&self) -> bool {
        self.kind == Kind::Log
    }

    /// Whether its values are times, in ms since 1970.
    pub fn is_clock(&self) -> bool {
        matches!(self.kind, Kind::Clock(_))
    }

    /// Where a value lies: 0 at the beginning, 1 at the end. What lies below a logarithmic axis is
    /// placed at its beginning.
    pub fn place(&self, value: f64) -> f64 {
        if !self.is_log() || value.is_nan() {
            return (value - self.low) / (self.high - self.low);
        }
        let (low, high) = (self.low.ln(), self.high.ln());
        (value.max(self.low).ln() - low) / (high - low)
    }

    /// Round values on the axis, about `most` of them.
    pub fn ticks(&self, most: usize) -> Vec<Tick> {
        match self.kind {
            Kind::Linear => self.steps(most),
            Kind::Log => self.decades(most),
            Kind::Clock(ahead) => self.times(most, ahead),
        }
    }

    fn steps(&self, most: usize) -> Vec<Tick> {
        let step = nice_step((self.high - self.low) / most.max(1) as f64);
        if !step.is_normal() {
            return Vec::new();
        }
        let places = decimals(step);
        let long = self.low.abs().max(self.high.abs()) >= LONGEST || places > MOST_PLACES;
        // As many digits as tell a tick from the next.
        let digits = |at: f64| (at.abs().log10() + 1e-9).floor() - (step.log10() + 1e-9).floor();
        let label = |at: f64| match long {
            true if at == 0.0 => "0".to_owned(),
            true => format!("{at:.*e}", digits(at).max(0.0) as usize),
            false => format!("{at:.places$}"),
        };
        let (first, last) = ((self.low / step).ceil() as i64, (self.high / step).floor() as i64);
        (first..=last)
            .map(|k| {
                // A negative zero would be written with its sign.
                let at = if k == 0 { 0.0 } else { k as f64 * step };
                Tick::new(at, label(at))
            })
            .collect()
    }

    fn decades(&self, most: usize) -> Vec<Tick> {
        let (first, last) = (self.low.log10().ceil() as i32, self.high.log10().floor() as i32);
        let count = usize::try_from(last - first + 1).unwrap_or(0);
        let within = |ticks: Vec<f64>| -> Vec<Tick> {
            let inside = |x: &f64| (self.low..=self.high).contains(x);
            ticks.into_iter().filter(inside).map(|at| Tick::new(at, power(at))).collect()
        };
        if count >= 3 {
            let each = count.div_ceil(most.max(1)).max(1);
            return within((first..=last).step_by(each).map(|k| 10f64.powi(k)).collect());
        }
        let parts = |of: &[f64]| -> Vec<f64> {
            (first - 1..=last)
                .flat_map(|k| of.iter().map(move |part| part * 10f64.powi(k)))
                .collect()
        };
        let few = within(parts(&[1.0, 2.0, 5.0]));
        match few.len() {
            0 | 1 => self.steps_of_log(most),
            // Of three in a row, one is a power of ten.
            count if count > 2 * most.max(1) => within(parts(&[1.0])),
            _ => few,
        }
    }

    fn times(&self, most: usize, ahead: i64) -> Vec<Tick> {
        let step = clock::step((self.high - self.low) as i64, most);
        let (first, last) = (self.low as i64 + ahead, self.high as i64 + ahead);
        let first = first.div_euclid(step) + i64::from(first.rem_euclid(step) > 0);
        (first..=last.div_euclid(step))
            .map(|k| Tick {
                at: (k * step - ahead) as f64,
                label: clock::label(k * step, step),
                step_ms: Some(step),
            })
            .collect()
    }

    /// Less than a factor of about 2 is nearly linear.
    fn steps_of_log(&self, most: usize) -> Vec<Tick> {
        Self { kind: Kind::Linear, ..*self }.steps(most)
    }
}

fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.into_iter().filter(|x| x.is_finite());
    finite.map(|x| x.clamp(-LARGEST, LARGEST)).fold(None, |range, x| match range {
        None => Some((x, x)),
        Some((low, high)) => Some((x.min(low), x.max(high))),
    })
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
fn nice_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().find(|step| step * power >= least * 0.999_999).unwrap_or(10.0) * power
}

/// A part of a power of ten, as short as it can be read.
fn power(value: f64) -> String {
    if (1e-3..1e5).contains(&value) {
        let places = decimals(value);
        format!("{value:.places$}")
    } else {
        format!("{value:.0e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(scale: Scale, most: usize) -> Vec<String> {
        scale.ticks(most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(Scale::exact(0.0, 1.0), 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(Scale::exact(-12.0, 31.0), 5), ["-10", "0", "10", "20", "30"]);
        assert_eq!(labels(Scale::log([0.002, 60.0]), 6), ["0.01", "0.1", "1", "10"]);
        assert_eq!(labels(Scale::log([3.0, 40.0]), 6), ["5", "10", "20"]);
        assert_eq!(labels(Scale::log([1e-7, 1.0]), 3), ["1e-7", "1e-4", "0.1"]);
        let decades = Scale::log([0.003, 0.6]);
        assert_eq!(labels(decades, 5), ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]);
        assert_eq!(labels(decades, 3), ["0.01", "0.1"]);
    }

    #[test]
    fn ticks_of_large_and_small_values_have_powers() {
        assert_eq!(labels(Scale::exact(-2e30, 2e30), 5), ["-2e30", "-1e30", "0", "1e30", "2e30"]);
        assert_eq!(labels(Scale::exact(0.0, 2.1e-12), 3), ["0", "1e-12", "2e-12"]);
        assert_eq!(labels(Scale::exact(4.1e9, 4.3e9), 2), ["4.1e9", "4.2e9", "4.3e9"]);
        assert_eq!(labels(Scale::exact(0.0, 6e6), 3), ["0", "2000000", "4000000", "6000000"]);
    }

    #[test]
    fn ticks_of_times_are_round_on_the_readers_clock() {
        // 2025-11-25 21:53:20 UTC.
        let start = 1_764_107_600_000;
        let minutes = |count: i64, ahead| Scale::clock(start, start + count * 60_000, ahead);
        assert_eq!(labels(minutes(10, 0), 6), ["21:54", "21:56", "21:58", "22:00", "22:02"]);
        assert_eq!(labels(minutes(60, 330), 3), ["03:30", "04:00"]);
        assert_eq!(labels(minutes(3 * 1440, -60), 4), ["26 Nov", "27 Nov", "28 Nov"]);
        assert_eq!(labels(Scale::clock(start, start + 9000, 0), 3), ["21:53:20", "21:53:25"]);
    }

    #[test]
    fn the_ends_of_all_numbers_have_a_scale() {
        for values in [[f64::MIN, f64::MAX], [0.0, 5e-324], [1.0, f64::MAX]] {
            for scale in [Scale::linear(values), Scale::log(values), Scale::from_zero(values)] {
                assert!(scale.low().is_finite() && scale.high().is_finite());
                assert!(scale.place(1.0).is_finite());
                assert!(scale.ticks(5).len() <= 6);
            }
        }
    }

    #[test]
    fn no_values_and_equal_values_have_a_scale() {
        for scale in [Scale::linear([]), Scale::linear([f64::NAN]), Scale::log([-1.0, 0.0])] {
            assert!(scale.low() < scale.high() && !scale.ticks(5).is_empty());
        }
        for value in [0.0, 3.0, -1e-6, 1e12] {
            let scale = Scale::linear([value, value]);
            assert!((scale.place(value) - 0.5).abs() < 1e-6);
        }
    }

    proptest! {
        #[test]
        fn what_is_on_it_lies_between_0_and_1(
            values in proptest::collection::vec(-1e6..1e6f64, 1..20), most in 2..9usize,
        ) {
            let scale = Scale::linear(values.iter().copied());
            for &value in &values {
                prop_assert!((0.0..=1.0).contains(&scale.place(value)));
            }
            let ticks = scale.ticks(most);
            prop_assert!(ticks.len() <= most + 1);
            prop_assert!(ticks.iter().all(|tick| (-1e-9..=1.0 + 1e-9).contains(&scale.place(tick.at))));
        }

        #[test]
        fn a_log_scale_is_monotone(values in proptest::collection::vec(1e-5..1e5f64, 2..20)) {
            let scale = Scale::log(values.iter().copied());
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert!(sorted.is_sorted_by(|a, b| scale.place(*a) <= scale.place(*b)));
            prop_assert!(scale.place(sorted[sorted.len() - 1]) < 1.0);
        }
    }
}
