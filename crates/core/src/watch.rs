//! The windows of one device, one after the other: what is judged, and when there is an alarm.

use crate::decision::Past;
use crate::drift::Level;
use crate::{Decision, Drift, Error, Gates, Orientation, Posture, Real, Verdict};

/// What is known after a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched<T> {
    /// What the window is; of one that is judged, an anomaly exactly while there is an alarm.
    pub verdict: Verdict,
    /// The score of this window by itself, if it is judged.
    pub score: Option<T>,
    /// The score that was decided on, the mean with those before it, if it is judged.
    pub decision: Option<T>,
    /// Whether there is an alarm.
    pub alarm: bool,
    /// Whether this window raised or cleared it.
    pub alarm_changed: bool,
    /// Whether normal scores are too high in the long run. Windows that are not judged and those that
    /// vote for an alarm leave it as it was.
    pub drifting: bool,
}

/// Judges consecutive windows of one device, in memory of a fixed size.
///
/// A window is looked at in this order:
///
/// 1. *handled*: the sensor was moved in it. It tells nothing, and everything stays as it was, the
///    alarm too. Gravity is not steady in it, so it says nothing about the mounting either.
/// 2. *remounted*: gravity points elsewhere than at the baseline. That lasts until it is back within
///    the closer limit, and there is no alarm while it lasts. So is a window in which gravity is not
///    as long as it was, but for one that is above the threshold, which is judged: readings in
///    another unit are never excused. Nor is one excused that vibrates more than a mounting explains
///    ([`Gates::strong`]). Such a window says nothing of the mounting, which stays what it was.
/// 3. *idle*: the machine stands still. That too ends an alarm.
/// 4. *settling*: so many windows after the last idle one, where a machine is given time to settle. A window that vibrates
///    more than a mounting explains is judged all the same.
/// 5. Else it is judged. After remounted, idle and settling windows, the first score is again the first one that
///    is averaged, and the first decision the first one that votes.
///
/// The mean that shows drift goes on over all of these.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch<T> {
    past: Past<T>,
    decision: Decision<T>,
    threshold: T,
    gates: Gates<T>,
    drift: Option<Drift<T>>,
    level: Level<T>,
    remounted: bool,
    /// Windows that a machine is given to settle,
    settle: u32,
    /// and how many of them are left.
    settling: u32,
}

impl<T: Real> Watch<T> {
    /// A watch that has seen nothing yet. The threshold is for the scores of decisions.
    ///
    /// # Errors
    /// [`Error::Parameter`] where the threshold is not finite.
    pub fn new(
        decision: Decision<T>,
        threshold: T,
        gates: Gates<T>,
        drift: Option<Drift<T>>,
    ) -> Result<Self, Error> {
        if !threshold.is_finite() {
            return Err(Error::Parameter);
        }
        let (past, level) = (Past::new(), Level::new());
        let (remounted, settle, settling) = (false, 0, 0);
        Ok(Self { past, decision, threshold, gates, drift, level, remounted, settle, settling })
    }

    /// The same, but after idle windows as many windows are settling. Without a limit below which windows are idle, none
    /// is.
    #[must_use]
    pub fn with_settling(self, windows: u32) -> Self {
        Self { settle: windows, ..self }
    }

    /// Takes the next window: its posture, and what computes its score, which is called only where the
    /// window is judged.
    ///
    /// # Errors
    /// Those of the score, [`Error::ScoreNotRepresentable`] where it is not finite, and
    /// [`Error::Shape`] where the posture has another number of axes than the mounting. After an error
    /// everything is as it was before the window.
    #[inline]
    pub fn next(
        &mut self,
        posture: &Posture<T>,
        score: impl FnOnce() -> Result<T, Error>,
    ) -> Result<Watched<T>, Error> {
        let orientation = self.gates.gravity(posture, self.remounted)?;
        let left = self.settling.saturating_sub(1);
        if self.gates.handled(posture) {
            self.settling = left;
            return Ok(self.watched(Verdict::Handled, self.past.alarm));
        }
        let is_turned = match orientation {
            Orientation::Same => false,
            Orientation::Turned if !self.gates.strong(posture) => true,
            Orientation::Turned | Orientation::OtherLength(_) => {
                let score = finite(score()?)?;
                self.settling = left;
                return Ok(if score > self.threshold {
                    self.judge(score)
                } else {
                    self.unjudged(Verdict::Remounted)
                });
            }
        };
        if is_turned || self.gates.idle(posture) {
            self.remounted = is_turned;
            self.settling = if is_turned { left } else { self.settle };
            let verdict = if is_turned { Verdict::Remounted } else { Verdict::Idle };
            return Ok(self.unjudged(verdict));
        }
        if self.settling > 0 && !self.gates.strong(posture) {
            (self.remounted, self.settling) = (false, left);
            return Ok(self.unjudged(Verdict::Settling));
        }
        let score = finite(score()?)?;
        (self.remounted, self.settling) = (false, left);
        Ok(self.judge(score))
    }

    /// Forgets all windows, as after a new baseline.
    pub fn reset(&mut self) {
        (self.past, self.level) = (Past::new(), Level::new());
        (self.remounted, self.settling) = (false, 0);
    }

    #[inline]
    fn judge(&mut self, score: T) -> Watched<T> {
        let before = self.past.alarm;
        let logarithm = if score > T::MIN_POSITIVE { score } else { T::MIN_POSITIVE }.ln();
        let decided = self.past.decide(&self.decision, self.threshold, score, logarithm);
        if let Some(drift) = &self.drift
            && !decided.vote
        {
            self.level.take(drift, logarithm);
        }
        let verdict = if self.past.alarm { Verdict::Anomaly } else { Verdict::Normal };
        let (score, decision) = (Some(score), Some(decided.score));
        Watched { score, decision, ..self.watched(verdict, before) }
    }

    /// A window that ends an alarm, and what it was raised by.
    fn unjudged(&mut self, verdict: Verdict) -> Watched<T> {
        let before = self.past.alarm;
        self.past.clear();
        self.watched(verdict, before)
    }

    fn watched(&self, verdict: Verdict, before: bool) -> Watched<T> {
        let alarm = self.past.alarm;
        let drifting = self.drift.as_ref().is_some_and(|drift| self.level.drifting(drift));
        let alarm_changed = alarm != before;
        Watched { verdict, score: None, decision: None, alarm, alarm_changed, drifting }
    }
}

fn finite<T: Real>(score: T) -> Result<T, Error> {
    if score.is_finite() { Ok(score) } else { Err(Error::ScoreNotRepresentable) }
}
