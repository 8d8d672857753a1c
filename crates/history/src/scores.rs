//! Scores over time, thinned so that what stands out stays.

use rusqlite::params;

use crate::error::HistoryError;
use crate::point::{Models, Point, ScorePoint};
use crate::reader::{Reader, limit};
use crate::rolled::{POWERS, Rolled};
use crate::thinned::Thinned;
use crate::{UnixMillis, Verdict};

/// The fewest points that are thinned to: one for each verdict, and some room.
const FEWEST: usize = 2 * Verdict::ALL.len();

/// Points that a stretch may have, for all that is known before it is read.
const OF_STRETCH: i128 = 4;

impl Reader {
    /// The scores of a device's windows from `from` to `to`, both included, in time order.
    ///
    /// Where there are more than `most` (at least 12), those of a stretch of time become one point for
    /// each verdict and model among them: so the largest score of every stretch is there, and every
    /// verdict that is not normal. Stretches are the shortest power of two in milliseconds with which there are
    /// no more points than that, and begin at multiples of it, so that they stay where they are when `to` moves on.
    ///
    /// Where stretches are long, they are read from roll-ups, and the points are the same.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn scores(
        &self,
        device: &str,
        from: UnixMillis,
        to: UnixMillis,
        most: usize,
    ) -> Result<Vec<ScorePoint>, HistoryError> {
        self.read(|connection| {
            let _moment = connection.unchecked_transaction()?;
            let Some(rolled) = Rolled::of(connection, device)? else { return Ok(Vec::new()) };
            let mut thinned = thinned(&rolled, from, to, most.max(FEWEST))?;
            rolled.windows(from.max(rolled.until), to, &mut |point| thinned.push(point))?;
            let models = self.models()?;
            Ok(thinned.points().into_iter().map(|point| point.named(&models)).collect())
        })
    }
    /// The newest windows of a device, in time order.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn latest(&self, device: &str, most: usize) -> Result<Vec<ScorePoint>, HistoryError> {
        self.latest_until(device, UnixMillis::MAX, most)
    }

    /// The newest windows of a device that came until then, in time order.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn latest_until(
        &self,
        device: &str,
        until: UnixMillis,
        most: usize,
    ) -> Result<Vec<ScorePoint>, HistoryError> {
        self.latest_between(device, UnixMillis::MIN, until, most)
    }

    /// The newest windows of a device that came from `from` to `until`, both included, in time order.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn latest_between(
        &self,
        device: &str,
        from: UnixMillis,
        until: UnixMillis,
        most: usize,
    ) -> Result<Vec<ScorePoint>, HistoryError> {
        self.read(|connection| {
            let _moment = connection.unchecked_transaction()?;
            let models = self.models()?;
            let mut select = connection.prepare_cached(
                "SELECT at, recording, start, score, decision, verdict, model FROM window
                 WHERE device = (SELECT id FROM device WHERE name = ?1) AND at BETWEEN ?2 AND ?3
                 ORDER BY at DESC, recording DESC, start DESC LIMIT ?4",
            )?;
            let most = limit(most);
            let points = select.query_map(params![device, from, until, most], Point::of_window)?;
            let mut points: Vec<_> =
                points.map(|point| Ok(point?.named(&models))).collect::<rusqlite::Result<_>>()?;
            points.reverse();
            Ok(points)
        })
    }

    fn models(&self) -> rusqlite::Result<Models> {
        let mut select = self.connection.prepare_cached("SELECT id, name, threshold FROM model")?;
        let models = select.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        models.collect()
    }
}

/// The points of what is rolled up, made of the longest roll-ups that give the same ones as windows do.
fn thinned(
    rolled: &Rolled<'_>,
    from: UnixMillis,
    to: UnixMillis,
    most: usize,
) -> rusqlite::Result<Thinned> {
    // Before the beginning of time nothing is rolled up.
    let Some(last) = rolled.until.checked_sub(1) else { return Ok(Thinned::new(most, None)) };
    let to = to.min(last);
    let span = i128::from(to) - i128::from(from);
    for (level, &power) in POWERS.iter().enumerate().rev() {
        // With fewer stretches than points there is no need to look.
        if ((span >> power) + 2) * OF_STRETCH < most as i128 {
            continue;
        }
        let mut thinned = Thinned::new(most, Some(power));
        rolled.points(level + 1, from, to, &mut |point| thinned.push(point))?;
        if thinned.had_too_many() {
            return Ok(thinned);
        }
    }
    let mut thinned = Thinned::new(most, None);
    rolled.windows(from, to, &mut |point| thinned.push(point))?;
    Ok(thinned)
}
