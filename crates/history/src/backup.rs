//! A copy of a history with all that was acknowledged when it was begun, while a server may write to it.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::copy::{copy, sync, sync_folder};
use crate::error::{HistoryError, Problem};
use crate::loss::Loss;
use crate::mark::Mark;
use crate::outside::Outside;
use crate::place::{Place, beside};
use crate::rollup;
use crate::schema;
use crate::store::{Piece, Store};

/// What could not be copied, as it was not there any more or cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// Files of which not all could be read, as some of what waits in them is damaged.
    pub damaged: Vec<PathBuf>,
    /// What was kept and is gone.
    pub losses: Vec<Loss>,
}

/// Copies a history to a file that is made for it, in a folder that is there: its tables as they are at one moment, and
/// in them what waited for them before. The copy is of this judder's version. `told` is how many pages are copied, and
/// of how many. What could not be copied is returned.
///
/// Every recording, alert and setting is in it that was acknowledged before this was called; of what comes meanwhile,
/// some may be.
///
/// # Errors
/// Where the history cannot be read, or the copy not be written. What was written of it is then to be removed.
pub fn backup(
    from: &Path,
    to: &Path,
    mut told: impl FnMut(u64, u64),
) -> Result<Missing, HistoryError> {
    let (waiting, missing) = loop {
        let outside = Outside::open(from)?;
        // First what waits: what is taken over meanwhile is in the tables then.
        let (waiting, losses) = outside.waiting()?;
        copy(&outside.connection, to, &mut told).map_err(HistoryError::at(to))?;
        if !outside.is_disturbed() {
            let damaged = waiting.damaged.iter().map(|ending| outside.place.beside(ending));
            let damaged = damaged.collect();
            let losses = losses.into_iter().filter(Loss::is_known).collect();
            break (waiting, Missing { damaged, losses });
        }
    };
    let place = Place::new(to);
    let mut connection = place.named(place.connect(true))?;
    schema::prepare(&mut connection).map_err(HistoryError::at(to))?;
    // The copy has them made anew, whatever they were.
    place.named(rollup::forget(&connection))?;
    let mut store = Store::new(connection, Mark::open(&place));
    place.named(add(&mut store, &waiting.entries))?;
    place.named(store.set_mark())?;
    place.named(finish(&store.connection))?;
    drop(store);
    let synced = sync(to)
        .and_then(|()| sync(&beside(to, crate::mark::ENDING)))
        .and_then(|()| sync_folder(to.parent().unwrap_or(Path::new(""))));
    synced.map_err(|error| HistoryError::new(to, Problem::from(error)))?;
    Ok(missing)
}

/// Adds what waited to the tables of the copy, as far as it is not in them.
fn add(store: &mut Store, entries: &[(i64, Vec<u8>)]) -> rusqlite::Result<()> {
    store.begin()?;
    for (_, entry) in entries {
        store.add(entry, Piece::ALL)?;
    }
    store.commit()
}

/// Takes all into the one file.
fn finish(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
