//! What wakes the engine's thread.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// A bell that somebody sleeps beside.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    yes: bool,
    stop: bool,
}

impl Bell {
    /// Wakes who sleeps, or keeps it from falling asleep; to stop, where that is said.
    pub(super) fn ring(&self, stop: bool) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        rung.stop |= stop;
        if !std::mem::replace(&mut rung.yes, true) {
            self.changed.notify_one();
        }
    }

    /// Sleeps until it is rung, or until a time; whether it is time to stop.
    pub(super) fn wait(&self, until: Instant) -> bool {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let long = until.saturating_duration_since(Instant::now());
        let quiet = |rung: &mut Rung| !rung.yes;
        let waited = self.changed.wait_timeout_while(rung, long, quiet);
        let (mut rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        rung.yes = false;
        rung.stop
    }
}
