//! The mean and covariance of the features of normal windows.

use judder_core::{packed_len, whiten};

/// By how much elements of a correlation matrix may differ from their mirror images: rounding.
const ASYMMETRY: f64 = 1e-9;

/// The mean and covariance of `n` features. The covariance is positive definite.
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussian {
    /// μ, `[n]`
    mean: Vec<f64>,
    /// Σ, `[n × n]`, row by row
    covariance: Vec<f64>,
    /// W, packed `[n (n + 1) / 2]`
    whitening: Vec<f64>,
}

impl Gaussian {
    /// A Gaussian of this mean `[n]` and covariance `[n × n]`, row by row.
    ///
    /// # Errors
    /// A sentence that says what is wrong: sizes that do not belong together, a number that is not
    /// finite, a matrix that is not symmetric or not positive definite.
    pub fn new(mean: Vec<f64>, covariance: Vec<f64>) -> Result<Self, String> {
        let n = mean.len();
        if n == 0 {
            return Err("there are no features".to_owned());
        }
        if covariance.len() != n * n {
            return Err(format!("the mean has {n} numbers, but the covariance is not {n} × {n}"));
        }
        if !mean.iter().chain(&covariance).all(|x| x.is_finite()) {
            return Err("there is a number that is not finite".to_owned());
        }
        let at = |row: usize, column: usize| covariance[row * n + column];
        // Measured by the two standard deviations: other units do not hide an error.
        let scale = |row: usize| at(row, row).abs().sqrt();
        for row in 0..n {
            for column in 0..row {
                let error = (at(row, column) - at(column, row)).abs();
                if error > ASYMMETRY * scale(row) * scale(column) {
                    return Err(format!(
                        "the covariance is not symmetric at row {row}, column {column}"
                    ));
                }
            }
        }
        let whitening = whitening(n, &at).map_err(|row| {
            format!(
                "the covariance is not positive definite at row {row}: \
                 feature {row} does not vary, or follows from the others"
            )
        })?;
        Ok(Self { mean, covariance, whitening })
    }

    /// μ, `[n]`
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// Σ, `[n × n]`, row by row
    pub fn covariance(&self) -> &[f64] {
        &self.covariance
    }

    /// W with `WᵀW = Σ⁻¹`, lower triangular, packed `[n (n + 1) / 2]`: what the core runs.
    pub fn whitening(&self) -> &[f64] {
        &self.whitening
    }

    /// The diagonal of W, `[n]`.
    pub(crate) fn scales(&self) -> impl Iterator<Item = f64> + '_ {
        (0..self.mean.len()).map(|row| self.whitening[packed_len(row) + row])
    }
}

/// What the core runs; or the row at which the matrix turns out not to be positive definite.
fn whitening(n: usize, covariance: &impl Fn(usize, usize) -> f64) -> Result<Vec<f64>, usize> {
    let packed: Vec<f64> =
        (0..n).flat_map(|row| (0..=row).map(move |column| covariance(row, column))).collect();
    let (mut deviations, mut whitening) = (vec![0.0; n], vec![0.0; packed_len(n)]);
    whiten(&packed, &mut deviations, &mut whitening).map_err(|error| match error {
        judder_core::Error::NotPositiveDefinite { row } => row,
        _ => 0,
    })?;
    Ok(whitening)
}
