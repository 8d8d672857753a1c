//! From the scores of consecutive windows to an alarm.

use crate::moments::sum;
use crate::{Error, Real};

/// The most scores that are averaged, and the most decisions that are remembered.
pub const MOST_SCORES: usize = 64;

/// How scores become an alarm.
///
/// The score of a decision is the geometric mean of the last scores: of as many as asked for, of fewer
/// where so many were not judged yet. A decision votes for the alarm where its score is above the
/// threshold. Enough votes among the last decisions raise the alarm; it is cleared when too few of
/// them are even above a share of the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision<T> {
    clear: T,
    average: u8,
    votes: u8,
    of: u8,
}

impl<T: Real> Default for Decision<T> {
    /// Every score decides for itself: an alarm is a score above the threshold.
    fn default() -> Self {
        Self { clear: T::ONE, average: 1, votes: 1, of: 1 }
    }
}

impl<T: Real> Decision<T> {
    /// A decision by the mean of `average` scores; an alarm by `votes` `of` the last decisions, until
    /// fewer than that are above `clear` times the threshold. At 1 it is cleared as it is raised.
    ///
    /// # Errors
    /// [`Error::Average`] and [`Error::Votes`] where a number is 0, above [`MOST_SCORES`], or there are
    /// more votes than decisions; [`Error::Clear`] unless `clear` is above 0 and at most 1.
    pub fn new(average: usize, votes: usize, of: usize, clear: T) -> Result<Self, Error> {
        let small = |count: usize| match u8::try_from(count) {
            Ok(small) if (1..=MOST_SCORES).contains(&count) => Some(small),
            _ => None,
        };
        let few = Error::Votes { votes, of };
        let average = small(average).ok_or(Error::Average { count: average })?;
        let (votes, of) = (small(votes).ok_or(few)?, small(of).ok_or(few)?);
        if votes > of {
            return Err(few);
        }
        if !(clear > T::ZERO && clear <= T::ONE) {
            return Err(Error::Clear);
        }
        Ok(Self { clear, average, votes, of })
    }

    /// How many scores are averaged.
    pub fn average(&self) -> usize {
        self.average.into()
    }

    /// How many votes raise an alarm.
    pub fn votes(&self) -> usize {
        self.votes.into()
    }

    /// Among how many decisions.
    pub fn of(&self) -> usize {
        self.of.into()
    }

    /// The share of the threshold at which an alarm is cleared.
    pub fn clear(&self) -> T {
        self.clear
    }
}

/// What is decided on a score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Decided<T> {
    pub(crate) score: T,
    pub(crate) vote: bool,
}

/// The scores and decisions that the next decision depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Past<T> {
    /// Logarithms of scores, the latest at the end. So their sum depends on nothing older.
    logarithms: [T; MOST_SCORES],
    /// Whether a decision was above the threshold; the latest in the lowest bit.
    voted: u64,
    /// Whether it was above what clears an alarm.
    near: u64,
    /// How many of the logarithms there are.
    known: u8,
    pub(crate) alarm: bool,
}

impl<T: Real> Past<T> {
    pub(crate) const fn new() -> Self {
        Self { logarithms: [T::ZERO; MOST_SCORES], voted: 0, near: 0, known: 0, alarm: false }
    }

    /// Forgets all of it.
    pub(crate) fn clear(&mut self) {
        (self.voted, self.near, self.known, self.alarm) = (0, 0, 0, false);
    }

    /// Decides on the next score, which has this logarithm.
    #[inline]
    pub(crate) fn decide(
        &mut self,
        by: &Decision<T>,
        threshold: T,
        score: T,
        logarithm: T,
    ) -> Decided<T> {
        self.logarithms.copy_within(1.., 0);
        if let Some(last) = self.logarithms.last_mut() {
            *last = logarithm;
        }
        self.known = self.known.saturating_add(1).min(by.average);
        let score = if self.known == 1 { score } else { self.average(score) };
        let (vote, near) = (score > threshold, score > clears_at(by.clear, threshold));
        let last = u64::MAX >> (64 - u32::from(by.of.clamp(1, 64)));
        self.voted = (self.voted << 1 | u64::from(vote)) & last;
        self.near = (self.near << 1 | u64::from(near)) & last;
        let votes = if self.alarm { self.near } else { self.voted };
        self.alarm = votes.count_ones() >= by.votes.into();
        Decided { score, vote }
    }

    /// The geometric mean of the scores that are known, the last of which is `score`.
    fn average(&self, score: T) -> T {
        let from = MOST_SCORES.saturating_sub(self.known.into());
        let known = self.logarithms.get(from..).unwrap_or_default();
        let mean = (sum(known, |x| x) / T::from_count(known.len())).exp();
        // Rounded beyond the largest number only where all of them are as large as that.
        if mean.is_finite() { mean } else { score }
    }
}

/// The score that clears an alarm: never above the one that raises it, not even below 0.
fn clears_at<T: Real>(clear: T, threshold: T) -> T {
    let share = clear * threshold;
    if share < threshold { share } else { threshold }
}
