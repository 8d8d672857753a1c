//! When a window is not judged, and how scores become an alarm.

use judder_core::{
    Decision, Drift, Error, Gates, Mounting, Posture, Real, Verdict, Watch, Watched,
};
use serde::{Deserialize, Serialize};

use crate::error::Problem;
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
    /// A window is handled where its mean moves by more than this, in the unit of the readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handled_above: Option<f64>,
    /// A window is idle where it vibrates less than this, in the unit of the readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_below: Option<f64>,
    /// How the sensor was mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mounting: Option<Mounted>,
    /// From where on scores are too high in the long run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<LongRun>,
}

/// Where gravity pointed at the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mounted {
    /// The mean of each axis.
    pub gravity: Vec<f64>,
    /// The sensor was mounted anew where gravity is turned by more than this, in degrees,
    pub moved: f64,
    /// until it is turned by no more than this.
    pub same: f64,
}

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
            handled_above: None,
            idle_below: None,
            mounting: None,
            drift: None,
        }
    }
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

    /// The same without gates: every window is judged, but for those in which the sensor was moved.
    #[must_use]
    pub fn judging_all(&self) -> Self {
        Self { idle_below: None, mounting: None, ..self.clone() }
    }

    /// What keeps a model of so many axes from watching like this.
    pub(crate) fn problem(&self, axes: usize, precision: Precision) -> Option<Problem> {
        let found = self.mounting.as_ref().map_or(axes, |mounting| mounting.gravity.len());
        if found != axes {
            let reason = format!("gravity has {found} numbers, the model {axes} axes");
            return Some(Problem::field("mounting", reason));
        }
        if let Some(Mounted { moved, same, .. }) = self.mounting
            && !(0.0 <= same && same <= moved && moved < 180.0)
        {
            let reason =
                format!("turns of {moved} and {same} degrees, not 0 <= same <= moved < 180");
            return Some(Problem::field("mounting", reason));
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
        let mounting = self.mounting.as_ref().map(Mounted::mounting::<T>).transpose()?;
        let limit = |limit: Option<f64>| limit.map(T::from_f64);
        let gates = Gates::new(limit(self.handled_above), limit(self.idle_below), mounting)?;
        let drift = self.drift.map(|one| Drift::new(T::from_f64(one.above), one.over));
        Watch::new(decision, threshold, gates, drift.transpose()?)
    }
}

impl Mounted {
    pub(crate) fn mounting<T: Real>(&self) -> Result<Mounting<T>, Error> {
        // The chord of an angle beyond these is also that of one within.
        if ![self.moved, self.same].iter().all(|angle| (0.0..=180.0).contains(angle)) {
            return Err(Error::Mounting);
        }
        let mean: Vec<T> = self.gravity.iter().map(|&x| T::from_f64(x)).collect();
        let chord = |degrees: f64| T::from_f64(4.0 * (degrees.to_radians() / 2.0).sin().powi(2));
        Mounting::new(&mean, chord(self.moved), chord(self.same))
    }

    /// By how many degrees the mean of a window is turned.
    pub fn turned(&self, posture: &Posture<f64>) -> Option<f64> {
        let chord = self.mounting::<f64>().ok()?.squared_chord(posture).ok()?;
        Some(2.0 * (chord.sqrt() / 2.0).min(1.0).asin().to_degrees())
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
        let threshold = model.threshold().value;
        Ok(Self(match model.precision() {
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
    let (shift, activity) = (T::from_f64(posture.shift()), T::from_f64(posture.activity()));
    let posture = Posture::new(&mean, shift, activity)?;
    let Watched { verdict, decision, alarm_changed, drifting, .. } =
        watch.next(&posture, || Ok(T::from_f64(scored.score)))?;
    let score = decision.map_or(scored.score, Real::to_f64);
    Ok(Outcome { verdict, score, alarm_changed, drifting })
}
