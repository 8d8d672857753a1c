extern crate std;
use std::f64::consts::PI;
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::MIN_LENGTH;
use crate::fourier::{Complex, place};
use crate::moments::mean;

/// The powers of one segment, by one stage after the other and with every multiplication: what scores had when the first
/// models were made, and have to have.
fn stage_by_stage<T: Real>(welch: &Welch<T>, readings: &[T]) -> Vec<T> {
    let count = welch.lines / 2;
    let mut pairs = vec![[T::ZERO; 2]; count];
    let center = mean(readings);
    for (at, &x) in readings.iter().enumerate() {
        let near = at.min(welch.segment - at);
        pairs[place(at / 2, count)][at % 2] = (x - center) * welch.taper[near];
    }
    let mut half = 1;
    while half < count {
        for block in pairs.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (at, (x, y)) in low.iter_mut().zip(high).enumerate() {
                let [cosine, sine] = T::TURNS[at * 128 / half];
                let ([a, b], [c, d]) = (*x, *y);
                let (re, im) = (c * cosine + d * sine, d * cosine - c * sine);
                (*x, *y) = ([a + re, b + im], [a - re, b - im]);
            }
        }
        half *= 2;
    }
    let line = |at: usize| {
        let ([a, b], [c, d]): (Complex<T>, Complex<T>) = (pairs[at % count], pairs[count - at]);
        let (even, odd) =
            ([(a + c) * T::HALF, (b - d) * T::HALF], [(b + d) * T::HALF, (c - a) * T::HALF]);
        let [cosine, sine] = T::TURNS[at * 128 / count];
        let re = even[0] + (odd[0] * cosine + odd[1] * sine);
        let im = even[1] + (odd[1] * cosine - odd[0] * sine);
        let power = re * re + im * im;
        if at == count { power * T::HALF } else { power }
    };
    (1..=count).map(line).collect()
}

/// The same by the definition, in double precision.
fn by_definition(welch: &Welch<f64>, readings: &[f64]) -> Vec<f64> {
    let center = readings.iter().sum::<f64>() / readings.len() as f64;
    let line = |line: usize| {
        let (mut re, mut im) = (0.0, 0.0);
        for (at, x) in readings.iter().enumerate() {
            let hann = 0.5 - 0.5 * (2.0 * PI * at as f64 / welch.segment as f64).cos();
            let weight = 16.0 / 3.0 / (welch.lines * welch.segment * welch.segments) as f64;
            let angle = 2.0 * PI * (line * at % welch.lines) as f64 / welch.lines as f64;
            let tapered = (x - center) * hann * weight.sqrt();
            re += tapered * angle.cos();
            im -= tapered * angle.sin();
        }
        let power = re * re + im * im;
        if line == welch.lines / 2 { power / 2.0 } else { power }
    };
    (1..=welch.lines / 2).map(line).collect()
}

fn powers_of<const LINES: usize>(length: usize, readings: &[f64]) -> Vec<f64> {
    let mut spectrum = Spectrum::<f64, LINES>::new(length);
    spectrum.add(core::iter::once(readings), &mut Sums::Together, |_, _| {});
    spectrum.power().to_vec()
}

fn bits<T: Real>(power: &[T]) -> Vec<u64> {
    power.iter().map(|x| x.to_f64().to_bits()).collect()
}

/// What is computed with: all lanes, or one segment after the other.
type Add<T, const LINES: usize> =
    fn(&mut Spectrum<T, LINES>, &[&[T]], &mut Sums<'_, T>, &mut dyn FnMut(usize, &[T]));

/// The bits of the powers of all axes together, of each, and of each and all.
fn computed<T: Real, const LINES: usize>(
    length: usize,
    axes: &[&[T]],
    add: Add<T, LINES>,
) -> Vec<Vec<u64>> {
    let mut together = Spectrum::<T, LINES>::new(length);
    add(&mut together, axes, &mut Sums::Together, &mut |_, _| unreachable!());
    let mut all = vec![bits(together.power())];
    for room in [0, LINES] {
        let mut total = vec![T::ZERO; room];
        let mut each = Vec::new();
        let mut apart = Spectrum::<T, LINES>::new(length);
        add(&mut apart, axes, &mut Sums::Apart(&mut total), &mut |axis, power| {
            assert_eq!(axis, each.len());
            each.push(bits(power));
        });
        all.extend(each);
        all.extend(total.get(..LINES).map(bits));
    }
    all
}

fn check<T: Real>(length: usize, axes: &[Vec<f64>]) {
    match crate::welch::lines(length) / 2 {
        32 => check_lines::<T, 32>(length, axes),
        64 => check_lines::<T, 64>(length, axes),
        _ => check_lines::<T, 128>(length, axes),
    }
}

fn check_lines<T: Real, const LINES: usize>(length: usize, axes: &[Vec<f64>]) {
    let axes: Vec<Vec<T>> =
        axes.iter().map(|axis| axis.iter().map(|&x| T::from_f64(x)).collect()).collect();
    let slices: Vec<&[T]> = axes.iter().map(Vec::as_slice).collect();
    let welch = Welch::<T>::new(length);
    let sums = |some: &[&[T]]| {
        let mut sums = vec![T::ZERO; welch.lines / 2];
        for segment in some.iter().flat_map(|readings| welch.segments_of(readings)) {
            let powers = stage_by_stage(&welch, segment);
            sums.iter_mut().zip(powers).for_each(|(sum, one)| *sum += one);
        }
        bits(&sums)
    };
    let each = || slices.iter().map(|&one| sums(&[one]));
    let all = || core::iter::once(sums(&slices));
    let expected: Vec<Vec<u64>> = all().chain(each()).chain(each()).chain(all()).collect();
    let alone: Add<T, LINES> = |spectrum, axes, sums, done| {
        spectrum.add_alone(axes.iter().copied(), sums, done);
    };
    assert_eq!(computed(length, &slices, alone), expected, "one after the other");
    let any: Add<T, LINES> = |spectrum, axes, sums, done| {
        spectrum.add(axes.iter().copied(), sums, done);
    };
    assert_eq!(computed(length, &slices, any), expected, "side by side");
}

fn axes(most: usize, scale: f64) -> impl Strategy<Value = Vec<Vec<f64>>> {
    (MIN_LENGTH..700, 1..=most).prop_flat_map(move |(length, axes)| {
        vec![proptest::collection::vec(-scale..scale, length); axes]
    })
}

proptest! {
    #[test]
    fn powers_have_the_bits_of_stage_by_stage(axes in axes(8, 20.0)) {
        check::<f32>(axes[0].len(), &axes);
        check::<f64>(axes[0].len(), &axes);
    }

    #[test]
    fn so_they_have_of_numbers_near_nothing_and_near_everything(
        axes in axes(2, 1.0), tiny in -44_i32..-30, huge in 10_i32..18
    ) {
        for power in [tiny, huge] {
            let scaled: Vec<Vec<f64>> = axes
                .iter()
                .map(|axis| axis.iter().map(|x| x * 10_f64.powi(power)).collect())
                .collect();
            check::<f32>(axes[0].len(), &scaled);
        }
    }

    #[test]
    fn powers_are_those_of_the_definition(axes in axes(1, 20.0)) {
        let (length, readings) = (axes[0].len(), axes[0].as_slice());
        let welch = Welch::<f64>::new(length);
        let mut expected = vec![0.0; welch.lines / 2];
        for segment in welch.segments_of(readings) {
            let powers = by_definition(&welch, segment);
            expected.iter_mut().zip(powers).for_each(|(sum, one)| *sum += one);
        }
        let found = match welch.lines {
            64 => powers_of::<32>(length, readings),
            128 => powers_of::<64>(length, readings),
            _ => powers_of::<128>(length, readings),
        };
        let most: f64 = expected.iter().sum();
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((found - expected).abs() < 1e-13 * most, "{found} {expected}");
        }
    }
}

#[test]
fn powers_of_an_impulse_and_of_steps_have_the_bits_of_stage_by_stage() {
    for length in [9, 64, 100, 128, 129, 200, 255, 256, 257, 512] {
        let impulse: Vec<f64> = (0..length).map(|at| f64::from(u8::from(at == 5))).collect();
        let step: Vec<f64> = (0..length).map(|at| f64::from(u8::from(at > length / 2))).collect();
        check::<f32>(length, &[impulse.clone(), step.clone(), impulse]);
        check::<f64>(length, &[step]);
    }
}
