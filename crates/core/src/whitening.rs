//! From a covariance to the matrix that a Gaussian detector runs.

use crate::blocks::{blocks_len, cut, cut_mut};
use crate::{Error, Real, cholesky, invert_lower, packed_len};

/// Writes the whitening matrix `W` of a covariance `Σ`, where `WᵀW = Σ⁻¹`: lower triangular, packed
/// `[n (n + 1) / 2]` as `Σ` is.
///
/// It is the inverse Cholesky factor of the correlation matrix, its columns divided by the standard
/// deviations, which are left in `deviations` `[n]`.
///
/// # Errors
/// [`Error::NotPositiveDefinite`] with the row at which that shows: a feature does not vary, or
/// follows from others. [`Error::Shape`] where the lengths do not belong together.
pub fn whiten<T: Real>(
    covariance: &[T],
    deviations: &mut [T],
    whitening: &mut [T],
) -> Result<(), Error> {
    let n = deviations.len();
    for found in [covariance.len(), whitening.len()] {
        if found != packed_len(n) {
            return Err(Error::Shape { expected: packed_len(n), found });
        }
    }
    for (row, slot) in deviations.iter_mut().enumerate() {
        let variance = covariance.get(packed_len(row) + row).copied().unwrap_or(T::NAN);
        *slot = variance.sqrt();
        if !(variance > T::ZERO && (T::ONE / *slot).is_finite()) {
            return Err(Error::NotPositiveDefinite { row });
        }
    }
    each_element(whitening, deviations, |at, slot, row_sd, column_sd, diagonal| {
        let covariance = covariance.get(at).copied().unwrap_or(T::NAN);
        *slot = if diagonal { T::ONE } else { covariance / (row_sd * column_sd) };
    });
    cholesky(whitening, n)?;
    invert_lower(whitening, n)?;
    each_element(whitening, deviations, |_, slot, _, column_sd, _| *slot = *slot / column_sd);
    Ok(())
}

/// [`whiten`] of a covariance that is blocks along the diagonal, each of so many features: the packed
/// triangles of both one after the other, [`blocks_len`] numbers.
///
/// The numbers are the very bits that the whole triangle with zeros beside the blocks gives.
///
/// # Errors
/// As [`whiten`], the row counted over all blocks.
pub fn whiten_blocks<T: Real>(
    blocks: &[u16],
    covariance: &[T],
    deviations: &mut [T],
    whitening: &mut [T],
) -> Result<(), Error> {
    let n = blocks.iter().fold(0_usize, |sum, &size| sum.saturating_add(size.into()));
    let expected = blocks_len(blocks);
    for (expected, found) in
        [(n, deviations.len()), (expected, covariance.len()), (expected, whitening.len())]
    {
        if expected != found {
            return Err(Error::Shape { expected, found });
        }
    }
    let (mut covariance, mut deviations, mut whitening) = (covariance, deviations, whitening);
    let mut before = 0_usize;
    for &size in blocks {
        let size = usize::from(size);
        let (Some(block), Some(deviations), Some(triangle)) = (
            cut(&mut covariance, packed_len(size)),
            cut_mut(&mut deviations, size),
            cut_mut(&mut whitening, packed_len(size)),
        ) else {
            return Err(Error::NotPositiveDefinite { row: before });
        };
        whiten(block, deviations, triangle).map_err(|error| match error {
            Error::NotPositiveDefinite { row } => {
                Error::NotPositiveDefinite { row: before.saturating_add(row) }
            }
            error => error,
        })?;
        before = before.saturating_add(size);
    }
    Ok(())
}

/// Calls `change` for each element of a packed triangle: its place, itself, the standard deviations
/// of its row and column, and whether it is on the diagonal.
fn each_element<T: Real>(
    packed: &mut [T],
    deviations: &[T],
    mut change: impl FnMut(usize, &mut T, T, T, bool),
) {
    let (mut rows, mut at) = (packed, 0);
    for (i, &row_sd) in deviations.iter().enumerate() {
        let Some((row, rest)) = rows.split_at_mut_checked(i + 1) else { return };
        for (j, (slot, &column_sd)) in row.iter_mut().zip(deviations).enumerate() {
            change(at, slot, row_sd, column_sd, i == j);
            at += 1;
        }
        rows = rest;
    }
}
