//! The Cholesky factor of a small matrix, and its inverse, in packed storage.
//!
//! A symmetric or lower triangular `n × n` matrix is kept as its lower triangle, row by row:
//! `a00, a10, a11, a20, a21, a22, …`, which is [`packed_len`] numbers.

use crate::{Error, Real};

/// The length of a packed lower triangle of `n` rows: `n (n + 1) / 2`.
pub const fn packed_len(n: usize) -> usize {
    n.saturating_mul(n.saturating_add(1)) / 2
}

/// How far below the largest possible a pivot may fall before its row counts as dependent.
const LEAST_PIVOT: f64 = 1e-12;

/// Replaces a symmetric matrix by its lower Cholesky factor: `A = L Lᵀ`, packed, in place.
///
/// Cholesky–Banachiewicz, row by row (Golub and Van Loan, *Matrix Computations*, 4.2).
///
/// # Errors
/// [`Error::NotPositiveDefinite`] where a pivot is not above 1e-12 of its diagonal element, and
/// [`Error::Shape`] where the length is not that of a packed triangle of `n` rows. The matrix is
/// then spoilt.
pub fn cholesky<T: Real>(matrix: &mut [T], n: usize) -> Result<(), Error> {
    if matrix.len() != packed_len(n) {
        return Err(Error::Shape { expected: packed_len(n), found: matrix.len() });
    }
    for row in 0..n {
        let (above, current) = matrix
            .split_at_mut_checked(packed_len(row))
            .ok_or(Error::NotPositiveDefinite { row })?;
        for column in 0..=row {
            let (done, rest) =
                current.split_at_mut_checked(column).ok_or(Error::NotPositiveDefinite { row })?;
            let element = rest.first_mut().ok_or(Error::NotPositiveDefinite { row })?;
            if column == row {
                let diagonal = *element;
                let pivot = done.iter().fold(diagonal, |left, &l| left - l * l);
                let positive = pivot > diagonal * T::from_f64(LEAST_PIVOT) && pivot > T::ZERO;
                if !(positive && pivot.is_finite()) {
                    return Err(Error::NotPositiveDefinite { row });
                }
                *element = pivot.sqrt();
            } else {
                let other = above.iter().skip(packed_len(column));
                let dot = done.iter().zip(other).fold(*element, |left, (&a, &b)| left - a * b);
                let diagonal = above
                    .get(packed_len(column) + column)
                    .ok_or(Error::NotPositiveDefinite { row })?;
                *element = dot / *diagonal;
            }
        }
    }
    Ok(())
}

/// Replaces a lower triangular matrix by its inverse, packed, in place.
///
/// # Errors
/// [`Error::NotPositiveDefinite`] where a diagonal element is 0, and [`Error::Shape`] as for
/// [`cholesky`]. The matrix is then spoilt.
pub fn invert_lower<T: Real>(matrix: &mut [T], n: usize) -> Result<(), Error> {
    if matrix.len() != packed_len(n) {
        return Err(Error::Shape { expected: packed_len(n), found: matrix.len() });
    }
    for row in 0..n {
        let (above, current) = matrix
            .split_at_mut_checked(packed_len(row))
            .ok_or(Error::NotPositiveDefinite { row })?;
        let diagonal = *current.get(row).ok_or(Error::NotPositiveDefinite { row })?;
        if diagonal == T::ZERO {
            return Err(Error::NotPositiveDefinite { row });
        }
        // X[row][column] = -(Σ_{k=column}^{row-1} L[row][k] X[k][column]) / L[row][row]:
        // what stands left of `column` in this row is not needed any more.
        for column in 0..row {
            let mut dot = T::ZERO;
            for (k, &l) in current.iter().enumerate().take(row).skip(column) {
                let x =
                    above.get(packed_len(k) + column).ok_or(Error::NotPositiveDefinite { row })?;
                dot += l * *x;
            }
            if let Some(element) = current.get_mut(column) {
                *element = -dot / diagonal;
            }
        }
        if let Some(element) = current.get_mut(row) {
            *element = T::ONE / diagonal;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;
    use proptest::prelude::*;

    extern crate std;
    use std::vec::Vec;

    fn full(packed: &[f64], n: usize) -> DMatrix<f64> {
        DMatrix::from_fn(n, n, |i, j| if j <= i { packed[packed_len(i) + j] } else { 0.0 })
    }

    proptest! {
        #[test]
        fn factor_and_inverse_agree_with_nalgebra(
            n in 1usize..12,
            entries in proptest::collection::vec(-1.0f64..1.0, 144),
        ) {
            let root = DMatrix::from_fn(n, n, |i, j| entries[i * 12 + j]);
            let matrix = &root * root.transpose() + DMatrix::identity(n, n) * 0.1;
            let mut packed: Vec<f64> =
                (0..n).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|at| matrix[at]).collect();
            cholesky(&mut packed, n).unwrap();
            let oracle = matrix.cholesky().unwrap().l();
            prop_assert!((full(&packed, n) - &oracle).amax() < 1e-11);
            invert_lower(&mut packed, n).unwrap();
            let identity = full(&packed, n) * oracle;
            prop_assert!((identity - DMatrix::identity(n, n)).amax() < 1e-10);
        }
    }

    #[test]
    fn dependent_rows_are_refused() {
        let mut twice = [1.0, 2.0, 4.0];
        assert_eq!(cholesky(&mut twice, 2), Err(Error::NotPositiveDefinite { row: 1 }));
        let mut flat = [0.0f32];
        assert_eq!(cholesky(&mut flat, 1), Err(Error::NotPositiveDefinite { row: 0 }));
        let mut wrong = [1.0, 2.0];
        assert_eq!(cholesky(&mut wrong, 2), Err(Error::Shape { expected: 3, found: 2 }));
    }
}
