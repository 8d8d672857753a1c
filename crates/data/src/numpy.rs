//! Recordings from NumPy's `.npy` and `.npz` files.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::error::{DataError, Problem};
use crate::{MAX_AXES, Recording};

/// The most bytes that one array is read from: some 16 million readings of 3 axes in f64.
const LARGEST_ARRAY: u64 = 384 << 20;

/// The recordings in a `.npy` or `.npz` file, each with its name: that of the array, and where it
/// holds several `array[0]`, `array[1]`, ....
///
/// # Errors
/// A [`DataError`] that names the file and the array.
pub(crate) fn read(path: &Path) -> Result<Vec<(String, Recording)>, DataError> {
    let file = BufReader::new(File::open(path).map_err(DataError::at(path))?);
    let arrays = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        file.take(LARGEST_ARRAY).read_to_end(&mut bytes).map_err(DataError::at(path))?;
        array(&stem, &bytes)
    } else {
        read_npz(file)
    };
    arrays.map_err(DataError::at(path))
}

/// The recordings of all arrays in a `.npz` archive, each with its name as in a [`Located`] path.
///
/// # Errors
/// A [`Problem`] that names the array.
///
/// [`Located`]: crate::Located
pub fn read_npz(file: impl Read + Seek) -> Result<Vec<(String, Recording)>, Problem> {
    let damaged = |error: zip::result::ZipError| Problem::Npz(error.to_string());
    let mut archive = zip::ZipArchive::new(file).map_err(damaged)?;
    let mut recordings = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        entry
            .take(LARGEST_ARRAY)
            .read_to_end(&mut bytes)
            .map_err(|e| Problem::Npz(e.to_string()))?;
        recordings.extend(array(&name, &bytes)?);
    }
    if recordings.is_empty() { Err(Problem::NoReadings) } else { Ok(recordings) }
}

/// The recordings in one array: `[readings]`, `[readings, axes]`, or `[recordings, readings, axes]`.
fn array(name: &str, bytes: &[u8]) -> Result<Vec<(String, Recording)>, Problem> {
    let wrong = |what: String| Problem::Array { array: name.to_owned(), what };
    let (shape, values) = numbers(bytes).map_err(wrong)?;
    let is_axes = |n: usize| (1..=MAX_AXES).contains(&n);
    let (count, len, axes, by_axis) = match *shape.as_slice() {
        [len] => (1, len, 1, true),
        [len, axes] if is_axes(axes) => (1, len, axes, false),
        [axes, len] if is_axes(axes) => (1, len, axes, true),
        [count, len, axes] if is_axes(axes) => (count, len, axes, false),
        [count, axes, len] if is_axes(axes) => (count, len, axes, true),
        _ => return Err(wrong(format!("has the shape {shape:?}"))),
    };
    if values.is_empty() {
        return Err(wrong("is empty".to_owned()));
    }
    if let Some(at) = values.iter().position(|x| !x.is_finite()) {
        return Err(wrong(format!("has a number that is not finite, at element {at}")));
    }
    let recordings = values.chunks_exact(len * axes).enumerate().filter_map(|(index, chunk)| {
        let values = if by_axis {
            chunk.to_vec()
        } else {
            (0..axes).flat_map(|axis| chunk.iter().skip(axis).step_by(axes).copied()).collect()
        };
        let name = if count == 1 && shape.len() < 3 {
            name.to_owned()
        } else {
            format!("{name}[{index}]")
        };
        Some((name, Recording::from_axes(axes, len, values)?))
    });
    Ok(recordings.collect())
}

/// The shape of an array, and its numbers in C order.
fn numbers(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>), String> {
    let file = NpyFile::new(bytes).map_err(|error| format!("is damaged: {error}"))?;
    let DType::Plain(kind) = file.dtype() else {
        return Err("is a table of named fields".to_owned());
    };
    let shape: Vec<usize> = file
        .shape()
        .iter()
        .map(|&n| usize::try_from(n).map_err(|_| "is too large".to_owned()))
        .collect::<Result<_, _>>()?;
    let elements = shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n));
    let width = kind.num_bytes().unwrap_or(0);
    if elements.and_then(|n| n.checked_mul(width)).is_none_or(|n| n > bytes.len()) {
        return Err(format!("has the shape {shape:?}, but not so many numbers"));
    }
    let order = file.order();
    let values = match (kind.type_char(), width) {
        (TypeChar::Float, 8) => cast::<f64>(file, |x| x),
        (TypeChar::Float, 4) => cast::<f32>(file, f64::from),
        (TypeChar::Int, 2) => cast::<i16>(file, f64::from),
        (TypeChar::Int, 4) => cast::<i32>(file, f64::from),
        (TypeChar::Int, 8) => cast::<i64>(file, |x| x as f64),
        _ => return Err(format!("holds {kind}; f8, f4, i2, i4 and i8 are read")),
    }
    .map_err(|error| format!("is damaged: {error}"))?;
    Ok(match order {
        Order::C => (shape, values),
        // The bytes of a Fortran array are those of the C array with its shape reversed.
        Order::Fortran => in_c_order(shape, &values),
    })
}

fn cast<T: npyz::Deserialize>(
    file: NpyFile<&[u8]>,
    to: impl Fn(T) -> f64,
) -> std::io::Result<Vec<f64>> {
    Ok(file.into_vec::<T>()?.into_iter().map(to).collect())
}

fn in_c_order(shape: Vec<usize>, values: &[f64]) -> (Vec<usize>, Vec<f64>) {
    let mut strides = vec![1; shape.len()];
    for axis in 1..shape.len() {
        strides[axis] = strides[axis - 1] * shape[axis - 1];
    }
    let ordered = (0..values.len())
        .map(|index| {
            let mut rest = index;
            let mut at = 0;
            for axis in (0..shape.len()).rev() {
                at += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            values[at]
        })
        .collect();
    (shape, ordered)
}
