//! Parts of the normal windows that are left out of a fit in turn.

use std::ops::Range;

use judder_data::split;

/// In how many parts windows are scored unseen for a threshold.
pub(crate) const FOLDS: usize = 5;

/// In how many parts windows are judged for a figure: with more of them a model that is judged is
/// nearer to the one that is kept.
pub(crate) const JUDGED: usize = 10;

/// A part for each of these rows: the k-th contiguous piece in time of every folder is part k. The
/// rows, in ascending order, are those of `folders` or some of them.
///
/// Windows near in time resemble each other; contiguous parts keep the neighbours of a left-out
/// window out of the fit as well. Every folder takes part in every fit, as a machine may have
/// several normal states. Where folders are too small for that, all rows together are cut.
pub(crate) fn in_time(rows: &[usize], folders: &[Range<usize>], count: usize) -> Vec<usize> {
    let cut = |rows: &[usize], parts: &mut [usize]| {
        for (part, block) in split::blocks(rows.len(), count).into_iter().enumerate() {
            rows[block].iter().for_each(|&row| parts[row] = part);
        }
    };
    let mut parts = vec![0; folders.last().map_or(0, |last| last.end)];
    for folder in folders {
        let start = rows.partition_point(|&row| row < folder.start);
        let end = rows.partition_point(|&row| row < folder.end);
        cut(&rows[start..end], &mut parts);
    }
    if (0..count).any(|part| rows.iter().all(|&row| parts[row] != part)) {
        cut(rows, &mut parts);
    }
    parts
}

/// A part for each row by chance, all of nearly equal size.
pub(crate) fn shuffled(rows: usize, seed: u64, count: usize) -> Vec<usize> {
    let mut parts = vec![0; rows];
    for (place, row) in split::shuffled(rows, seed).into_iter().enumerate() {
        parts[row] = place % count;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_in_every_part_and_none_is_shuffled() {
        let parts = in_time(&(0..17).collect::<Vec<_>>(), &[0..10, 10..17], FOLDS);
        assert_eq!(parts[..10], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
        assert!((0..FOLDS).all(|part| parts[10..].contains(&part)));
        assert!(parts[10..].is_sorted());
    }

    #[test]
    fn folders_of_one_are_cut_together() {
        let ones: Vec<Range<usize>> = (0..20).map(|at| at..at + 1).collect();
        let parts = in_time(&(0..20).collect::<Vec<_>>(), &ones, FOLDS);
        assert!(parts.is_sorted() && (0..FOLDS).all(|part| parts.contains(&part)));
    }

    #[test]
    fn rows_that_are_left_out_do_not_count() {
        let parts = in_time(&[1, 3, 5, 7, 9, 12, 13, 14, 15, 16], &[0..10, 10..17], FOLDS);
        let of = |rows: [usize; 5]| rows.map(|row| parts[row]);
        assert_eq!(
            (of([1, 3, 5, 7, 9]), of([12, 13, 14, 15, 16])),
            ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
        );
    }

    #[test]
    fn chance_fills_all_parts_alike() {
        let parts = shuffled(23, 7, FOLDS);
        let count = |part| parts.iter().filter(|&&p| p == part).count();
        assert!((0..FOLDS).all(|part| (4..=5).contains(&count(part))));
        assert_ne!(parts, shuffled(23, 8, FOLDS));
        assert_eq!(parts, shuffled(23, 7, FOLDS));
    }
}
