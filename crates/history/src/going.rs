//! Rows that are being let go: the oldest recordings and readings first, alerts last.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::UnixMillis;
use crate::ages::{Stretch, youngest};
use crate::prune::Pruned;
use crate::reader::limit;
use crate::rolled::stretch_of;
use crate::rollup;

/// Numbers of recordings that are gone, kept of each device so that a repeat is still known.
const REMEMBERED: i64 = 1000;

/// What is being let go.
pub(crate) struct Going<'c> {
    pub(crate) connection: &'c Connection,
    /// Rows that may still go.
    pub(crate) left: usize,
    pub(crate) done: Pruned,
    /// Devices and stretches of windows that went.
    pub(crate) stretches: BTreeSet<(i64, i64)>,
}

/// Lets go rows of a stretch that are stamped before this, at most so many: how many went, and whether all that there
/// are up to its end have.
pub(crate) type LetGo<'c> =
    fn(&mut Going<'c>, &Stretch, UnixMillis, usize) -> rusqlite::Result<(usize, bool)>;

impl<'c> Going<'c> {
    /// So many rows, at most.
    pub(crate) fn of(connection: &'c Connection, left: usize) -> Self {
        Self { connection, left, done: Pruned::default(), stretches: BTreeSet::new() }
    }

    /// All that goes has gone: roll-ups go with it.
    pub(crate) fn finish(self) -> rusqlite::Result<(usize, Pruned)> {
        rollup::let_go(self.connection, &self.stretches)?;
        Ok((self.left, self.done))
    }

    /// Lets go rows that came before this: those with the smallest numbers first, stretch by stretch.
    pub(crate) fn old(
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
    pub(crate) fn readings(
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
    pub(crate) fn recordings(
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
        if !all {
            // What is left of it for now is not what the checksum is of.
            let mut update = self
                .connection
                .prepare_cached("UPDATE recording SET checksum = NULL WHERE id = ?1")?;
            update.execute([id])?;
        }
        if gone > 0 {
            self.stretches.insert((device, stretch_of(at)));
        }
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
    pub(crate) fn alerts(
        &mut self,
        stretches: &[Stretch],
        before: UnixMillis,
    ) -> rusqlite::Result<()> {
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
