//! Where outlets find what they are to tell: in the history, and while that cannot be written, in memory.

use std::sync::Arc;

use judder_history::{Alert, HistoryError, Newer, Reader, Telling, UnixMillis};

use super::condition::Kind;
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

    fn pending(&self, outlet: &str, most: usize) -> Result<Vec<Telling>, HistoryError> {
        if self.unwritten.holds() {
            return Ok(self.unwritten.pending(outlet, most));
        }
        Outbox::pending(&self.reader, outlet, most)
    }

    fn newer(&self, than: &Alert) -> Result<Option<Newer>, HistoryError> {
        // Those of several outlets are of one kind.
        if Kind::named(&than.kind) == Some(Kind::Outlet) {
            return Ok(None);
        }
        let kept = Outbox::newer(&self.reader, than);
        if !self.unwritten.holds() {
            return kept;
        }
        Ok(self.unwritten.newer(than).or(kept.ok().flatten()))
    }

    fn next_due(&self, outlet: &str) -> Result<Option<UnixMillis>, HistoryError> {
        if self.unwritten.holds() {
            return Ok(self.unwritten.next_due(outlet));
        }
        Outbox::next_due(&self.reader, outlet)
    }
}
