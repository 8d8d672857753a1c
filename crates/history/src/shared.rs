//! What the writer of a history, its readers, and who takes over what is pending have in common.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::error::HistoryError;
use crate::pending::Pending;
use crate::place::{PATIENCE, Place};
use crate::store::Store;

/// How long readers are waited for where the disk is full.
const NO_ROOM: Duration = Duration::from_millis(200);

/// Bytes of entries that are taken over at a time where the disk was full.
const LITTLE: usize = 64 << 10;

/// What all parts of an open history have in common. Who locks both locks the store first.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) place: Place,
    /// The tables; nothing once the history is closed.
    store: Mutex<Option<Store>>,
    pending: Mutex<Pending>,
    /// Bytes of entries that are pending.
    waiting: AtomicUsize,
    /// Whether the disk was full when something was last written to the tables.
    full: AtomicBool,
}

/// The tables, for as long as nobody else may write to them.
pub(crate) type Held<'s> = MutexGuard<'s, Option<Store>>;

impl Shared {
    pub(crate) fn new(place: Place, store: Store, pending: Pending) -> Self {
        let waiting = AtomicUsize::new(pending.bytes());
        Self {
            place,
            store: Mutex::new(Some(store)),
            pending: Mutex::new(pending),
            waiting,
            full: AtomicBool::new(false),
        }
    }

    /// Names the file in what went wrong, and remembers where the disk was full.
    pub(crate) fn named<T>(&self, result: rusqlite::Result<T>) -> Result<T, HistoryError> {
        let result = self.place.named(result);
        if result.as_ref().is_err_and(HistoryError::is_full) {
            self.full.store(true, Ordering::Relaxed);
        }
        result
    }

    /// Whether the disk was full when something was last written to the tables.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// The tables, to write to, once nobody else does.
    pub(crate) fn store(&self) -> Held<'_> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is pending, for a moment.
    pub(crate) fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of entries that are pending.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// That so many bytes of entries are pending as well.
    pub(crate) fn waits_too(&self, bytes: usize) {
        self.waiting.fetch_add(bytes, Ordering::Release);
    }

    /// Takes over into the tables what is pending now.
    ///
    /// # Errors
    /// Where it could not be written; it is still pending then.
    pub(crate) fn settle(&self) -> Result<(), HistoryError> {
        // What was kept before this is called has been counted.
        if self.waiting() == 0 {
            return Ok(());
        }
        match self.store().as_mut() {
            Some(store) => self.settle_into(store),
            // Its owner is gone; the next one takes over what it left.
            None => Ok(()),
        }
    }

    /// The same, for who has the tables already.
    pub(crate) fn settle_into(&self, store: &mut Store) -> Result<(), HistoryError> {
        // With little room, little at a time: what is in the tables already is passed over the next time.
        let piece = if self.make_room(store) { LITTLE } else { usize::MAX };
        // What an attempt before this one could not take over, and what came since.
        for _ in 0..2 {
            let entries = self.pending().lend();
            if entries.is_empty() {
                break;
            }
            if let Err(error) = self.take_over(store, &entries, piece) {
                self.pending().give_back(entries);
                return Err(error);
            }
            self.waiting.fetch_sub(entries.len(), Ordering::Release);
            self.pending().taken_over(entries);
        }
        Ok(())
    }

    /// Takes the log over into the file where the disk was full, and says whether it was: what is in the log twice
    /// is there once then, and the log begins anew.
    pub(crate) fn make_room(&self, store: &Store) -> bool {
        let full = self.full.swap(false, Ordering::Relaxed);
        if full {
            take_over_log(&store.connection);
        }
        full
    }

    /// Writes entries to the tables, so many bytes of them at a time.
    fn take_over(
        &self,
        store: &mut Store,
        mut rest: &[u8],
        piece: usize,
    ) -> Result<(), HistoryError> {
        while !rest.is_empty() {
            rest = self.named(write(store, rest, piece))?;
            if !rest.is_empty() {
                take_over_log(&store.connection);
            }
        }
        Ok(())
    }

    /// Closes the tables; what is still pending is taken over by who opens them next.
    pub(crate) fn close(&self) {
        let _ = self.settle();
        if let Some(store) = self.store().take() {
            // Readers that live longer may not do that.
            take_over_log(&store.connection);
        }
    }
}

/// Takes the log over into the file, and empties it. Whoever reads is waited for a little. If there is no room
/// for this, the next that is written says so.
fn take_over_log(connection: &Connection) {
    let _ = connection.busy_timeout(NO_ROOM);
    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    let _ = connection.busy_timeout(PATIENCE);
}

/// Writes entries to the tables, about so many bytes of them together, all of these or none. Those that are left.
fn write<'e>(store: &mut Store, entries: &'e [u8], about: usize) -> rusqlite::Result<&'e [u8]> {
    let begun = store.begin().and_then(|()| store.add(entries, about));
    let left = begun.and_then(|left| store.commit().map(|()| left));
    if left.is_err() {
        store.roll_back();
    }
    left
}
