//! How often a device sends something.

use std::time::Duration;

use super::ring::Ring;
use crate::clock::Millis;

/// The usual time between recordings is the median of so many.
const REMEMBERED: usize = 15;

/// A device is silent after so many times the usual time between its recordings,
const TIMES: u32 = 10;
/// and no sooner than this.
const LEAST: Duration = Duration::from_secs(30);

/// The times between the last recordings.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    gaps: Ring<Duration, REMEMBERED>,
}

impl Pace {
    /// Takes the time of a recording, and of the one before it if there was one.
    pub(super) fn take(&mut self, before: Millis, at: Millis, is_known: bool) {
        if is_known {
            let gap = u64::try_from(at - before).unwrap_or_default();
            self.gaps.push(Duration::from_millis(gap));
        }
    }

    /// The usual time between recordings, where it is known.
    pub(super) fn usual(&self) -> Option<Duration> {
        let mut gaps: Vec<Duration> = self.gaps.iter().collect();
        gaps.sort();
        gaps.get(gaps.len() / 2).copied()
    }

    /// After how long without a recording the device is silent: what was asked for, else by its pace.
    pub(super) fn silent_after(&self, asked: Option<Duration>) -> Duration {
        asked.unwrap_or_else(|| (TIMES * self.usual().unwrap_or_default()).max(LEAST))
    }
}
