//! Power spectra by their definition, and what the features of spectra promise.

use std::f64::consts::{LN_2, PI};

use judder_core::{Bands, Error, Feature, MIN_LENGTH, Real};
use proptest::prelude::*;

use crate::definitions::{largest, mean, moment, of_window, scale_of_window};
use crate::tolerance::{Tolerance, precision};
use crate::windows::{Axes, extract, values};

/// The length of the transform for windows of this length.
pub(crate) fn lines(length: usize) -> usize {
    [256, 128].into_iter().find(|&lines| lines <= length).unwrap_or(64)
}

/// The segments of an axis: each without its mean, times a Hann window.
fn segments(x: &[f64]) -> Vec<Vec<f64>> {
    let segment = x.len().min(lines(x.len()));
    let beyond = x.len() - segment;
    let count = (beyond as f64 / (segment as f64 / 2.0)).ceil() as usize + 1;
    let hann = |at: usize| 0.5 - 0.5 * (2.0 * PI * at as f64 / segment as f64).cos();
    let one = |at: usize| -> Vec<f64> {
        let start = if at == 0 { 0 } else { at * beyond / (count - 1) };
        let readings = &x[start..start + segment];
        let center = mean(readings);
        readings.iter().enumerate().map(|(at, x)| hann(at) * (x - center)).collect()
    };
    (0..count).map(one).collect()
}

/// The power of each line from 1 to half the sample rate: a discrete Fourier transform by its sum.
pub(crate) fn power(x: &[f64]) -> Vec<f64> {
    let (lines, segments) = (lines(x.len()), segments(x));
    let turns: Vec<f64> = (0..lines).map(|at| 2.0 * PI * at as f64 / lines as f64).collect();
    let (sines, cosines): (Vec<f64>, Vec<f64>) = turns.iter().map(|turn| turn.sin_cos()).unzip();
    let weight = lines as f64 * 3.0 / 8.0 * segments[0].len() as f64 * segments.len() as f64;
    let one = |line: usize| {
        let of = |segment: &Vec<f64>, table: &[f64]| -> f64 {
            let terms = segment.iter().enumerate();
            terms.map(|(at, x)| x * table[at * line % lines]).sum()
        };
        let squares = segments.iter().map(|s| of(s, &cosines).powi(2) + of(s, &sines).powi(2));
        let sides = if line == lines / 2 { 1.0 } else { 2.0 };
        sides * squares.sum::<f64>() / weight
    };
    (1..=lines / 2).map(one).collect()
}

/// The power of all axes together.
pub(crate) fn total(axes: &[Vec<f64>]) -> Vec<f64> {
    let powers: Vec<Vec<f64>> = axes.iter().map(|x| power(x)).collect();
    (0..powers[0].len()).map(|line| powers.iter().map(|power| power[line]).sum()).collect()
}

/// The energy in each band, none below the least that counts.
pub(crate) fn energies(power: &[f64], bands: Bands) -> Vec<f64> {
    let (count, lines) = (usize::from(bands.get()), power.len());
    let mut energies = vec![0.0; count];
    let is_octaves = Bands::octaves(bands.get()) == Ok(bands);
    for (line, power) in (1..).zip(power) {
        let end = |at: usize| match is_octaves {
            true => lines as f64 / 2f64.powi((count - 1 - at) as i32),
            false => ((at + 1) * lines / count) as f64,
        };
        energies[(0..count).find(|&at| f64::from(line) <= end(at)).unwrap()] += power;
    }
    let least = 1e-12 * energies.iter().sum::<f64>() / count as f64;
    energies.into_iter().map(|energy| energy.max(least)).collect()
}

/// The strongest line with its neighbours: its energy and its place.
fn strongest(power: &[f64]) -> [f64; 2] {
    let most = power.iter().copied().fold(0.0, f64::max);
    let best = power.iter().position(|&power| power == most).unwrap();
    let near = best.saturating_sub(1)..(best + 2).min(power.len());
    let energy: f64 = power[near.clone()].iter().sum();
    let moment: f64 = near.map(|at| (at + 1) as f64 * power[at]).sum();
    [energy, moment / energy]
}

pub(crate) fn tonal(x: &[f64]) -> [f64; 2] {
    let [energy, line] = strongest(&power(x));
    [energy.ln(), line / lines(x.len()) as f64]
}

/// How large the numbers are whose rounding shows in the logarithm of an energy, made of readings up
/// to `size`.
pub(crate) fn scale<T: Real>(energy: f64, size: f64) -> f64 {
    let (epsilon, smallest) = precision::<T>();
    1.0 + energy.ln().abs() + size / energy.sqrt() + 8.0 * smallest / (epsilon * energy)
}

/// As that; any number is right where rounding may choose another line.
pub(crate) fn scale_of_tonal<T: Real>(x: &[f64]) -> [f64; 2] {
    let power = power(x);
    let most = power.iter().copied().fold(0.0, f64::max);
    let scale_of_most = scale::<T>(most, largest(x));
    let near = most * (1.0 - 128.0 * precision::<T>().0 * scale_of_most);
    match power.iter().filter(|&&power| power >= near).count() {
        1 => [scale_of_most; 2],
        _ => [f64::INFINITY; 2],
    }
}

fn bands(count: u8) -> Bands {
    Bands::new(count).unwrap()
}

/// Noise of variance 1, of uniform numbers.
fn noise(length: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24) - 0.5
    };
    (0..length).map(|_| next() * 12f64.sqrt()).collect()
}

/// A tone of this frequency, as a share of the sample rate, about 1.
fn tone(length: usize, frequency: f64, size: f64) -> Vec<f64> {
    (0..length).map(|at| 1.0 + size * (2.0 * PI * frequency * at as f64 + 0.3).sin()).collect()
}

fn sum_of_energies(axis: &[f64], count: u8) -> f64 {
    let axes = vec![axis.to_vec()];
    values::<f64>(Feature::Bands(bands(count)), &axes).into_iter().map(f64::exp).sum()
}

/// Lengths around those at which the transform or the number of segments becomes another.
const LENGTHS: [usize; 16] =
    [MIN_LENGTH, 9, 63, 64, 65, 96, 97, 127, 128, 129, 255, 256, 257, 384, 385, 1000];

#[test]
fn windows_of_any_length_have_the_spectrum_of_the_definition() {
    for length in LENGTHS {
        let axes: Axes = (0..3).map(|axis| noise(length, axis)).collect();
        for feature in [Feature::Tonal, Feature::Bands(bands(32)), Feature::TotalBands(bands(7))] {
            let expected = of_window(feature, &axes);
            let found = values::<f64>(feature, &axes);
            assert_eq!(found.len(), expected.len());
            let scales = scale_of_window::<f64>(feature, &axes);
            for ((found, expected), scale) in found.into_iter().zip(expected).zip(scales) {
                let close = Tolerance::Summed.holds(found, expected, scale);
                assert!(close, "{feature} of {length}: {found} for {expected}");
            }
        }
    }
}

/// Parseval: the energies sum to those of the segments, but for line 0.
#[test]
fn no_energy_is_lost() {
    for length in LENGTHS {
        for count in [1, 5, 32] {
            let axis = noise(length, 7);
            let (segments, lines) = (segments(&axis), lines(length) as f64);
            let of_segment = |segment: &Vec<f64>| {
                let all = segment.iter().map(|x| x * x).sum::<f64>();
                let of_line_0 = segment.iter().sum::<f64>().powi(2) / lines;
                (all - of_line_0) / (3.0 / 8.0 * segment.len() as f64)
            };
            let expected = segments.iter().map(of_segment).sum::<f64>() / segments.len() as f64;
            let found = sum_of_energies(&axis, count);
            let close = Tolerance::Summed.holds(found, expected, 4.0 * expected);
            assert!(close, "{count} bands of {length}: {found} for {expected}");
        }
    }
}

/// Five standard deviations of a mean of so many estimates: each is worth some dozens of readings.
const NEAR_VARIANCE: f64 = 0.05;

#[test]
fn the_energies_of_noise_sum_to_its_variance() {
    for length in [64, 128, 200, 256, 1000] {
        let each = (0..200).map(|seed| sum_of_energies(&noise(length, seed * 77 + 5), 8));
        let found = each.sum::<f64>() / 200.0;
        // Of a short window the mean takes a part with it, and line 0.
        let expected = 1.0 - 2.0 / lines(length) as f64;
        assert!((found - expected).abs() < NEAR_VARIANCE, "{length}: {found}");
    }
}

#[test]
fn a_tone_lands_in_its_band_and_is_found() {
    for length in [64, 100, 128, 200, 256, 600] {
        let half = lines(length) / 2;
        for line in 4..half - 4 {
            for beside in [0.0, 0.25, 0.5] {
                let frequency = (line as f64 + beside) / lines(length) as f64;
                let axes = vec![tone(length, frequency, 0.125)];
                let [energy, found] = values::<f32>(Feature::Tonal, &axes)[..] else { panic!() };
                // An eighth of a line: what the mean over three lines leaves of a tone between two.
                let apart = (f64::from(found) - frequency).abs() * lines(length) as f64;
                assert!(apart < 0.125, "{length}: {found} for {frequency}");
                let of_sine = (0.125f64.powi(2) / 2.0).ln();
                // Three lines miss up to 5 % of what four hold.
                assert!((f64::from(energy) - of_sine).abs() < 0.06, "{length}: {energy}");
                let energies = values::<f32>(Feature::Bands(bands(8)), &axes);
                let of_all: f32 = energies.iter().map(|energy| energy.exp()).sum();
                // A Hann window spreads a tone over two lines on each side.
                let width = 3.0 / lines(length) as f64;
                let near = |at: usize| {
                    let (low, high) = bands(8).range(at, length).unwrap();
                    low - width < frequency && frequency < high + width
                };
                let there = energies.iter().enumerate().filter(|&(at, _)| near(at));
                let there: f32 = there.map(|(_, energy)| energy.exp()).sum();
                // The mean of a segment is not that of whole periods: some of it is in the first band.
                assert!(there > 0.99 * of_all, "{length}, {frequency}: {energies:?}");
            }
        }
    }
}

#[test]
fn each_line_is_in_the_band_whose_range_it_is_in() {
    for length in [8, 64, 127, 128, 200, 256, 1000] {
        for count in [1, 2, 3, 5, 8, 16, 31, 32] {
            let all = bands(count);
            let ranges: Vec<_> = (0..).map_while(|at| all.range(at, length)).collect();
            assert_eq!(ranges.len(), usize::from(count));
            assert_eq!((ranges[0].0, ranges[ranges.len() - 1].1), (0.0, 0.5));
            assert!(ranges.windows(2).all(|pair| pair[0].1 == pair[1].0));
            assert_eq!(all.range(usize::MAX, length), None);
            if length < 64 {
                continue;
            }
            let rate = lines(length) as f64;
            for line in 1..=lines(length) / 2 {
                // At half the sample rate a sine would be seen at its zeros only: it begins at 0.3.
                let axes = vec![tone(length, line as f64 / rate, 1.0)];
                let energies = values::<f64>(Feature::Bands(all), &axes);
                let alone = energies.iter().map(|energy| energy.exp()).collect::<Vec<_>>();
                let most = alone.iter().copied().fold(0.0, f64::max);
                let (low, high) = ranges[alone.iter().position(|&e| e == most).unwrap()];
                // Two thirds are in the line itself.
                let at = line as f64 / rate;
                assert!(low < at && at <= high, "{length} {count}: {line} in {low}");
            }
        }
    }
}

#[test]
fn a_band_without_energy_counts_as_the_least() {
    // A tone on a line of the transform: but for rounding there is nothing beside three lines.
    let axes = vec![tone(64, 8.0 / 64.0, 1.0)];
    let found = values::<f64>(Feature::Bands(bands(32)), &axes);
    let mean = found.iter().map(|energy| energy.exp()).sum::<f64>() / 32.0;
    let least = (1e-12 * mean).ln();
    assert_eq!(found.iter().filter(|&&energy| (energy - least).abs() < 1e-9).count(), 29);
    assert!(found.iter().all(|&energy| energy > least - 1e-9));
}

#[test]
fn the_strongest_line_may_be_the_first_or_the_last() {
    let slope: Vec<f64> = (0..64).map(f64::from).collect();
    let turns: Vec<f64> = (0..64).map(|at| f64::from(at % 2)).collect();
    let found = values::<f64>(Feature::Tonal, &[slope, turns]);
    assert!(found[1] > 0.0 && found[1] < 2.0 / 64.0, "{found:?}");
    // The line beside it holds half as much twice as often: of ±½ it has a third of the energy.
    let expected = (31.0 + 2.0 * 32.0) / 3.0 / 64.0;
    assert!((found[3] - expected).abs() < 0.01, "{found:?} for {expected}");
}

proptest! {
    /// The energies of axes sum: what all have in a band is the sum of what each has.
    #[test]
    fn the_energy_of_all_is_that_of_each(
        length in MIN_LENGTH..300, count in 1..=Bands::MAX, seed: u64, axes in 1usize..8,
    ) {
        let axes: Axes = (0..axes).map(|axis| noise(length, seed ^ axis as u64)).collect();
        let each = values::<f64>(Feature::Bands(bands(count)), &axes);
        for (at, found) in values::<f64>(Feature::TotalBands(bands(count)), &axes).iter().enumerate() {
            let of_band = each.iter().skip(at).step_by(count.into());
            let expected = of_band.map(|energy| energy.exp()).sum::<f64>().ln();
            prop_assert!(Tolerance::Summed.holds(*found, expected, 1.0));
        }
    }

    #[test]
    fn twice_the_readings_have_four_times_the_energy(length in MIN_LENGTH..300, seed: u64) {
        let axis = noise(length, seed);
        let before = values::<f32>(Feature::Tonal, std::slice::from_ref(&axis));
        let after = values::<f32>(Feature::Tonal, &[axis.iter().map(|x| 2.0 * x).collect()]);
        let expected = f64::from(before[0]) + 2.0 * LN_2;
        prop_assert!(Tolerance::Close.holds(after[0], expected, 1.0));
        prop_assert_eq!(after[1], before[1]);
        prop_assert!(after[1] > 0.0 && after[1] <= 0.5);
        prop_assert!(f64::from(after[0]) <= (4.0 * 3.0 * moment(&axis, 2)).ln() + 1.0);
    }
}

/// The bits of numbers, of which none is a NaN.
fn bits<T: Real>(values: &[T]) -> Vec<u64> {
    values.iter().map(|x| x.to_f64().to_bits()).collect()
}

/// The numbers of a set are those of its features alone, one after the other.
fn as_alone<T: Real>(set: &str, axes: &Axes) -> Result<(), TestCaseError> {
    let found = extract::<T>(&set.parse().unwrap(), axes);
    let mut alone = Vec::new();
    for name in set.split('+') {
        match extract::<T>(&name.parse().unwrap(), axes) {
            Ok(values) => alone.extend(values),
            // What comes first is said, counted in the set.
            Err(Error::NotRepresentable { feature }) => {
                let feature = alone.len() + feature;
                prop_assert_eq!(
                    found.map(|_| ()),
                    Err(Error::NotRepresentable { feature }),
                    "{}",
                    set
                );
                return Ok(());
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
    prop_assert_eq!(bits(&found.unwrap()), bits(&alone), "{}", set);
    Ok(())
}

proptest! {
    /// In any order, with features of no spectrum among them, and some left out.
    #[test]
    fn together_they_have_the_bits_that_each_has_alone(
        axes in (16..700_usize, 1..=8_usize).prop_flat_map(|(length, axes)| {
            vec![prop::collection::vec(-20.0..20.0f64, length); axes]
        }),
        small in prop_oneof![4 => Just(1.0), 1 => Just(1e-22)],
        counts in (1..=32u8, 1..=32u8, 1..=6u8),
        order in Just([0, 1, 2, 3, 4, 5]).prop_shuffle(),
        left_out in 0..=5_usize,
    ) {
        let axes: Axes = axes.iter().map(|axis| axis.iter().map(|x| x * small).collect()).collect();
        let (bands, total, octaves) = counts;
        let names = [
            format!("bands:{bands}"),
            format!("total-bands:{total}"),
            format!("total-octaves:{octaves}"),
            "tonal".to_owned(),
            "log-cov".to_owned(),
            "std".to_owned(),
        ];
        let set: Vec<&str> = order[left_out..].iter().map(|&at| names[at].as_str()).collect();
        as_alone::<f32>(&set.join("+"), &axes)?;
        as_alone::<f64>(&set.join("+"), &axes)?;
    }
}
