//! The logarithm of a covariance by its definition, with nalgebra's eigenvectors, in f64.

use judder_core::Real;
use nalgebra::{DMatrix, DVector};

use crate::definitions::{largest, mean, moment, relative_size};
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

/// The logarithms of the eigenvalues, the largest first.
pub(crate) fn log_eigenvalues(axes: &[Vec<f64>]) -> Vec<f64> {
    by_size(axes).into_iter().map(|(value, _)| value.ln()).collect()
}

/// The eigenvalues, the largest first, and the eigenvector of each.
fn by_size(axes: &[Vec<f64>]) -> Vec<(f64, DVector<f64>)> {
    let (values, vectors) = eigen(axes);
    let mut pairs: Vec<_> =
        values.iter().copied().zip(vectors.column_iter().map(|v| v.into_owned())).collect();
    pairs.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    pairs
}

/// The direction of the mean reading.
fn gravity(axes: &[Vec<f64>]) -> DVector<f64> {
    DVector::from_iterator(axes.len(), axes.iter().map(|x| mean(x))).normalize()
}

/// The variances along the mean of `axes` and across it of what `varies`, readings or differences.
fn along_and_across(axes: &[Vec<f64>], varies: &[Vec<f64>]) -> Vec<f64> {
    let (u, covariance) = (gravity(axes), covariance(varies));
    let least = LEAST * covariance.trace() / axes.len() as f64;
    let along = u.dot(&(&covariance * &u));
    let across = (covariance.trace() - along) / (axes.len() - 1) as f64;
    [along, across].into_iter().take(axes.len()).map(|variance| variance.max(least)).collect()
}

/// Half the logarithms of these.
pub(crate) fn level(axes: &[Vec<f64>], varies: &[Vec<f64>]) -> Vec<f64> {
    along_and_across(axes, varies).into_iter().map(|variance| variance.ln() / 2.0).collect()
}

/// How large the numbers are whose rounding shows in these: those of the covariance as for
/// [`condition`], and those of the mean, which a direction is the worse known by the nearer it is to 0.
pub(crate) fn condition_of_level(axes: &[Vec<f64>], varies: &[Vec<f64>]) -> Vec<f64> {
    let rounded: f64 = varies.iter().map(|x| moment(x, 2) * relative_size(x).powi(2)).sum();
    let means = axes.iter().map(|x| mean(x).powi(2)).sum::<f64>().sqrt();
    let size: f64 = axes.iter().map(|x| largest(x)).sum();
    let of_direction = covariance(varies).trace() * size / means;
    let variances = along_and_across(axes, varies).into_iter();
    let shown = axes.len() as f64 * (rounded + of_direction);
    variances.map(|variance| variance.ln().abs() + 1.0 + shown / variance).collect()
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

/// As [`condition`], of the logarithms of the eigenvalues: `wₖ² / λₖ`.
pub(crate) fn condition_of_eigenvalues<T: Real>(axes: &[Vec<f64>]) -> Vec<f64> {
    let pairs = by_size(axes);
    let rounded: Vec<f64> = axes.iter().map(|x| moment(x, 2).sqrt() * relative_size(x)).collect();
    let (most, least) = (pairs[0].0, pairs[pairs.len() - 1].0);
    let oracle = most / least * f64::EPSILON / precision::<T>().0;
    let of = |(value, vector): &(f64, DVector<f64>)| {
        let along: f64 = vector.iter().zip(&rounded).map(|(v, s)| v.abs() * s).sum();
        value.ln().abs() + 1.0 + along * along / value + oracle
    };
    pairs.iter().map(of).collect()
}
