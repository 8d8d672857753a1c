//! The reference's Mahalanobis models: `.npz` with the arrays `model_mu` and `model_cov`.

use std::io::{Cursor, Read, Seek, Write};

use npyz::{DType, NpyFile, Order, TypeChar, WriterBuilder};

use crate::Gaussian;
use crate::error::FormatError;

const MEAN: &str = "model_mu";
const COVARIANCE: &str = "model_cov";

/// The most bytes of one array: 256 features.
const LARGEST_ARRAY: u64 = 1 << 20;

/// Reads `model_mu` `[n]` and `model_cov` `[n × n]`, of f8 or f4.
///
/// # Errors
/// A [`FormatError`] that names the array.
pub fn from_npz(file: impl Read + Seek) -> Result<Gaussian, FormatError> {
    let damaged = |error: zip::result::ZipError| FormatError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(file).map_err(damaged)?;
    let (mut mean, mut covariance) = (None, None);
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        entry
            .take(LARGEST_ARRAY)
            .read_to_end(&mut bytes)
            .map_err(|error| FormatError::Damaged(error.to_string()))?;
        let array = |array| numbers(&bytes).map_err(|what| FormatError::Array { array, what });
        match name.as_str() {
            MEAN => mean = Some(array(MEAN)?),
            COVARIANCE => covariance = Some(array(COVARIANCE)?),
            _ => names.push(name),
        }
    }
    let found = match names.as_slice() {
        [] => "no other".to_owned(),
        names => names.join(", "),
    };
    let missing = |missing| FormatError::Missing { missing, found: found.clone() };
    let (mean_shape, mean) = mean.ok_or_else(|| missing(MEAN))?;
    let (shape, covariance) = covariance.ok_or_else(|| missing(COVARIANCE))?;
    if let Some(unknown) = names.into_iter().next() {
        return Err(FormatError::Unknown(unknown));
    }
    if mean_shape.len() != 1 {
        let what = format!("has the shape {mean_shape:?}, not one row");
        return Err(FormatError::Array { array: MEAN, what });
    }
    let n = mean_shape[0];
    if shape != [n, n] {
        let what = format!("has the shape {shape:?}, but `{MEAN}` has {n} numbers");
        return Err(FormatError::Array { array: COVARIANCE, what });
    }
    Gaussian::new(mean.to_vec(), covariance.to_vec()).map_err(|what| FormatError::Array {
        array: COVARIANCE,
        what: format!("does not do: {what}"),
    })
}

/// The `.npz` file of a Gaussian, which NumPy reads: `model_mu` `[n]`, `model_cov` `[n, n]`, f8.
///
/// # Errors
/// [`FormatError::Damaged`] where the archive cannot be put together.
pub fn to_npz(gaussian: &Gaussian) -> Result<Vec<u8>, FormatError> {
    let n = gaussian.mean().len() as u64;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // Stored, with the earliest time that zip knows: equal models give equal bytes.
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let arrays =
        [(MEAN, gaussian.mean(), vec![n]), (COVARIANCE, gaussian.covariance(), vec![n, n])];
    for (name, values, shape) in arrays {
        let damaged = |error: std::io::Error| FormatError::Damaged(error.to_string());
        let array = npy(values, &shape).map_err(damaged)?;
        archive
            .start_file(format!("{name}.npy"), options)
            .map_err(|error| FormatError::Damaged(error.to_string()))?;
        archive.write_all(&array).map_err(damaged)?;
    }
    let bytes = archive.finish().map_err(|error| FormatError::Damaged(error.to_string()))?;
    Ok(bytes.into_inner())
}

fn npy(values: &[f64], shape: &[u64]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut writer =
        npyz::WriteOptions::new().default_dtype().shape(shape).writer(&mut bytes).begin_nd()?;
    writer.extend(values.iter().copied())?;
    writer.finish()?;
    Ok(bytes)
}

/// The shape of an array, and its numbers in C order. A matrix in Fortran order comes transposed,
/// which a covariance does not mind.
fn numbers(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>), String> {
    let file = NpyFile::new(bytes).map_err(|error| format!("is damaged: {error}"))?;
    let DType::Plain(kind) = file.dtype() else {
        return Err("is a table of named fields".to_owned());
    };
    let shape: Vec<usize> =
        file.shape().iter().map(|&n| usize::try_from(n).unwrap_or(usize::MAX)).collect();
    let width = kind.num_bytes().unwrap_or(0);
    let size = shape.iter().try_fold(width, |all, &n| all.checked_mul(n));
    if size.is_none_or(|size| size > bytes.len()) {
        return Err(format!("has the shape {shape:?}, but not so many numbers"));
    }
    debug_assert!(matches!(file.order(), Order::C | Order::Fortran));
    let damaged = |error: std::io::Error| format!("is damaged: {error}");
    let values = match (kind.type_char(), width) {
        (TypeChar::Float, 8) => file.into_vec::<f64>().map_err(damaged)?,
        (TypeChar::Float, 4) => {
            file.into_vec::<f32>().map_err(damaged)?.into_iter().map(f64::from).collect()
        }
        _ => return Err(format!("holds {kind}, not f8 or f4")),
    };
    Ok((shape, values))
}
