//! A recording as it stands in a segment, until it is in the tables.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};
use serde_bytes::Bytes;

use crate::recording::{NewRecording, NewWindow};
use crate::{Packed, UnixMillis};

/// A recording with the number that it has in the history. The order of the fields is that in the file, and
/// belongs to the version of the tables.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry<'a> {
    pub(crate) id: i64,
    pub(crate) device: &'a str,
    pub(crate) sequence: Option<i64>,
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

impl<'a> Entry<'a> {
    /// A recording under its number.
    pub(crate) fn new(id: i64, recording: &NewRecording<'a>) -> Self {
        Self {
            id,
            device: recording.device,
            sequence: recording.sequence.map(u64::cast_signed),
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

    /// Writes it behind what is in `to`.
    pub(crate) fn write(&self, to: Vec<u8>) -> io::Result<Vec<u8>> {
        postcard::to_extend(self, to).map_err(io::Error::other)
    }

    /// The entry at the front of some bytes, and what is behind it; None where it is damaged.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        postcard::take_from_bytes(bytes).ok()
    }
}
