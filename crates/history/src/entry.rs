//! A recording as it stands in a segment, until it is in the tables.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};
use serde_bytes::Bytes;

use crate::checksum;
use crate::recording::{NewRecording, NewWindow};
use crate::{Packed, UnixMillis, Verdict};

/// The form of entries, which stands before them in a frame: a later judder may have others.
pub(crate) const FORM: u8 = 2;

/// A recording with the number that it has in the history. The order of the fields is that in the file, and
/// belongs to the form.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry<'a> {
    pub(crate) id: i64,
    pub(crate) device: &'a str,
    pub(crate) sequence: Option<i64>,
    pub(crate) start: Option<i64>,
    pub(crate) digest: u64,
    pub(crate) at: UnixMillis,
    pub(crate) taken: Option<&'a str>,
    pub(crate) rate_hz: Option<f64>,
    pub(crate) axes: u64,
    pub(crate) model: Option<&'a str>,
    pub(crate) threshold: Option<f64>,
    pub(crate) file: Option<&'a str>,
    pub(crate) windows: Cow<'a, [NewWindow]>,
    /// Readings as [`Packed`] has them; nothing where there are none.
    pub(crate) readings: &'a Bytes,
}

/// The same in the first form, of judder 0.1: without a start, and without a form before it.
#[derive(Debug, Deserialize)]
struct FirstForm<'a> {
    id: i64,
    device: &'a str,
    sequence: Option<i64>,
    digest: u64,
    at: UnixMillis,
    taken: Option<&'a str>,
    rate_hz: Option<f64>,
    axes: u64,
    model: Option<&'a str>,
    threshold: Option<f64>,
    file: Option<&'a str>,
    windows: Vec<FirstWindow>,
    readings: &'a Bytes,
}

/// A window in the first form.
#[derive(Debug, Deserialize)]
struct FirstWindow {
    start: u32,
    score: Option<f64>,
    decision: Option<f64>,
    verdict: Verdict,
}

/// Writes entries of the first form behind what is in `to`, as they are written now; None where they are damaged.
pub(crate) fn of_first_form(mut to: Vec<u8>, mut entries: &[u8]) -> Option<Vec<u8>> {
    while !entries.is_empty() {
        let (first, rest) = postcard::take_from_bytes::<FirstForm<'_>>(entries).ok()?;
        let entry = Entry {
            id: first.id,
            device: first.device,
            sequence: first.sequence,
            start: None,
            digest: first.digest,
            at: first.at,
            taken: first.taken,
            rate_hz: first.rate_hz,
            axes: first.axes,
            model: first.model,
            threshold: first.threshold,
            file: first.file,
            windows: first.windows.iter().map(FirstWindow::now).collect(),
            readings: first.readings,
        };
        to = entry.write(to).ok()?;
        entries = rest;
    }
    Some(to)
}

impl FirstWindow {
    fn now(&self) -> NewWindow {
        let Self { start, score, decision, verdict } = *self;
        NewWindow { start, score, decision, verdict }
    }
}

impl<'a> Entry<'a> {
    /// A recording under its number.
    pub(crate) fn new(id: i64, recording: &NewRecording<'a>) -> Self {
        Self {
            id,
            device: recording.device,
            sequence: recording.sequence.map(u64::cast_signed),
            start: recording.start.map(u64::cast_signed),
            digest: recording.digest,
            at: recording.at,
            taken: recording.taken,
            rate_hz: recording.rate_hz,
            axes: recording.axes as u64,
            model: recording.model,
            threshold: recording.threshold,
            file: recording.file,
            windows: Cow::Borrowed(recording.windows),
            readings: Bytes::new(recording.readings.map_or(&[], Packed::as_bytes)),
        }
    }

    /// The checksum of what comes of it in the tables, readings aside.
    pub(crate) fn checksum(&self) -> i64 {
        let row = checksum::Row {
            id: self.id,
            device: self.device,
            sequence: self.sequence,
            start: self.start,
            digest: self.digest,
            at: self.at,
            taken: self.taken,
            rate_hz: self.rate_hz,
            axes: i64::try_from(self.axes).unwrap_or(i64::MAX),
            model: self.model,
            threshold: self.threshold,
            file: self.file,
        };
        checksum::of_row(row, &self.windows)
    }

    /// Writes it behind what is in `to`.
    pub(crate) fn write(&self, to: Vec<u8>) -> io::Result<Vec<u8>> {
        postcard::to_extend(self, to).map_err(io::Error::other)
    }

    /// The entry at the front of some bytes, and what is behind it; None where it is damaged.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        postcard::take_from_bytes(bytes).ok()
    }
}
