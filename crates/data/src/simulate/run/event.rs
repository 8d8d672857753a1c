//! Something else that is heard in one recording, and in no other.

use std::f64::consts::TAU;

use super::super::chance::{Chance, Purpose};
use super::super::{AXES, State};
use super::Run;

/// What happens near the machine: a vibration that comes and goes along one direction.
pub(in super::super) struct Event {
    /// When it comes, in s after the first reading.
    start: f64,
    /// How fast it rises and dies away, in s.
    rise: f64,
    decay: f64,
    hz: f64,
    /// Its size on each axis, in g.
    size: [f64; AXES],
}

/// The kinds: size in g, rise and decay in s, frequency in Hz, each drawn between two.
#[rustfmt::skip]
const KINDS: [[(f64, f64); 4]; 3] = [
    // A knock at the frame.
    [(0.15, 0.5), (0.002, 0.004), (0.03, 0.12), (25.0, 60.0)],
    // A door that falls shut: the ceiling swings.
    [(0.05, 0.15), (0.02, 0.05), (0.15, 0.4), (6.0, 14.0)],
    // A lorry that passes.
    [(0.03, 0.08), (0.2, 0.4), (0.5, 2.0), (10.0, 22.0)],
];

impl Event {
    /// That of a recording of `seconds`; `None` where nothing happens.
    pub(in super::super) fn of(
        run: &Run,
        seed: u64,
        state: State,
        index: u64,
        seconds: f64,
    ) -> Option<Self> {
        if !run.strange.contains(&index) {
            return None;
        }
        let mut chance = Chance::new(seed, Purpose::Event, state.group(), index);
        let kind = KINDS.get((chance.uniform() * KINDS.len() as f64) as usize)?;
        let [size, rise, decay, hz] = kind.map(|(low, high)| chance.between(low, high));
        // Up and down more than along, as what comes through a ceiling does.
        let direction = [chance.normal(), chance.normal(), 2.0 * chance.normal()];
        let length = libm::sqrt(direction.iter().map(|part| part * part).sum());
        let start = seconds * chance.between(0.0, 0.5);
        Some(Self { start, rise, decay, hz, size: direction.map(|part| size * part / length) })
    }

    /// What it adds to each axis at `time`, in g.
    pub(in super::super) fn acceleration(&self, time: f64) -> [f64; AXES] {
        let since = time - self.start;
        if since <= 0.0 {
            return [0.0; AXES];
        }
        let envelope = (1.0 - libm::exp(-since / self.rise)) * libm::exp(-since / self.decay);
        let swing = envelope * libm::sin(TAU * self.hz * since);
        self.size.map(|size| size * swing)
    }
}
