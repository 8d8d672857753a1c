//! Eigenvalues and eigenvectors of a small symmetric matrix.

use core::array;

use crate::Real;

/// As many rows and columns as there are axes count; the rest is 0.
pub(crate) type Matrix<T, const N: usize> = [[T; N]; N];

/// More rounds of rotations than any covariance of [`MAX_AXES`](crate::MAX_AXES) rows was seen to need; see the tests.
const SWEEPS: usize = 10;

/// Makes the first `size` rows and columns of a symmetric matrix diagonal by rotations (Jacobi 1846,
/// in the order and with the formulas of Rutishauser 1966).
///
/// The columns of what is returned are the eigenvectors, in the order of the eigenvalues; those of
/// eigenvalues below `least` need not be told from each other.
pub(crate) fn diagonalise<T: Real, const N: usize>(
    a: &mut Matrix<T, N>,
    size: usize,
    least: T,
) -> Matrix<T, N> {
    let size = size.min(N);
    let mut vectors = identity();
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for p in 0..size {
            for q in p + 1..size {
                rotated |= rotate(a, &mut vectors, [p, q], size, least) == Some(true);
            }
        }
        if !rotated {
            break;
        }
    }
    vectors
}

fn identity<T: Real, const N: usize>() -> Matrix<T, N> {
    array::from_fn(|i| array::from_fn(|j| if i == j { T::ONE } else { T::ZERO }))
}

/// Turns rows and columns `p` and `q` so that the element between them is 0, unless it already is
/// as good as that. Returns whether there was something to turn.
///
/// No index here may panic, even where the compiler does not see how small they are.
#[inline]
fn rotate<T: Real, const N: usize>(
    a: &mut Matrix<T, N>,
    vectors: &mut Matrix<T, N>,
    [p, q]: [usize; 2],
    size: usize,
    least: T,
) -> Option<bool> {
    let (app, aqq, apq) = (*a.get(p)?.get(p)?, *a.get(q)?.get(q)?, *a.get(p)?.get(q)?);
    let diagonal = app.abs() + aqq.abs() + least;
    let negligible = diagonal + apq.abs() == diagonal;
    let mut t = T::ZERO;
    if !negligible {
        let theta = (aqq - app) / (apq + apq);
        let root = (theta * theta + T::ONE).sqrt();
        t = if theta < T::ZERO { -T::ONE / (root - theta) } else { T::ONE / (root + theta) };
        let c = T::ONE / (t * t + T::ONE).sqrt();
        let s = t * c;
        let turn = |x: &mut T, y: &mut T| (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
        for row in a.iter_mut().take(size) {
            turn_columns(row, [p, q], turn)?;
        }
        for row in vectors.iter_mut().take(size) {
            turn_columns(row, [p, q], turn)?;
        }
        for at in 0..size {
            let (mut x, mut y) = (*a.get(p)?.get(at)?, *a.get(q)?.get(at)?);
            turn(&mut x, &mut y);
            *a.get_mut(p)?.get_mut(at)? = x;
            *a.get_mut(q)?.get_mut(at)? = y;
        }
    }
    let row = a.get_mut(p)?;
    *row.get_mut(p)? = app - t * apq;
    *row.get_mut(q)? = T::ZERO;
    let row = a.get_mut(q)?;
    *row.get_mut(p)? = T::ZERO;
    *row.get_mut(q)? = aqq + t * apq;
    Some(!negligible)
}

/// Turns two numbers of a row. They are taken out and put back: a look at whether they are two costs a chip more.
#[inline(always)]
fn turn_columns<T: Real, const N: usize>(
    row: &mut [T; N],
    [p, q]: [usize; 2],
    turn: impl Fn(&mut T, &mut T),
) -> Option<()> {
    let (mut x, mut y) = (*row.get(p)?, *row.get(q)?);
    turn(&mut x, &mut y);
    *row.get_mut(p)? = x;
    *row.get_mut(q)? = y;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_AXES;
    use nalgebra::{DMatrix, DVector, SymmetricEigen};
    use proptest::prelude::*;

    extern crate std;
    use std::vec::Vec;

    /// How far from each other the eigenvalues of a hostile matrix are.
    #[derive(Debug, Clone, Copy)]
    enum Spectrum {
        /// Evenly shared over twelve powers of ten.
        Wide,
        /// Next to each other: apart by some units of the last place of an `f32`.
        Narrow,
        /// All but one or two of them nothing but rounding.
        Singular,
    }

    impl Spectrum {
        fn eigenvalue(self, at: usize, size: usize, jitter: f64) -> f64 {
            match self {
                Self::Wide => 1e-12_f64.powf((at as f64 + jitter) / size as f64),
                Self::Narrow => 1.0 + (jitter * 8.0).round() * f64::from(f32::EPSILON),
                Self::Singular if at < 2 => 1.0 + jitter,
                Self::Singular => 0.0,
            }
        }
    }

    /// Positive semidefinite matrices with a diagonal up to 1: products of random axes, of axes with
    /// given eigenvalues, of graded axes, and of axes with a correlation up to 1 - 1e-7.
    fn covariances() -> impl Strategy<Value = DMatrix<f64>> {
        let numbers = || prop::collection::vec(-1.0f64..1.0, MAX_AXES * MAX_AXES);
        let spectrum =
            prop::sample::select([Spectrum::Wide, Spectrum::Narrow, Spectrum::Singular].to_vec());
        let any = (1..=MAX_AXES, numbers(), spectrum, 0..4usize, 7i32..13);
        any.prop_map(|(n, numbers, spectrum, kind, power)| {
            let root = DMatrix::from_fn(n, n, |i, j| numbers[i * MAX_AXES + j]);
            let own = |at: usize| numbers[at * MAX_AXES].abs();
            let product = &root * root.transpose() + DMatrix::identity(n, n) * 1e-3;
            let turn = product.clone().symmetric_eigen().eigenvectors;
            let matrix = match kind {
                0 => product,
                1 => {
                    let values = DVector::from_fn(n, |i, _| spectrum.eigenvalue(i, n, own(i)));
                    &turn * DMatrix::from_diagonal(&values) * turn.transpose()
                }
                // Axes in units of their own: variances over as many powers of ten.
                2 => {
                    let size =
                        DVector::from_fn(n, |i, _| 10f64.powf(-f64::from(power) / 2.0 * own(i)));
                    let size = DMatrix::from_diagonal(&size);
                    &size * product * &size
                }
                _ => {
                    let r = 1.0 - 10f64.powi(-power);
                    let sign = |at: usize| numbers[at * MAX_AXES].signum();
                    let of = |i, j| if i == j { 1.0 } else { r * sign(i) * sign(j) };
                    DMatrix::from_fn(n, n, of)
                }
            };
            &matrix / matrix.diagonal().amax()
        })
    }

    /// Checks that everything beside the diagonal is gone, the turn is one, and turning back gives
    /// what there was, within some units of the last place of the largest element.
    fn check<T: Real>(matrix: &DMatrix<f64>, epsilon: f64) -> Result<(), TestCaseError> {
        let size = matrix.nrows();
        let of = |i: usize, j: usize| matrix.get((i, j)).copied().unwrap_or(0.0);
        let mut a: Matrix<T, MAX_AXES> =
            array::from_fn(|i| array::from_fn(|j| T::from_f64(of(i, j))));
        let before = DMatrix::from_fn(size, size, |i, j| a[i][j].to_f64());
        let vectors = diagonalise(&mut a, size, T::from_f64(1e-6));
        for (i, row) in a.iter().enumerate() {
            for (j, element) in row.iter().enumerate().filter(|&(j, _)| j != i || j >= size) {
                prop_assert_eq!(element.to_f64(), 0.0, "{} {} of {}", i, j, before);
            }
        }
        let turn = DMatrix::from_fn(size, size, |i, j| vectors[i][j].to_f64());
        let diagonal = DMatrix::from_fn(size, size, |i, j| a[i][j].to_f64());
        let near = 64.0 * epsilon;
        let identity = DMatrix::identity(size, size);
        prop_assert!((turn.transpose() * &turn - identity).amax() < near, "{}", turn);
        let back = &turn * &diagonal * turn.transpose();
        prop_assert!((back - &before).amax() < near * before.amax(), "{}", before);
        let sorted = |values: DVector<f64>| {
            let mut values: Vec<f64> = values.iter().copied().collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let oracle = sorted(SymmetricEigen::new(before.clone()).eigenvalues);
        for (found, expected) in sorted(diagonal.diagonal()).into_iter().zip(oracle) {
            prop_assert!((found - expected).abs() < near * before.amax(), "{} {}", found, expected);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn rotations_end_with_a_diagonal(matrix in covariances()) {
            check::<f32>(&matrix, f32::EPSILON.into())?;
            check::<f64>(&matrix, f64::EPSILON)?;
        }
    }

    #[test]
    fn what_is_not_a_number_ends_and_stays_so() {
        for bad in [f32::NAN, f32::INFINITY] {
            for size in [2, MAX_AXES, usize::MAX] {
                let mut a = [[1.0; MAX_AXES]; MAX_AXES];
                (a[0][1], a[1][0]) = (bad, bad);
                diagonalise(&mut a, size, 1e-6);
                assert!(!a[0][0].is_finite() && !a[1][1].is_finite(), "{bad}");
            }
        }
    }
}
