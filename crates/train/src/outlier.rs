//! Normal recordings that are far from normal.

use std::path::PathBuf;

use crate::known::Known;
use crate::table::Table;

/// So many times the score that nine in ten stay below.
const FAR: f64 = 10.0;

/// A normal recording that scores far above the others by fits that had not seen it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// Where it is.
    pub path: PathBuf,
    /// The highest score of its windows.
    pub score: f64,
    /// That score divided by the one that nine in ten normal windows stay below.
    pub times: f64,
}

/// The recordings that score far above the others, the farthest first.
pub(crate) fn outliers(
    unseen: &[(usize, f64)],
    table: &Table,
    recordings: &[Known],
) -> Vec<Outlier> {
    let mut sorted: Vec<f64> = unseen.iter().map(|(_, score)| *score).collect();
    sorted.sort_by(f64::total_cmp);
    let Some(&usual) = sorted.get(sorted.len() * 9 / 10) else { return Vec::new() };
    let mut scores = vec![0.0f64; table.rows()];
    for &(row, score) in unseen {
        scores[row] = score;
    }
    let mut found: Vec<Outlier> = Vec::new();
    for (rows, one) in table.recordings.iter().zip(recordings) {
        let score = scores[rows.clone()].iter().copied().fold(0.0, f64::max);
        if score > FAR * usual {
            found.push(Outlier { path: one.path.clone(), score, times: score / usual });
        }
    }
    found.sort_by(|a, b| b.times.total_cmp(&a.times));
    found
}
