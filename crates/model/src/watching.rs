//! When a window is not judged, and how scores become an alarm.

use judder_core::{
    Decision, Drift, Error, Gates, GravityAxes, Posture, Real, Verdict, Watch, Watched,
};
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::gravity::{self, ReadingUnit, gravity_axes};
use crate::mounted::{self, Mounted};
use crate::switches::{Never, Turned};
use crate::{Model, Precision, Scored};

/// What a model says of windows that follow each other. The default judges every window by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watching {
    /// Over how many scores a decision is averaged.
    pub average: usize,
    /// How many decisions above the threshold raise an alarm,
    pub votes: usize,
    /// among how many.
    pub of: usize,
    /// The share of the threshold below which an alarm is cleared.
    pub clear: f64,
    /// Which axes see gravity. Where none does, no window is handled or remounted.
    #[serde(with = "gravity", skip_serializing_if = "gravity::is_all")]
    pub gravity: GravityAxes,
    /// Whether no window is to be called handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled: Option<Never>,
    /// A window is handled where its mean moves by more than this, in the unit of the readings, and by
    /// more than its own vibration explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled_above: Option<f64>,
    /// A window is idle where it vibrates less than this, in the unit of the readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_below: Option<f64>,
    /// So many windows after idle ones are not judged: the machine settles.
    #[serde(skip_serializing_if = "is_none")]
    pub settle: u32,
    /// From how large a turn on the sensor was to count as mounted anew, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turned: Option<Turned>,
    /// How the sensor was mounted in the normal states. One that is mounted as in any of them is not
    /// mounted anew.
    #[serde(deserialize_with = "mounted::one_or_several", skip_serializing_if = "Vec::is_empty")]
    pub mounting: Vec<Mounted>,
    /// What vibrates more than this, in the unit of the readings, is judged however the sensor lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strong_above: Option<f64>,
    /// From where on scores are too high in the long run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<LongRun>,
}

/// How a server decides where a model decides window by window, unless it is told otherwise: an alarm by so many of the
/// last so many windows.
pub const SERVED_VOTES: (usize, usize) = (3, 5);

/// After so many recordings in a row that are normal again a server clears an alert: who was strange, and is so again at
/// once, has not been well between.
pub const CLEARED_AFTER: u8 = 5;

/// The mean of the logarithms of scores, over so many windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LongRun {
    /// Drift is a mean above this.
    pub above: f64,
    /// Windows that it is over.
    pub over: usize,
}

impl Default for Watching {
    fn default() -> Self {
        Self {
            average: 1,
            votes: 1,
            of: 1,
            clear: 1.0,
            gravity: GravityAxes::All,
            handled: None,
            handled_above: None,
            idle_below: None,
            settle: 0,
            turned: None,
            mounting: Vec::new(),
            strong_above: None,
            drift: None,
        }
    }
}

/// Whether there are no such windows.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_none(windows: &u32) -> bool {
    *windows == 0
}

impl Watching {
    /// Whether every window is judged by itself.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an alarm depends on one window alone.
    pub fn is_by_window(&self) -> bool {
        (self.average, self.of) == (1, 1) && self.clear >= 1.0
    }

    /// The same as a server watches, unless it is told otherwise.
    #[must_use]
    pub fn served(&self) -> Self {
        let (votes, of) = SERVED_VOTES;
        self.by_votes(votes, of, 1.0)
    }

    /// The same, by votes where every window is judged by itself; what a model says of its own stands.
    #[must_use]
    pub fn by_votes(&self, votes: usize, of: usize, clear: f64) -> Self {
        match self.is_by_window() {
            true => Self { votes, of, clear, ..self.clone() },
            false => self.clone(),
        }
    }

    /// The same without gates: every window is judged, but for those in which the sensor was moved.
    #[must_use]
    pub fn judging_all(&self) -> Self {
        Self { idle_below: None, settle: 0, mounting: Vec::new(), ..self.clone() }
    }

    /// What keeps a model of so many axes from watching like this.
    pub(crate) fn problem(&self, axes: usize, precision: Precision) -> Option<Problem> {
        if let GravityAxes::Three(three) = self.gravity {
            let [a, b, c] = three;
            if [a, b, c].iter().any(|&axis| usize::from(axis) >= axes) || a == b || b == c || a == c
            {
                let reason = format!("{a}, {b} and {c} are not three of the model's {axes} axes");
                return Some(Problem::field("gravity", reason));
            }
        }
        let gated = self.handled_above.is_some() || !self.mounting.is_empty();
        if self.gravity == GravityAxes::Unseen && gated {
            let reason =
                "no axis sees gravity, yet there is a mounting, or a limit of handled windows";
            return Some(Problem::field("gravity", reason));
        }
        let seeing = self.gravity.count(axes);
        for mounted in &self.mounting {
            let (found, Mounted { moved, same, .. }) = (mounted.gravity.len(), mounted);
            if found != seeing {
                let reason = format!("gravity has {found} numbers, {seeing} axes see it");
                return Some(Problem::field("mounting", reason));
            }
            if !(0.0 <= *same && same <= moved && *moved < 180.0) {
                let reason =
                    format!("turns of {moved} and {same} degrees, not 0 <= same <= moved < 180");
                return Some(Problem::field("mounting", reason));
            }
        }
        let started = match precision {
            Precision::F32 => self.start::<f32>(0.0).map(|_| ()),
            Precision::F64 => self.start::<f64>(0.0).map(|_| ()),
        };
        started.err().map(|error| Problem::field("watch", error))
    }

    /// A watch that has seen nothing yet.
    ///
    /// # Errors
    /// Where a number is not what it can be.
    pub fn start<T: Real>(&self, threshold: T) -> Result<Watch<T>, Error> {
        let decision = Decision::new(self.average, self.votes, self.of, T::from_f64(self.clear))?;
        let mountings: Vec<_> =
            self.mounting.iter().map(Mounted::mounting::<T>).collect::<Result<_, _>>()?;
        let limit = |limit: Option<f64>| limit.map(T::from_f64);
        let mut gates = Gates::new(limit(self.handled_above), limit(self.idle_below), &mountings)?;
        if let Some(limit) = limit(self.strong_above) {
            gates = gates.with_strong_above(limit)?;
        }
        let drift = self.drift.map(|one| Drift::new(T::from_f64(one.above), one.over));
        let watch = Watch::new(decision, threshold, gates, drift.transpose()?)?;
        Ok(watch.with_settling(self.settle))
    }

    /// What a model of version 1 says, which took the mean of any axes for gravity: where it has not
    /// the length of that, no window is handled or remounted.
    pub(crate) fn of_version_1(self) -> Self {
        let Some(mounted) = self.mounting.first() else { return self };
        let unit = ReadingUnit::Unknown { whole: true };
        let gravity = gravity_axes(&[&mounted.gravity], unit);
        match gravity {
            GravityAxes::All => self,
            GravityAxes::Unseen => {
                Self { gravity, handled_above: None, mounting: Vec::new(), ..self }
            }
            GravityAxes::Three(three) => {
                let seen = three.iter().filter_map(|&axis| mounted.gravity.get(usize::from(axis)));
                let mounting =
                    vec![Mounted { gravity: seen.copied().collect(), ..mounted.clone() }];
                Self { gravity, mounting, ..self }
            }
        }
    }

    /// Of the mountings the one from which the mean of a window is turned the least, and by how many
    /// degrees; none where none is known.
    pub fn nearest_mounting(&self, posture: &Posture<f64>) -> Option<(&Mounted, f64)> {
        let turned = self.mounting.iter().filter_map(|one| Some((one, one.turned(posture)?)));
        turned.min_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

/// Watches the windows of one device as they follow each other, in the model's arithmetic.
#[derive(Debug, Clone)]
pub struct Watcher(Kind);

#[derive(Debug, Clone)]
enum Kind {
    F32(Box<Watch<f32>>),
    F64(Box<Watch<f64>>),
}

/// What came of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// What it is.
    pub verdict: Verdict,
    /// The score that was decided on: with those before it, where scores are averaged. Of a window
    /// that is not judged, its own.
    pub score: f64,
    /// The score of this window by itself.
    pub window_score: f64,
    /// Whether that is above the threshold, and yet the window is not judged, as the sensor was handled
    /// or is mounted in another way.
    pub excused: bool,
    /// Whether it raised or cleared an alarm.
    pub alarm_changed: bool,
    /// Whether scores are too high in the long run.
    pub drifting: bool,
}

impl Watcher {
    /// Watches as the model says, having seen nothing yet.
    ///
    /// # Errors
    /// Where a number is not what it can be; a model's own were looked at when it was made.
    pub fn new(model: &Model, watching: &Watching) -> Result<Self, Error> {
        Self::with_threshold(model.precision(), watching, model.threshold().value)
    }

    /// The same in this arithmetic, with a threshold that need not be the model's. Whether a window was excused goes by
    /// the verdict that it was scored with.
    ///
    /// # Errors
    /// As [`new`](Self::new), and where the threshold is not finite.
    pub fn with_threshold(
        precision: Precision,
        watching: &Watching,
        threshold: f64,
    ) -> Result<Self, Error> {
        Ok(Self(match precision {
            Precision::F32 => Kind::F32(Box::new(watching.start(threshold as f32)?)),
            Precision::F64 => Kind::F64(Box::new(watching.start(threshold)?)),
        }))
    }

    /// Takes the next window.
    ///
    /// # Errors
    /// Where the window is not one of this model.
    pub fn next(&mut self, scored: &Scored) -> Result<Outcome, Error> {
        match &mut self.0 {
            Kind::F32(watch) => next(watch, scored),
            Kind::F64(watch) => next(watch, scored),
        }
    }
}

fn next<T: Real>(watch: &mut Watch<T>, scored: &Scored) -> Result<Outcome, Error> {
    let posture = &scored.posture;
    let mean: Vec<T> = posture.mean().iter().map(|&x| T::from_f64(x)).collect();
    let number = T::from_f64;
    let (rms, vibration) = (number(posture.rms()), number(posture.vibration()));
    let posture = Posture::new(&mean, number(posture.shift()), number(posture.activity()))?
        .with_vibration(rms, vibration)?;
    let Watched { verdict, decision, alarm_changed, drifting, .. } =
        watch.next(&posture, || Ok(T::from_f64(scored.score)))?;
    let score = decision.map_or(scored.score, Real::to_f64);
    let is_gated = matches!(verdict, Verdict::Handled | Verdict::Remounted);
    let excused = is_gated && scored.verdict == Verdict::Anomaly;
    let window_score = scored.score;
    Ok(Outcome { verdict, score, window_score, excused, alarm_changed, drifting })
}
