//! A history as it is looked at from outside, while a server may write to it: nothing is written, and nothing locked.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::entry::Entry;
use crate::error::{HistoryError, Problem};
use crate::loss::{Loss, losses};
use crate::mark::{self, Reached};
use crate::pending::{SEGMENTS, entries};
use crate::place::Place;
use crate::schema::{self, CHECKED};
use crate::segment::peek;
use crate::store::last_recording;

/// How often it is looked again where something does not fit, as it may just have been written to, and after how long.
const TRIES: usize = 6;
const AGAIN: Duration = Duration::from_millis(200);

/// What waits for the tables of a history, and what is wrong with it.
pub(crate) struct Waiting {
    /// Entries with their numbers, in order.
    pub(crate) entries: Vec<(i64, Vec<u8>)>,
    /// Segments of which not all can be read.
    pub(crate) damaged: Vec<&'static str>,
    /// Segments whose end was not written whole, and so not acknowledged.
    pub(crate) torn: Vec<&'static str>,
}

/// The tables of a history, to be read, and their version.
pub(crate) struct Outside {
    pub(crate) place: Place,
    pub(crate) connection: Connection,
    pub(crate) version: i64,
    /// Whether nobody else had them open: then no file is made beside them.
    is_alone: bool,
}

impl Outside {
    /// Opens them.
    pub(crate) fn open(path: &Path) -> Result<Self, HistoryError> {
        let there = path.metadata().map_err(Problem::from).map_err(to_be_read(path))?;
        if !there.is_file() {
            return Err(HistoryError::new(path, Problem::NotAHistory));
        }
        let place = Place::new(path);
        let (connection, is_alone) = connected(&place).map_err(to_be_read(path))?;
        let version = schema::version(&connection).map_err(to_be_read(path))?;
        let version = version.ok_or_else(|| HistoryError::new(path, emptied(&place)))?;
        Ok(Self { place, connection, version, is_alone })
    }

    /// Whether what was read since may be of several moments: somebody has opened the history meanwhile.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.is_alone && self.place.beside("-wal").exists()
    }

    /// How far the tables have come.
    pub(crate) fn reached(&self) -> rusqlite::Result<Reached> {
        let commits = match self.version >= CHECKED {
            true => self.connection.query_row("SELECT commits FROM total", [], |row| row.get(0))?,
            false => 0,
        };
        Ok(Reached { commits, last: last_recording(&self.connection)? })
    }

    /// What waits, and what is gone: looked for again where something does not fit.
    pub(crate) fn waiting(&self) -> Result<(Waiting, Vec<Loss>), HistoryError> {
        let mut tries = 0;
        loop {
            // In this order: what is taken over meanwhile is in the tables then.
            let known = mark::read(&self.place.path);
            let waiting = waiting(&self.place)?;
            let reached = self.place.named(self.reached())?;
            let ids: Vec<i64> = waiting.entries.iter().map(|(id, _)| *id).collect();
            let losses = losses(known, reached, &ids);
            tries += 1;
            let fits = losses.is_empty() && waiting.damaged.is_empty() && waiting.torn.is_empty();
            if fits || tries >= TRIES {
                return Ok((waiting, losses));
            }
            thread::sleep(AGAIN);
        }
    }
}

/// What is wrong with a file that is only to be read.
fn to_be_read(path: &Path) -> impl FnOnce(Problem) -> HistoryError + '_ {
    |problem| match problem {
        Problem::NotWritable => HistoryError::new(path, Problem::NotReadable),
        problem => HistoryError::new(path, problem),
    }
}

/// What is wrong with a file that has nothing in it.
fn emptied(place: &Place) -> Problem {
    let written = mark::read(&place.path).map(|known| known.kept);
    let waiting = match waiting(place) {
        Ok(Waiting { entries, damaged, .. }) => entries.len() + damaged.len(),
        // Something is there all the same.
        Err(_) => 1,
    };
    match (written, waiting) {
        (None, 0) => Problem::NotAHistory,
        (written, waiting) => Problem::Emptied { written, waiting },
    }
}

/// A connection that reads; and whether it is one that makes no file, as there is no log.
fn connected(place: &Place) -> Result<(Connection, bool), Problem> {
    // Whoever has the tables open has a log.
    if !place.beside("-wal").exists()
        && let Some(uri) = uri(&place.path)
    {
        let access = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        return Ok((Connection::open_with_flags(uri, access)?, true));
    }
    let connection = place.connect(false)?;
    let read = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        .map_err(Problem::from);
    match read {
        Ok(_) => Ok((connection, false)),
        // Its folder may not be written to, so there is no index of its log.
        Err(Problem::NotWritable) => Err(Problem::Unseen),
        Err(problem) => Err(problem),
    }
}

/// A path as an address that says that nobody writes there.
fn uri(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let escaped = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    Some(format!("file:{escaped}?immutable=1"))
}

/// What waits for the tables of a history now.
fn waiting(place: &Place) -> Result<Waiting, HistoryError> {
    let mut waiting = Waiting { entries: Vec::new(), damaged: Vec::new(), torn: Vec::new() };
    for ending in SEGMENTS {
        let path = place.beside(ending);
        let parsed = peek(&path).map_err(Problem::from).map_err(to_be_read(&path))?;
        if !parsed.is_whole {
            waiting.damaged.push(ending);
        }
        if parsed.is_torn {
            waiting.torn.push(ending);
        }
        let entries = entries(&path, parsed.content)?;
        let mut rest = &entries[..];
        while !rest.is_empty() {
            let read = Entry::read(rest);
            let (entry, behind) =
                read.ok_or_else(|| HistoryError::new(&path, Problem::NoRecordings))?;
            let bytes = rest.get(..rest.len() - behind.len()).unwrap_or_default();
            waiting.entries.push((entry.id, bytes.to_vec()));
            rest = behind;
        }
    }
    waiting.entries.sort_by_key(|(id, _)| *id);
    Ok(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_not_read_is_not_told_of_writing() {
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let said = to_be_read(Path::new("h"))(Problem::from(denied)).to_string();
        assert!(said.starts_with("h: cannot be opened for reading"), "{said}");
    }
}
