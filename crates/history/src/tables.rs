//! What the tables know of the numbers of a device.

use rusqlite::{Connection, OptionalExtension, params};

use crate::known::Number;
use crate::recording::{Known, RecordingId, SeenStart};

/// The largest number that recordings of a device have or had since a start.
pub(crate) fn largest(
    connection: &Connection,
    device: &str,
    start: Option<i64>,
) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached(
        "SELECT (SELECT max(sequence) FROM recording
                 WHERE device = d.id AND start IS ?2 AND sequence IS NOT NULL),
             (SELECT max(sequence) FROM forgotten WHERE device = d.id AND start IS ?2)
         FROM device d WHERE d.name = ?1",
    )?;
    let largest = select.query_row(params![device, start], |row| {
        let (there, gone): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
        Ok(there.max(gone))
    });
    Ok(largest.optional()?.flatten())
}

/// The recording that a device sent under a number.
pub(crate) fn find(
    connection: &Connection,
    device: &str,
    (start, sequence): Number,
) -> rusqlite::Result<Option<Known>> {
    for query in [
        "SELECT id, digest FROM recording
         WHERE device = (SELECT id FROM device WHERE name = ?1) AND start IS ?2 AND sequence = ?3
         ORDER BY id DESC LIMIT 1",
        "SELECT recording, digest FROM forgotten
         WHERE device = (SELECT id FROM device WHERE name = ?1) AND start IS ?2 AND sequence = ?3
         ORDER BY recording DESC LIMIT 1",
    ] {
        let mut select = connection.prepare_cached(query)?;
        let known = select.query_row((device, start, sequence), |row| {
            let digest: i64 = row.get(1)?;
            Ok(Known { recording: RecordingId(row.get(0)?), digest: digest.cast_unsigned() })
        });
        if let Some(known) = known.optional()? {
            return Ok(Some(known));
        }
    }
    Ok(None)
}

/// The start of no number, and of those from `from` on the largest so many.
pub(crate) fn starts(
    connection: &Connection,
    device: &str,
    from: i64,
    most: usize,
) -> rusqlite::Result<Vec<SeenStart>> {
    let mut select = connection.prepare_cached("SELECT id FROM device WHERE name = ?1")?;
    let id: Option<i64> = select.query_row([device], |row| row.get(0)).optional()?;
    let Some(id) = id else { return Ok(Vec::new()) };
    let mut before = connection.prepare_cached(
        "SELECT max(start) FROM recording
         WHERE device = ?1 AND start >= ?2 AND start < ?3 AND sequence IS NOT NULL",
    )?;
    let mut starts: Vec<SeenStart> = start(connection, id, None)?.into_iter().collect();
    let mut last = i64::MAX;
    for _ in 0..most {
        let next: Option<i64> = before.query_row([id, from, last], |row| row.get(0))?;
        let Some(next) = next else { break };
        starts.extend(start(connection, id, Some(next))?);
        last = next;
    }
    Ok(starts)
}

/// A start of a device, if it has recordings.
fn start(
    connection: &Connection,
    device: i64,
    start: Option<i64>,
) -> rusqlite::Result<Option<SeenStart>> {
    let mut ends = Vec::with_capacity(2);
    for query in [
        "SELECT id, sequence FROM recording
         WHERE device = ?1 AND start IS ?2 AND sequence IS NOT NULL
         ORDER BY sequence LIMIT 1",
        "SELECT id, sequence FROM recording
         WHERE device = ?1 AND start IS ?2 AND sequence IS NOT NULL
         ORDER BY sequence DESC LIMIT 1",
    ] {
        let mut select = connection.prepare_cached(query)?;
        let end = select.query_row(params![device, start], |row| {
            Ok((RecordingId(row.get(0)?), row.get::<_, i64>(1)?.cast_unsigned()))
        });
        ends.extend(end.optional()?);
    }
    let [(first_recording, _), (last_recording, last)] = ends[..] else { return Ok(None) };
    let start = start.map(i64::cast_unsigned);
    Ok(Some(SeenStart { start, last, first_recording, last_recording }))
}
