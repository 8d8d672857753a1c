//! The features of power spectra. The axes are finite, and the readings of each not all equal.
//!
//! What is of each axis and what is of all together comes from the same transforms. Nothing here is
//! inlined: the stack that a spectrum takes is taken only where there is one.

use super::{Bands, Feature, FeatureSet};
use crate::fourier::MAX_LINES;
use crate::moments::{representable, sum};
use crate::spectrum::{Spectrum, Sums};
use crate::welch::lines;
use crate::{Readings, Real};

/// Of the mean energy of the bands: what less than this counts as. Rounding in single precision
/// leaves some 1e-14 where there is nothing.
const LEAST_ENERGY: f64 = 1e-12;

/// Writes what of a set is of spectra into the places that it has among the set's numbers. What cannot
/// be represented is not a finite number there.
pub(super) fn spectra<T: Real>(window: &Readings<'_, T>, set: &FeatureSet, values: &mut [T]) {
    let (mut apart, mut together) = (false, false);
    for feature in set.features() {
        match feature {
            Feature::Bands(_) | Feature::Tonal => apart = true,
            Feature::TotalBands(_) | Feature::TotalOctaves(_) => together = true,
            _ => {}
        }
    }
    // So many lines, of which the compiler then knows.
    match lines(window.length()) / 2 {
        32 => of_lines::<T, 32>(window, set, values, [apart, together]),
        64 => of_lines::<T, 64>(window, set, values, [apart, together]),
        _ => of_lines::<T, { MAX_LINES / 2 }>(window, set, values, [apart, together]),
    }
}

fn of_lines<T: Real, const LINES: usize>(
    window: &Readings<'_, T>,
    set: &FeatureSet,
    values: &mut [T],
    [apart, together]: [bool; 2],
) {
    match (apart, together) {
        (true, true) => with_total::<T, LINES>(window, set, values),
        (true, false) => computed::<T, LINES>(window, set, values, &mut Sums::Apart(&mut [])),
        (false, _) => computed::<T, LINES>(window, set, values, &mut Sums::Together),
    }
}

/// With room for the sums of all axes beside those of one.
#[inline(never)]
fn with_total<T: Real, const LINES: usize>(
    window: &Readings<'_, T>,
    set: &FeatureSet,
    values: &mut [T],
) {
    let mut total = [T::ZERO; LINES];
    computed::<T, LINES>(window, set, values, &mut Sums::Apart(&mut total));
}

#[inline(never)]
fn computed<T: Real, const LINES: usize>(
    window: &Readings<'_, T>,
    set: &FeatureSet,
    values: &mut [T],
    sums: &mut Sums<'_, T>,
) {
    // Where the numbers of each axis begin.
    let (mut of_bands, mut of_tonal, mut first) = (None, None, 0_usize);
    for feature in set.features() {
        match feature {
            Feature::Bands(bands) => of_bands = Some((bands, first)),
            Feature::Tonal => of_tonal = Some(first),
            _ => {}
        }
        first = first.saturating_add(feature.count(window.axes()));
    }
    let mut spectrum = Spectrum::<T, LINES>::new(window.length());
    spectrum.add(window.iter(), sums, |axis, power| {
        if let Some((bands, first)) = of_bands {
            let count = usize::from(bands.get());
            let from = first.saturating_add(axis.saturating_mul(count));
            let of_axis = values.get_mut(from..from.saturating_add(count));
            energies(power, bands, of_axis.unwrap_or_default());
        }
        if let Some(first) = of_tonal {
            let from = first.saturating_add(axis.saturating_mul(2));
            let of_axis =
                values.get_mut(from..).and_then(|rest| rest.as_chunks_mut().0.first_mut());
            of_axis.into_iter().for_each(|two| *two = tonal(power, window.length()));
        }
    });
    let power = match sums {
        Sums::Together => spectrum.power(),
        Sums::Apart(total) => total,
    };
    for (feature, places) in places(set, window.axes(), values) {
        if let Feature::TotalBands(bands) | Feature::TotalOctaves(bands) = feature {
            energies(power, bands, places);
        }
    }
}

/// The features of a set, each with the places of its numbers.
fn places<'v, T: Real>(
    set: &FeatureSet,
    axes: usize,
    values: &'v mut [T],
) -> impl Iterator<Item = (Feature, &'v mut [T])> {
    let mut rest = values;
    set.features().map(move |feature| {
        let from = core::mem::take(&mut rest);
        let (own, behind) = from.split_at_mut_checked(feature.count(axes)).unwrap_or_default();
        rest = behind;
        (feature, own)
    })
}

/// The logarithm of the energy in each band.
#[inline(never)]
fn energies<T: Real>(power: &[T], bands: Bands, places: &mut [T]) {
    let mean = representable(sum(power, |x| x)) / T::from_count(bands.get().into());
    let (shift, least) = (mean.ln(), T::from_f64(LEAST_ENERGY));
    let mut end = 0;
    for (at, place) in (1..).zip(places) {
        let start = end;
        end = bands.edge(at, power.len());
        let share = sum(power.get(start..end).unwrap_or_default(), |x| x) / mean;
        *place = if share < least { least } else { share }.ln() + shift;
    }
}

/// The logarithm of the energy of the strongest line of an axis of `length` readings, and its
/// frequency.
#[inline(never)]
fn tonal<T: Real>(power: &[T], length: usize) -> [T; 2] {
    let (mut best, mut most) = (0, T::ZERO);
    for (at, &power) in power.iter().enumerate() {
        if power > most {
            (best, most) = (at, power);
        }
    }
    // A Hann window spreads a line over its neighbours; line 0 is not one.
    let line = |at: Option<usize>| at.and_then(|at| power.get(at)).copied().unwrap_or(T::ZERO);
    let below = line(best.checked_sub(1));
    let above = line(best.checked_add(1));
    let energy = representable(below + most + above);
    let number = T::from_count(best.saturating_add(1)) + (above - below) / energy;
    [energy.ln(), number / T::from_count(lines(length))]
}
