//! Reading what windows of a device are together, from roll-ups where there are any.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::UnixMillis;
use crate::point::Point;

/// The lengths of stretches: 2 to the power of these in milliseconds, the shortest first.
pub(crate) const POWERS: [u32; 4] = [16, 19, 22, 25];

/// Stands in place of a verdict where a stretch is not rolled up.
pub(crate) const UNROLLED: i64 = -1;

/// Where the stretch begins that a time is in.
pub(crate) fn start_of(at: UnixMillis, power: u32) -> UnixMillis {
    (at >> power) << power
}

/// The number of the shortest stretch that a time is in.
pub(crate) fn stretch_of(at: UnixMillis) -> i64 {
    at >> POWERS[0]
}

/// What takes points as they are read.
pub(crate) type Take<'t> = &'t mut dyn FnMut(Point);

/// The roll-ups of a device.
pub(crate) struct Rolled<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) device: i64,
    /// What came before this is rolled up; nothing, where this is the beginning of time.
    pub(crate) until: UnixMillis,
}

impl<'c> Rolled<'c> {
    /// Of a device, if it is known.
    pub(crate) fn of(connection: &'c Connection, name: &str) -> rusqlite::Result<Option<Self>> {
        let mut select =
            connection.prepare_cached("SELECT id, rolled FROM device WHERE name = ?1")?;
        let found = select.query_row([name], |row| {
            let until = row.get::<_, Option<i64>>(1)?.unwrap_or(UnixMillis::MIN);
            Ok(Self { connection, device: row.get(0)?, until })
        });
        found.optional()
    }

    /// Its windows that came from `from` to `to`, both included, in time order.
    pub(crate) fn windows(
        &self,
        from: UnixMillis,
        to: UnixMillis,
        take: Take<'_>,
    ) -> rusqlite::Result<()> {
        if from > to {
            return Ok(());
        }
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {} FROM window WHERE device = ?1 AND at BETWEEN ?2 AND ?3
             ORDER BY at, recording, start",
            Point::OF_WINDOW
        ))?;
        let mut rows = select.query(params![self.device, from, to])?;
        while let Some(row) = rows.next()? {
            take(Point::of_window(row)?);
        }
        Ok(())
    }

    /// What the windows from `from` to `to` are together, stretch by stretch: those of the stretches of so many levels
    /// of [`POWERS`], and of shorter ones at both ends and where a longer one is not rolled up. All of them are to be.
    pub(crate) fn points(
        &self,
        levels: usize,
        from: UnixMillis,
        to: UnixMillis,
        take: Take<'_>,
    ) -> rusqlite::Result<()> {
        if from > to {
            return Ok(());
        }
        let Some(level) = levels.checked_sub(1) else { return self.windows(from, to, take) };
        let power = POWERS[level];
        // Stretches that are whole within; the last of all time has no end that is a number.
        let begins = start_of(from, power) == from;
        let first = (from >> power) + i64::from(!begins);
        let end = to.checked_add(1).map_or(to >> power, |after| after >> power);
        if first >= end {
            return self.points(level, from, to, take);
        }
        let (inner, outer) = (first << power, end << power);
        if !begins {
            self.points(level, from, inner - 1, take)?;
        }
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {OF_ROLLUP} FROM rollup
             WHERE device = ?1 AND power = ?2 AND stretch >= ?3 AND stretch < ?4
             ORDER BY stretch, verdict, model"
        ))?;
        let mut rows = select.query(params![self.device, power, first, end])?;
        while let Some(row) = rows.next()? {
            match rolled(row)? {
                Some(point) => take(point),
                None => {
                    let from = row.get::<_, i64>(0)? << power;
                    self.points(level, from, from + (1 << power) - 1, take)?;
                }
            }
        }
        self.points(level, outer, to, take)
    }
}

/// The columns of a roll-up that [`rolled`] reads.
pub(crate) const OF_ROLLUP: &str =
    "stretch, at, recording, start, score, decision, verdict, model, windows, scored, least, sum";

/// A roll-up; none where the stretch is said not to be rolled up.
pub(crate) fn rolled(row: &Row<'_>) -> rusqlite::Result<Option<Point>> {
    if row.get::<_, i64>(6)? == UNROLLED {
        return Ok(None);
    }
    Ok(Some(Point {
        at: row.get(1)?,
        recording: row.get(2)?,
        start: row.get(3)?,
        score: row.get(4)?,
        decision: row.get(5)?,
        verdict: row.get(6)?,
        model: Some(row.get::<_, i64>(7)?).filter(|model| *model != 0),
        windows: row.get(8)?,
        scored: row.get(9)?,
        least: row.get(10)?,
        // Of infinite scores there may be none.
        sum: row.get::<_, Option<f64>>(11)?.unwrap_or(f64::NAN),
    }))
}
