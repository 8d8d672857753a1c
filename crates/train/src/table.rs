//! The features of many windows, a row each.

use std::borrow::Cow;
use std::ops::Range;

use judder_core::{Error, FeatureSet, Real};
use judder_data::Recording;
use judder_model::{Precision, Windows, starts};
use rayon::prelude::*;

/// The features of many windows: `[rows × columns]`, in the order of the recordings.
#[derive(Debug, Clone, Default, PartialEq)]
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

    /// Some columns of all rows, row by row.
    pub(crate) fn of_columns(&self, columns: &[usize]) -> Cow<'_, [f64]> {
        if columns.len() == self.columns {
            return Cow::Borrowed(&self.values);
        }
        let rows = self.values.chunks_exact(self.columns.max(1));
        rows.flat_map(|row| columns.iter().map(|&column| row[column])).collect()
    }

    /// The features of one window.
    pub(crate) fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.columns..(index + 1) * self.columns]
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
