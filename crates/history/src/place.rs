//! Where a history is: its file, the lock beside it, and connections to it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::error::{HistoryError, Problem};
use crate::mark::ENDING as MARK;
use crate::pending::SEGMENTS;
use crate::reserve::ENDING as RESERVE;

/// Bytes in a page of the file. A recording is written to some pages of its device's own, whole each, so
/// they are small; three recordings of 200 readings fit into one.
pub(crate) const PAGE: i64 = 4096;

/// How long another program may have the file locked.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 64;

/// The file of a history, and the folder that goes away with it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    temporary: Option<Arc<TempDir>>,
}

impl Place {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), temporary: None }
    }

    /// In a folder of its own, which goes away with the last that uses it.
    pub(crate) fn temporary() -> Result<Self, HistoryError> {
        let folder = tempfile::Builder::new().prefix("judder-").private().tempdir();
        let folder = folder.map_err(HistoryError::at(&std::env::temp_dir()))?;
        Ok(Self { path: folder.path().join("history.db"), temporary: Some(Arc::new(folder)) })
    }

    /// Names the file in what went wrong.
    pub(crate) fn named<T>(&self, result: rusqlite::Result<T>) -> Result<T, HistoryError> {
        result.map_err(HistoryError::at(&self.path))
    }

    pub(crate) fn connect(&self, writes: bool) -> rusqlite::Result<Connection> {
        let access = if writes {
            // SQLite gives what it makes beside it the same rights. Why it cannot be made, SQLite says.
            drop(private().write(true).create_new(true).open(&self.path));
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        } else {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        };
        let connection =
            Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else a statement is prepared anew each time that what it is asked for changes.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(connection)
    }

    /// Whether it stays when nobody uses it any more.
    pub(crate) fn is_lasting(&self) -> bool {
        self.temporary.is_none()
    }

    /// Whether there is something in the file that is too little for a database: SQLite would write over
    /// it.
    pub(crate) fn is_a_scrap(&self) -> bool {
        let least = 1..512;
        self.path.metadata().is_ok_and(|metadata| least.contains(&metadata.len()))
    }

    /// What tells the file from another one at the same path; None where there is none, or no telling.
    pub(crate) fn identity(&self) -> Option<(u64, u64)> {
        identity(&self.path)
    }

    /// A file beside it, whose name has this ending.
    pub(crate) fn beside(&self, ending: &str) -> PathBuf {
        beside(&self.path, ending)
    }

    /// The bytes of the file and of what is beside it.
    pub(crate) fn bytes(&self) -> u64 {
        // Never by opening it: closing it again would take SQLite's locks away.
        let length = |path: &Path| path.metadata().map_or(0, |metadata| metadata.len());
        let beside =
            ["-wal", RESERVE, MARK].into_iter().chain(SEGMENTS).map(|ending| self.beside(ending));
        length(&self.path) + beside.map(|path| length(&path)).sum::<u64>()
    }
}

/// How files are made that are their owner's alone.
pub(crate) fn private() -> fs::OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// What tells a file from another one at the same path; None where there is none, or no telling.
pub(crate) fn identity(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let there = path.metadata().ok()?;
        Some((there.dev(), there.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// A file whose name is that of the history with an ending.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A folder that is its owner's alone.
trait Private {
    fn private(&mut self) -> &mut Self;
}

impl Private for tempfile::Builder<'_, '_> {
    fn private(&mut self) -> &mut Self {
        #[cfg(unix)]
        self.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        self
    }
}

/// A history that is locked until this is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    pub(crate) fn take(path: &Path) -> Result<Self, HistoryError> {
        let beside = beside(path, "-lock");
        let file = private().write(true).create(true).truncate(false).open(&beside);
        let file = file.map_err(HistoryError::at(&beside))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(HistoryError::new(path, Problem::InUse)),
            Err(TryLockError::Error(error)) => Err(HistoryError::new(&beside, error)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough while a process that was just begun still shares the file.
        let _ = self.0.unlock();
    }
}
