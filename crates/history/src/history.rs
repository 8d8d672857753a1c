//! The history as it is opened and written to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::ages::{self, Ages};
use crate::allotment::Allotment;
use crate::batch::{Batch, Writer};
use crate::error::{HistoryError, Problem};
use crate::loss::{Loss, losses};
use crate::mark::{self, Mark};
use crate::pending::Pending;
use crate::place::{Lock, Place, identity};
use crate::prune::Retention;
use crate::reader::Reader;
use crate::schema;
use crate::settle::Settler;
use crate::shared::{Shared, take_over_log};
use crate::store::{self, Store};
use crate::upgrade::{Upgraded, before_upgrade};

/// KiB of pages that the writer has at hand.
const CACHE: i64 = 8 << 10;

/// A file that was seen is taken to be there for so long: with many small batches, looking would cost most.
const MOMENT: Duration = Duration::from_millis(5);

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
    pub(crate) shared: Arc<Shared>,
    writer: Writer,
    identity: Option<(u64, u64)>,
    log: Option<(u64, u64)>,
    /// When the files were last seen where they have to be.
    seen: Option<Instant>,
    losses: Vec<Loss>,
    upgraded: Option<Upgraded>,
    pub(crate) retention: Retention,
    pub(crate) ages: Ages,
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
        let place = Place::new(path);
        if let Some(waiting) = place.left_beside(path) {
            let to = place.path.parent().unwrap_or(Path::new("")).to_owned();
            return Err(HistoryError::new(&waiting, Problem::BesideALink(to)));
        }
        Self::open_at(place, synchronous, retention)
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
        let (place, tables) = match tables(&place) {
            // The index of its log may be all that there is no room for.
            Err(error) if error.is_full() => match place.alone() {
                Some(alone) => {
                    let tables = tables(&alone)?;
                    (alone, tables)
                }
                None => return Err(error),
            },
            tables => (place, tables?),
        };
        let Tables { connection, upgraded } = tables;
        place.named(set(&connection, synchronous))?;
        let identity = place.identity();
        let known = mark::read(&place.path);
        let mark = Mark::open(&place);
        let (pending, waiting) = Pending::open(&place, synchronous == "FULL", mark.kept())?;
        let store = Store::new(connection, mark);
        let reached = place.named(store.reached())?;
        let losses = if place.is_lasting() { losses(known, reached, &waiting) } else { Vec::new() };
        let last = waiting.into_iter().max().max(known.map(|known| known.kept));
        let allotment = Allotment::of(retention.bytes);
        let shared = Arc::new(Shared::new(place, store, pending, allotment));
        if let Some(store) = shared.store().as_mut() {
            shared.in_bounds(store)?;
        }
        // Where the disk is full, what an earlier run left stays where it is until there is room.
        let if_not_full = |error: HistoryError| if error.is_full() { Ok(()) } else { Err(error) };
        shared.settle().or_else(if_not_full)?;
        if let Some(store) = shared.store().as_mut() {
            let is_behind = |store: &Store| -> Result<bool, HistoryError> {
                let now = shared.named(store.reached())?;
                Ok(known.is_some_and(|known| {
                    known.tables.commits > now.commits || known.kept > now.last
                }))
            };
            let goes_on =
                shared.waiting() == 0 && (losses.iter().any(Loss::is_known) || is_behind(store)?);
            if let Some(known) = known.filter(|_| goes_on) {
                shared.named(store.go_on_behind(known)).or_else(if_not_full)?;
            }
            // Where that could not be written, it is still to be told of, and what was known of the numbers to be kept.
            if !is_behind(store)? {
                shared.named(store.set_mark())?;
            }
        }
        // The last that closes takes the log over, so it may write.
        let lookup = shared.place.connect(true).and_then(|lookup| Writer::new(lookup, last));
        let writer = shared.place.named(lookup)?;
        let reader = Reader::new(&shared)?;
        let newest = "SELECT at FROM recording ORDER BY id DESC LIMIT 1";
        let newest = reader.list(newest, [], |row| row.get(0))?.pop();
        let ages = Ages::new(reader.settings(ages::SCOPE)?, writer.next(), newest);
        Ok(Self {
            shared,
            writer,
            identity,
            log: None,
            seen: None,
            losses,
            upgraded,
            retention,
            ages,
            _lock: lock,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.shared.place.path
    }

    /// The file that is not any more the one that was opened, if one is not: what is written to one that was
    /// removed or replaced would be lost with it. It is looked for again after a moment.
    pub fn missing(&mut self) -> Option<PathBuf> {
        if self.seen.is_some_and(|seen| seen.elapsed() < MOMENT) {
            return None;
        }
        let Shared { place, .. } = &*self.shared;
        if place.identity() != self.identity {
            return Some(place.path.clone());
        }
        // It is there from the first on that is written or read.
        let log = place.beside("-wal");
        let now = identity(&log);
        self.log = self.log.or(now);
        if self.log != now {
            return Some(log);
        }
        let missing = self.shared.pending().missing().map(Path::to_owned);
        self.seen = missing.is_none().then(Instant::now);
        missing
    }

    /// How many rows were added to the tables since this was last asked.
    pub fn rows_added(&self) -> usize {
        self.shared.rows_added()
    }

    /// The number that the next recording has.
    pub(crate) fn next_number(&self) -> i64 {
        self.writer.next()
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Files of recordings that could not be read whole when they were opened, and where they were put as they
    /// were.
    pub fn put_aside(&self) -> Vec<(PathBuf, PathBuf)> {
        self.shared.pending().aside()
    }

    /// What was kept before it was opened, and is gone.
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// That it was of an earlier version, if it was one when it was opened.
    pub fn upgraded(&self) -> Option<&Upgraded> {
        self.upgraded.as_ref()
    }

    /// Begins a batch: all that is done in it is kept when it is committed, and else nothing. The files are
    /// touched with the first that has to be.
    pub fn batch(&mut self) -> Batch<'_> {
        Batch::new(&self.shared, &mut self.writer)
    }

    /// What takes over what is pending beside this, on a thread of its own.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn settler(&self) -> Result<Settler, HistoryError> {
        Settler::new(&self.shared)
    }

    /// Another connection, for one thread that reads while others write.
    ///
    /// # Errors
    /// Where the file cannot be opened.
    pub fn reader(&self) -> Result<Reader, HistoryError> {
        Reader::new(&self.shared)
    }
}

/// The tables, opened and of this judder's version.
struct Tables {
    connection: Connection,
    upgraded: Option<Upgraded>,
}

fn tables(place: &Place) -> Result<Tables, HistoryError> {
    let mut connection = place.named(place.connect(true))?;
    if place.named(connection.is_readonly("main"))? {
        return Err(HistoryError::new(&place.path, Problem::NotWritable));
    }
    let upgraded = match place.is_lasting() {
        true => before_upgrade(place, &connection).map_err(HistoryError::at(&place.path))?,
        false => None,
    };
    if upgraded.is_some() {
        place.make_private();
    }
    let prepared = schema::prepare(&mut connection).or_else(|problem| match problem {
        // What an earlier run left of its log may be what fills the disk.
        Problem::Full => {
            take_over_log(&connection);
            schema::prepare(&mut connection)
        }
        problem => Err(problem),
    });
    let prepared = prepared.map_err(|problem| match (problem, &upgraded) {
        (Problem::Full, Some(Upgraded { from, to, .. })) => {
            Problem::NoRoomFor { from: *from, to: *to }
        }
        (problem, _) => problem,
    });
    prepared.map_err(HistoryError::at(&place.path))?;
    Ok(Tables { connection, upgraded })
}

impl Drop for History {
    fn drop(&mut self) {
        self.shared.close();
    }
}

fn set(connection: &Connection, synchronous: &str) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    store::set(connection, "cache_size", -CACHE)
}
