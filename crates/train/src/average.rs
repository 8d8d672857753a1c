//! Scores averaged over consecutive windows, as the core's watch averages them.

use std::ops::Range;

/// The geometric means of `k` consecutive scores.
pub(crate) fn moving_mean(scores: &[f64], k: usize) -> Vec<f64> {
    if k <= 1 {
        return scores.to_vec();
    }
    let logarithm = |score: &f64| score.max(f64::MIN_POSITIVE).ln();
    let mean = |run: &[f64]| (run.iter().map(logarithm).sum::<f64>() / run.len() as f64).exp();
    scores.windows(k).map(mean).collect()
}

/// The same of scores of rows, in any order: a run ends where a row between has no score, and where
/// another of `folders` begins.
pub(crate) fn of_runs(scores: &[(usize, f64)], folders: &[Range<usize>], k: usize) -> Vec<f64> {
    values(&rows_of_runs(scores, folders, k))
}

/// As [`of_runs`], with the row that stands for each mean: the last of its `k`.
pub(crate) fn rows_of_runs(
    scores: &[(usize, f64)],
    folders: &[Range<usize>],
    k: usize,
) -> Vec<(usize, f64)> {
    if k <= 1 {
        return scores.to_vec();
    }
    let mut sorted = scores.to_vec();
    sorted.sort_by_key(|(row, _)| *row);
    let starts = |row: usize| folders.iter().any(|folder| folder.start == row);
    sorted
        .chunk_by(|a, b| b.0 == a.0 + 1 && !starts(b.0))
        .flat_map(|run| {
            let last = run.iter().skip(k - 1).map(|(row, _)| *row);
            last.zip(moving_mean(&values(run), k))
        })
        .collect()
}

fn values(scores: &[(usize, f64)]) -> Vec<f64> {
    scores.iter().map(|(_, score)| *score).collect()
}
