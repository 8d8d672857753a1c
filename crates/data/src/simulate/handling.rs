//! The base being moved while a recording runs.

use std::f64::consts::TAU;

use super::base::{Placement, Seat, gravity};
use super::chance::Chance;

/// How long the move takes, in s.
const DURATION_S: (f64, f64) = (0.2, 0.7);

/// How the fan shakes on each axis when it is let go, in g: the largest of any move.
const SHAKE: [f64; 3] = [0.07, 0.07, 0.05];

/// How long the shaking lasts, in s, and how fast it goes, in Hz.
const SHAKE_TIME_S: f64 = 0.35;
const SHAKE_HZ: (f64, f64) = (3.0, 9.0);

/// Gravity, and what a hand adds, during one recording.
pub(super) struct Handling {
    from: Seat,
    to: Seat,
    /// When the move begins, and how long it takes, in s.
    start: f64,
    duration: f64,
    shake: [f64; 3],
    shake_hz: f64,
    at_rest: Option<[f64; 3]>,
}

impl Handling {
    /// The handling of a recording that lasts `seconds`; none where the base stays where it is.
    pub(super) fn new(placement: &Placement, seconds: f64, chance: &mut Chance) -> Self {
        let to = placement.seat;
        let from = placement.moved_from.unwrap_or(to);
        Self {
            from,
            to,
            start: seconds * chance.between(-0.3, 0.7),
            duration: chance.between(DURATION_S.0, DURATION_S.1),
            shake: SHAKE.map(|most| most * chance.between(-1.0, 1.0)),
            shake_hz: chance.between(SHAKE_HZ.0, SHAKE_HZ.1),
            at_rest: placement.moved_from.is_none().then(|| gravity(to.pitch, to.roll)),
        }
    }

    /// What the sensor would read, in g, were the fan off: x, y, z at `time`, in s.
    pub(super) fn acceleration(&self, time: f64) -> [f64; 3] {
        if let Some(gravity) = self.at_rest {
            return gravity;
        }
        let since = time - self.start;
        let done = (since / self.duration).clamp(0.0, 1.0);
        // The smooth step leaves and arrives without a jerk.
        let done = done * done * (3.0 - 2.0 * done);
        let between = |from: f64, to: f64| from + done * (to - from);
        let mut felt =
            gravity(between(self.from.pitch, self.to.pitch), between(self.from.roll, self.to.roll));
        if since > 0.0 {
            let swing = libm::exp(-since / SHAKE_TIME_S) * libm::sin(TAU * self.shake_hz * since);
            for (axis, shake) in felt.iter_mut().zip(self.shake) {
                *axis += shake * swing;
            }
        }
        felt
    }
}
