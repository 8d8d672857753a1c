//! Where outlets find what they are to tell: in the history, and while that cannot be written, in memory.

use std::sync::Arc;

use judder_history::{HistoryError, Reader, Telling, UnixMillis};

use super::unwritten::Unwritten;
use crate::outlet::Outbox;

/// The outbox of one outlet.
pub(super) struct Both {
    pub(super) reader: Reader,
    pub(super) unwritten: Arc<Unwritten>,
}

impl Outbox for Both {
    fn due(
        &self,
        outlet: &str,
        now: UnixMillis,
        most: usize,
    ) -> Result<Vec<Telling>, HistoryError> {
        if self.unwritten.holds() {
            return Ok(self.unwritten.due(outlet, now, most));
        }
        Outbox::due(&self.reader, outlet, now, most)
    }

    fn next_due(&self, outlet: &str) -> Result<Option<UnixMillis>, HistoryError> {
        if self.unwritten.holds() {
            return Ok(self.unwritten.next_due(outlet));
        }
        Outbox::next_due(&self.reader, outlet)
    }
}
