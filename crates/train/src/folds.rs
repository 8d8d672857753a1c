//! Parts of the normal windows that are left out of a fit in turn.

use std::ops::Range;

use judder_data::split;

/// How many parts.
pub(crate) const FOLDS: usize = 5;

/// A part for each row: the k-th contiguous fifth in time of every folder is part k.
///
/// Windows near in time resemble each other; contiguous parts keep the neighbours of a left-out
/// window out of the fit as well. Every folder takes part in every fit, as a machine may have
/// several normal states.
pub(crate) fn in_time(folders: &[Range<usize>]) -> Vec<usize> {
    let rows = folders.last().map_or(0, |last| last.end);
    let mut parts = vec![0; rows];
    for folder in folders {
        for (part, block) in split::blocks(folder.len(), FOLDS).into_iter().enumerate() {
            parts[folder.start + block.start..folder.start + block.end].fill(part);
        }
    }
    parts
}

/// A part for each row by chance, all of nearly equal size.
pub(crate) fn shuffled(rows: usize, seed: u64) -> Vec<usize> {
    let mut parts = vec![0; rows];
    for (place, row) in split::shuffled(rows, seed).into_iter().enumerate() {
        parts[row] = place % FOLDS;
    }
    parts
}
