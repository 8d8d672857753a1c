//! A file that is written whole, and never over another.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use tempfile::TempPath;

use super::{Sync, folder};

/// What a recording is called until it is whole. There is one at a time: the folder is locked.
pub(super) const UNFINISHED: &str = ".judder-collection.csv";

/// Writes a file in the folder by way of an unfinished one. False where something is at `path`
/// already, which stays. After an error nothing is at `path` that was not there before, unless it
/// could not be removed.
pub(super) fn write_new(folder: &Path, path: &Path, bytes: &[u8], sync: Sync) -> io::Result<bool> {
    let (mut file, unfinished) = create(&folder.join(UNFINISHED))?;
    file.write_all(bytes)?;
    if sync == Sync::Disk {
        file.sync_all()?;
    }
    drop(file);
    match unfinished.persist_noclobber(path) {
        Ok(()) => {}
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error.error),
    }
    if sync == Sync::Disk
        && let Err(error) = folder::write_out(folder)
    {
        // Nobody is told that it was kept, so it must not be found later. The error says enough.
        let _ = fs::remove_file(path);
        return Err(error);
    }
    Ok(true)
}

/// Makes a file that is removed when its path is dropped.
pub(super) fn create(path: &Path) -> io::Result<(File, TempPath)> {
    // Never opened as it stands: it may be another name of a recording, if all that a rename has
    // left undone is to take this one away.
    let new = || File::options().write(true).create_new(true).open(path);
    let file = match new() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            new()?
        }
        file => file?,
    };
    Ok((file, TempPath::try_from_path(path)?))
}

/// Removes what a crash left of a file that was not whole yet.
pub(super) fn remove(unfinished: &Path) -> io::Result<()> {
    match fs::remove_file(unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
