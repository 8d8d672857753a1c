//! The fan as a machine: its rotor, its motor, and the forces they make.

use std::f64::consts::TAU;

use super::Speed;
use super::chance::{Chance, Purpose};
use super::resonance::{Mode, Phasor};

/// Standard gravity, in m/s².
const STANDARD_GRAVITY: f64 = 9.806_65;

/// Turns a second at full speed, to which the forces of the air are referred.
const FULL_SPEED_HZ: f64 = 2.11;

/// How much more the motor makes of its hum when it is cold.
const COLD_HUM: f64 = 0.07;

/// How many recordings the motor takes to get warm: the time constant.
const WARM_UP_RECORDINGS: f64 = 200.0;

/// How many multiples of each fundamental are kept.
pub(super) const HARMONICS: usize = 3;

/// The accelerations of one family of tones: `[axis][harmonic - 1]`, in g.
pub(super) type Tones = [[Phasor; HARMONICS]; 3];

/// A ceiling fan of 5 blades on a down-rod.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Machine {
    /// Mean turns a second at low, medium and high.
    turning_hz: [f64; 3],
    /// The mass that hangs from the rod, in kg.
    mass: f64,
    /// The unbalance that every rotor keeps, mass times radius, in kg·m; its phase is the angle on
    /// the rotor.
    residual: Phasor,
    /// The unbalance of a coin of 2.5 g taped to a blade 0.15 m from the shaft, in kg·m. It lies
    /// nearly opposite the residual one, so that the coin makes this fan *quieter*.
    coin: Phasor,
    /// The fan swinging below its hook, which every force of the rotor must go through.
    sway: Mode,
    /// What the motor makes at 2, 4 and 6 times the mains frequency, in g of force per mass, at
    /// low, medium and high.
    hum: [[f64; HARMONICS]; 3],
    /// What a passing blade makes on each axis at full speed, in g.
    blade_pass: [f64; 3],
    /// The standard deviation of what the air makes besides, at low, medium and high, in g.
    turbulence: [f64; 3],
}

impl Machine {
    /// Blades of the rotor.
    pub(super) const BLADES: f64 = 5.0;

    /// One machine of the kind; the seed decides by how little it differs from the next.
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, Purpose::Machine, 0, 0);
        let mut about =
            |value: f64, spread: f64| value * chance.between(1.0 - spread, 1.0 + spread);
        Self {
            turning_hz: [1.085, 1.74, FULL_SPEED_HZ].map(|hz| about(hz, 0.02)),
            mass: about(6.0, 0.02),
            residual: Phasor::polar(about(4.6e-4, 0.1), 0.0),
            coin: Phasor::polar(2.5e-3 * 0.15, about(150.0 / 360.0, 0.03)),
            sway: Mode { natural_hz: about(0.6, 0.05), damping: 0.1 },
            hum: [[3.7e-3, 1.3e-3, 0.4e-3], [8.8e-3, 2.2e-3, 4.6e-3], [17.8e-3, 4.5e-3, 1.6e-3]]
                .map(|speed| speed.map(|force| about(force, 0.03))),
            blade_pass: [3.5e-3, 2.6e-3, 5.0e-3].map(|g| about(g, 0.1)),
            turbulence: [1.3e-3, 2.6e-3, 4.5e-3].map(|g| about(g, 0.05)),
        }
    }

    /// Mean turns a second; 0 when off.
    pub(super) fn turning_hz(&self, speed: Speed) -> f64 {
        at_speed(&self.turning_hz, speed).copied().unwrap_or(0.0)
    }

    /// The standard deviation of the buffeting by turbulent air on each axis, in g: 0 when off.
    pub(super) fn turbulence(&self, speed: Speed) -> [f64; 3] {
        let along = at_speed(&self.turbulence, speed).copied().unwrap_or(0.0);
        [0.9, 1.2, 1.0].map(|axis| axis * along)
    }

    /// The acceleration that the rotor's unbalance would give the free fan, in g, at `turning_hz`:
    /// `m·r·ω² / M`, where the `m·r` of the residual unbalance and of the coin add as vectors.
    pub(super) fn unbalance(&self, coin: bool, turning_hz: f64) -> Phasor {
        let moment = if coin { self.residual.plus(self.coin) } else { self.residual };
        let omega = TAU * turning_hz;
        moment.scaled(omega * omega / (self.mass * STANDARD_GRAVITY))
    }

    /// What the turning shaft makes on each axis, in g, at 1, 2 and 3 times the turning speed: the
    /// unbalance, and what a shaft not quite straight makes of it at the multiples.
    pub(super) fn shaft_tones(&self, coin: bool, turning_hz: f64) -> Tones {
        // The force goes round in the plane of x and y, a quarter of a turn later on y; a little of
        // it tilts the fan, which z sees.
        let axes = [Phasor::polar(1.0, 0.0), Phasor::polar(0.95, -0.25), Phasor::polar(0.5, 0.1)];
        let multiples = [1.0, 0.35, 0.15];
        let force = self.unbalance(coin, turning_hz);
        self.hub_tones(axes.map(|axis| axis.times(force)), multiples, turning_hz)
    }

    /// What the blades make on each axis, in g, at 1, 2 and 3 times the frequency at which they
    /// pass: the pressure of the air, and so the force, grows with the square of the speed.
    pub(super) fn blade_tones(&self, turning_hz: f64) -> Tones {
        let pressure = (turning_hz / FULL_SPEED_HZ) * (turning_hz / FULL_SPEED_HZ);
        let phases = [0.0, 0.15, 0.4];
        let mut axes = [Phasor::default(); 3];
        for ((axis, amplitude), phase) in axes.iter_mut().zip(self.blade_pass).zip(phases) {
            *axis = Phasor::polar(amplitude * pressure, phase);
        }
        self.hub_tones(axes, [1.0, 0.45, 0.15], turning_hz * Self::BLADES)
    }

    /// Forces at the hub, on each axis, answered by the swinging fan.
    fn hub_tones(
        &self,
        axes: [Phasor; 3],
        multiples: [f64; HARMONICS],
        fundamental_hz: f64,
    ) -> Tones {
        let mut harmonic = 0.0;
        let answers = multiples.map(|share| {
            harmonic += 1.0;
            self.sway.acceleration(harmonic * fundamental_hz).scaled(share)
        });
        axes.map(|axis| answers.map(|answer| axis.times(answer)))
    }

    /// What the motor's pulsing torque makes on each axis, in g, at 2, 4 and 6 times the mains
    /// frequency. The fan rocks in its hook under it: `rocking` is that mode and `shape` its motion
    /// on each axis, both of which depend on how the fan hangs.
    ///
    /// `index` counts the recordings since the motor was switched on: a warm winding has more
    /// resistance and pulls less.
    pub(super) fn hum_tones(
        &self,
        speed: Speed,
        index: u64,
        rocking: Mode,
        shape: [f64; 3],
        mains_hz: f64,
    ) -> Tones {
        let Some(force) = at_speed(&self.hum, speed) else {
            return Tones::default();
        };
        let cold = libm::exp(-(index as f64) / WARM_UP_RECORDINGS);
        let warmth = 1.0 + COLD_HUM * (cold - 0.4);
        let mut harmonic = 0.0;
        let mut answers = force.map(|force| {
            harmonic += 2.0;
            rocking.acceleration(harmonic * mains_hz).scaled(force * warmth)
        });
        // A quarter of a turn late, the second harmonic leaves the swings up and down alike, as the
        // real ones are.
        answers[1] = answers[1].times(Phasor::polar(1.0, 0.25));
        shape.map(|motion| answers.map(|answer| answer.scaled(motion)))
    }
}

/// The entry of a table of low, medium and high; `None` when off.
fn at_speed<T>(table: &[T; 3], speed: Speed) -> Option<&T> {
    match speed {
        Speed::Off => None,
        Speed::Low => Some(&table[0]),
        Speed::Medium => Some(&table[1]),
        Speed::High => Some(&table[2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unbalance_grows_with_the_square_of_the_speed() {
        let machine = Machine::new(1);
        for coin in [false, true] {
            let slow = machine.unbalance(coin, 1.0).amplitude();
            let fast = machine.unbalance(coin, 3.0).amplitude();
            assert!((fast / slow - 9.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_shaft_tone_is_the_unbalance_times_the_answer_of_the_mode() {
        let machine = Machine::new(1);
        for hz in [0.3, 0.6, 1.1, 2.1, 20.0] {
            let line = machine.shaft_tones(false, hz)[0][0].amplitude();
            let gain = machine.sway.acceleration(hz).amplitude();
            assert!((line / (machine.unbalance(false, hz).amplitude() * gain) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn coin_and_residual_unbalance_add_as_vectors() {
        let machine = Machine::new(1);
        let moment = machine.residual.plus(machine.coin).amplitude();
        assert!(moment < machine.residual.amplitude());
        let ratio =
            machine.unbalance(true, 2.0).amplitude() / machine.unbalance(false, 2.0).amplitude();
        assert!((ratio - moment / machine.residual.amplitude()).abs() < 1e-12);
    }

    #[test]
    fn a_fan_that_is_off_makes_nothing() {
        let machine = Machine::new(1);
        let rocking = Mode { natural_hz: 100.0, damping: 0.04 };
        assert_eq!(machine.turning_hz(Speed::Off), 0.0);
        assert_eq!(machine.shaft_tones(true, 0.0), Tones::default());
        assert_eq!(machine.blade_tones(0.0), Tones::default());
        let hum = machine.hum_tones(Speed::Off, 0, rocking, [1.0; 3], 60.0);
        assert_eq!(hum, Tones::default());
    }
}
