//! Roll-ups: what the windows of a device are together in each stretch of time, so that charts of long spans need not
//! read all of them.
//!
//! Stretches are powers of two in milliseconds, as those of charts: about a minute, nine minutes, an hour, nine hours.
//! A stretch is rolled up once a recording of its device comes behind it, with the recordings that are written then;
//! each device has the time up to which it is. What comes late is added to its stretch. One of which some windows were
//! let go is said not to be rolled up, so that what is left of it is read; so roll-ups and windows always say the same,
//! and no roll-up outlives its windows.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::UnixMillis;
use crate::check::is_damage;
use crate::point::Point;
use crate::rolled::{OF_ROLLUP, POWERS, Rolled, UNROLLED, rolled, start_of};

/// Rolls up what a device's windows are together before `until`, where a stretch begins, from where it is rolled up
/// already; about so many windows. Up to when it is rolled up then.
pub(crate) fn roll_up(
    connection: &Connection,
    device: i64,
    from: Option<UnixMillis>,
    until: UnixMillis,
    budget: &mut usize,
) -> rusqlite::Result<UnixMillis> {
    let of = Rolled { connection, device, until };
    let mut next = connection.prepare_cached(
        "SELECT at FROM window WHERE device = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT 1",
    )?;
    let mut reached = from;
    while reached.is_none_or(|reached| reached < until) {
        let after = reached.unwrap_or(UnixMillis::MIN);
        let at: Option<i64> =
            next.query_row([device, after, until], |row| row.get(0)).optional()?;
        if at.is_some() && *budget == 0 {
            break;
        }
        let to = at.map_or(until, |at| start_of(at, POWERS[0]));
        // Longer stretches that end before it.
        if let Some(reached) = reached {
            of.end(reached, to)?;
        }
        if at.is_none() {
            reached = Some(until);
        } else {
            let windows = of.roll(0, to >> POWERS[0])?;
            let behind = to + (1 << POWERS[0]);
            of.end(to, behind)?;
            reached = Some(behind);
            *budget = budget.saturating_sub(windows);
        }
    }
    let Some(reached) = reached else { return Ok(UnixMillis::MIN) };
    connection
        .prepare_cached("UPDATE device SET rolled = ?2 WHERE id = ?1")?
        .execute([device, reached])?;
    Ok(reached)
}

/// Rolls up what is over for a device, of which so many windows in these stretches were written: about as many
/// windows, and one stretch at least. Whether all of it is; where it is not, it is of an older version.
pub(crate) fn go_on(
    connection: &Connection,
    device: i64,
    rolled: Option<UnixMillis>,
    stretches: &[i64],
    windows: usize,
) -> rusqlite::Result<bool> {
    let until = stretches.iter().max().map_or(UnixMillis::MIN, |newest| newest << POWERS[0]);
    if let Some(rolled) = rolled {
        let late = stretches.iter().copied().filter(|stretch| stretch << POWERS[0] < rolled);
        roll_up_late(connection, device, rolled, late)?;
        if until <= rolled {
            return Ok(true);
        }
    }
    Ok(roll_up(connection, device, rolled, until, &mut windows.max(1))? >= until)
}

/// Rolls up anew the stretches of these numbers, to which windows of a device came after they had been.
pub(crate) fn roll_up_late(
    connection: &Connection,
    device: i64,
    until: UnixMillis,
    late: impl Iterator<Item = i64>,
) -> rusqlite::Result<()> {
    let of = Rolled { connection, device, until };
    let mut stretches: BTreeSet<i64> = late.collect();
    for level in 0..POWERS.len() {
        for &stretch in &stretches {
            // One that is not rolled up stays so.
            if level > 0 || !of.is_unrolled(0, stretch)? {
                of.roll(level, stretch)?;
            }
        }
        stretches = of.above(level, &stretches);
    }
    Ok(())
}

/// Forgets all roll-ups, so that they are made anew.
pub(crate) fn forget(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE device SET rolled = NULL", [])?;
    match connection.execute("DELETE FROM rollup", []) {
        // Nothing goes by them now.
        Err(error) if is_damage(&error) => Ok(()),
        deleted => deleted.map(drop),
    }
}

/// Has roll-ups go with windows of these devices and times that went.
pub(crate) fn let_go(connection: &Connection, gone: &BTreeSet<(i64, i64)>) -> rusqlite::Result<()> {
    let mut until = connection.prepare_cached("SELECT rolled FROM device WHERE id = ?1")?;
    for of_device in gone.iter().collect::<Vec<_>>().chunk_by(|one, other| one.0 == other.0) {
        let device = of_device[0].0;
        let rolled: Option<Option<i64>> = until.query_row([device], |row| row.get(0)).optional()?;
        let Some(until) = rolled.flatten() else { continue };
        let of = Rolled { connection, device, until };
        let rolled = of_device.iter().map(|one| one.1);
        let mut stretches: BTreeSet<i64> =
            rolled.filter(|stretch| *stretch < until >> POWERS[0]).collect();
        for level in 0..POWERS.len() {
            let mut changed = BTreeSet::new();
            for &stretch in &stretches {
                let is_left = of.has_below(level, stretch)?;
                if is_left && of.is_unrolled(level, stretch)? {
                    continue;
                }
                of.clear(level, stretch)?;
                if is_left {
                    of.mark(level, stretch)?;
                }
                changed.insert(stretch);
            }
            stretches = of.above(level, &changed);
        }
    }
    Ok(())
}

impl Rolled<'_> {
    /// Rolls up the longer stretches that end on the way from a time to another.
    fn end(&self, from: UnixMillis, to: UnixMillis) -> rusqlite::Result<()> {
        for (level, &power) in POWERS.iter().enumerate().skip(1) {
            let stretch = from >> power;
            if stretch == to >> power {
                break;
            }
            self.roll(level, stretch)?;
        }
        Ok(())
    }

    /// Rolls up a stretch, from windows or from the stretches below it; how many windows or roll-ups were read.
    fn roll(&self, level: usize, stretch: i64) -> rusqlite::Result<usize> {
        self.clear(level, stretch)?;
        let (points, read) = match self.together(level, stretch)? {
            Together::Points(points, read) => (points, read),
            Together::Unrolled => {
                self.mark(level, stretch)?;
                return Ok(1);
            }
        };
        let mut insert = self.connection.prepare_cached(&format!(
            "INSERT INTO rollup (device, power, {OF_ROLLUP})
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        ))?;
        for point in points {
            insert.execute(params![
                self.device,
                POWERS[level],
                stretch,
                point.at,
                point.recording,
                point.start,
                point.score,
                point.decision,
                point.verdict,
                point.model.unwrap_or(0),
                point.windows,
                point.scored,
                point.least,
                point.sum
            ])?;
        }
        Ok(read)
    }

    /// What a stretch is, of what is below it: a point for each verdict and model.
    pub(crate) fn together(&self, level: usize, stretch: i64) -> rusqlite::Result<Together> {
        let mut points: Vec<Point> = Vec::new();
        let mut read = 0;
        let mut add = |point: Point| {
            read += 1;
            let of = |one: &Point| (one.verdict, one.model);
            match points.iter_mut().find(|one| of(one) == of(&point)) {
                Some(same) => same.absorb(&point),
                None => points.push(point),
            }
        };
        let Some(below) = level.checked_sub(1) else {
            let from = stretch << POWERS[0];
            self.windows(from, from + (1 << POWERS[0]) - 1, &mut add)?;
            return Ok(Together::Points(points, read));
        };
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {OF_ROLLUP} FROM rollup
             WHERE device = ?1 AND power = ?2 AND stretch BETWEEN ?3 AND ?4
             ORDER BY stretch, verdict, model"
        ))?;
        let (first, last) = of_below(level, stretch);
        let mut rows = select.query(params![self.device, POWERS[below], first, last])?;
        while let Some(row) = rows.next()? {
            match rolled(row)? {
                Some(point) => add(point),
                None => return Ok(Together::Unrolled),
            }
        }
        Ok(Together::Points(points, read))
    }

    /// Says that a stretch is not rolled up.
    fn mark(&self, level: usize, stretch: i64) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO rollup (device, power, stretch, verdict, model, windows, scored, at, recording, start)
             VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, 0, 0)",
        )?;
        insert.execute(params![self.device, POWERS[level], stretch, UNROLLED])?;
        Ok(())
    }

    fn clear(&self, level: usize, stretch: i64) -> rusqlite::Result<()> {
        let mut delete = self.connection.prepare_cached(
            "DELETE FROM rollup WHERE device = ?1 AND power = ?2 AND stretch = ?3",
        )?;
        delete.execute(params![self.device, POWERS[level], stretch])?;
        Ok(())
    }

    fn is_unrolled(&self, level: usize, stretch: i64) -> rusqlite::Result<bool> {
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM rollup
             WHERE device = ?1 AND power = ?2 AND stretch = ?3 AND verdict = ?4)",
        )?;
        let row = params![self.device, POWERS[level], stretch, UNROLLED];
        select.query_row(row, |row| row.get(0))
    }

    /// Whether there is anything below a stretch: windows, or stretches that have some.
    pub(crate) fn has_below(&self, level: usize, stretch: i64) -> rusqlite::Result<bool> {
        let Some(below) = level.checked_sub(1) else {
            let mut select = self.connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM window WHERE device = ?1 AND at BETWEEN ?2 AND ?3)",
            )?;
            let from = stretch << POWERS[0];
            let to = from + (1 << POWERS[0]) - 1;
            return select.query_row([self.device, from, to], |row| row.get(0));
        };
        let mut select = self.connection.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM rollup
             WHERE device = ?1 AND power = ?2 AND stretch BETWEEN ?3 AND ?4)",
        )?;
        let (first, last) = of_below(level, stretch);
        let row = params![self.device, POWERS[below], first, last];
        select.query_row(row, |row| row.get(0))
    }

    /// The stretches above these that are rolled up, as they are over.
    fn above(&self, level: usize, stretches: &BTreeSet<i64>) -> BTreeSet<i64> {
        let Some(power) = POWERS.get(level + 1) else { return BTreeSet::new() };
        let above = stretches.iter().map(|stretch| stretch >> (power - POWERS[level]));
        above.filter(|stretch| *stretch < self.until >> power).collect()
    }
}

/// What a stretch is.
pub(crate) enum Together {
    /// A point for each verdict and model, and how many they were made of.
    Points(Vec<Point>, usize),
    /// One below it is not rolled up.
    Unrolled,
}

/// The first and the last of the stretches one level below.
fn of_below(level: usize, stretch: i64) -> (i64, i64) {
    let shift = POWERS[level] - POWERS[level - 1];
    (stretch << shift, ((stretch + 1) << shift) - 1)
}
