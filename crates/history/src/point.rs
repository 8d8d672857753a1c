//! What windows are together: of a chart's stretch, and of a roll-up.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Row;

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
    /// The smallest score of the windows.
    pub least: Option<f64>,
    /// The mean of the scores of the windows that have one.
    pub mean: Option<f64>,
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

/// Names and thresholds of models, by number.
pub(crate) type Models = HashMap<i64, (Arc<str>, Option<f64>)>;

/// One window, or several of one verdict, with the number of their model.
#[derive(Debug, Clone)]
pub(crate) struct Point {
    /// The window of the largest score; of several equal ones the first.
    pub(crate) at: UnixMillis,
    pub(crate) recording: i64,
    pub(crate) start: u32,
    pub(crate) score: Option<f64>,
    /// The largest decision.
    pub(crate) decision: Option<f64>,
    pub(crate) verdict: Verdict,
    pub(crate) model: Option<i64>,
    pub(crate) windows: i64,
    /// How many of them have a score, the smallest one, and the sum of all.
    pub(crate) scored: i64,
    pub(crate) least: Option<f64>,
    pub(crate) sum: f64,
}

impl Point {
    /// The columns of a window that [`Self::of_window`] reads.
    pub(crate) const OF_WINDOW: &str = "at, recording, start, score, decision, verdict, model";

    pub(crate) fn of_window(row: &Row<'_>) -> rusqlite::Result<Self> {
        let score: Option<f64> = row.get(3)?;
        Ok(Self {
            at: row.get(0)?,
            recording: row.get(1)?,
            start: row.get(2)?,
            score,
            decision: row.get(4)?,
            verdict: row.get(5)?,
            model: row.get(6)?,
            windows: 1,
            scored: i64::from(score.is_some()),
            least: score,
            sum: score.unwrap_or(0.0),
        })
    }

    /// Takes in another one. What comes of many does not depend on their order, but for the last bits of the sum.
    pub(crate) fn absorb(&mut self, other: &Self) {
        if other.stands_out_from(self) {
            (self.at, self.recording, self.start) = (other.at, other.recording, other.start);
            (self.score, self.model) = (other.score, other.model);
        }
        if larger(other.decision, self.decision) {
            self.decision = other.decision;
        }
        if self.least.is_none() || larger(self.least, other.least) && other.least.is_some() {
            self.least = other.least;
        }
        self.windows = self.windows.saturating_add(other.windows);
        self.scored = self.scored.saturating_add(other.scored);
        self.sum += other.sum;
    }

    /// Whether it says the same of the same windows.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let bits = |point: &Self| {
            let sum = if point.sum.is_nan() { f64::NAN } else { point.sum };
            [point.score, point.decision, point.least, Some(sum)].map(|x| x.map(f64::to_bits))
        };
        let numbers = |point: &Self| {
            let of = (point.verdict, point.model, point.windows, point.scored);
            (of, (point.at, point.recording, point.start))
        };
        bits(self) == bits(other) && numbers(self) == numbers(other)
    }

    fn stands_out_from(&self, other: &Self) -> bool {
        let place = |point: &Self| (point.at, point.recording, point.start);
        larger(self.score, other.score)
            || !larger(other.score, self.score) && place(self) < place(other)
    }

    pub(crate) fn named(self, models: &Models) -> ScorePoint {
        let model = self.model.and_then(|model| models.get(&model));
        let mean = self.sum / self.scored as f64;
        ScorePoint {
            at: self.at,
            recording: RecordingId(self.recording),
            start: self.start,
            score: self.score,
            least: self.least,
            mean: Some(mean).filter(|mean| self.scored > 0 && mean.is_finite()),
            decision: self.decision,
            verdict: self.verdict,
            model: model.map(|(name, _)| Arc::clone(name)),
            threshold: model.and_then(|&(_, threshold)| threshold),
            windows: u32::try_from(self.windows).unwrap_or(u32::MAX),
        }
    }
}

fn larger(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a > b,
        (a, b) => a.is_some() && b.is_none(),
    }
}
