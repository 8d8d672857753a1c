//! Recordings out of readings, none across a gap.

use std::time::Duration;

use super::clock::{Arrivals, Between, Ticks};
use super::columns::Columns;
use super::pending::Pending;
use super::row::Row;
use super::{Begun, Event, recording};
use crate::Recording;

/// The most numbers in a recording.
const MOST: usize = 1 << 24;

/// Lengths that differ by less are one length: no clock is the same each time.
const ALIKE: f64 = 0.02;

/// A rate of two digits that is as near as this is what was meant.
const MEANT: f64 = 0.005;

/// A recording, and when the first of its readings came.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// Its readings, and their rate as far as it is known.
    pub recording: Recording,
    /// By the clock of [`Lines::push`](super::Lines::push).
    pub at: Duration,
    /// Whether it is as long as was asked for; else a gap came before.
    pub is_whole: bool,
}

/// Why one recording ends and another begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gap {
    /// Readings are missing; for how many seconds, where that is known.
    Missing(Option<f64>),
    /// The time or count of the board began anew.
    Reset,
}

/// How often lines came before a cable was pulled, and of which form they were.
#[derive(Debug)]
pub(super) struct Before {
    form: Row,
    arrivals: Arrivals,
}

/// Cuts readings of one form.
#[derive(Debug)]
pub(super) struct Cutter {
    form: Row,
    columns: Columns,
    ticks: Option<(usize, Ticks)>,
    arrivals: Arrivals,
    /// Readings in a recording.
    length: Option<usize>,
    /// Those of the next one, row by row, and when the first came.
    rows: Vec<f64>,
    at: f64,
}

impl Cutter {
    pub(super) fn new(pending: &Pending, columns: Columns, length: Option<usize>) -> Option<Self> {
        let ticks = columns.ticks();
        Some(Self {
            form: pending.form()?.clone(),
            ticks,
            arrivals: Arrivals::default(),
            length,
            rows: Vec::new(),
            at: 0.0,
            columns,
        })
    }

    /// Goes on with the rate that was measured before a cable was pulled, if the lines are still alike and come about as
    /// often.
    pub(super) fn go_on(&mut self, before: Before, rate: Option<f64>) {
        let Before { form, mut arrivals } = before;
        let is_alike = |(now, before): (f64, f64)| (now / before - 1.0).abs() <= ALIKE;
        if form.is_like(&self.form) && rate.zip(arrivals.rate_hz()).is_some_and(is_alike) {
            arrivals.gap();
            self.arrivals = arrivals;
        }
    }

    /// What is known of the rate, for who goes on.
    pub(super) fn before(self) -> Before {
        Before { form: self.form, arrivals: self.arrivals }
    }

    /// A reading as all are.
    pub(super) fn form(&self) -> &Row {
        &self.form
    }

    /// What it knows, for people.
    pub(super) fn begun(&self, rate_hz: Option<f64>) -> Begun {
        let names = self.columns.axes.iter().filter_map(|&axis| self.form.names.get(axis).cloned());
        Begun {
            axes: self.columns.axes.len(),
            names: names.collect(),
            time: self.columns.time.map(|time| (time.column + 1, time.unit)),
            counts: self.columns.counts.iter().map(|count| count.column + 1).collect(),
            length: self.length,
            rate_hz,
        }
    }

    /// The rate in Hz: by the column of times, else by when readings came.
    pub(super) fn rate_hz(&self) -> Option<f64> {
        match (self.columns.time, &self.ticks) {
            (Some(time), Some((_, ticks))) => {
                let rate = ticks.per_unit()? / time.unit;
                Some((1e6 * rate).round() / 1e6)
            }
            _ => self.arrivals.rate_hz(),
        }
    }

    pub(super) fn push(&mut self, row: &[f64], at: f64, broken: bool, events: &mut Vec<Event>) {
        let between = match &mut self.ticks {
            Some((column, ticks)) => {
                row.get(*column).map_or(Between::Nothing, |&value| ticks.push(value))
            }
            None if broken => Between::Gap(f64::NAN),
            None => Between::Nothing,
        };
        let gap = match between {
            Between::Nothing => None,
            Between::Gap(step) => {
                Some(Gap::Missing(self.columns.time.map(|time| step * time.unit)))
            }
            Between::Reset => Some(Gap::Reset),
        };
        if let Some(gap) = gap {
            self.arrivals.gap();
            self.close(events);
            events.push(Event::Gap(gap));
        }
        self.arrivals.push(at);
        if self.rows.is_empty() {
            self.at = at;
        }
        self.rows.extend(self.columns.axes.iter().filter_map(|&axis| row.get(axis)));
        let axes = self.columns.axes.len().max(1);
        let length = self.length.unwrap_or(MOST).min(MOST / axes);
        if self.rows.len() >= length * axes {
            self.take(true, events);
        }
    }

    /// Ends the recording here, whatever its length.
    pub(super) fn close(&mut self, events: &mut Vec<Event>) {
        if !self.rows.is_empty() {
            self.take(false, events);
        }
    }

    fn take(&mut self, is_whole: bool, events: &mut Vec<Event>) {
        let recording = recording(&self.rows, self.columns.axes.len());
        self.rows.clear();
        let Some(recording) = recording else { return };
        let recording = recording.with_rate(self.rate_hz());
        let at = Duration::try_from_secs_f64(self.at).unwrap_or_default();
        events.push(Event::Taken(Taken { recording, at, is_whole }));
    }
}

/// The readings in a recording of so many seconds; as many as before where it is about as many.
pub(super) fn length(seconds: f64, rate: Option<f64>, before: Option<usize>) -> Option<usize> {
    let Some(rate) = rate else { return before };
    let scale = 10f64.powf(rate.log10().floor() - 1.0);
    let round = (rate / scale).round() * scale;
    let rate = if (round / rate - 1.0).abs() <= MEANT { round } else { rate };
    let length = (seconds * rate).round().clamp(1.0, MOST as f64) as usize;
    let is_alike = |before: &usize| (length as f64 / *before as f64 - 1.0).abs() <= ALIKE;
    Some(before.filter(is_alike).unwrap_or(length))
}
