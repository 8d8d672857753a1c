//! Alerts: raised, cleared, and looked for.

use std::fmt;
use std::sync::Arc;

use rusqlite::{Row, params};

use crate::UnixMillis;
use crate::batch::Batch;
use crate::error::HistoryError;
use crate::outbox::Transition;
use crate::reader::{Reader, limit};
use crate::store::Store;

/// An alert in the history. No two ever have the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlertId(pub i64);

impl fmt::Display for AlertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An alert to be raised.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewAlert<'a> {
    /// The name of the device that it is about.
    pub device: &'a str,
    /// What kind it is of, in one word.
    pub kind: &'a str,
    /// When it is raised.
    pub at: UnixMillis,
    /// What it says to people.
    pub words: &'a str,
    /// The score that raised it.
    pub score: Option<f64>,
    /// What that score is above.
    pub threshold: Option<f64>,
    /// The model that judged.
    pub model: Option<&'a str>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Its number in the history.
    pub id: AlertId,
    /// The name of the device that it is about.
    pub device: String,
    /// What kind it is of, in one word.
    pub kind: String,
    /// When it was raised.
    pub raised_at: UnixMillis,
    /// When it was cleared; an open one was not.
    pub cleared_at: Option<UnixMillis>,
    /// What it says to people.
    pub words: String,
    /// The score that raised it.
    pub score: Option<f64>,
    /// What that score is above.
    pub threshold: Option<f64>,
    /// The model that judged.
    pub model: Option<Arc<str>>,
}

impl Alert {
    /// The device that it is about; none where it is of the server itself.
    pub fn of_device(&self) -> Option<&str> {
        Some(self.device.as_str()).filter(|device| !device.is_empty())
    }
}

/// Which alerts are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertFilter<'a> {
    /// Those of one device.
    pub device: Option<&'a str>,
    /// Those that are open.
    pub open_only: bool,
    /// Those raised before this one: the last of a page gives the next.
    pub before: Option<AlertId>,
    /// No more than these, the newest.
    pub most: usize,
}

/// The columns of an alert, for [`from_row`].
pub(crate) const COLUMNS: &str = "a.id, d.name, a.kind, a.raised_at, a.cleared_at, a.words, \
     a.score, a.threshold, m.name";

/// Where they come from.
pub(crate) const TABLES: &str = "alert a JOIN device d ON d.id = a.device \
     LEFT JOIN model m ON m.id = a.model";

/// An alert from [`COLUMNS`], which begin at `first`.
pub(crate) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Alert> {
    Ok(Alert {
        id: AlertId(row.get(first)?),
        device: row.get(first + 1)?,
        kind: row.get(first + 2)?,
        raised_at: row.get(first + 3)?,
        cleared_at: row.get(first + 4)?,
        words: row.get(first + 5)?,
        score: row.get(first + 6)?,
        threshold: row.get(first + 7)?,
        model: row.get(first + 8)?,
    })
}

impl Batch<'_> {
    /// Raises an alert, to be told to each outlet.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn raise(&mut self, alert: &NewAlert<'_>) -> Result<AlertId, HistoryError> {
        self.raise_for(alert, true)
    }

    /// Raises an alert that no outlet is told of, nor that it is cleared: one of many that another one tells of.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn raise_untold(&mut self, alert: &NewAlert<'_>) -> Result<AlertId, HistoryError> {
        self.raise_for(alert, false)
    }

    fn raise_for(&mut self, alert: &NewAlert<'_>, told: bool) -> Result<AlertId, HistoryError> {
        self.write(|store| {
            let Store { connection, names, .. } = store;
            let device = names.device(connection, alert.device, alert.at)?;
            let model = names.model(connection, alert.model, alert.threshold)?;
            let mut insert = connection.prepare_cached(
                "INSERT INTO alert (device, kind, raised_at, words, score, threshold, model)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let id = AlertId(insert.insert(params![
                device,
                alert.kind,
                alert.at,
                alert.words,
                alert.score,
                alert.threshold,
                model
            ])?);
            drop(insert);
            if told {
                store.put_into_outbox(id, Transition::Raised, alert.at, None)?;
            }
            Ok(id)
        })
    }

    /// Clears an alert, to be told to each outlet if it was to be told that it was raised. False where it is not open, or not there.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn clear(&mut self, alert: AlertId, at: UnixMillis) -> Result<bool, HistoryError> {
        self.write(|store| {
            let mut update = store.connection.prepare_cached(
                "UPDATE alert SET cleared_at = ?2 WHERE id = ?1 AND cleared_at IS NULL",
            )?;
            let cleared = update.execute(params![alert.0, at])? > 0;
            if cleared && store.is_told(alert)? {
                store.put_into_outbox(alert, Transition::Cleared, at, None)?;
            }
            Ok(cleared)
        })
    }
}

impl Reader {
    /// Alerts, the newest first.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn alerts(&self, filter: &AlertFilter<'_>) -> Result<Vec<Alert>, HistoryError> {
        let mut conditions = vec!["a.id < ?1"];
        if filter.device.is_some() {
            conditions.push("a.device = (SELECT id FROM device WHERE name = ?2)");
        } else {
            // A parameter must be somewhere.
            conditions.push("?2 IS NULL");
        }
        if filter.open_only {
            conditions.push("a.cleared_at IS NULL");
        }
        let query = format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE {} ORDER BY a.id DESC LIMIT ?3",
            conditions.join(" AND ")
        );
        let before = filter.before.map_or(i64::MAX, |before| before.0);
        let most = limit(filter.most);
        self.list(&query, params![before, filter.device, most], |row| from_row(row, 0))
    }

    /// The alerts that are open, the newest first.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn open_alerts(&self) -> Result<Vec<Alert>, HistoryError> {
        self.alerts(&AlertFilter { open_only: true, most: usize::MAX, ..AlertFilter::default() })
    }

    /// An alert, if it is there.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn alert(&self, id: AlertId) -> Result<Option<Alert>, HistoryError> {
        let query = format!("SELECT {COLUMNS} FROM {TABLES} WHERE a.id = ?1");
        Ok(self.list(&query, [id.0], |row| from_row(row, 0))?.pop())
    }
}
