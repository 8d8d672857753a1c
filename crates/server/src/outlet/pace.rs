//! When to try again, and when no more.

use std::time::Duration;

use judder_history::{Telling, UnixMillis};
use rand::{Rng, RngExt};

use super::{Failure, Retry};
use crate::clock::millis;

/// Who asks for more time than this is asked again meanwhile: an alert is worth that.
const MOST_ASKED: Duration = Duration::from_secs(60 * 60);

/// When to try again, and when no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How long to wait after the first try; twice as long after each further one.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// For how long it is tried again.
    pub give_up: Duration,
    /// How often what was refused is tried.
    pub refused: u32,
    /// So many messages may be told at once;
    pub burst: u32,
    /// then one comes back after each such time. What comes meanwhile is told with the next.
    pub every: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_secs(60 * 60),
            give_up: Duration::from_secs(24 * 60 * 60),
            refused: 5,
            burst: 60,
            every: Duration::from_secs(60),
        }
    }
}

impl Pace {
    /// When to try again; none where it is given up.
    pub(super) fn next(
        &self,
        telling: &Telling,
        failure: &Failure,
        now: UnixMillis,
        chance: &mut impl Rng,
    ) -> Option<UnixMillis> {
        let tries = telling.attempts.saturating_add(1);
        if failure.retry == Retry::Seldom && tries >= self.refused {
            return None;
        }
        let usual = self.usual(telling.attempts);
        // Many that failed at once are not tried at once again.
        let usual = usual.mul_f64(chance.random_range(0.75..1.25));
        let wait = match failure.retry {
            Retry::After(asked) => asked.min(MOST_ASKED).max(usual),
            Retry::Later | Retry::Seldom => usual,
        };
        // Not by the clock, which may have been set since: so long were the waits before this one, as a rule.
        let waited = (0..telling.attempts).map(|attempts| self.usual(attempts));
        let waited = waited.fold(Duration::ZERO, Duration::saturating_add);
        let next = now.saturating_add(millis(wait));
        (waited.saturating_add(wait) <= self.give_up).then_some(next)
    }

    /// The usual wait after so many tries and one more.
    fn usual(&self, attempts: u32) -> Duration {
        let twice = 1_u32.checked_shl(attempts).unwrap_or(u32::MAX);
        self.first.saturating_mul(twice).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use judder_history::{Alert, AlertId, Telling, TellingId, Transition};
    use rand::SeedableRng;

    use super::Pace;
    use crate::outlet::{Failure, Retry};

    fn next(attempts: u32, retry: Retry, now: i64) -> Option<i64> {
        let alert = Alert {
            id: AlertId(1),
            device: String::new(),
            kind: String::new(),
            raised_at: 0,
            cleared_at: None,
            words: String::new(),
            score: None,
            threshold: None,
            model: None,
        };
        let telling = Telling {
            id: TellingId(1),
            outlet: String::new(),
            attempts,
            alert,
            transition: Transition::Raised,
        };
        let failure = Failure { reason: String::new(), retry };
        let mut chance = rand_chacha::ChaCha8Rng::seed_from_u64(u64::from(attempts));
        Pace::default().next(&telling, &failure, now, &mut chance).map(|next| next - now)
    }

    #[test]
    fn waits_double_to_an_hour_and_end_after_a_day() {
        let mut waited = 0;
        // Whatever the clock says, and when it was raised.
        for now in [0, -86_400_000, 40 * 86_400_000] {
            waited = 0;
            for attempts in 0.. {
                let usual = (5_000 * 2_i64.pow(attempts.min(12))).min(3_600_000);
                let Some(wait) = next(attempts, Retry::Later, now) else { break };
                assert!((3 * usual / 4..=5 * usual / 4).contains(&wait), "{attempts}: {wait}");
                waited += usual;
            }
        }
        let hour = 60 * 60 * 1000;
        assert!((22 * hour..=24 * hour).contains(&waited), "{waited}");
    }

    #[test]
    fn what_was_asked_for_is_kept_and_what_was_refused_ends_soon() {
        let asked = Retry::After(Duration::from_secs(600));
        assert_eq!(next(0, asked, 0), Some(600_000));
        assert!(next(12, asked, 0).unwrap() > 2_000_000);
        // More than a day does not give it up.
        for asked in [Duration::from_secs(90_000), Duration::MAX] {
            assert_eq!(next(0, Retry::After(asked), 0), Some(3_600_000));
        }
        assert!(next(3, Retry::Seldom, 0).is_some());
        assert_eq!(next(4, Retry::Seldom, 0), None);
    }
}
