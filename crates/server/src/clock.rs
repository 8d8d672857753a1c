//! The server's clocks: one that says what time it is, and one that nobody sets.
//!
//! What is written is stamped by the first. How long something takes, and how long it is waited for, is measured by
//! the second: a clock that is set ends no waiting, and begins none.

use std::fmt;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub(crate) use judder_history::UnixMillis as Millis;

/// The latest time that can be written: the end of the year 9999.
const LATEST: Duration = Duration::from_secs(253_402_300_799);

/// What both clocks are apart by changes by no more than this, in milliseconds, unless one of them is set.
const SET: Millis = 2_000;

/// Both clocks.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time of day, in milliseconds since 1970: it may be set, forward and back.
    fn wall(&self) -> i64;

    /// A time that only goes on.
    fn monotonic(&self) -> Instant;
}

/// The clocks of the system. On Linux the monotonic one stands still while the machine sleeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn wall(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }
}

/// A moment by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// What it is stamped with.
    pub(crate) wall: Millis,
    /// What waiting is measured by.
    pub(crate) steady: Instant,
}

impl Moment {
    pub(crate) fn of(clock: &dyn Clock) -> Self {
        Self { wall: clock.wall(), steady: clock.monotonic() }
    }

    /// How long a moment is ago.
    pub(crate) fn since(self, before: Instant) -> Duration {
        self.steady.saturating_duration_since(before)
    }

    /// When something was by the clock as it is now: its stamp, unless the clock has been set since.
    pub(crate) fn stamp_of(self, then: Self) -> Millis {
        let lived = self.wall.saturating_sub(millis(self.since(then.steady)));
        if lived.abs_diff(then.wall) > SET.unsigned_abs() { lived } else { then.wall }
    }

    /// By how much the clock was set since a moment; none where it only went on.
    pub(crate) fn set_since(self, then: Self) -> Option<Millis> {
        let lived = millis(self.since(then.steady));
        let by = self.wall.saturating_sub(then.wall).saturating_sub(lived);
        (by.abs() > SET).then_some(by)
    }
}

/// A time in milliseconds.
pub(crate) fn millis(time: Duration) -> Millis {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The time of day now, by the system's clock.
pub(crate) fn now() -> Millis {
    SystemClock.wall()
}

/// A time as people and programs read it, by RFC 3339.
pub(crate) fn written(at: Millis) -> String {
    let since = Duration::from_millis(u64::try_from(at).unwrap_or_default());
    humantime::format_rfc3339_millis(UNIX_EPOCH + since.min(LATEST)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_moves_with_the_clock_and_not_with_its_trifles() {
        let start = Instant::now();
        let at = |wall, seconds| Moment { wall, steady: start + Duration::from_secs(seconds) };
        let then = at(1_000_000, 0);
        // A clock that is a second off is drifting, or was read between two looks.
        for wall in [1_060_000, 1_059_000, 1_061_500] {
            assert_eq!(at(wall, 60).stamp_of(then), 1_000_000);
            assert_eq!(at(wall, 60).set_since(then), None);
        }
        // On by a day: what was a minute ago still is.
        let later = at(1_060_000 + 86_400_000, 60);
        assert_eq!(later.stamp_of(then), later.wall - 60_000);
        assert_eq!(later.set_since(then), Some(86_400_000));
        // Back by three hours.
        let later = at(1_060_000 - 10_800_000, 60);
        assert_eq!(later.stamp_of(then), later.wall - 60_000);
        assert_eq!(later.set_since(then), Some(-10_800_000));
    }
}
