//! A batch: recordings that are kept together, or not at all.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::UnixMillis;
use crate::error::HistoryError;
use crate::history::History;
use crate::packed::pack;
use crate::recording::{Known, NewRecording, RecordingId};

/// What is kept together: dropped without [`Batch::commit`], nothing of it is.
///
/// After an error in one of its steps what that step did in part is still in it: drop it, and begin anew.
#[derive(Debug)]
pub struct Batch<'h> {
    history: &'h mut History,
    begun: bool,
    seen: HashMap<i64, Seen>,
    added: Added,
}

/// What became of a device in a batch.
#[derive(Debug)]
struct Seen {
    last: UnixMillis,
    recordings: i64,
}

/// How many rows were added.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Added {
    pub(crate) recordings: i64,
    pub(crate) windows: i64,
    pub(crate) readings: i64,
}

impl Added {
    /// Counts them in the file; what was taken away is negative.
    pub(crate) fn count(self, connection: &Connection) -> rusqlite::Result<()> {
        let mut update = connection.prepare_cached(
            "UPDATE total
             SET recordings = recordings + ?1, windows = windows + ?2, readings = readings + ?3",
        )?;
        update.execute([self.recordings, self.windows, self.readings])?;
        Ok(())
    }
}

impl<'h> Batch<'h> {
    pub(crate) fn new(history: &'h mut History) -> Self {
        Self { history, begun: false, seen: HashMap::new(), added: Added::default() }
    }

    /// The history, to read from and to write to: from now on nobody else does.
    pub(crate) fn history(&mut self) -> rusqlite::Result<&mut History> {
        if !self.begun {
            run(&self.history.connection, "BEGIN IMMEDIATE")?;
            self.begun = true;
        }
        Ok(self.history)
    }

    /// Names the file in what went wrong.
    pub(crate) fn named<T>(&self, result: rusqlite::Result<T>) -> Result<T, HistoryError> {
        self.history.named(result)
    }

    /// Keeps all of it.
    ///
    /// # Errors
    /// Where it could not be written; then nothing of it is kept.
    pub fn commit(mut self) -> Result<(), HistoryError> {
        let committed = self.try_commit();
        self.named(committed)
    }

    fn try_commit(&mut self) -> rusqlite::Result<()> {
        if !self.begun {
            return Ok(());
        }
        let connection = &self.history.connection;
        let mut update = connection.prepare_cached(
            "UPDATE device SET last_seen = max(last_seen, ?2), recordings = recordings + ?3
             WHERE id = ?1",
        )?;
        for (device, seen) in self.seen.drain() {
            update.execute([device, seen.last, seen.recordings])?;
        }
        if self.added.recordings > 0 {
            self.added.count(connection)?;
        }
        run(connection, "COMMIT")
    }

    /// The recording that a device sent under this number, if one was kept: of several the newest.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn known(&mut self, device: &str, sequence: u64) -> Result<Option<Known>, HistoryError> {
        let known = self.try_known(device, sequence.cast_signed());
        self.named(known)
    }

    fn try_known(&mut self, device: &str, sequence: i64) -> rusqlite::Result<Option<Known>> {
        let history = self.history()?;
        let Some(device) = history.names.known_device(&history.connection, device)? else {
            return Ok(None);
        };
        for query in [
            "SELECT id, digest FROM recording WHERE device = ?1 AND sequence = ?2
             ORDER BY id DESC LIMIT 1",
            "SELECT recording, digest FROM forgotten WHERE device = ?1 AND sequence = ?2
             ORDER BY recording DESC LIMIT 1",
        ] {
            let mut select = history.connection.prepare_cached(query)?;
            let known = select.query_row([device, sequence], |row| {
                let digest: i64 = row.get(1)?;
                Ok(Known { recording: RecordingId(row.get(0)?), digest: digest.cast_unsigned() })
            });
            if let Some(known) = known.optional()? {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Adds a recording, whatever is known of its number.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn add(&mut self, recording: &NewRecording<'_>) -> Result<RecordingId, HistoryError> {
        let added = self.try_add(recording);
        self.named(added)
    }

    fn try_add(&mut self, recording: &NewRecording<'_>) -> rusqlite::Result<RecordingId> {
        let device = self.device(recording.device, recording.at)?;
        let model = self.model(recording.model, recording.threshold)?;
        self.history()?;
        let History { connection, numbers, .. } = &mut *self.history;
        let mut insert = connection.prepare_cached(
            "INSERT INTO recording
                 (device, sequence, digest, at, taken, rate_hz, axes, model, file)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        let id = insert.insert(params![
            device,
            recording.sequence.map(u64::cast_signed),
            recording.digest.cast_signed(),
            recording.at,
            recording.taken,
            recording.rate_hz,
            i64::try_from(recording.axes).unwrap_or(i64::MAX),
            model,
            recording.file
        ])?;
        if !recording.readings.is_empty() {
            pack(recording.readings, numbers);
            connection
                .prepare_cached(
                    "INSERT INTO readings (recording, at, numbers) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![id, recording.at, numbers.as_slice()])?;
            self.added.readings += 1;
        }
        if !recording.windows.is_empty() {
            let mut insert = connection.prepare_cached(
                "INSERT INTO window
                     (device, at, recording, start, score, decision, verdict, model)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for window in recording.windows {
                insert.execute(params![
                    device,
                    recording.at,
                    id,
                    window.start,
                    window.score,
                    window.decision,
                    window.verdict,
                    model
                ])?;
            }
            self.added.windows += recording.windows.len() as i64;
        }
        self.added.recordings += 1;
        let seen = self.seen.entry(device).or_insert(Seen { last: recording.at, recordings: 0 });
        seen.last = seen.last.max(recording.at);
        seen.recordings += 1;
        Ok(RecordingId(id))
    }

    pub(crate) fn device(&mut self, name: &str, at: UnixMillis) -> rusqlite::Result<i64> {
        let History { connection, names, .. } = self.history()?;
        names.device(connection, name, at)
    }

    pub(crate) fn model(
        &mut self,
        name: Option<&str>,
        threshold: Option<f64>,
    ) -> rusqlite::Result<Option<i64>> {
        let History { connection, names, .. } = self.history()?;
        name.map(|name| names.model(connection, name, threshold)).transpose()
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        // Some errors have undone it already.
        if !self.history.connection.is_autocommit() {
            // If even that fails, so does the next batch, and says why.
            let _ = run(&self.history.connection, "ROLLBACK");
            self.history.names.clear();
        }
    }
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([])?;
    Ok(())
}
