//! Reading, while others write.

use std::sync::Arc;

use rusqlite::{Connection, Params, Row, params};

use crate::UnixMillis;
use crate::check::is_damage;
use crate::damage::{Damage, Flaw};
use crate::error::{HistoryError, Problem};
use crate::found::{self, Found};
use crate::recording::{RecordingId, RecordingLine, StoredRecording};
use crate::shared::Shared;

/// KiB of pages that a reader has at hand.
const CACHE: i64 = 1 << 10;

/// Reads a history while its owner writes: one for each thread. Each call sees what was committed when
/// it began; where the disk is full, what came last may be seen only when there is room again.
#[derive(Debug)]
pub struct Reader {
    pub(crate) connection: Connection,
    shared: Arc<Shared>,
}

/// A device that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// When it was first seen.
    pub first_seen: UnixMillis,
    /// When it was last seen.
    pub last_seen: UnixMillis,
    /// How many recordings came of it, those that are gone included.
    pub recordings: u64,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Devices that were seen.
    pub devices: u64,
    /// Recordings.
    pub recordings: u64,
    /// Windows of them.
    pub windows: u64,
    /// Recordings whose readings are there.
    pub readings: u64,
    /// Alerts.
    pub alerts: u64,
    /// Those of them that are open.
    pub open_alerts: u64,
    /// What is still to be told.
    pub pending: u64,
    /// Bytes on the disk.
    pub bytes: u64,
}

/// So many rows, as the database counts.
pub(crate) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

impl Device {
    /// All that are in the tables, by name.
    pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Self>> {
        let query = "SELECT name, first_seen, last_seen, recordings FROM device
             WHERE name <> '' ORDER BY name";
        let mut select = connection.prepare_cached(query)?;
        let devices = select.query_map([], |row| {
            Ok(Self {
                name: row.get(0)?,
                first_seen: row.get(1)?,
                last_seen: row.get(2)?,
                recordings: row.get::<_, i64>(3)?.cast_unsigned(),
            })
        });
        devices?.collect()
    }
}

impl Reader {
    pub(crate) fn new(shared: &Arc<Shared>) -> Result<Self, HistoryError> {
        let place = &shared.place;
        let connect = || {
            let connection = place.connect(false)?;
            connection.pragma_update(None, "cache_size", -CACHE)?;
            Ok(connection)
        };
        Ok(Self { connection: place.named(connect())?, shared: Arc::clone(shared) })
    }

    /// Reads something, of all that was committed before.
    pub(crate) fn read<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, HistoryError> {
        // Where there is no room for it in the tables now, it is seen later.
        self.shared.settle().or_else(|error| if error.is_full() { Ok(()) } else { Err(error) })?;
        self.shared.place.named(question(&self.connection))
    }

    /// The rows of a query.
    pub(crate) fn list<T>(
        &self,
        query: &str,
        params: impl Params,
        of_row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, HistoryError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(query)?;
            select.query_map(params, of_row)?.collect()
        })
    }

    /// The devices that were seen, by name. Alerts of none, which has the empty name, are of no device.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn devices(&self) -> Result<Vec<Device>, HistoryError> {
        self.read(Device::all)
    }

    /// How much there is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn totals(&self) -> Result<Totals, HistoryError> {
        let query =
            "SELECT (SELECT count(*) FROM device WHERE name <> ''), recordings, windows, readings,
                 (SELECT count(*) FROM alert),
                 (SELECT count(*) FROM alert WHERE cleared_at IS NULL),
                 (SELECT count(*) FROM telling WHERE state = 0)
             FROM total";
        let totals = self.list(query, [], |row| {
            let count = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
            Ok(Totals {
                devices: count(0)?,
                recordings: count(1)?,
                windows: count(2)?,
                readings: count(3)?,
                alerts: count(4)?,
                open_alerts: count(5)?,
                pending: count(6)?,
                bytes: self.shared.place.bytes(),
            })
        })?;
        Ok(totals.first().copied().unwrap_or_default())
    }

    /// Recordings of a device that came from `from` to `to`, both included: the last so many, the last
    /// first. Those of all devices are looked through, from the last one on.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn recordings(
        &self,
        device: &str,
        from: UnixMillis,
        to: UnixMillis,
        most: usize,
    ) -> Result<Vec<RecordingLine>, HistoryError> {
        let query = "SELECT r.id, r.at, r.sequence, r.start, r.file,
                 count(w.start), max(w.verdict), max(w.score),
                 EXISTS (SELECT 1 FROM readings WHERE recording = r.id)
             FROM (SELECT id, device, at, sequence, start, file FROM recording
                   WHERE device = (SELECT id FROM device WHERE name = ?1) AND at BETWEEN ?2 AND ?3
                   ORDER BY id DESC LIMIT ?4) r
             LEFT JOIN window w ON w.device = r.device AND w.at = r.at AND w.recording = r.id
             GROUP BY r.id ORDER BY r.id DESC";
        let most = limit(most);
        self.list(query, params![device, from, to, most], |row| {
            Ok(RecordingLine {
                id: RecordingId(row.get(0)?),
                at: row.get(1)?,
                sequence: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
                start: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
                file: row.get(4)?,
                windows: row.get::<_, u32>(5)? as usize,
                worst: row.get(6)?,
                score: row.get(7)?,
                has_readings: row.get(8)?,
            })
        })
    }

    /// The numbers in the history of recordings of a device that came from `from` to `to`, both included, and stand
    /// behind `after`: the first so many, in order.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn ids(
        &self,
        device: &str,
        from: UnixMillis,
        to: UnixMillis,
        after: Option<RecordingId>,
        most: usize,
    ) -> Result<Vec<RecordingId>, HistoryError> {
        let query = "SELECT id FROM recording
             WHERE device = (SELECT id FROM device WHERE name = ?1) AND at BETWEEN ?2 AND ?3 AND id > ?4
             ORDER BY id LIMIT ?5";
        let after = after.map_or(i64::MIN, |after| after.0);
        self.list(query, params![device, from, to, after, limit(most)], |row| {
            row.get(0).map(RecordingId)
        })
    }

    /// A recording, if it is there.
    ///
    /// # Errors
    /// [`Problem::Altered`] where it is not as it was kept, or where it cannot be read.
    pub fn recording(&self, id: RecordingId) -> Result<Option<StoredRecording>, HistoryError> {
        let found = self.read(|connection| {
            // All of it as it is at one moment: some may just be pruned.
            let _moment = connection.unchecked_transaction()?;
            Ok(match found::find(connection, id) {
                Err(error) if is_damage(&error) => Err(error.to_string()),
                found => Ok(found?),
            })
        })?;
        let found = found.map_err(|why| {
            let damage = Damage::of(Flaw::Unreadable(why));
            self.error(Problem::Altered(Box::new(Damage { recording: Some(id), ..damage })))
        })?;
        match found.as_ref().and_then(Found::damage) {
            Some(damage) => Err(self.error(Problem::Altered(Box::new(damage)))),
            None => Ok(found.map(|found| found.recording)),
        }
    }

    /// Names the file in what went wrong.
    pub(crate) fn named<T>(&self, result: rusqlite::Result<T>) -> Result<T, HistoryError> {
        self.shared.place.named(result)
    }

    /// An error of this history.
    pub(crate) fn error(&self, problem: Problem) -> HistoryError {
        HistoryError::new(&self.shared.place.path, problem)
    }
}
