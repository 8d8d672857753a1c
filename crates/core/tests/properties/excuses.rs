//! A gate may excuse a window, never a fault.

use std::f64::consts::TAU;

use judder_core::{
    Decision, Detector, Error, FeatureSet, Gates, MAX_AXES, Mahalanobis, Mounting, Posture,
    Readings, Verdict, Watch,
};
use proptest::prelude::*;

use crate::log_cov::{combined, rotation};
use crate::windows::{Axes, measured};

const LENGTH: usize = 200;

fn posture(axes: &Axes) -> Posture<f64> {
    let values: Vec<f64> = axes.concat();
    Posture::of(&Readings::new(&values, axes.len(), axes[0].len()).unwrap()).unwrap()
}

/// Three axes of independent readings about gravity, of this standard deviation.
fn noise(size: f64) -> impl Strategy<Value = Axes> {
    // Of a uniform number on -1 to 1 the standard deviation is the root of a third.
    let reading = (-1.0f64..1.0).prop_map(move |x| x * size * 3f64.sqrt());
    prop::collection::vec(reading, 3 * LENGTH).prop_map(|all| {
        let gravity = [0.1, -0.2, 0.97];
        let axes = all.chunks_exact(LENGTH).zip(gravity);
        axes.map(|(axis, gravity)| axis.iter().map(|x| x + gravity).collect()).collect()
    })
}

/// With the deviations from the mean of each axis times `by`.
fn grown(axes: &Axes, by: f64) -> Axes {
    let grow = |axis: &Vec<f64>| {
        let mean = axis.iter().sum::<f64>() / axis.len() as f64;
        axis.iter().map(|x| mean + by * (x - mean)).collect()
    };
    axes.iter().map(grow).collect()
}

/// A tone of so many periods in the window, of this size and phase on one axis.
fn with_tone(axes: &Axes, axis: usize, periods: f64, size: f64, phase: f64) -> Axes {
    let mut axes = axes.clone();
    for (at, x) in axes[axis].iter_mut().enumerate() {
        *x += size * (TAU * (periods * at as f64 / LENGTH as f64 + phase)).sin();
    }
    axes
}

fn handled(axes: &Axes) -> bool {
    // Of any limit: what is not handled above 0 is not handled above more.
    Gates::new(Some(0.0), None, &[]).unwrap().handled(&posture(axes))
}

/// A watch over windows of which the normal ones vibrate by 0.01, with every gate that a model may have.
fn verdict(axes: &Axes) -> Verdict {
    let set: FeatureSet = "log-std".parse().unwrap();
    let (mean, whitening) = ([0.01f64.ln(); 3], [10.0, 0.0, 10.0, 0.0, 0.0, 10.0]);
    let scoring = Mahalanobis::new(&mean, &whitening).unwrap();
    let detector = Detector::new(set, &scoring, 30.0, 3, LENGTH).unwrap();
    let mounting = Mounting::new(&[0.1, -0.2, 0.97], 1.2e-3, 7e-5).unwrap();
    let gates =
        Gates::new(Some(0.005), None, &[mounting]).unwrap().with_strong_above(0.08).unwrap();
    let mut watch = Watch::new(Decision::default(), 30.0, gates, None).unwrap();
    let values = axes.concat();
    let window = Readings::new(&values, 3, LENGTH).unwrap();
    let (mut keys, mut room) = (vec![0; LENGTH], vec![0.0; detector.values()]);
    let score = || Ok::<f64, Error>(detector.judge(&window, &mut keys, &mut room)?.score);
    watch.next(&Posture::of(&window).unwrap(), score).unwrap().verdict
}

proptest! {
    /// The bound of Cauchy and Schwarz, which the limit of the ratio is a share of.
    #[test]
    fn no_shift_is_above_the_root_of_six_of_the_rms(axes in measured()) {
        let posture = posture(&axes);
        let length = axes[0].len();
        // Two thirds of the readings count, and a third is rounded down.
        let bound = (2.0 * length as f64 / (length / 3) as f64).sqrt();
        prop_assert!(posture.shift() <= bound * posture.rms() * (1.0 + 1e-9));
        prop_assert!(length % 3 > 0 || bound <= 6f64.sqrt());
    }

    #[test]
    fn a_tone_of_two_periods_or_more_is_explained_by_itself(
        periods in 2.0f64..90.0,
        phase in 0.0f64..1.0,
        size in 1e-3f64..10.0,
    ) {
        let still = vec![vec![0.0; LENGTH], vec![0.0; LENGTH], vec![1.0; LENGTH]];
        for axis in 0..3 {
            let posture = posture(&with_tone(&still, axis, periods, size, phase));
            prop_assert!(posture.shift() <= 1.05 * posture.rms(), "{:?}", posture);
            prop_assert!(periods < 2.2 || posture.shift() < posture.rms(), "{:?}", posture);
        }
    }

    /// The other way: what steps is handled, however it vibrates besides, as long as that is less.
    #[test]
    fn a_step_is_handled(axes in noise(0.01), at in 0.15f64..0.85, size in 0.1f64..1.0) {
        let mut moved = axes.clone();
        for axis in &mut moved {
            let from = (at * LENGTH as f64) as usize;
            axis[from..].iter_mut().for_each(|x| *x += size);
        }
        prop_assert!(handled(&moved) && !handled(&axes));
    }

    #[test]
    fn a_turn_of_the_sensor_changes_no_handled_window(
        axes in noise(0.01),
        shift in prop::array::uniform3(-0.05f64..0.05),
        numbers in prop::collection::vec(-1.0f64..1.0, MAX_AXES * MAX_AXES),
    ) {
        let mut moved = axes;
        for (axis, by) in moved.iter_mut().zip(shift) {
            axis[LENGTH / 2..].iter_mut().for_each(|x| *x += by);
        }
        let found = posture(&moved);
        prop_assume!((found.shift() - found.rms()).abs() > 1e-9);
        let turned = combined(&moved, &rotation(&numbers, 3));
        prop_assert_eq!(handled(&turned), handled(&moved));
    }

    /// At any size: the ratio does not know how much that is.
    #[test]
    fn what_its_vibration_explains_is_never_handled(axes in measured(), by in 1.0f64..1e4) {
        prop_assume!(!handled(&axes));
        let (before, after) = (posture(&axes), posture(&grown(&axes, by)));
        prop_assume!(before.shift() < before.rms() * (1.0 - 1e-9));
        prop_assert!(after.shift() < after.rms());
    }

    /// From three times the normal vibration on, whatever limit the growing shift of the mean crosses.
    #[test]
    fn an_anomaly_stays_one_when_its_vibration_grows(axes in noise(0.03), by in 1.0f64..1000.0) {
        prop_assert_eq!(verdict(&axes), Verdict::Anomaly);
        prop_assert_eq!(verdict(&grown(&axes, by)), Verdict::Anomaly);
    }

    #[test]
    fn an_anomaly_stays_one_when_a_tone_is_added(
        axes in noise(0.03),
        axis in 0..3usize,
        periods in 2.2f64..90.0,
        size in 0.0f64..2.0,
        phase in 0.0f64..1.0,
    ) {
        let found = verdict(&with_tone(&axes, axis, periods, size, phase));
        // What is turned by less vibration than four times the normal one may be mounted anew.
        let posture = posture(&with_tone(&axes, axis, periods, size, phase));
        prop_assert!(found == Verdict::Anomaly || found == Verdict::Remounted && posture.vibration() < 0.08);
        prop_assert!(found == Verdict::Anomaly || size > 0.03);
    }
}

/// The figures of the documentation, of a ramp, of steps and of tones.
#[test]
fn ratios_are_those_that_are_said() {
    let ratio = |of: &dyn Fn(f64) -> f64| {
        let axis = (0..3000).map(|at| of((at as f64 + 0.5) / 3000.0)).collect();
        let posture = posture(&vec![axis]);
        posture.shift() / posture.rms()
    };
    let near =
        |found: f64, expected: f64| assert!((found - expected).abs() < 0.01, "{found} {expected}");
    let step = |at: f64| move |t: f64| f64::from(u8::from(t > at));
    near(ratio(&|t| t), 4.0 / 3f64.sqrt());
    near(ratio(&step(0.5)), 2.0);
    near(ratio(&step(1.0 / 3.0)), 1.5 * 2f64.sqrt());
    near(ratio(&step(0.1)), 1.0);
    near(ratio(&|t| (t * TAU / 2.0).cos()), 2.34);
    near(ratio(&|t| (t * TAU).sin()), 2.03);
    near(ratio(&|t| ((t - 0.5) * 2.0 * TAU).sin()), 1.01);
    near(ratio(&|t| (3.0 * t).floor()), 6f64.sqrt());
}
