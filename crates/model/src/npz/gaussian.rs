//! The reference's Mahalanobis models: the arrays `model_mu` and `model_cov`.

use judder_npz::Numbers::F8;
use judder_npz::write_npz;

use super::Arrays;
use crate::Gaussian;
use crate::error::{FormatError, shown};

const MEAN: &str = "model_mu";
const COVARIANCE: &str = "model_cov";

/// Reads `model_mu` `[n]` and `model_cov` `[n × n]`.
pub(super) fn read(arrays: Arrays) -> Result<Gaussian, FormatError> {
    let (mut mean, mut covariance) = (None, None);
    let mut names = Vec::new();
    for (name, array) in arrays {
        let wanted = match name.as_str() {
            MEAN => &mut mean,
            COVARIANCE => &mut covariance,
            _ => {
                names.push(name);
                continue;
            }
        };
        *wanted = Some(array);
    }
    let found = || match names.as_slice() {
        [] => "no other".to_owned(),
        names => shown(&names.join(", ")),
    };
    let missing = |missing| FormatError::Missing { missing, found: found() };
    let mean = mean.ok_or_else(|| missing(MEAN))?;
    let covariance = covariance.ok_or_else(|| missing(COVARIANCE))?;
    if let Some(unknown) = names.first() {
        return Err(FormatError::Unknown(shown(unknown)));
    }
    let wrong = |array: &str, what| FormatError::Array { array: array.to_owned(), what };
    let mean = mean.map_err(|defect| wrong(MEAN, defect.to_string()))?;
    let covariance = covariance.map_err(|defect| wrong(COVARIANCE, defect.to_string()))?;
    let &[n] = mean.shape() else {
        return Err(wrong(MEAN, format!("has the shape {:?}, not one row", mean.shape())));
    };
    let mean = mean.into_values();
    if !mean.iter().all(|x| x.is_finite()) {
        return Err(wrong(MEAN, "has a number that is not finite".to_owned()));
    }
    if covariance.shape() != [n, n] {
        let what = format!("has the shape {:?}, but `{MEAN}` has {n} numbers", covariance.shape());
        return Err(wrong(COVARIANCE, what));
    }
    Gaussian::new(mean, covariance.into_values())
        .map_err(|what| wrong(COVARIANCE, format!("does not do: {what}")))
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
