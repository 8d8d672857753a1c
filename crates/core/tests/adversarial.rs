//! Windows that no sensor should give: a finite score or a typed error, and never an allocation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use judder_core::{
    Activation, Autoencoder, Dense, Detector, Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES,
    Mahalanobis, Readings, Real, Score, packed_len,
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

/// The most numbers that a layer here gives.
const WIDEST: usize = MAX_FEATURES + 1;

/// The numbers of a network of three layers, wider in its middle; most of its weights are ordinary.
fn any_network<T: FromBits>(n: usize, random: &mut Random) -> [(Vec<T>, Vec<T>, Activation); 3] {
    [(n, n + 1), (n + 1, 2), (2, n)].map(|(inputs, outputs)| {
        let odd = random.below(4) == 0;
        let mut number = || match random.below(if odd { 4 } else { 64 }) {
            0 => T::SPECIAL[random.below(9)],
            one => T::from_f64(one as f64 / 16.0 - 2.0),
        };
        let weights = (0..inputs * outputs).map(|_| number()).collect();
        let bias = (0..outputs).map(|_| number()).collect();
        (weights, bias, Activation::ALL[random.below(Activation::ALL.len())])
    })
}

/// Whether this is a score, and not one of the errors that a bad window may give.
fn is_score<T: Real>(found: Result<T, Error>) -> Result<bool, String> {
    match found {
        Ok(score) if score.is_finite() => Ok(true),
        Err(
            Error::NonFinite { .. }
            | Error::StuckAxis { .. }
            | Error::NotRepresentable { .. }
            | Error::ScoreNotRepresentable,
        ) => Ok(false),
        other => Err(format!("{other:?}")),
    }
}

/// Judges windows of one shape, and returns how many had a score.
fn judge<T: FromBits>(
    set: FeatureSet,
    axes: usize,
    scoring: &dyn Score<T>,
    windows: usize,
    random: &mut Random,
) -> usize {
    let mut values = [T::ZERO; MAX_AXES * LENGTH];
    let mut scratch = [T::Key::default(); LENGTH];
    let mut room = [T::ZERO; MAX_FEATURES + 2 * WIDEST];
    let detector = Detector::new(set, scoring, T::ONE, axes, LENGTH).unwrap();
    let values = &mut values[..axes * LENGTH];
    let (mut scored, mut failure) = (0, None);
    let allocations = allocation_counter::measure(|| {
        for _ in 0..windows {
            values.chunks_exact_mut(LENGTH).for_each(|axis| fill(axis, random));
            let judged = Readings::new(values, axes, LENGTH)
                .and_then(|window| detector.judge(&window, &mut scratch, &mut room));
            match is_score(judged.map(|judged| judged.score)) {
                Ok(is_score) => scored += usize::from(is_score),
                Err(other) => failure = Some(other),
            }
        }
    });
    assert_eq!(failure, None, "{set} of {axes} axes");
    assert_eq!(allocations.count_total, 0, "{set} of {axes} axes");
    scored
}

/// Judges windows of every shape by both detectors, and returns how many had a score of each.
fn judge_all<T: FromBits>() -> [usize; 2] {
    const NETWORKS: usize = 8;
    let (sets, mut random, mut scored) = (sets(), Random(1), [0, 0]);
    let windows = WINDOWS / sets.len();
    for axes in 1..=MAX_AXES {
        for &set in &sets {
            let Ok(count) = set.count(axes) else { continue };
            let (mean, whitening) = (vec![T::ZERO; count], packed_identity(count));
            let gaussian = Mahalanobis::new(&mean, &whitening).unwrap();
            scored[0] += judge(set, axes, &gaussian, windows, &mut random);
            for _ in 0..NETWORKS {
                let network = any_network::<T>(count, &mut random);
                let layers = network.each_ref().map(|(w, b, a)| Dense::new(w, b, *a).unwrap());
                let scale = vec![T::ONE; count];
                let autoencoder = Autoencoder::new(&layers, &scale).unwrap();
                scored[1] += judge(set, axes, &autoencoder, windows / NETWORKS / 4, &mut random);
            }
        }
    }
    scored
}

/// Scores features that no window gives: all bits, in networks of all finite numbers.
fn score_all<T: FromBits>() -> [usize; 2] {
    let (mut random, mut found) = (Random(2), [0, 0]);
    // Each width as often as another, up to some that take long.
    let widths = || (1..=MAX_FEATURES).filter(|n| *n <= 64 || n % 64 == MAX_FEATURES % 64);
    for n in (0..20).flat_map(|_| widths()) {
        let network = any_network::<T>(n, &mut random);
        let layers = network.each_ref().map(|(w, b, a)| Dense::new(w, b, *a).unwrap());
        let scale: Vec<T> = (0..n).map(|at| T::SPECIAL[(at + n) % 9]).collect();
        let autoencoder = Autoencoder::new(&layers, &scale).unwrap();
        let mut workspace = [T::NAN; 2 * WIDEST];
        let mut features = vec![T::ZERO; n];
        let (mut score, mut by_rest) = (None, 0);
        let allocations = allocation_counter::measure(|| {
            for kinds in [1, 9, 12] {
                features.fill_with(|| match random.below(2) {
                    0 if kinds == 12 => T::from_random(random.next()),
                    _ => T::SPECIAL[random.below(kinds)],
                });
                let all_numbers = features.iter().all(|x| x.is_finite());
                let found = autoencoder.score(&features, &mut workspace);
                by_rest += usize::from(all_numbers && found.is_ok());
                // Nothing that is not a number is scored as if it were one.
                score = Some((is_score(found), all_numbers));
                if !matches!(score, Some((Ok(false), _) | (Ok(true), true))) {
                    break;
                }
            }
        });
        assert!(matches!(score, Some((Ok(false), _) | (Ok(true), true))), "{score:?}");
        assert_eq!(allocations.count_total, 0);
        found[0] += by_rest;
        found[1] += 3 - by_rest;
    }
    found
}

#[test]
fn a_score_or_a_reason_and_no_allocation_in_f32() {
    assert!(judge_all::<f32>().iter().all(|&scored| scored > 0));
}

#[test]
fn a_score_or_a_reason_and_no_allocation_in_f64() {
    assert!(judge_all::<f64>().iter().all(|&scored| scored > 0));
}

#[test]
fn features_of_any_bits_get_a_score_or_a_reason() {
    for [scored, refused] in [score_all::<f32>(), score_all::<f64>()] {
        assert!(scored > 100 && refused > 100, "{scored} and {refused}");
    }
}

#[test]
fn the_counter_counts() {
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1u8; 100])));
    assert_eq!((counted.count_total, counted.bytes_max), (1, 100));
}
