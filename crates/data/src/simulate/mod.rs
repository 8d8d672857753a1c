//! The simulated fan: recordings of a machine that need no machine.
//!
//! A ceiling fan with an accelerometer taped to it, as a physical model: an unbalanced rotor on a
//! swinging rod, blades in the air, a motor that hums at twice the mains frequency through a
//! resonance of its hook, and an MSA301 that converts at its own pace. Its sizes are those of the
//! real fan of the public *TinyML Example: Anomaly Detection*, so that a detector finds it about as
//! hard, in each [`State`], as the real one.
//!
//! All of the arithmetic is the same on every platform, and no recording needs another one: they
//! can be made in any order, or in parallel, with equal bits.
//!
//! # Examples
//! ```
//! use judder_data::simulate::{Fan, State};
//!
//! let coin: State = "low+coin".parse()?;
//! let recording = Fan::new(1).recording(coin, 0, 200.0, 128).ok_or("no such recording")?;
//! assert_eq!((recording.axes(), recording.len()), (3, 128));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accelerometer;
mod base;
mod chance;
mod handling;
mod machine;
mod resonance;
mod run;
mod state;
mod vibration;

pub use run::{LoadStep, Run, Turn, WarmUp};
pub use state::{Speed, State, UnknownState};

use crate::Recording;
use accelerometer::Accelerometer;
use base::Placement;
use chance::{Chance, Purpose};
use handling::Handling;
use machine::Machine;
use run::{Attitude, Bearing, Event};
use vibration::Vibration;

/// The axes of every recording: x, y and z.
const AXES: usize = 3;

/// By how much the accelerometer's clock differs from recording to recording, as a ratio.
const CLOCK_SPREAD: f64 = 0.000_6;

/// By how much the sensor's zero differs from recording to recording on each axis, in g.
const ZERO_SPREAD: [f64; AXES] = [0.3e-3, 0.3e-3, 0.7e-3];

/// A simulated ceiling fan. Fans of different seeds are slightly different machines of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Fan {
    seed: u64,
    machine: Machine,
}

impl Fan {
    /// The fan of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, machine: Machine::new(seed) }
    }

    /// Recording `index` of a state: `len` readings of x, y, z in g, taken `rate_hz` times a
    /// second, each a multiple of 1/2048 g within ±4 g.
    ///
    /// The same fan, state, index and rate give the same bits, and a longer recording begins with
    /// the shorter one, unless the base is handled during it. With the index the motor gets warm,
    /// and the base of a `moved` state changes its place, every 21 recordings or so. Rates of 50 Hz
    /// to 20 kHz make sense; tones above half of the rate fold, as they do for the real sensor.
    ///
    /// Returns `None` when `len` is 0 or `rate_hz` is no positive number.
    pub fn recording(
        &self,
        state: State,
        index: u64,
        rate_hz: f64,
        len: usize,
    ) -> Option<Recording> {
        self.recording_of(&Run::default(), state, index, rate_hz, len)
    }

    /// Recording `index` of a state in a run that has more than the machine, else as [`Fan::recording`].
    ///
    /// Returns `None` also when a number of the run is not finite, a warm-up takes no time, or a drift or a burst is below 0.
    pub fn recording_of(
        &self,
        run: &Run,
        state: State,
        index: u64,
        rate_hz: f64,
        len: usize,
    ) -> Option<Recording> {
        if len == 0 || !(rate_hz.is_finite() && rate_hz > 0.0) || !run.is_sound() {
            return None;
        }
        let seconds = len as f64 / rate_hz;
        let change = run.change(self.seed, state, index);
        let event = Event::of(run, self.seed, state, index, seconds);
        let attitude = Attitude::of(run, self.seed, state, index, seconds);
        let state = run.state(self.seed, state, index);
        let turning_hz = change.turning * self.machine.turning_hz(state.speed);
        let bearing = Bearing::of(run, self.seed, state, index, turning_hz, seconds);

        let mut chance = Chance::new(self.seed, Purpose::Recording, state.group(), index);
        let placement = Placement::of(self.seed, state, index);
        let sensor =
            Accelerometer::new(rate_hz, 1.0 + CLOCK_SPREAD * chance.normal(), chance.uniform());
        let handling = Handling::new(&placement, seconds, &mut chance);
        let mut vibration =
            Vibration::new(&self.machine, state, index, &placement, &change, rate_hz, &mut chance);
        let zero = ZERO_SPREAD.map(|spread| spread * chance.normal());
        let swing = change.air * placement.seat.swing;
        let turbulence = self.machine.turbulence(state.speed).map(|g| g * swing);
        let noise: [f64; AXES] =
            std::array::from_fn(|axis| libm::hypot(Accelerometer::noise(axis), turbulence[axis]));

        let mut values = vec![0.0; AXES * len];
        for row in 0..len {
            let time = row as f64 / rate_hz;
            let rest = handling.acceleration(time);
            for axis in 0..AXES {
                let held = sensor.held(axis, time);
                let moved = |axis: usize| vibration.acceleration(axis, time, held.age);
                // Of a conversion that was made a little before the reading.
                let made = time - held.age;
                let mut vibrating = match &attitude {
                    None => rest[axis] + zero[axis] + moved(axis),
                    Some(attitude) => {
                        let all = std::array::from_fn(|axis| rest[axis] + moved(axis));
                        attitude.felt(made, all)[axis] + zero[axis]
                    }
                };
                if let Some(event) = &event {
                    vibrating += event.acceleration(made)[axis];
                }
                if let Some(bearing) = &bearing {
                    vibrating += bearing.acceleration(made)[axis];
                }
                let acceleration = vibrating + noise[axis] * chance.normal();
                values[axis * len + row] = Accelerometer::read(acceleration, axis, held, time);
            }
            vibration.advance(&mut chance);
        }
        Recording::from_axes(AXES, len, values).map(|made| made.with_rate(Some(rate_hz)))
    }
}
