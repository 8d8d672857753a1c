//! The simulated fan against figures measured on the real one.

#![allow(clippy::unwrap_used, reason = "what a test asks for must be there")]

use std::f64::consts::TAU;

use judder_data::Recording;
use judder_data::simulate::{Fan, State};

const RATE_HZ: f64 = 200.0;
const STEP: f64 = 1.0 / 2048.0;

/// A state of the real fan: the median over its recordings of the MAD of x, y, z in g, and the
/// standard deviation of these MADs as a ratio to their mean.
struct Measured {
    state: &'static str,
    mad: [f64; 3],
    spread: [f64; 3],
}

#[rustfmt::skip]
const REAL: [Measured; 8] = [
    Measured { state: "off", mad: [0.00144, 0.00151, 0.00341], spread: [0.104, 0.130, 0.136] },
    Measured { state: "low", mad: [0.01205, 0.00708, 0.00492], spread: [0.060, 0.098, 0.115] },
    Measured { state: "low+moved", mad: [0.00758, 0.00401, 0.00497], spread: [0.482, 0.755, 0.343] },
    Measured { state: "low+coin", mad: [0.00629, 0.00514, 0.00533], spread: [0.137, 0.121, 0.132] },
    Measured { state: "medium", mad: [0.02691, 0.02046, 0.00934], spread: [0.085, 0.073, 0.099] },
    Measured { state: "medium+coin", mad: [0.01555, 0.01197, 0.01056], spread: [0.143, 0.123, 0.124] },
    Measured { state: "high", mad: [0.05636, 0.04209, 0.01968], spread: [0.069, 0.093, 0.090] },
    Measured { state: "high+coin", mad: [0.05009, 0.03955, 0.01754], spread: [0.053, 0.058, 0.071] },
];

fn state(name: &str) -> State {
    name.parse().unwrap()
}

fn recording(seed: u64, name: &str, index: u64, rate_hz: f64, len: usize) -> Recording {
    Fan::new(seed).recording(state(name), index, rate_hz, len).unwrap()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 }
}

/// The MADs of x, y and z over the first 128 readings.
fn mads(recording: &Recording) -> [f64; 3] {
    std::array::from_fn(|axis| {
        let mut window = recording.axis(axis)[..128].to_vec();
        let middle = median(&mut window);
        let mut deviations: Vec<f64> = window.iter().map(|value| (value - middle).abs()).collect();
        1.4826 * median(&mut deviations)
    })
}

/// The MADs of the first `count` recordings of a state.
fn mad_set(seed: u64, name: &str, count: u64) -> Vec<[f64; 3]> {
    let fan = Fan::new(seed);
    let made = |index| fan.recording(state(name), index, RATE_HZ, 128).unwrap();
    (0..count).map(|index| mads(&made(index))).collect()
}

fn column(rows: &[[f64; 3]], axis: usize) -> Vec<f64> {
    rows.iter().map(|row| row[axis]).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The amplitude of the tone at `hz` in one axis, by a discrete Fourier sum with a Hann window.
fn amplitude(values: &[f64], hz: f64, rate_hz: f64) -> f64 {
    let middle = mean(values);
    let (mut re, mut im, mut weights) = (0.0, 0.0, 0.0);
    for (row, value) in values.iter().enumerate() {
        let weight = 1.0 - (TAU * (row as f64 + 0.5) / values.len() as f64).cos();
        let angle = TAU * hz * row as f64 / rate_hz;
        re += weight * (value - middle) * angle.cos();
        im += weight * (value - middle) * angle.sin();
        weights += weight;
    }
    2.0 * re.hypot(im) / weights
}

/// The frequency of the strongest tone above 20 Hz, on a grid of 0.5 Hz.
fn strongest_hz(values: &[f64], rate_hz: f64) -> f64 {
    let grid = (40..=(rate_hz as u32)).map(|half| f64::from(half) / 2.0);
    let by_size = |a: &f64, b: &f64| {
        amplitude(values, *a, rate_hz).total_cmp(&amplitude(values, *b, rate_hz))
    };
    grid.max_by(by_size).unwrap()
}

#[test]
fn median_mads_lie_within_a_quarter_of_the_real_fans_for_every_seed() {
    for seed in 1..=10 {
        for real in &REAL {
            let simulated = mad_set(seed, real.state, 300);
            for (axis, &expected) in real.mad.iter().enumerate() {
                let ratio = median(&mut column(&simulated, axis)) / expected;
                assert!(
                    (1.0 / 1.25..=1.25).contains(&ratio),
                    "seed {seed}, {}, axis {axis}: {ratio:.3} times the real",
                    real.state
                );
            }
        }
    }
}

#[test]
fn a_hundred_recordings_are_enough_for_a_factor_of_one_and_a_half() {
    for seed in 1..=40 {
        for real in &REAL {
            let simulated = mad_set(seed, real.state, 100);
            for (axis, &expected) in real.mad.iter().enumerate() {
                let ratio = median(&mut column(&simulated, axis)) / expected;
                assert!(
                    (1.0 / 1.5..=1.5).contains(&ratio),
                    "seed {seed}, {}, axis {axis}: {ratio:.3} times the real",
                    real.state
                );
            }
        }
    }
}

#[test]
fn mads_spread_within_a_factor_of_two_as_the_real_ones_do() {
    for real in &REAL {
        for (axis, &expected) in real.spread.iter().enumerate() {
            let spreads: Vec<f64> = (1..=5)
                .map(|seed| {
                    let mads = column(&mad_set(seed, real.state, 600), axis);
                    let middle = mean(&mads);
                    let squares: Vec<f64> = mads.iter().map(|mad| (mad - middle).powi(2)).collect();
                    mean(&squares).sqrt() / middle
                })
                .collect();
            let ratio = mean(&spreads) / expected;
            assert!((0.5..=2.0).contains(&ratio), "{}, axis {axis}: {ratio:.2}", real.state);
        }
    }
}

/// Squared Mahalanobis distances from the mean and covariance of `fitted`, in three dimensions.
fn distances(fitted: &[[f64; 3]], rows: &[[f64; 3]]) -> Vec<f64> {
    let middle: [f64; 3] = std::array::from_fn(|axis| mean(&column(fitted, axis)));
    let mut covariance = [[0.0; 3]; 3];
    for row in fitted {
        for (i, line) in covariance.iter_mut().enumerate() {
            for (j, entry) in line.iter_mut().enumerate() {
                *entry += (row[i] - middle[i]) * (row[j] - middle[j]) / fitted.len() as f64;
            }
        }
    }
    let cofactor = |i: usize, j: usize| {
        let (a, b, c, d) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
        covariance[a][c] * covariance[b][d] - covariance[a][d] * covariance[b][c]
    };
    let determinant: f64 = (0..3).map(|j| covariance[0][j] * cofactor(0, j)).sum();
    let squared = |row: &[f64; 3]| {
        let away: [f64; 3] = std::array::from_fn(|axis| row[axis] - middle[axis]);
        let pairs = (0..9).map(|at| (at / 3, at % 3));
        pairs.map(|(i, j)| away[i] * away[j] * cofactor(i, j)).sum::<f64>() / determinant
    };
    rows.iter().map(squared).collect()
}

/// How likely an anomaly scores above a normal recording never fitted, having fitted 60 %.
fn area_under_roc(normal: &[[f64; 3]], anomalous: &[[f64; 3]]) -> f64 {
    let fitted: Vec<_> =
        normal.iter().enumerate().filter(|(i, _)| i % 5 < 3).map(|e| *e.1).collect();
    let unseen: Vec<_> =
        normal.iter().enumerate().filter(|(i, _)| i % 5 >= 3).map(|e| *e.1).collect();
    let strange = distances(&fitted, anomalous);
    let usual = distances(&fitted, &unseen);
    let above: usize = usual.iter().map(|d| strange.iter().filter(|s| *s > d).count()).sum();
    above as f64 / (usual.len() * strange.len()) as f64
}

#[test]
fn a_coin_is_told_from_its_own_baseline_and_hardly_from_a_moved_one() {
    for seed in 1..=10 {
        let coin = mad_set(seed, "low+coin", 300);
        let still = area_under_roc(&mad_set(seed, "low", 300), &coin);
        assert!(still > 0.99, "seed {seed}: {still:.4}");
        // On the real fan: 0.42 to 0.87, by what falls into the fitted share.
        let moved = area_under_roc(&mad_set(seed, "low+moved", 300), &coin);
        assert!(moved < 0.95, "seed {seed}: {moved:.4}");
    }
}

#[test]
fn the_hum_of_120_hz_folds_to_80_hz_at_200_readings_a_second() {
    for name in ["low", "medium+coin", "high"] {
        let x = recording(3, name, 0, RATE_HZ, 1000);
        let found = strongest_hz(x.axis(0), RATE_HZ);
        assert!((found - 80.0).abs() <= 0.5, "{name}: {found} Hz");
    }
}

#[test]
fn the_hum_is_where_it_belongs_at_other_rates() {
    for (rate_hz, expected) in [(250.0, 120.0), (1000.0, 120.0), (20_000.0, 120.0), (100.0, 20.0)] {
        let len = rate_hz as usize;
        let x = recording(3, "low", 0, rate_hz, len);
        let at = |hz| amplitude(x.axis(0), hz, rate_hz);
        assert!(at(expected) > 5e-3, "{rate_hz} Hz: {}", at(expected));
        assert!(at(expected) > 5.0 * at(expected + 6.0), "{rate_hz} Hz: {}", at(expected + 6.0));
    }
}

#[test]
fn the_blades_are_heard_where_they_pass() {
    let z = recording(1, "high", 0, RATE_HZ, 4000);
    let loudest = (60..160)
        .map(|tenth| f64::from(tenth) / 10.0)
        .max_by(|a, b| {
            amplitude(z.axis(2), *a, RATE_HZ).total_cmp(&amplitude(z.axis(2), *b, RATE_HZ))
        })
        .unwrap();
    assert!((5.0 * 2.0..5.0 * 2.25).contains(&loudest), "{loudest} Hz");
}

#[test]
fn readings_are_whole_steps_of_the_sensor() {
    for state in State::ALL {
        let made = Fan::new(5).recording(state, 7, RATE_HZ, 200).unwrap();
        for value in made.values() {
            assert_eq!((value / STEP).fract(), 0.0);
            assert!((-4.0..4.0).contains(value));
        }
    }
}

#[test]
fn a_fan_that_is_off_feels_1_g_and_nothing_else() {
    for name in ["off", "off+coin", "off+moved"] {
        let made = recording(2, name, 0, RATE_HZ, 200);
        let length: f64 = made.iter_axes().map(|axis| mean(axis).powi(2)).sum::<f64>().sqrt();
        assert!((length - 1.0).abs() < 0.005, "{name}: {length} g");
        assert!(amplitude(made.axis(0), 80.0, RATE_HZ) < 1e-3);
    }
}

#[test]
fn the_first_reading_of_z_has_not_settled() {
    let low: f64 = (0..200)
        .map(|index| {
            let z = recording(1, "off", index, RATE_HZ, 200).axis(2).to_vec();
            z[0] - mean(&z[1..])
        })
        .sum::<f64>()
        / 200.0;
    assert!((low + 10.5e-3).abs() < 1e-3, "{low} g");
}

#[test]
fn a_moved_base_turns_gravity_and_now_and_then_within_a_recording() {
    let spread = |name| {
        let fan = Fan::new(1);
        let made = (0..300).map(|index| fan.recording(state(name), index, RATE_HZ, 200).unwrap());
        let tilts: Vec<f64> = made.map(|one| mean(one.axis(0))).collect();
        let middle = mean(&tilts);
        (tilts.iter().map(|tilt| (tilt - middle).powi(2)).sum::<f64>() / 300.0).sqrt()
    };
    // 0.039 g and 0.0003 g on the real fan.
    assert!((0.02..0.08).contains(&spread("low+moved")));
    assert!(spread("low") < 0.002);

    let fan = Fan::new(1);
    let handled = (0..300)
        .filter(|index| {
            let made = fan.recording(state("off+moved"), *index, RATE_HZ, 200).unwrap();
            let (early, late) = made.axis(0).split_at(100);
            (mean(early) - mean(late)).abs() > 0.005
        })
        .count();
    assert!((2..=14).contains(&handled), "{handled} of 300");
}

#[test]
fn the_same_recording_has_the_same_bits_and_no_other_has() {
    for state in State::ALL {
        let fan = Fan::new(9);
        let once = fan.recording(state, 40, RATE_HZ, 200).unwrap();
        assert_eq!(Fan::new(9).recording(state, 40, RATE_HZ, 200).unwrap(), once);
        assert_ne!(fan.recording(state, 41, RATE_HZ, 200).unwrap(), once);
        assert_ne!(Fan::new(8).recording(state, 40, RATE_HZ, 200).unwrap(), once);
        for other in State::ALL.into_iter().filter(|other| *other != state) {
            assert_ne!(fan.recording(other, 40, RATE_HZ, 200).unwrap(), once);
        }
    }
}

#[test]
fn the_bits_are_those_of_every_other_platform() {
    // FNV-1a over the readings in steps: any change of the model shows here, and is then to be meant.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for state in State::ALL {
        for value in Fan::new(1).recording(state, 21, RATE_HZ, 200).unwrap().values() {
            for byte in ((value / STEP) as i16).to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    assert_eq!(hash, 0xbeae_0c66_8bc5_b500, "{hash:#018x}");
}

#[test]
fn a_longer_recording_begins_with_the_shorter_one() {
    let short = recording(4, "high", 3, RATE_HZ, 100);
    let long = recording(4, "high", 3, RATE_HZ, 300);
    for (short, long) in short.iter_axes().zip(long.iter_axes()) {
        assert_eq!(short, &long[..100]);
    }
}

#[test]
fn shape_and_rate_are_as_asked_and_nonsense_is_refused() {
    let made = recording(1, "low", 0, 1000.0, 77);
    assert_eq!((made.axes(), made.len(), made.rate_hz()), (3, 77, Some(1000.0)));
    let fan = Fan::new(1);
    for (rate_hz, len) in [(200.0, 0), (0.0, 10), (-1.0, 10), (f64::NAN, 10), (f64::INFINITY, 10)] {
        assert_eq!(fan.recording(state("low"), 0, rate_hz, len), None);
    }
}
