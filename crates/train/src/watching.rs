//! Learning from normal windows when a window is not to be judged.

use judder_core::Posture;
use judder_model::{Never, Turned, Watching};

use crate::error::TrainError;
use crate::gates::TURNED_DEGREES;
use crate::pace::Pace;

/// How windows that follow each other are watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WatchOptions {
    /// Over how many scores a decision is averaged.
    pub average: usize,
    /// How many decisions above the threshold raise an alarm, and among how many.
    pub votes: (usize, usize),
    /// The share of the threshold below which an alarm is cleared.
    pub clear: f64,
    /// A window that vibrates less, in the unit of the readings, is idle.
    pub idle_below: Option<f64>,
    /// For so many seconds after idle windows none is judged, and the first of each folder are not learnt from.
    pub settle: f64,
    /// Whether a window in which the sensor was moved is called handled.
    pub handled: bool,
    /// By how many degrees gravity turns at least where the sensor was mounted anew, or any where that
    /// is not looked at; by 2 where nothing is said.
    pub turned: Option<Turned>,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            average: 1,
            votes: (1, 1),
            clear: 1.0,
            idle_below: None,
            settle: 0.0,
            handled: true,
            turned: None,
        }
    }
}

/// Below which activity a machine is idle, by windows in which it is and windows in which it is not.
///
/// # Errors
/// Where these vibrate alike.
pub fn idle_below(idle: &[Posture<f64>], running: &[Posture<f64>]) -> Result<f64, TrainError> {
    if idle.is_empty() {
        let why = "the idle recordings (--idle) are all shorter than a window";
        return Err(TrainError::Option(why.to_owned()));
    }
    let most = idle.iter().map(Posture::activity).fold(0.0, f64::max);
    let least = running.iter().map(Posture::activity).fold(f64::INFINITY, f64::min);
    if most < least {
        // In the middle on a scale of ratios; what is still has none.
        return Ok(if most > 0.0 { (most * least).sqrt() } else { least / 2.0 });
    }
    Err(TrainError::Option(format!(
        "idle recordings (--idle) vibrate by up to {most:.3e}, and normal ones by as little as \
         {least:.3e}: that does not tell them apart; look whether the machine stood still in all of \
         them, or leave --idle away"
    )))
}

impl WatchOptions {
    /// How many windows a machine is given to settle, where so many are judged in a day.
    pub(crate) fn settling(&self, pace: Pace) -> u32 {
        // What is no number of windows is the most there may be.
        (self.settle / 86_400.0 * pace.windows_per_day()).ceil().clamp(0.0, f64::from(u32::MAX))
            as u32
    }

    /// Those that a model says.
    pub(crate) fn of(watching: &Watching) -> Self {
        Self {
            average: watching.average,
            votes: (watching.votes, watching.of),
            clear: watching.clear,
            idle_below: watching.idle_below,
            // Recordings that come later are of a machine that has settled.
            settle: 0.0,
            handled: watching.handled.is_none(),
            turned: watching.turned,
        }
    }

    /// Whether an alarm depends on one window alone.
    pub(crate) fn is_by_window(&self) -> bool {
        (self.average, self.votes.1) == (1, 1) && self.clear >= 1.0
    }

    /// What a model is to say, but for what is learnt.
    pub(crate) fn watching(&self) -> Watching {
        let &Self { average, votes: (votes, of), clear, idle_below, handled, turned, .. } = self;
        let handled = (!handled).then_some(Never::Never);
        Watching { average, votes, of, clear, handled, idle_below, turned, ..Watching::default() }
    }

    /// By how many degrees gravity turns at least where the sensor was mounted anew; none where that is
    /// not looked at.
    pub(crate) fn degrees(&self) -> Option<f64> {
        match self.turned {
            None => Some(TURNED_DEGREES),
            Some(Turned::Degrees(degrees)) => Some(degrees),
            Some(Turned::Any) => None,
        }
    }
}
