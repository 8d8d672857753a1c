//! A recording as it is read back, and whether it is as it was kept.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};

use crate::checksum;
use crate::damage::{Damage, Flaw};
use crate::packed::unpack;
use crate::recording::{NewWindow, RecordingId, StoredRecording};

/// A recording, and what its checksums say.
pub(crate) struct Found {
    pub(crate) recording: StoredRecording,
    /// What is not as it was kept.
    pub(crate) flaw: Option<Flaw>,
    /// Whether there was no checksum to tell by: a judder kept it that wrote none.
    pub(crate) unproven: bool,
}

impl Found {
    /// What is damaged, if something is.
    pub(crate) fn damage(&self) -> Option<Damage> {
        let StoredRecording { id, device, sequence, at, .. } = &self.recording;
        Some(Damage {
            recording: Some(*id),
            device: Some(device.clone()),
            sequence: *sequence,
            at: Some(*at),
            flaw: self.flaw.clone()?,
        })
    }
}

/// What the query of a recording gives beside it.
struct Kept {
    device: i64,
    model: Option<i64>,
    row: Option<i64>,
    /// Packed readings with their time and checksum.
    readings: Option<(Vec<u8>, i64, Option<i64>)>,
}

/// Reads a recording, if it is there; all of it at one moment, where the connection is in a transaction.
pub(crate) fn find(connection: &Connection, id: RecordingId) -> rusqlite::Result<Option<Found>> {
    let mut select = connection.prepare_cached(
        "SELECT d.name, r.sequence, r.digest, r.at, r.taken, r.rate_hz, r.axes, r.file,
             m.name, m.threshold, n.numbers, r.device, r.start, r.model, r.checksum, n.at,
             n.checksum, n.recording
         FROM recording r LEFT JOIN device d ON d.id = r.device LEFT JOIN model m ON m.id = r.model
         LEFT JOIN readings n ON n.recording = r.id WHERE r.id = ?1",
    )?;
    let found = select.query_row([id.0], |row| Ok((stored(id, row)?, kept(row)?)));
    let Some((mut recording, kept)) = found.optional()? else { return Ok(None) };
    let mut select = connection.prepare_cached(
        "SELECT start, score, decision, verdict, model FROM window
         WHERE device = ?1 AND at = ?2 AND recording = ?3 ORDER BY start",
    )?;
    let mut other_model = false;
    let windows = select.query_map([kept.device, recording.at, id.0], |row| {
        other_model |= row.get::<_, Option<i64>>(4)? != kept.model;
        Ok(NewWindow {
            start: row.get(0)?,
            score: row.get(1)?,
            decision: row.get(2)?,
            verdict: row.get(3)?,
        })
    })?;
    recording.windows = windows.collect::<Result<_, _>>()?;
    let mut flaw = match kept.row {
        Some(checksum) if other_model || checksum != of_row(&recording) => Some(Flaw::Row),
        _ => None,
    };
    let mut unproven = kept.row.is_none();
    if let Some((packed, at, checksum)) = kept.readings {
        let is_whole = checksum.is_none_or(|sum| sum == checksum::of_readings(id.0, at, &packed));
        match unpack(&packed) {
            Some(readings) if is_whole => recording.readings = readings,
            _ => flaw = Some(Flaw::Readings),
        }
        unproven |= checksum.is_none();
    }
    Ok(Some(Found { recording, flaw, unproven }))
}

fn of_row(recording: &StoredRecording) -> i64 {
    let row = checksum::Row {
        id: recording.id.0,
        device: &recording.device,
        sequence: recording.sequence.map(u64::cast_signed),
        start: recording.start.map(u64::cast_signed),
        digest: recording.digest,
        at: recording.at,
        taken: recording.taken.as_deref(),
        rate_hz: recording.rate_hz,
        axes: i64::try_from(recording.axes).unwrap_or(i64::MAX),
        model: recording.model.as_deref(),
        threshold: recording.threshold,
        file: recording.file.as_deref(),
    };
    checksum::of_row(row, &recording.windows)
}

/// The recording without its readings and windows.
fn stored(id: RecordingId, row: &Row<'_>) -> rusqlite::Result<StoredRecording> {
    Ok(StoredRecording {
        id,
        // A device that is not there has another checksum than any.
        device: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
        sequence: row.get::<_, Option<i64>>(1)?.map(i64::cast_unsigned),
        start: row.get::<_, Option<i64>>(12)?.map(i64::cast_unsigned),
        digest: row.get::<_, i64>(2)?.cast_unsigned(),
        at: row.get(3)?,
        taken: row.get(4)?,
        rate_hz: row.get(5)?,
        axes: usize::try_from(row.get::<_, i64>(6)?).unwrap_or(usize::MAX),
        file: row.get(7)?,
        model: row.get::<_, Option<Arc<str>>>(8)?,
        threshold: row.get(9)?,
        readings: Vec::new(),
        windows: Vec::new(),
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let readings = match row.get::<_, Option<i64>>(17)? {
        Some(_) => Some((row.get(10)?, row.get(15)?, row.get(16)?)),
        None => None,
    };
    Ok(Kept { device: row.get(11)?, model: row.get(13)?, row: row.get(14)?, readings })
}
