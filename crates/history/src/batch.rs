//! A batch: what is kept together, or not at all.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::alert::AlertId;
use crate::entry::Entry;
use crate::error::HistoryError;
use crate::known::{Few, Number};
use crate::late::Numbers;
use crate::names::MOST;
use crate::outbox::TellingId;
use crate::recording::{Known, NewRecording, RecordingId, SeenStart};
use crate::segment::HEAD;
use crate::settle::ROOM;
use crate::shared::{Held, Shared};
use crate::store::{Piece, Store, last_recording};
use crate::tables;

/// Starts of a device whose largest numbers are remembered.
const STARTS: usize = 16;

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

/// A start of a device, and the largest number that it gave a recording since.
type Largest = (Option<i64>, Option<i64>);

/// What a batch after the other needs.
#[derive(Debug)]
pub(crate) struct Writer {
    /// Reads what is in the tables, whoever writes to them.
    lookup: Connection,
    /// The largest number of a recording.
    last: i64,
    /// The largest number that a device gave a recording since a start, at least; of few starts each. None where
    /// it gave none.
    largest: HashMap<String, Vec<Largest>>,
    /// Entries behind room for a head.
    frame: Vec<u8>,
}

impl Writer {
    /// With a connection to look up, and the largest number of a recording that was pending.
    pub(crate) fn new(lookup: Connection, pending: Option<i64>) -> rusqlite::Result<Self> {
        let last = last_recording(&lookup)?.max(pending.unwrap_or(0));
        Ok(Self { lookup, last, largest: HashMap::new(), frame: Vec::new() })
    }

    /// The number that the next recording has.
    pub(crate) fn next(&self) -> i64 {
        self.last + 1
    }

    /// The largest numbers that were given to an alert and a telling.
    pub(crate) fn numbers(&self) -> rusqlite::Result<Numbers> {
        let of = |table: &str| -> rusqlite::Result<i64> {
            let query = "SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = ?1), 0)";
            self.lookup.prepare_cached(query)?.query_row([table], |row| row.get(0))
        };
        Ok(Numbers { alert: AlertId(of("alert")?), telling: TellingId(of("telling")?) })
    }

    /// Whether no recording of a device has so large a number since its start: mostly they count on.
    fn is_new(&mut self, shared: &Shared, device: &str, number: Number) -> rusqlite::Result<bool> {
        let (start, sequence) = number;
        let largest = match self.largest_known(device, start) {
            Some(largest) => *largest,
            None => {
                // First what is pending: what is taken over meanwhile is in the tables then.
                let pending = shared.pending().largest(device, start);
                let largest = pending.max(tables::largest(&self.lookup, device, start)?);
                self.remember(device, start, largest);
                largest
            }
        };
        Ok(largest.is_none_or(|largest| sequence > largest))
    }

    fn largest_known(&mut self, device: &str, start: Option<i64>) -> Option<&mut Option<i64>> {
        let of = self.largest.get_mut(device)?.iter_mut().find(|one| one.0 == start);
        of.map(|one| &mut one.1)
    }

    fn remember(&mut self, device: &str, start: Option<i64>, largest: Option<i64>) {
        if self.largest.len() >= MOST {
            self.largest.clear();
        }
        match self.largest.get_mut(device) {
            Some(of) => {
                if of.len() >= STARTS {
                    of.remove(0);
                }
                of.push((start, largest));
            }
            None => drop(self.largest.insert(device.to_owned(), vec![(start, largest)])),
        }
    }

    /// Recordings were kept. Of a device that nobody has asked for, more may be in the tables.
    fn kept(&mut self, count: i64, known: &Few) {
        self.last += count;
        for (device, (start, sequence), _) in known.iter() {
            if let Some(largest) = self.largest_known(device, start) {
                *largest = (*largest).max(Some(sequence));
            }
        }
    }
}

impl<'h> Batch<'h> {
    pub(crate) fn new(shared: &'h Shared, writer: &'h mut Writer) -> Self {
        writer.frame.clear();
        writer.frame.shrink_to(ROOM);
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
            self.shared.make_place(store, self.writer.frame.len())?;
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
                store.add(entries, Piece::ALL)?;
                store.commit()
            });
            self.writer.frame = frame;
            kept?;
        } else if self.added > 0 {
            // Where there is no room in the tables, nothing more is put before them.
            if self.shared.waiting() >= self.shared.allotment.too_much() || self.shared.is_full() {
                self.shared.settle()?;
            }
            let last = self.writer.last + self.added;
            self.shared.keep(&mut self.writer.frame, &self.known, last)?;
        }
        self.writer.kept(self.added, &self.known);
        Ok(())
    }

    /// The recording that a device sent under this number since a start, if one was kept: of several the newest.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn known(
        &mut self,
        device: &str,
        start: Option<u64>,
        sequence: u64,
    ) -> Result<Option<Known>, HistoryError> {
        let number = (start.map(u64::cast_signed), sequence.cast_signed());
        if let Some(known) = self.known.get(device, number) {
            return Ok(Some(known));
        }
        let is_new = self.writer.is_new(self.shared, device, number);
        if self.shared.named(is_new)? {
            return Ok(None);
        }
        // First what is pending: what is taken over meanwhile is in the tables then.
        let pending = self.shared.pending().known(device, number);
        if pending.is_some() {
            return Ok(pending);
        }
        self.shared.named(tables::find(&self.writer.lookup, device, number))
    }

    /// The starts of a device that are kept: the one of no number, and of those from `from` on the largest so many;
    /// in the order in which they began. What is in this batch is not among them.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn starts(
        &mut self,
        device: &str,
        from: u64,
        most: usize,
    ) -> Result<Vec<SeenStart>, HistoryError> {
        // First what is pending: what is taken over meanwhile is in the tables then.
        let mut starts = self.shared.pending().starts(device);
        starts.retain(|one| one.start.is_none_or(|start| start >= from));
        let kept = tables::starts(&self.writer.lookup, device, from.cast_signed(), most);
        for one in self.shared.named(kept)? {
            match starts.iter_mut().find(|other| other.start == one.start) {
                Some(other) => {
                    other.last = other.last.max(one.last);
                    other.first_recording = other.first_recording.min(one.first_recording);
                    other.last_recording = other.last_recording.max(one.last_recording);
                }
                None => starts.push(one),
            }
        }
        starts.sort_by_key(|one| one.start);
        let opened = starts.partition_point(|one| one.start.is_none());
        starts.drain(opened..starts.len().saturating_sub(most).max(opened));
        starts.sort_by_key(|one| one.first_recording);
        Ok(starts)
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
            let start = recording.start.map(u64::cast_signed);
            self.known.push(recording.device, (start, sequence.cast_signed()), known);
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
