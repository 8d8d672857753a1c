//! How often a device sends something, and after how long without anything it is silent.

use std::time::{Duration, Instant};

use super::ring::Ring;
use crate::clock::millis;

/// The usual time between recordings is the median of so many; the longest is looked for among so many at least,
const REMEMBERED: usize = 15;
/// and in so much time at least.
const SPAN: Duration = Duration::from_secs(60 * 60);

/// The pace of a device is known from so many gaps on: a board that was without a network sends what has waited at
/// once, and that is not its pace.
const KNOWN: usize = 3;
/// So long nothing is said of a device whose pace is not known.
const UNKNOWN: Duration = Duration::from_secs(30 * 60);

/// A device is silent after so many times the longest gap,
const TIMES: u32 = 3;
/// and no sooner than this.
const LEAST: Duration = Duration::from_secs(30);

/// The times between recordings.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    gaps: Ring<Duration, REMEMBERED>,
    /// How many were seen, if that is less than makes the pace known.
    seen: usize,
    /// The longest of those that are looked at now, and of those before.
    longest: Longest,
    before: Duration,
    /// What was remembered last: after how long it is silent.
    kept: Option<Duration>,
}

/// The longest gap of some that follow each other.
#[derive(Debug, Clone, Default)]
struct Longest {
    began: Option<Instant>,
    count: usize,
    gap: Duration,
}

impl Pace {
    /// Takes the time between two recordings, of which the second comes now. One in which the device was said to be
    /// silent counts for no more than it took to say so: an hour without power does not make it a slow device.
    pub(super) fn take(&mut self, gap: Duration, now: Instant) {
        let gap = if self.seen == 0 { gap } else { gap.min(self.silent_after(None)) };
        self.gaps.push(gap);
        self.seen = (self.seen + 1).min(KNOWN);
        let whole = |began| now.saturating_duration_since(began) >= SPAN;
        if self.longest.count >= REMEMBERED && self.longest.began.is_some_and(whole) {
            self.before = std::mem::take(&mut self.longest).gap;
        }
        self.longest.began.get_or_insert(now);
        self.longest.count += 1;
        self.longest.gap = self.longest.gap.max(gap);
    }

    /// The usual time between recordings, once the pace is known.
    pub(super) fn usual(&self) -> Option<Duration> {
        if !self.is_known() {
            return None;
        }
        let mut gaps: Vec<Duration> = self.gaps.iter().collect();
        gaps.sort();
        gaps.get(gaps.len() / 2).copied()
    }

    /// After how long without a recording the device is silent: what was asked for, else by its pace.
    pub(super) fn silent_after(&self, asked: Option<Duration>) -> Duration {
        let least = if self.is_known() { LEAST } else { UNKNOWN };
        asked.unwrap_or_else(|| self.longest().saturating_mul(TIMES).max(least))
    }

    fn is_known(&self) -> bool {
        self.seen >= KNOWN
    }

    fn longest(&self) -> Duration {
        self.longest.gap.max(self.before)
    }

    /// What the next run is to know, where that is not much the same as what it would: the longest gap and the usual
    /// one, in milliseconds.
    pub(super) fn news(&self) -> Option<String> {
        let limit = self.silent_after(None);
        let alike = |kept: Duration| limit.abs_diff(kept) <= kept / 4;
        if !self.is_known() || self.kept.is_some_and(alike) {
            return None;
        }
        Some(format!("{} {}", millis(self.longest()), millis(self.usual()?)))
    }

    /// What [`Self::news`] said is kept.
    pub(super) fn noted(&mut self) {
        self.kept = Some(self.silent_after(None));
    }

    /// The pace of a device as an earlier run kept it; none where that means nothing.
    pub(super) fn recalled(kept: &str) -> Option<Self> {
        let (longest, usual) = kept.split_once(' ')?;
        let gap = |text: &str| text.parse().ok().map(Duration::from_millis);
        let mut pace = Self { before: gap(longest)?, seen: KNOWN, ..Self::default() };
        pace.gaps.push(gap(usual)?);
        pace.noted();
        Some(pace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_secs(3600);

    /// Recordings with these gaps, from a moment on.
    fn send(pace: &mut Pace, now: &mut Instant, gaps: impl IntoIterator<Item = Duration>) {
        for gap in gaps {
            *now += gap;
            pace.take(gap, *now);
        }
    }

    fn of(seconds: u64, count: usize) -> Vec<Duration> {
        vec![Duration::from_secs(seconds); count]
    }

    #[test]
    fn an_unknown_pace_is_waited_for_half_an_hour() {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        assert_eq!((pace.usual(), pace.silent_after(None)), (None, HOUR / 2));
        assert_eq!(pace.silent_after(Some(SECOND)), SECOND);
        // What had waited comes at once.
        send(&mut pace, &mut now, of(0, 2));
        assert_eq!((pace.usual(), pace.silent_after(None)), (None, HOUR / 2));
        send(&mut pace, &mut now, of(40, 1));
        assert_eq!(pace.silent_after(None), 120 * SECOND);
        let mut slow = Pace::default();
        send(&mut slow, &mut now, of(1200, 1));
        assert_eq!(slow.silent_after(None), HOUR);
    }

    #[test]
    fn it_is_silent_after_three_times_the_longest_gap_and_no_sooner_than_half_a_minute() {
        for (every, limit) in [(1, 30), (10, 30), (40, 120), (70, 210), (600, 1800)] {
            let (mut pace, mut now) = (Pace::default(), Instant::now());
            send(&mut pace, &mut now, of(every, 30));
            assert_eq!(pace.usual(), Some(Duration::from_secs(every)));
            assert_eq!(pace.silent_after(None), Duration::from_secs(limit), "every {every} s");
        }
    }

    /// Thirty recordings at once, every ten minutes: the last gaps alone would say that it is fast.
    #[test]
    fn who_sends_in_bursts_is_known_by_the_time_between_them() {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        let burst = || [of(600, 1), of(0, 29)].concat();
        for round in 0..40 {
            let limit = pace.silent_after(None);
            assert!(round < 6 || limit > 600 * SECOND, "{round}: {limit:?}");
            send(&mut pace, &mut now, burst());
        }
    }

    #[test]
    fn a_long_outage_does_not_make_silence_slow() {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        send(&mut pace, &mut now, of(1, 100));
        send(&mut pace, &mut now, [8 * HOUR]);
        assert_eq!(pace.silent_after(None), 90 * SECOND);
        // And after two hours nothing is left of it.
        send(&mut pace, &mut now, of(1, 7300));
        assert_eq!(pace.silent_after(None), 30 * SECOND);
        // Who is slower from now on is so after some rounds.
        let mut told = 0;
        for _ in 0..20 {
            told += usize::from(pace.silent_after(None) < 600 * SECOND);
            send(&mut pace, &mut now, of(600, 1));
        }
        assert_eq!(told, 3);
    }

    #[test]
    fn what_is_kept_is_known_again_and_only_news_are_kept() {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        send(&mut pace, &mut now, of(70, 2));
        assert_eq!(pace.news(), None);
        send(&mut pace, &mut now, of(70, 1));
        let kept = pace.news().unwrap();
        pace.noted();
        send(&mut pace, &mut now, of(71, 50));
        assert_eq!(pace.news(), None);
        let again = Pace::recalled(&kept).unwrap();
        assert_eq!((again.usual(), again.news()), (Some(70 * SECOND), None));
        assert_eq!(again.silent_after(None), 210 * SECOND);
        send(&mut pace, &mut now, of(120, 1));
        assert_eq!(pace.news().as_deref(), Some("120000 71000"));
        for damaged in ["", "70000", "a b", "-1 2", "1 2 3"] {
            assert!(Pace::recalled(damaged).is_none(), "{damaged:?}");
        }
    }
}
