//! What is read is a file: a pipe would be waited for without end, and a folder has nothing to be read.

use std::fs;
use std::io;
use std::path::Path;

/// Whether there is a file, or nothing, which whoever opens it says.
///
/// # Errors
/// Where there is something else: what it is.
pub fn regular_file(path: &Path) -> io::Result<()> {
    let Ok(there) = fs::metadata(path) else { return Ok(()) };
    match there.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(io::Error::other("it is a folder; give a file")),
        _ => Err(io::Error::other("it is a pipe or a device; give a file")),
    }
}
