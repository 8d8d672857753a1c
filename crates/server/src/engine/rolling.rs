//! Rolling up what an older version kept in the history, a little at a time, so that whoever writes meanwhile hardly
//! waits.

use std::time::{Duration, Instant};

use judder_history::{HistoryError, Settler};

use crate::seldom::Seldom;

/// Windows that are rolled up at a time: some milliseconds.
const WINDOWS: usize = 4096;
/// Of the time, so much is left to others for each that it takes.
const OTHERS: u32 = 2;
/// How long it is left alone where there is nothing to do, or it cannot be done.
const QUIET: Duration = Duration::from_secs(5);

/// When the next windows are rolled up.
#[derive(Debug)]
pub(super) struct Rolling {
    next: Instant,
    failed: Seldom,
}

impl Rolling {
    pub(super) fn new() -> Self {
        Self { next: Instant::now(), failed: Seldom::default() }
    }

    /// When it is to be looked at again, at the latest at this time.
    pub(super) fn wakes(&self, latest: Instant) -> Instant {
        self.next.min(latest)
    }

    /// Rolls some up, if it is time.
    ///
    /// # Errors
    /// Where it could not be done; it is tried again later.
    pub(super) fn look(&mut self, settler: &Settler) -> Result<(), HistoryError> {
        let began = Instant::now();
        if began < self.next {
            return Ok(());
        }
        let rolled = settler.roll_up(WINDOWS);
        let pause = if matches!(rolled, Ok(true)) { began.elapsed() * OTHERS } else { QUIET };
        self.next = Instant::now() + pause;
        if let Err(error) = &rolled
            && self.failed.more(1, began).is_some()
        {
            tracing::error!(%error, "what charts of long spans are drawn from could not be made of what was kept before: they are \
                drawn from all scores, which takes longer");
        }
        rolled.map(drop)
    }
}
