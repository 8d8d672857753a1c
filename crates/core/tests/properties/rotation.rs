//! What a rotation of the sensor does not change.

use judder_core::{Bands, Error, Feature, FeatureSet, MAX_AXES};
use nalgebra::DMatrix;
use proptest::prelude::*;

use crate::definitions::scale_of_window;
use crate::log_cov::{combined, rotation};
use crate::tolerance::Tolerance;
use crate::windows::{Axes, extract, measured, values};

/// The features that belong to no axis.
fn features() -> impl Iterator<Item = Feature> {
    let few = Feature::TotalBands(Bands::new(3).unwrap());
    let of_no_axis =
        |f: &Feature| FeatureSet::new(&[*f]).unwrap().names(3).all(|name| name.axis.is_none());
    Feature::ALL.into_iter().filter(of_no_axis).chain([few])
}

#[test]
fn they_are_those_that_belong_to_no_axis() {
    let names: Vec<String> = features().map(|feature| feature.to_string()).collect();
    let total = ["total-bands:16", "total-octaves:5"];
    let eigen = ["log-eigen", "diff-log-eigen"];
    let level = ["level-log-std", "level-diff-log-std"];
    assert_eq!(names, [&total[..], &eigen, &level, &["total-bands:3"]].concat());
}

proptest! {
    #[test]
    fn a_turn_of_the_sensor_changes_nothing(
        axes in measured(),
        numbers in prop::collection::vec(-1.0f64..1.0, MAX_AXES * MAX_AXES),
    ) {
        let turned = combined(&axes, &rotation(&numbers, axes.len()));
        for feature in features() {
            let (before, after) = (values::<f64>(feature, &axes), values::<f64>(feature, &turned));
            prop_assert_eq!(before.len(), feature.count(axes.len()));
            // What each axis rounds is spread over all of them.
            let all = |axes| scale_of_window::<f64>(feature, axes).into_iter();
            for ((before, after), (a, b)) in before.into_iter().zip(after).zip(all(&axes).zip(all(&turned))) {
                let same = Tolerance::Summed.holds(after, before, a.max(b) * axes.len() as f64);
                prop_assert!(same, "{}: {} for {}", feature, after, before);
            }
        }
    }
}

/// Along gravity ±2, and across it ±1 and ±½ by turns.
fn hanging() -> Axes {
    let signs = |period: usize, size: f64, center: f64| -> Vec<f64> {
        (0..64)
            .map(|at| center + if (at / period).is_multiple_of(2) { size } else { -size })
            .collect()
    };
    vec![signs(4, 1.0, 0.0), signs(2, 0.5, 0.0), signs(8, 2.0, -1.0)]
}

#[test]
fn along_is_along_gravity_and_across_is_the_rest() {
    let axes = hanging();
    let expected = [2f64.ln(), ((1.0 + 0.25) / 2.0f64).sqrt().ln()];
    for turn in
        [DMatrix::identity(3, 3), rotation(&[0.3, -0.7, 0.2, 0.9, 0.1, -0.4, 0.8].repeat(10), 3)]
    {
        let turned = combined(&axes, &turn);
        for (found, expected) in values::<f64>(Feature::LevelLogStd, &turned).iter().zip(expected) {
            assert!(Tolerance::Summed.holds(*found, expected, 1.0), "{found} for {expected}");
        }
        let found = values::<f64>(Feature::LogEigen, &turned);
        for (found, expected) in found.iter().zip([4f64, 1.0, 0.25]) {
            assert!(Tolerance::Summed.holds(*found, expected.ln(), 1.0), "{found}");
        }
    }
    // The quicker a square wave is, the more steps of twice its size it has: 63 steps, of them.
    let [along, across] = values::<f64>(Feature::LevelDiffLogStd, &axes)[..] else { panic!() };
    let variance =
        |steps: f64, size: f64, sum: f64| steps * size * size / 63.0 - (sum / 63.0).powi(2);
    let expected =
        [variance(7.0, 4.0, -4.0), (variance(15.0, 2.0, -2.0) + variance(31.0, 1.0, -1.0)) / 2.0];
    for (found, expected) in [along, across].into_iter().zip(expected) {
        assert!(Tolerance::Summed.holds(found, expected.ln() / 2.0, 1.0), "{found} {expected}");
    }
}

#[test]
fn one_axis_has_nothing_across() {
    let axes = vec![hanging().remove(2)];
    assert_eq!(values::<f64>(Feature::LevelLogStd, &axes).len(), 1);
    assert!(Tolerance::Close.holds(values::<f64>(Feature::LevelLogStd, &axes)[0], 2f64.ln(), 1.0));
}

#[test]
fn what_does_not_vary_across_gravity_counts_as_the_least() {
    // All axes move as one, along their mean: the mean variance is a third of what is along it.
    let axis: Vec<f64> = (0..64).map(|at| 1.0 + f64::from(at % 2)).collect();
    let axes = vec![axis.clone(), axis.clone(), axis];
    let [along, across] = values::<f64>(Feature::LevelLogStd, &axes)[..] else { panic!() };
    assert!((along - 0.75f64.ln() / 2.0).abs() < 1e-12, "{along}");
    assert!((across - (0.25e-6f64).ln() / 2.0).abs() < 1e-9, "{across}");
}

#[test]
fn without_gravity_there_is_no_direction() {
    // But for the third, on which it hangs, these axes have a mean of 0.
    for name in ["level-log-std", "level-diff-log-std"] {
        let found = extract::<f64>(&name.parse().unwrap(), &hanging()[..2]);
        assert_eq!(found, Err(Error::NotRepresentable { feature: 0 }), "{name}");
    }
}
