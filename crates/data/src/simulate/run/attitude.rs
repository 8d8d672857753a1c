//! How the sensor is turned while a recording runs, and what the hand adds that turns it.

use std::f64::consts::TAU;

use super::super::chance::{Chance, Purpose};
use super::super::{AXES, State};
use super::{Run, Turn};

/// By how much a hand turns the sensor, in degrees: from a finger laid on it to a sensor that is pressed home.
const TURNED_DEG: (f64, f64) = (0.2, 3.0);

/// How long it takes to turn it, and how long it stays so, in s.
const TURNING_S: f64 = 0.12;
const HELD_S: (f64, f64) = (0.2, 0.6);

/// How a hand trembles, in Hz, and by how much on each axis at most, in g.
const TREMOR_HZ: (f64, f64) = (7.0, 12.0);
const TREMOR: f64 = 0.03;

/// The sensor's attitude during one recording, against the one that the machine gives it.
pub(in super::super) struct Attitude {
    /// The steady part, as a rotation vector: about a level axis, in radians.
    steady: [f64; AXES],
    touch: Option<Touch>,
}

/// A hand on the sensor.
struct Touch {
    /// How far it turns it, as a rotation vector in radians.
    turned: [f64; AXES],
    /// When it comes, and how long it stays, in s.
    start: f64,
    held: f64,
    tremor: [f64; AXES],
    tremor_hz: f64,
}

impl Attitude {
    /// That of a recording of `seconds`; `None` where the sensor sits as always, and nobody touches it.
    pub(in super::super) fn of(
        run: &Run,
        seed: u64,
        state: State,
        index: u64,
        seconds: f64,
    ) -> Option<Self> {
        let steady = run.turn.filter(|turn| index >= turn.at).map(|Turn { degrees, .. }| {
            let mut chance = Chance::new(seed, Purpose::Turn, state.group(), 0);
            level(degrees, chance.uniform())
        });
        let touch = run.touched.contains(&index).then(|| {
            let chance = Chance::new(seed, Purpose::Touch, state.group(), index);
            Touch::new(seconds, chance)
        });
        let any = steady.is_some() || touch.is_some();
        any.then(|| Self { steady: steady.unwrap_or_default(), touch })
    }

    /// What the sensor reads at `time`, in s, of what it would read had nobody touched it, in g.
    pub(in super::super) fn felt(&self, time: f64, acceleration: [f64; AXES]) -> [f64; AXES] {
        let Some(touch) = &self.touch else { return rotated(self.steady, acceleration) };
        let there = touch.there(time);
        let mut turned = self.steady;
        turned.iter_mut().zip(touch.turned).for_each(|(sum, more)| *sum += there * more);
        let mut felt = rotated(turned, acceleration);
        let tremor = there * libm::sin(TAU * touch.tremor_hz * time);
        felt.iter_mut().zip(touch.tremor).for_each(|(axis, size)| *axis += size * tremor);
        felt
    }
}

impl Touch {
    fn new(seconds: f64, mut chance: Chance) -> Self {
        let (least, most) = TURNED_DEG;
        let degrees = least * libm::pow(most / least, chance.uniform());
        Self {
            turned: level(degrees, chance.uniform()),
            start: seconds * chance.between(0.0, 0.6),
            held: chance.between(HELD_S.0, HELD_S.1),
            tremor: [0; AXES].map(|_| TREMOR * chance.between(-1.0, 1.0)),
            tremor_hz: chance.between(TREMOR_HZ.0, TREMOR_HZ.1),
        }
    }

    /// How much of the hand is on the sensor at `time`: from 0 to 1 and back, each without a jerk.
    fn there(&self, time: f64) -> f64 {
        let since = time - self.start;
        let smooth = |since: f64| {
            let done = (since / TURNING_S).clamp(0.0, 1.0);
            done * done * (3.0 - 2.0 * done)
        };
        smooth(since) - smooth(since - self.held)
    }
}

/// A turn about an axis at right angles to z, which points at `turns` in the plane of x and y.
fn level(degrees: f64, turns: f64) -> [f64; AXES] {
    let (sine, cosine) = libm::sincos(TAU * turns);
    [cosine, sine, 0.0].map(|along| degrees.to_radians() * along)
}

/// A vector turned by a rotation vector (O. Rodrigues 1840).
fn rotated(turn: [f64; AXES], [x, y, z]: [f64; AXES]) -> [f64; AXES] {
    let [a, b, c] = turn;
    let angle = libm::sqrt(a * a + b * b + c * c);
    if angle == 0.0 {
        return [x, y, z];
    }
    let (sine, cosine) = libm::sincos(angle);
    let [a, b, c] = turn.map(|part| part / angle);
    let along = (1.0 - cosine) * (a * x + b * y + c * z);
    [
        cosine * x + sine * (b * z - c * y) + along * a,
        cosine * y + sine * (c * x - a * z) + along * b,
        cosine * z + sine * (a * y - b * x) + along * c,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_a_turn_about_x_takes_y_to_z() {
        let [x, y, z] = rotated([TAU / 4.0, 0.0, 0.0], [1.0, 2.0, 3.0]);
        assert!((x - 1.0).abs() < 1e-12 && (y + 3.0).abs() < 1e-12 && (z - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_hand_comes_and_goes() {
        let touch = Touch::new(1.0, Chance::new(1, Purpose::Touch, 0, 0));
        assert_eq!(touch.there(touch.start), 0.0);
        assert!((touch.there(touch.start + TURNING_S) - 1.0).abs() < 1e-12);
        assert!(touch.there(touch.start + touch.held + TURNING_S).abs() < 1e-12);
    }
}
