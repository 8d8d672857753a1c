//! What the sensor is shaken by, moment by moment: the tones of shaft, blades and motor.

use std::f64::consts::TAU;

use super::base::Placement;
use super::chance::Chance;
use super::machine::{HARMONICS, Machine, Tones};
use super::resonance::Phasor;
use super::run::Change;
use super::{AXES, State};

/// The mains frequency, in Hz, and by how much it is off from recording to recording.
const MAINS_HZ: (f64, f64) = (60.0, 0.01);

/// By how much the mains voltage, and with it the hum, differs from recording to recording.
const MAINS_VOLTAGE_SPREAD: f64 = 0.012;

/// The standard deviation of the shaft's speed about its mean, as a ratio, and how long it takes to
/// forget an excursion, in s: an Ornstein-Uhlenbeck process.
const SPEED_WANDER: (f64, f64) = (0.012, 8.0);

/// The vibration of one recording.
pub(super) struct Vibration {
    /// The tones of the shaft, of the passing blades and of the motor, in g.
    shaft: Tones,
    blades: Tones,
    hum: Tones,
    mains_hz: f64,
    /// Where the mains was in its cycle when the recording began, in turns.
    mains_turns: f64,
    /// Where the shaft is at the present reading, in turns, and its mean turns a second.
    shaft_turns: f64,
    turning_hz: f64,
    /// How far the speed is from its mean, in standard deviations; and, for one step from reading
    /// to reading, how much of that is kept and how much is drawn anew.
    wander: f64,
    kept: f64,
    drawn: f64,
    /// The time between readings, in s.
    step: f64,
}

impl Vibration {
    pub(super) fn new(
        machine: &Machine,
        state: State,
        index: u64,
        placement: &Placement,
        change: &Change,
        rate_hz: f64,
        chance: &mut Chance,
    ) -> Self {
        let turning_hz = change.turning * machine.turning_hz(state.speed);
        let mains_hz = MAINS_HZ.0 + MAINS_HZ.1 * chance.normal();
        let voltage = chance.factor(MAINS_VOLTAGE_SPREAD);
        let rocking = placement.seat.rocking(chance);
        let swing = change.hub * placement.seat.swing;
        let hum = machine.hum_tones(state.speed, index, rocking, placement.seat.shape, mains_hz);
        let step = 1.0 / rate_hz;
        let kept = libm::exp(-step / SPEED_WANDER.1);
        Self {
            shaft: scaled(
                machine.shaft_tones(state.coin, turning_hz),
                swing,
                [1.0; HARMONICS],
                change.axes,
            ),
            blades: scaled(machine.blade_tones(turning_hz), swing, [1.0; HARMONICS], change.axes),
            hum: scaled(hum, voltage, change.hum, change.axes),
            mains_hz,
            mains_turns: chance.uniform(),
            shaft_turns: chance.uniform(),
            turning_hz,
            wander: chance.normal(),
            kept,
            drawn: libm::sqrt(1.0 - kept * kept),
            step,
        }
    }

    /// The acceleration of `axis`, in g, `age` seconds before the present reading, which comes
    /// `time` seconds after the first.
    pub(super) fn acceleration(&self, axis: usize, time: f64, age: f64) -> f64 {
        let shaft = self.shaft_turns - age * self.speed_hz();
        // The torque pulses with the power, which goes through two cycles in each of the mains.
        let hum = 2.0 * (self.mains_turns + self.mains_hz * (time - age));
        sum(&self.shaft[axis], shaft)
            + sum(&self.blades[axis], Machine::BLADES * shaft)
            + sum(&self.hum[axis], hum)
    }

    /// Goes on to the next reading.
    pub(super) fn advance(&mut self, chance: &mut Chance) {
        self.shaft_turns += self.step * self.speed_hz();
        self.wander = self.kept * self.wander + self.drawn * chance.normal();
    }

    /// The present turns a second.
    fn speed_hz(&self) -> f64 {
        self.turning_hz * (1.0 + SPEED_WANDER.0 * self.wander)
    }
}

/// Tones that are louder by a factor, by one for each multiple, and by one for each axis.
fn scaled(mut tones: Tones, by: f64, multiples: [f64; HARMONICS], axes: [f64; AXES]) -> Tones {
    for (axis, moved) in tones.iter_mut().zip(axes) {
        for (tone, multiple) in axis.iter_mut().zip(multiples) {
            *tone = tone.scaled(by).scaled(multiple).scaled(moved);
        }
    }
    tones
}

/// A family of tones at the angle `turns` of its fundamental.
fn sum(tones: &[Phasor; HARMONICS], turns: f64) -> f64 {
    let (sine, cosine) = libm::sincos(TAU * (turns - libm::floor(turns)));
    let once = Phasor { re: cosine, im: sine };
    let mut turned = once;
    let mut total = 0.0;
    for tone in tones {
        total += tone.re * turned.re - tone.im * turned.im;
        turned = turned.times(once);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_add_up_at_multiples_of_the_angle() {
        let tones = [Phasor::polar(3.0, 0.1), Phasor::polar(2.0, 0.0), Phasor::polar(1.0, -0.2)];
        for turns in [-2.3, 0.0, 0.4, 77.7] {
            let direct = 3.0 * libm::cos(TAU * (turns + 0.1))
                + 2.0 * libm::cos(TAU * 2.0 * turns)
                + libm::cos(TAU * (3.0 * turns - 0.2));
            assert!((sum(&tones, turns) - direct).abs() < 1e-9);
        }
    }
}
