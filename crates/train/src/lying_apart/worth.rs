//! What a threshold is worth with and without what lies apart.

use super::{LeaveOut, LyingApart};
use crate::baseline::Baseline;
use crate::compare::Tried;
use crate::error::TrainError;
use crate::folds::{self, FOLDS};
use crate::learner::Learner;

/// The most recordings on which disturbances are put.
const RECORDINGS: usize = 100;

/// A threshold, and what it would find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The threshold.
    pub threshold: f64,
    /// The share of windows above it on which a small disturbance is put, the mean of ten kinds.
    pub noticed: f64,
    /// The share of the same windows above it as they are.
    pub false_alarms: f64,
}

/// What is to be had by leaving out what lies apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Without {
    /// What is left out.
    pub leave_out: LeaveOut,
    /// How many windows.
    pub windows: usize,
    /// With them.
    pub with: Found,
    /// Without them.
    pub without: Found,
    /// The share of them that is above the threshold without them.
    pub above: f64,
}

/// For each way of leaving something out what it would be worth. The last fifth of each folder is scored, as it is and with
/// small disturbances put on, by a fit to the others.
///
/// # Errors
/// Those of a fit.
pub(crate) fn without(
    learner: &Learner<'_>,
    normal: &Baseline,
    rows: &[usize],
    apart: &[LyingApart],
) -> Result<Vec<Without>, TrainError> {
    let ways = [LeaveOut::Start, LeaveOut::Far].into_iter().filter_map(|way| {
        let left: Vec<usize> = apart
            .iter()
            .filter(|one| one.place.leave_out() == Some(way))
            .flat_map(|one| one.rows.iter().copied())
            .collect();
        (!left.is_empty()).then_some((way, left))
    });
    let ways: Vec<(LeaveOut, Vec<usize>)> = ways.collect();
    // Where a threshold is for votes or averages, single windows above it say little.
    if ways.is_empty() || !learner.is_by_window() {
        return Ok(Vec::new());
    }
    let last = Last::of(learner, normal, rows, apart)?;
    let with = last.found(rows)?;
    ways.into_iter()
        .map(|(leave_out, left)| {
            let kept: Vec<usize> =
                rows.iter().copied().filter(|row| left.binary_search(row).is_err()).collect();
            let without = last.found(&kept)?;
            let detector = learner.fit(&kept)?.detector();
            let above = share(&learner.scores_of(&detector, &left)?, without.threshold);
            Ok(Without { leave_out, windows: left.len(), with, without, above })
        })
        .collect()
}

/// Windows of the last fifths, as they are and disturbed.
struct Last<'l> {
    learner: &'l Learner<'l>,
    /// The part in time of each row.
    parts: Vec<usize>,
    tried: Tried,
}

impl<'l> Last<'l> {
    fn of(
        learner: &'l Learner<'l>,
        normal: &Baseline,
        rows: &[usize],
        apart: &[LyingApart],
    ) -> Result<Self, TrainError> {
        let parts = folds::in_time(rows, &learner.prepared.folders, FOLDS);
        let wanted = |row: usize| {
            let is_apart = || apart.iter().any(|one| one.rows.binary_search(&row).is_ok());
            rows.binary_search(&row).is_ok() && parts[row] == FOLDS - 1 && !is_apart()
        };
        let tried = Tried::of(learner, normal, wanted, RECORDINGS)?;
        Ok(Self { learner, parts, tried })
    }

    /// What a model of these rows would find.
    fn found(&self, rows: &[usize]) -> Result<Found, TrainError> {
        let Self { learner, tried, .. } = self;
        let threshold = learner.calibrate(&learner.unseen(rows)?)?.value;
        let earlier: Vec<usize> =
            rows.iter().copied().filter(|&row| self.parts[row] != FOLDS - 1).collect();
        let detector = learner.fit(&earlier)?.detector();
        let false_alarms = share(&learner.scores_of(&detector, &tried.rows)?, threshold);
        let columns = learner.prepared.table.columns;
        let noticed = tried.disturbed.iter().map(|(_, values)| {
            Ok(share(&learner.scores(&detector, values.chunks_exact(columns))?, threshold))
        });
        let noticed: Vec<f64> = noticed.collect::<Result<_, TrainError>>()?;
        Ok(Found {
            threshold,
            noticed: noticed.iter().sum::<f64>() / noticed.len().max(1) as f64,
            false_alarms,
        })
    }
}

fn share(scores: &[f64], threshold: f64) -> f64 {
    scores.iter().filter(|score| **score > threshold).count() as f64 / scores.len().max(1) as f64
}
