//! How many messages an outlet is told: many at once, and then one now and then, which tells of all that came
//! meanwhile.

use std::time::{Duration, Instant};

use super::Pace;

/// Tokens: each message takes one, and they come back one after the other.
#[derive(Debug)]
pub(super) struct Limit {
    left: f64,
    at: Instant,
}

impl Limit {
    /// As many as there may be.
    pub(super) fn new(pace: &Pace, now: Instant) -> Self {
        Self { left: f64::from(pace.burst), at: now }
    }

    /// How many messages may be told now.
    pub(super) fn left(&mut self, pace: &Pace, now: Instant) -> usize {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let more = passed / pace.every.as_secs_f64().max(f64::MIN_POSITIVE);
        (self.left, self.at) = ((self.left + more).min(f64::from(pace.burst)), now);
        self.left as usize
    }

    /// One is told.
    pub(super) fn take(&mut self) {
        self.left = (self.left - 1.0).max(0.0);
    }

    /// How long it is until one may be told.
    pub(super) fn wait(&self, pace: &Pace) -> Duration {
        pace.every.mul_f64((1.0 - self.left).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_an_hour_there_are_no_more_than_were_there_and_came_back() {
        let (pace, begin) = (Pace::default(), Instant::now());
        let mut limit = Limit::new(&pace, begin);
        let mut told = [0; 3];
        for (hour, told) in told.iter_mut().enumerate() {
            for second in 0..3600 {
                let now = begin + Duration::from_secs(3600 * hour as u64 + second);
                for _ in 0..limit.left(&pace, now) {
                    limit.take();
                    *told += 1;
                }
                let wait = limit.wait(&pace);
                assert!(wait > Duration::ZERO && wait <= pace.every, "{wait:?}");
            }
        }
        assert!((119..=120).contains(&told[0]) && told[1] <= 60 && told[2] <= 60, "{told:?}");
    }
}
