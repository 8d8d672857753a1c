//! Opening a file, whatever its format.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

#[cfg(feature = "hdf5")]
use super::hdf5;
use super::text::{self, Bytes, LineAxes};
#[cfg(feature = "xlsx")]
use super::xlsx;
use super::{Tables, endings, json, matlab, numpy, tdms, uff, unread, wav};
#[cfg(feature = "parquet")]
use super::{arrow, parquet};
use crate::error::Problem;
use crate::gzip;
#[cfg(feature = "zstd")]
use crate::zstd;

/// Whether a file that begins so is of a format.
type Is = fn(&[u8]) -> bool;

/// Opens it as one.
type Open = fn(&Path) -> Result<Box<dyn Tables>, Problem>;

/// The formats that are told by the first bytes of a file.
const FORMATS: &[(Is, Open)] = &[
    (wav::is, wav::open),
    (matlab::is, matlab::open),
    (numpy::is, numpy::open),
    (tdms::is, tdms::open),
    (uff::is, uff::open),
    #[cfg(feature = "hdf5")]
    (hdf5::is, hdf5::open),
    #[cfg(feature = "parquet")]
    (parquet::is, parquet::open),
    #[cfg(feature = "parquet")]
    (arrow::is, arrow::open),
];

/// Opens a file by what its first bytes say. `buffer` is used again from file to file; `axes` is how many axes the lines of a
/// text have that are recordings.
///
/// # Errors
/// A [`Problem`] that names the format, or the place in the file.
pub(crate) fn open(
    path: &Path,
    buffer: &mut Vec<u8>,
    axes: LineAxes,
) -> Result<Box<dyn Tables>, Problem> {
    let mut file = File::open(path)?;
    if endings::extension_is(path, &["npz", "npy"]) {
        return numpy::open(path);
    }
    let filled = text::fill(&mut file, buffer, 0)?;
    let head = &buffer[..filled];
    if let Some(problem) = unread::told(head) {
        return Err(problem);
    }
    if let Some(open) = FORMATS.iter().find(|(is, _)| is(head)).map(|(_, open)| open) {
        return open(path);
    }
    if endings::extension_is(path, &["mat"]) {
        return matlab::open(path);
    }
    if endings::extension_is(path, &["json", "jsonl", "ndjson"])
        || head.starts_with(b"{") && json::is(head)
    {
        return json::open(path);
    }
    if endings::extension_is(path, &["cbor"]) && json::is_cbor(head) {
        return json::open_cbor(path);
    }
    #[cfg(feature = "xlsx")]
    if xlsx::is(head) && endings::extension_is(path, &["xlsx", "xlsm"]) {
        return super::sheets::open(path, axes);
    }
    let packed = |head: &[u8], file| Cursor::new(head.to_vec()).chain(file);
    let unpacked: Option<Bytes> = match head {
        head if gzip::is(head) => Some(Box::new(gzip::unpacked(packed(head, file.try_clone()?)))),
        #[cfg(feature = "zstd")]
        head if zstd::is(head) => Some(Box::new(zstd::unpacked(packed(head, file.try_clone()?)))),
        _ => None,
    };
    if let Some(mut bytes) = unpacked {
        let filled = text::fill(&mut bytes, buffer, 0)?;
        return text::open(buffer, filled, bytes, axes);
    }
    text::open(buffer, filled, Box::new(file), axes)
}

/// Opens a text that is not in a file.
///
/// # Errors
/// A [`Problem`] that names the line.
pub(crate) fn text_of(
    mut bytes: Bytes,
    buffer: &mut Vec<u8>,
    axes: LineAxes,
) -> Result<Box<dyn Tables>, Problem> {
    let filled = text::fill(&mut bytes, buffer, 0)?;
    text::open(buffer, filled, bytes, axes)
}
