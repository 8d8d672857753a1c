//! The features of the recordings that can be used.

use judder_model::{Binding, Misfit};

use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::measured::{Measured, Measuring};
use crate::table::Refused;

/// What is measured of all recordings. Those that cannot be used are refused or, where that is
/// wanted, left out of the baseline.
pub(crate) fn usable(
    baseline: &mut Baseline,
    measuring: Measuring<'_>,
    skip_bad: bool,
) -> Result<Measured, TrainError> {
    let Binding { axes, window, rate_hz, .. } = measuring.binding;
    baseline.agree_on(axes, skip_bad)?;
    baseline.rate(Some(rate_hz))?;
    let mut measured = Measured::of(baseline, &baseline.all(), measuring)?;
    let all = &baseline.recordings;
    let mut bad: Vec<(usize, Misfit)> = std::mem::take(&mut measured.refused)
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
        return Ok(measured);
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
    let is_bad = |at: usize| bad.binary_search_by_key(&at, |(index, _)| *index).is_ok();
    let mut at = 0..;
    measured.prints.retain(|_| at.next().is_none_or(|at| !is_bad(at)));
    let mut at = 0..;
    measured.looked.retain(|_| at.next().is_none_or(|at| !is_bad(at)));
    baseline.leave_out(bad.iter().map(|(index, _)| *index), reasons);
    // What is left was read and computed before; the rows of the others are empty.
    measured.table.recordings.retain(|rows| !rows.is_empty());
    Ok(measured)
}
