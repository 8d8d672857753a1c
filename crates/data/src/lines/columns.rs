//! What the columns are: times, counts, axes.

use super::clock::{Ticks, step};

/// The fewest readings that tell a time from an axis.
const FEWEST: usize = 8;

/// The part of steps at either end that says nothing: readings that are missing, a board that began anew.
const APART: usize = 20;

/// Where readings come at another pace than they were taken, as from a buffer, no more than these were taken in a second:
/// no sensor on a wire of lines is faster.
const FASTEST: f64 = 8_000.0;

/// What came within fewer seconds may have come from a buffer, all at once.
const LIVE: f64 = 0.5;

/// What a time may be in, in s.
const UNITS: [f64; 3] = [1e-6, 1e-3, 1.0];

/// What the columns of some readings are, each counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns {
    pub(super) time: Option<Time>,
    /// Columns that grow as steadily and are no time.
    pub(super) counts: Vec<Count>,
    pub(super) axes: Vec<usize>,
}

/// A column of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Time {
    pub(super) column: usize,
    /// In s.
    pub(super) unit: f64,
    /// The longest step that is no gap.
    pub(super) limit: f64,
}

/// A column that counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Count {
    pub(super) column: usize,
    pub(super) limit: f64,
}

/// A column that grows steadily.
#[derive(Debug, Clone, Copy)]
struct Steady {
    step: f64,
    limit: f64,
    /// Whether it goes on by 1.
    counts: bool,
    steps: f64,
}

impl Columns {
    /// Of readings that stand column by column, and came in so many seconds. `names` are those of the columns, or none.
    pub(super) fn of(columns: &[Vec<f64>], names: &[String], elapsed: f64) -> Self {
        let name = |at: usize| names.get(at).map(String::as_str);
        let steady: Vec<(usize, Steady)> = columns
            .iter()
            .enumerate()
            .filter(|(at, _)| !name(*at).is_some_and(is_axis))
            .filter_map(|(at, values)| Some((at, Steady::of(values)?)))
            .collect();
        let none = Self { time: None, counts: Vec::new(), axes: (0..columns.len()).collect() };
        if steady.len() == columns.len() {
            return none;
        }
        let time = steady.iter().find_map(|&(column, one)| {
            let unit = name(column).and_then(named_unit).or_else(|| one.unit(elapsed))?;
            Some(Time { column, unit, limit: one.limit })
        });
        let is_time = |at: usize| time.is_some_and(|time| time.column == at);
        let others = steady.iter().filter(|(at, _)| !is_time(*at));
        let count = |&(column, one): &(usize, Steady)| Count {
            column,
            limit: if one.counts { 1.5 } else { one.limit },
        };
        let counts = others.map(count).collect();
        let axes = none.axes.into_iter().filter(|at| steady.iter().all(|(other, _)| other != at));
        Self { time, counts, axes: axes.collect() }
    }

    /// The column by which missing readings are told, if there is one, and what reads it.
    pub(super) fn ticks(&self) -> Option<(usize, Ticks)> {
        let time = self.time.map(|time| (time.column, time.limit));
        let count = self.counts.first().map(|count| (count.column, count.limit));
        time.or(count).map(|(column, limit)| (column, Ticks::new(limit)))
    }
}

impl Steady {
    fn of(values: &[f64]) -> Option<Self> {
        if values.len() < FEWEST {
            return None;
        }
        let mut steps: Vec<f64> = values
            .iter()
            .zip(values.iter().skip(1))
            .map(|(last, next)| step(*last, *next))
            .collect();
        steps.sort_by(f64::total_cmp);
        let apart = steps.len() / APART;
        let within = steps.get(apart..steps.len() - apart)?;
        let (least, most) = (*within.first()?, *within.last()?);
        let mean = within.iter().sum::<f64>() / within.len() as f64;
        let resolution = resolution(values);
        let limit = 1.5 * mean + resolution;
        let is_steady = least >= 0.0 && mean > 0.0 && mean >= 0.3 * resolution && most <= limit;
        is_steady.then_some(Self {
            step: mean,
            limit,
            counts: least == 1.0 && most == 1.0,
            steps: steps.len() as f64,
        })
    }

    /// The unit in s, if it is a time: what comes over a wire may be late, but is not there before its time.
    fn unit(&self, elapsed: f64) -> Option<f64> {
        let rate = |unit: f64| 1.0 / (unit * self.step);
        let took = |unit: f64| self.step * self.steps * unit;
        let mut fits = [1e-9].into_iter().chain(UNITS).filter(|_| elapsed >= LIVE);
        let fit = fits.find(|&unit| (0.5..2.0).contains(&(took(unit) / elapsed)));
        if fit.is_some() || self.counts {
            return fit;
        }
        UNITS.into_iter().find(|&unit| rate(unit) <= FASTEST && took(unit) >= 0.5 * elapsed)
    }
}

/// The smallest power of ten that all are whole numbers of; 0 where there is none.
fn resolution(values: &[f64]) -> f64 {
    let is_whole = |scale: f64| {
        values.iter().all(|value| {
            let scaled = value * scale;
            (scaled - scaled.round()).abs() <= 1e-6
        })
    };
    (0..=6)
        .map(|power| 10f64.powi(power))
        .find(|&scale| is_whole(scale))
        .map_or(0.0, |scale| 1.0 / scale)
}

/// Whether a name is that of an axis, whatever its numbers.
fn is_axis(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "x" | "y" | "z" | "ax" | "ay" | "az" | "gx" | "gy" | "gz")
        || name.starts_with("acc")
        || name.starts_with("gyr")
}

/// The unit that a name tells.
fn named_unit(name: &str) -> Option<f64> {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| match word {
        "us" | "µs" | "micros" | "microseconds" => Some(1e-6),
        "ms" | "millis" | "milliseconds" => Some(1e-3),
        "s" | "sec" | "seconds" => Some(1.0),
        _ => None,
    })
}
