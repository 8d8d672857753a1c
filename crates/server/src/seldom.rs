//! Something that goes on and on, said seldom.

use std::time::{Duration, Instant};

/// How seldom.
const SELDOM: Duration = Duration::from_secs(10);

/// Counts what happens, to say it at once, but not again for a while.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seldom {
    said: Option<Instant>,
    unsaid: u64,
}

impl Seldom {
    /// So many more happened now. If it is time to say so, all of which nothing was said yet.
    pub(crate) fn more(&mut self, count: u64, now: Instant) -> Option<u64> {
        self.unsaid += count;
        if self.said.is_some_and(|said| now.saturating_duration_since(said) < SELDOM) {
            return None;
        }
        self.said = Some(now);
        Some(std::mem::take(&mut self.unsaid))
    }
}
