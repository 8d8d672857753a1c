//! Learning from normal windows when a window is not to be judged.

use judder_core::Posture;
use judder_data::quality::{FEWEST_SHIFTS, SHIFT_DEGREES, shift_spreads};
use judder_model::{LongRun, Mounted, Watching};

use crate::error::TrainError;

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
    /// By how many degrees gravity turns at least where the sensor was mounted anew; none where that
    /// is not looked at.
    pub turned: Option<f64>,
}

impl Default for WatchOptions {
    fn default() -> Self {
        let turned = Some(TURNED_DEGREES);
        Self { average: 1, votes: (1, 1), clear: 1.0, idle_below: None, turned }
    }
}

/// A sensor that is taped on points the same way within this angle, in degrees.
const TURNED_DEGREES: f64 = 2.0;

/// The most that gravity may turn in normal windows for its direction to say anything.
const MOST_DEGREES: f64 = 45.0;

/// 1.4826: turns a median absolute deviation into a standard deviation of Gaussians.
const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;

/// Windows that the long run is over, where there are so many.
const LONG_RUN: usize = 64;

/// The fewest windows that tell how scores wander.
const FEWEST_LONG_RUN: usize = 32;

/// The long run of normal scores hardly ever goes so many of its standard deviations up.
const LONG_RUN_SPREADS: f64 = 4.0;

/// How far the mean of a window may move before the sensor was handled, by what `judder check` goes by.
pub(crate) fn handled_above(postures: &[Posture<f64>]) -> Option<f64> {
    if postures.len() < FEWEST_SHIFTS {
        return None;
    }
    let shifts: Vec<f64> = postures.iter().map(Posture::shift).collect();
    let usual = median(shifts.clone());
    let spread = MAD_TO_SIGMA * median(shifts.iter().map(|x| (x - usual).abs()).collect());
    let gravity = median(postures.iter().map(|one| length(one.mean())).collect());
    let turned = gravity * SHIFT_DEGREES.to_radians().tan();
    let limit = (usual + shift_spreads(shifts.len()) * spread).max(turned);
    (limit > 0.0 && limit.is_finite()).then_some(limit)
}

/// How the sensor was mounted, and how far that may turn: so far that no window that was learnt from
/// comes near it. `None` where the directions of these have little in common.
pub(crate) fn mounting(postures: &[&Posture<f64>], turned: f64) -> Option<Mounted> {
    let axes = postures.first()?.mean().len();
    let n = postures.len() as f64;
    let mean = (0..axes).map(|axis| postures.iter().map(|one| one.mean()[axis]).sum::<f64>() / n);
    let widest = Mounted { gravity: mean.collect(), moved: 90.0, same: 90.0 };
    let most =
        postures.iter().map(|posture| widest.turned(posture).unwrap_or(180.0)).fold(0.0, f64::max);
    let moved = turned.max(2.0 * most);
    let same = (moved / 4.0).max(1.5 * most);
    (moved <= MOST_DEGREES.max(turned)).then_some(Mounted { moved, same, ..widest })
}

/// From where on the mean logarithm of scores is too high, by scores in the order of time.
pub(crate) fn long_run(scores: &[f64], threshold: f64) -> Option<LongRun> {
    if scores.len() < FEWEST_LONG_RUN {
        return None;
    }
    let over = LONG_RUN.min(scores.len() / 2);
    let (mut level, mut seen, mut levels) = (0.0, 0, Vec::new());
    let logarithms = scores.iter().filter(|score| **score <= threshold);
    for logarithm in logarithms.map(|score| score.max(f64::MIN_POSITIVE).ln()) {
        seen = over.min(seen + 1);
        level += (logarithm - level) / seen as f64;
        if seen >= over / 2 {
            levels.push(level);
        }
    }
    let n = levels.len() as f64;
    let mean = levels.iter().sum::<f64>() / n;
    let sd = (levels.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let most = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let above = (mean + LONG_RUN_SPREADS * sd).max(most + sd);
    above.is_finite().then_some(LongRun { above, over })
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
    /// What a model is to say, but for what is learnt.
    pub(crate) fn watching(&self) -> Watching {
        let &Self { average, votes: (votes, of), clear, idle_below, .. } = self;
        Watching { average, votes, of, clear, idle_below, ..Watching::default() }
    }
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
