//! Clocks that are set by hand.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use judder_server::{Clock, SystemClock};

/// Both clocks of the system, put on by hand: together where time passes, the one of the day alone where it is set.
#[derive(Debug, Default)]
pub(crate) struct ByHand {
    hands: Mutex<Hands>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Hands {
    passed: Duration,
    set: i64,
    /// What both clocks of the system said when these stopped to follow them.
    stopped: Option<(i64, Instant)>,
}

impl ByHand {
    fn hands(&self) -> Hands {
        *self.hands.lock().unwrap()
    }

    /// From now on time passes by hand alone, however long a test takes.
    pub(crate) fn stop(&self) {
        let now = (SystemClock.wall(), SystemClock.monotonic());
        self.hands.lock().unwrap().stopped.get_or_insert(now);
    }

    /// So much time passes.
    pub(crate) fn pass(&self, seconds: u64) {
        self.hands.lock().unwrap().passed += Duration::from_secs(seconds);
    }

    /// Somebody sets the clock: on, or back.
    pub(crate) fn set(&self, by_seconds: i64) {
        self.hands.lock().unwrap().set += 1000 * by_seconds;
    }
}

impl Clock for ByHand {
    fn wall(&self) -> i64 {
        let Hands { passed, set, stopped } = self.hands();
        let base = stopped.map_or_else(|| SystemClock.wall(), |(wall, _)| wall);
        (base + set).saturating_add_unsigned(passed.as_millis() as u64).max(0)
    }

    fn monotonic(&self) -> Instant {
        let Hands { passed, stopped, .. } = self.hands();
        stopped.map_or_else(|| SystemClock.monotonic(), |(_, steady)| steady) + passed
    }
}
