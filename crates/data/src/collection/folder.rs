//! The folder of a collection: making it, locking it, and what is in it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use super::Sync;
use crate::error::{DataError, Problem};
use crate::store::file_name;

const LOCK: &str = ".judder-collection.lock";

/// Makes the folder and those it lies in, as far as they are missing.
pub(super) fn make(folder: &Path, sync: Sync) -> io::Result<()> {
    let missing = folder.ancestors().take_while(|path| !path.exists()).count();
    fs::create_dir_all(folder)?;
    if sync == Sync::Disk {
        // Each is a line in the one above it.
        for path in folder.ancestors().skip(1).take(missing) {
            write_out(if path.as_os_str().is_empty() { Path::new(".") } else { path })?;
        }
    }
    Ok(())
}

/// Has the disk take what files are in a folder.
pub(super) fn write_out(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and the system sees to it.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A folder that recordings are added to by nobody else, until this is dropped or the process ends.
#[derive(Debug)]
pub struct FolderLock(File);

impl FolderLock {
    /// Locks a folder, by whatever path it is reached.
    ///
    /// # Errors
    /// [`Problem::InUse`] where it is locked already, in this process or another, by this or by
    /// [`Collection::open`](super::Collection::open).
    pub fn take(folder: &Path) -> Result<Self, DataError> {
        Self::take_by(folder, true)
    }

    /// The same; whether its file, if it is made, is its owner's alone.
    pub(super) fn take_by(folder: &Path, private: bool) -> Result<Self, DataError> {
        let at = || DataError::at(folder);
        let mut options = File::options();
        #[cfg(unix)]
        if private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let _ = private;
        let file = options.write(true).create(true).truncate(false).open(folder.join(LOCK));
        let file = file.map_err(|error| DataError::new(folder, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Problem::InUse).map_err(at()),
            Err(TryLockError::Error(error)) => Err(DataError::new(folder, error)),
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing is not enough while a process that was just begun still shares the file.
        let _ = self.0.unlock();
    }
}

/// The numbered files in a folder.
#[derive(Debug)]
pub(super) struct Found {
    /// Their numbers, in order.
    numbers: Vec<u32>,
}

impl Found {
    /// Looks for them.
    pub(super) fn look(folder: &Path) -> io::Result<Self> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(folder)? {
            numbers.extend(entry?.file_name().to_str().and_then(number));
        }
        numbers.sort_unstable();
        Ok(Self { numbers })
    }

    /// Whether a file is there; one without a number is looked for.
    pub(super) fn has(&self, folder: &Path, name: &str) -> bool {
        match number(name) {
            Some(number) => self.numbers.binary_search(&number).is_ok(),
            None => folder.join(name).symlink_metadata().is_ok(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.numbers.len()
    }

    /// One above the largest number there is.
    pub(super) fn next(&self) -> usize {
        self.numbers.last().map_or(0, |&number| number as usize + 1)
    }
}

/// The number of a file that is called as [`file_name`] would call it.
pub(super) fn number(name: &str) -> Option<u32> {
    let number: u32 = name.strip_suffix(".csv")?.parse().ok()?;
    (file_name(number as usize) == name).then_some(number)
}
