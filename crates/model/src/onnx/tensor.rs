//! Numbers that stand in an ONNX file, or in one beside it.

use half::f16;

use super::beside::Beside;
use super::proto::{BOOL, DOUBLE, FLOAT, FLOAT16, INT8, INT32, INT64, Tensor, UINT8, element};
use super::{broken, quoted, unsupported};
use crate::FormatError;

/// The most dimensions that anything here has.
const MOST_DIMENSIONS: usize = 4;

/// Its shape.
///
/// # Errors
/// Where it is of more dimensions than judder knows.
pub(super) fn shape(tensor: &Tensor) -> Result<Vec<usize>, FormatError> {
    let name = quoted(&tensor.name);
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

/// Its numbers, as many as its shape says, and whether these are of double precision.
///
/// # Errors
/// Where they are of another type, or more or fewer.
pub(super) fn numbers(
    tensor: &Tensor,
    beside: &mut Beside<'_>,
) -> Result<(Vec<usize>, Vec<f64>), FormatError> {
    let shape = shape(tensor)?;
    let name = quoted(&tensor.name);
    let count = shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n));
    let fields = [
        tensor.raw_data.is_some(),
        !tensor.float_data.is_empty(),
        !tensor.double_data.is_empty(),
        !tensor.int32_data.is_empty(),
        !tensor.int64_data.is_empty(),
    ];
    if fields.into_iter().filter(|&is| is).count() > 1 {
        return Err(broken(format!("the tensor {name} has its numbers twice")));
    }
    let elsewhere;
    let raw = if tensor.data_location != 0 || !tensor.external_data.is_empty() {
        if fields.contains(&true) {
            return Err(broken(format!("the tensor {name} has its numbers twice")));
        }
        let size = size(tensor.data_type).ok_or_else(|| {
            unsupported(format!("the tensor {name} of {}", element(tensor.data_type)))
        })?;
        let bytes = count.and_then(|count| count.checked_mul(size));
        let bytes = bytes.ok_or_else(|| broken(format!("the tensor {name} claims too much")))?;
        elsewhere = beside.bytes(&name, &tensor.external_data, bytes)?;
        Some(elsewhere.as_slice())
    } else {
        tensor.raw_data.as_deref()
    };
    let values: Vec<f64> = match (tensor.data_type, raw) {
        (FLOAT, None) => tensor.float_data.iter().map(|&x| f64::from(x)).collect(),
        (DOUBLE, None) => tensor.double_data.clone(),
        (INT64, None) => tensor.int64_data.iter().map(|&x| x as f64).collect(),
        (INT32 | INT8 | UINT8 | BOOL, None) => {
            tensor.int32_data.iter().map(|&x| f64::from(x)).collect()
        }
        (FLOAT16, None) => {
            tensor.int32_data.iter().map(|&x| f16::from_bits(x as u16).to_f64()).collect()
        }
        (FLOAT, Some(raw)) => each(raw, &name, |x| f64::from(f32::from_le_bytes(x)))?,
        (DOUBLE, Some(raw)) => each(raw, &name, f64::from_le_bytes)?,
        (INT64, Some(raw)) => each(raw, &name, |x| i64::from_le_bytes(x) as f64)?,
        (INT32, Some(raw)) => each(raw, &name, |x| f64::from(i32::from_le_bytes(x)))?,
        (FLOAT16, Some(raw)) => each(raw, &name, |x| f16::from_le_bytes(x).to_f64())?,
        (INT8, Some(raw)) => each(raw, &name, |x| f64::from(i8::from_le_bytes(x)))?,
        (UINT8 | BOOL, Some(raw)) => raw.iter().map(|&x| f64::from(x)).collect(),
        (other, _) => return Err(unsupported(format!("the tensor {name} of {}", element(other)))),
    };
    if count != Some(values.len()) {
        let found = values.len();
        return Err(broken(format!("the tensor {name} of shape {shape:?} has {found} numbers")));
    }
    Ok((shape, values))
}

/// How many bytes a number of a type takes.
fn size(kind: i32) -> Option<usize> {
    match kind {
        DOUBLE | INT64 => Some(8),
        FLOAT | INT32 => Some(4),
        FLOAT16 => Some(2),
        INT8 | UINT8 | BOOL => Some(1),
        _ => None,
    }
}

fn each<const N: usize>(
    raw: &[u8],
    name: &str,
    number: impl Fn([u8; N]) -> f64,
) -> Result<Vec<f64>, FormatError> {
    let (whole, rest) = raw.as_chunks();
    if !rest.is_empty() {
        return Err(broken(format!("{name} ends within a number")));
    }
    Ok(whole.iter().map(|&bytes| number(bytes)).collect())
}
