//! The features of many windows, a row each.

use std::ops::Range;

use judder_core::{Error, FeatureSet, Mahalanobis, Real};
use judder_data::Recording;
use judder_model::{Gaussian, Precision, Windows, starts};
use rayon::prelude::*;

/// The features of many windows: `[rows × columns]`, in the order of the recordings.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Features of a window.
    pub columns: usize,
    /// Row by row. They are those of the model's arithmetic, exactly.
    pub values: Vec<f64>,
    /// The rows of each recording.
    pub recordings: Vec<Range<usize>>,
}

impl Table {
    /// How many windows it has.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns.max(1)
    }
}

/// A recording that gives no features.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Refused {
    /// Its index.
    pub recording: usize,
    /// The first reading of the window that is the reason.
    pub start: usize,
    /// What is wrong with that window.
    pub error: Error,
}

/// Computes the features of every window of `recordings`, on all threads, in `precision`.
///
/// A recording with a window that has no features gives no row, and is returned with the reason.
///
/// # Errors
/// Where the set gives no features for this many axes.
pub fn extract(
    recordings: &[&Recording],
    set: &FeatureSet,
    axes: usize,
    window: usize,
    hop: usize,
    precision: Precision,
) -> Result<(Table, Vec<Refused>), Error> {
    let columns = set.count(axes)?;
    let rows: Vec<Result<Vec<f64>, (usize, Error)>> = match precision {
        Precision::F32 => all::<f32>(recordings, set, columns, window, hop),
        Precision::F64 => all::<f64>(recordings, set, columns, window, hop),
    };
    let mut table = Table { columns, values: Vec::new(), recordings: Vec::new() };
    let mut refused = Vec::new();
    for (index, rows) in rows.into_iter().enumerate() {
        let start = table.rows();
        match rows {
            Ok(rows) => table.values.extend(rows),
            Err((start, error)) => refused.push(Refused { recording: index, start, error }),
        }
        table.recordings.push(start..table.rows());
    }
    Ok((table, refused))
}

fn all<T: Real>(
    recordings: &[&Recording],
    set: &FeatureSet,
    columns: usize,
    window: usize,
    hop: usize,
) -> Vec<Result<Vec<f64>, (usize, Error)>> {
    recordings
        .par_iter()
        .map(|recording| {
            let mut windows = Windows::new(recording.axes(), window);
            let mut features = vec![T::ZERO; columns];
            let mut rows = Vec::new();
            for start in starts(recording.len(), window, hop) {
                let features = windows
                    .cut(recording.values(), start)
                    .and_then(|(readings, scratch)| set.extract(&readings, scratch, &mut features))
                    .map_err(|error| (start, error))?;
                rows.extend(features.iter().map(|x| x.to_f64()));
            }
            Ok(rows)
        })
        .collect()
}

/// The scores that a Gaussian gives to rows of features, in `precision`: the core's own.
pub(crate) fn scores<'r>(
    gaussian: &Gaussian,
    precision: Precision,
    rows: impl Iterator<Item = &'r [f64]>,
) -> Vec<f64> {
    match precision {
        Precision::F32 => scores_in::<f32>(gaussian, rows),
        Precision::F64 => scores_in::<f64>(gaussian, rows),
    }
}

fn scores_in<'r, T: Real>(gaussian: &Gaussian, rows: impl Iterator<Item = &'r [f64]>) -> Vec<f64> {
    let rounded = |values: &[f64]| values.iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>();
    let (mean, whitening) = (rounded(gaussian.mean()), rounded(gaussian.whitening()));
    let detector = Mahalanobis::new(&mean, &whitening);
    rows.map(|row| {
        // A score too large for the arithmetic is above every threshold.
        detector.and_then(|d| d.score(&rounded(row))).map_or(f64::MAX, Real::to_f64)
    })
    .collect()
}
