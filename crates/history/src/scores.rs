//! Scores over time, thinned so that what stands out stays.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Row, params};

use crate::error::HistoryError;
use crate::reader::{Reader, limit};
use crate::recording::RecordingId;
use crate::{UnixMillis, Verdict};

/// The score of a window, or what several are thinned to.
#[derive(Debug, Clone, PartialEq)]
pub struct ScorePoint {
    /// When the recording came, and which; of several windows those of the largest score.
    pub at: UnixMillis,
    /// The recording.
    pub recording: RecordingId,
    /// The first reading of the window.
    pub start: u32,
    /// The score; of several windows the largest.
    pub score: Option<f64>,
    /// The score that was judged; of several windows the largest.
    pub decision: Option<f64>,
    /// What the windows were found to be, all of them.
    pub verdict: Verdict,
    /// The model that scored them.
    pub model: Option<Arc<str>>,
    /// The threshold of that model.
    pub threshold: Option<f64>,
    /// How many windows it stands for.
    pub windows: u32,
}

/// The fewest points that are thinned to: one for each verdict, and some room.
const FEWEST: usize = 2 * Verdict::ALL.len();

impl Reader {
    /// The scores of a device's windows from `from` to `to`, both included, in time order.
    ///
    /// Where there are more than `most` (at least 12), those of a stretch of time become one point for
    /// each verdict and model among them: so the largest score of every stretch is there, and every
    /// verdict that is not normal. Stretches are a power of two in milliseconds and begin at multiples
    /// of it, so that they stay where they are when `to` moves on.
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
            let models = self.models()?;
            let mut select = connection.prepare_cached(
                "SELECT at, recording, start, score, decision, verdict, model FROM window
                 WHERE device = (SELECT id FROM device WHERE name = ?1) AND at BETWEEN ?2 AND ?3
                 ORDER BY at, recording, start",
            )?;
            let mut rows = select.query(params![device, from, to])?;
            let mut thinned = Thinned::new(most.max(FEWEST));
            while let Some(row) = rows.next()? {
                thinned.push(Point::from_row(row)?);
            }
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
            let points = select.query_map(params![device, from, until, most], Point::from_row)?;
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

/// Names and thresholds of models, by number.
type Models = HashMap<i64, (Arc<str>, Option<f64>)>;

/// A point with the number of its model.
#[derive(Debug, Clone)]
struct Point {
    at: UnixMillis,
    recording: i64,
    start: u32,
    score: Option<f64>,
    decision: Option<f64>,
    verdict: Verdict,
    model: Option<i64>,
    windows: u32,
}

impl Point {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            at: row.get(0)?,
            recording: row.get(1)?,
            start: row.get(2)?,
            score: row.get(3)?,
            decision: row.get(4)?,
            verdict: row.get(5)?,
            model: row.get(6)?,
            windows: 1,
        })
    }

    /// Takes in another one.
    fn absorb(&mut self, other: &Self) {
        if larger(other.score, self.score) {
            (self.at, self.recording, self.start) = (other.at, other.recording, other.start);
            self.score = other.score;
        }
        if larger(other.decision, self.decision) {
            self.decision = other.decision;
        }
        self.windows = self.windows.saturating_add(other.windows);
    }

    fn named(self, models: &Models) -> ScorePoint {
        let model = self.model.and_then(|model| models.get(&model));
        ScorePoint {
            at: self.at,
            recording: RecordingId(self.recording),
            start: self.start,
            score: self.score,
            decision: self.decision,
            verdict: self.verdict,
            model: model.map(|(name, _)| Arc::clone(name)),
            threshold: model.and_then(|&(_, threshold)| threshold),
            windows: self.windows,
        }
    }
}

fn larger(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a > b,
        (a, b) => a.is_some() && b.is_none(),
    }
}

/// Points that come in time order and are never more than so many.
///
/// All of a stretch are together at the end while it lasts, so that none has to be looked for far back.
struct Thinned {
    most: usize,
    points: Vec<Point>,
    /// The length of a stretch is 2 to the power of this in milliseconds; none while all are kept.
    power: Option<u32>,
    /// Whether points of several models become one: there are too many models.
    any_model: bool,
}

impl Thinned {
    fn new(most: usize) -> Self {
        Self { most, points: Vec::new(), power: None, any_model: false }
    }

    fn push(&mut self, point: Point) {
        self.merge(point);
        while self.points.len() > self.most {
            self.coarsen();
        }
    }

    /// Puts a point to those of its stretch, verdict and model, or at the end.
    fn merge(&mut self, point: Point) {
        if let Some(power) = self.power {
            let stretch = point.at >> power;
            let mut same = self.points.iter_mut().rev().take_while(|p| p.at >> power == stretch);
            if let Some(same) = same.find(|other| {
                other.verdict == point.verdict && (self.any_model || other.model == point.model)
            }) {
                same.absorb(&point);
                return;
            }
        }
        self.points.push(point);
    }

    /// Doubles the stretches.
    fn coarsen(&mut self) {
        self.power = match self.power {
            None => {
                let ends = self.points.last().zip(self.points.first());
                let span = ends.map_or(0, |(last, first)| last.at.abs_diff(first.at));
                Some((span / self.most as u64).max(1).ilog2())
            }
            // All time is one stretch, but for its sign.
            Some(63) => {
                self.any_model = true;
                Some(63)
            }
            Some(power) => Some(power + 1),
        };
        for point in std::mem::take(&mut self.points) {
            self.merge(point);
        }
    }

    /// The points in time order.
    fn points(mut self) -> Vec<Point> {
        self.points.sort_by_key(|point| (point.at, point.recording, point.start));
        self.points
    }
}
