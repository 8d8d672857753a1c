//! What is still to be told of alerts, and to whom.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Row, params};

use crate::UnixMillis;
use crate::alert::{self, Alert, AlertId};
use crate::batch::Batch;
use crate::error::HistoryError;
use crate::history::History;
use crate::reader::{Reader, limit};
use crate::store::Store;

/// Something to be told to one outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TellingId(pub i64);

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// It was raised.
    Raised,
    /// It was cleared.
    Cleared,
}

impl Transition {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Cleared => "cleared",
        }
    }
}

impl FromSql for Transition {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_i64()? {
            0 => Ok(Self::Raised),
            1 => Ok(Self::Cleared),
            number => Err(FromSqlError::OutOfRange(number)),
        }
    }
}

/// What is to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Telling {
    /// Which.
    pub id: TellingId,
    /// The outlet that it is told to.
    pub outlet: String,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// What it is about.
    pub alert: Alert,
    /// What became of the alert.
    pub transition: Transition,
}

impl Telling {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: TellingId(row.get(0)?),
            outlet: row.get(1)?,
            attempts: row.get(2)?,
            transition: row.get(3)?,
            alert: alert::from_row(row, 4)?,
        })
    }
}

/// What came after an alert, of the same device and kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Newer {
    /// The last of them.
    pub last: Alert,
    /// How many there are.
    pub count: u64,
}

/// How far a telling has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is still to be told.
    Pending,
    /// It was told.
    Told,
    /// It was given up.
    GivenUp,
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_i64()? {
            0 => Ok(Self::Pending),
            1 => Ok(Self::Told),
            2 => Ok(Self::GivenUp),
            number => Err(FromSqlError::OutOfRange(number)),
        }
    }
}

/// What became of telling an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The outlet.
    pub outlet: String,
    /// What was told.
    pub transition: Transition,
    /// How far it has come.
    pub state: State,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When the next try is due, or it came to its end.
    pub at: UnixMillis,
    /// Why the last try was in vain.
    pub reason: Option<String>,
}

impl History {
    /// Sets whom alerts are told to from now on. What is still to be told to others is given up.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn set_outlets(&mut self, names: &[&str]) -> Result<(), HistoryError> {
        // Most often there is nothing to write, which a full disk would refuse.
        let pending = "SELECT DISTINCT outlet FROM telling WHERE state = 0";
        let pending: Vec<String> = self.reader()?.list(pending, [], |row| row.get(0))?;
        if pending.iter().any(|outlet| !names.contains(&outlet.as_str())) {
            let mut batch = self.batch();
            batch.write(|store| store.give_up_others(names))?;
            batch.commit()?;
        }
        if let Some(store) = self.shared.store().as_mut() {
            store.outlets = names.iter().map(|&name| name.to_owned()).collect();
        }
        Ok(())
    }
}

impl Store {
    fn give_up_others(&self, names: &[&str]) -> rusqlite::Result<()> {
        let pending = "SELECT DISTINCT outlet FROM telling WHERE state = 0";
        let mut select = self.connection.prepare(pending)?;
        let outlets = select.query_map([], |row| row.get(0))?;
        let outlets: Vec<String> = outlets.collect::<Result<_, _>>()?;
        for gone in outlets.iter().filter(|outlet| !names.contains(&outlet.as_str())) {
            self.connection.execute(
                "UPDATE telling SET state = 2, reason = 'the outlet is no longer configured'
                 WHERE state = 0 AND outlet = ?1",
                [gone],
            )?;
        }
        Ok(())
    }

    /// Whether outlets were to be told that an alert was raised; its tellings stay as long as it does.
    pub(crate) fn is_told(&self, alert: AlertId) -> rusqlite::Result<bool> {
        let mut select =
            self.connection.prepare_cached("SELECT 1 FROM telling WHERE alert = ?1 LIMIT 1")?;
        select.exists([alert.0])
    }

    /// Puts what became of an alert into the outbox, for each outlet but one.
    pub(crate) fn put_into_outbox(
        &self,
        alert: AlertId,
        transition: Transition,
        at: UnixMillis,
        but: Option<&str>,
    ) -> rusqlite::Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO telling (outlet, alert, transition, at) VALUES (?1, ?2, ?3, ?4)",
        )?;
        for outlet in self.outlets.iter().filter(|outlet| Some(outlet.as_str()) != but) {
            insert.execute(params![outlet, alert.0, transition as i64, at])?;
        }
        Ok(())
    }
}

impl Batch<'_> {
    /// Notes that something was told.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn told(&mut self, id: TellingId, at: UnixMillis) -> Result<(), HistoryError> {
        self.note(
            "UPDATE telling SET state = 1, at = ?2, reason = ?3 WHERE id = ?1 AND state = 0",
            id,
            at,
            None,
        )
    }

    /// Notes that it was tried in vain, why, and when to try again.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn failed(
        &mut self,
        id: TellingId,
        next_at: UnixMillis,
        reason: &str,
    ) -> Result<(), HistoryError> {
        self.note(
            "UPDATE telling SET attempts = attempts + 1, at = ?2, reason = ?3
             WHERE id = ?1 AND state = 0",
            id,
            next_at,
            Some(reason),
        )
    }

    /// Notes that it will not be tried again, and why.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn given_up(
        &mut self,
        id: TellingId,
        at: UnixMillis,
        reason: &str,
    ) -> Result<(), HistoryError> {
        self.note(
            "UPDATE telling SET state = 2, attempts = attempts + 1, at = ?2, reason = ?3
             WHERE id = ?1 AND state = 0",
            id,
            at,
            Some(reason),
        )
    }

    fn note(
        &mut self,
        statement: &str,
        id: TellingId,
        at: UnixMillis,
        reason: Option<&str>,
    ) -> Result<(), HistoryError> {
        self.write(|store| {
            let mut note = store.connection.prepare_cached(statement)?;
            note.execute(params![id.0, at, reason]).map(drop)
        })
    }
}

/// Nothing waits longer for its next try, in milliseconds: two days.
const FARTHEST: i64 = 2 * 24 * 60 * 60 * 1000;

/// Of each alert an outlet is told what came first, first: nothing else is due before.
const FIRST_OF_ITS_ALERT: &str = "t.state = 0 AND NOT EXISTS (
    SELECT 1 FROM telling e
    WHERE e.alert = t.alert AND e.outlet = t.outlet AND e.state = 0 AND e.id < t.id)";

impl Reader {
    /// What is to be told now, in order; of each outlet at most so much.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn due(&self, now: UnixMillis, most: usize) -> Result<Vec<Telling>, HistoryError> {
        let outlets = "SELECT DISTINCT outlet FROM telling WHERE state = 0";
        let outlets: Vec<String> = self.list(outlets, [], |row| row.get(0))?;
        let mut due = Vec::new();
        for outlet in outlets {
            due.extend(self.due_to(&outlet, now, most)?);
        }
        due.sort_by_key(|telling| telling.id);
        Ok(due)
    }

    /// What one outlet is to be told now, in order, at most so much: what was not tried yet, and what is to be tried
    /// again by now. What is to be tried again only in some days is, too: the clock was set since that was said.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn due_to(
        &self,
        outlet: &str,
        now: UnixMillis,
        most: usize,
    ) -> Result<Vec<Telling>, HistoryError> {
        let query = format!(
            "SELECT t.id, t.outlet, t.attempts, t.transition, {}
             FROM telling t JOIN ({}) ON a.id = t.alert
             WHERE t.outlet = ?1 AND (t.attempts = 0 OR t.at <= ?2 OR t.at > ?4)
                 AND {FIRST_OF_ITS_ALERT}
             ORDER BY t.id LIMIT ?3",
            alert::COLUMNS,
            alert::TABLES,
        );
        let never = now.saturating_add(FARTHEST);
        self.list(&query, params![outlet, now, limit(most), never], Telling::from_row)
    }

    /// All that one outlet is still to be told, in the order in which it happened, whenever it is due; at most so much.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn pending_to(&self, outlet: &str, most: usize) -> Result<Vec<Telling>, HistoryError> {
        let query = format!(
            "SELECT t.id, t.outlet, t.attempts, t.transition, {}
             FROM telling t JOIN ({}) ON a.id = t.alert
             WHERE t.outlet = ?1 AND t.state = 0 ORDER BY t.id LIMIT ?2",
            alert::COLUMNS,
            alert::TABLES,
        );
        self.list(&query, params![outlet, limit(most)], Telling::from_row)
    }

    /// What came of the same device and kind after an alert, if outlets are told nothing of the last of it: it flaps.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn newer(&self, than: &Alert) -> Result<Option<Newer>, HistoryError> {
        let of =
            "a.device = (SELECT device FROM alert WHERE id = ?1) AND a.kind = ?2 AND a.id > ?1";
        let query = format!(
            "SELECT {} FROM {} WHERE {of} ORDER BY a.id DESC LIMIT 1",
            alert::COLUMNS,
            alert::TABLES,
        );
        let of_kind = params![than.id.0, than.kind];
        let last = self.list(&query, of_kind, |row| alert::from_row(row, 0))?.pop();
        let Some(last) = last else { return Ok(None) };
        if !self.told(last.id)?.is_empty() {
            return Ok(None);
        }
        let query = format!("SELECT count(*) FROM alert a WHERE {of}");
        let count = self.list(&query, of_kind, |row| row.get::<_, i64>(0))?.pop();
        Ok(Some(Newer { last, count: count.unwrap_or(1).cast_unsigned() }))
    }

    /// When the next is to be told, to one outlet or any, if anything is.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn next_due(&self, outlet: Option<&str>) -> Result<Option<UnixMillis>, HistoryError> {
        let query = format!(
            "SELECT min(t.at) FROM telling t
             WHERE t.outlet = ifnull(?1, t.outlet) AND {FIRST_OF_ITS_ALERT}"
        );
        Ok(self.list(&query, [outlet], |row| row.get(0))?.pop().flatten())
    }

    /// What became of telling an alert, in order.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn told(&self, alert: AlertId) -> Result<Vec<Told>, HistoryError> {
        let query = "SELECT outlet, transition, state, attempts, at, reason
             FROM telling WHERE alert = ?1 ORDER BY id";
        self.list(query, [alert.0], |row| {
            Ok(Told {
                outlet: row.get(0)?,
                transition: row.get(1)?,
                state: row.get(2)?,
                attempts: row.get(3)?,
                at: row.get(4)?,
                reason: row.get(5)?,
            })
        })
    }
}
