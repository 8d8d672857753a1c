//! Disturbances that are put on normal recordings, to see which detector notices them.

use std::f64::consts::TAU;
use std::path::PathBuf;

use judder_data::{Located, Recording};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use crate::baseline::Baseline;

/// A change of the vibration. Sizes are in standard deviations of the recording's own vibration,
/// frequencies in shares of its sample rate: the same for every machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Disturbance {
    /// A sine of this frequency along one direction.
    Tone(f64),
    /// All vibration is stronger by this share.
    Gain(f64),
    /// Vibration along one direction is stronger by this share.
    OneWay(f64),
    /// The sensor is turned by so many degrees.
    Rotation(f64),
    /// White noise.
    Noise(f64),
    /// Four single shocks.
    Shocks(f64),
    /// Another normal recording is laid over it.
    Overlay(f64),
    /// Bursts along one direction, as of a damaged bearing: a resonance that is struck at nearly equal intervals and
    /// dies away.
    Bursts(f64),
}

/// How strong a tone is.
const TONE: f64 = 0.4;

/// Every disturbance that is tried. They are small: all candidates notice what is large. A sensor that is turned is not
/// among them: it is told by gravity.
pub(super) const SMALL: [Disturbance; 10] = [
    Disturbance::Tone(0.03),
    Disturbance::Tone(0.1),
    Disturbance::Tone(0.23),
    Disturbance::Tone(0.42),
    Disturbance::Gain(0.12),
    Disturbance::OneWay(0.2),
    Disturbance::Noise(0.3),
    Disturbance::Shocks(3.0),
    Disturbance::Overlay(0.4),
    Disturbance::Bursts(1.45),
];

impl std::fmt::Display for Disturbance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tone(frequency) => write!(f, "a tone at {frequency} of the rate"),
            Self::Gain(share) => write!(f, "{:.0} % more vibration", 100.0 * share),
            Self::OneWay(share) => write!(f, "{:.0} % more along one direction", 100.0 * share),
            Self::Rotation(degrees) => write!(f, "a turn by {degrees} degrees"),
            Self::Noise(_) => f.write_str("noise"),
            Self::Shocks(_) => f.write_str("four shocks"),
            Self::Overlay(_) => f.write_str("another recording laid over"),
            Self::Bursts(_) => f.write_str("bursts as of a bearing"),
        }
    }
}

impl Disturbance {
    /// The recording with this disturbance; its direction and phase are drawn from `seed`. `other`
    /// is a recording of the same kind.
    pub fn put_on(self, recording: &Recording, other: &Recording, seed: u64) -> Recording {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let (axes, length) = (recording.axes(), recording.len());
        let direction = direction(axes, &mut chance);
        let phase = chance.random_range(0.0..TAU);
        let (means, mut moved) = deviations(recording);
        let size = rms(&moved);
        match self {
            Self::Tone(frequency) => {
                for (axis, along) in moved.chunks_mut(length).zip(&direction) {
                    for (t, x) in axis.iter_mut().enumerate() {
                        let wave = (TAU * frequency * t as f64 + phase).sin();
                        *x += TONE * size * std::f64::consts::SQRT_2 * along * wave;
                    }
                }
            }
            Self::Gain(share) => moved.iter_mut().for_each(|x| *x *= 1.0 + share),
            Self::OneWay(share) => along(&mut moved, length, &direction, share),
            Self::Rotation(degrees) => turn(&mut moved, length, degrees.to_radians()),
            Self::Noise(share) => {
                for x in &mut moved {
                    let noise: f64 = StandardNormal.sample(&mut chance);
                    *x += share * size * noise;
                }
            }
            Self::Shocks(times) => {
                for _ in 0..4 {
                    let at = chance.random_range(0..length);
                    for (axis, along) in moved.chunks_mut(length).zip(&direction) {
                        axis[at] += times * size * along;
                    }
                }
            }
            Self::Overlay(share) => {
                let (_, others) = deviations(other);
                moved.iter_mut().zip(others).for_each(|(x, y)| *x += share * y);
            }
            Self::Bursts(times) => {
                let bursts = bursts(length, &mut chance);
                for (axis, along) in moved.chunks_mut(length).zip(&direction) {
                    axis.iter_mut()
                        .zip(&bursts)
                        .for_each(|(x, burst)| *x += times * size * along * burst);
                }
            }
        }
        for (axis, mean) in moved.chunks_mut(length).zip(means) {
            axis.iter_mut().for_each(|x| *x += mean);
        }
        match Recording::from_axes(axes, length, moved) {
            Some(disturbed) => disturbed.with_rate(recording.rate_hz()).with_unit(recording.unit()),
            // What overflows is left as it was.
            None => recording.clone(),
        }
    }
}

/// The same recordings, with a disturbance on each.
pub(super) fn disturbed(
    all: &[Located],
    given: &[(PathBuf, usize)],
    disturbance: Disturbance,
    seed: u64,
) -> Baseline {
    let put_on = |(at, one): (usize, &Located)| {
        // The next of the same shape, so that it is of the same machine in the same state.
        let alike = |other: &&Located| shape(&other.recording) == shape(&one.recording);
        let other = all.iter().cycle().skip(at + 1).take(all.len()).find(alike).unwrap_or(one);
        let seed = seed.wrapping_mul(1 << 32).wrapping_add(at as u64);
        let recording = disturbance.put_on(&one.recording, &other.recording, seed);
        Located { path: one.path.clone(), recording }
    };
    Baseline::of(all.par_iter().enumerate().map(put_on).collect(), given.to_vec())
}

fn shape(recording: &Recording) -> (usize, usize) {
    (recording.axes(), recording.len())
}

/// The mean of each axis, and what is left of its readings.
fn deviations(recording: &Recording) -> (Vec<f64>, Vec<f64>) {
    let axes = recording.values().chunks(recording.len());
    let means: Vec<f64> =
        axes.clone().map(|axis| axis.iter().sum::<f64>() / axis.len() as f64).collect();
    let moved = axes.zip(&means).flat_map(|(axis, mean)| axis.iter().map(move |x| x - mean));
    let moved = moved.collect();
    (means, moved)
}

/// Of all axes together, for one.
fn rms(moved: &[f64]) -> f64 {
    (moved.iter().map(|x| x * x).sum::<f64>() / moved.len() as f64).sqrt()
}

/// From one strike to the next, in readings.
const INTERVAL: f64 = 23.0;

/// By what share of it that slips, as rolling elements do: a standard deviation (Antoni and Randall 2003).
const SLIP: f64 = 0.02;

/// The frequency of the resonance, as a share of the sample rate.
const RESONANCE: f64 = 0.31;

/// After so many readings it has died away to 1/e.
const DECAY: f64 = 5.0;

/// A resonance that is struck again and again, with amplitude 1 at each strike.
fn bursts(length: usize, chance: &mut ChaCha8Rng) -> Vec<f64> {
    let mut bursts = vec![0.0; length];
    let mut struck = chance.random_range(0.0..INTERVAL) - INTERVAL;
    while struck < length as f64 {
        for (t, x) in bursts.iter_mut().enumerate().skip(struck.max(0.0).ceil() as usize) {
            let since = t as f64 - struck;
            *x += (-since / DECAY).exp() * (TAU * RESONANCE * since).sin();
        }
        let slip: f64 = StandardNormal.sample(chance);
        struck += INTERVAL * (1.0 + SLIP * slip).max(0.5);
    }
    bursts
}

/// A unit vector drawn by chance.
fn direction(axes: usize, chance: &mut ChaCha8Rng) -> Vec<f64> {
    let drawn: Vec<f64> = (0..axes).map(|_| StandardNormal.sample(chance)).collect();
    let length = drawn.iter().map(|x| x * x).sum::<f64>().sqrt();
    drawn.iter().map(|x| x / length).collect()
}

/// Makes what goes along a direction stronger.
fn along(moved: &mut [f64], length: usize, direction: &[f64], share: f64) {
    for t in 0..length {
        let axes = direction.iter().enumerate();
        let part: f64 = axes.map(|(axis, along)| moved[axis * length + t] * along).sum();
        for (axis, along) in direction.iter().enumerate() {
            moved[axis * length + t] += share * part * along;
        }
    }
}

/// Turns each axis into the next.
fn turn(moved: &mut [f64], length: usize, angle: f64) {
    let (sine, cosine) = angle.sin_cos();
    for first in (length..moved.len()).step_by(length) {
        for t in first..first + length {
            let (a, b) = (moved[t - length], moved[t]);
            moved[t - length] = cosine * a - sine * b;
            moved[t] = sine * a + cosine * b;
        }
    }
}
