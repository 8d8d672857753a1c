//! Seeded random draws, equal bit for bit on every platform.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of draws is for; streams of different purpose never share numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// How one machine differs from the next of its kind.
    Machine,
    /// Where the base is put, and when.
    Base,
    /// Everything that differs from one recording to the next.
    Recording,
    /// At which speed a recording is, where they are mixed.
    Speeds,
    /// What a cold machine does otherwise.
    WarmUp,
    /// What another load makes otherwise.
    LoadStep,
    /// How levels wander.
    Drift,
    /// How a sensor sits after it was touched.
    Turn,
    /// A hand on the sensor.
    Touch,
    /// Something else that happens.
    Event,
    /// When a damaged bearing is struck.
    Bearing,
    /// Which recordings of a run something happens in.
    Drawn,
}

/// A stream of draws that depends only on the fan's seed, the purpose, and two numbers within it.
///
/// Deriving each stream afresh, and not from the one before it, is what lets recordings be made in
/// any order or in parallel with equal results.
pub(super) struct Chance {
    generator: ChaCha8Rng,
    /// The second of a pair of normal draws, kept for the next call.
    spare: Option<f64>,
}

impl Chance {
    pub(super) fn new(seed: u64, purpose: Purpose, group: u64, member: u64) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, group, member]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self { generator: ChaCha8Rng::from_seed(key), spare: None }
    }

    /// A draw from the uniform distribution over `[0, 1)`, on a grid of 2⁻⁵³.
    pub(super) fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A draw from the uniform distribution over `[low, high)`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A draw from the normal distribution with mean 0 and standard deviation 1.
    ///
    /// Box and Muller's transform (*A Note on the Generation of Random Normal Deviates*, 1958):
    /// its logarithm, root, sine and cosine come from `libm`, never from the platform.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        let (sine, cosine) = libm::sincos(TAU * self.uniform());
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// A factor around 1 whose logarithm is normal with the standard deviation `spread`.
    pub(super) fn factor(&mut self, spread: f64) -> f64 {
        libm::exp(spread * self.normal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_draws_have_mean_0_and_variance_1() {
        let mut chance = Chance::new(1, Purpose::Recording, 0, 0);
        let draws: Vec<f64> = (0..100_000).map(|_| chance.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn every_part_of_the_address_changes_the_stream() {
        let first = |seed, purpose, group, member| {
            Chance::new(seed, purpose, group, member).generator.next_u64()
        };
        let here = first(1, Purpose::Base, 2, 3);
        assert_eq!(here, first(1, Purpose::Base, 2, 3));
        assert_ne!(here, first(0, Purpose::Base, 2, 3));
        assert_ne!(here, first(1, Purpose::Machine, 2, 3));
        assert_ne!(here, first(1, Purpose::Base, 3, 2));
        assert_ne!(here, first(1, Purpose::Base, 2, 4));
    }
}
