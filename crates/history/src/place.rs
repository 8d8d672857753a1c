//! Where a history is: its file, the lock beside it, and connections to it.

use std::fs::{self, File, TryLockError};
use std::io;
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
    /// Whether the index of its log is in memory, as the disk has no room for one: nobody else can open it then.
    alone: bool,
}

/// SQLite's way to files that has the index of a log in memory.
const ALONE: &std::ffi::CStr = c"unix-excl";

impl Place {
    /// By what the path stands for: all that is beside it is beside that, whatever link leads there.
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: resolved(path), temporary: None, alone: false }
    }

    /// The same, with the index of its log in memory; None where there is no such way.
    pub(crate) fn alone(&self) -> Option<Self> {
        (cfg!(unix) && !self.alone).then(|| Self { alone: true, ..self.clone() })
    }

    /// In a folder of its own, which goes away with the last that uses it.
    pub(crate) fn temporary() -> Result<Self, HistoryError> {
        let folder = tempfile::Builder::new().prefix("judder-").private().tempdir();
        let folder = folder.map_err(HistoryError::at(&std::env::temp_dir()))?;
        Ok(Self {
            path: folder.path().join("history.db"),
            temporary: Some(Arc::new(folder)),
            alone: false,
        })
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
        let access = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self.alone {
            true => Connection::open_with_flags_and_vfs(&self.path, access, ALONE)?,
            false => Connection::open_with_flags(&self.path, access)?,
        };
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else a statement is prepared anew each time that what it is asked for changes.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(connection)
    }

    /// What waits beside a path that only leads here, if something does: an earlier judder put it there.
    pub(crate) fn left_beside(&self, path: &Path) -> Option<PathBuf> {
        let mut all = SEGMENTS.into_iter().map(|ending| beside(path, ending));
        let waits = |path: &PathBuf| path.metadata().is_ok_and(|there| there.len() > 0);
        all.find(|path| waits(path)).filter(|_| path != self.path)
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

    /// Makes files of an earlier judder their owner's alone, as what SQLite makes beside them has the same rights. Where the
    /// folder hands its group on, that is meant, and they stay as they are.
    pub(crate) fn make_private(&self) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| path.metadata().ok().map(|there| there.permissions().mode());
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if mode(folder.unwrap_or(Path::new("."))).is_none_or(|mode| mode & 0o2000 != 0) {
                return;
            }
            let beside = ["", "-wal", "-shm", "-lock"].into_iter().chain(SEGMENTS);
            for path in beside.map(|ending| self.beside(ending)) {
                if mode(&path).is_some_and(|mode| mode & 0o077 != 0) {
                    // Where somebody else owns it, it stays as it is.
                    let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o600));
                }
            }
        }
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

/// What a path stands for, where it is a link: also one to a file that is not there yet.
fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // The system allows as many.
    for _ in 0..40 {
        let Ok(to) = fs::read_link(&path) else { return path };
        path = path.parent().unwrap_or(Path::new("")).join(to);
    }
    path
}

/// How files are made that are their owner's alone.
pub(crate) fn private() -> fs::OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Copies a file to one that is its owner's alone, in place of one that is there.
pub(crate) fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    // What is written over keeps its rights.
    match fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut to = private().write(true).create_new(true).open(to)?;
    io::copy(&mut File::open(from)?, &mut to).map(drop)
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
