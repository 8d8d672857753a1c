//! Opening a file, whatever its format.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

#[cfg(feature = "hdf5")]
use super::hdf5;
use super::text::{self, Bytes, LineAxes};
use super::{Tables, endings, json, matlab, numpy, tdms, uff, unread, wav};
#[cfg(feature = "parquet")]
use super::{arrow, parquet};
#[cfg(feature = "xlsx")]
use super::{sheets, xlsx};
use crate::error::Problem;
use crate::gzip;
#[cfg(feature = "zstd")]
use crate::zstd;

/// Opens a file of a format; texts in it may have lines that are recordings of so many axes.
type Open = fn(&Path, LineAxes) -> Result<Box<dyn Tables>, Problem>;

/// A format: what people call it, whether a file that begins so is of it, and how it is opened.
type Format = (&'static str, fn(&[u8]) -> bool, Open);

/// The formats that are told by the first bytes of a file.
const BY_HEAD: &[Format] = &[
    ("WAV", wav::is, |path, _| wav::open(path)),
    ("MATLAB 5", matlab::is, |path, _| matlab::open(path)),
    ("NumPy array", numpy::is, |path, _| numpy::open(path)),
    ("TDMS", tdms::is, |path, _| tdms::open(path)),
    ("Universal file", uff::is, |path, _| uff::open(path)),
    #[cfg(feature = "hdf5")]
    ("HDF5", hdf5::is, |path, _| hdf5::open(path)),
    #[cfg(feature = "parquet")]
    ("Parquet", parquet::is, |path, _| parquet::open(path)),
    #[cfg(feature = "parquet")]
    ("Arrow", arrow::is, |path, _| arrow::open(path)),
];

/// What a text that begins with an object is, whatever its name.
const JSON: Format = ("JSON", json::is, |path, _| json::open(path));

/// Those that are told by the ending of the name, as others begin so, too.
const BY_ENDING: &[(&[&str], Format)] = &[
    (&["npz"], ("NumPy archive", any, |path, _| numpy::open(path))),
    (&["npy"], ("NumPy array", any, |path, _| numpy::open(path))),
    (&["json"], JSON),
    (&["jsonl", "ndjson"], ("JSON Lines", any, |path, _| json::open(path))),
    (&["cbor"], ("CBOR", json::is_cbor, |path, _| json::open_cbor(path))),
    (&["mat"], ("MATLAB 4", any, |path, _| matlab::open(path))),
    #[cfg(feature = "xlsx")]
    (&["xlsx", "xlsm"], ("Excel", xlsx::is, sheets::open)),
];

fn any(_: &[u8]) -> bool {
    true
}

/// The format of a file that begins with these bytes; none where it is a text.
fn format(path: &Path, head: &[u8]) -> Option<&'static Format> {
    let by_ending = |(endings, format): &&'static (&[&str], Format)| {
        endings::extension_is(path, endings) && format.1(head)
    };
    let named = || BY_ENDING.iter().find(by_ending).map(|(_, format)| format);
    let object = || head.starts_with(b"{").then_some(&JSON);
    BY_HEAD.iter().find(|(_, is, _)| is(head)).or_else(named).or_else(object)
}

/// What people call the format of a file.
///
/// # Errors
/// A [`Problem`] where it cannot be read, or is of a format that is not read.
pub(crate) fn format_of(path: &Path) -> Result<&'static str, Problem> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    if let Some(problem) = unread::told(&head) {
        return Err(problem);
    }
    Ok(match format(path, &head) {
        Some((name, ..)) => name,
        None if gzip::is(&head) => "text, compressed by gzip",
        #[cfg(feature = "zstd")]
        None if zstd::is(&head) => "text, compressed by Zstandard",
        None => "text",
    })
}

/// So many bytes tell a format.
const HEAD: u64 = 4096;

/// Whether bytes are those of numbers in a text, as most files begin.
fn are_numbers(head: &[u8]) -> bool {
    let is_one = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b',' | b' ');
    matches!(head, [b'0'..=b'9' | b'-', ..]) && head.len() >= 8 && head.iter().take(8).all(is_one)
}

/// Opens a file by what its first bytes say, and says whether it is a text that was read to its end. `buffer` is used again
/// from file to file; `axes` are those of lines of a text that are recordings.
///
/// # Errors
/// A [`Problem`] that names the format, or the place in the file.
pub(crate) fn open(
    path: &Path,
    buffer: &mut Vec<u8>,
    axes: LineAxes,
) -> Result<(Box<dyn Tables>, bool), Problem> {
    let mut file = File::open(path)?;
    let filled = text::fill(&mut file, buffer, 0)?;
    let head = &buffer[..filled];
    let is_short = filled < text::LONGEST_LINE;
    if are_numbers(head) && !endings::extension_is(path, &["npy", "npz"]) {
        return Ok((text::open(buffer, filled, Box::new(file), axes)?, is_short));
    }
    if let Some((_, _, open)) = format(path, head) {
        return Ok((open(path, axes)?, false));
    }
    if let Some(problem) = unread::told(head) {
        return Err(problem);
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
        return Ok((text::open(buffer, filled, bytes, axes)?, false));
    }
    Ok((text::open(buffer, filled, Box::new(file), axes)?, is_short))
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
