//! Normal states that are like anomalous ones.

use std::ops::Range;
use std::path::PathBuf;

use judder_data::split;
use judder_model::{DetectorKind, Gaussian, Precision, feature_scores};
use rayon::prelude::*;

use crate::auc;
use crate::family::Family;
use crate::fit::fit_families;
use crate::known::Known;
use crate::options::Options;
use crate::shrinkage::Shrinkage;
use crate::table::Table;

/// Where two windows of different folders are told apart in fewer cases than this, of those in which they are
/// compared: the area under the ROC curve, which is a half for two folders of one state.
const ALIKE: f64 = 0.7;

/// A folder of fewer windows says nothing of its state.
const FEWEST: usize = 20;

/// A normal folder whose windows are as those of an anomalous one.
#[derive(Debug, Clone, PartialEq)]
pub struct Among {
    /// The normal folder.
    pub normal: PathBuf,
    /// The anomalous folder.
    pub anomaly: PathBuf,
    /// How well a model of the normal one tells the other's windows from its own: the area under the ROC curve.
    pub by_normal: f64,
    /// How well a model of the anomalous one does.
    pub by_anomaly: f64,
}

/// The windows of one folder, and a Gaussian that was fitted to the first three fifths of them.
struct Side<'t> {
    folder: PathBuf,
    columns: usize,
    values: &'t [f64],
    detector: DetectorKind,
    /// The scores that it gives to the rest.
    own: Vec<f64>,
}

/// The normal folders that are like an anomalous one: a model of the first three fifths of either, in time, tells
/// the rest of it from the other's windows in fewer than seven of ten comparisons. No state that a model could be
/// asked to find is like that.
pub(crate) fn among(
    normal: (&[Known], &Table),
    anomalies: (&[Known], &Table),
    axes: usize,
    options: &Options,
) -> Vec<Among> {
    let (normal, anomalies) = (sides(normal, axes, options), sides(anomalies, axes, options));
    let pairs: Vec<(&Side<'_>, &Side<'_>)> =
        normal.iter().flat_map(|one| anomalies.iter().map(move |other| (one, other))).collect();
    let alike = |(one, other): &(&Side<'_>, &Side<'_>)| {
        let by_normal = one.tells(other, options.precision).filter(|area| *area < ALIKE)?;
        let by_anomaly = other.tells(one, options.precision).filter(|area| *area < ALIKE)?;
        let (normal, anomaly) = (one.folder.clone(), other.folder.clone());
        Some(Among { normal, anomaly, by_normal, by_anomaly })
    };
    pairs.par_iter().filter_map(alike).collect()
}

impl Side<'_> {
    /// How well its model tells the other's windows from its own.
    fn tells(&self, other: &Side<'_>, precision: Precision) -> Option<f64> {
        let rows = other.values.chunks_exact(self.columns);
        let scores = feature_scores(&self.detector, precision, rows);
        auc(&self.own, &scores.ok()?)
    }
}

fn sides<'t>(
    (recordings, table): (&[Known], &'t Table),
    axes: usize,
    options: &Options,
) -> Vec<Side<'t>> {
    let paths: Vec<_> = recordings.iter().map(|one| one.path.as_path()).collect();
    let folders: Vec<(PathBuf, Range<usize>)> = split::folders(&paths)
        .into_iter()
        .map(|(folder, run)| {
            let rows = table.recordings[run.start].start..table.recordings[run.end - 1].end;
            (folder.to_owned(), rows)
        })
        .filter(|(_, rows)| rows.len() >= FEWEST)
        .collect();
    let families = Family::of_each(&options.features, axes);
    let side = |(folder, rows): (PathBuf, Range<usize>)| {
        let columns = table.columns;
        let values = &table.values[rows.start * columns..rows.end * columns];
        let first = rows.len() * 3 / 5;
        let fit = fit_families(values, columns, 0..first, Shrinkage::Families, &families).ok()?;
        let detector = DetectorKind::Mahalanobis(Gaussian::new(fit.mean, fit.covariance).ok()?);
        let rest = values[first * columns..].chunks_exact(columns);
        let own = feature_scores(&detector, options.precision, rest).ok()?;
        Some(Side { folder, columns, values, detector, own })
    };
    folders.into_par_iter().filter_map(side).collect()
}
