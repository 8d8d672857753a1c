//! Checksums of what the tables hold of a recording, by which a bit that turns on the disk is noticed: CRC-32, one
//! of its row, names and windows, one of its readings.
//!
//! They are of what is read back: a number that is none is nothing in a table, and a zero has no sign.

use crate::UnixMillis;
use crate::recording::NewWindow;

/// What stands in the tables of a recording, its windows and readings aside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) id: i64,
    pub(crate) device: &'a str,
    pub(crate) sequence: Option<i64>,
    pub(crate) start: Option<i64>,
    pub(crate) digest: u64,
    pub(crate) at: UnixMillis,
    pub(crate) taken: Option<&'a str>,
    pub(crate) rate_hz: Option<f64>,
    pub(crate) axes: i64,
    pub(crate) model: Option<&'a str>,
    pub(crate) threshold: Option<f64>,
    pub(crate) file: Option<&'a str>,
}

/// The checksum of a row and its windows, in whatever order those are given.
pub(crate) fn of_row(row: Row<'_>, windows: &[NewWindow]) -> i64 {
    let mut bytes = Vec::with_capacity(160 + 24 * windows.len());
    integer(&mut bytes, Some(row.id));
    text(&mut bytes, Some(row.device));
    integer(&mut bytes, row.sequence);
    integer(&mut bytes, row.start);
    integer(&mut bytes, Some(row.digest.cast_signed()));
    integer(&mut bytes, Some(row.at));
    text(&mut bytes, row.taken);
    real(&mut bytes, row.rate_hz);
    integer(&mut bytes, Some(row.axes));
    text(&mut bytes, row.model);
    // It stands with the model.
    real(&mut bytes, row.model.and(row.threshold));
    text(&mut bytes, row.file);
    let mut put = |window: &NewWindow| {
        bytes.extend(window.start.to_le_bytes());
        real(&mut bytes, window.score);
        real(&mut bytes, window.decision);
        bytes.push(window.verdict as u8);
    };
    if windows.is_sorted_by_key(|window| window.start) {
        windows.iter().for_each(put);
    } else {
        let mut sorted = windows.to_vec();
        sorted.sort_by_key(|window| window.start);
        sorted.iter().for_each(&mut put);
    }
    i64::from(crc32fast::hash(&bytes))
}

/// The checksum of packed readings, with the recording that they are of, and when that came.
pub(crate) fn of_readings(id: i64, at: UnixMillis, packed: &[u8]) -> i64 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&id.to_le_bytes());
    hasher.update(&at.to_le_bytes());
    hasher.update(packed);
    i64::from(hasher.finalize())
}

fn integer(to: &mut Vec<u8>, number: Option<i64>) {
    to.push(u8::from(number.is_some()));
    to.extend(number.unwrap_or_default().to_le_bytes());
}

fn real(to: &mut Vec<u8>, number: Option<f64>) {
    let number = number.filter(|number| !number.is_nan());
    to.push(u8::from(number.is_some()));
    // A zero below zero is a zero there.
    to.extend((number.unwrap_or_default() + 0.0).to_le_bytes());
}

fn text(to: &mut Vec<u8>, text: Option<&str>) {
    integer(to, text.map(|text| text.len() as i64));
    to.extend(text.unwrap_or_default().as_bytes());
}
