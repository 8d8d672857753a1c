//! What is let go with time or for want of room, a little at a time.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::UnixMillis;
use crate::ages::{Now, Stretch};
use crate::error::HistoryError;
use crate::going::Going;
use crate::history::History;
use crate::room::{Room, give_back};
use crate::shared::FEW;
use crate::store::{Added, Store};

/// Recordings or readings that are deleted before it is looked again how much there still is.
const STEP: usize = 32;

/// Pages that are given back for each row of the budget, at most.
const PAGES: usize = 2;

/// How long what was seen is kept, and in how much room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long recordings, their scores, and cleared alerts are kept.
    pub scores: Duration,
    /// How long readings are kept.
    pub readings: Duration,
    /// Bytes that all of it may have, its log and what is [counted beside it](crate::Settler::count_beside) included. Before
    /// more comes the oldest readings go, then the oldest recordings.
    pub bytes: Option<u64>,
}

impl Retention {
    /// The fewest [`bytes`](Self::bytes) that leave the history more than what its log, what waits and its reserve take
    /// anyway.
    pub const LEAST_BYTES: u64 = 2_000_000;
}

impl Default for Retention {
    /// Scores for a year, readings for a week, 4 GiB at most.
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            scores: Duration::from_secs(365 * DAY),
            readings: Duration::from_secs(7 * DAY),
            bytes: Some(4 << 30),
        }
    }
}

/// What was let go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Recordings that lost their readings.
    pub readings: usize,
    /// Windows.
    pub windows: usize,
    /// Recordings.
    pub recordings: usize,
    /// Alerts.
    pub alerts: usize,
    /// Whether there may be more to let go: call it again soon.
    pub more: bool,
}

impl History {
    /// Lets go what is older than it is to be kept, or has no room: at most `budget` rows, so that it
    /// is done in no time. Readings go first, then recordings with their windows, then alerts that
    /// were cleared and are told; open ones never.
    ///
    /// How old something is does not depend on how the clock was set meanwhile: see
    /// [`History::look_at_clock`], which this is, too.
    ///
    /// # Errors
    /// Where it could not be written; what went before that stays gone.
    pub fn prune(&mut self, now: Now, budget: usize) -> Result<Pruned, HistoryError> {
        self.look_at_clock(now)?;
        let pruned = self.let_go(now.at, budget)?;
        // Once all is gone that they were about: alerts go last.
        if !pruned.more {
            self.forget_sets()?;
        }
        Ok(pruned)
    }

    fn let_go(&mut self, now: UnixMillis, budget: usize) -> Result<Pruned, HistoryError> {
        let retention = self.retention;
        let stretches = self.ages.stretches();
        let shared = &self.shared;
        shared.settle()?;
        let mut held = shared.store();
        let store = held.as_mut().ok_or_else(|| HistoryError::gone(&shared.place.path))?;
        let little = shared.make_room(store);
        let allotment = shared.in_bounds(store)?;
        let mut all = Pruned::default();
        let mut left = budget;
        loop {
            // A little at a time, so that the log stays short.
            let (spent, pruned) = shared.in_need(store, little, |store, little| {
                let rows = if little { FEW } else { allotment.rows() }.min(left);
                shared.named(store.prune(retention, shared.most(), &stretches, now, rows))
            })?;
            shared.bound_log(store, allotment);
            all.add(pruned);
            left = left.saturating_sub(spent);
            if left == 0 || !pruned.more {
                return Ok(all);
            }
        }
    }
}

impl Pruned {
    fn add(&mut self, other: Self) {
        self.readings += other.readings;
        self.windows += other.windows;
        self.recordings += other.recordings;
        self.alerts += other.alerts;
        self.more = other.more;
    }
}

impl Store {
    fn prune(
        &mut self,
        retention: Retention,
        most: Option<u64>,
        stretches: &[Stretch],
        now: UnixMillis,
        budget: usize,
    ) -> rusqlite::Result<(usize, Pruned)> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut going = Going::of(&transaction, budget);
        going.old(stretches, before(now, retention.readings), Going::readings)?;
        let room = most.map(Room);
        while let Some(room) = room
            && going.left > 0
            && room.is_exceeded(&transaction, 0)?
            && going.readings(&Stretch::ALL, i64::MAX, STEP)?.0 > 0
        {}
        going.old(stretches, before(now, retention.scores), Going::recordings)?;
        while let Some(room) = room
            && going.left > 0
            && room.is_exceeded(&transaction, 0)?
            && going.recordings(&Stretch::ALL, i64::MAX, STEP)?.0 > 0
        {}
        going.alerts(stretches, before(now, retention.scores))?;
        let (left, mut done) = going.finish()?;
        done.count(&transaction)?;
        transaction.commit()?;
        if left == 0 {
            done.more = true;
            return Ok((budget, done));
        }
        let (pages, more) = give_back(&self.connection, left.saturating_mul(PAGES), most)?;
        done.more = more;
        Ok((budget - left + pages.div_ceil(PAGES), done))
    }

    /// Lets go what is oldest, at most so many rows, where there is no room for so many pages more; whether anything
    /// went, and there may be more to go.
    pub(crate) fn let_go_for(
        &mut self,
        most: u64,
        pages: usize,
        rows: usize,
    ) -> rusqlite::Result<bool> {
        let room = Room(most);
        if !room.is_exceeded(&self.connection, pages)? {
            return Ok(false);
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut going = Going::of(&transaction, rows);
        while going.left > 0 && room.is_exceeded(&transaction, pages)? {
            if going.readings(&Stretch::ALL, i64::MAX, STEP)?.0 == 0
                && going.recordings(&Stretch::ALL, i64::MAX, STEP)?.0 == 0
            {
                break;
            }
        }
        let (left, done) = going.finish()?;
        done.count(&transaction)?;
        transaction.commit()?;
        Ok(left < rows)
    }
}

impl Pruned {
    /// Takes them off the count in the file.
    fn count(self, connection: &Connection) -> rusqlite::Result<()> {
        let gone = |count: usize| -(count as i64);
        if self == Self::default() {
            return Ok(());
        }
        let counts = Added {
            recordings: gone(self.recordings),
            windows: gone(self.windows),
            readings: gone(self.readings),
        };
        counts.count(connection)
    }
}

/// The time that is so long ago.
fn before(now: UnixMillis, ago: Duration) -> UnixMillis {
    now.saturating_sub(i64::try_from(ago.as_millis()).unwrap_or(i64::MAX))
}
