//! What is let go with time, a little at a time.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::UnixMillis;
use crate::ages::{Now, Stretch, youngest};
use crate::error::HistoryError;
use crate::history::History;
use crate::place::PAGE;
use crate::reader::limit;
use crate::shared::FEW;
use crate::store::{Added, Store};

/// Numbers of recordings that are gone, kept of each device so that a repeat is still known.
const REMEMBERED: i64 = 1000;

/// Recordings or readings that are deleted before it is looked again how much there still is.
const STEP: usize = 32;

/// Empty pages that a file may have without giving them back: most are soon needed again.
const SPARE: i64 = 64;
/// Beyond that, this share of the file.
const SPARE_SHARE: i64 = 16;
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
        let mut pruning =
            Pruning { connection: &transaction, left: budget, done: Pruned::default() };
        pruning.old(stretches, before(now, retention.readings), Pruning::readings)?;
        let room = most.map(Room);
        while let Some(room) = room
            && pruning.left > 0
            && room.is_exceeded(&transaction, 0)?
            && pruning.readings(&Stretch::ALL, i64::MAX, STEP)?.0 > 0
        {}
        pruning.old(stretches, before(now, retention.scores), Pruning::recordings)?;
        while let Some(room) = room
            && pruning.left > 0
            && room.is_exceeded(&transaction, 0)?
            && pruning.recordings(&Stretch::ALL, i64::MAX, STEP)?.0 > 0
        {}
        pruning.alerts(stretches, before(now, retention.scores))?;
        let Pruning { left, mut done, .. } = pruning;
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
        let mut pruning = Pruning { connection: &transaction, left: rows, done: Pruned::default() };
        while pruning.left > 0 && room.is_exceeded(&transaction, pages)? {
            if pruning.readings(&Stretch::ALL, i64::MAX, STEP)?.0 == 0
                && pruning.recordings(&Stretch::ALL, i64::MAX, STEP)?.0 == 0
            {
                break;
            }
        }
        let Pruning { left, done, .. } = pruning;
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

/// Bytes of the file that may be in use.
#[derive(Debug, Clone, Copy)]
struct Room(u64);

impl Room {
    /// Whether more than that is in use, with so many pages more.
    fn is_exceeded(self, connection: &Connection, more: usize) -> rusqlite::Result<bool> {
        let used = pages(connection, "page_count")? - pages(connection, "freelist_count")?;
        Ok(((used + limit(more)) * PAGE).cast_unsigned() > self.0)
    }
}

fn pages(connection: &Connection, which: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, which, |row| row.get(0))
}

/// Gives empty pages back, if there are many, or the file has more bytes than it may: at most so many of them. How
/// many, and whether there are more.
fn give_back(
    connection: &Connection,
    at_most: usize,
    bytes: Option<u64>,
) -> rusqlite::Result<(usize, bool)> {
    let all = pages(connection, "page_count")?;
    let spare = SPARE.max(all / SPARE_SHARE);
    let empty = pages(connection, "freelist_count")?;
    let beyond = bytes.map_or(0, |bytes| all - (bytes / PAGE.cast_unsigned()).cast_signed());
    // Down to half of what it may have: else the next row is the next time.
    let back = if empty > spare { empty - spare / 2 } else { 0 };
    let wanted = back.max(beyond.min(empty));
    if wanted == 0 {
        return Ok((0, false));
    }
    let back = wanted.min(limit(at_most));
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({back})"))?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    // The file itself becomes shorter when the log is taken over; whoever reads is not waited for.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok((usize::try_from(back).unwrap_or(0), wanted > back))
}

/// What is being let go.
struct Pruning<'c> {
    connection: &'c Connection,
    /// Rows that may still go.
    left: usize,
    done: Pruned,
}

/// Lets go rows of a stretch that are stamped before this, at most so many: how many went, and whether all that there
/// are up to its end have.
type LetGo<'c> =
    fn(&mut Pruning<'c>, &Stretch, UnixMillis, usize) -> rusqlite::Result<(usize, bool)>;

impl<'c> Pruning<'c> {
    /// Lets go rows that came before this: those with the smallest numbers first, stretch by stretch.
    fn old(
        &mut self,
        stretches: &[Stretch],
        before: UnixMillis,
        go: LetGo<'c>,
    ) -> rusqlite::Result<()> {
        for stretch in stretches {
            let (_, all) = go(self, stretch, stretch.before(before), self.left)?;
            if !all || self.left == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Lets go the readings of recordings of a stretch that are stamped before this.
    fn readings(
        &mut self,
        stretch: &Stretch,
        before: UnixMillis,
        most: usize,
    ) -> rusqlite::Result<(usize, bool)> {
        let Some(until) = self.oldest("readings", "recording", stretch, before)? else {
            return Ok((0, self.is_empty("readings", "recording", stretch)?));
        };
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM readings WHERE recording IN
                 (SELECT recording FROM
                     (SELECT recording, at FROM readings WHERE recording < ?3
                      ORDER BY recording LIMIT ?2)
                  WHERE at < ?1 OR (at > ?4 AND recording < ?5))",
        )?;
        let most = limit(most.min(self.left));
        let gone = delete.execute(params![before, most, stretch.to, stretch.to_at, until])?;
        self.left -= gone;
        self.done.readings += gone;
        Ok((gone, self.is_empty("readings", "recording", stretch)?))
    }

    /// Lets go recordings of a stretch that are stamped before this.
    fn recordings(
        &mut self,
        stretch: &Stretch,
        before: UnixMillis,
        most: usize,
    ) -> rusqlite::Result<(usize, bool)> {
        let Some(until) = self.oldest("recording", "id", stretch, before)? else {
            return Ok((0, self.is_empty("recording", "id", stretch)?));
        };
        let mut select = self.connection.prepare_cached(
            "SELECT id, device, at FROM
                 (SELECT id, device, at FROM recording WHERE id < ?3 ORDER BY id LIMIT ?2)
             WHERE at < ?1 OR (at > ?4 AND id < ?5) ORDER BY id",
        )?;
        let most = limit(most.min(self.left));
        let params = params![before, most, stretch.to, stretch.to_at, until];
        let found = select.query_map(params, |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))?;
        let found: Vec<[i64; 3]> = found.collect::<Result<_, _>>()?;
        let left = self.left;
        for [id, device, at] in found {
            if self.left == 0 || !self.windows(id, device, at)? {
                break;
            }
            self.recording(id, device)?;
        }
        Ok((left - self.left, self.is_empty("recording", "id", stretch)?))
    }

    /// The number of the first row of a stretch that is stamped as it can be, if that is before this. Those with
    /// smaller numbers that are stamped later came before it: where an older version did not see that the clock was
    /// set, and set back.
    fn oldest(
        &self,
        table: &str,
        number: &str,
        stretch: &Stretch,
        before: UnixMillis,
    ) -> rusqlite::Result<Option<i64>> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {number}, at FROM {table} WHERE {number} < ?1 AND at <= ?2
             ORDER BY {number} LIMIT 1"
        ))?;
        let first = select.query_row([stretch.to, stretch.to_at], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, UnixMillis>(1)?))
        });
        let first = match first.optional()? {
            // All of them are stamped as they cannot be.
            None if before == i64::MAX => Some((i64::MAX, i64::MIN)),
            first => first,
        };
        Ok(first.filter(|(_, at)| *at < before).map(|(number, _)| number))
    }

    /// Whether nothing is left up to the end of a stretch.
    fn is_empty(&self, table: &str, number: &str, stretch: &Stretch) -> rusqlite::Result<bool> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT NOT EXISTS (SELECT 1 FROM {table} WHERE {number} < ?1)"
        ))?;
        select.query_row([stretch.to], |row| row.get(0))
    }

    /// Lets go the windows of a recording. Whether all are gone.
    fn windows(&mut self, id: i64, device: i64, at: UnixMillis) -> rusqlite::Result<bool> {
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM window WHERE device = ?1 AND at = ?2 AND recording = ?3 AND start IN
                 (SELECT start FROM window WHERE device = ?1 AND at = ?2 AND recording = ?3
                  ORDER BY start LIMIT ?4)",
        )?;
        let gone = delete.execute(params![device, at, id, limit(self.left)])?;
        let all = gone < self.left;
        self.left -= gone;
        self.done.windows += gone;
        Ok(all)
    }

    /// Lets go a recording without windows; its number stays for a while.
    fn recording(&mut self, id: i64, device: i64) -> rusqlite::Result<()> {
        let connection = self.connection;
        let remembered = connection
            .prepare_cached(
                "INSERT OR REPLACE INTO forgotten (device, place, start, sequence, digest, recording)
                 SELECT r.device, d.forgotten % ?2, r.start, r.sequence, r.digest, r.id
                 FROM recording r JOIN device d ON d.id = r.device
                 WHERE r.id = ?1 AND r.sequence IS NOT NULL",
            )?
            .execute([id, REMEMBERED])?;
        if remembered > 0 {
            connection
                .prepare_cached("UPDATE device SET forgotten = forgotten + 1 WHERE id = ?1")?
                .execute([device])?;
        }
        // Readings may be kept longer than scores are said to; without their recording nobody finds them.
        let readings = connection
            .prepare_cached("DELETE FROM readings WHERE recording = ?1")?
            .execute([id])?;
        connection.prepare_cached("DELETE FROM recording WHERE id = ?1")?.execute([id])?;
        self.left = self.left.saturating_sub(1 + readings);
        self.done.readings += readings;
        self.done.recordings += 1;
        Ok(())
    }

    /// Lets go alerts that were cleared before this and have nothing left to be told. They have no number of a
    /// recording, so that a stamp may mean several times: the last of them counts.
    fn alerts(&mut self, stretches: &[Stretch], before: UnixMillis) -> rusqlite::Result<()> {
        let stamped = stretches.iter().map(|stretch| stretch.before(before)).max();
        let mut select = self.connection.prepare_cached(
            "SELECT a.id, a.cleared_at FROM alert a WHERE a.cleared_at < ?1 AND NOT EXISTS
                 (SELECT 1 FROM telling t WHERE t.alert = a.id AND t.state = 0)
             ORDER BY a.cleared_at",
        )?;
        let mut rows = select.query([stamped.unwrap_or(before)])?;
        let mut found: Vec<i64> = Vec::new();
        while found.len() < self.left
            && let Some(row) = rows.next()?
        {
            if youngest(stretches, row.get(1)?) < before {
                found.push(row.get(0)?);
            }
        }
        for id in found {
            if self.left == 0 {
                break;
            }
            let tellings = self
                .connection
                .prepare_cached("DELETE FROM telling WHERE alert = ?1")?
                .execute([id])?;
            self.connection.prepare_cached("DELETE FROM alert WHERE id = ?1")?.execute([id])?;
            self.left = self.left.saturating_sub(1 + tellings);
            self.done.alerts += 1;
        }
        Ok(())
    }
}
