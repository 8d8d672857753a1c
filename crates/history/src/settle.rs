//! Taking over what is pending into the tables, and the log into the file, beside those who write and read.

use std::sync::Arc;

use rusqlite::Connection;

use crate::error::HistoryError;
use crate::history::History;
use crate::shared::Shared;

/// Bytes of entries that are better taken over now than at the next quiet moment.
const MUCH: usize = 2 << 20;
/// Bytes of entries at which who writes takes them over before anything else is kept.
pub(crate) const TOO_MUCH: usize = 4 * MUCH;
/// The room that is kept for entries to come; what a large recording took more is given back.
pub(crate) const ROOM: usize = 2 * MUCH;

impl Shared {
    fn is_due(&self) -> bool {
        self.waiting() >= MUCH
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

    /// Whether so much is pending that it should not wait.
    pub fn is_due(&self) -> bool {
        self.shared.is_due()
    }

    /// Takes over into the tables what is pending, and into the file what nobody else uses of the log.
    ///
    /// # Errors
    /// Where it could not be written; what was committed is safe where it is.
    pub fn run(&self) -> Result<(), HistoryError> {
        self.shared.settle()?;
        let taken = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        self.shared.named(taken)
    }
}
