//! The mean and covariance of feature vectors.

use crate::Shrinkage;
use crate::family::Family;

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
    fit_families(values, p, rows, shrinkage, &Family::whole(p))
}

/// As [`fit`], correlations being estimated within each family and taken for 0 between families.
///
/// A family of different units is shrunk by its correlations, and its variances stay. One whose
/// numbers are alike is shrunk towards equal variances: the fit to rotated numbers is then the
/// rotated fit.
///
/// # Errors
/// Those of [`fit`]; of numbers that are alike, only where all of a family are the same in all rows.
pub fn fit_families(
    values: &[f64],
    p: usize,
    rows: impl Iterator<Item = usize> + Clone,
    shrinkage: Shrinkage,
    families: &[Family],
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
    let mut covariance = vec![0.0; p * p];
    let mut intensities = 0.0;
    for family in families {
        let columns = family.columns.clone();
        let deviations = rows.clone().flat_map(|index| {
            row(index)[columns.clone()].iter().zip(&mean[columns.clone()]).map(|(x, m)| x - m)
        });
        let block = Block::new(deviations.collect(), columns.len());
        let (block, intensity) = match family.alike {
            true => block.alike(shrinkage),
            false => block.standardised(shrinkage),
        }
        .map_err(|column| columns.start + column)?;
        intensities += intensity * columns.len() as f64 / p as f64;
        for (i, row) in block.chunks_exact(columns.len()).enumerate() {
            let at = (columns.start + i) * p + columns.start;
            covariance[at..at + columns.len()].copy_from_slice(row);
        }
    }
    Ok(Fit { mean, covariance, shrinkage: intensities.clamp(0.0, 1.0) })
}

/// The numbers of one family, their means taken off.
struct Block {
    /// `[n × q]`
    deviations: Vec<f64>,
    q: usize,
    /// Sums of products of deviations, `[q × q]`: of a second pass, so that large means cost no
    /// digits.
    products: Vec<f64>,
}

impl Block {
    fn new(deviations: Vec<f64>, q: usize) -> Self {
        let mut products = vec![0.0; q * q];
        for x in deviations.chunks_exact(q) {
            for i in 0..q {
                for j in 0..=i {
                    products[i * q + j] += x[i] * x[j];
                }
            }
        }
        for i in 0..q {
            for j in 0..i {
                products[j * q + i] = products[i * q + j];
            }
        }
        Self { deviations, q, products }
    }

    fn n(&self) -> f64 {
        (self.deviations.len() / self.q) as f64
    }

    /// Whether a number is the same in all rows. Rounding of the mean may leave a deviation then.
    fn is_constant(&self, column: usize) -> bool {
        let mut column = self.deviations.iter().skip(column).step_by(self.q);
        let first = column.next();
        column.all(|x| Some(x) == first)
    }

    /// The covariance with its correlations shrunk, and the intensity; or the first constant.
    fn standardised(&self, shrinkage: Shrinkage) -> Result<(Vec<f64>, f64), usize> {
        let (n, q) = (self.n(), self.q);
        let variance = |i: usize| self.products[i * q + i];
        if let Some(constant) = (0..q).find(|&i| variance(i) <= 0.0 || self.is_constant(i)) {
            return Err(constant);
        }
        let sd: Vec<f64> = (0..q).map(|i| (variance(i) / n).sqrt()).collect();
        let correlation: Vec<f64> = (0..q * q)
            .map(|at| match (at / q, at % q) {
                (i, j) if i == j => 1.0,
                (i, j) => self.products[at] / n / (sd[i] * sd[j]),
            })
            .collect();
        let rows = self.deviations.chunks_exact(q);
        let standardised: Vec<f64> =
            rows.flat_map(|row| row.iter().zip(&sd).map(|(x, s)| x / s)).collect();
        let intensity = shrinkage.intensity(&standardised, &correlation, q);
        let kept = |at: usize| if at / q == at % q { 1.0 } else { 1.0 - intensity };
        let covariance =
            self.products.iter().enumerate().map(|(at, x)| x / (n - 1.0) * kept(at)).collect();
        Ok((covariance, intensity))
    }

    /// The covariance shrunk towards equal variances, and the intensity; or the first, where all
    /// are constant.
    fn alike(&self, shrinkage: Shrinkage) -> Result<(Vec<f64>, f64), usize> {
        let (n, q) = (self.n(), self.q);
        if (0..q).all(|i| self.products[i * q + i] <= 0.0 || self.is_constant(i)) {
            return Err(0);
        }
        let mean = (0..q).map(|i| self.products[i * q + i]).sum::<f64>() / q as f64;
        let unit = (mean / n).sqrt();
        let scaled: Vec<f64> = self.deviations.iter().map(|x| x / unit).collect();
        let products: Vec<f64> = self.products.iter().map(|x| x / mean).collect();
        let intensity = shrinkage.intensity(&scaled, &products, q);
        let covariance = self.products.iter().enumerate().map(|(at, x)| {
            let target = if at / q == at % q { mean } else { 0.0 };
            (x + intensity * (target - x)) / (n - 1.0)
        });
        Ok((covariance.collect(), intensity))
    }
}
