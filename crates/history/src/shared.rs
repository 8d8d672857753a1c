//! What the writer of a history, its readers, and who takes over what is pending have in common.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::allotment::Allotment;
use crate::error::HistoryError;
use crate::known::Few;
use crate::pending::Pending;
use crate::place::{PATIENCE, Place};
use crate::reserve::{Disk, ENDING, Reserve};
use crate::segment::HEAD;
use crate::store::{Piece, Store, pages_of};

/// How long readers are waited for where the disk is full.
const NO_ROOM: Duration = Duration::from_millis(200);

/// What is taken over at a time where the disk was full.
const LITTLE: Piece = Piece { bytes: 64 << 10, pages: 64 };
/// Rows that are let go at a time there.
pub(crate) const FEW: usize = 32;

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
    /// How many bytes each file may have.
    pub(crate) allotment: Allotment,
    /// Bytes of what is kept beside the history, and counts as well.
    beside: AtomicU64,
    /// Rows that were added to the tables since somebody asked.
    added: AtomicUsize,
    reserve: Mutex<Reserve>,
}

/// The tables, for as long as nobody else may write to them.
pub(crate) type Held<'s> = MutexGuard<'s, Option<Store>>;

impl Shared {
    pub(crate) fn new(place: Place, store: Store, pending: Pending, allotment: Allotment) -> Self {
        let waiting = AtomicUsize::new(pending.bytes());
        let reserve = Mutex::new(Reserve::at(place.beside(ENDING)));
        Self {
            allotment,
            beside: AtomicU64::new(0),
            added: AtomicUsize::new(0),
            reserve,
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

    /// Keeps entries: what is in `frame` behind its head, up to the number `last`. All of them or none.
    ///
    /// # Errors
    /// Where there is no room, even after all was done to have some, or it could not be written.
    pub(crate) fn keep(
        &self,
        frame: &mut [u8],
        known: &Few,
        last: i64,
    ) -> Result<(), HistoryError> {
        let keep = |frame: &mut [u8]| {
            let kept = self.pending().keep(frame, known, last);
            kept.map_err(HistoryError::at(&self.place.path))
        };
        let kept = keep(frame).or_else(|error| {
            if !error.is_full() {
                return Err(error);
            }
            // What is taken over makes room in the segments, if there is room for that.
            self.full.store(true, Ordering::Relaxed);
            self.settle()?;
            keep(frame)
        });
        if kept.is_ok() {
            self.waiting.fetch_add(frame.len() - HEAD, Ordering::Release);
        }
        kept
    }

    /// Takes over into the tables what is pending now.
    ///
    /// # Errors
    /// Where it could not be written; it is still pending then.
    pub(crate) fn settle(&self) -> Result<(), HistoryError> {
        // What was kept before this is called has been counted. On a full disk the log may be in the way.
        if self.waiting() == 0 && !self.is_full() {
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
        let little = self.make_room(store);
        // What an attempt before this one could not take over, and what came since.
        for _ in 0..2 {
            let entries = self.pending().lend();
            if entries.is_empty() {
                break;
            }
            let taken = self
                .in_need(store, little, |store, little| self.take_over(store, &entries, little));
            if let Err(error) = taken {
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

    /// Does something that needs room, little at a time or not; where the disk is full the reserve is given up for
    /// it, and it is done once more.
    pub(crate) fn in_need<T>(
        &self,
        store: &mut Store,
        little: bool,
        mut deed: impl FnMut(&mut Store, bool) -> Result<T, HistoryError>,
    ) -> Result<T, HistoryError> {
        match deed(store, little) {
            Err(error) if error.is_full() && self.reserve().give_up() => {
                self.make_room(store);
                deed(store, true)
            }
            done => done,
        }
    }

    /// Writes entries to the tables, a piece of them after the other.
    fn take_over(
        &self,
        store: &mut Store,
        mut rest: &[u8],
        little: bool,
    ) -> Result<(), HistoryError> {
        let allotment = self.in_bounds(store)?;
        let piece =
            if little { LITTLE } else { Piece { bytes: usize::MAX, pages: allotment.pages() } };
        while !rest.is_empty() {
            self.let_go_for(store, allotment, pages_of(rest.len()).min(piece.pages), little)?;
            rest = self.named(write(store, rest, piece))?;
            self.added.fetch_add(std::mem::take(&mut store.added), Ordering::Relaxed);
            if little && !rest.is_empty() {
                take_over_log(&store.connection);
            } else {
                self.bound_log(store, allotment);
            }
        }
        Ok(())
    }

    /// Lets go what is oldest, where there is no room in the file for entries of so many bytes more.
    pub(crate) fn make_place(&self, store: &mut Store, bytes: usize) -> Result<(), HistoryError> {
        let allotment = self.in_bounds(store)?;
        self.in_need(store, false, |store, little| {
            self.let_go_for(store, allotment, pages_of(bytes), little)
        })
    }

    fn let_go_for(
        &self,
        store: &mut Store,
        allotment: Allotment,
        pages: usize,
        little: bool,
    ) -> Result<(), HistoryError> {
        let Some(mut most) = self.most() else { return Ok(()) };
        let file = self.place.path.metadata().map_or(0, |file| file.len());
        if little && file.saturating_add(allotment.log()) > most {
            // It has nearly what it may have, and cannot grow: what comes needs the room of what goes.
            most = most.min(file);
        }
        let rows = if little { FEW } else { allotment.rows() };
        while self.named(store.let_go_for(most, pages, rows))? {
            if little {
                take_over_log(&store.connection);
            } else {
                self.bound_log(store, allotment);
            }
        }
        Ok(())
    }

    /// Bytes that the file with the tables may have.
    pub(crate) fn most(&self) -> Option<u64> {
        self.allotment.file(self.beside.load(Ordering::Relaxed))
    }

    /// Counts so many bytes that are kept beside the history. Whether that leaves it no more than it has anyway.
    pub(crate) fn count_beside(&self, bytes: u64) -> bool {
        self.beside.store(bytes, Ordering::Relaxed);
        self.allotment.is_least(bytes)
    }

    /// How many rows were added to the tables since this was last asked.
    pub(crate) fn rows_added(&self) -> usize {
        self.added.swap(0, Ordering::Relaxed)
    }

    /// What each file may have, as much as is free; the log goes by it.
    pub(crate) fn in_bounds(&self, store: &mut Store) -> Result<Allotment, HistoryError> {
        let disk = Disk::of(&self.place.path);
        // What it has already is as good as free.
        let free = disk.map(|disk| disk.free.saturating_add(self.log()));
        let allotment = free.map_or(self.allotment, |free| self.allotment.where_free(free));
        self.named(store.bound_log(allotment))?;
        Ok(allotment)
    }

    /// Takes the log over where it is longer than it may be, since somebody reads: who writes waits for that.
    pub(crate) fn bound_log(&self, store: &Store, allotment: Allotment) {
        if self.log() > allotment.log() {
            take_over_log(&store.connection);
        }
    }

    /// Bytes of the log.
    fn log(&self) -> u64 {
        self.place.beside("-wal").metadata().map_or(0, |log| log.len())
    }

    /// Holds room back for when the disk is full, where there is ample room now.
    pub(crate) fn hold_back(&self) {
        if self.place.is_lasting() {
            self.reserve().make(self.allotment.reserve(), Disk::of(&self.place.path));
        }
    }

    fn reserve(&self) -> MutexGuard<'_, Reserve> {
        self.reserve.lock().unwrap_or_else(PoisonError::into_inner)
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
pub(crate) fn take_over_log(connection: &Connection) {
    let _ = connection.busy_timeout(NO_ROOM);
    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    let _ = connection.busy_timeout(PATIENCE);
}

/// Writes a piece of entries to the tables, all of it or none. Those that are left.
fn write<'e>(store: &mut Store, entries: &'e [u8], piece: Piece) -> rusqlite::Result<&'e [u8]> {
    let begun = store.begin().and_then(|()| store.add(entries, piece));
    let left = begun.and_then(|left| store.commit().map(|()| left));
    if left.is_err() {
        store.roll_back();
    }
    left
}
