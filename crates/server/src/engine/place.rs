//! The folder that the server was started with: whether it is still there, and whether it can be written to.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use hyper::StatusCode;

use crate::problem::Problem;

/// A file that is written to see whether one can be.
const PROBE: &str = ".judder-probe";
/// Its bytes: about what recordings take that are kept together.
const PROBE_BYTES: usize = 64 << 10;

/// A folder, as it was when the server was started.
#[derive(Debug, Clone)]
pub(super) struct Place {
    folder: PathBuf,
    identity: Option<(u64, u64)>,
}

impl Place {
    pub(super) fn new(folder: PathBuf) -> Self {
        let identity = identity(&folder);
        Self { folder, identity }
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it is the folder that it was: one that was removed, replaced or hidden by a mount is not.
    pub(super) fn is_there(&self) -> bool {
        self.folder.is_dir() && identity(&self.folder) == self.identity
    }

    /// That it is there, for who is about to write into it.
    ///
    /// # Errors
    /// Where it is gone or another one: what is written to that may be hidden by the next mount.
    pub(super) fn check(&self) -> Result<(), Problem> {
        match self.is_there() {
            true => Ok(()),
            false => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, self.missing())),
        }
    }

    /// Writes a small file to the disk, and removes it.
    ///
    /// # Errors
    /// Where it cannot be written, or the folder is gone or another one.
    pub(super) fn probe(&self) -> io::Result<()> {
        if !self.is_there() {
            return Err(io::Error::new(io::ErrorKind::NotFound, self.missing()));
        }
        let path = self.folder.join(PROBE);
        let written = File::create(&path).and_then(|mut file| {
            file.write_all(&[0; PROBE_BYTES])?;
            file.sync_all()
        });
        let removed = fs::remove_file(&path);
        written.and(removed)
    }

    /// What is said where it is gone.
    pub(super) fn missing(&self) -> String {
        let folder = self.folder.display();
        format!(
            "the folder {folder} is gone, or another one is in its place: bring it back, or start judder again"
        )
    }
}

#[cfg(unix)]
fn identity(folder: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let there = fs::metadata(folder).ok()?;
    Some((there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn identity(folder: &Path) -> Option<(u64, u64)> {
    folder.is_dir().then_some((0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_replaced_is_not_the_one_that_it_was() {
        let within = tempfile::tempdir().unwrap();
        let (folder, aside) = (within.path().join("data"), within.path().join("aside"));
        fs::create_dir(&folder).unwrap();
        let place = Place::new(folder.clone());
        place.probe().unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::rename(&folder, &aside).unwrap();
        assert!(!place.is_there());
        fs::create_dir(&folder).unwrap();
        let said = place.probe().unwrap_err().to_string();
        assert!(!place.is_there() && said.contains("bring it back"), "{said}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(&folder).unwrap();
        fs::rename(&aside, &folder).unwrap();
        place.probe().unwrap();
    }
}
