//! The tables, as they are written to.

use std::collections::HashMap;
use std::thread;

use rusqlite::{Connection, OptionalExtension, ffi, params};

use crate::UnixMillis;
use crate::allotment::Allotment;
use crate::checksum;
use crate::entry::Entry;
use crate::mark::{Known, Mark, Reached};
use crate::names::Names;
use crate::rolled::stretch_of;
use crate::rollup;

/// Recordings after which others have a turn. This may be the thread that has most to do, but those who answer
/// boards wait for each other, and all of them for the one that is not let run.
const TURN: i64 = 16;

/// The connection that writes, and what it remembers.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) connection: Connection,
    pub(crate) names: Names,
    /// Whom alerts are told to.
    pub(crate) outlets: Vec<String>,
    /// Pages in the log at which it is taken over.
    log: usize,
    /// Rows that were added since that was last looked at.
    pub(crate) added: usize,
    /// The first device of which windows may still have to be rolled up.
    pub(crate) behind: Option<i64>,
    mark: Mark,
}

/// How many rows were added.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Added {
    pub(crate) recordings: i64,
    pub(crate) windows: i64,
    pub(crate) readings: i64,
}

/// How much is written in one transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    /// Bytes of entries.
    pub(crate) bytes: usize,
    /// Pages that are written for them, about.
    pub(crate) pages: usize,
}

/// Pages that a recording of another device is written to: of its own row, its index, its windows, its roll-ups.
const PAGES_OF_DEVICE: usize = 5;

impl Piece {
    /// All there is.
    pub(crate) const ALL: Self = Self { bytes: usize::MAX, pages: usize::MAX };

    fn is_full(self, bytes: usize, devices: usize) -> bool {
        bytes >= self.bytes || pages_of(bytes) + PAGES_OF_DEVICE * devices >= self.pages
    }
}

/// Pages that entries of so many bytes fill, about.
pub(crate) fn pages_of(bytes: usize) -> usize {
    // A page of blobs is seldom full.
    bytes.div_ceil(crate::place::PAGE as usize).saturating_mul(5) / 4
}

/// What became of a device.
#[derive(Debug)]
struct Seen {
    first: UnixMillis,
    last: UnixMillis,
    recordings: i64,
    /// The stretches that its windows are in.
    stretches: Vec<i64>,
    windows: usize,
}

impl Store {
    pub(crate) fn new(connection: Connection, mark: Mark) -> Self {
        let (names, outlets) = (Names::default(), Vec::new());
        Self { connection, names, outlets, log: 0, added: 0, behind: Some(0), mark }
    }

    /// Has a commit take the log over into the file where that is to be.
    pub(crate) fn bound_log(&mut self, allotment: Allotment) -> rusqlite::Result<()> {
        let pages = allotment.pages();
        // What is free changes all the time.
        if self.log.abs_diff(pages) * 4 < self.log {
            return Ok(());
        }
        set(&self.connection, "wal_autocheckpoint", pages as i64)?;
        set(&self.connection, "journal_size_limit", allotment.log().cast_signed() / 2)?;
        self.log = pages;
        Ok(())
    }

    /// Begins to write: from now on nobody else does.
    pub(crate) fn begin(&self) -> rusqlite::Result<()> {
        run(&self.connection, "BEGIN IMMEDIATE")
    }

    /// Keeps what was written since, and marks that.
    pub(crate) fn commit(&mut self) -> rusqlite::Result<()> {
        let mut count = self
            .connection
            .prepare_cached("UPDATE total SET commits = commits + 1 RETURNING commits")?;
        let commits = count.query_row([], |row| row.get(0))?;
        drop(count);
        let last = last_recording(&self.connection)?;
        run(&self.connection, "COMMIT")?;
        self.mark.set(Reached { commits, last });
        Ok(())
    }

    /// How far the tables have come.
    pub(crate) fn reached(&self) -> rusqlite::Result<Reached> {
        let commits = self.connection.query_row("SELECT commits FROM total", [], |r| r.get(0))?;
        Ok(Reached { commits, last: last_recording(&self.connection)? })
    }

    /// Marks how far the tables have come.
    pub(crate) fn set_mark(&mut self) -> rusqlite::Result<()> {
        let reached = self.reached()?;
        self.mark.set(reached);
        Ok(())
    }

    /// Goes on behind what was reached once, though the tables are behind that: no number is used twice, and what is
    /// gone is told of once.
    pub(crate) fn go_on_behind(&mut self, known: Known) -> rusqlite::Result<()> {
        self.begin()?;
        let went_on = (|| {
            self.connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT 'recording', 0
                 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'recording')",
                [],
            )?;
            let sequence = "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'recording'";
            self.connection.execute(sequence, [known.kept])?;
            let commits = "UPDATE total SET commits = max(commits, ?1)";
            self.connection.execute(commits, [known.tables.commits])?;
            self.commit()
        })();
        if went_on.is_err() {
            self.roll_back();
        }
        went_on
    }

    /// Takes back what was written since.
    pub(crate) fn roll_back(&mut self) {
        // Some errors have undone it already.
        if !self.connection.is_autocommit() {
            // If even that fails, so does the next that begins, and says why.
            let _ = run(&self.connection, "ROLLBACK");
        }
        self.names.clear();
    }

    /// Adds the recordings of entries, a piece of them or a little more; those that are there already are passed
    /// over. The entries that are left.
    pub(crate) fn add<'e>(
        &mut self,
        mut entries: &'e [u8],
        piece: Piece,
    ) -> rusqlite::Result<&'e [u8]> {
        let all = entries.len();
        let last = last_recording(&self.connection)?;
        let Self { connection, names, behind, .. } = self;
        let mut recording = connection.prepare_cached(
            "INSERT INTO recording
                 (id, device, sequence, digest, at, taken, rate_hz, axes, model, file, start,
                  checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?;
        let mut readings = connection.prepare_cached(
            "INSERT INTO readings (recording, at, numbers, checksum) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut window = connection.prepare_cached(
            "INSERT INTO window (device, at, recording, start, score, decision, verdict, model)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let mut added = Added::default();
        let mut seen: HashMap<i64, Seen> = HashMap::new();
        while !entries.is_empty() && !piece.is_full(all - entries.len(), seen.len()) {
            let (entry, rest) = Entry::read(entries).ok_or_else(damaged)?;
            entries = rest;
            let Entry { id, at, .. } = entry;
            if id <= last {
                continue;
            }
            let device = names.device(connection, entry.device, at)?;
            let model = names.model(connection, entry.model, entry.threshold)?;
            recording.execute(params![
                id,
                device,
                entry.sequence,
                entry.digest.cast_signed(),
                at,
                entry.taken,
                entry.rate_hz,
                i64::try_from(entry.axes).unwrap_or(i64::MAX),
                model,
                entry.file,
                entry.start,
                entry.checksum()
            ])?;
            if !entry.readings.is_empty() {
                let checksum = checksum::of_readings(id, at, entry.readings);
                readings.execute(params![id, at, &entry.readings[..], checksum])?;
                added.readings += 1;
            }
            for one in entry.windows.iter() {
                window.execute(params![
                    device,
                    at,
                    id,
                    one.start,
                    one.score,
                    one.decision,
                    one.verdict,
                    model
                ])?;
            }
            added.windows += entry.windows.len() as i64;
            added.recordings += 1;
            let begun =
                Seen { first: at, last: at, recordings: 0, stretches: Vec::new(), windows: 0 };
            let seen = seen.entry(device).or_insert(begun);
            (seen.first, seen.last) = (seen.first.min(at), at);
            seen.recordings += 1;
            seen.windows += entry.windows.len();
            let stretch = stretch_of(at);
            if seen.stretches.last() != Some(&stretch) {
                seen.stretches.push(stretch);
            }
            if added.recordings % TURN == 0 {
                thread::yield_now();
            }
        }
        let mut update = connection.prepare_cached(
            "UPDATE device SET first_seen = min(first_seen, ?2), last_seen = ?3,
                 recordings = recordings + ?4
             WHERE id = ?1 RETURNING rolled",
        )?;
        for (device, seen) in seen {
            let params = [device, seen.first, seen.last, seen.recordings];
            let rolled = update.query_row(params, |row| row.get(0))?;
            let is_rolled =
                rollup::go_on(connection, device, rolled, &seen.stretches, seen.windows)?;
            if !is_rolled {
                *behind = Some(behind.map_or(device, |behind| behind.min(device)));
            }
        }
        if added.recordings > 0 {
            added.count(connection)?;
        }
        let rows = added.recordings + added.windows + added.readings;
        self.added += usize::try_from(rows).unwrap_or(0);
        Ok(entries)
    }
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

/// The largest number that a recording has or had; 0 where there was none.
pub(crate) fn last_recording(connection: &Connection) -> rusqlite::Result<i64> {
    let mut select =
        connection.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'recording'")?;
    Ok(select.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// What is said of entries whose bytes mean nothing.
fn damaged() -> rusqlite::Error {
    let code = ffi::Error::new(ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, Some("what is not in its tables yet".to_owned()))
}

/// Sets a number, whether that is answered or not.
pub(crate) fn set(connection: &Connection, name: &str, number: i64) -> rusqlite::Result<()> {
    let set = connection.pragma_update_and_check(None, name, number, |_| Ok(()));
    set.or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    })
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([])?;
    Ok(())
}
