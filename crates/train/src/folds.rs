//! Parts of the normal windows that are left out of a fit in turn.

use std::ops::Range;

use judder_data::split;

/// How many parts.
pub(crate) const FOLDS: usize = 5;

/// A part for each row: the k-th contiguous fifth in time of every folder is part k.
///
/// Windows near in time resemble each other; contiguous parts keep the neighbours of a left-out
/// window out of the fit as well. Every folder takes part in every fit, as a machine may have
/// several normal states. Where folders are too small for that, all rows together are cut.
pub(crate) fn in_time(folders: &[Range<usize>]) -> Vec<usize> {
    let rows = folders.last().map_or(0, |last| last.end);
    let mut parts = vec![0; rows];
    for folder in folders {
        for (part, block) in split::blocks(folder.len(), FOLDS).into_iter().enumerate() {
            parts[folder.start + block.start..folder.start + block.end].fill(part);
        }
    }
    if (0..FOLDS).any(|part| !parts.contains(&part)) {
        for (part, block) in split::blocks(rows, FOLDS).into_iter().enumerate() {
            parts[block].fill(part);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_in_every_part_and_none_is_shuffled() {
        let parts = in_time(&[0..10, 10..17]);
        assert_eq!(parts[..10], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert!((0..FOLDS).all(|part| parts[10..].contains(&part)));
        assert!(parts[10..].is_sorted());
    }

    #[test]
    fn folders_of_one_are_cut_together() {
        let ones: Vec<Range<usize>> = (0..20).map(|at| at..at + 1).collect();
        let parts = in_time(&ones);
        assert!(parts.is_sorted() && (0..FOLDS).all(|part| parts.contains(&part)));
    }

    #[test]
    fn chance_fills_all_parts_alike() {
        let parts = shuffled(23, 7);
        let count = |part| parts.iter().filter(|&&p| p == part).count();
        assert!((0..FOLDS).all(|part| (4..=5).contains(&count(part))));
        assert_ne!(parts, shuffled(23, 8));
        assert_eq!(parts, shuffled(23, 7));
    }
}
