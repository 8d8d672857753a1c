//! How well what is learnt from some recordings tells others from them.

use super::partition::Split;
use crate::auc;
use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::interval::{Interval, auc_interval};
use crate::learner::Learner;
use crate::options::Options;
use crate::prepare::Prepared;

/// An area under the ROC curve: how well scores tell windows of one kind from those of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// The area.
    pub auc: f64,
    /// Its 95 % confidence interval, windows being taken for independent.
    pub interval: Option<Interval>,
}

/// How well others are told from what was learnt from.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// Of each of the others, where it has windows.
    pub others: Vec<Option<Area>>,
    /// Of all of them together.
    pub together: Option<Area>,
}

/// Fits the detector of `options` to the first three fifths, in time, of each folder, and tells the rest
/// from the windows of each of `others`: an area of 1 where all of these are stranger, and of a half
/// where nothing tells them apart.
///
/// # Errors
/// A [`TrainError`] where the recordings do not make a model, or not one for the others.
pub fn apart(
    mut normal: Baseline,
    others: Vec<Baseline>,
    options: &Options,
) -> Result<Apart, TrainError> {
    options.check()?;
    let prepared = Prepared::of(&mut normal, options)?;
    let learner = Learner { prepared: &prepared, options, done: &|| () };
    let Prepared { table, folders, rows, .. } = &prepared;
    let parts = Split::TimeOrdered.parts(rows, folders, &table.recordings);
    // All of it, where it is too little to be parted.
    let (fit, test) = parts.first().map_or((rows, rows), |part| (&part.fit, &part.test));
    let detector = learner.fit(fit)?.detector();
    let unseen = learner.scores_of(&detector, test)?;
    let mut all = Vec::new();
    let mut areas = Vec::with_capacity(others.len());
    for mut other in others {
        if other.recordings.is_empty() {
            areas.push(None);
            continue;
        }
        let values = prepared.features_of(&mut other, options)?.values;
        let scores = learner.scores(&detector, values.chunks_exact(table.columns))?;
        areas.push(area(&unseen, &scores));
        all.extend(scores);
    }
    Ok(Apart { others: areas, together: area(&unseen, &all) })
}

fn area(normal: &[f64], other: &[f64]) -> Option<Area> {
    let auc = auc(normal, other)?;
    Some(Area { auc, interval: auc_interval(auc, normal.len(), other.len()) })
}
