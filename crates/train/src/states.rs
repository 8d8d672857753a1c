//! The states of all windows that are learnt from: found once, and the same in every fit to some of them.

use std::ops::Range;

use judder_core::FeatureSet;

use crate::modes::{FEWEST, Telling, modes_of, without_small};
use crate::table::Table;

/// In which state each window is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct States {
    /// By which features, where more than one were looked for.
    telling: Option<Telling>,
    /// Of each row of the table the folder and the state in it; none of a row that is not learnt from.
    of: Vec<Option<(usize, usize)>>,
    /// How many states each folder has.
    shape: Vec<usize>,
}

impl States {
    /// All rows are in one.
    pub(crate) fn one(table: &Table) -> Self {
        Self { telling: None, of: vec![Some((0, 0)); table.rows()], shape: vec![1] }
    }

    /// Those of some rows; folders of fewer windows than `fewest` are looked at together.
    pub(crate) fn find(
        table: &Table,
        (set, axes): (&FeatureSet, usize),
        chance: &[Option<f64>],
        rows: &[usize],
        folders: &[Range<usize>],
        fewest: usize,
    ) -> Self {
        let found = modes_of(table, set, axes, chance, rows, folders, (fewest, 0.0));
        let mut of = vec![None; table.rows()];
        for (folder, states) in found.iter().enumerate() {
            for (state, rows) in states.iter().enumerate() {
                rows.iter().for_each(|&row| of[row] = Some((folder, state)));
            }
        }
        let shape = found.iter().map(Vec::len).collect();
        Self { telling: Some(Telling::of(set, axes, chance)), of, shape }
    }

    /// For each state of each folder what is begun with `empty`.
    pub(crate) fn each<T: Clone>(&self, empty: &T) -> Vec<Vec<T>> {
        self.shape.iter().map(|&states| vec![empty.clone(); states]).collect()
    }

    /// The folder and the state of a row.
    pub(crate) fn of(&self, row: usize) -> Option<(usize, usize)> {
        self.of.get(row).copied().flatten()
    }

    /// Whether a folder has a state of which so few windows are left that it is none by itself.
    pub(crate) fn has_small(mut windows: impl Iterator<Item = usize> + Clone) -> bool {
        windows.clone().filter(|&windows| windows > 0).count() > 1
            && windows.any(|windows| (1..FEWEST).contains(&windows))
    }

    /// The rows of each state of each folder among these, `[folder][state][row]`, none empty. A state of which few are left
    /// is joined to the nearest of its folder.
    pub(crate) fn among(&self, table: &Table, rows: &[usize]) -> Vec<Vec<Vec<usize>>> {
        let mut found = self.each(&Vec::new());
        for &row in rows {
            if let Some((folder, state)) = self.of(row) {
                found[folder][state].push(row);
            }
        }
        for states in &mut found {
            let is_small = Self::has_small(states.iter().map(Vec::len));
            states.retain(|rows| !rows.is_empty());
            if let (true, Some(telling)) = (is_small, &self.telling) {
                *states = without_small(table, telling, std::mem::take(states));
            }
        }
        found.retain(|states| !states.is_empty());
        found
    }
}
