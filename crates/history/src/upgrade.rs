//! What is done before the tables of an earlier judder become those of this one: they are copied as they are.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use crate::copy::{copy, sync, sync_folder};
use crate::error::{HistoryError, Problem};
use crate::pending::SEGMENTS;
use crate::place::{Place, beside, copy_private};
use crate::reserve::Disk;
use crate::schema::{NEWEST, version};

/// Bytes that are to be free beside a copy, at least: the upgrade itself takes some.
const SPARE: u64 = 4 << 20;

/// That a history was of an earlier version, and is of this one now.
#[derive(Debug)]
pub struct Upgraded {
    /// The version that it was of.
    pub from: i64,
    /// The version that it is of now.
    pub to: i64,
    /// Where it is as it was; or why there is no copy.
    pub copy: Result<PathBuf, HistoryError>,
}

/// Copies the tables, and what waits for them, where they are of an earlier version.
pub(crate) fn before_upgrade(
    place: &Place,
    connection: &Connection,
) -> Result<Option<Upgraded>, Problem> {
    let Some(from) = version(connection)?.filter(|from| *from < NEWEST) else { return Ok(None) };
    let to = place.beside(&format!(".version-{from}"));
    let copied = copied(place, connection, &to);
    let copy = copied.map(|()| to.clone()).map_err(HistoryError::at(&to));
    Ok(Some(Upgraded { from, to: NEWEST, copy }))
}

fn copied(place: &Place, connection: &Connection, to: &PathBuf) -> Result<(), Problem> {
    let free = Disk::of(&place.path).map(|disk| disk.free);
    if free.is_some_and(|free| free < place.bytes() + SPARE) {
        return Err(Problem::Full);
    }
    let unfinished = beside(to, ".unfinished");
    let done = (|| {
        copy(connection, &unfinished, |_, _| ())?;
        for ending in SEGMENTS {
            let (from, to) = (place.beside(ending), beside(to, ending));
            if from.metadata().is_ok_and(|there| there.is_file() && there.len() > 0) {
                copy_private(&from, &to)?;
                sync(&to)?;
            } else {
                // One of an attempt before this one is older.
                drop(fs::remove_file(&to));
            }
        }
        // Last: where it is there, all is.
        fs::rename(&unfinished, to)?;
        sync_folder(to.parent().unwrap_or(to))?;
        Ok(())
    })();
    if done.is_err() {
        drop(fs::remove_file(&unfinished));
    }
    done
}
