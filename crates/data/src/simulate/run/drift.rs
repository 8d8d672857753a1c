//! How loud a machine is today: a level that wanders slowly.

use super::super::chance::Chance;
use super::change::{Change, amplitude};

/// The shortest period, in recordings, and how many octaves of periods there are above it: 16 to 1024.
const SHORTEST: f64 = 16.0;
const OCTAVES: u32 = 7;

/// The change of a recording whose levels wander by so many dB, a standard deviation: hum, hub and air each by itself.
///
/// Each octave of periods has as much of it as the next, which is flicker noise (R. F. Voss and J. Clarke, *1/f noise in
/// music*, 1978): however long one looks, there is wandering that takes as long. Tones at drawn phases are known at every
/// index without the ones before it, which a walk is not.
pub(super) fn drift(decibels: f64, index: u64, mut chance: Chance) -> Change {
    let mut factor = || amplitude(decibels * wandering(index as f64, &mut chance));
    let hum = factor();
    Change { hum: [hum; 3], hub: factor(), air: factor(), ..Change::NONE }
}

/// A level at a time in recordings: of mean 0 and variance 1 over a long time.
fn wandering(time: f64, chance: &mut Chance) -> f64 {
    let (mut period, mut level) = (SHORTEST, 0.0);
    for _ in 0..OCTAVES {
        let turns = time / (period * chance.between(0.75, 1.35)) + chance.uniform();
        level += libm::sin(std::f64::consts::TAU * (turns - libm::floor(turns)));
        period *= 2.0;
    }
    level * libm::sqrt(2.0 / f64::from(OCTAVES))
}

#[cfg(test)]
mod tests {
    use super::super::super::chance::Purpose;
    use super::*;

    #[test]
    fn levels_wander_by_the_standard_deviation_that_was_asked_for() {
        let decibels = 0.5;
        let mut squares = [0.0; 3];
        let (seeds, indexes) = (40, 2048);
        for seed in 0..seeds {
            for index in 0..indexes {
                let change = drift(decibels, index, Chance::new(seed, Purpose::Drift, 0, 0));
                for (square, factor) in
                    squares.iter_mut().zip([change.hum[0], change.hub, change.air])
                {
                    *square += (20.0 * factor.log10()).powi(2);
                }
            }
        }
        for square in squares {
            let sd = (square / (seeds * indexes) as f64).sqrt();
            assert!((sd - decibels).abs() < 0.05, "{sd} dB");
        }
    }

    #[test]
    fn neighbours_are_alike() {
        let hum =
            |index| 20.0 * drift(1.0, index, Chance::new(1, Purpose::Drift, 0, 0)).hum[0].log10();
        let step =
            (0..2000).map(|index| (hum(index + 1) - hum(index)).powi(2)).sum::<f64>() / 2000.0;
        assert!(step.sqrt() < 0.3, "{} dB", step.sqrt());
    }
}
