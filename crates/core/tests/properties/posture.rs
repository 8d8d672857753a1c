//! Posture: against its definition, under turns of the sensor, and of hostile readings.

use judder_core::{Error, GravityAxes, MAX_AXES, Posture, Readings, Real};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use crate::tolerance::Tolerance;
use crate::windows::{Axes, measured};

fn posture<T: Real>(axes: &Axes) -> Result<Posture<T>, Error> {
    let values: Vec<T> = axes.iter().flatten().map(|&x| T::from_f64(x)).collect();
    Posture::of(&Readings::new(&values, axes.len(), axes[0].len())?)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean, shift and activity by their definition: the trace of the covariance, and what of it is in the
/// direction of the mean.
fn by_definition(axes: &Axes) -> (DVector<f64>, f64, f64) {
    let (count, length) = (axes.len(), axes[0].len());
    let means = DVector::from_fn(count, |axis, _| mean(&axes[axis]));
    let third = length / 3;
    let step = |x: &[f64]| mean(&x[length - third..]) - mean(&x[..third]);
    let shift = DVector::from_fn(count, |axis, _| step(&axes[axis])).norm();
    let deviations = DMatrix::from_fn(count, length, |axis, at| axes[axis][at] - means[axis]);
    let covariance = &deviations * deviations.transpose() / length as f64;
    let along = match means.norm() {
        length if count > 1 && length > 0.0 => {
            let direction = &means / length;
            (direction.transpose() * &covariance * &direction)[(0, 0)]
        }
        _ => 0.0,
    };
    (means, shift, (covariance.trace() - along).max(0.0).sqrt())
}

/// The root mean square about the mean, and of what the least-squares line of each third leaves.
fn vibration_by_definition(axes: &Axes) -> (f64, f64) {
    let length = axes[0].len();
    let third = length / 3;
    let (mut all, mut left) = (0.0, 0.0);
    for axis in axes {
        all += axis.iter().map(|x| (x - mean(axis)).powi(2)).sum::<f64>();
        for part in [&axis[..third], &axis[third..length - third], &axis[length - third..]] {
            let basis = DMatrix::from_fn(part.len(), 2, |at, power| (at as f64).powi(power as i32));
            let values = DVector::from_row_slice(part).add_scalar(-part[0]);
            let line = basis.clone().svd(true, true).solve(&values, 1e-12).unwrap();
            left += (values - basis * line).norm_squared();
        }
    }
    ((all / length as f64).sqrt(), (left / length as f64).sqrt())
}

/// Axes as a sensor at rest on a machine gives them: gravity in all of them, at least as large as the
/// vibration, so that its direction is sure.
fn with_gravity() -> impl Strategy<Value = Axes> {
    (measured(), prop::collection::vec(any::<bool>(), MAX_AXES)).prop_map(|(mut axes, signs)| {
        for (axis, sign) in axes.iter_mut().zip(signs) {
            axis.iter_mut().for_each(|x| *x += if sign { 4.0 } else { -4.0 });
        }
        axes
    })
}

/// The largest reading: what rounding is relative to.
fn largest(axes: &Axes) -> f64 {
    axes.iter().flatten().fold(0.0, |most, x| x.abs().max(most)) * (axes.len() as f64).sqrt()
}

fn check_definition<T: Real>(axes: &Axes) -> Result<(), TestCaseError> {
    let (means, shift, activity) = by_definition(axes);
    let (found, scale) = (posture::<T>(axes).unwrap(), largest(axes));
    let near = Tolerance::Summed;
    prop_assert_eq!(found.mean().len(), axes.len());
    for (&found, &expected) in found.mean().iter().zip(&means) {
        prop_assert!(near.holds(found, expected, scale), "mean {} for {}", found, expected);
    }
    prop_assert!(near.holds(found.shift(), shift, scale), "shift {} {}", found.shift(), shift);
    // The definition subtracts squares, and so loses half of the digits of a small difference.
    let found = found.activity().to_f64();
    let off = (found * found - activity * activity).abs();
    prop_assert!(near.holds(T::from_f64(off), 0.0, scale * scale), "{} {}", found, activity);
    let (rms, vibration) = vibration_by_definition(axes);
    let posture = posture::<T>(axes).unwrap();
    for (found, expected) in [(posture.rms(), rms), (posture.vibration(), vibration)] {
        let off = found * found - T::from_f64(expected * expected);
        prop_assert!(near.holds(off, 0.0, scale * scale), "{} for {}", found, expected);
    }
    Ok(())
}

/// Axes in a sensor that is turned, or mirrored.
fn turned(axes: &Axes, numbers: &[f64]) -> Axes {
    let count = axes.len();
    let turn = DMatrix::from_fn(count, count, |i, j| numbers[i * MAX_AXES + j]).qr().q();
    let at = |row: usize, at: usize| (0..count).map(|i| turn[(row, i)] * axes[i][at]).sum();
    (0..count).map(|row| (0..axes[0].len()).map(|reading| at(row, reading)).collect()).collect()
}

/// All numbers of a posture in f32.
fn numbers(axes: &Axes) -> Vec<f64> {
    let posture = posture::<f32>(axes).unwrap();
    let last = [posture.shift(), posture.activity(), posture.rms()];
    posture.mean().iter().chain(&last).map(|&x| x.into()).collect()
}

fn scaled(axes: &Axes, factor: f64) -> Axes {
    axes.iter().map(|axis| axis.iter().map(|x| x * factor).collect()).collect()
}

proptest! {
    #[test]
    fn it_is_what_its_definition_says(axes in with_gravity()) {
        check_definition::<f32>(&axes)?;
        check_definition::<f64>(&axes)?;
    }

    #[test]
    fn all_but_the_mean_is_the_same_however_the_sensor_is_turned(
        axes in with_gravity(),
        numbers in prop::collection::vec(-1.0f64..1.0, MAX_AXES * MAX_AXES),
    ) {
        let scale = largest(&axes);
        let before = posture::<f64>(&axes).unwrap();
        let after = posture::<f64>(&turned(&axes, &numbers)).unwrap();
        for (before, after) in
            [(before.shift(), after.shift()), (before.activity(), after.activity()), (before.rms(), after.rms())]
        {
            prop_assert!(Tolerance::Summed.holds(after, before, scale), "{} {}", before, after);
        }
        let square = |posture: &Posture<f64>| posture.vibration() * posture.vibration();
        let same = Tolerance::Summed.holds(square(&after), square(&before), scale * scale);
        prop_assert!(same, "{:?} {:?}", before, after);
    }

    /// As the posture of these axes alone; where none sees gravity, nothing is taken off for it.
    #[test]
    fn only_the_axes_that_see_gravity_count(
        axes in with_gravity().prop_filter("three", |axes| axes.len() > 3),
        first in 0..100usize,
    ) {
        let three = [0, 1, 2].map(|at| (first + at) % axes.len());
        let values: Vec<f32> = axes.iter().flatten().map(|&x| x as f32).collect();
        let window = Readings::new(&values, axes.len(), axes[0].len()).unwrap();
        let found = Posture::of_axes(&window, GravityAxes::Three(three.map(|axis| axis as u8)));
        let alone: Axes = three.iter().map(|&axis| axes[axis].clone()).collect();
        prop_assert_eq!(found, posture::<f32>(&alone));
        let unseen = Posture::of_axes(&window, GravityAxes::Unseen).unwrap();
        let near = Tolerance::Summed.holds(unseen.activity(), unseen.rms().into(), largest(&axes));
        prop_assert!(near, "{:?}", unseen);
        let beyond = Posture::of_axes(&window, GravityAxes::Three([0, 1, axes.len() as u8]));
        prop_assert_eq!(beyond, Err(Error::Shape { expected: axes.len() + 1, found: axes.len() }));
    }

    #[test]
    fn a_power_of_two_scales_it_exactly(axes in measured(), power in -8i32..8) {
        let factor = f64::from(power).exp2();
        let after = numbers(&scaled(&axes, factor));
        let expected: Vec<f64> = numbers(&axes).iter().map(|x| x * factor).collect();
        prop_assert_eq!(after, expected);
    }

    #[test]
    fn any_factor_scales_it(axes in with_gravity(), factor in 0.01f64..100.0) {
        let after = scaled(&axes, factor);
        for (found, before) in numbers(&after).into_iter().zip(numbers(&axes)) {
            let holds = Tolerance::Summed.holds(found as f32, before * factor, largest(&after));
            prop_assert!(holds, "{} for {}", found, before * factor);
        }
    }

    /// Every bit pattern: a posture of finite numbers that are not negative, or a reason.
    #[test]
    fn readings_of_any_bits_have_a_posture_or_a_reason(
        axes in 1..=MAX_AXES,
        values in prop::collection::vec(any_number(), 9 * MAX_AXES),
    ) {
        let values = &values[..9 * axes];
        let strange = values.iter().position(|x| !x.is_finite());
        match Posture::of(&Readings::new(values, axes, 9).unwrap()) {
            Ok(posture) => {
                prop_assert_eq!(strange, None);
                let remade = Posture::new(posture.mean(), posture.shift(), posture.activity())
                    .and_then(|one| one.with_vibration(posture.rms(), posture.vibration()));
                prop_assert_eq!(remade, Ok(posture));
            }
            Err(Error::NonFinite { axis, reading }) => {
                prop_assert_eq!(strange, Some(9 * axis + reading));
            }
            Err(error) => {
                prop_assert_eq!(error, Error::PostureNotRepresentable);
                prop_assert_eq!(strange, None);
                prop_assert!(values.iter().any(|x| x.abs() > 1e17));
            }
        }
    }
}

fn any_number() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => prop::num::f32::ANY,
        8 => -2.0f32..2.0,
        1 => prop::sample::select(vec![0.0, -0.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE]),
    ]
    .prop_flat_map(|x| prop_oneof![40 => Just(if x.is_finite() { x } else { 1.0 }), 1 => Just(x)])
}

/// A vibration of 1 mg at 1 g in all three axes, at a slant.
fn small_vibration(length: usize) -> Axes {
    let wave = |axis: usize, at: usize| ((at * (axis + 3)) as f64 * 0.7).sin() * 1e-3;
    let axis = |axis: usize| (0..length).map(move |at| f64::from((1.0 + wave(axis, at)) as f32));
    (0..3).map(|at| axis(at).collect()).collect()
}

/// In f32 too, gravity takes no digits away from what is a thousandth of it.
#[test]
fn a_vibration_far_below_gravity_keeps_its_digits() {
    for length in [8, 100, 1024, 65536] {
        let axes = small_vibration(length);
        let (means, shift, activity) = by_definition(&axes);
        let found = posture::<f32>(&axes).unwrap();
        let near = |found: f32, expected: f64, by: f64| (f64::from(found) - expected).abs() < by;
        assert!(near(found.activity(), activity, 1e-4 * activity), "{found:?} for {activity}");
        assert!(near(found.shift(), shift, 1e-4 * activity), "{found:?} for {shift}");
        assert!(near(found.mean()[0], means[0], 1e-7), "{found:?} for {means}");
        let (rms, vibration) = vibration_by_definition(&axes);
        assert!(near(found.rms(), rms, 1e-4 * rms), "{found:?} for {rms}");
        assert!(near(found.vibration(), vibration, 1e-3 * vibration), "{found:?} for {vibration}");
    }
}

/// Vibration along gravity is none, and one normal to it all of it, however small beside the other.
#[test]
fn only_vibration_normal_to_gravity_is_activity() {
    let wave: Vec<f64> = (0..64).map(|at| if at % 2 == 0 { 0.5 } else { -0.5 }).collect();
    let slow: Vec<f64> =
        wave.iter().enumerate().map(|(at, x)| if at % 4 < 2 { *x } else { -x }).collect();
    let of = |x: f64, y: f64, gravity: f64| {
        let lifted = wave.iter().map(|w| w * x + gravity).collect();
        posture::<f32>(&vec![lifted, slow.iter().map(|w| w * y).collect()]).unwrap().activity()
    };
    assert_eq!(of(1.0, 0.0, 1.0), 0.0);
    assert_eq!(of(0.0, 1.0, 1.0), 0.5);
    assert_eq!(of(1.0, 1.0 / 1024.0, 1.0), 0.5 / 1024.0);
    // Without gravity, and in a single axis, there is no direction to leave out.
    assert_eq!(of(3.0, 4.0, 0.0), 2.5);
    let one = |gravity: f64| vec![wave.iter().map(|x| x + gravity).collect()];
    assert_eq!(posture::<f32>(&one(1.0)).unwrap().activity(), 0.5);
    assert_eq!(posture::<f32>(&one(-1.0)).unwrap().mean(), [-1.0]);
}

/// The middle third counts for nothing; of 8 readings the first two and the last two do.
#[test]
fn a_shift_is_from_the_first_third_to_the_last() {
    let x = vec![0.0, 0.0, 9.0, -9.0, 9.0, -9.0, 3.0, 3.0];
    let y = vec![2.0, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0, -4.0];
    assert_eq!(posture::<f64>(&vec![x, y]).unwrap().shift(), 5.0);
}

#[test]
fn a_sensor_that_is_stuck_rests() {
    let found = posture::<f32>(&vec![vec![0.1; 30], vec![-0.7; 30]]).unwrap();
    assert_eq!((found.shift(), found.activity()), (0.0, 0.0));
    assert_eq!((found.rms(), found.vibration()), (0.0, 0.0));
    assert_eq!(found.mean(), [0.1, -0.7]);
}

#[test]
fn only_a_posture_that_there_can_be_is_made() {
    let new = |mean: &[f32], shift, activity| Posture::new(mean, shift, activity).map(|_| ());
    assert_eq!(new(&[0.0], 0.0, 0.0), Ok(()));
    assert_eq!(new(&[1.0; 8], 1.0, f32::MAX), Ok(()));
    assert_eq!(new(&[], 0.0, 0.0), Err(Error::AxisCount { axes: 0 }));
    assert_eq!(new(&[1.0; 9], 0.0, 0.0), Err(Error::AxisCount { axes: 9 }));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(new(&[0.0, bad], 0.0, 0.0), Err(Error::Parameter));
    }
    for bad in [f32::NAN, f32::INFINITY, -f32::MIN_POSITIVE] {
        assert_eq!(new(&[1.0], bad, 0.0), Err(Error::Gate));
        assert_eq!(new(&[1.0], 0.0, bad), Err(Error::Gate));
    }
}
