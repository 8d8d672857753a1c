//! What a run of a real machine has besides the machine's own vibration.

mod attitude;
mod bearing;
mod change;
mod drawn;
mod drift;
mod event;

use std::collections::BTreeSet;

use super::chance::{Chance, Purpose};
use super::{Speed, State};

pub(super) use attitude::Attitude;
pub(super) use bearing::Bearing;
pub(super) use change::Change;
pub(super) use event::Event;

/// What a run of recordings has as real machines make them; all of it is off by default, and then the
/// recordings are those of [`Fan::recording`](super::Fan::recording).
///
/// What is drawn by chance depends on the fan's seed, the state and the index of the recording alone, so
/// the recordings of a run can be made in any order, with equal bits.
///
/// # Examples
/// ```
/// use judder_data::simulate::{Fan, Run, State, WarmUp};
///
/// let high: State = "high".parse()?;
/// let run = Run { warm_up: Some(WarmUp::over(180.0)), ..Run::default() };
/// let (fan, length) = (Fan::new(1), 200);
/// let first = fan.recording_of(&run, high, 0, 200.0, length).ok_or("no such recording")?;
/// assert_ne!(Some(first), fan.recording(high, 0, 200.0, length));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// The machine is cold when the run begins.
    pub warm_up: Option<WarmUp>,
    /// From some recording on the machine carries another load.
    pub load_step: Option<LoadStep>,
    /// By how much the loudness of hum, rotor and air wanders, each by itself, as a standard deviation in dB;
    /// real machines have 0.3 to 1. It wanders slowly: half of that within some 100 recordings.
    pub drift_db: f64,
    /// From some recording on the sensor sits otherwise.
    pub turn: Option<Turn>,
    /// The recordings during which somebody touches the sensor, by index.
    pub touched: BTreeSet<u64>,
    /// The recordings in which something else is heard, once: a knock, a door, a lorry that passes.
    pub strange: BTreeSet<u64>,
    /// The speeds that are mixed, each recording at one of them, drawn by chance; that of the state where none is
    /// named.
    pub speeds: Vec<Speed>,
    /// The first peak of each burst of a damaged bearing, in g; 0 is none. A fan that is off has none.
    pub bursts_g: f64,
}

/// A machine that gets warm: it hums otherwise, and turns a little slower, until it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmUp {
    /// After so many recordings 95 % of it is over: three time constants.
    pub recordings: f64,
    /// How much louder the hum is in the first recording, in dB. Its multiples are louder or quieter by up to as much.
    pub decibels: f64,
}

/// A load that steps: the motor hums otherwise and turns a little slower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoadStep {
    /// The first recording with the new load.
    pub at: u64,
    /// How much louder the hum is from there on, in dB. Its multiples are louder or quieter by up to as much.
    pub decibels: f64,
}

/// A sensor that was touched and sits otherwise since.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// The first recording after it was touched.
    pub at: u64,
    /// By how much it is turned, in degrees, about a level axis.
    pub degrees: f64,
    /// By how much each axis is moved more or less by the machine at most, in dB: it is pressed on otherwise.
    pub decibels: f64,
}

impl WarmUp {
    /// One of the usual size, which is over after so many recordings: of 600 recordings of which it takes 180, the
    /// median scores of the fifths are as those of the real fan at high speed, the first more than twice the others.
    pub fn over(recordings: f64) -> Self {
        Self { recordings, decibels: 2.5 }
    }
}

impl LoadStep {
    /// One of the usual size, from a recording on.
    pub fn from(at: u64) -> Self {
        Self { at, decibels: 2.0 }
    }
}

impl Turn {
    /// One of the usual size, from a recording on: less than what is a new mounting.
    pub fn from(at: u64) -> Self {
        Self { at, degrees: 1.5, decibels: 2.0 }
    }
}

impl Run {
    /// Whether all of its numbers are finite, and what cannot be below 0 is not.
    pub(super) fn is_sound(&self) -> bool {
        let warm = self.warm_up.is_none_or(|it| it.recordings > 0.0 && it.decibels.is_finite());
        let load = self.load_step.is_none_or(|it| it.decibels.is_finite());
        let turn = self.turn.is_none_or(|it| (it.degrees + it.decibels).is_finite());
        let sizes = [self.drift_db, self.bursts_g];
        warm && load && turn && sizes.iter().all(|size| size.is_finite() && *size >= 0.0)
    }

    /// What the machine does in a recording of a state: at another speed, where speeds are mixed.
    pub(super) fn state(&self, seed: u64, state: State, index: u64) -> State {
        if self.speeds.is_empty() {
            return state;
        }
        let drawn = Chance::new(seed, Purpose::Speeds, state.group(), index).uniform();
        let at = (drawn * self.speeds.len() as f64) as usize;
        State { speed: self.speeds.get(at).copied().unwrap_or(state.speed), ..state }
    }

    /// What is other than usual in the vibration of a recording of the run of a state.
    pub(super) fn change(&self, seed: u64, state: State, index: u64) -> Change {
        let mut change = Change::NONE;
        if let Some(WarmUp { recordings, decibels }) = self.warm_up {
            let cold = libm::exp(-3.0 * index as f64 / recordings);
            let chance = Chance::new(seed, Purpose::WarmUp, state.group(), 0);
            change = change.and(Change::of_motor(cold * decibels, chance));
        }
        if let Some(LoadStep { at, decibels }) = self.load_step
            && index >= at
        {
            let chance = Chance::new(seed, Purpose::LoadStep, state.group(), 0);
            change = change.and(Change::of_motor(decibels, chance));
        }
        if let Some(Turn { at, decibels, .. }) = self.turn
            && index >= at
        {
            let chance = Chance::new(seed, Purpose::Turn, state.group(), 1);
            change = change.and(Change::of_seat(decibels, chance));
        }
        if self.drift_db > 0.0 {
            let chance = Chance::new(seed, Purpose::Drift, state.group(), 0);
            change = change.and(drift::drift(self.drift_db, index, chance));
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: State = State { speed: Speed::Low, coin: false, moved: false };

    #[test]
    fn a_run_of_nothing_changes_nothing() {
        let run = Run::default();
        assert!(run.is_sound());
        assert_eq!(run.change(1, LOW, 7), Change::NONE);
        assert_eq!(run.state(1, LOW, 7), LOW);
    }

    #[test]
    fn a_warm_up_has_5_percent_left_when_it_is_over() {
        let run =
            Run { warm_up: Some(WarmUp { recordings: 60.0, decibels: 4.0 }), ..Run::default() };
        let hum = |index| 20.0 * run.change(1, LOW, index).hum[0].log10();
        assert!((hum(0) - 4.0).abs() < 1e-9, "{}", hum(0));
        assert!((hum(60) - 0.2).abs() < 0.01, "{}", hum(60));
        let turning = |index| run.change(1, LOW, index).turning;
        assert!(turning(0) < turning(30) && turning(30) < 1.0);
    }

    #[test]
    fn a_load_steps_at_its_recording() {
        let run = Run { load_step: Some(LoadStep { at: 5, decibels: 2.0 }), ..Run::default() };
        assert_eq!(run.change(3, LOW, 4), Change::NONE);
        let after = run.change(3, LOW, 5);
        assert!((20.0 * after.hum[0].log10() - 2.0).abs() < 1e-9);
        assert_eq!(run.change(3, LOW, 5000), after);
    }

    #[test]
    fn mixed_speeds_come_about_as_often() {
        let run = Run { speeds: vec![Speed::Low, Speed::High], ..Run::default() };
        let high = (0..1000).filter(|index| run.state(1, LOW, *index).speed == Speed::High).count();
        assert!((450..550).contains(&high), "{high} of 1000");
        assert!((0..1000).all(|index| run.state(1, LOW, index).speed != Speed::Medium));
    }

    #[test]
    fn what_is_no_number_is_no_run() {
        let nan = f64::NAN;
        for run in [
            Run { drift_db: nan, ..Run::default() },
            Run { bursts_g: -1.0, ..Run::default() },
            Run { warm_up: Some(WarmUp::over(0.0)), ..Run::default() },
            Run { turn: Some(Turn { degrees: nan, ..Turn::from(0) }), ..Run::default() },
            Run { load_step: Some(LoadStep { at: 0, decibels: nan }), ..Run::default() },
        ] {
            assert!(!run.is_sound(), "{run:?}");
        }
    }
}
