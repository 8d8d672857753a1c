//! A copy of the tables as they are at one moment, while others may write to them.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::error::Problem;
use crate::place::{PATIENCE, private};

/// Pages that are copied before it is said how many are.
const PAGES: i32 = 1024;

/// Copies the tables to a file that is made for it, which only its owner may read; `told` is how many pages are
/// done, and of how many. What is there already is written over.
pub(crate) fn copy(
    from: &Connection,
    to: &Path,
    mut told: impl FnMut(u64, u64),
) -> Result<(), Problem> {
    drop(private().write(true).create(true).truncate(true).open(to)?);
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut there = Connection::open_with_flags(to, access)?;
    there.busy_timeout(PATIENCE)?;
    // In one transaction, it is copied as it is now; else it would begin anew whenever somebody writes.
    let _moment = from.unchecked_transaction()?;
    from.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let backup = Backup::new(from, &mut there)?;
    loop {
        let step = backup.step(PAGES)?;
        let progress = backup.progress();
        let all = u64::try_from(progress.pagecount).unwrap_or(0);
        told(all.saturating_sub(u64::try_from(progress.remaining).unwrap_or(0)), all);
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => return Err(Problem::Locked),
        }
    }
    drop(backup);
    there.close().map_err(|(_, error)| error)?;
    sync(to)?;
    Ok(())
}

/// Has the disk take a file.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Has the disk take what is in a folder.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // Elsewhere a folder cannot be opened, and the system sees to it.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
