//! Numbers that stand in an ONNX file.

use super::proto::{BOOL, DOUBLE, FLOAT, Tensor, element};
use super::{broken, quoted, unsupported};
use crate::FormatError;

/// The most dimensions that anything here has.
const MOST_DIMENSIONS: usize = 2;

/// Its shape.
///
/// # Errors
/// Where it is of more dimensions than judder knows, or does not stand in the file itself.
pub(super) fn shape(tensor: &Tensor) -> Result<Vec<usize>, FormatError> {
    let name = quoted(&tensor.name);
    if !tensor.external_data.is_empty() || tensor.data_location != 0 {
        return Err(unsupported(format!("the tensor {name}, whose numbers are in another file")));
    }
    if tensor.segment.is_some() {
        return Err(unsupported(format!("the tensor {name} in segments")));
    }
    if tensor.dims.len() > MOST_DIMENSIONS {
        return Err(unsupported(format!("the tensor {name} of {} dimensions", tensor.dims.len())));
    }
    let dimension =
        |&n: &i64| usize::try_from(n).map_err(|_| broken(format!("{name} is {n} long")));
    tensor.dims.iter().map(dimension).collect()
}

/// Its numbers, as many as its shape says.
///
/// # Errors
/// Where they are no floats or doubles, or more or fewer.
pub(super) fn numbers(tensor: &Tensor) -> Result<(Vec<usize>, Vec<f64>), FormatError> {
    let shape = shape(tensor)?;
    let name = quoted(&tensor.name);
    let raw = tensor.raw_data.as_deref();
    let values: Vec<f64> = match (tensor.data_type, raw) {
        (FLOAT, None) => tensor.float_data.iter().map(|&x| f64::from(x)).collect(),
        (DOUBLE, None) => tensor.double_data.clone(),
        (FLOAT, Some(raw)) => {
            let (whole, rest) = raw.as_chunks();
            whole_only(rest, &name)?;
            whole.iter().map(|&x| f64::from(f32::from_le_bytes(x))).collect()
        }
        (DOUBLE, Some(raw)) => {
            let (whole, rest) = raw.as_chunks();
            whole_only(rest, &name)?;
            whole.iter().map(|&x| f64::from_le_bytes(x)).collect()
        }
        (other, _) => return Err(unsupported(format!("the tensor {name} of {}", element(other)))),
    };
    let elsewhere = match (tensor.data_type, raw) {
        (_, Some(_)) => !tensor.float_data.is_empty() || !tensor.double_data.is_empty(),
        (FLOAT, None) => !tensor.double_data.is_empty(),
        (_, None) => !tensor.float_data.is_empty(),
    };
    if elsewhere || !tensor.int32_data.is_empty() {
        return Err(broken(format!("the tensor {name} has its numbers twice")));
    }
    if shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n)) != Some(values.len()) {
        let found = values.len();
        return Err(broken(format!("the tensor {name} of shape {shape:?} has {found} numbers")));
    }
    Ok((shape, values))
}

fn whole_only(rest: &[u8], name: &str) -> Result<(), FormatError> {
    if rest.is_empty() { Ok(()) } else { Err(broken(format!("{name} ends within a number"))) }
}

/// Whether it is the truth value `false`.
pub(super) fn is_false(tensor: &Tensor) -> bool {
    let values = match &tensor.raw_data {
        Some(raw) => raw == &[0],
        None => tensor.int32_data == [0],
    };
    tensor.data_type == BOOL && values && shape(tensor).is_ok_and(|s| s.iter().all(|&n| n == 1))
}
