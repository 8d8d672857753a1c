//! Windows with small disturbances put on.

use rayon::prelude::*;

use super::disturbance::{Disturbance, SMALL};
use crate::baseline::Baseline;
use crate::error::TrainError;
use crate::learner::Learner;
use crate::options::Options;

/// Some windows of normal recordings, and the same with each disturbance.
pub(crate) struct Tried {
    /// Their rows in the table of all windows, in order.
    pub(crate) rows: Vec<usize>,
    /// For each disturbance their features, `[rows][columns]`.
    pub(crate) disturbed: Vec<(Disturbance, Vec<f64>)>,
}

impl Tried {
    /// Windows that are wanted, of at most so many recordings, spread evenly over those that have one.
    ///
    /// # Errors
    /// Where a disturbed recording gives no features.
    pub(crate) fn of(
        learner: &Learner<'_>,
        normal: &Baseline,
        wanted: impl Fn(usize) -> bool,
        most: usize,
    ) -> Result<Self, TrainError> {
        let prepared = learner.prepared;
        let places = &prepared.table.recordings;
        let all: Vec<usize> =
            (0..places.len()).filter(|&at| places[at].clone().any(&wanted)).collect();
        let every = all.len().div_ceil(most).max(1);
        let chosen: Vec<usize> = all.into_iter().step_by(every).collect();
        let recordings = normal.located(&chosen)?;
        // Each row of the table of all windows, and of one of these recordings alone.
        let both: Vec<(usize, usize)> = chosen
            .iter()
            .flat_map(|&at| places[at].clone())
            .enumerate()
            .map(|(own, row)| (row, own))
            .filter(|(row, _)| wanted(*row))
            .collect();
        let columns = prepared.table.columns;
        let options = &Options { skip_bad: false, ..learner.options.clone() };
        let disturbed = SMALL
            .into_par_iter()
            .map(|disturbance| {
                let mut disturbed =
                    super::disturbed(&recordings, &normal.given, disturbance, options.seed);
                let values = prepared.features_of(&mut disturbed, options)?.table.values;
                let row = |(_, own): &(usize, usize)| &values[own * columns..(own + 1) * columns];
                Ok((disturbance, both.iter().flat_map(row).copied().collect()))
            })
            .collect::<Result<_, TrainError>>()?;
        Ok(Self { rows: both.into_iter().map(|(row, _)| row).collect(), disturbed })
    }
}
