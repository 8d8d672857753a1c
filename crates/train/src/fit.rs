//! The mean and covariance of feature vectors.

use crate::Shrinkage;

/// What was fitted to the rows of normal windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// μ, `[p]`
    pub mean: Vec<f64>,
    /// Σ, `[p × p]`, row by row; divided by `n - 1`, then shrunk
    pub covariance: Vec<f64>,
    /// How far correlations were shrunk, 0 to 1.
    pub shrinkage: f64,
}

/// Fits a Gaussian to rows of `p` features, each row given by its index.
///
/// # Errors
/// The index of a feature that is the same in all rows; with fewer than two rows that is the first.
pub fn fit(
    values: &[f64],
    p: usize,
    rows: impl Iterator<Item = usize> + Clone,
    shrinkage: Shrinkage,
) -> Result<Fit, usize> {
    let row = |index: usize| &values[index * p..(index + 1) * p];
    let n = rows.clone().count();
    if n < 2 {
        return Err(0);
    }
    let mut mean = vec![0.0; p];
    for index in rows.clone() {
        mean.iter_mut().zip(row(index)).for_each(|(sum, x)| *sum += x);
    }
    mean.iter_mut().for_each(|sum| *sum /= n as f64);
    // The sums of products of deviations: a second pass, so that large means cost no digits.
    let mut products = vec![0.0; p * p];
    for index in rows.clone() {
        let x = row(index);
        for i in 0..p {
            for j in 0..=i {
                products[i * p + j] += (x[i] - mean[i]) * (x[j] - mean[j]);
            }
        }
    }
    let first = rows.clone().next().unwrap_or(0);
    for i in 0..p {
        let value = row(first)[i];
        if products[i * p + i] <= 0.0 || rows.clone().all(|index| row(index)[i] == value) {
            return Err(i);
        }
        for j in 0..i {
            products[j * p + i] = products[i * p + j];
        }
    }
    let sd: Vec<f64> = (0..p).map(|i| (products[i * p + i] / n as f64).sqrt()).collect();
    let correlation: Vec<f64> = (0..p * p)
        .map(|at| match (at / p, at % p) {
            (i, j) if i == j => 1.0,
            (i, j) => products[at] / n as f64 / (sd[i] * sd[j]),
        })
        .collect();
    let standardised: Vec<f64> = rows
        .flat_map(|index| row(index).iter().zip(&mean).zip(&sd).map(|((x, m), s)| (x - m) / s))
        .collect();
    let intensity = shrinkage.intensity(&standardised, &correlation, p);
    let covariance = (0..p * p)
        .map(|at| {
            let kept = if at / p == at % p { 1.0 } else { 1.0 - intensity };
            products[at] / (n - 1) as f64 * kept
        })
        .collect();
    Ok(Fit { mean, covariance, shrinkage: intensity })
}
