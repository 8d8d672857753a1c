//! One array: the bytes of a `.npy` file.

use std::io::{self, Read};

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::{Defect, Error, header, text};

/// An array of numbers in C order: the last index varies fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    /// How long it is in each dimension. A single number has none.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Its numbers, as many as the product of the shape.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Its numbers, to be kept.
    pub fn into_values(self) -> Vec<f64> {
        self.values
    }
}

/// The array of a `.npy` file, or what keeps it from being one.
///
/// It takes at most `space` bytes, in the file and as `f64` in memory; while it is read, a few
/// times as much is in use.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read, [`Error::Space`] where there is more.
pub fn read_npy(mut file: impl Read, space: usize) -> Result<Result<Array, Defect>, Error> {
    let too_large = || Error::Space { limit: space };
    let bytes = bytes(&mut file, space)?.ok_or_else(too_large)?;
    parse(&bytes, space).ok_or_else(too_large)
}

/// All that is left to read, unless it takes more than `space` bytes.
pub(crate) fn bytes(from: &mut impl Read, space: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take((space as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= space).then_some(bytes))
}

/// The array of these bytes, unless it takes more than `space` bytes in memory.
pub(crate) fn parse(bytes: &[u8], space: usize) -> Option<Result<Array, Defect>> {
    let (shape, data) = match header::check(bytes) {
        Ok(checked) => checked,
        Err(defect) => return Some(Err(defect)),
    };
    let elements: usize = shape.iter().product();
    if elements > data {
        return Some(Err(Defect::TooFew { shape }));
    }
    if elements > space / size_of::<f64>() {
        return None;
    }
    Some(numbers(bytes, &shape, data).map(|values| Array { shape, values }))
}

/// The numbers of an array in C order; `data` bytes of them follow its header.
fn numbers(bytes: &[u8], shape: &[usize], data: usize) -> Result<Vec<f64>, Defect> {
    let file = NpyFile::new(bytes).map_err(Defect::damaged)?;
    let DType::Plain(kind) = file.dtype() else { return Err(Defect::Table) };
    let width = kind.num_bytes().unwrap_or(0);
    let elements: usize = shape.iter().product();
    if file.len() != elements as u64 || elements.checked_mul(width).is_none_or(|n| n > data) {
        return Err(Defect::TooFew { shape: shape.to_vec() });
    }
    if let (1, Some(encoding)) = (elements, text::Encoding::of(&kind)) {
        // Numbers follow the header, to the end of the file.
        let element = bytes.get(bytes.len() - data..).and_then(|rest| rest.get(..width));
        return Err(Defect::of_text(element.and_then(|element| encoding.read(element))));
    }
    let order = file.order();
    let values = match (kind.type_char(), width) {
        (TypeChar::Float, 8) => cast::<f64>(file, |x| x),
        (TypeChar::Float, 4) => cast::<f32>(file, f64::from),
        (TypeChar::Uint, 1) => cast::<u8>(file, f64::from),
        (TypeChar::Int, 2) => cast::<i16>(file, f64::from),
        (TypeChar::Int, 4) => cast::<i32>(file, f64::from),
        (TypeChar::Int, 8) => cast::<i64>(file, |x| x as f64),
        _ => return Err(Defect::Type(crate::error::shown(&kind.to_string()))),
    }
    .map_err(Defect::damaged)?;
    Ok(match order {
        Order::C => values,
        // The bytes of a Fortran array are those of the C array with its shape reversed.
        Order::Fortran => in_c_order(shape, &values),
    })
}

fn cast<T: npyz::Deserialize>(file: NpyFile<&[u8]>, to: impl Fn(T) -> f64) -> io::Result<Vec<f64>> {
    Ok(file.into_vec::<T>()?.into_iter().map(to).collect())
}

fn in_c_order(shape: &[usize], values: &[f64]) -> Vec<f64> {
    let mut strides = vec![1; shape.len()];
    for axis in 1..shape.len() {
        strides[axis] = strides[axis - 1] * shape[axis - 1];
    }
    (0..values.len())
        .map(|index| {
            let mut rest = index;
            let mut at = 0;
            for axis in (0..shape.len()).rev() {
                at += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            values[at]
        })
        .collect()
}
