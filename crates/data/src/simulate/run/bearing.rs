//! A damaged bearing: a resonance that is struck at nearly equal intervals.

use std::f64::consts::TAU;

use super::super::AXES;
use super::super::chance::{Chance, Purpose};
use super::super::{Run, State};

/// Strikes in a turn of the shaft: a spot on the outer ring of a bearing of eight balls.
const STRIKES_A_TURN: f64 = 3.05;

/// By what share of it an interval differs from the next, as a standard deviation: rolling elements slip (J. Antoni and
/// R. B. Randall, *A stochastic model for simulation and diagnostics of rolling element bearings*, 2003).
const SLIP: f64 = 0.02;

/// The resonance of the housing: its frequency, in Hz, and after what time it has died away to 1/e, in s.
const RESONANCE_HZ: f64 = 180.0;
const DECAY_S: f64 = 0.022;

/// A burst has died away after so many times that.
const HEARD: f64 = 12.0;

/// The bursts of one recording.
pub(in super::super) struct Bearing {
    /// When the spot is struck, in s after the first reading, in order.
    strikes: Vec<f64>,
    /// The size of a burst on each axis, in g.
    size: [f64; AXES],
}

impl Bearing {
    /// Those of a recording of `seconds` at so many turns a second; `None` where the bearing is sound or stands still.
    pub(in super::super) fn of(
        run: &Run,
        seed: u64,
        state: State,
        index: u64,
        turning_hz: f64,
        seconds: f64,
    ) -> Option<Self> {
        let interval = 1.0 / (STRIKES_A_TURN * turning_hz);
        if run.bursts_g == 0.0 || !interval.is_finite() {
            return None;
        }
        let mut chance = Chance::new(seed, Purpose::Bearing, state.group(), index);
        // What was struck just before the first reading is still heard.
        let mut strike = -HEARD * DECAY_S - interval * chance.uniform();
        let mut strikes = Vec::new();
        while strike < seconds {
            strikes.push(strike);
            strike += interval * (1.0 + SLIP * chance.normal()).max(0.5);
        }
        // The load of the bearing: across the shaft, which hangs down along z.
        Some(Self { strikes, size: [0.8, 0.5, 0.33].map(|along| run.bursts_g * along) })
    }

    /// What they add to each axis at `time`, in g.
    pub(in super::super) fn acceleration(&self, time: f64) -> [f64; AXES] {
        let heard = self.strikes.partition_point(|strike| *strike <= time - HEARD * DECAY_S);
        let strikes = self.strikes.iter().skip(heard).take_while(|strike| **strike < time);
        let swing: f64 = strikes
            .map(|strike| {
                let since = time - strike;
                libm::exp(-since / DECAY_S) * libm::sin(TAU * RESONANCE_HZ * since)
            })
            .sum();
        self.size.map(|size| size * swing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Speed;

    const LOW: State = State { speed: Speed::Low, coin: false, moved: false };

    #[test]
    fn a_sound_bearing_and_one_that_stands_still_are_silent() {
        assert!(Bearing::of(&Run::default(), 1, LOW, 0, 1.0, 1.0).is_none());
        let run = Run { bursts_g: 0.1, ..Run::default() };
        assert!(Bearing::of(&run, 1, LOW, 0, 0.0, 1.0).is_none());
    }

    #[test]
    fn the_spot_is_struck_three_times_a_turn() {
        let run = Run { bursts_g: 0.1, ..Run::default() };
        let bearing = Bearing::of(&run, 1, LOW, 0, 2.0, 100.0).unwrap();
        let struck = bearing.strikes.iter().filter(|strike| **strike >= 0.0).count() as f64;
        assert!((struck / 100.0 / 2.0 - 3.05).abs() < 0.03, "{struck} in 100 s");
    }
}
