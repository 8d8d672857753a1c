//! Looking whether recordings are as they were kept, some at a time.

use rusqlite::{Connection, Error, ErrorCode};

use crate::damage::{Damage, Flaw};
use crate::error::HistoryError;
use crate::found;
use crate::reader::{Reader, limit};
use crate::recording::RecordingId;

/// What came of looking at some recordings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many were looked at.
    pub recordings: u64,
    /// How many of them have no checksum: an earlier judder kept them, or some of their windows are gone.
    pub unproven: u64,
    /// What is damaged.
    pub damages: Vec<Damage>,
    /// The one that was looked at last, if there may be more behind it.
    pub more_after: Option<RecordingId>,
}

impl Reader {
    /// Looks whether the recordings behind this one are as they were kept: their rows, names, windows and readings
    /// against their checksums; at most so many. What waits for the tables is not looked at.
    ///
    /// # Errors
    /// Where they cannot be looked at. That they are damaged is none.
    pub fn check(&self, after: RecordingId, most: usize) -> Result<Checked, HistoryError> {
        self.named(check(&self.connection, after, most))
    }
}

pub(crate) fn check(
    connection: &Connection,
    after: RecordingId,
    most: usize,
) -> rusqlite::Result<Checked> {
    let _moment = connection.unchecked_transaction()?;
    let mut select =
        connection.prepare_cached("SELECT id FROM recording WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let ids = select.query_map([after.0, limit(most)], |row| Ok(RecordingId(row.get(0)?)))?;
    let mut checked = Checked::default();
    for id in ids {
        let id = match id {
            Ok(id) => id,
            Err(error) if is_damage(&error) => {
                // What is behind this cannot be found.
                checked.damages.push(Damage::of(Flaw::Tables(error.to_string())));
                return Ok(Checked { more_after: None, ..checked });
            }
            Err(error) => return Err(error),
        };
        checked.recordings += 1;
        checked.more_after = Some(id);
        match found::find(connection, id) {
            Ok(Some(found)) => {
                checked.unproven += u64::from(found.unproven);
                checked.damages.extend(found.damage());
            }
            Ok(None) => {}
            Err(error) if is_damage(&error) => {
                let flaw = Flaw::Unreadable(error.to_string());
                checked.damages.push(Damage { recording: Some(id), ..Damage::of(flaw) });
            }
            Err(error) => return Err(error),
        }
    }
    if checked.recordings < limit(most).cast_unsigned() {
        checked.more_after = None;
    }
    Ok(checked)
}

/// Whether an error says that what is in the file is not what was written.
pub(crate) fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(failure, _) => failure.code == ErrorCode::DatabaseCorrupt,
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::Utf8Error(..)
        | Error::InvalidColumnType(..) => true,
        _ => false,
    }
}
