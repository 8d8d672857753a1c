//! Features against their definitions.

use judder_core::{Feature, Real, mad, median};
use proptest::prelude::*;

use crate::definitions;
use crate::tolerance::Tolerance;
use crate::windows::{Axes, measured, values};

fn check<T: Real>(axes: &Axes) -> Result<(), TestCaseError> {
    for feature in Feature::ALL {
        let found = values::<T>(feature, axes);
        let expected = definitions::of_window(feature, axes);
        let scales = definitions::scale_of_window::<T>(feature, axes);
        prop_assert_eq!(found.len(), expected.len());
        for ((found, expected), scale) in found.into_iter().zip(expected).zip(scales) {
            let close = Tolerance::Summed.holds(found, expected, scale);
            prop_assert!(close, "{}: {} for {}", feature, found, expected);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn f64_features_are_those_of_numpy_and_scipy(axes in measured()) {
        check::<f64>(&axes)?;
    }

    #[test]
    fn f32_features_are_close_to_those_in_f64(axes in measured()) {
        check::<f32>(&axes)?;
    }

    #[test]
    fn mad_of_measured_readings_is_rounded_once(axes in measured()) {
        for (found, axis) in values::<f32>(Feature::Mad, &axes).into_iter().zip(&axes) {
            prop_assert!(Tolerance::Close.holds(found, definitions::mad(axis), 0.0));
        }
    }
}

/// Numbers that the reference's own library gives.
#[test]
fn short_examples() {
    let examples: [(&[f64], f64, f64); 5] = [
        (&[3.0, 1.0, 4.0, 1.0, 5.0], 3.0, 2.9652),
        (&[1.0, 2.0, 4.0, 8.0], 3.0, 2.2239),
        (&[0.5; 6], 0.5, 0.0),
        (&[2.5], 2.5, 0.0),
        (&[1.0, 4.0], 2.5, 2.2239),
    ];
    for (x, expected_median, expected_mad) in examples {
        let mut keys = [0; 6];
        assert_eq!(median(x, &mut keys), Some(expected_median));
        assert_eq!(mad(x, &mut keys), Some(expected_mad));
        let (narrow, mut keys) = (x.iter().map(|&x| x as f32).collect::<Vec<_>>(), [0; 6]);
        assert_eq!(median(&narrow, &mut keys), Some(expected_median as f32));
        assert!(Tolerance::Close.holds(mad(&narrow, &mut keys).unwrap(), expected_mad, 0.0));
    }
}

#[test]
fn kurtosis_is_that_in_excess_of_a_gaussian() {
    // Two values, equally often: the least kurtosis there is.
    let axes = vec![[1.0, -1.0].repeat(8)];
    assert_eq!(values::<f64>(Feature::Kurtosis, &axes), [-2.0]);
    assert_eq!(values::<f64>(Feature::Crest, &axes), [1.0]);
    assert_eq!(values::<f64>(Feature::Std, &axes), [1.0]);
}

#[test]
fn differences_are_those_of_neighbours_in_time() {
    // Between -1 and 1 in turn: from 2 to -2. Slow and quick readings of the same values differ.
    let quick: Vec<f64> = (0..17).map(|at| if at % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let slow: Vec<f64> = (0..17).map(|at| if at < 9 { 1.0 } else { -1.0 }).collect();
    let axes = vec![quick, slow];
    // One step of -2 among sixteen: the variance is 4 / 16 - (2 / 16)².
    let expected = [2.0, f64::sqrt(15.0) / 8.0];
    for (found, expected) in values::<f64>(Feature::DiffStd, &axes).into_iter().zip(expected) {
        assert!(Tolerance::Close.holds(found, expected, 0.0), "{found} for {expected}");
    }
    // The one step falls where the quick axis has +2 or -2, by turns.
    let [found] = values::<f64>(Feature::DiffCorrelation, &axes)[..] else { panic!("one pair") };
    let expected = 0.25 / (2.0 * f64::sqrt(15.0) / 8.0);
    assert!(Tolerance::Close.holds(found, expected, 0.0), "{found} for {expected}");
}

#[test]
fn log_mad_of_a_resting_axis_with_one_knock_is_a_number() {
    let mut axis = vec![0.25; 128];
    axis[17] = 0.5;
    let mean_deviation: f64 = 2.0 * 127.0 / 128.0 * 0.25 / 128.0;
    let expected = (1.253_314 * mean_deviation).ln();
    let axes = vec![axis];
    assert_eq!(values::<f64>(Feature::Mad, &axes), [0.0]);
    let [found] = values::<f32>(Feature::LogMad, &axes)[..] else { panic!("one axis") };
    assert!(Tolerance::Close.holds(found, expected, 1.0), "{found} for {expected}");
}
