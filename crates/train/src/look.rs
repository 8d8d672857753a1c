//! What is looked at before anything is learnt.

use std::collections::HashMap;

use judder_data::Located;
use judder_data::quality::{Finding, Kind, Severity, check_read};
use rayon::prelude::*;

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::fingerprint::fingerprint;

/// Looks at recordings before a model learns from some and is judged by the others. The errors that a check
/// (`judder check`) finds in them, all together; none of those that leave recordings out by themselves.
///
/// # Errors
/// [`TrainError::BothSides`] where a recording stands on both sides: nothing can be learnt or judged then.
/// [`TrainError::Found`] where a check finds errors, unless `force`.
pub fn look(
    normal: &Baseline,
    anomalies: &[&Baseline],
    force: bool,
) -> Result<Vec<Finding>, TrainError> {
    both_sides(normal, anomalies)?;
    let sides = std::iter::once(&normal).chain(anomalies);
    let all: Vec<&Located> = sides.flat_map(|side| &side.recordings).collect();
    let mut findings = check_read(&all).findings;
    findings.retain(|one| {
        let is_refused = matches!(one.kind, Kind::Unreadable | Kind::AxesDiffer);
        one.severity == Severity::Error && !is_refused
    });
    if findings.is_empty() || force { Ok(findings) } else { Err(TrainError::Found { findings }) }
}

/// Refuses the same readings as normal and as anomalous.
fn both_sides(normal: &Baseline, anomalies: &[&Baseline]) -> Result<(), TrainError> {
    if anomalies.is_empty() {
        return Ok(());
    }
    let prints = |side: &[Located]| -> Vec<[u8; 32]> {
        side.par_iter().map(|one| fingerprint(&one.recording)).collect()
    };
    let known: HashMap<[u8; 32], &Located> =
        prints(&normal.recordings).into_iter().zip(&normal.recordings).rev().collect();
    let mut both = Vec::new();
    for side in anomalies {
        for (print, other) in prints(&side.recordings).iter().zip(&side.recordings) {
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
