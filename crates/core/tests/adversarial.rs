//! Windows that no sensor should give: a finite score or a typed error, and never an allocation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use judder_core::{
    Detector, Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES, Mahalanobis, Readings, Real,
    packed_len,
};

const LENGTH: usize = 64;
const WINDOWS: usize = 20_000;

/// SplitMix64 (Steele, Lea and Flood 2014): numbers without an allocation.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// The number types, by their bits.
trait FromBits: Real {
    const SPECIAL: [Self; 12];
    fn from_random(bits: u64) -> Self;
}

macro_rules! from_bits {
    ($float:ident, $bits:ident) => {
        impl FromBits for $float {
            const SPECIAL: [Self; 12] = [
                0.0,
                -0.0,
                1.0,
                1.0 + $float::EPSILON,
                $float::MAX,
                -$float::MAX,
                $float::MIN_POSITIVE,
                $float::MIN_POSITIVE / 2.0,
                $float::MIN_POSITIVE * $float::EPSILON,
                $float::INFINITY,
                $float::NEG_INFINITY,
                $float::NAN,
            ];

            fn from_random(bits: u64) -> Self {
                Self::from_bits(bits as $bits)
            }
        }
    };
}

from_bits!(f32, u32);
from_bits!(f64, u64);

/// Fills one axis in one of many ways, most of them finite.
fn fill<T: FromBits>(axis: &mut [T], random: &mut Random) {
    let finite = |random: &mut Random| T::SPECIAL[random.below(9)];
    let (one, other) = (finite(random), finite(random));
    let any = |random: &mut Random| T::from_random(random.next());
    match random.below(8) {
        // Any bits at all: every kind of NaN, infinities, subnormals.
        0 => axis.fill_with(|| any(random)),
        1 => axis.fill_with(|| T::SPECIAL[random.below(12)]),
        2 => axis.fill_with(|| finite(random)),
        // Stuck.
        3 => axis.fill(one),
        // Almost stuck: one spike.
        4 => {
            axis.fill(one);
            axis[random.below(LENGTH)] = other;
        }
        // Alternating, as far apart as can be.
        5 => {
            axis.iter_mut().step_by(2).for_each(|x| *x = T::SPECIAL[4]);
            axis.iter_mut().skip(1).step_by(2).for_each(|x| *x = T::SPECIAL[5]);
        }
        // Any finite bits.
        6 => axis.fill_with(|| {
            loop {
                let x = any(random);
                if x.is_finite() {
                    return x;
                }
            }
        }),
        _ => axis.fill_with(|| if random.below(2) == 0 { one } else { other }),
    }
}

/// Each feature alone, all together, and some of them.
fn sets() -> Vec<FeatureSet> {
    let mut sets: Vec<FeatureSet> =
        Feature::ALL.iter().map(|&feature| FeatureSet::new(&[feature]).unwrap()).collect();
    sets.push(FeatureSet::new(&Feature::ALL).unwrap());
    sets.extend(
        ["log-mad+correlation", "kurtosis+skewness+crest"]
            .map(|name| name.parse::<FeatureSet>().unwrap()),
    );
    sets
}

fn packed_identity<T: Real>(n: usize) -> Vec<T> {
    let mut packed = vec![T::ZERO; packed_len(n)];
    (0..n).for_each(|row| packed[packed_len(row) + row] = T::ONE);
    packed
}

/// Judges windows of every shape, and returns how many had a score.
fn judge_all<T: FromBits>() -> usize {
    let (sets, mut random, mut scored) = (sets(), Random(1), 0);
    let mut values = [T::ZERO; MAX_AXES * LENGTH];
    let mut scratch = [T::Key::default(); LENGTH];
    let mut features = [T::ZERO; MAX_FEATURES];
    for axes in 1..=MAX_AXES {
        for &set in &sets {
            let Ok(count) = set.count(axes) else { continue };
            let (mean, whitening) = (vec![T::ZERO; count], packed_identity(count));
            let gaussian = Mahalanobis::new(&mean, &whitening).unwrap();
            let detector = Detector::new(set, gaussian, T::ONE, axes, LENGTH).unwrap();
            let values = &mut values[..axes * LENGTH];
            let mut failure = None;
            let allocations = allocation_counter::measure(|| {
                for _ in 0..WINDOWS / sets.len() {
                    values.chunks_exact_mut(LENGTH).for_each(|axis| fill(axis, &mut random));
                    let judged = Readings::new(values, axes, LENGTH)
                        .and_then(|window| detector.judge(&window, &mut scratch, &mut features));
                    match judged {
                        Ok(judged) if judged.score.is_finite() => scored += 1,
                        Err(
                            Error::NonFinite { .. }
                            | Error::StuckAxis { .. }
                            | Error::NotRepresentable { .. }
                            | Error::ScoreNotRepresentable,
                        ) => {}
                        other => failure = Some(other),
                    }
                }
            });
            assert_eq!(failure, None, "{set} of {axes} axes");
            assert_eq!(allocations.count_total, 0, "{set} of {axes} axes");
        }
    }
    scored
}

#[test]
fn a_score_or_a_reason_and_no_allocation_in_f32() {
    assert!(judge_all::<f32>() > 0);
}

#[test]
fn a_score_or_a_reason_and_no_allocation_in_f64() {
    assert!(judge_all::<f64>() > 0);
}

#[test]
fn the_counter_counts() {
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!((counted.count_total, counted.bytes_max), (1, 100));
}
