//! Which files of a folder are recordings, by their names.

use std::io::Read;
use std::path::Path;

/// What texts of readings end in; compressed ones with another ending behind it.
const TEXTS: [&str; 8] = ["csv", "tsv", "txt", "dat", "asc", "lvm", "log", "data"];

const COMPRESSED: [&str; 2] = ["gz", "zst"];

/// What other formats end in.
const OTHERS: [&str; 28] = [
    "npz", "npy", "wav", "wave", "mat", "parquet", "pq", "h5", "hdf5", "hdf", "he5", "tdms", "uff",
    "unv", "58", "json", "jsonl", "ndjson", "cbor", "xlsx", "xlsm", "rf64", "arrow", "arrows",
    "feather", "ipc", "parq", "ft",
];

/// Of the formats what may be packed, so that few bytes are many numbers.
const PACKED: [&str; 12] =
    ["gz", "zst", "npz", "parquet", "pq", "h5", "hdf5", "mat", "xlsx", "arrow", "feather", "ipc"];

/// Whether a file may be much longer than its bytes.
pub(crate) fn is_packed(path: &Path) -> bool {
    extension_is(path, &PACKED)
}

/// Whether the name of a file says that it holds recordings.
pub(crate) fn is_named_so(path: &Path) -> bool {
    let is_text = |path: &Path| extension_is(path, &TEXTS);
    let packed = extension_is(path, &COMPRESSED);
    is_text(path)
        || extension_is(path, &OTHERS)
        || packed && path.file_stem().is_some_and(|stem| is_text(stem.as_ref()))
}

/// Whether a file without an ending, or with a number in its place, as where the time is the name, begins with numbers.
pub(crate) fn may_be_without_ending(path: &Path) -> bool {
    let is_number =
        |ending: &std::ffi::OsStr| ending.as_encoded_bytes().iter().all(u8::is_ascii_digit);
    if path.extension().is_some_and(|ending| !is_number(ending)) {
        return false;
    }
    let mut head = [0; 256];
    let read = std::fs::metadata(path)
        .ok()
        .filter(std::fs::Metadata::is_file)
        .and_then(|_| std::fs::File::open(path).and_then(|mut file| file.read(&mut head)).ok());
    let line = head[..read.unwrap_or(0)].split(|&byte| byte == b'\n').next().unwrap_or_default();
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let mut fields =
        line.split([' ', '\t', ',', ';', '\r']).filter(|field| !field.is_empty()).peekable();
    fields.peek().is_some() && fields.all(|field| field.parse::<f64>().is_ok())
}

/// Whether a name ends in one of these, whatever the case.
pub(crate) fn extension_is(path: &Path, any: &[&str]) -> bool {
    let extension = path.extension().unwrap_or_default();
    any.iter().any(|one| extension.eq_ignore_ascii_case(one))
}
