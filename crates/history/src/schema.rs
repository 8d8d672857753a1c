//! The tables, and how a file becomes one of the newest version.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::Problem;

/// Says in the file whose it is: `Judd`.
const APPLICATION: i64 = 0x4a75_6464;

/// What makes each version of the one before; the first makes it of an empty file. A step that was
/// published stays as it is.
const STEPS: [&str; 4] = [FIRST, STARTS, CHECKSUMS, ROLLUPS];

/// Windows are put together by device and time, so that a chart reads one stretch of the file; numbers
/// and names stand once, in small tables. A recording has its readings in a table of their own: they go
/// first. What is oldest has the smallest number, so no index by time is needed:
/// each index is one page more to write for each recording of another device.
const FIRST: &str = "
CREATE TABLE device (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, recordings INTEGER NOT NULL,
    -- How many numbers of its recordings are or were in `forgotten`.
    forgotten INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL, threshold REAL) STRICT;
CREATE INDEX model_by_name ON model (name);
CREATE TABLE recording (
    id INTEGER PRIMARY KEY AUTOINCREMENT, device INTEGER NOT NULL, sequence INTEGER,
    digest INTEGER NOT NULL, at INTEGER NOT NULL, taken TEXT, rate_hz REAL, axes INTEGER NOT NULL,
    model INTEGER, file TEXT
) STRICT;
CREATE INDEX recording_by_sequence ON recording (device, sequence) WHERE sequence IS NOT NULL;
CREATE TABLE window (
    device INTEGER NOT NULL, at INTEGER NOT NULL, recording INTEGER NOT NULL,
    start INTEGER NOT NULL, score REAL, decision REAL, verdict INTEGER NOT NULL, model INTEGER,
    PRIMARY KEY (device, at, recording, start)
) STRICT, WITHOUT ROWID;
CREATE TABLE readings (
    recording INTEGER PRIMARY KEY, at INTEGER NOT NULL, numbers BLOB NOT NULL
) STRICT;
-- Numbers of recordings that are gone: the newest of each device, one in each place of a ring.
CREATE TABLE forgotten (
    device INTEGER NOT NULL, place INTEGER NOT NULL, sequence INTEGER NOT NULL,
    digest INTEGER NOT NULL, recording INTEGER NOT NULL,
    PRIMARY KEY (device, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX forgotten_by_sequence ON forgotten (device, sequence);
CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT, device INTEGER NOT NULL, kind TEXT NOT NULL,
    raised_at INTEGER NOT NULL, cleared_at INTEGER, words TEXT NOT NULL,
    score REAL, threshold REAL, model INTEGER
) STRICT;
CREATE INDEX alert_by_device ON alert (device);
CREATE INDEX alert_open ON alert (id) WHERE cleared_at IS NULL;
CREATE INDEX alert_by_end ON alert (cleared_at) WHERE cleared_at IS NOT NULL;
CREATE TABLE telling (
    id INTEGER PRIMARY KEY AUTOINCREMENT, outlet TEXT NOT NULL, alert INTEGER NOT NULL,
    transition INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0,
    -- How often it was tried; when the next try is due, or the last one was; why it failed.
    attempts INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL, reason TEXT
) STRICT;
CREATE INDEX telling_of_alert ON telling (alert, outlet);
CREATE INDEX telling_pending ON telling (outlet) WHERE state = 0;
CREATE TABLE setting (
    scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
-- One row: counting would read whole tables.
CREATE TABLE total (recordings INTEGER NOT NULL, windows INTEGER NOT NULL, readings INTEGER NOT NULL)
    STRICT;
INSERT INTO total VALUES (0, 0, 0);
";

/// Recordings have the start that their number is one of, which was none so far. An alert of numbers that came
/// again with other readings has the name that it has now.
const STARTS: &str = "
ALTER TABLE recording ADD COLUMN start INTEGER;
DROP INDEX recording_by_sequence;
CREATE INDEX recording_by_number ON recording (device, start, sequence) WHERE sequence IS NOT NULL;
ALTER TABLE forgotten ADD COLUMN start INTEGER;
DROP INDEX forgotten_by_sequence;
CREATE INDEX forgotten_by_number ON forgotten (device, start, sequence);
UPDATE alert SET kind = 'conflict' WHERE kind = 'restarted';
";

/// Recordings have checksums, and what is written is counted. What is there already has none.
const CHECKSUMS: &str = "
-- Of the row, its names and its windows; NULL where it is not known, or some of the windows are gone.
ALTER TABLE recording ADD COLUMN checksum INTEGER;
ALTER TABLE readings ADD COLUMN checksum INTEGER;
ALTER TABLE total ADD COLUMN commits INTEGER NOT NULL DEFAULT 0;
";

/// What windows of a device are together in each stretch of time. What is there already is rolled up after that.
const ROLLUPS: &str = "
-- Before which time its windows are rolled up; NULL where none are.
ALTER TABLE device ADD COLUMN rolled INTEGER;
-- A stretch is as long as 2 to the power of \"power\" in ms. Of its windows of one verdict and model (0: none): how many
-- there are, and have a score; the sum of the scores, the smallest, and the window with the largest; the largest
-- decision. With the verdict -1 it is not rolled up.
CREATE TABLE rollup (
    device INTEGER NOT NULL, power INTEGER NOT NULL, stretch INTEGER NOT NULL,
    verdict INTEGER NOT NULL, model INTEGER NOT NULL, windows INTEGER NOT NULL,
    scored INTEGER NOT NULL, least REAL, sum REAL, at INTEGER NOT NULL,
    recording INTEGER NOT NULL, start INTEGER NOT NULL, score REAL, decision REAL,
    PRIMARY KEY (device, power, stretch, verdict, model)
) STRICT, WITHOUT ROWID;
";

/// The newest version.
pub(crate) const NEWEST: i64 = STEPS.len() as i64;

/// The version from which on there are checksums, and what is written is counted.
pub(crate) const CHECKED: i64 = 3;

/// The version from which on windows are rolled up.
pub(crate) const ROLLED: i64 = 4;

/// The version of a file; None of an empty one.
pub(crate) fn version(connection: &Connection) -> Result<Option<i64>, Problem> {
    version_of(connection, NEWEST)
}

fn version_of(connection: &Connection, known: i64) -> Result<Option<i64>, Problem> {
    let number = |name: &str| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, name, |row| row.get(0))
    };
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if (application, version, tables) == (0, 0, 0) {
        return Ok(None);
    }
    // One of ours has a version with its first table.
    if application != APPLICATION || version < 1 {
        return Err(Problem::NotAHistory);
    }
    if version > known {
        return Err(Problem::Newer { version, known });
    }
    Ok(Some(version))
}

/// Makes a file one of the newest version, or says why it is none.
pub(crate) fn prepare(connection: &mut Connection) -> Result<(), Problem> {
    prepare_by(connection, &STEPS)
}

fn prepare_by(connection: &mut Connection, steps: &[&str]) -> Result<(), Problem> {
    let known = steps.len() as i64;
    let version = version_of(connection, known)?;
    let is_empty = version.is_none();
    let done = usize::try_from(version.unwrap_or(0)).unwrap_or(0);
    if is_empty {
        // Before anything is written: a page size and a way to give space back are for ever.
        connection.pragma_update(None, "page_size", crate::place::PAGE)?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    if done < steps.len() {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for step in &steps[done..] {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{FIRST, prepare_by};
    use crate::error::Problem;

    #[test]
    fn an_older_version_becomes_the_newest_and_keeps_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("h");
        let version = |connection: &Connection| -> i64 {
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
        };
        let mut connection = Connection::open(&path).unwrap();
        prepare_by(&mut connection, &[FIRST]).unwrap();
        connection.execute("INSERT INTO setting VALUES ('a', 'b', 'c')", []).unwrap();
        assert_eq!(version(&connection), 1);
        // A step that fails leaves the version before.
        let wrong = [FIRST, "ALTER TABLE setting ADD COLUMN more TEXT", "ALTER TABLE none"];
        prepare_by(&mut connection, &wrong).unwrap_err();
        assert_eq!(version(&connection), 1);
        prepare_by(&mut connection, &wrong[..2]).unwrap();
        assert_eq!(version(&connection), 2);
        let query = "SELECT value || ifnull(more, '') FROM setting";
        let value: String = connection.query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(value, "c");
        let error = prepare_by(&mut connection, &wrong[..1]).unwrap_err();
        assert!(matches!(error, Problem::Newer { version: 2, known: 1 }), "{error}");
    }
}
