//! Stretches of normal recordings that lie apart from the rest of their folder: they set the threshold.
//!
//! A machine that gets warm, a load that was another at first, a sensor that was touched, one window in which a door was
//! slammed: a model that is to call all of them normal misses what is smaller. No rule that leaves them out by itself held on
//! machines that it was not made on, so they are named, with what the threshold would be without them.

mod rank;
mod worth;

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::folds::FOLDS;
use crate::known::Known;
use crate::learner::Learner;
use crate::profile::median;
use crate::table::Table;
use rank::{running_median, spearman};

use worth::without;
pub use worth::{Found, Without};

/// The fewest windows of a folder in which stretches are looked for: each half is fitted by itself.
const FEWEST: usize = 20;

/// Windows are far whose running median is so many times the largest median of the fifths of the other half.
const FAR: f64 = 1.5;

/// A stretch is at most this share of its folder: what is longer is what is normal.
const LONGEST: f64 = 0.45;

/// A start falls where the rank correlation of its scores with time is this or less.
const FALLS: f64 = -0.5;

/// At most so many windows of a folder are single ones that are far, or one of a hundred.
const FEW: usize = 2;

/// In this share of folders a window is called far by chance.
const BY_CHANCE: f64 = 0.05;

/// The mean of what the upper quarter of a Gaussian is above its quartile, in standard deviations.
const EXCESS: f64 = 0.597;

/// What of normal recordings is not to be learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeaveOut {
    /// The start of a folder that lies apart.
    Start,
    /// Single windows that lie far from all others.
    Far,
}

impl LeaveOut {
    /// Its name, as in `--leave-out`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Far => "far",
        }
    }
}

/// Where in its folder a stretch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The start.
    Start {
        /// Whether its scores fall, as where a machine gets warm.
        falls: bool,
    },
    /// The end.
    End,
    /// A window by itself.
    Single,
}

impl Place {
    /// What leaves it out; the end may be what is normal from now on, so nothing leaves that out.
    pub fn leave_out(self) -> Option<LeaveOut> {
        match self {
            Self::Start { .. } => Some(LeaveOut::Start),
            Self::End => None,
            Self::Single => Some(LeaveOut::Far),
        }
    }
}

/// A stretch that lies apart from the rest of its folder.
#[derive(Debug, Clone, PartialEq)]
pub struct LyingApart {
    /// Where.
    pub place: Place,
    /// The folder.
    pub folder: PathBuf,
    /// The recording of its first window.
    pub first: PathBuf,
    /// The recording of its last window.
    pub last: PathBuf,
    /// How many windows it has.
    pub windows: usize,
    /// How long these are, in s, where they follow each other without a gap.
    pub seconds: f64,
    /// How many windows of its folder are learnt from, it among them.
    pub of: usize,
    /// Its rows.
    pub(crate) rows: Vec<usize>,
}

impl std::fmt::Display for LyingApart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { place, folder, first, windows, seconds, of, .. } = self;
        let folder = folder.display();
        match place {
            Place::Start { falls } => {
                write!(f, "the first {windows} windows of {of} ({seconds:.0} s) of {folder}")?;
                f.write_str(if *falls { ", which fall as where a machine gets warm" } else { "" })
            }
            Place::End => write!(
                f,
                "the last {windows} windows of {of} ({seconds:.0} s) of {folder}: what is normal may have changed"
            ),
            Place::Single => write!(f, "a window of {}, far from all others", first.display()),
        }
    }
}

/// The stretches that lie apart, and what a model without them would be worth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stretches {
    /// Each of them, folder by folder.
    pub found: Vec<LyingApart>,
    /// For each way of leaving some out what comes of it.
    pub without: Vec<Without>,
}

impl Stretches {
    /// Those among the rows that a learner's windows are learnt from, where `unseen` are their scores by fits that had not seen
    /// them.
    ///
    /// # Errors
    /// Those of a fit.
    pub(crate) fn of(
        learner: &Learner<'_>,
        normal: &Baseline,
        unseen: &[(usize, f64)],
    ) -> Result<Self, TrainError> {
        let rows = &learner.prepared.rows;
        let found = lying_apart(learner, rows, unseen, &normal.recordings);
        let without = without(learner, normal, rows, &found)?;
        Ok(Self { found, without })
    }

    /// The rows without what is to be left out.
    pub(crate) fn left_in(&self, rows: &[usize], ways: &[LeaveOut]) -> Vec<usize> {
        let left: HashSet<usize> = self.left(ways).collect();
        rows.iter().copied().filter(|row| !left.contains(row)).collect()
    }

    /// How many windows are left out.
    pub(crate) fn left_out(&self, ways: &[LeaveOut]) -> usize {
        self.left(ways).collect::<HashSet<_>>().len()
    }

    fn left(&self, ways: &[LeaveOut]) -> impl Iterator<Item = usize> {
        let is_named =
            |one: &&LyingApart| one.place.leave_out().is_some_and(|way| ways.contains(&way));
        self.found.iter().filter(is_named).flat_map(|one| one.rows.iter().copied())
    }
}

/// The stretches among `rows` of the table that lie apart, folder by folder, where `unseen` are the scores of all rows by fits
/// that had not seen them.
///
/// For the start the second half of a folder is fitted, and its fifths are scored by fits to the other four; for the
/// end the same with the halves changed. A window is far where the running median of the logarithms of the scores is above the
/// largest median of these fifths by log 1.5. Where a half cannot be fitted nothing is said of it.
fn lying_apart(
    learner: &Learner<'_>,
    rows: &[usize],
    unseen: &[(usize, f64)],
    recordings: &[Known],
) -> Vec<LyingApart> {
    let (table, binding) = (&learner.prepared.table, learner.prepared.binding);
    let hop = binding.hop as f64 / binding.rate_hz;
    let of_folder = |folder: &Range<usize>| {
        let inside = |row: usize| rows.partition_point(|&other| other < row);
        let rows = &rows[inside(folder.start)..inside(folder.end)];
        if rows.len() < FEWEST {
            return Vec::new();
        }
        let mut found = ends(learner, rows).unwrap_or_default();
        let apart: Vec<usize> = found.iter().flat_map(|(_, rows)| rows.clone()).collect();
        found.extend(singles(unseen, rows, &apart, table.columns));
        let named = |(place, inside)| named(place, inside, (rows.len(), hop), table, recordings);
        found.into_iter().filter_map(named).collect::<Vec<_>>()
    };
    let found: Vec<Vec<LyingApart>> = learner.prepared.folders.par_iter().map(of_folder).collect();
    found.into_iter().flatten().collect()
}

/// The start and the end of a folder, where they lie apart.
fn ends(learner: &Learner<'_>, rows: &[usize]) -> Result<Vec<(Place, Vec<usize>)>, TrainError> {
    let (first, second) = rows.split_at(rows.len() / 2);
    let mut found = Vec::new();
    let start = Seen::by(learner, first, second)?;
    if let Some(far) = start.run(rows.len()) {
        let falls = spearman(&start.logs[..far]) <= FALLS;
        found.push((Place::Start { falls }, first[..far].to_vec()));
    }
    // The same with time turned round.
    let backwards = |rows: &[usize]| rows.iter().rev().copied().collect::<Vec<usize>>();
    let (first, second) = (backwards(first), backwards(second));
    if let Some(far) = Seen::by(learner, &second, &first)?.run(rows.len()) {
        found.push((Place::End, backwards(&second[..far])));
    }
    Ok(found)
}

/// Windows of one half of a folder as the other half sees them, those first that are farthest from it in time.
struct Seen {
    /// The logarithms of their scores.
    logs: Vec<f64>,
    /// The running median of both halves.
    level: Vec<f64>,
    /// From where on they are far.
    limit: f64,
}

impl Seen {
    fn by(learner: &Learner<'_>, outer: &[usize], inner: &[usize]) -> Result<Self, TrainError> {
        let scores = |fitted: &[usize], scored: &[usize]| {
            let mut fitted = fitted.to_vec();
            fitted.sort_unstable();
            let detector = learner.fit(&fitted)?.detector();
            let scores = learner.scores_of(&detector, scored)?;
            let logarithm = |score: f64| score.max(f64::MIN_POSITIVE).ln();
            Ok::<_, TrainError>(scores.into_iter().map(logarithm).collect::<Vec<f64>>())
        };
        let logs = scores(inner, outer)?;
        let (mut all, mut limit) = (logs.clone(), f64::NEG_INFINITY);
        for block in judder_data::split::blocks(inner.len(), FOLDS) {
            let others = [&inner[..block.start], &inner[block.end..]].concat();
            let fifth = scores(&others, &inner[block])?;
            limit = limit.max(median(fifth.clone()));
            all.extend(fifth);
        }
        let width = (all.len() / FEWEST).max(3);
        Ok(Self { level: running_median(&all, width), logs, limit: limit + FAR.ln() })
    }

    /// How many windows from the first on are far, where that is a stretch.
    fn run(&self, windows: usize) -> Option<usize> {
        let far = self.level.iter().take_while(|level| **level > self.limit).count();
        (far > 0 && far as f64 <= LONGEST * windows as f64).then_some(far)
    }
}

/// Single windows that are far from all others of their folder.
fn singles(
    unseen: &[(usize, f64)],
    rows: &[usize],
    apart: &[usize],
    columns: usize,
) -> Vec<(Place, Vec<usize>)> {
    let counts = |row: &usize| rows.binary_search(row).is_ok() && !apart.contains(row);
    let mut scores: Vec<(usize, f64)> = unseen
        .iter()
        .filter(|(row, _)| counts(row))
        .map(|(row, score)| (*row, score.max(f64::MIN_POSITIVE).ln()))
        .collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let logs: Vec<f64> = scores.iter().map(|(_, log)| *log).collect();
    let far = far_above(&logs, (rows.len() / 100).max(FEW), (2.0 / columns as f64).sqrt());
    let mut far: Vec<usize> = scores[..far].iter().map(|(row, _)| *row).collect();
    far.sort_unstable();
    far.into_iter().map(|row| (Place::Single, vec![row])).collect()
}

/// How many of these logarithms of scores, in descending order, are far above the others: at most so many.
///
/// What the upper quarter is above the quartile is taken for exponential, as of scores with heavy tails. Then the largest
/// excess of `k + 1` is above `f` times the mean of the `k` below it in a share `(k + 1) (1 + f / k)^-k` of cases, or fewer. That
/// mean is taken for no less than that of a Gaussian of the spread that chance gives.
fn far_above(logs: &[f64], most: usize, spread: f64) -> usize {
    let quarter = logs.len() / 4;
    let Some(&quartile) = logs.get(quarter) else { return 0 };
    let is_far = |far: &usize| {
        let below = &logs[*far..quarter.max(*far)];
        let k = below.len() as f64;
        if below.is_empty() {
            return false;
        }
        let mean = below.iter().map(|log| log - quartile).sum::<f64>() / k;
        let mean = mean.max(EXCESS * spread);
        let chance = BY_CHANCE / most as f64 / (k + 1.0);
        logs[*far - 1] - quartile > mean * k * (chance.powf(-1.0 / k) - 1.0)
    };
    (1..=most).rev().find(is_far).unwrap_or(0)
}

fn named(
    place: Place,
    rows: Vec<usize>,
    (of, hop): (usize, f64),
    table: &Table,
    recordings: &[Known],
) -> Option<LyingApart> {
    let at = |row: usize| {
        let recording = table.recordings.partition_point(|rows| rows.end <= row);
        recordings.get(recording).map(|one| one.path.clone())
    };
    let (first, last) = (at(*rows.first()?)?, at(*rows.last()?)?);
    let folder = first.parent()?.to_owned();
    let (windows, seconds) = (rows.len(), rows.len() as f64 * hop);
    Some(LyingApart { place, folder, first, last, windows, seconds, of, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of 16 the upper quarter is 4, its quartile 0; the three below the largest have a mean excess of 0.2, and
    /// 3 (0.00625^(-1/3) - 1) times that is 2.66.
    #[test]
    fn a_window_is_far_by_the_tail_of_the_others() {
        let mut logs = vec![2.7, 0.3, 0.2, 0.1];
        logs.extend([0.0; 12]);
        assert_eq!(far_above(&logs, 2, 0.0), 1);
        logs[0] = 2.6;
        assert_eq!(far_above(&logs, 2, 0.0), 0);
        // Two, neither of which hides the other: 2 (0.008333^(-1/2) - 1) 0.15 is 2.99.
        logs[..2].copy_from_slice(&[9.0, 3.1]);
        assert_eq!(far_above(&logs, 2, 0.0), 2);
        // Chance alone spreads as far.
        assert_eq!(far_above(&logs, 2, 2.0), 0);
        assert_eq!(far_above(&[1.0, 0.0], 2, 0.1), 0);
    }
}
