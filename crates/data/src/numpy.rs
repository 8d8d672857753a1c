//! Recordings from NumPy's `.npy` and `.npz` files.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use npyz::{DType, NpyFile, Order, TypeChar};

use crate::error::{DataError, Problem, shown};
use crate::{MAX_AXES, Recording, npy_header};

/// The most bytes that the numbers of one file may take: some 16 million readings of 3 axes.
const LARGEST_FILE: usize = 384 << 20;

/// The longest reason of a library that is shown, in characters.
const LONGEST_REASON: usize = 200;

/// The recordings in a `.npy` or `.npz` file, each with its name: that of the array, and where it
/// holds several `array[0]`, `array[1]`, ....
///
/// # Errors
/// A [`DataError`] that names the file and the array.
pub(crate) fn read(path: &Path) -> Result<Vec<(String, Recording)>, DataError> {
    let mut file = BufReader::new(File::open(path).map_err(DataError::at(path))?);
    let arrays = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        bytes(&mut file, LARGEST_FILE)
            .map_err(DataError::at(path))?
            .and_then(|bytes| array(&stem, &bytes, LARGEST_FILE))
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
    archive(file, LARGEST_FILE)
}

/// The recordings of an archive whose numbers take at most so many bytes.
fn archive(file: impl Read + Seek, mut space: usize) -> Result<Vec<(String, Recording)>, Problem> {
    let damaged =
        |error: zip::result::ZipError| Problem::Npz(shown(&error.to_string(), LONGEST_REASON));
    let mut archive = zip::ZipArchive::new(file).map_err(damaged)?;
    let mut recordings = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.trim_end_matches(".npy").to_owned();
        let bytes = bytes(&mut entry, space)
            .map_err(|e| Problem::Npz(shown(&e.to_string(), LONGEST_REASON)))??;
        let found = array(&name, &bytes, space)?;
        let numbers: usize = found.iter().map(|(_, one)| one.values().len()).sum();
        space = space.saturating_sub(bytes.len().max(numbers * size_of::<f64>()));
        recordings.extend(found);
    }
    if recordings.is_empty() { Err(Problem::NoReadings) } else { Ok(recordings) }
}

/// All that is left to read, unless it takes more than `space` bytes.
fn bytes(from: &mut impl Read, space: usize) -> io::Result<Result<Vec<u8>, Problem>> {
    let mut bytes = Vec::new();
    from.take((space as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > space { Err(too_large()) } else { Ok(bytes) })
}

fn too_large() -> Problem {
    Problem::Npz(format!("it holds more than {} MiB of numbers", LARGEST_FILE >> 20))
}

/// The recordings in one array: `[readings]`, `[readings, axes]`, or `[recordings, readings, axes]`.
fn array(name: &str, bytes: &[u8], space: usize) -> Result<Vec<(String, Recording)>, Problem> {
    let wrong = |what: String| Problem::Array {
        array: shown(name, LONGEST_REASON),
        what: shown(&what, LONGEST_REASON),
    };
    let (shape, data) = npy_header::check(bytes).map_err(wrong)?;
    let elements: usize = shape.iter().product();
    if elements > data {
        return Err(wrong(format!("has the shape {shape:?}, but not so many numbers")));
    }
    if elements > space / size_of::<f64>() {
        return Err(too_large());
    }
    let values = numbers(bytes, &shape, data).map_err(wrong)?;
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

/// The numbers of an array in C order; `data` bytes of them follow its header.
fn numbers(bytes: &[u8], shape: &[usize], data: usize) -> Result<Vec<f64>, String> {
    let file = NpyFile::new(bytes).map_err(|error| format!("is damaged: {error}"))?;
    let DType::Plain(kind) = file.dtype() else {
        return Err("is a table of named fields".to_owned());
    };
    let width = kind.num_bytes().unwrap_or(0);
    let elements: usize = shape.iter().product();
    if file.len() != elements as u64 || elements.checked_mul(width).is_none_or(|n| n > data) {
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
        Order::C => values,
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

#[cfg(test)]
mod tests {
    use super::*;
    use npyz::WriterBuilder;
    use std::io::{Cursor, Write};

    fn npy(count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let options = npyz::WriteOptions::new().default_dtype().writer(&mut bytes);
        let mut writer = options.shape(&[count as u64]).begin_nd().unwrap();
        writer.extend((0..count).map(|at| at as i16)).unwrap();
        writer.finish().unwrap();
        bytes
    }

    /// Zeros shrink to a thousandth, and integers grow to f64: neither escapes the bound.
    #[test]
    fn no_archive_takes_more_space_than_given() {
        let array = npy(1000);
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a.npy", "b.npy", "c.npy"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&array).unwrap();
        }
        let file = zip.finish().unwrap();
        assert_eq!(archive(file.clone(), 24_000).unwrap().len(), 3);
        for space in [0, array.len() - 1, 7_999, 8_000, 16_000, 23_999] {
            let problem = archive(file.clone(), space).unwrap_err().to_string();
            assert!(problem.contains("more than 384 MiB"), "{space}: {problem}");
        }
    }
}
