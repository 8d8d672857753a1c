//! A batch: what is kept together, or not at all.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use crate::entry::Entry;
use crate::error::HistoryError;
use crate::known::Few;
use crate::names::MOST;
use crate::recording::{Known, NewRecording, RecordingId};
use crate::segment::HEAD;
use crate::settle::TOO_MUCH;
use crate::shared::{Held, Shared};
use crate::store::{Store, last_recording};

/// What is kept together: dropped without [`Batch::commit`], nothing of it is.
///
/// Recordings alone are only written to the end of a file, and go to the tables later, many at a time. All else
/// goes to the tables at once, and the recordings of its batch with it.
///
/// After an error in one of its steps what that step did in part is still in it: drop it, and begin anew.
#[derive(Debug)]
pub struct Batch<'h> {
    shared: &'h Shared,
    writer: &'h mut Writer,
    /// The tables, once something is written to them.
    held: Option<Held<'h>>,
    added: i64,
    known: Few,
}

/// What a batch after the other needs.
#[derive(Debug)]
pub(crate) struct Writer {
    /// Reads what is in the tables, whoever writes to them.
    lookup: Connection,
    /// The largest number of a recording.
    last: i64,
    /// The largest number that a device gave a recording, at least. None where it gave none.
    largest: HashMap<String, Option<i64>>,
    /// Entries behind room for a head.
    frame: Vec<u8>,
}

impl Writer {
    /// With a connection to look up, and the largest number of a recording that was pending.
    pub(crate) fn new(lookup: Connection, pending: Option<i64>) -> rusqlite::Result<Self> {
        let last = last_recording(&lookup)?.max(pending.unwrap_or(0));
        Ok(Self { lookup, last, largest: HashMap::new(), frame: Vec::new() })
    }

    /// Whether no recording of a device has so large a number: mostly they count on.
    fn is_new(&mut self, shared: &Shared, device: &str, sequence: i64) -> rusqlite::Result<bool> {
        let largest = match self.largest.get(device) {
            Some(largest) => *largest,
            None => {
                // First what is pending: what is taken over meanwhile is in the tables then.
                let pending = shared.pending().largest(device);
                let largest = pending.max(largest_of(&self.lookup, device)?);
                self.remember(device, largest);
                largest
            }
        };
        Ok(largest.is_none_or(|largest| sequence > largest))
    }

    fn remember(&mut self, device: &str, largest: Option<i64>) {
        if self.largest.len() >= MOST {
            self.largest.clear();
        }
        self.largest.insert(device.to_owned(), largest);
    }

    /// Recordings were kept. Of a device that nobody has asked for, more may be in the tables.
    fn kept(&mut self, count: i64, known: &Few) {
        self.last += count;
        for (device, sequence, _) in known.iter() {
            if let Some(largest) = self.largest.get_mut(device) {
                *largest = (*largest).max(Some(sequence));
            }
        }
    }
}

impl<'h> Batch<'h> {
    pub(crate) fn new(shared: &'h Shared, writer: &'h mut Writer) -> Self {
        writer.frame.clear();
        writer.frame.resize(HEAD, 0);
        Self { shared, writer, held: None, added: 0, known: Few::default() }
    }

    /// Writes to the tables, where nothing is pending: from now on nobody else does.
    pub(crate) fn write<T>(
        &mut self,
        deed: impl FnOnce(&mut Store) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        if self.held.is_none() {
            // In a transaction of its own: who reads meanwhile sees it, and has not to wait for this batch.
            let mut held = self.shared.store();
            let store = held.as_mut().ok_or_else(|| HistoryError::gone(&self.shared.place.path))?;
            self.shared.settle_into(store)?;
            self.shared.named(store.begin())?;
            self.held = Some(held);
        }
        let store = self.held.as_mut().and_then(|held| held.as_mut());
        let store = store.ok_or_else(|| HistoryError::gone(&self.shared.place.path))?;
        self.shared.named(deed(store))
    }

    /// Keeps all of it.
    ///
    /// # Errors
    /// Where it could not be written; then nothing of it is kept.
    pub fn commit(mut self) -> Result<(), HistoryError> {
        if self.held.is_some() {
            let frame = std::mem::take(&mut self.writer.frame);
            let entries = frame.get(HEAD..).unwrap_or_default();
            let kept = self.write(|store| {
                store.add(entries, usize::MAX)?;
                store.commit()
            });
            self.writer.frame = frame;
            kept?;
        } else if self.added > 0 {
            // Where there is no room in the tables, nothing more is put before them.
            if self.shared.waiting() >= TOO_MUCH || self.shared.is_full() {
                self.shared.settle()?;
            }
            let bytes = self.writer.frame.len() - HEAD;
            let mut pending = self.shared.pending();
            pending
                .keep(&mut self.writer.frame, &self.known)
                .map_err(HistoryError::at(&self.shared.place.path))?;
            self.shared.waits_too(bytes);
        }
        self.writer.kept(self.added, &self.known);
        Ok(())
    }

    /// The recording that a device sent under this number, if one was kept: of several the newest.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn known(&mut self, device: &str, sequence: u64) -> Result<Option<Known>, HistoryError> {
        let sequence = sequence.cast_signed();
        if let Some(known) = self.known.get(device, sequence) {
            return Ok(Some(known));
        }
        let is_new = self.writer.is_new(self.shared, device, sequence);
        if self.shared.named(is_new)? {
            return Ok(None);
        }
        // First what is pending: what is taken over meanwhile is in the tables then.
        let pending = self.shared.pending().known(device, sequence);
        if pending.is_some() {
            return Ok(pending);
        }
        self.shared.named(find(&self.writer.lookup, device, sequence))
    }

    /// Adds a recording, whatever is known of its number.
    ///
    /// # Errors
    /// Where there is no way to write it down. [`Batch::commit`] says whether there is room.
    pub fn add(&mut self, recording: &NewRecording<'_>) -> Result<RecordingId, HistoryError> {
        let Writer { last, frame, .. } = &mut *self.writer;
        let id = *last + self.added + 1;
        let written = Entry::new(id, recording).write(std::mem::take(frame));
        *frame = written.map_err(HistoryError::at(&self.shared.place.path))?;
        self.added += 1;
        let id = RecordingId(id);
        if let Some(sequence) = recording.sequence {
            let known = Known { recording: id, digest: recording.digest };
            self.known.push(recording.device, sequence.cast_signed(), known);
        }
        Ok(id)
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if let Some(store) = self.held.as_mut().and_then(|held| held.as_mut())
            && !store.connection.is_autocommit()
        {
            store.roll_back();
        }
    }
}

/// The largest number that recordings of a device in the tables have or had.
fn largest_of(connection: &Connection, device: &str) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached(
        "SELECT (SELECT max(sequence) FROM recording
                 WHERE device = d.id AND sequence IS NOT NULL),
             (SELECT max(sequence) FROM forgotten WHERE device = d.id)
         FROM device d WHERE d.name = ?1",
    )?;
    let largest = select.query_row([device], |row| {
        let (there, gone): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
        Ok(there.max(gone))
    });
    Ok(largest.optional()?.flatten())
}

/// The recording in the tables that a device sent under a number.
fn find(connection: &Connection, device: &str, sequence: i64) -> rusqlite::Result<Option<Known>> {
    for query in [
        "SELECT id, digest FROM recording
         WHERE device = (SELECT id FROM device WHERE name = ?1) AND sequence = ?2
         ORDER BY id DESC LIMIT 1",
        "SELECT recording, digest FROM forgotten
         WHERE device = (SELECT id FROM device WHERE name = ?1) AND sequence = ?2
         ORDER BY recording DESC LIMIT 1",
    ] {
        let mut select = connection.prepare_cached(query)?;
        let known = select.query_row((device, sequence), |row| {
            let digest: i64 = row.get(1)?;
            Ok(Known { recording: RecordingId(row.get(0)?), digest: digest.cast_unsigned() })
        });
        if let Some(known) = known.optional()? {
            return Ok(Some(known));
        }
    }
    Ok(None)
}
