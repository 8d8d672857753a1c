//! The reference's Mahalanobis models: the arrays `model_mu` and `model_cov`.

use judder_npz::Numbers::F8;
use judder_npz::write_npz;

use super::Arrays;
use crate::error::{FormatError, shown};
use crate::foreign::ForeignGaussians;
use crate::{Gaussian, MAX_MODES, Mixture};

const MEAN: &str = "model_mu";
const COVARIANCE: &str = "model_cov";

/// Whether an array of this name belongs to Gaussians.
pub(super) fn is_part(name: &str) -> bool {
    matches!(name, MEAN | COVARIANCE)
}

/// Reads `model_mu` `[n]` or `[1 × n]` and `model_cov` `[n × n]`; or `[k × n]` and `[k × n × n]`, as a mixture of
/// scikit-learn has its means and covariances, or `[n × n]`, the covariance of all.
pub(super) fn read(arrays: Arrays, others: &[String]) -> Result<ForeignGaussians, FormatError> {
    let (mut mean, mut covariance) = (None, None);
    for (name, array) in arrays {
        match name.as_str() {
            MEAN => mean = Some(array),
            _ => covariance = Some(array),
        }
    }
    let found = || match others {
        [] => "no other".to_owned(),
        names => shown(&names.join(", ")),
    };
    let missing = |missing| FormatError::Missing { missing, found: found() };
    let mean = mean.ok_or_else(|| missing(MEAN))?;
    let covariance = covariance.ok_or_else(|| missing(COVARIANCE))?;
    let wrong = |array: &str, what| FormatError::Array { array: array.to_owned(), what };
    let mean = mean.map_err(|defect| wrong(MEAN, defect.to_string()))?;
    let covariance = covariance.map_err(|defect| wrong(COVARIANCE, defect.to_string()))?;
    let (count, n) = match *mean.shape() {
        [n] => (1, n),
        [count, n] if (1..=MAX_MODES).contains(&count) => (count, n),
        _ => {
            let what = format!(
                "has the shape {:?}, not one row, nor one for each of {MAX_MODES} modes at most",
                mean.shape()
            );
            return Err(wrong(MEAN, what));
        }
    };
    let mean = mean.into_values();
    if !mean.iter().all(|x| x.is_finite()) {
        return Err(wrong(MEAN, "has a number that is not finite".to_owned()));
    }
    let shape = covariance.shape().to_vec();
    let tied = shape == [n, n];
    if !tied && shape != [count, n, n] {
        let rows = if count == 1 { String::new() } else { format!("{count} rows of ") };
        let hint = if count > 1 || shape.len() < 2 {
            "; of scikit-learn's mixtures judder takes covariance_type=\"full\" and \"tied\""
        } else {
            ""
        };
        let what = format!("has the shape {shape:?}, but `{MEAN}` has {rows}{n} numbers{hint}");
        return Err(wrong(COVARIANCE, what));
    }
    let covariance = covariance.into_values();
    let modes = mean.chunks(n.max(1)).enumerate().map(|(at, mean)| {
        let size = n * n;
        let from = if tied { 0 } else { at * size };
        let square = covariance.get(from..from + size).unwrap_or_default();
        Gaussian::new(mean.to_vec(), square.to_vec())
            .map_err(|what| wrong(COVARIANCE, format!("does not do: {what}")))
    });
    let modes = modes.collect::<Result<Vec<_>, _>>()?;
    if modes.is_empty() {
        return Err(wrong(MEAN, "has no numbers".to_owned()));
    }
    Ok(ForeignGaussians { modes, threshold: None, ignored: Vec::new() })
}

/// The `.npz` file of a Gaussian, which NumPy reads: `model_mu` `[n]`, `model_cov` `[n, n]`, f8, with
/// zeros beside its blocks.
///
/// # Errors
/// [`FormatError::Damaged`] where the archive cannot be put together.
pub fn to_npz(gaussian: &Gaussian) -> Result<Vec<u8>, FormatError> {
    let n = gaussian.mean().len();
    let whole = gaussian.covariance();
    let (mean, covariance) = (F8(gaussian.mean()), F8(&whole));
    Ok(write_npz(&[(MEAN, &[n], mean), (COVARIANCE, &[n, n], covariance)])?)
}

/// The `.npz` file of a mixture, as scikit-learn has its parts: `model_mu` `[k, n]`, `model_cov` `[k, n, n]`,
/// f8, with zeros beside the blocks.
///
/// # Errors
/// [`FormatError::Damaged`] where the archive cannot be put together.
pub fn mixture_to_npz(mixture: &Mixture) -> Result<Vec<u8>, FormatError> {
    let (k, n) = (mixture.modes().len(), mixture.features());
    let means: Vec<f64> = mixture.modes().iter().flat_map(|one| one.mean().to_vec()).collect();
    let whole: Vec<f64> = mixture.modes().iter().flat_map(Gaussian::covariance).collect();
    let (means, whole) = (F8(&means), F8(&whole));
    Ok(write_npz(&[(MEAN, &[k, n], means), (COVARIANCE, &[k, n, n], whole)])?)
}
