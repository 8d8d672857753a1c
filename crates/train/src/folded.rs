//! Fits to some windows, and to the same without each fifth in time, from sums of the parts.

use judder_model::DetectorKind;
use rayon::prelude::*;

use crate::error::TrainError;
use crate::folds::{self, FOLDS};
use crate::learner::{Learner, Scores};
use crate::method::Fitted;
use crate::moments::Moments;
use crate::prepare::Prepared;
use crate::states::States;
use crate::wander::Wandered;

/// Windows in fifths in time, each of which can be left out of a fit.
pub(crate) struct Folded<'f> {
    learner: &'f Learner<'f>,
    /// In ascending order.
    rows: &'f [usize],
    /// The fifth of each row of the table.
    parts: Vec<usize>,
    /// Of each state of each folder the sums of each fifth, of methods that fit by sums.
    cells: Option<Vec<Vec<[Option<Moments>; FOLDS]>>>,
}

impl<'f> Folded<'f> {
    /// Of these rows, in ascending order.
    pub(crate) fn of(learner: &'f Learner<'f>, rows: &'f [usize]) -> Self {
        let parts = folds::in_time(rows, &learner.prepared.folders, FOLDS);
        let cells = learner.prepared.states.as_ref().map(|states| {
            let mut found = states.each(&[const { Vec::new() }; FOLDS]);
            for &row in rows {
                if let Some((folder, state)) = states.of(row) {
                    found[folder][state][parts[row]].push(row);
                }
            }
            let moments = |rows: Vec<usize>| (!rows.is_empty()).then(|| learner.moments(&rows));
            let of_folder = |folder: Vec<[Vec<usize>; FOLDS]>| {
                folder.into_iter().map(|parts| parts.map(moments)).collect()
            };
            found.into_iter().map(of_folder).collect()
        });
        Self { learner, rows, parts, cells }
    }

    /// A fit to all of them.
    pub(crate) fn fit(&self) -> Result<Fitted, TrainError> {
        self.fit_to(None)
    }

    /// The score of each row, by a fit to the other fifths.
    pub(crate) fn unseen(&self) -> Result<Scores, TrainError> {
        let scores = |detector: &DetectorKind, inside: &[usize]| {
            Ok(vec![self.learner.scores_of(detector, inside)?])
        };
        Ok(self.each(scores)?.pop().unwrap_or_default())
    }

    /// The same, and what these fits say of the same rows of a machine that has wandered as far as a healthy one may.
    pub(crate) fn wandered(&self) -> Result<(Scores, Vec<Scores>), TrainError> {
        let learner = self.learner;
        let Prepared { table, binding, gravity, .. } = learner.prepared;
        let wandered = Wandered::of(&learner.options.features, binding.axes, *gravity);
        let scores = |detector: &DetectorKind, inside: &[usize]| {
            let mut all = vec![learner.scores_of(detector, inside)?];
            for gain in Wandered::gains() {
                let mut values = Vec::with_capacity(inside.len() * table.columns);
                let mut row = Vec::new();
                for &at in inside {
                    wandered.put(table, at, gain, &mut row);
                    values.extend_from_slice(&row);
                }
                all.push(learner.scores(detector, values.chunks_exact(table.columns))?);
            }
            Ok(all)
        };
        let mut all = self.each(scores)?;
        let usual = all.remove(0);
        Ok((usual, all))
    }

    /// For each kind of scores those of all rows, by the fits that have not seen them.
    fn each(
        &self,
        scores: impl Fn(&DetectorKind, &[usize]) -> Result<Vec<Vec<f64>>, TrainError> + Sync,
    ) -> Result<Vec<Scores>, TrainError> {
        let parts = (0..FOLDS)
            .into_par_iter()
            .map(|part| (part, self.inside(part)))
            .filter(|(_, inside)| !inside.is_empty())
            .map(|(part, inside)| {
                let kinds = scores(&self.fit_to(Some(part))?.detector(), &inside)?;
                Ok((inside, kinds))
            })
            .collect::<Result<Vec<(Vec<usize>, Vec<Vec<f64>>)>, TrainError>>()?;
        let kinds = parts.first().map_or(0, |(_, kinds)| kinds.len());
        let of_kind = |kind: usize| {
            let all = parts.iter().flat_map(|(inside, kinds)| inside.iter().zip(&kinds[kind]));
            all.map(|(&row, &score)| (row, score)).collect()
        };
        Ok((0..kinds).map(of_kind).collect())
    }

    fn inside(&self, part: usize) -> Vec<usize> {
        self.rows.iter().copied().filter(|&row| self.parts[row] == part).collect()
    }

    /// A fit to all but a part, if one is named.
    fn fit_to(&self, without: Option<usize>) -> Result<Fitted, TrainError> {
        if let Some(states) = self.sums(without) {
            return self.learner.fit_sums(&states);
        }
        let is_kept = |row: &usize| Some(self.parts[*row]) != without;
        let kept: Vec<usize> = self.rows.iter().copied().filter(is_kept).collect();
        self.learner.fit(&kept)
    }

    /// The sums of each state without a part; none where a state is left with too few windows, and its windows must be
    /// looked at.
    fn sums(&self, without: Option<usize>) -> Option<Vec<Vec<Moments>>> {
        let families = self.learner.families();
        let mut all = Vec::new();
        for folder in self.cells.as_ref()? {
            let kept = |parts: &[Option<Moments>; FOLDS]| {
                let kept = parts.iter().enumerate().filter(|(part, _)| Some(*part) != without);
                let mut kept = kept.filter_map(|(_, moments)| moments.as_ref());
                let first = kept.next()?.clone();
                Some(kept.fold(first, |sum, part| sum.joined(part, &families)))
            };
            let states: Vec<Moments> = folder.iter().filter_map(kept).collect();
            if States::has_small(states.iter().map(|state| state.windows)) {
                return None;
            }
            all.extend((!states.is_empty()).then_some(states));
        }
        Some(all)
    }
}
