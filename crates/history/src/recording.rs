//! Recordings and their windows, as they are given and as they come back.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Packed, UnixMillis, Verdict};

/// A recording in the history. No two ever have the same number, not even when one is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId(pub i64);

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A start of a device, under which it counts its recordings: the numbers of its board, and those that were opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenStart {
    /// The start; none where the board says none.
    pub start: Option<u64>,
    /// The largest number in it.
    pub last: u64,
    /// The recording of its smallest number.
    pub first_recording: RecordingId,
    /// The recording of its largest number.
    pub last_recording: RecordingId,
}

/// A recording that was kept before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Which; it may have been pruned since.
    pub recording: RecordingId,
    /// The digest of its contents that was given.
    pub digest: u64,
}

/// A recording to be added.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewRecording<'a> {
    /// The name of the device.
    pub device: &'a str,
    /// The number that the device gave it.
    pub sequence: Option<u64>,
    /// The start that this number is one of; none where the device says none.
    pub start: Option<u64>,
    /// A digest of its contents, to tell a repeat from another recording of the same number.
    pub digest: u64,
    /// When it came, by the server's clock.
    pub at: UnixMillis,
    /// When it was taken, as the device says it.
    pub taken: Option<&'a str>,
    /// Sample rate in Hz.
    pub rate_hz: Option<f64>,
    /// How many axes it has.
    pub axes: usize,
    /// Its readings, if they are to be kept.
    pub readings: Option<&'a Packed>,
    /// The model that scored it.
    pub model: Option<&'a str>,
    /// The threshold of that model.
    pub threshold: Option<f64>,
    /// Its windows; no two start at the same reading.
    pub windows: &'a [NewWindow],
    /// The file that it is kept in.
    pub file: Option<&'a str>,
}

/// A window of a recording to be added.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NewWindow {
    /// Its first reading.
    pub start: u32,
    /// How far from normal it is.
    pub score: Option<f64>,
    /// The score that was judged: averaged over windows, say.
    pub decision: Option<f64>,
    /// What it was found to be.
    pub verdict: Verdict,
}

/// A window as it was given; a score that is not a number has become none.
pub type StoredWindow = NewWindow;

/// A recording with all that is left of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRecording {
    /// Its number in the history.
    pub id: RecordingId,
    /// The name of the device.
    pub device: String,
    /// The number that the device gave it.
    pub sequence: Option<u64>,
    /// The start that this number is one of; none where the device says none.
    pub start: Option<u64>,
    /// The digest of its contents that was given.
    pub digest: u64,
    /// When it came.
    pub at: UnixMillis,
    /// When it was taken, as the device said it.
    pub taken: Option<String>,
    /// Sample rate in Hz.
    pub rate_hz: Option<f64>,
    /// How many axes it has.
    pub axes: usize,
    /// Its readings `[axes, readings]`, axis by axis; empty where they were not kept or are pruned.
    pub readings: Vec<f32>,
    /// The model that scored it.
    pub model: Option<Arc<str>>,
    /// The threshold of that model.
    pub threshold: Option<f64>,
    /// Its windows, in order.
    pub windows: Vec<StoredWindow>,
    /// The file that it is kept in.
    pub file: Option<String>,
}

/// A line in a list of recordings.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordingLine {
    /// Its number in the history.
    pub id: RecordingId,
    /// When it came.
    pub at: UnixMillis,
    /// The number that the device gave it.
    pub sequence: Option<u64>,
    /// The start that this number is one of; none where the device says none.
    pub start: Option<u64>,
    /// How many windows it has.
    pub windows: usize,
    /// The worst verdict of its windows.
    pub worst: Option<Verdict>,
    /// The largest score of its windows.
    pub score: Option<f64>,
    /// Whether its readings are there.
    pub has_readings: bool,
    /// The file that it is kept in.
    pub file: Option<String>,
}
