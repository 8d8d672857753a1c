//! Room in the file: what is in use of it, and what it gives back.

use rusqlite::Connection;

use crate::place::PAGE;
use crate::reader::limit;

/// Empty pages that a file may have without giving them back: most are soon needed again.
const SPARE: i64 = 64;
/// Beyond that, this share of the file.
const SPARE_SHARE: i64 = 16;

/// Bytes of the file that may be in use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room(pub(crate) u64);

impl Room {
    /// Whether more than that is in use, with so many pages more.
    pub(crate) fn is_exceeded(
        self,
        connection: &Connection,
        more: usize,
    ) -> rusqlite::Result<bool> {
        let used = pages(connection, "page_count")? - pages(connection, "freelist_count")?;
        Ok(((used + limit(more)) * PAGE).cast_unsigned() > self.0)
    }
}

fn pages(connection: &Connection, which: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, which, |row| row.get(0))
}

/// Gives empty pages back, if there are many, or the file has more bytes than it may: at most so many of them. How
/// many, and whether there are more.
pub(crate) fn give_back(
    connection: &Connection,
    at_most: usize,
    bytes: Option<u64>,
) -> rusqlite::Result<(usize, bool)> {
    let all = pages(connection, "page_count")?;
    let spare = SPARE.max(all / SPARE_SHARE);
    let empty = pages(connection, "freelist_count")?;
    let beyond = bytes.map_or(0, |bytes| all - (bytes / PAGE.cast_unsigned()).cast_signed());
    // Down to half of what it may have: else the next row is the next time.
    let back = if empty > spare { empty - spare / 2 } else { 0 };
    let wanted = back.max(beyond.min(empty));
    if wanted == 0 {
        return Ok((0, false));
    }
    let back = wanted.min(limit(at_most));
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({back})"))?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    // The file itself becomes shorter when the log is taken over; whoever reads is not waited for.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok((usize::try_from(back).unwrap_or(0), wanted > back))
}
