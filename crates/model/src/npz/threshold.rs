//! Where the anomalies begin, as a file says it: one number beside the model.

use super::Arrays;
use crate::FormatError;

/// The array.
pub(super) const THRESHOLD: &str = "threshold";

/// The number of the array `threshold`, taken from the others.
pub(super) fn take(arrays: &mut Arrays) -> Result<Option<f64>, FormatError> {
    let Some(at) = arrays.iter().position(|(name, _)| name == THRESHOLD) else { return Ok(None) };
    let (array, found) = arrays.remove(at);
    let wrong = |what: String| FormatError::Array { array: array.clone(), what };
    let found = found.map_err(|defect| wrong(defect.to_string()))?;
    match *found.values() {
        [threshold] if threshold.is_finite() && threshold > 0.0 => Ok(Some(threshold)),
        [other] => Err(wrong(format!("is {other}, and a threshold is a number above 0"))),
        _ => {
            Err(wrong(format!("has the shape {:?}, and a threshold is one number", found.shape())))
        }
    }
}
