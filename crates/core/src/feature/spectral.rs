//! The features of power spectra. The axes are finite, and the readings of each not all equal.
//!
//! None is inlined: the stack that a spectrum takes is taken only where there is one.

use super::{Bands, Put};
use crate::moments::{representable, sum};
use crate::spectrum::{Spectrum, lines};
use crate::{Error, Readings, Real};

/// Of the mean energy of the bands: what less than this counts as. Rounding in single precision
/// leaves some 1e-14 where there is nothing.
const LEAST_ENERGY: f64 = 1e-12;

/// Gives the logarithm of the energy in each band, axis by axis.
#[inline(never)]
pub(super) fn bands<T: Real>(
    window: &Readings<'_, T>,
    bands: Bands,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    let mut spectrum = Spectrum::new(window.length());
    for readings in window.iter() {
        spectrum.clear();
        spectrum.add(core::iter::once(readings));
        energies(spectrum.power(), bands, put)?;
    }
    Ok(())
}

/// Gives the logarithm of the energy of all axes in each band.
#[inline(never)]
pub(super) fn total_bands<T: Real>(
    window: &Readings<'_, T>,
    bands: Bands,
    put: &mut impl Put<T>,
) -> Result<(), Error> {
    let mut spectrum = Spectrum::new(window.length());
    spectrum.add(window.iter());
    energies(spectrum.power(), bands, put)
}

fn energies<T: Real>(power: &[T], bands: Bands, put: &mut impl Put<T>) -> Result<(), Error> {
    let mean = representable(sum(power, |x| x)) / T::from_count(bands.get().into());
    let (shift, least) = (mean.ln(), T::from_f64(LEAST_ENERGY));
    for at in 0..bands.get().into() {
        let band = bands.lines(at, power.len()).and_then(|lines| power.get(lines));
        let share = sum(band.unwrap_or_default(), |x| x) / mean;
        put(if share < least { least } else { share }.ln() + shift)?;
    }
    Ok(())
}

/// Gives the logarithm of the energy of the strongest line of each axis, and its frequency.
#[inline(never)]
pub(super) fn tonal<T: Real>(window: &Readings<'_, T>, put: &mut impl Put<T>) -> Result<(), Error> {
    let mut spectrum = Spectrum::new(window.length());
    for readings in window.iter() {
        spectrum.clear();
        spectrum.add(core::iter::once(readings));
        let (mut best, mut most) = (0, T::ZERO);
        for (at, &power) in spectrum.power().iter().enumerate() {
            if power > most {
                (best, most) = (at, power);
            }
        }
        // A Hann window spreads a line over its neighbours; line 0 is not one.
        let line = |at: Option<usize>| {
            at.and_then(|at| spectrum.power().get(at)).copied().unwrap_or(T::ZERO)
        };
        let below = line(best.checked_sub(1));
        let above = line(best.checked_add(1));
        let energy = representable(below + most + above);
        put(energy.ln())?;
        let number = T::from_count(best.saturating_add(1)) + (above - below) / energy;
        put(number / T::from_count(lines(window.length())))?;
    }
    Ok(())
}
