//! Readings at a fixed rate, by a clock of microseconds.

/// When the readings of a recording are due.
///
/// Counted from the first, so that what is rounded off does not add up.
#[derive(Debug, Clone)]
pub struct Schedule {
    period_us: f64,
    began_us: u64,
    last_us: u64,
    taken: u32,
}

impl Schedule {
    /// Readings at so many a second.
    pub const fn new(rate_hz: f32) -> Self {
        Self { period_us: 1e6 / rate_hz as f64, began_us: 0, last_us: 0, taken: 0 }
    }

    /// When the next reading is due; the first is due now.
    pub fn due_us(&self, now_us: u64) -> u64 {
        match self.taken {
            0 => now_us,
            taken => self.began_us.saturating_add((f64::from(taken) * self.period_us) as u64),
        }
    }

    /// Notes that a reading is taken now; `false` where it is too late by more than half a period: the
    /// readings before it do not belong to it, and it is the first of new ones.
    pub fn take(&mut self, now_us: u64) -> bool {
        let late_us = now_us.saturating_sub(self.due_us(now_us));
        let in_time = late_us as f64 <= self.period_us / 2.0;
        if self.taken == 0 || !in_time {
            (self.began_us, self.taken) = (now_us, 0);
        }
        self.last_us = now_us;
        self.taken = self.taken.saturating_add(1);
        in_time
    }

    /// The rate of the readings since the first; 0 before there are two.
    pub fn rate_hz(&self) -> f64 {
        let spent_us = self.last_us.saturating_sub(self.began_us);
        match (self.taken, spent_us) {
            (0 | 1, _) | (_, 0) => 0.0,
            (taken, spent_us) => f64::from(taken - 1) * 1e6 / spent_us as f64,
        }
    }

    /// The next reading is the first of new ones.
    pub fn restart(&mut self) {
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_adds_up_over_a_million_readings() {
        // A period that is no whole number of microseconds.
        let mut schedule = Schedule::new(333.0);
        let mut now_us = 77;
        for reading in 0..1_000_000_u64 {
            now_us = schedule.due_us(now_us) + reading % 300;
            assert!(schedule.take(now_us), "{reading}");
        }
        let exact = 77.0 + 999_999.0 * 1e6 / 333.0;
        assert!((now_us as f64 - exact).abs() < 301.0, "{now_us} {exact}");
        assert!((schedule.rate_hz() - 333.0).abs() < 1e-3);
    }

    #[test]
    fn what_is_too_late_begins_anew() {
        let mut schedule = Schedule::new(200.0);
        assert!(schedule.take(1_000));
        assert!(schedule.take(6_000 + 2_500), "half a period is in time");
        assert!(!schedule.take(11_000 + 2_501));
        // Counted from there.
        assert_eq!(schedule.due_us(0), 13_501 + 5_000);
        assert_eq!(schedule.rate_hz(), 0.0);
        schedule.restart();
        assert_eq!(schedule.due_us(42), 42);
    }
}
