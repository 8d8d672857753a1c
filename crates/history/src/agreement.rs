//! Whether roll-ups say what windows say.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use crate::UnixMillis;
use crate::damage::{Damage, Flaw};
use crate::point::Point;
use crate::rolled::{OF_ROLLUP, POWERS, Rolled, rolled, start_of};
use crate::rollup::Together;

/// The longest stretches: each is looked at by itself, at one moment.
const LONGEST: u32 = POWERS[POWERS.len() - 1];

/// Looks at all roll-ups of a device, a long stretch at a time: what of them is not what the windows say.
pub(crate) fn check(connection: &Connection, device: &str) -> rusqlite::Result<Vec<Damage>> {
    let mut damages = Vec::new();
    let mut from = Some(UnixMillis::MIN);
    while let Some(after) = from {
        let _moment = connection.unchecked_transaction()?;
        let Some(of) = Rolled::of(connection, device)? else { break };
        let Some(next) = of.next_stretch(after)? else { break };
        for (start, power) in of.disagreements(next)? {
            let flaw = Flaw::Rollups { from: start, long: 1 << power };
            damages.push(Damage { device: Some(device.to_owned()), ..Damage::of(flaw) });
        }
        from = next.checked_add(1).and_then(|next| next.checked_mul(1 << LONGEST));
    }
    Ok(damages)
}

impl Rolled<'_> {
    /// The number of the first long stretch that has something to look at and does not begin before a time.
    fn next_stretch(&self, after: UnixMillis) -> rusqlite::Result<Option<i64>> {
        let mut first = self.connection.prepare_cached(
            "SELECT min(at) FROM window WHERE device = ?1 AND at >= ?2 AND at < ?3",
        )?;
        let row = [self.device, after, self.until];
        let mut next: Option<i64> = first.query_row(row, |row| row.get(0))?;
        next = next.map(|at| at >> LONGEST);
        let mut first = self.connection.prepare_cached(
            "SELECT min(stretch) FROM rollup WHERE device = ?1 AND power = ?2 AND stretch >= ?3",
        )?;
        for power in POWERS {
            let row = params![self.device, power, after >> power];
            let stretch: Option<i64> = first.query_row(row, |row| row.get(0))?;
            let stretch = stretch.map(|stretch| stretch >> (LONGEST - power));
            next = next.into_iter().chain(stretch).min();
        }
        Ok(next)
    }

    /// Where a stretch in a long one begins that is rolled up otherwise than what is below it, and its power.
    fn disagreements(&self, long: i64) -> rusqlite::Result<Vec<(UnixMillis, u32)>> {
        let mut found = Vec::new();
        let mut below = BTreeSet::new();
        let begin = long << LONGEST;
        self.windows(begin, begin.saturating_add((1 << LONGEST) - 1), &mut |point: Point| {
            below.insert(point.at >> POWERS[0]);
        })?;
        for (level, power) in POWERS.into_iter().enumerate() {
            if level > 0 {
                below = below.iter().map(|one| one >> (power - POWERS[level - 1])).collect();
            }
            let is_over = |stretch: &i64| *stretch < self.until >> power;
            below.retain(is_over);
            let mut stretches = self.stretches(power, long)?;
            stretches.extend(&below);
            for stretch in stretches {
                if !is_over(&stretch) || !self.agrees(level, stretch)? {
                    found.push((start_of(stretch << power, power), power));
                }
            }
        }
        Ok(found)
    }

    /// The stretches of a power that are rolled up in a long one.
    fn stretches(&self, power: u32, long: i64) -> rusqlite::Result<BTreeSet<i64>> {
        let mut select = self.connection.prepare_cached(
            "SELECT DISTINCT stretch FROM rollup
             WHERE device = ?1 AND power = ?2 AND stretch BETWEEN ?3 AND ?4",
        )?;
        let shift = LONGEST - power;
        let (first, last) = (long << shift, (long << shift) + (1 << shift) - 1);
        let row = params![self.device, power, first, last];
        select.query_map(row, |row| row.get(0))?.collect()
    }

    /// Whether a stretch is rolled up as what is below it says, or is said not to be.
    fn agrees(&self, level: usize, stretch: i64) -> rusqlite::Result<bool> {
        let mut select = self.connection.prepare_cached(&format!(
            "SELECT {OF_ROLLUP} FROM rollup WHERE device = ?1 AND power = ?2 AND stretch = ?3"
        ))?;
        let row = params![self.device, POWERS[level], stretch];
        let stored: Vec<Option<Point>> =
            select.query_map(row, rolled)?.collect::<Result<_, _>>()?;
        let stored: Option<Vec<Point>> = stored.into_iter().collect();
        let Some(stored) = stored else { return self.has_below(level, stretch) };
        let Together::Points(points, _) = self.together(level, stretch)? else { return Ok(false) };
        Ok(stored.len() == points.len()
            && points.iter().all(|point| stored.iter().any(|one| one.is_same(point))))
    }
}
