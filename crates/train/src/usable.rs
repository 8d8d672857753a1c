//! The features of the recordings that can be used.

use judder_core::FeatureSet;
use judder_data::Recording;
use judder_model::{Binding, Misfit, Precision};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::table::{Refused, Table, extract};

/// The features of all recordings. Those that cannot be used are refused or, where that is wanted,
/// left out of the baseline.
pub(crate) fn usable(
    baseline: &mut Baseline,
    binding: Binding,
    features: &FeatureSet,
    precision: Precision,
    skip_bad: bool,
) -> Result<Table, TrainError> {
    let Binding { axes, window, hop, rate_hz } = binding;
    baseline.agree_on(axes, skip_bad)?;
    baseline.rate(Some(rate_hz))?;
    let all: Vec<&Recording> = baseline.recordings.iter().map(|one| &one.recording).collect();
    let (table, refused) =
        extract(&all, features, axes, window, hop, precision).map_err(TrainError::Features)?;
    let mut bad: Vec<(usize, Misfit)> = refused
        .into_iter()
        .map(|Refused { recording, start, error }| (recording, Misfit::Window { start, error }))
        .collect();
    bad.extend(
        all.iter()
            .enumerate()
            .filter(|(_, one)| one.len() < window)
            .map(|(index, one)| (index, Misfit::Short { found: one.len(), expected: window })),
    );
    if bad.is_empty() {
        return Ok(table);
    }
    bad.sort_by_key(|(index, _)| *index);
    let of = baseline.recordings.len();
    let named = |(index, misfit): &(usize, Misfit)| {
        format!("{}: {misfit}", baseline.recordings[*index].path.display())
    };
    let reasons: Vec<String> = bad.iter().map(named).collect();
    if !skip_bad {
        if let [(index, misfit)] = bad.as_slice() {
            let path = baseline.recordings[*index].path.clone();
            return Err(TrainError::Misfit { path, misfit: misfit.clone() });
        }
        return Err(TrainError::Unusable { reasons, of });
    }
    baseline.leave_out(bad.into_iter().map(|(index, _)| index), reasons);
    // What is left was read and computed before; the rows of the others are empty.
    let recordings = table.recordings.iter().filter(|rows| !rows.is_empty()).cloned().collect();
    Ok(Table { recordings, ..table })
}
