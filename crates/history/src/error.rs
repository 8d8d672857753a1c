//! What is wrong with a history, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::damage::Damage;

/// A history that could not be read or written: which file, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct HistoryError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a history.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is open already, in this process or another.
    #[error("is in use: another judder writes to it; stop that one, or choose another folder")]
    InUse,
    /// A later judder wrote it.
    #[error(
        "is of version {version}, and this judder knows versions to {known}; \
         use the judder that wrote it or a later one, or move the file away to begin a new history"
    )]
    Newer {
        /// The version of the file.
        version: i64,
        /// The newest version that is known.
        known: i64,
    },
    /// Something else is in the file.
    #[error("is not a history that judder wrote; choose another folder, or move the file away")]
    NotAHistory,
    /// The file is damaged.
    #[error(
        "is damaged: {0}; move it away with the files beside it that are called so and end in -wal and -shm, and judder \
         begins a new one, with what still waits in those that end in -new-0 and -new-1; what can be read of it, \
         `sqlite3 FILE .recover` brings out"
    )]
    Damaged(String),
    /// There is nothing in it, though something was written to it, or waits for it.
    #[error(
        "nothing is in it{}{}; start `judder serve` on its folder, which goes on with what waits, and move nothing away \
         before that", written_to(*written), waits_beside(*waiting)
    )]
    Emptied {
        /// Recordings that were written to it: so many, if that is known.
        written: Option<i64>,
        /// Recordings that wait beside it.
        waiting: usize,
    },
    /// Something in it is not as it was kept.
    #[error(
        "{0}; nothing else of it is lost by that: `judder history verify` says what is damaged"
    )]
    Altered(Box<Damage>),
    /// A segment holds something else.
    #[error(
        "holds what is no recording that this judder knows; use the judder that wrote it or a later one, or move \
         it away to go on without what it holds"
    )]
    NoRecordings,
    /// A segment of a later judder.
    #[error(
        "holds recordings in a form of version {version}, and this judder knows version {known}; use the judder that \
         wrote it or a later one, or move it away to go on without what it holds"
    )]
    NewerSegment {
        /// The version of the file.
        version: u8,
        /// The version that is known.
        known: u8,
    },
    /// It was removed or replaced while it was open.
    #[error("was removed or replaced while judder had it open: put it back, or start judder again")]
    Gone,
    /// There is no room for it.
    #[error("the disk is full")]
    Full,
    /// There is no room to make it one of a later version.
    #[error(
        "is of version {from}, and the disk is too full to make it one of version {to}: make room for it once more and \
         some MiB, and start again; nothing of it has changed"
    )]
    NoRoomFor {
        /// The version that it is of.
        from: i64,
        /// The version that it is to be of.
        to: i64,
    },
    /// Recordings wait beside a link to it, where an earlier judder put them.
    #[error(
        "recordings wait here, beside a link to the history: move this file to {}, beside the history itself, and start \
         again",
        .0.display()
    )]
    BesideALink(PathBuf),
    /// Another program has it locked.
    #[error("is locked by another program that has it open; close it there")]
    Locked,
    /// Its log cannot be read where it lies.
    #[error(
        "its log (-wal) cannot be read where its folder may not be written to; run this as who may, or copy the folder"
    )]
    Unseen,
    /// The file or its folder may not be written.
    #[error("cannot be opened for writing; check that the folder is there and who may write to it")]
    NotWritable,
    /// The file may not be read.
    #[error(
        "cannot be opened for reading; check that it is there, and who may read it and its folder"
    )]
    NotReadable,
    /// The operating system refused.
    #[error("{0}")]
    Io(#[source] io::Error),
    /// The database refused.
    #[error("{0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl HistoryError {
    pub(crate) fn new(path: &Path, problem: impl Into<Problem>) -> Self {
        Self { path: path.to_owned(), problem: problem.into() }
    }

    /// Turns a problem into an error about `path`.
    pub(crate) fn at<P: Into<Problem>>(path: &Path) -> impl FnOnce(P) -> Self + '_ {
        move |problem| Self::new(path, problem)
    }

    /// That the file was removed or replaced.
    pub fn gone(path: &Path) -> Self {
        Self::new(path, Problem::Gone)
    }

    /// Whether the file is damaged, or something else is in it.
    pub fn is_damaged(&self) -> bool {
        let Self { problem, .. } = self;
        matches!(
            problem,
            Problem::Damaged(_)
                | Problem::Emptied { .. }
                | Problem::NotAHistory
                | Problem::NoRecordings
        )
    }

    /// Whether there is no room on the disk. The history goes on when there is room again.
    pub fn is_full(&self) -> bool {
        matches!(self.problem, Problem::Full | Problem::NoRoomFor { .. })
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable
            }
            _ => Self::Io(error),
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        let Some(failure) = error.sqlite_error() else { return Self::Sqlite(error) };
        match (failure.code, failure.extended_code) {
            // The index of the log cannot grow: it is in a file as well.
            (ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE) => Self::Full,
            (ErrorCode::NotADatabase, _) => Self::NotAHistory,
            (ErrorCode::DatabaseCorrupt | ErrorCode::ConstraintViolation, _) => {
                Self::Damaged(error.to_string())
            }
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Locked,
            (ErrorCode::CannotOpen, _) => too_many_open().map_or(Self::NotWritable, Self::Io),
            (ErrorCode::ReadOnly | ErrorCode::PermissionDenied, _) => Self::NotWritable,
            _ => Self::Sqlite(error),
        }
    }
}

fn written_to(written: Option<i64>) -> String {
    match written {
        Some(written) => {
            format!(
                ", though {} written to it: its log (-wal) is gone",
                recordings(written.cast_unsigned(), "was", "were")
            )
        }
        None => String::new(),
    }
}

fn waits_beside(waiting: usize) -> String {
    match waiting {
        0 => String::new(),
        waiting => format!(
            ", and {} beside it (-new-0, -new-1)",
            recordings(waiting as u64, "waits", "wait")
        ),
    }
}

/// So many recordings, and what they do.
pub(crate) fn recordings(count: u64, does: &str, they_do: &str) -> String {
    match count {
        1 => format!("1 recording {does}"),
        _ => format!("{count} recordings {they_do}"),
    }
}

/// What the system says if no more files can be opened: the database only says that it could not.
fn too_many_open() -> Option<io::Error> {
    let error = std::fs::File::open(Path::new("/")).err()?;
    let said = error.to_string();
    said.starts_with("Too many open files")
        .then(|| io::Error::new(error.kind(), format!("{said}; allow more (ulimit -n)")))
}
