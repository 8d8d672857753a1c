//! Two detectors as a textbook has them, on logarithms of energies in 16 bands of each axis.

use std::sync::Arc;

use anyhow::Context;
use judder_core::{Mahalanobis, Neighbours, Score};
use judder_data::Recording;
use judder_model::Gaussian;
use judder_train::{Shrinkage, fit};
use realfft::{RealFftPlanner, RealToComplex};

use super::figures::Scores;

/// Bands of each axis.
const BANDS: usize = 16;

/// The longest segment of a spectrum.
const SEGMENT: usize = 256;

/// The neighbours whose distance counts.
const NEAREST: usize = 5;

/// The first windows, by which a detector is fitted where the others give the threshold.
const FIT: f64 = 0.7;

/// The false alarms that a threshold is asked for, as a share of windows.
const ASKED: f64 = 0.01;

/// A detector to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// The Mahalanobis distance, by a covariance that is shrunk as Ledoit and Wolf do (2004).
    LedoitWolf,
    /// The mean distance to the five nearest windows, in standard deviations.
    Nearest,
}

impl Reference {
    pub(super) const ALL: [Self; 2] = [Self::LedoitWolf, Self::Nearest];

    /// The scores of rows by a fit to others.
    pub(super) fn scores(
        self,
        fitted: &[Vec<f64>],
        judged: &[Vec<f64>],
    ) -> anyhow::Result<Vec<f64>> {
        let columns = fitted.first().context("there is nothing to learn from")?.len();
        let all = fitted.concat();
        let each = |score: &dyn Score<f64>| {
            let mut workspace = vec![0.0; score.workspace()];
            let scores = judged.iter().map(|row| score.score(row, &mut workspace));
            scores.collect::<Result<Vec<f64>, _>>().map_err(|error| anyhow::anyhow!("{error}"))
        };
        match self {
            Self::LedoitWolf => {
                let fit = fit(&all, columns, 0..fitted.len(), Shrinkage::LedoitWolf)
                    .map_err(|column| anyhow::anyhow!("band {column} does not vary"))?;
                let gaussian =
                    Gaussian::new(fit.mean, fit.covariance).map_err(anyhow::Error::msg)?;
                each(&Mahalanobis::new(gaussian.mean(), gaussian.whitening())?)
            }
            Self::Nearest => {
                let scale: Vec<f64> =
                    (0..columns).map(|at| deviation(fitted, at).recip()).collect();
                each(&Neighbours::new(&scale, &all, NEAREST.min(fitted.len()))?)
            }
        }
    }

    /// What it says of windows, with a threshold that is split-conformal: the first windows of each folder are fitted
    /// to, and the rest of them give the threshold (Vovk et al. 2005).
    pub(super) fn judge(
        self,
        folders: &[Vec<Vec<f64>>],
        normal: &[Vec<f64>],
        anomaly: &[Vec<f64>],
    ) -> anyhow::Result<Scores> {
        let (mut fitted, mut rest) = (Vec::new(), Vec::new());
        for folder in folders {
            let (first, last) = folder.split_at((FIT * folder.len() as f64).round() as usize);
            fitted.extend_from_slice(first);
            rest.extend_from_slice(last);
        }
        let threshold = conformal(self.scores(&fitted, &rest)?);
        let (normal, anomaly) = (self.scores(&fitted, normal)?, self.scores(&fitted, anomaly)?);
        Ok(Scores::of(&normal, &anomaly, threshold))
    }
}

fn deviation(rows: &[Vec<f64>], column: usize) -> f64 {
    let n = rows.len() as f64;
    let mean = rows.iter().map(|row| row[column]).sum::<f64>() / n;
    (rows.iter().map(|row| (row[column] - mean).powi(2)).sum::<f64>() / n).sqrt()
}

/// The score of rank `(n + 1)(1 - asked)`, rounded up; the largest where there are too few.
fn conformal(mut scores: Vec<f64>) -> f64 {
    scores.sort_by(f64::total_cmp);
    let rank = ((scores.len() + 1) as f64 * (1.0 - ASKED)).ceil() as usize;
    scores[rank.clamp(1, scores.len()) - 1]
}

/// Energies in bands of equal width on a logarithmic scale of frequency, by Welch's method (Hann windows that
/// overlap by half).
pub(super) struct LogBands {
    transform: Arc<dyn RealToComplex<f64>>,
    window: Vec<f64>,
    /// The lines of each band.
    bands: Vec<std::ops::Range<usize>>,
}

impl LogBands {
    /// Of windows of `length` readings.
    pub(super) fn new(length: usize) -> Self {
        let segment = (length / 2).clamp(32.min(length), SEGMENT);
        let turn = std::f64::consts::TAU / segment as f64;
        let window = (0..segment).map(|at| 0.5 - 0.5 * (turn * at as f64).cos()).collect();
        // Each band has a line at least, so that the lowest are wider than the scale has them.
        let lines = segment / 2;
        let mut bands = Vec::new();
        let mut from = 1;
        for at in 1..=BANDS {
            let to = (lines as f64).powf(at as f64 / BANDS as f64).round() as usize;
            let to = to.max(from).min(lines);
            if from <= to {
                bands.push(from..to + 1);
                from = to + 1;
            }
        }
        Self { transform: RealFftPlanner::new().plan_fft_forward(segment), window, bands }
    }

    /// The features of a recording.
    pub(super) fn of(&self, recording: &Recording) -> anyhow::Result<Vec<f64>> {
        let segment = self.window.len();
        let mut features = Vec::new();
        for axis in recording.iter_axes() {
            let mut power = vec![0.0; segment / 2 + 1];
            let last = axis.len() - segment;
            for start in (0..=last).step_by((segment / 2).max(1)) {
                let readings = &axis[start..start + segment];
                let mean = readings.iter().sum::<f64>() / segment as f64;
                let tapered = readings.iter().zip(&self.window);
                let mut tapered: Vec<f64> = tapered.map(|(x, w)| (x - mean) * w).collect();
                let mut lines = self.transform.make_output_vec();
                self.transform.process(&mut tapered, &mut lines)?;
                power.iter_mut().zip(lines).for_each(|(sum, line)| *sum += line.norm_sqr());
            }
            let least = 1e-12 * power.iter().sum::<f64>() + f64::MIN_POSITIVE;
            let energy = |band: &std::ops::Range<usize>| power[band.clone()].iter().sum::<f64>();
            features.extend(self.bands.iter().map(|band| energy(band).max(least).ln()));
        }
        Ok(features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_in_the_band_of_its_frequency_and_nowhere_else() {
        let tone = |frequency: f64| {
            let t = (0..400).map(|t| (std::f64::consts::TAU * frequency * f64::from(t)).sin());
            let recording = Recording::from_axes(1, 400, t.collect()).unwrap();
            LogBands::new(400).of(&recording).unwrap()
        };
        let loudest = |features: &[f64]| {
            (0..features.len()).max_by(|&a, &b| features[a].total_cmp(&features[b])).unwrap()
        };
        let [low, high] = [tone(0.02), tone(0.47)];
        assert_eq!(loudest(&high), high.len() - 1);
        assert!(loudest(&low) < low.len() / 2 && low[loudest(&low)] > low[low.len() - 1] + 10.0);
    }

    #[test]
    fn of_a_hundred_scores_the_largest_is_exceeded_by_one_in_a_hundred() {
        let scores = |n: u32| (1..=n).map(f64::from).collect();
        assert_eq!((conformal(scores(99)), conformal(scores(199))), (99.0, 198.0));
        assert_eq!(conformal(scores(5)), 5.0);
    }
}
