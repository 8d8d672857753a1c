//! `.npz`: arrays by name, in a zip archive.

use std::io::{Cursor, Read, Seek, Write};

use npyz::WriterBuilder;

use crate::array::{bytes, parse};
use crate::{Array, Defect, Error};

/// The arrays of a `.npz` archive in its order, each with its name, and as an array or as what keeps
/// it from being one.
///
/// All of them together take at most `space` bytes, in the file and as `f64` in memory; while an
/// array is read, a few times as much is in use.
///
/// # Errors
/// [`Error::Archive`] where the archive is damaged, [`Error::Space`] where there is more.
#[allow(clippy::type_complexity, reason = "a name and an array, or what is wrong with it")]
pub fn read_npz(
    file: impl Read + Seek,
    space: usize,
) -> Result<Vec<(String, Result<Array, Defect>)>, Error> {
    read_npz_of(file, space, |_| true).map(|(arrays, _)| arrays)
}

/// The arrays of a `.npz` archive whose names are wanted, as [`read_npz`] gives them, and the names of
/// the others, of which nothing is read: they may be of any size and type.
///
/// # Errors
/// As [`read_npz`].
#[allow(clippy::type_complexity, reason = "a name and an array, or what is wrong with it")]
pub fn read_npz_of(
    file: impl Read + Seek,
    space: usize,
    wanted: impl Fn(&str) -> bool,
) -> Result<(Vec<(String, Result<Array, Defect>)>, Vec<String>), Error> {
    let too_large = || Error::Space { limit: space };
    let mut archive = zip::ZipArchive::new(file).map_err(Error::archive)?;
    let (mut arrays, mut others) = (Vec::new(), Vec::new());
    let mut left = space;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(Error::archive)?;
        let name = entry.name().map_err(Error::archive)?;
        let name = name.strip_suffix(".npy").unwrap_or(&name).to_owned();
        if !wanted(&name) {
            others.push(name);
            continue;
        }
        let bytes = bytes(&mut entry, left).map_err(Error::archive)?.ok_or_else(too_large)?;
        let array = parse(&bytes, left).ok_or_else(too_large)?;
        let numbers = array.as_ref().map_or(0, |array| array.values().len());
        left = left.saturating_sub(bytes.len().max(numbers * size_of::<f64>()));
        arrays.push((name, array));
    }
    Ok((arrays, others))
}

/// What is to be written: numbers of either type, or a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Numbers<'a> {
    /// Double precision.
    F8(&'a [f64]),
    /// Bytes.
    U1(&'a [u8]),
    /// One text, which has no dimension: a `str` of NumPy's, without a zero at its end.
    Text(&'a str),
}

impl Numbers<'_> {
    fn len(&self) -> usize {
        match self {
            Self::F8(values) => values.len(),
            Self::U1(values) => values.len(),
            Self::Text(_) => 1,
        }
    }
}

/// The bytes of a `.npz` archive of arrays, each with its name, its shape, and its numbers in C
/// order. Equal arrays give equal bytes.
///
/// # Errors
/// [`Error::Shape`] where an array has not the numbers of its shape, [`Error::Archive`] where no
/// archive can be made: two arrays have one name, or a name is too long.
pub fn write_npz(arrays: &[(&str, &[usize], Numbers<'_>)]) -> Result<Vec<u8>, Error> {
    let mut archive = NpzWriter::new(Cursor::new(Vec::new()));
    for &(name, shape, values) in arrays {
        archive.add(name, shape, values)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Writes a `.npz` archive an array at a time, so that one is in memory.
pub struct NpzWriter<W: Write + Seek>(zip::ZipWriter<W>);

impl<W: Write + Seek> NpzWriter<W> {
    /// Of no arrays yet.
    pub fn new(to: W) -> Self {
        Self(zip::ZipWriter::new(to))
    }

    /// Adds an array with its name, its shape, and its numbers in C order.
    ///
    /// # Errors
    /// [`Error::Shape`] where it has not the numbers of its shape, [`Error::Archive`] where two arrays have one name or
    /// a name is too long, or [`Error::Io`].
    pub fn add(&mut self, name: &str, shape: &[usize], values: Numbers<'_>) -> Result<(), Error> {
        let count = shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n));
        let has_dimensions = matches!(values, Numbers::Text(_)) && !shape.is_empty();
        if count != Some(values.len()) || has_dimensions {
            return Err(Error::Shape { name: crate::error::shown(name), found: values.len() });
        }
        // Stored as NumPy does, and with the earliest time that zip knows.
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored)
            .last_modified_time(zip::DateTime::default());
        let array = npy(shape, values)?;
        self.0.start_file(format!("{name}.npy"), options).map_err(Error::archive)?;
        Ok(self.0.write_all(&array)?)
    }

    /// Ends the archive, which is none before.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(self) -> Result<W, Error> {
        self.0.finish().map_err(Error::archive)
    }
}

fn npy(shape: &[usize], values: Numbers<'_>) -> std::io::Result<Vec<u8>> {
    // Spelt out, so that the bytes are the same on a big-endian machine.
    match values {
        Numbers::F8(values) => typed(shape, "<f8", values),
        Numbers::U1(values) => typed(shape, "|u1", values),
        Numbers::Text(text) => Ok(crate::text::npy(text)),
    }
}

fn typed<T: npyz::Serialize + Copy>(
    shape: &[usize],
    kind: &str,
    values: &[T],
) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let shape: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
    let kind = npyz::DType::Plain(kind.parse().map_err(std::io::Error::other)?);
    let options = npyz::WriteOptions::new().dtype(kind).shape(&shape).writer(&mut bytes);
    let mut writer = options.begin_nd()?;
    writer.extend(values.iter().copied())?;
    writer.finish()?;
    Ok(bytes)
}
