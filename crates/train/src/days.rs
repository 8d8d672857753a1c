//! How far a machine moves from one run of recordings to the next, as from day to day.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use judder_model::DetectorKind;
use rayon::prelude::*;

use crate::error::TrainError;
use crate::known::Known;
use crate::learner::Learner;

/// Recordings that are so far apart are of two runs.
const APART: Duration = Duration::from_secs(6 * 3600);

/// The fewest windows of a run that is looked at.
const FEWEST: usize = 20;

impl Days {
    /// The most runs that are held against each other.
    pub const MOST: usize = MOST;
}

const MOST: usize = 8;

/// A run whose scores by another are no more than so many times that one's own is in the same state.
const SAME: f64 = 4.0;

/// A run of normal recordings, as an earlier one in the same state sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The folder of the earlier run, and its first recording.
    pub from: (PathBuf, PathBuf),
    /// The same of the later one.
    pub to: (PathBuf, PathBuf),
    /// How many times the earlier run's scores are those of the later one, in the middle.
    pub times: f64,
    /// What the thresholds of the runs by themselves say; none where there is no threshold, or where it is not
    /// for single windows.
    pub limits: Option<Limits>,
}

/// What the thresholds of two runs by themselves say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The share of the later run's windows above the earlier one's threshold.
    pub above: f64,
    /// The earlier run's threshold,
    pub earlier: f64,
    /// and the later one's.
    pub later: f64,
}

/// What becomes of normal from run to run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Days {
    /// Each run that was in the state of an earlier one.
    pub moved: Vec<Moved>,
    /// How many runs there are.
    pub runs: usize,
}

impl Days {
    /// Of the windows that are learnt from: each folder is a run, or several where hours are between its recordings. What cannot
    /// be fitted by itself is passed over.
    pub(crate) fn of(learner: &Learner<'_>, recordings: &[Known]) -> Self {
        let runs = runs(learner, recordings);
        if !(2..=MOST).contains(&runs.len()) {
            return Self { moved: Vec::new(), runs: runs.len() };
        }
        let seen: Vec<Option<Seen>> =
            runs.par_iter().map(|rows| Seen::of(learner, rows).ok()).collect();
        let moved = (1..runs.len()).filter_map(|later| {
            let (own, rows) = (seen[later].as_ref()?, &runs[later]);
            let by = |earlier: usize| {
                let of = seen[earlier].as_ref()?;
                let scores = learner.scores_of(&of.detector, rows).ok()?;
                let times = middle(&scores) / of.usual;
                Some((earlier, of, scores, times))
            };
            let nearest = (0..later).filter_map(by).min_by(|a, b| a.3.total_cmp(&b.3));
            let (earlier, of, scores, times) = nearest.filter(|nearest| nearest.3 <= SAME)?;
            let above = scores.iter().filter(|score| **score > of.threshold).count();
            let limits = Limits {
                above: above as f64 / scores.len() as f64,
                earlier: of.threshold,
                later: own.threshold,
            };
            Some(Moved {
                from: named(learner, recordings, &runs[earlier])?,
                to: named(learner, recordings, rows)?,
                times,
                limits: Some(limits).filter(|_| learner.is_by_window()),
            })
        });
        Self { moved: moved.collect(), runs: runs.len() }
    }
}

/// A run by itself.
struct Seen {
    detector: DetectorKind,
    threshold: f64,
    /// The median of its scores by fits that had not seen them.
    usual: f64,
}

impl Seen {
    fn of(learner: &Learner<'_>, rows: &[usize]) -> Result<Self, TrainError> {
        let unseen = learner.unseen(rows)?;
        let threshold = learner.calibrate(&unseen)?.value;
        let scores: Vec<f64> = unseen.into_iter().map(|(_, score)| score).collect();
        Ok(Self { detector: learner.fit(rows)?.detector(), threshold, usual: middle(&scores) })
    }
}

/// The rows of each run that is long enough.
fn runs(learner: &Learner<'_>, recordings: &[Known]) -> Vec<Vec<usize>> {
    let prepared = learner.prepared;
    let taken = |at: usize| recordings.get(at)?.taken();
    let follows = |at: usize| {
        let gap =
            taken(at).zip(taken(at - 1)).and_then(|(now, before)| now.duration_since(before).ok());
        gap.is_none_or(|gap| gap < APART)
    };
    let mut starts: Vec<usize> = prepared.folders.iter().map(|folder| folder.start).collect();
    let places = &prepared.table.recordings;
    starts.extend((1..places.len()).filter(|&at| !follows(at)).map(|at| places[at].start));
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([prepared.table.rows()]);
    let of = |run: Range<usize>| {
        prepared.rows.iter().copied().filter(|row| run.contains(row)).collect::<Vec<usize>>()
    };
    let all = starts.iter().copied().zip(ends).map(|(start, end)| of(start..end));
    let mut runs: Vec<Vec<usize>> = all.filter(|rows| rows.len() >= FEWEST).collect();
    let begun = |rows: &Vec<usize>| taken(place_of(learner, rows));
    // As they were recorded, where that is known; else as they were given.
    if runs.iter().all(|rows| begun(rows).is_some()) {
        runs.sort_by_key(begun);
    }
    runs
}

/// The recording of the first of some rows.
fn place_of(learner: &Learner<'_>, rows: &[usize]) -> usize {
    let first = rows.first().copied().unwrap_or(0);
    learner.prepared.table.recordings.partition_point(|inside| inside.end <= first)
}

/// The folder of a run, and its first recording.
fn named(
    learner: &Learner<'_>,
    recordings: &[Known],
    rows: &[usize],
) -> Option<(PathBuf, PathBuf)> {
    let first = &recordings.get(place_of(learner, rows))?.path;
    Some((first.parent().unwrap_or(Path::new("")).to_owned(), first.clone()))
}

fn middle(scores: &[f64]) -> f64 {
    let mut sorted = scores.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
