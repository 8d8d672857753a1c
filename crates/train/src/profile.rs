//! The vibration of normal windows, by which verdicts are explained.

use judder_model::{DetectorKind, NormalState, Precision, Profile};

use crate::baseline::Baseline;
use crate::measured::{Measured, Measuring};
use crate::prepare::Prepared;

/// Bands of a profile: at 200 Hz they are 6 Hz wide, and of any window they hold equally many lines.
const BANDS: u8 = 16;

/// 1.4826 × the median absolute deviation estimates the standard deviation of Gaussian numbers.
const MAD_TO_SD: f64 = 1.4826;

/// The least spread of a logarithm, that normal windows which are all alike do not make everything
/// stand out: three of it are 16 % of an amplitude, or of an energy.
const LEAST_SPREAD: f64 = 0.05;

/// A state of fewer windows takes the spread of all states.
const FEWEST: usize = 10;

/// The most recordings that are looked at, from first to last evenly: medians of more say the same.
const MOST: usize = 4096;

/// Numbers of a profile are rounded to one in so many: logarithms are not known better.
const STEPS: f64 = 1e4;

/// The profile of the windows that a detector was fitted to; none where one of them has a band whose
/// energy cannot be told.
pub(crate) fn profile(
    baseline: &Baseline,
    prepared: &Prepared,
    detector: &DetectorKind,
) -> Option<Profile> {
    let Prepared { binding, table, rows, .. } = prepared;
    let features = &Profile::features(BANDS).ok()?;
    let every = baseline.recordings.len().div_ceil(MOST).max(1);
    let some: Vec<usize> = (0..baseline.recordings.len()).step_by(every).collect();
    // The row of the table that each of theirs is.
    let places: Vec<usize> = some.iter().flat_map(|&at| table.recordings[at].clone()).collect();
    let binding = *binding;
    let measuring =
        Measuring { binding, features, precision: Precision::F64, gravity: None, look: false };
    let Measured { table: vibration, refused, .. } =
        Measured::of(baseline, &some, measuring).ok()?;
    if !refused.is_empty() || vibration.rows() != places.len() {
        return None;
    }
    let mut groups = vec![Vec::new(); detector.states()];
    let learnt = |at: &usize| rows.binary_search(&places[*at]).is_ok();
    let rows: Vec<usize> = (0..places.len()).filter(learnt).collect();
    for &row in &rows {
        groups[detector.state(table.row(places[row]))].push(row);
    }
    // No window may be nearest to one of several centres; it is then never asked for.
    groups.iter_mut().filter(|group| group.is_empty()).for_each(|group| group.clone_from(&rows));
    let columns = 0..vibration.columns;
    let column = |group: &[usize], i: usize| -> Vec<f64> {
        group.iter().map(|&row| vibration.row(row)[i]).collect()
    };
    let medians: Vec<Vec<f64>> = groups
        .iter()
        .map(|group| columns.clone().map(|i| median(column(group, i))).collect())
        .collect();
    let distances = |at: usize, i: usize| -> Vec<f64> {
        column(&groups[at], i).into_iter().map(|x| (x - medians[at][i]).abs()).collect()
    };
    let pooled: Vec<f64> = columns
        .clone()
        .map(|i| median((0..groups.len()).flat_map(|at| distances(at, i)).collect()))
        .collect();
    let state = |at: usize| {
        let spread = |i: usize| {
            let own = if groups[at].len() < FEWEST { pooled[i] } else { median(distances(at, i)) };
            rounded((MAD_TO_SD * own).max(LEAST_SPREAD))
        };
        NormalState {
            median: medians[at].iter().copied().map(rounded).collect(),
            spread: columns.clone().map(spread).collect(),
        }
    };
    Some(Profile { bands: BANDS, states: (0..groups.len()).map(state).collect() })
}

fn rounded(x: f64) -> f64 {
    (x * STEPS).round() / STEPS
}

/// The median; of an even count the mean of the two in the middle.
pub(crate) fn median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    middle_of(&all)
}

/// The same of values in ascending order; 0 where there are none.
pub(crate) fn middle_of(all: &[f64]) -> f64 {
    let middle = all.len() / 2;
    match all.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => all[middle],
        _ => all[middle - 1].midpoint(all[middle]),
    }
}
