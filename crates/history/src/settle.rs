//! Taking over what is pending into the tables, and the log into the file, beside those who write and read.

use std::sync::Arc;

use rusqlite::Connection;

use crate::error::HistoryError;
use crate::history::History;
use crate::shared::Shared;

/// The room that is kept for entries to come, in bytes; what a large recording took more is given back.
pub(crate) const ROOM: usize = 4 << 20;

impl Shared {
    fn is_due(&self) -> bool {
        self.waiting() >= self.allotment.much()
    }
}

impl History {
    /// Whether so much is pending that a [`Settler`] should not wait.
    pub fn is_settling_due(&self) -> bool {
        self.shared.is_due()
    }
}

/// Takes over what is pending while others write and read.
#[derive(Debug)]
pub struct Settler {
    shared: Arc<Shared>,
    connection: Connection,
}

impl Settler {
    pub(crate) fn new(shared: &Arc<Shared>) -> Result<Self, HistoryError> {
        let connection = shared.place.named(shared.place.connect(true))?;
        Ok(Self { shared: Arc::clone(shared), connection })
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether so much is pending that it should not wait.
    pub fn is_due(&self) -> bool {
        self.shared.is_due()
    }

    /// Counts bytes that are kept beside the history, in the room that [`Retention::bytes`](crate::Retention::bytes)
    /// gives to both. Whether they are so many that only what it has for itself is left to the history: a quarter.
    pub fn count_beside(&self, bytes: u64) -> bool {
        self.shared.count_beside(bytes)
    }

    /// Takes over into the tables what is pending, and into the file what nobody else uses of the log.
    ///
    /// # Errors
    /// Where it could not be written; what was committed is safe where it is.
    pub fn run(&self) -> Result<(), HistoryError> {
        self.shared.settle()?;
        self.shared.hold_back();
        let taken = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        self.shared.named(taken)
    }
}
