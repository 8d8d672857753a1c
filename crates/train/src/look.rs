//! What is looked at before anything is learnt.

use std::collections::HashMap;

use judder_data::quality::{Finding, Glance, Kind, Looked, Looking, Severity, check_looked};
use judder_data::{Cut, Piece};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::fingerprint::Printer;
use crate::known::Known;

/// Looks at recordings before a model learns from some and is judged by the others. The errors that a check
/// (`judder check`) finds in them, all together, and the stretches that repeat others within a recording; none of those
/// that leave recordings out by themselves.
///
/// # Errors
/// [`TrainError::BothSides`] where a recording stands on both sides: nothing can be learnt or judged then.
/// [`TrainError::Found`] where a check finds errors, unless `force`.
pub fn look(
    normal: &Baseline,
    anomalies: &[&Baseline],
    force: bool,
) -> Result<Vec<Finding>, TrainError> {
    let prints = !anomalies.is_empty();
    let of = |side: &Baseline| looked(side, prints);
    let (looked, known) = of(normal)?;
    let normal = Side { baseline: normal, prints: &known, looked };
    let mut others = anomalies.iter().map(|side| of(side)).collect::<Result<Vec<_>, _>>()?;
    let sides = anomalies.iter().zip(&mut others).map(|(baseline, (looked, prints))| Side {
        baseline,
        prints,
        looked: std::mem::take(looked),
    });
    judged_by_check(normal, sides.collect(), force)
}

/// Recordings of one side, and what is known of each.
pub(crate) struct Side<'s> {
    pub(crate) baseline: &'s Baseline,
    pub(crate) prints: &'s [[u8; 32]],
    pub(crate) looked: Vec<Looked>,
}

/// The same of recordings that were looked at while they were measured.
///
/// # Errors
/// Those of [`look`].
pub(crate) fn judged_by_check(
    normal: Side<'_>,
    anomalies: Vec<Side<'_>>,
    force: bool,
) -> Result<Vec<Finding>, TrainError> {
    both_sides(&normal, &anomalies)?;
    let all = normal.looked.into_iter().chain(anomalies.into_iter().flat_map(|one| one.looked));
    let mut findings = check_looked(all).findings;
    let is_error = |one: &Finding| one.severity == Severity::Error;
    findings.retain(|one| {
        let is_refused = matches!(one.kind, Kind::Unreadable | Kind::AxesDiffer);
        is_error(one) && !is_refused || one.kind == Kind::Repeats
    });
    if force || !findings.iter().any(is_error) {
        return Ok(findings);
    }
    findings.retain(is_error);
    Err(TrainError::Found { findings })
}

/// Refuses the same readings as normal and as anomalous.
fn both_sides(normal: &Side<'_>, anomalies: &[Side<'_>]) -> Result<(), TrainError> {
    if anomalies.is_empty() {
        return Ok(());
    }
    let known: HashMap<[u8; 32], &Known> =
        normal.prints.iter().copied().zip(&normal.baseline.recordings).rev().collect();
    let mut both = Vec::new();
    for Side { baseline, prints, .. } in anomalies {
        for (print, other) in prints.iter().zip(&baseline.recordings) {
            both.extend(known.get(print).map(|one| (one, other)));
        }
    }
    match both.first() {
        None => Ok(()),
        Some((one, other)) => Err(TrainError::BothSides {
            normal: one.path.clone(),
            anomaly: other.path.clone(),
            count: both.len(),
        }),
    }
}

/// What a check keeps of recordings and, where they are wanted, their fingerprints.
fn looked(side: &Baseline, prints: bool) -> Result<(Vec<Looked>, Vec<[u8; 32]>), TrainError> {
    let (mut all, mut known) = (Vec::with_capacity(side.recordings.len()), Vec::new());
    let (mut looking, mut printer) = (Looking::default(), Printer::default());
    let look = |piece: &Piece| {
        let print = prints.then(|| (piece.recording.clone(), piece.fresh));
        (Glance::at(piece), print)
    };
    side.pass(Cut::readings(), &side.all(), look, |_, (glance, print)| {
        print.into_iter().for_each(|(piece, fresh)| printer.add(&piece, fresh));
        let looked = looking.take(glance);
        if looked.is_some() {
            known.extend(std::mem::take(&mut printer).finish());
        }
        all.extend(looked);
    })?;
    Ok((all, known))
}
