//! How well what is learnt from some recordings tells others from them.

use rayon::prelude::*;

use super::partition::Split;
use crate::auc;
use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::interval::{Interval, auc_interval};
use crate::learner::Learner;
use crate::options::Options;
use crate::prepare::Prepared;
use crate::table::Table;

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

/// Fits the detector of `options` to the first three fifths, in time, of each folder of `normal`, and
/// tells the rest from the windows of each of `others`: an area of 1 where all of these are stranger, and
/// of a half where nothing tells them apart.
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
    let tables = others.into_iter().map(|mut other| match other.recordings.is_empty() {
        true => Ok(None),
        false => prepared.features_of(&mut other, options).map(|found| Some(found.table)),
    });
    let tables = tables.collect::<Result<Vec<_>, _>>()?;
    told(&prepared, &tables.iter().map(Option::as_ref).collect::<Vec<_>>(), options)
}

/// The same of each state, learnt from by itself, with all states as the others; or why it makes no
/// model. What it would say of itself means nothing.
pub fn each_apart(
    states: Vec<Baseline>,
    options: &Options,
) -> Vec<Result<Vec<Option<Area>>, TrainError>> {
    let prepared: Vec<(Baseline, Result<Prepared, TrainError>)> = states
        .into_par_iter()
        .map(|mut state| {
            let prepared = options.check().and_then(|()| Prepared::of(&mut state, options));
            (state, prepared)
        })
        .collect();
    // What is too little to learn from can still be told apart.
    let any = prepared.iter().find_map(|(_, prepared)| prepared.as_ref().ok());
    let lone = prepared.iter().map(|(state, prepared)| match (prepared, any) {
        (Err(_), Some(any)) => {
            any.features_of(&mut state.clone(), options).ok().map(|found| found.table)
        }
        _ => None,
    });
    let lone: Vec<Option<Table>> = lone.collect();
    let tables: Vec<Option<&Table>> = prepared
        .iter()
        .zip(&lone)
        .map(|((_, prepared), lone)| prepared.as_ref().map(|one| &one.table).ok().or(lone.as_ref()))
        .collect();
    let rows: Vec<Option<Result<Apart, TrainError>>> = prepared
        .par_iter()
        .map(|(_, prepared)| prepared.as_ref().ok().map(|one| told(one, &tables, options)))
        .collect();
    let row = |((_, prepared), row): ((Baseline, Result<Prepared, TrainError>), Option<_>)| {
        let told =
            prepared.and_then(|_| row.unwrap_or(Ok(Apart { others: vec![], together: None })));
        told.map(|told| told.others)
    };
    prepared.into_iter().zip(rows).map(row).collect()
}

/// What a model of the first three fifths tells from the rest.
fn told(
    prepared: &Prepared,
    tables: &[Option<&Table>],
    options: &Options,
) -> Result<Apart, TrainError> {
    let learner = Learner { prepared, options, done: &|| () };
    let Prepared { table, folders, rows, .. } = prepared;
    let parts = Split::TimeOrdered.parts(rows, folders, &table.recordings);
    // All of it, where it is too little to be parted.
    let (fit, test) = parts.first().map_or((rows, rows), |part| (&part.fit, &part.test));
    let detector = learner.fit(fit)?.detector();
    let unseen = learner.scores_of(&detector, test)?;
    let (mut all, mut others) = (Vec::new(), Vec::with_capacity(tables.len()));
    for table in tables {
        let Some(Table { values, columns, .. }) = table else {
            others.push(None);
            continue;
        };
        let scores = learner.scores(&detector, values.chunks_exact(*columns))?;
        others.push(area(&unseen, &scores));
        all.extend(scores);
    }
    Ok(Apart { others, together: area(&unseen, &all) })
}

fn area(normal: &[f64], other: &[f64]) -> Option<Area> {
    let auc = auc(normal, other)?;
    Some(Area { auc, interval: auc_interval(auc, normal.len(), other.len()) })
}
