//! A board on a port: what comes of it is kept, and people are told of what is wrong with it.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use judder_core::Unit;
use judder_data::lines::{Begun, Event, Gap, Length, Lines, Taken, Unread};
use judder_data::{Collection, Entry, Sync};

use super::port::{Heard, Port};
use crate::output::{counted, note, rounded, say};

/// So many gaps are told of one by one.
const FEW: u64 = 3;

/// What all recordings of a run share.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    pub(super) label: Option<String>,
    pub(super) unit: Option<Unit>,
    /// Whether recordings that a gap or the end cut short are kept.
    pub(super) short: bool,
    /// When the run began: what lines are told times by.
    pub(super) began: Instant,
}

/// A board, and the folder of its recordings.
pub(super) struct Device {
    port: Port,
    name: String,
    lines: Lines,
    collection: Collection,
    shared: Shared,
    kept: u64,
    gaps: u64,
    /// Readings of recordings that were cut short and not kept.
    left_out: u64,
}

impl Device {
    pub(super) fn new(
        port: Port,
        folder: &Path,
        sync: Sync,
        length: Length,
        shared: Shared,
    ) -> anyhow::Result<Self> {
        let collection = Collection::open(folder, sync)?;
        say(format_args!(
            "listening to {} at {} baud, adding to {} ({} there)",
            port.path.display(),
            port.baud,
            folder.display(),
            counted(collection.count(), "recording")
        ));
        let name = port.name();
        let lines = Lines::new(length);
        Ok(Self { port, name, lines, collection, shared, kept: 0, gaps: 0, left_out: 0 })
    }

    /// How many recordings were kept.
    pub(super) fn kept(&self) -> u64 {
        self.kept
    }

    pub(super) fn hear(&mut self, heard: Heard) -> anyhow::Result<()> {
        let events = match heard {
            Heard::Bytes { bytes, at, silent } => {
                self.lines.push(&bytes, at.saturating_duration_since(self.shared.began), silent)
            }
            Heard::Quiet => {
                self.note(format_args!(
                    "nothing comes: does the board run, and is {} baud its rate?",
                    self.port.baud
                ));
                return Ok(());
            }
            Heard::Lost(reason) => {
                let events = self.lines.cut();
                self.note(format_args!("{reason}; it is tried again each second"));
                events
            }
            Heard::Back => {
                self.say(format_args!("it is there again"));
                return Ok(());
            }
        };
        self.take(events)
    }

    /// Keeps what came last, and says what came of all.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        let rate = self.lines.rate_hz();
        let events = self.lines.cut();
        self.take(events)?;
        let readings = counted(self.lines.readings() as usize, "reading");
        let rate = rate.map_or_else(String::new, |rate| format!(", {} Hz", rounded(rate)));
        let gaps = match self.gaps {
            0 => String::new(),
            gaps => format!(", {}", counted(gaps as usize, "gap")),
        };
        let recordings = counted(self.kept as usize, "recording");
        self.say(format_args!("{recordings} of {readings}{rate}{gaps}"));
        if self.left_out > 0 {
            self.say(format_args!(
                "{} before gaps and at the end were too few for a recording, and are left out; --short keeps them",
                counted(self.left_out as usize, "reading")
            ));
        }
        for (kind, count) in self.lines.unread_lines() {
            let lines = counted(count as usize, "line");
            self.say(format_args!("{lines} {}", unread(kind, count == 1)));
        }
        Ok(())
    }

    fn take(&mut self, events: Vec<Event>) -> anyhow::Result<()> {
        for event in events {
            match event {
                Event::Taken(taken) => self.keep(taken)?,
                Event::Begun(begun) => self.say(described(&begun)),
                Event::Gap(gap) => self.gap(gap),
                Event::Unread(kind, line) if line.is_empty() => {
                    self.note(format_args!("a line {}", unread(kind, true)));
                }
                Event::Unread(kind, line) => {
                    self.note(format_args!("a line {}: {line}", unread(kind, true)));
                }
                Event::Garbage => self.note(format_args!(
                    "what comes is no text: is {} baud the rate of the board?",
                    self.port.baud
                )),
                Event::NoNumbers => self.note(
                    "what comes is text without numbers: a line is to be the axes of one reading, as 0.01,-0.02,0.98",
                ),
                Event::TooManyAxes(axes) => anyhow::bail!(
                    "{}: a line has {axes} axes, and a recording has 1 to 8: have the board send fewer",
                    self.port.path.display()
                ),
            }
        }
        Ok(())
    }

    fn keep(&mut self, taken: Taken) -> anyhow::Result<()> {
        let Taken { recording, at, is_whole } = taken;
        if !is_whole && !self.shared.short {
            self.left_out += recording.len() as u64;
            return Ok(());
        }
        let ago = self.shared.began.elapsed().saturating_sub(at);
        let entry = Entry {
            file: String::new(),
            device: Some(self.name.clone()),
            label: self.shared.label.clone(),
            time: time(ago),
            rate_hz: None,
            unit: None,
            sequence: None,
            start: None,
            source: Some("serial".to_owned()),
        };
        self.collection.keep(&recording.with_unit(self.shared.unit), entry)?;
        self.kept += 1;
        Ok(())
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps += 1;
        match gap {
            _ if self.gaps > FEW => return,
            Gap::Missing(Some(seconds)) => self.note(format_args!(
                "readings of {} s are missing; the next recording begins after them",
                rounded(seconds)
            )),
            Gap::Missing(None) => {
                self.note("readings are missing; the next recording begins after them");
            }
            Gap::Reset => self.note("the time of the board began anew; so does a recording"),
        }
        if self.gaps == FEW {
            self.note("other gaps are counted, and told at the end");
        }
    }

    fn say(&self, text: impl std::fmt::Display) {
        say(format_args!("{}: {text}", self.name));
    }

    fn note(&self, text: impl std::fmt::Display) {
        note(format_args!("{}: {text}", self.name));
    }
}

/// So long ago, as it is written beside recordings.
fn time(ago: Duration) -> Option<String> {
    let time = SystemTime::now().checked_sub(ago)?;
    Some(humantime::format_rfc3339_millis(time).to_string())
}

/// What the columns of lines are.
fn described(begun: &Begun) -> String {
    let names = match begun.names.is_empty() {
        true => String::new(),
        false => format!(" ({})", begun.names.join(", ")),
    };
    let axes = if begun.axes == 1 { "1 axis".to_owned() } else { format!("{} axes", begun.axes) };
    let rate = begun.rate_hz.map_or_else(String::new, |rate| format!(" at {} Hz", rounded(rate)));
    let by = match begun.time {
        Some((column, unit)) => format!(" by the time in column {column}, in {}", unit_name(unit)),
        None => " by when they come".to_owned(),
    };
    let counts =
        begun.counts.iter().map(|column| format!("; column {column} counts, and is no axis"));
    let counts: String = counts.collect();
    let length = begun.length.map_or_else(String::new, |length| {
        format!("; recordings of {}", counted(length, "reading"))
    });
    format!("{axes}{names}{rate}{by}{counts}{length}")
}

fn unit_name(unit: f64) -> &'static str {
    match unit {
        unit if unit >= 1.0 => "s",
        unit if unit >= 1e-3 => "ms",
        unit if unit >= 1e-6 => "µs",
        _ => "ns",
    }
}

/// What a line is, or some are, that is no reading.
fn unread(kind: Unread, is_one: bool) -> &'static str {
    match (kind, is_one) {
        (Unread::Text, true) => "is no reading",
        (Unread::Text, false) => "are no readings",
        (Unread::Error, true) => "tells an error of the board",
        (Unread::Error, false) => "tell errors of the board",
        (Unread::Columns, true) => "has other columns than the readings",
        (Unread::Columns, false) => "have other columns than the readings",
        (Unread::NotFinite, true) => "has a number that is not finite",
        (Unread::NotFinite, false) => "have a number that is not finite",
        (Unread::TooLong, true) => "is too long for one of readings",
        (Unread::TooLong, false) => "are too long for ones of readings",
    }
}
