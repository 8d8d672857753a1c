//! Lines of numbers as boards send them over a wire: what is in them, and recordings cut of them.
//!
//! Nothing is read here: whoever has the wire says what came and when. Recordings depend on the bytes, not on how they
//! were handed over; without a column of times their rate is that at which they came.

mod clock;
mod columns;
mod cutter;
mod pending;
mod row;
mod splitter;

use std::time::Duration;

use judder_core::MAX_AXES;

use crate::Recording;

use cutter::{Before, Cutter};
pub use cutter::{Gap, Taken};
use pending::Pending;
use row::{Row, What};
use splitter::Splitter;

/// So many lines in a row that are alike, and unlike those before, are what the board sends from now on.
const ANOTHER: usize = 16;

/// A silence of so many seconds is a gap where no column counts or tells the time.
const SILENCE: f64 = 0.5;

/// And one of so many readings.
const SILENT_READINGS: f64 = 10.0;

/// From so many bytes without a reading it is said what they are.
const UNREAD_BYTES: u64 = 400;

/// The same in lines.
const UNREAD_LINES: u64 = 50;

/// How long a recording is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// So many readings.
    Readings(usize),
    /// So many seconds, at the rate of the readings.
    Seconds(f64),
}

/// What came of some bytes.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// What the columns of the lines are is known now.
    Begun(Begun),
    /// A recording was taken.
    Taken(Taken),
    /// Readings are missing, or the board began anew; no recording goes across.
    Gap(Gap),
    /// The first line of its kind that is no reading, shortened.
    Unread(Unread, String),
    /// What comes is no text.
    Garbage,
    /// What comes is text, but no numbers.
    NoNumbers,
    /// A line has more numbers, without times and counts, than a recording may have axes.
    TooManyAxes(usize),
}

/// What the columns of the lines are.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// The axes.
    pub axes: usize,
    /// Their names, where the lines have some.
    pub names: Vec<String>,
    /// The column of the time, counted from 1, and the length of its unit in s.
    pub time: Option<(usize, f64)>,
    /// Columns that count, counted from 1.
    pub counts: Vec<usize>,
    /// The readings in a recording.
    pub length: Option<usize>,
    /// The sample rate in Hz, as far as it is known.
    pub rate_hz: Option<f64>,
}

/// Why a line is no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// It is text.
    Text,
    /// It begins with `ERR`.
    Error,
    /// It has another number of columns, or other names.
    Columns,
    /// A number in it is not finite.
    NotFinite,
    /// It is longer than a line of readings may be.
    TooLong,
}

/// How many kinds there are.
const KINDS: usize = 5;

/// Takes what comes over a wire, and cuts recordings of it. It holds a recording at most, or what came in the first
/// seconds.
#[derive(Debug)]
pub struct Lines {
    wanted: Length,
    splitter: Splitter,
    state: State,
    /// Lines of another form that followed each other.
    others: Vec<(Row, f64)>,
    /// Whether a reading is missing before the next one, and no column would tell.
    broken: bool,
    /// The rate of what came before.
    rate_hz: Option<f64>,
    before: Option<Before>,
    /// Of recordings cut so far.
    length: Option<usize>,
    unread: [u64; KINDS],
    /// What came since the last reading: bytes, those of no text, lines.
    since: (u64, u64, u64),
    told: bool,
    readings: u64,
    events: Vec<Event>,
}

#[derive(Debug)]
enum State {
    /// Too little came to tell what it is.
    Pending(Pending),
    Cutting(Box<Cutter>),
}

impl Lines {
    /// What cuts recordings of this length. The first line is left out: it may be half.
    pub fn new(length: Length) -> Self {
        Self {
            wanted: length,
            splitter: Splitter::default(),
            state: State::Pending(Pending::default()),
            others: Vec::new(),
            broken: false,
            rate_hz: None,
            before: None,
            length: None,
            unread: [0; KINDS],
            since: (0, 0, 0),
            told: false,
            readings: 0,
            events: Vec::new(),
        }
    }

    /// Takes the bytes that follow. They came at `at`, by a clock that only goes on, after nothing had come for `silent`.
    pub fn push(&mut self, bytes: &[u8], at: Duration, silent: Duration) -> Vec<Event> {
        let at = at.as_secs_f64();
        self.silence(silent.as_secs_f64());
        self.since.0 += bytes.len() as u64;
        self.since.1 += bytes.iter().filter(|&&byte| is_garbage(byte)).count() as u64;
        let mut splitter = std::mem::take(&mut self.splitter);
        splitter.push(bytes, |line| match line {
            Some(line) => self.line(line, at),
            None => {
                self.since.2 += 1;
                self.unread(Unread::TooLong, b"");
                self.broken = true;
            }
        });
        self.splitter = splitter;
        self.tell();
        self.decide(false);
        std::mem::take(&mut self.events)
    }

    /// Where the wire was cut: what came of it whole is given, and the next line is left out.
    pub fn cut(&mut self) -> Vec<Event> {
        self.splitter = Splitter::default();
        self.begin_anew();
        std::mem::take(&mut self.events)
    }

    /// How many readings were taken.
    pub fn readings(&self) -> u64 {
        self.readings
    }

    /// The lines that were no readings, by kind.
    pub fn unread_lines(&self) -> impl Iterator<Item = (Unread, u64)> + '_ {
        let kinds =
            [Unread::Text, Unread::Error, Unread::Columns, Unread::NotFinite, Unread::TooLong];
        kinds.into_iter().zip(self.unread).filter(|(_, count)| *count > 0)
    }

    /// The sample rate of what came last, in Hz.
    pub fn rate_hz(&self) -> Option<f64> {
        match &self.state {
            State::Pending(_) => self.rate_hz,
            State::Cutting(cutter) => cutter.rate_hz(),
        }
    }

    fn silence(&mut self, silent: f64) {
        let step = self.rate_hz().map_or(0.0, |rate| SILENT_READINGS / rate);
        if silent > SILENCE.max(step) {
            self.broken = true;
        }
    }

    fn line(&mut self, line: &[u8], at: f64) {
        self.since.2 += 1;
        match Row::read(line) {
            What::Blank => self.since.2 -= 1,
            What::Row(row) => self.row(row, at),
            What::Unread(kind, damaged) => {
                self.unread(kind, line);
                self.broken |= damaged;
            }
        }
    }

    fn row(&mut self, row: Row, at: f64) {
        let is_alike = match &self.state {
            State::Pending(pending) => pending.is_like(&row),
            State::Cutting(cutter) => row.is_like(cutter.form()),
        };
        if is_alike {
            for (other, _) in std::mem::take(&mut self.others) {
                self.other(&other);
            }
            self.take(row, at);
            return;
        }
        if self.others.last().is_some_and(|(last, _)| !row.is_like(last)) {
            for (other, _) in std::mem::take(&mut self.others) {
                self.other(&other);
            }
        }
        self.others.push((row, at));
        if self.others.len() == ANOTHER {
            let others = std::mem::take(&mut self.others);
            self.set_aside();
            self.begin_anew();
            others.into_iter().for_each(|(row, at)| self.take(row, at));
        }
    }

    /// What came first was a line or two among others.
    fn set_aside(&mut self) {
        let State::Pending(pending) = &mut self.state else { return };
        if pending.len() >= ANOTHER {
            return;
        }
        let pending = std::mem::take(pending);
        self.readings -= pending.len() as u64;
        if let Some(form) = pending.form() {
            (0..pending.len()).for_each(|_| self.other(form));
        }
    }

    /// A line of another form among readings.
    fn other(&mut self, row: &Row) {
        self.unread(Unread::Columns, row.shown().as_bytes());
        self.broken |= row.names.is_empty();
    }

    fn take(&mut self, row: Row, at: f64) {
        self.since = (0, 0, 0);
        self.told = false;
        self.readings += 1;
        let broken = std::mem::take(&mut self.broken);
        match &mut self.state {
            State::Pending(pending) => pending.push(row, at, broken),
            State::Cutting(cutter) => cutter.push(&row.values, at, broken, &mut self.events),
        }
    }

    /// Looks what the columns are, once enough came, or nothing more comes.
    fn decide(&mut self, at_once: bool) {
        let State::Pending(pending) = &mut self.state else { return };
        if pending.len() == 0 || !(at_once || pending.is_enough()) {
            return;
        }
        let pending = std::mem::take(pending);
        let columns = pending.columns();
        if columns.axes.len() > MAX_AXES {
            self.events.push(Event::TooManyAxes(columns.axes.len()));
            return;
        }
        let rate = pending.rate(&columns);
        self.length = match self.wanted {
            Length::Readings(length) => Some(length),
            Length::Seconds(seconds) => cutter::length(seconds, rate, self.length),
        };
        let Some(cutter) = Cutter::new(&pending, columns, self.length) else { return };
        self.events.push(Event::Begun(cutter.begun(rate)));
        let mut cutter = Box::new(cutter);
        if let Some(before) = self.before.take() {
            cutter.go_on(before, rate);
        }
        pending.replay(|row, at, broken| cutter.push(row, at, broken, &mut self.events));
        self.state = State::Cutting(cutter);
    }

    /// Gives what came so far; what comes next may be anything.
    fn begin_anew(&mut self) {
        for (other, _) in std::mem::take(&mut self.others) {
            self.other(&other);
        }
        self.decide(true);
        let state = std::mem::replace(&mut self.state, State::Pending(Pending::default()));
        if let State::Cutting(mut cutter) = state {
            self.rate_hz = cutter.rate_hz();
            cutter.close(&mut self.events);
            self.before = Some(cutter.before());
        }
        self.broken = false;
    }

    fn unread(&mut self, kind: Unread, line: &[u8]) {
        let Some(count) = self.unread.get_mut(kind as usize) else { return };
        *count += 1;
        if *count == 1 {
            let text = String::from_utf8_lossy(line);
            self.events.push(Event::Unread(kind, crate::error::shown(&text, 60)));
        }
    }

    /// Says once what it is that nothing is read from.
    fn tell(&mut self) {
        let (bytes, garbage, lines) = self.since;
        if self.told || bytes < UNREAD_BYTES {
            return;
        }
        if garbage > bytes / 5 {
            self.events.push(Event::Garbage);
            self.told = true;
        } else if lines >= UNREAD_LINES {
            self.events.push(Event::NoNumbers);
            self.told = true;
        }
    }
}

fn is_garbage(byte: u8) -> bool {
    !matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// Readings, row by row, as a recording.
fn recording(rows: &[f64], axes: usize) -> Option<Recording> {
    let len = rows.len().checked_div(axes)?;
    let values = (0..axes).flat_map(|axis| rows.iter().skip(axis).step_by(axes).copied()).collect();
    Recording::from_axes(axes, len, values)
}

#[cfg(test)]
mod tests;
