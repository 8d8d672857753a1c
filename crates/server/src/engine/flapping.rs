//! Alerts that flap: raised and cleared again and again. All of them are in the history; people are told of some.
//!
//! From the third within an hour on they are held: outlets are told of at most one change in ten minutes, and only of
//! what they do not know yet. What holds in the end is told in the end, within ten minutes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use judder_history::{AlertId, Transition};

/// So many alerts of one device and kind
const MANY: u32 = 3;
/// in this time flap.
const SPAN: Duration = Duration::from_secs(60 * 60);
/// Of those that flap nothing is told sooner after the last time.
const APART: Duration = Duration::from_secs(10 * 60);
/// They are counted by the minute.
const MINUTE: Duration = Duration::from_secs(60);

/// The alerts of one device and kind in the last hour, and what outlets know of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Flapping {
    /// How many were raised, by the minute.
    raised: VecDeque<(Instant, u32)>,
    /// The one that outlets were told was raised, and not that it is cleared.
    known: Option<AlertId>,
    told: Option<Instant>,
    held: bool,
}

impl Flapping {
    /// An alert is raised: whether that is told now, and what is said if they flap.
    pub(super) fn raise(&mut self, id: AlertId, now: Instant) -> (bool, Option<String>) {
        match self.raised.back_mut() {
            Some((minute, count)) if now.saturating_duration_since(*minute) < MINUTE => *count += 1,
            _ => self.raised.push_back((now, 1)),
        }
        let count = self.count(now);
        let was_held = self.held;
        self.held |= count >= MANY;
        if !was_held {
            (self.known, self.told) = (Some(id), Some(now));
        }
        let words = || {
            let minutes = APART.as_secs() / 60;
            format!(
                "flaps: {count} times in the last hour, so it is told at most every {minutes} minutes"
            )
        };
        (!was_held, self.held.then(words))
    }

    /// The open alert is cleared: whether that is told now.
    pub(super) fn clear(&mut self, now: Instant) -> bool {
        if !self.held {
            (self.known, self.told) = (None, Some(now));
        }
        !self.held
    }

    /// What is to be told by now; `open` is the alert that is open.
    pub(super) fn due(
        &mut self,
        open: Option<AlertId>,
        now: Instant,
    ) -> Vec<(AlertId, Transition)> {
        let waits = self.told.is_some_and(|told| now.saturating_duration_since(told) < APART);
        if !self.held || waits {
            return Vec::new();
        }
        self.held = self.count(now) >= MANY;
        let due = match (self.known, open) {
            (known, open) if known == open => Vec::new(),
            // That there is one is known: which one matters to who has to be told that it is over.
            (Some(_), Some(_)) if self.held => return Vec::new(),
            (known, open) => {
                let over = known.map(|id| (id, Transition::Cleared));
                over.into_iter().chain(open.map(|id| (id, Transition::Raised))).collect()
            }
        };
        if !due.is_empty() {
            (self.known, self.told) = (open, Some(now));
        }
        due
    }

    /// The one that outlets were told was raised, and not that it is cleared.
    pub(super) fn known(&self) -> Option<AlertId> {
        self.known
    }

    /// Whether they flap.
    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    /// Whether nothing was raised in the last hour, and all is told.
    pub(super) fn is_over(&mut self, now: Instant) -> bool {
        !self.held && self.count(now) == 0
    }

    fn count(&mut self, now: Instant) -> u32 {
        let old = |one: &(Instant, u32)| now.saturating_duration_since(one.0) >= SPAN;
        while self.raised.front().is_some_and(old) {
            self.raised.pop_front();
        }
        self.raised.iter().fold(0, |all, (_, count)| all.saturating_add(*count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Raises and clears so often, so far apart, and looks twice a second meanwhile; what is told, and when.
    fn told(
        flapping: &mut Flapping,
        begin: Instant,
        changes: u32,
        every: Duration,
        then: Duration,
    ) -> Vec<(Duration, i64, Transition)> {
        let mut told = Vec::new();
        let mut open = None;
        let (mut looked, end) = (begin, begin + every * changes + then);
        let mut look = |flapping: &mut Flapping, open, to: Instant, told: &mut Vec<_>| {
            while looked <= to {
                let due = flapping.due(open, looked);
                told.extend(due.into_iter().map(|(id, what)| (looked - begin, id.0, what)));
                looked += Duration::from_millis(500);
            }
        };
        for change in 0..changes {
            let now = begin + every * change;
            look(flapping, open, now, &mut told);
            match open.take() {
                None => {
                    let id = AlertId(i64::from(change));
                    open = Some(id);
                    if flapping.raise(id, now).0 {
                        told.push((now - begin, id.0, Transition::Raised));
                    }
                }
                Some(id) => {
                    if flapping.clear(now) {
                        told.push((now - begin, id.0, Transition::Cleared));
                    }
                }
            }
        }
        look(flapping, open, end, &mut told);
        told
    }

    /// Who is told each thing in order: the alerts that are open for it.
    fn open(told: &[(Duration, i64, Transition)]) -> Vec<i64> {
        let mut open = Vec::new();
        for (_, id, what) in told {
            match what {
                Transition::Raised => open.push(*id),
                Transition::Cleared => {
                    let at = open.iter().position(|one| one == id);
                    open.remove(at.expect("it was raised"));
                }
            }
            assert!(open.len() <= 1, "{told:?}");
        }
        open
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_hundred_thousand_changes_in_an_hour_are_eleven_messages_and_the_end_is_told() {
        for (changes, last) in [(100_000, None), (100_001, Some(100_000))] {
            let mut flapping = Flapping::default();
            let every = HOUR / 100_000;
            let all = told(&mut flapping, Instant::now(), changes, every, 3 * HOUR);
            let within = |hours: u32| all.iter().filter(|one| one.0 <= hours * HOUR).count();
            assert!(within(1) <= 11, "{} in an hour: {all:?}", within(1));
            assert!(all.len() <= 13, "{all:?}");
            assert_eq!(open(&all), last.into_iter().collect::<Vec<_>>());
            // What it is in the end is told within ten minutes, or is what was told last.
            let late = all.iter().filter(|one| one.0 > HOUR + APART);
            let late = late.filter(|one| one.2 == Transition::Cleared && last.is_none());
            assert_eq!(late.count(), 0, "{all:?}");
            assert!(flapping.is_over(Instant::now() + 9 * HOUR));
        }
    }

    #[test]
    fn what_is_seldom_is_told_each_time() {
        let mut flapping = Flapping::default();
        let all = told(&mut flapping, Instant::now(), 40, HOUR / 4, HOUR);
        assert_eq!(all.len(), 40);
        assert!(open(&all).is_empty());
    }

    #[test]
    fn it_says_how_often() {
        let (mut flapping, now) = (Flapping::default(), Instant::now());
        for id in 0..2 {
            assert_eq!(flapping.raise(AlertId(id), now), (true, None));
            assert!(flapping.clear(now));
        }
        let (tell, words) = flapping.raise(AlertId(2), now);
        assert!(tell && flapping.is_held());
        let words = words.unwrap();
        assert!(words.starts_with("flaps: 3 times in the last hour"), "{words}");
        assert!(!flapping.clear(now));
        let (tell, words) = flapping.raise(AlertId(3), now + 40 * MINUTE);
        assert!(!tell && words.unwrap().contains("4 times"));
        // The first one's end was not told, and the other is open: that is told when it flaps no more.
        assert_eq!(flapping.due(Some(AlertId(3)), now + 50 * MINUTE), []);
        let due = flapping.due(Some(AlertId(3)), now + 61 * MINUTE);
        assert_eq!(due, [(AlertId(2), Transition::Cleared), (AlertId(3), Transition::Raised)]);
        assert!(!flapping.is_held() && flapping.clear(now + 62 * MINUTE));
    }
}
