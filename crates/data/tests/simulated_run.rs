//! Runs as real machines make them, on the simulated fan.

#![allow(clippy::unwrap_used, reason = "what a test asks for must be there")]

use std::collections::BTreeSet;

use judder_data::Recording;
use judder_data::simulate::{Fan, LoadStep, Run, Speed, State, Turn, WarmUp};

const RATE_HZ: f64 = 200.0;
const STEP: f64 = 1.0 / 2048.0;
const LOW: State = State { speed: Speed::Low, coin: false, moved: false };
const HIGH: State = State { speed: Speed::High, ..LOW };

fn made(run: &Run, state: State, index: u64) -> Recording {
    Fan::new(1).recording_of(run, state, index, RATE_HZ, 200).unwrap()
}

fn plain(state: State, index: u64) -> Recording {
    Fan::new(1).recording(state, index, RATE_HZ, 200).unwrap()
}

/// A run that has everything.
fn full() -> Run {
    Run {
        warm_up: Some(WarmUp::over(30.0)),
        load_step: Some(LoadStep::from(20)),
        drift_db: 0.5,
        turn: Some(Turn::from(25)),
        touched: BTreeSet::from([3, 30]),
        strange: BTreeSet::from([4, 30]),
        speeds: vec![Speed::Low, Speed::Medium],
        bursts_g: 0.1,
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard deviation of all axes together, in g.
fn rms(recording: &Recording) -> f64 {
    let axes = recording.iter_axes().map(|axis| {
        let middle = mean(axis);
        mean(&axis.iter().map(|x| (x - middle).powi(2)).collect::<Vec<_>>())
    });
    axes.sum::<f64>().sqrt()
}

/// The direction of gravity, from the means.
fn gravity(recording: &Recording) -> Vec<f64> {
    let means: Vec<f64> = recording.iter_axes().map(mean).collect();
    let length = means.iter().map(|x| x * x).sum::<f64>().sqrt();
    means.iter().map(|x| x / length).collect()
}

fn degrees_between(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>().min(1.0).acos().to_degrees()
}

#[test]
fn a_run_of_nothing_has_the_bits_of_the_fan() {
    for state in State::ALL {
        for index in [0, 21, 400] {
            assert_eq!(made(&Run::default(), state, index), plain(state, index));
        }
    }
}

#[test]
fn recordings_have_equal_bits_in_any_order_and_other_ones_for_each_seed() {
    let run = full();
    let forth: Vec<_> = (0..40).map(|index| made(&run, LOW, index)).collect();
    let back: Vec<_> = (0..40).rev().map(|index| made(&run, LOW, index)).collect();
    assert!(forth.iter().eq(back.iter().rev()));
    for (index, one) in forth.iter().enumerate() {
        let other = Fan::new(2).recording_of(&run, LOW, index as u64, RATE_HZ, 200).unwrap();
        assert_ne!(*one, other);
    }
}

#[test]
fn the_bits_of_a_run_are_those_of_every_other_platform() {
    // FNV-1a over the readings in steps: any change of a run shows here, and is then to be meant.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for index in 0..40 {
        for value in made(&full(), HIGH, index).values() {
            for byte in ((value / STEP) as i16).to_le_bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
    }
    assert_eq!(hash, 0xe99f_7773_71e8_b51b, "{hash:#018x}");
}

#[test]
fn readings_of_a_run_are_whole_steps_of_the_sensor() {
    for index in 0..40 {
        for value in made(&full(), HIGH, index).values() {
            assert_eq!((value / STEP).fract(), 0.0);
            assert!((-4.0..4.0).contains(value));
        }
    }
}

#[test]
fn a_machine_that_gets_warm_is_louder_at_first() {
    let run = Run { warm_up: Some(WarmUp::over(60.0)), ..Run::default() };
    let louder = |index: u64| {
        let ratio = rms(&made(&run, HIGH, index)) / rms(&plain(HIGH, index));
        20.0 * ratio.log10()
    };
    let mean_of = |from: u64| (from..from + 10).map(louder).sum::<f64>() / 10.0;
    assert!(mean_of(0) > 1.0, "{} dB", mean_of(0));
    assert!(mean_of(20) < mean_of(0) / 2.0, "{} dB", mean_of(20));
    assert!(mean_of(300).abs() < 0.01, "{} dB", mean_of(300));
}

#[test]
fn a_load_steps_once() {
    let run = Run { load_step: Some(LoadStep { at: 50, decibels: 2.0 }), ..Run::default() };
    for index in 0..50 {
        assert_eq!(made(&run, HIGH, index), plain(HIGH, index));
    }
    let louder =
        (50..80).map(|index| rms(&made(&run, HIGH, index)) / rms(&plain(HIGH, index))).sum::<f64>()
            / 30.0;
    // The hum is nearly all that this fan makes: 2 dB are 1.26.
    assert!((1.1..1.35).contains(&louder), "{louder}");
}

#[test]
fn a_drift_is_of_the_size_that_was_asked_for() {
    let fan = Fan::new(3);
    let run = Run { drift_db: 1.0, ..Run::default() };
    let levels: Vec<f64> = (0..1000)
        .step_by(5)
        .map(|index| {
            let one = |run: &Run| rms(&fan.recording_of(run, HIGH, index, RATE_HZ, 200).unwrap());
            20.0 * (one(&run) / one(&Run::default())).log10()
        })
        .collect();
    let sd = levels.iter().map(|level| level * level).sum::<f64>() / levels.len() as f64;
    assert!((0.5..1.6).contains(&sd.sqrt()), "{} dB", sd.sqrt());
}

#[test]
fn a_turned_sensor_sees_gravity_turned_by_that_angle_from_then_on() {
    let run = Run { turn: Some(Turn { at: 10, degrees: 1.5, decibels: 0.0 }), ..Run::default() };
    for index in 0..10 {
        assert_eq!(made(&run, HIGH, index), plain(HIGH, index));
    }
    for index in 10..30 {
        let turned =
            degrees_between(&gravity(&made(&run, HIGH, index)), &gravity(&plain(HIGH, index)));
        // A level axis lies nearly, and not quite, at right angles to gravity: the fan hangs askew by 12 degrees.
        assert!((1.4..1.55).contains(&turned), "{turned} degrees");
    }
}

#[test]
fn a_sensor_that_is_pressed_on_otherwise_hears_each_axis_otherwise() {
    let run = Run { turn: Some(Turn { at: 0, degrees: 0.0, decibels: 2.0 }), ..Run::default() };
    let deviation = |axis: &[f64]| {
        let middle = mean(axis);
        mean(&axis.iter().map(|x| (x - middle).powi(2)).collect::<Vec<_>>()).sqrt()
    };
    let (with, without) = (made(&run, HIGH, 3), plain(HIGH, 3));
    let levels: Vec<f64> = with
        .iter_axes()
        .zip(without.iter_axes())
        .map(|(one, other)| 20.0 * (deviation(one) / deviation(other)).log10())
        .collect();
    assert!(levels.iter().all(|level| level.abs() < 2.0), "{levels:?}");
    assert!(levels.iter().any(|level| level.abs() > 0.5), "{levels:?}");
    assert!((levels[0] - levels[1]).abs() > 0.1, "{levels:?}");
}

#[test]
fn what_happens_in_single_recordings_happens_in_no_other() {
    let touched = Run { touched: BTreeSet::from([5, 9]), ..Run::default() };
    let strange = Run { strange: BTreeSet::from([5, 9]), ..Run::default() };
    for index in 0..20 {
        for run in [&touched, &strange] {
            let same = made(run, LOW, index) == plain(LOW, index);
            assert_eq!(same, ![5, 9].contains(&index), "{index}");
        }
    }
}

#[test]
fn a_hand_turns_gravity_for_a_while_and_a_knock_does_not() {
    let all: BTreeSet<u64> = (0..200).collect();
    let shift = |recording: &Recording| {
        let thirds = [0..66, 66..132, 132..198];
        let axes = recording.iter_axes().map(|axis| {
            let means = thirds.clone().map(|third| mean(&axis[third]));
            means.iter().copied().fold(f64::MIN, f64::max)
                - means.iter().copied().fold(f64::MAX, f64::min)
        });
        axes.fold(0.0, f64::max)
    };
    let of = |run: &Run| {
        let mut shifts: Vec<f64> = (0..200).map(|index| shift(&made(run, LOW, index))).collect();
        shifts.sort_by(f64::total_cmp);
        shifts
    };
    let touched = of(&Run { touched: all.clone(), ..Run::default() });
    let strange = of(&Run { strange: all, ..Run::default() });
    let usual = of(&Run::default());
    // Half a degree turns 9 mg from one axis to another; a door lets the ceiling swing for some of a second.
    assert!(touched[100] > 4.0 * usual[100], "{} {}", touched[100], usual[100]);
    assert!(strange[100] < 2.5 * usual[100], "{} {}", strange[100], usual[100]);
}

#[test]
fn what_else_happens_is_heard_beside_every_speed() {
    let run = Run { strange: (0..100).collect(), ..Run::default() };
    for (state, most) in [(LOW, 1.2), (HIGH, 1.02)] {
        let mut ratios: Vec<f64> = (0..100)
            .map(|index| rms(&made(&run, state, index)) / rms(&plain(state, index)))
            .collect();
        ratios.sort_by(f64::total_cmp);
        assert!(ratios[10] > most, "{state}: {}", ratios[10]);
    }
}

#[test]
fn mixed_speeds_are_recordings_of_those_speeds() {
    let speeds = vec![Speed::Off, Speed::Low, Speed::High];
    let run = Run { speeds: speeds.clone(), ..Run::default() };
    let mut seen = BTreeSet::new();
    for index in 0..60 {
        let one = made(&run, LOW, index);
        let at = speeds.iter().position(|&speed| one == plain(State { speed, ..LOW }, index));
        seen.insert(at.unwrap());
    }
    assert_eq!(seen, BTreeSet::from([0, 1, 2]));
}

#[test]
fn bursts_are_spiky_and_of_their_size() {
    let run = Run { bursts_g: 0.2, ..Run::default() };
    let one = Fan::new(1).recording_of(&run, LOW, 0, 2000.0, 4000).unwrap();
    let without = Fan::new(1).recording(LOW, 0, 2000.0, 4000).unwrap();
    let added: Vec<f64> = one.axis(0).iter().zip(without.axis(0)).map(|(a, b)| a - b).collect();
    let peak = added.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    // The x axis has 0.8 of it, and the first swing has lost some when it is at its peak: 1.4 ms of 22 ms.
    assert!((0.12..0.2).contains(&peak), "{peak} g");
    let square = mean(&added.iter().map(|x| x * x).collect::<Vec<_>>());
    let fourth = mean(&added.iter().map(|x| x.powi(4)).collect::<Vec<_>>());
    assert!(fourth / (square * square) > 10.0, "kurtosis {}", fourth / (square * square));
    let off = State { speed: Speed::Off, ..LOW };
    assert_eq!(made(&run, off, 0), plain(off, 0));
}

#[test]
fn a_run_of_nonsense_is_refused() {
    let run = Run { drift_db: f64::NAN, ..Run::default() };
    assert_eq!(Fan::new(1).recording_of(&run, LOW, 0, RATE_HZ, 200), None);
}
