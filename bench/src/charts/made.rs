//! A history of 0.1.0 with ten million scores, written to its tables at once.

use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, params};

/// Seconds of each device.
const SECONDS: i64 = 30 * 86_400;
/// Devices besides the one at 1 Hz, and windows of each of their recordings.
const OTHERS: i64 = 3;
const WINDOWS: i64 = 16;

/// What there is.
pub(crate) struct Made {
    windows: i64,
    bytes: u64,
    to: i64,
}

/// Fills a history of which 0.1.0 has made the tables, and nobody has it open.
pub(crate) fn fill(path: &Path) -> anyhow::Result<Made> {
    let to = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as i64;
    let from = to - 1000 * SECONDS;
    let mut connection = Connection::open(path)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    let transaction = connection.transaction()?;
    transaction.execute("INSERT INTO model VALUES (1, 'fan', 9.5)", [])?;
    let mut recordings = 0;
    let mut windows = 0;
    for device in 0..=OTHERS {
        let of = if device == 0 { 1 } else { WINDOWS };
        let count = SECONDS / of;
        transaction.execute(
            "INSERT INTO device (id, name, first_seen, last_seen, recordings)
             VALUES (?1, 'fan-' || ?1, ?2, ?3, ?4)",
            params![device + 1, from, from + 1000 * of * (count - 1), count],
        )?;
        transaction.execute(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
             INSERT INTO recording (id, device, sequence, digest, at, axes, model)
             SELECT ?2 + i, ?3, NULL, i, ?4 + 1000 * ?5 * i, 3, 1 FROM n",
            params![count, recordings + 1, device + 1, from, of],
        )?;
        // One of all is an anomaly, whose score is none that stands out.
        transaction.execute(
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 * ?5 - 1)
             INSERT INTO window (device, at, recording, start, score, decision, verdict, model)
             SELECT ?3, ?4 + 1000 * ?5 * (i / ?5), ?2 + i / ?5, 200 * (i % ?5),
                 (i * 7919 % 1000) / 100.0, (i * 7907 % 900) / 100.0, iif(i = 1234567, 5, 0), 1
             FROM n",
            params![count, recordings + 1, device + 1, from, of],
        )?;
        recordings += count;
        windows += count * of;
    }
    transaction.execute("UPDATE total SET recordings = ?1, windows = ?2", [recordings, windows])?;
    transaction.commit()?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    Ok(Made { windows, bytes: path.metadata()?.len(), to })
}

/// How many devices are not rolled up yet.
pub(crate) fn behind(path: &Path) -> anyhow::Result<impl Fn() -> anyhow::Result<i64> + use<>> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(60))?;
    Ok(move || {
        let query = "SELECT count(*) FROM device WHERE ifnull(rolled, 0) < last_seen >> 16 << 16";
        Ok(connection.query_row(query, [], |row| row.get(0))?)
    })
}

impl Made {
    /// Where the scores of the device at 1 Hz are, of so many of the last days.
    pub(crate) fn scores(&self, days: f64) -> String {
        let from = self.to - (days * 86_400_000.0) as i64;
        format!("/api/v1/devices/fan-1/scores?from={from}&to={}", self.to)
    }

    /// Where its figures of 30 days are.
    pub(crate) fn view(&self) -> String {
        format!("/api/v1/devices/fan-1/view?span={SECONDS}")
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millions = self.windows as f64 / 1e6;
        write!(
            f,
            "{millions:.1} million scores of {} devices over 30 days, one of them at 1 Hz: {} MB",
            OTHERS + 1,
            self.bytes / 1_000_000
        )
    }
}
