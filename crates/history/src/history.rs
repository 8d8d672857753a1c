//! The history as it is opened and written to.

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::batch::Batch;
use crate::error::{HistoryError, Problem};
use crate::names::Names;
use crate::place::{Lock, PATIENCE, Place};
use crate::prune::Retention;
use crate::reader::Reader;
use crate::schema;

/// Pages in the log when a commit takes them over into the file, which waits for the disk: where a
/// [`Checkpointer`] runs, most are there already.
const CHECKPOINT: i64 = 8000;
/// KiB of pages that the writer has at hand.
const CACHE: i64 = 8 << 10;
/// Bytes that the log has at most when nobody holds it up.
const LOG: i64 = 32 << 20;

/// How long readers are waited for where the disk is full.
const NO_ROOM: Duration = Duration::from_millis(200);

/// Where what was committed is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    /// In the hands of the operating system: it survives the end of the process, but the newest may be
    /// lost in a power cut.
    System,
    /// On the disk: it survives a power cut.
    Disk,
}

/// What a server has seen, open for writing.
///
/// One process at a time has it open, and there one at a time; readers come from [`History::reader`].
#[derive(Debug)]
pub struct History {
    // Closed before the lock is given back.
    pub(crate) connection: Connection,
    pub(crate) place: Place,
    pub(crate) names: Names,
    identity: Option<(u64, u64)>,
    pub(crate) outlets: Vec<String>,
    pub(crate) retention: Retention,
    /// Readings as they go to the file.
    pub(crate) numbers: Vec<u8>,
    /// Whether the disk was full when something was last written.
    full: Cell<bool>,
    _lock: Lock,
}

impl History {
    /// Opens the history in this file, or begins one where there is none. The folder must be there.
    ///
    /// # Errors
    /// Where it is open already, is another program's file or a later judder's, is damaged, or may not
    /// be written.
    pub fn open(path: &Path, sync: Sync, retention: Retention) -> Result<Self, HistoryError> {
        let synchronous = match sync {
            Sync::System => "NORMAL",
            Sync::Disk => "FULL",
        };
        Self::open_at(Place::new(path), synchronous, retention)
    }

    /// Begins one that goes away with it and its readers.
    ///
    /// # Errors
    /// Where there is no room for temporary files.
    pub fn temporary() -> Result<Self, HistoryError> {
        Self::open_at(Place::temporary()?, "OFF", Retention::default())
    }

    fn open_at(
        place: Place,
        synchronous: &str,
        retention: Retention,
    ) -> Result<Self, HistoryError> {
        let lock = Lock::take(&place.path)?;
        if place.is_a_scrap() {
            return Err(HistoryError::new(&place.path, Problem::NotAHistory));
        }
        let mut connection = place.named(place.connect(true))?;
        schema::prepare(&mut connection).map_err(HistoryError::at(&place.path))?;
        let settings = [("cache_size", -CACHE), ("journal_size_limit", LOG)];
        let set = || -> rusqlite::Result<()> {
            connection.pragma_update(None, "synchronous", synchronous)?;
            connection.pragma_update(None, "temp_store", "MEMORY")?;
            connection
                .pragma_update_and_check(None, "wal_autocheckpoint", CHECKPOINT, |_| Ok(()))?;
            for (name, value) in settings {
                connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(
                    // Some answer with what was set, and some do not.
                    |error| match error {
                        rusqlite::Error::QueryReturnedNoRows => Ok(()),
                        error => Err(error),
                    },
                )?;
            }
            Ok(())
        };
        place.named(set())?;
        let identity = place.identity();
        Ok(Self {
            connection,
            place,
            names: Names::default(),
            identity,
            outlets: Vec::new(),
            retention,
            numbers: Vec::new(),
            full: Cell::new(false),
            _lock: lock,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.place.path
    }

    /// Whether the file is still the one that was opened: what is written to one that was removed or replaced
    /// would be lost with it.
    pub fn is_there(&self) -> bool {
        self.place.identity() == self.identity
    }

    /// Begins a batch: all that is done in it is kept when it is committed, and else nothing. The file is
    /// touched with the first that is done.
    pub fn batch(&mut self) -> Batch<'_> {
        self.make_room();
        Batch::new(self)
    }

    /// Names the file in what went wrong, and remembers where the disk was full.
    pub(crate) fn named<T>(&self, result: rusqlite::Result<T>) -> Result<T, HistoryError> {
        let result = self.place.named(result);
        if result.as_ref().is_err_and(HistoryError::is_full) {
            self.full.set(true);
        }
        result
    }

    /// Takes the log over into the file where the disk was full: what is in the log twice is there once
    /// then, and the log begins anew.
    pub(crate) fn make_room(&self) {
        if self.full.replace(false) {
            // Whoever reads is waited for a little. If there is no room for this either, the next that
            // is written says so.
            let _ = self.connection.busy_timeout(NO_ROOM);
            let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            let _ = self.connection.busy_timeout(PATIENCE);
        }
    }

    /// Another connection, for a thread that takes the log over into the file.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn checkpointer(&self) -> Result<Checkpointer, HistoryError> {
        let connection = self.place.named(self.place.connect(true))?;
        Ok(Checkpointer { connection, place: self.place.clone() })
    }

    /// Another connection, for one thread that reads while others write.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn reader(&self) -> Result<Reader, HistoryError> {
        Reader::new(&self.place)
    }
}

/// Takes the log over into the file, which waits for the disk, while others write and read.
#[derive(Debug)]
pub struct Checkpointer {
    connection: Connection,
    place: Place,
}

impl Checkpointer {
    /// Takes over what nobody else uses at the moment.
    ///
    /// # Errors
    /// Where it could not be written; what was committed is safe in the log.
    pub fn run(&self) -> Result<(), HistoryError> {
        let taken = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        self.place.named(taken)
    }
}
