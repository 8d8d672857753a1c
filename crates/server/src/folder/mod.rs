//! What a server keeps in its folder, as it is looked at and copied from outside: its history, labelled recordings
//! and models.

mod backup;
mod export;
mod verify;

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use judder_data::{DataError, SIDECAR};
use judder_history::{Damage, HistoryError, Looking, Overview};

pub use backup::{BackedUp, backup};
pub use export::{Exported, Format, Wanted, export};
pub use verify::{Verified, verify};

use crate::clock::written;

/// The history in a server's folder.
pub const HISTORY: &str = "history.db";
/// The models that were sent to it.
pub const MODELS: &str = "models";

/// What is done now, for who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doing {
    /// The history is looked at.
    Looking(Looking),
    /// So many pages of the history are copied, of so many.
    Copying {
        /// How many are.
        done: u64,
        /// How many there are.
        of: u64,
    },
    /// So many files of labelled recordings and models are done, of so many.
    Files {
        /// How many are.
        done: u64,
        /// How many there are.
        of: u64,
    },
}

/// Why a folder cannot be looked at or copied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is no history in it.
    #[error(
        "{}: has no history.db; give the folder that `judder serve` keeps what it sees in (its --dir)",
        .0.display()
    )]
    NoHistory(PathBuf),
    /// The history cannot be read, or the copy not be written.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// Labelled recordings cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Where the copy is to be, there is something.
    #[error("{}: is there already; give the name of a folder that is not there yet", .0.display())]
    Taken(PathBuf),
    /// The folder that the copy is to be in is not there.
    #[error("{}: is not there, or is no folder; make it first, or give another name", .0.display())]
    NoParent(PathBuf),
    /// The copy would be in what is copied.
    #[error(
        "{}: is in the folder that is to be copied; give a name outside of it, best on another disk",
        .0.display()
    )]
    Inside(PathBuf),
    /// Another copy is being made there.
    #[error("{}: another backup is being written there; wait for it, or give another name", .0.display())]
    Busy(PathBuf),
    /// Something is where the copy is made before it has its name.
    #[error(
        "{}: is there already, where a backup is written before it has its name; move it away",
        .0.display()
    )]
    InTheWay(PathBuf),
    /// A file cannot be read or written.
    #[error("{}: {}", path.display(), words(error))]
    File {
        /// Which.
        path: PathBuf,
        /// What happened.
        error: io::Error,
    },
    /// There is no such device.
    #[error(
        "{}: has no device {name:?}; it has {}", folder.display(),
        if names.is_empty() { "none" } else { names }
    )]
    NoDevice {
        /// Where.
        folder: PathBuf,
        /// What was asked for.
        name: String,
        /// Those there are.
        names: String,
    },
    /// What was copied is not whole.
    #[error(
        "{}: is damaged, and no backup was made of it; `judder history verify` says what is damaged, and \
         docs/history.md what to do",
        .0.display()
    )]
    Damaged(PathBuf),
}

impl FolderError {
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |error| Self::File { path: path.to_owned(), error }
    }
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            "the disk is full; make room, or give another disk".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            format!("{error}; check who may read it, and write where the copy is to be")
        }
        _ => error.to_string(),
    }
}

/// What is damaged, with its time, in a line.
pub fn line(damage: &Damage) -> String {
    match damage.at {
        Some(at) => format!("{}, {damage}", written(at)),
        None => damage.to_string(),
    }
}

/// The history in a folder.
fn history_in(folder: &Path) -> Result<PathBuf, FolderError> {
    let history = folder.join(HISTORY);
    match history.metadata() {
        Ok(there) if there.is_file() => Ok(history),
        Err(error)
            if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Err(FolderError::at(&history)(error))
        }
        _ => Err(FolderError::NoHistory(folder.to_owned())),
    }
}

/// What the history in a server's folder holds, at a glance; None where there is none.
///
/// # Errors
/// Where it cannot be looked at.
pub fn overview(folder: &Path) -> Result<Option<Overview>, FolderError> {
    match history_in(folder) {
        Ok(history) => Ok(Some(judder_history::overview(&history)?)),
        Err(FolderError::NoHistory(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The folders of labelled recordings in a folder, by name.
fn labels(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let is_label = |entry: &DirEntry| entry.path().join(SIDECAR).symlink_metadata().is_ok();
    let folders = entries(folder)?.into_iter();
    Ok(folders.filter(is_label).map(|entry| entry.path()).collect())
}

/// What is in a folder, by name; nothing where there is none.
fn entries(folder: &Path) -> Result<Vec<DirEntry>, FolderError> {
    let read = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(FolderError::at(folder))?,
    };
    let mut all = read.collect::<Result<Vec<_>, _>>().map_err(FolderError::at(folder))?;
    all.sort_by_key(DirEntry::file_name);
    Ok(all)
}
