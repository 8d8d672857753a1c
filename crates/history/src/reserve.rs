//! Room that is held back on the disk: a file that is given up where the disk is full, so that what is to be taken
//! away can be.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::place;

/// The ending of its name.
pub(crate) const ENDING: &str = "-reserve";

/// It is made where so many times of it are free: on a disk that is nearly full it would only be in the way.
const AMPLE: u64 = 8;
/// At most this share of the disk.
const SHARE: u64 = 32;
/// One of fewer bytes is of no use.
const LEAST: u64 = 64 << 10;

/// How much room a file system has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disk {
    /// Bytes of it.
    pub(crate) all: u64,
    /// Bytes that may still be written.
    pub(crate) free: u64,
}

impl Disk {
    /// The one that a file is on; None where the system does not say.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let said = rustix::fs::statvfs(folder.unwrap_or(Path::new("."))).ok()?;
            let bytes = |blocks: u64| blocks.saturating_mul(said.f_frsize);
            Some(Self { all: bytes(said.f_blocks), free: bytes(said.f_bavail) })
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            None
        }
    }
}

/// A file that holds room back.
#[derive(Debug)]
pub(crate) struct Reserve {
    path: PathBuf,
    /// Its bytes, where it is there.
    held: Option<u64>,
}

impl Reserve {
    /// The one that this file is, or would be.
    pub(crate) fn at(path: PathBuf) -> Self {
        let held = path.metadata().ok().map(|there| there.len());
        Self { path, held }
    }

    /// Makes it, of so many bytes, if there is none and ample room. Where that fails there is none. One of more
    /// bytes, as of a run that might keep more, gives back what is too much.
    pub(crate) fn make(&mut self, bytes: u64, disk: Option<Disk>) {
        let Some(disk) = disk.filter(|_| self.held.is_none_or(|held| held > bytes)) else { return };
        let bytes = bytes.min(disk.all / SHARE);
        if self.held.is_some() && bytes >= LEAST {
            let file = File::options().write(true).open(&self.path);
            if file.and_then(|file| file.set_len(bytes)).is_ok() {
                self.held = Some(bytes);
            }
            return;
        }
        if self.give_up() || bytes < LEAST || disk.free < bytes.saturating_mul(AMPLE) {
            return;
        }
        self.held = fill(&self.path, bytes).is_ok().then_some(bytes);
        if self.held.is_none() {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Gives its room back. Whether there was one.
    pub(crate) fn give_up(&mut self) -> bool {
        self.held.take().is_some() && std::fs::remove_file(&self.path).is_ok()
    }
}

/// Writes so many bytes that no file system makes fewer of.
fn fill(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file =
        io::BufWriter::new(place::private().write(true).create(true).truncate(true).open(path)?);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..bytes / 8 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        file.write_all(&state.to_le_bytes())?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_where_there_is_ample_room_and_given_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r");
        let mut reserve = Reserve::at(path.clone());
        let disk = |all, free| Some(Disk { all, free });
        // Nobody knows, too little is free, or the disk is small.
        for of in [None, disk(64 << 20, (8 << 17) - 1), disk(1 << 20, 1 << 20)] {
            reserve.make(1 << 17, of);
            assert!(!path.exists() && !reserve.give_up(), "{of:?}");
        }
        reserve.make(1 << 17, disk(64 << 20, 8 << 17));
        assert_eq!(path.metadata().unwrap().len(), 1 << 17);
        // The next run knows of it.
        let mut reserve = Reserve::at(path.clone());
        assert!(reserve.give_up() && !path.exists() && !reserve.give_up());
        reserve.make(1 << 20, disk(8 << 20, 8 << 20));
        assert_eq!(path.metadata().unwrap().len(), 8 << 20 >> 5);
        // One of a run that might keep more is cut, or goes.
        let mut reserve = Reserve::at(path.clone());
        reserve.make(1 << 17, disk(64 << 20, 0));
        assert_eq!(path.metadata().unwrap().len(), 1 << 17);
        reserve.make(1 << 18, disk(64 << 20, 64 << 20));
        assert_eq!(path.metadata().unwrap().len(), 1 << 17);
        reserve.make(1 << 10, disk(64 << 20, 64 << 20));
        assert!(!path.exists());
    }
}
