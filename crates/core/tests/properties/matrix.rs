//! The logarithm of a covariance by its definition, with nalgebra's eigenvectors, in f64.

use judder_core::Real;
use nalgebra::{DMatrix, DVector};

use crate::definitions::{mean, moment, relative_size};
use crate::tolerance::precision;

/// Of the mean eigenvalue: what a smaller eigenvalue counts as.
const LEAST: f64 = 1e-6;

/// The covariance of the axes, divided by `n`.
fn covariance(axes: &[Vec<f64>]) -> DMatrix<f64> {
    let means: Vec<f64> = axes.iter().map(|x| mean(x)).collect();
    DMatrix::from_fn(axes.len(), axes.len(), |i, j| {
        let products = axes[i].iter().zip(&axes[j]).map(|(x, y)| (x - means[i]) * (y - means[j]));
        products.sum::<f64>() / axes[i].len() as f64
    })
}

/// Eigenvalues, none below the least, and the eigenvectors as columns.
fn eigen(axes: &[Vec<f64>]) -> (DVector<f64>, DMatrix<f64>) {
    let covariance = covariance(axes);
    let least = LEAST * covariance.trace() / axes.len() as f64;
    let eigen = covariance.symmetric_eigen();
    (eigen.eigenvalues.map(|value| value.max(least)), eigen.eigenvectors)
}

/// The matrix logarithm of the covariance.
pub(crate) fn log_covariance(axes: &[Vec<f64>]) -> DMatrix<f64> {
    let (values, vectors) = eigen(axes);
    &vectors * DMatrix::from_diagonal(&values.map(f64::ln)) * vectors.transpose()
}

/// The rows of a symmetric matrix from the diagonal on, what is beside it times √2.
pub(crate) fn features(matrix: &DMatrix<f64>) -> Vec<f64> {
    upper(matrix.nrows())
        .map(|(i, j)| matrix[(i, j)] * if i == j { 1.0 } else { 2f64.sqrt() })
        .collect()
}

/// The symmetric matrix that has these features.
pub(crate) fn of_features(features: &[f64], axes: usize) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(axes, axes);
    for ((i, j), feature) in upper(axes).zip(features) {
        matrix[(i, j)] = feature / if i == j { 1.0 } else { 2f64.sqrt() };
        matrix[(j, i)] = matrix[(i, j)];
    }
    matrix
}

/// The places of the features, in their order.
pub(crate) fn upper(axes: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..axes).flat_map(move |i| (i..axes).map(move |j| (i, j)))
}

/// How large the numbers are whose rounding shows in each feature.
///
/// An element of the covariance is rounded relative to the deviations of its axes, `sᵢ sⱼ`; between
/// the eigenvectors `vₖ` that is `wₖ wₗ` with `wₖ = Σ |vₖᵢ| sᵢ`. The logarithm multiplies it by
/// its divided difference, at most `1 / √(λₖ λₗ)` (a logarithmic mean is no less than the geometric
/// one). So of axes that nearly follow from each other it shows as the ratio of the eigenvalues, and
/// of independent axes, however different, not at all.
///
/// nalgebra's own rounding, in f64, is relative to the largest eigenvalue.
pub(crate) fn condition<T: Real>(axes: &[Vec<f64>]) -> Vec<f64> {
    let (values, vectors) = eigen(axes);
    let rounded: Vec<f64> = axes.iter().map(|x| moment(x, 2).sqrt() * relative_size(x)).collect();
    let shown = |i: usize| -> f64 {
        let along =
            |k: usize| (0..axes.len()).map(|m| vectors[(m, k)].abs() * rounded[m]).sum::<f64>();
        (0..axes.len()).map(|k| vectors[(i, k)].abs() * along(k) / values[k].sqrt()).sum()
    };
    let shown: Vec<f64> = (0..axes.len()).map(shown).collect();
    let logarithm = values.map(|value| value.ln().abs()).max();
    let oracle = values.max() / values.min() * f64::EPSILON / precision::<T>().0;
    upper(axes.len()).map(|(i, j)| logarithm + shown[i] * shown[j] + oracle).collect()
}
