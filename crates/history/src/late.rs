//! Alerts whose numbers were given before they were written, and what became of telling them meanwhile: nothing of
//! that needs the file, so a server can tell of an alert while the disk is full, and write it down later.

use rusqlite::params;

use crate::UnixMillis;
use crate::alert::{self, Alert, AlertId};
use crate::batch::Batch;
use crate::error::HistoryError;
use crate::history::History;
use crate::outbox::{State, Telling, TellingId, Transition};
use crate::reader::{Reader, limit};
use crate::store::Store;

/// A telling, with how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Late {
    /// The telling.
    pub telling: Telling,
    /// How far it has come.
    pub state: State,
    /// When the next try is due, or it came to its end.
    pub at: UnixMillis,
    /// Why the last try was in vain.
    pub reason: Option<String>,
}

/// The largest numbers that were given so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// To an alert; 0 where there was none.
    pub alert: AlertId,
    /// To a telling; 0 where there was none.
    pub telling: TellingId,
}

impl History {
    /// The largest numbers that an alert and a telling have or had.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn numbers(&self) -> Result<Numbers, HistoryError> {
        self.shared.named(self.writer().numbers())
    }
}

impl Batch<'_> {
    /// Adds an alert under the number that it has, to be told to nobody. It counts on from there.
    ///
    /// # Errors
    /// Where it could not be written, or another has its number.
    pub fn add_alert(&mut self, alert: &Alert) -> Result<(), HistoryError> {
        self.write(|store| {
            let Store { connection, names, .. } = store;
            let device = names.device(connection, &alert.device, alert.raised_at)?;
            let model = names.model(connection, alert.model.as_deref(), alert.threshold)?;
            let mut insert = connection.prepare_cached(
                "INSERT INTO alert
                     (id, device, kind, raised_at, cleared_at, words, score, threshold, model)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?;
            insert.execute(params![
                alert.id.0,
                device,
                alert.kind,
                alert.raised_at,
                alert.cleared_at,
                alert.words,
                alert.score,
                alert.threshold,
                model
            ])?;
            Ok(())
        })
    }

    /// Clears an alert, to be told to nobody. False where it is not open, or not there.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn clear_untold(&mut self, alert: AlertId, at: UnixMillis) -> Result<bool, HistoryError> {
        self.write(|store| {
            let mut update = store.connection.prepare_cached(
                "UPDATE alert SET cleared_at = ?2 WHERE id = ?1 AND cleared_at IS NULL",
            )?;
            Ok(update.execute(params![alert.0, at])? > 0)
        })
    }

    /// Has each outlet told what became of an alert, but for one of them.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn tell(
        &mut self,
        alert: AlertId,
        transition: Transition,
        at: UnixMillis,
        but: Option<&str>,
    ) -> Result<(), HistoryError> {
        self.write(|store| store.put_into_outbox(alert, transition, at, but))
    }

    /// Writes how far a telling has come, under the number that it has; it is added where there is none of that.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn settle_telling(&mut self, late: &Late) -> Result<(), HistoryError> {
        let Late { telling, state, at, reason } = late;
        self.write(|store| {
            let mut insert = store.connection.prepare_cached(
                "INSERT INTO telling (id, outlet, alert, transition, state, attempts, at, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (id) DO UPDATE SET state = ?5, attempts = ?6, at = ?7, reason = ?8",
            )?;
            insert.execute(params![
                telling.id.0,
                telling.outlet,
                telling.alert.id.0,
                telling.transition as i64,
                *state as i64,
                telling.attempts,
                at,
                reason
            ])?;
            Ok(())
        })
    }
}

impl Reader {
    /// All that is still to be told, in order: at most so much.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn untold(&self, most: usize) -> Result<Vec<Late>, HistoryError> {
        let query = format!(
            "SELECT t.id, t.outlet, t.attempts, t.transition, t.at, t.reason, {}
             FROM telling t JOIN ({}) ON a.id = t.alert
             WHERE t.state = 0 ORDER BY t.id LIMIT ?1",
            alert::COLUMNS,
            alert::TABLES,
        );
        self.list(&query, [limit(most)], |row| {
            Ok(Late {
                telling: Telling {
                    id: TellingId(row.get(0)?),
                    outlet: row.get(1)?,
                    attempts: row.get(2)?,
                    transition: row.get(3)?,
                    alert: alert::from_row(row, 6)?,
                },
                state: State::Pending,
                at: row.get(4)?,
                reason: row.get(5)?,
            })
        })
    }

    /// Alerts that are over, and of which outlets were told that they were raised, or are to be, and not that they
    /// are cleared; of those that were cleared since a time.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn half_told(&self, since: UnixMillis) -> Result<Vec<Alert>, HistoryError> {
        let query = format!(
            "SELECT {} FROM {} WHERE a.cleared_at >= ?1
                 AND EXISTS (SELECT 1 FROM telling t WHERE t.alert = a.id AND t.transition = 0)
                 AND NOT EXISTS (SELECT 1 FROM telling t WHERE t.alert = a.id AND t.transition = 1)
             ORDER BY a.id",
            alert::COLUMNS,
            alert::TABLES,
        );
        self.list(&query, [since], |row| alert::from_row(row, 0))
    }
}
