//! Amplitude spectra of windows, as they are drawn.

use realfft::{RealFftPlanner, RealToComplex};

/// The longest stretch that is transformed at once; longer windows are averaged over several.
const LONGEST: usize = 2048;

/// The amplitude spectrum of an axis: the mean over stretches that overlap by half, each multiplied by
/// Hann's window (Welch 1967, of amplitudes).
pub(crate) struct Spectrum {
    transform: std::sync::Arc<dyn RealToComplex<f64>>,
    taper: Vec<f64>,
}

impl Spectrum {
    /// Of windows of so many readings.
    pub(crate) fn new(window: usize) -> Self {
        let length = window.min(LONGEST);
        let turn = |at: usize| std::f64::consts::TAU * at as f64 / length as f64;
        let taper = (0..length).map(|at| 0.5 - 0.5 * turn(at).cos()).collect();
        Self { transform: RealFftPlanner::new().plan_fft_forward(length), taper }
    }

    /// A sine of amplitude 1 g on a line gives 1 there.
    pub(crate) fn amplitudes(&self, axis: &[f64]) -> Vec<f32> {
        let length = self.taper.len();
        let mut sums = vec![0.0; length / 2];
        let mut lines = self.transform.make_output_vec();
        let mut count = 0;
        for start in (0..=axis.len() - length).step_by((length / 2).max(1)) {
            let stretch = &axis[start..start + length];
            let mean = stretch.iter().sum::<f64>() / length as f64;
            let mut tapered: Vec<f64> =
                stretch.iter().zip(&self.taper).map(|(x, taper)| (x - mean) * taper).collect();
            // Only of other lengths than the plan's it fails.
            if self.transform.process(&mut tapered, &mut lines).is_ok() {
                count += 1;
                sums.iter_mut().zip(&lines[1..]).for_each(|(sum, line)| *sum += line.norm());
            }
        }
        let whole: f64 = self.taper.iter().sum();
        let even = length.is_multiple_of(2);
        let last = sums.len().saturating_sub(1);
        let scaled = sums.iter().enumerate().map(|(at, sum)| {
            // Half the sample rate is a line of its own: it has none of negative frequency.
            let sides = if even && at == last { 1.0 } else { 2.0 };
            (sides * sum / (whole * f64::from(count.max(1)))) as f32
        });
        scaled.collect()
    }
}

/// The frequencies of the lines of a window, in Hz.
pub(crate) fn frequencies(window: usize, rate_hz: f64) -> Vec<f64> {
    let length = window.min(LONGEST);
    (1..=length / 2).map(|line| line as f64 * rate_hz / length as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sine of so many turns in the window, and its amplitude.
    fn sine(length: usize, turns: f64, amplitude: f64) -> Vec<f64> {
        let at = |i: usize| std::f64::consts::TAU * turns * i as f64 / length as f64;
        (0..length).map(|i| 1.0 + amplitude * (at(i) + 0.3).sin()).collect()
    }

    #[test]
    fn a_sine_has_its_amplitude_at_its_line() {
        for length in [200, 201, 128, 4096] {
            let short = length.min(LONGEST);
            let axis = sine(length, 20.0 * length as f64 / short as f64, 0.25);
            let spectrum = Spectrum::new(length).amplitudes(&axis);
            assert_eq!(spectrum.len(), short / 2);
            assert!((spectrum[19] - 0.25).abs() < 1e-6, "{length}: {}", spectrum[19]);
            assert!((spectrum[18] - 0.125).abs() < 1e-6 && spectrum[40] < 1e-6);
        }
    }
}
