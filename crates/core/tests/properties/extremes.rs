//! Readings of any size: a feature is right, or there is none.

use judder_core::{Error, Feature, FeatureSet};
use proptest::prelude::*;

use crate::definitions;
use crate::tolerance::Tolerance;
use crate::windows::{Axes, extract, varies};

/// Two axes of sizes from the smallest f32 to the largest, and of shapes with and without outliers.
fn of_any_size() -> impl Strategy<Value = Axes> {
    let axis = (-44i32..39, prop::collection::vec(-1.0f64..1.0, 16), any::<bool>(), any::<bool>());
    let axis = axis.prop_map(|(power, shape, signs_only, one_spike)| -> Vec<f64> {
        let size = 10f64.powi(power);
        let shape = shape.into_iter().enumerate().map(|(at, x)| match (signs_only, one_spike) {
            (true, _) => x.signum(),
            (false, true) if at > 0 => 0.0,
            _ => x,
        });
        shape
            .map(|x| f64::from((x * size).clamp(-f64::from(f32::MAX), f32::MAX.into()) as f32))
            .collect()
    });
    prop::collection::vec(axis.prop_filter("stuck", |axis| varies(axis)), 2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_feature_is_right_or_not_representable(axes in of_any_size()) {
        for feature in Feature::ALL {
            let set = FeatureSet::new(&[feature]).unwrap();
            let found = match extract::<f32>(&set, &axes) {
                Ok(found) => found,
                Err(error) => {
                    prop_assert!(matches!(error, Error::NotRepresentable { .. }), "{}", error);
                    continue;
                }
            };
            // A logarithm magnifies the rounding of numbers that are hardly representable.
            let smallest = axes.iter().map(|x| definitions::mad(x)).fold(f64::MAX, f64::min);
            if feature == Feature::LogMad && smallest < f64::from(f32::MIN_POSITIVE) {
                continue;
            }
            let expected = definitions::of_window(feature, &axes);
            let scales = definitions::scale_of_window::<f32>(feature, &axes);
            for ((found, expected), scale) in found.into_iter().zip(expected).zip(scales) {
                let right = Tolerance::Summed.holds(found, expected, scale);
                prop_assert!(right, "{}: {} for {}", feature, found, expected);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Logarithms and matrices refuse nothing that has a standard deviation.
    #[test]
    fn what_has_a_deviation_has_its_logarithms(axes in of_any_size()) {
        let extracted = |feature| extract::<f32>(&FeatureSet::new(&[feature]).unwrap(), &axes);
        for (std, others) in [
            (Feature::Std, [Feature::LogStd, Feature::LogCov, Feature::LogEigen]),
            (Feature::DiffStd, [Feature::DiffLogStd, Feature::DiffLogCov, Feature::DiffLogEigen]),
        ] {
            let std = extracted(std).map(|_| ());
            for other in others {
                prop_assert_eq!(extracted(other).is_ok(), std.is_ok(), "{}: {:?}", other, std);
            }
        }
    }
}

/// An error names the number of the axis that it is about.
#[test]
fn a_variance_that_is_not_representable_is_named() {
    let axis =
        |size: f64| -> Vec<f64> { (0..16).map(|at| f64::from(at * at % 7) * size).collect() };
    for size in [1e-30, 1e30] {
        for (at, place) in [0, 3, 5].into_iter().enumerate() {
            let mut axes = vec![axis(1.0), axis(2.0), axis(0.5)];
            axes[at] = axis(size);
            let extracted = |name: &str| extract::<f32>(&name.parse().unwrap(), &axes);
            for name in ["log-std", "diff-std", "diff-log-std"] {
                assert_eq!(extracted(name), Err(Error::NotRepresentable { feature: at }), "{name}");
            }
            for name in ["log-cov", "diff-log-cov"] {
                assert_eq!(
                    extracted(name),
                    Err(Error::NotRepresentable { feature: place }),
                    "{name}"
                );
            }
        }
    }
}

/// Its differences do not vary: like an axis that is stuck.
#[test]
fn a_straight_line_has_no_features_of_differences() {
    let line: Vec<f64> = (0..16).map(|at| f64::from(at) / 4.0 - 1.0).collect();
    let curve: Vec<f64> = line.iter().map(|x| x * x).collect();
    let axes = vec![curve, line];
    for feature in Feature::ALL {
        let found = extract::<f32>(&FeatureSet::new(&[feature]).unwrap(), &axes);
        match definitions::needs_differences(feature) {
            false => assert!(found.is_ok(), "{feature}: {found:?}"),
            true => {
                assert!(
                    matches!(found, Err(Error::NotRepresentable { .. })),
                    "{feature}: {found:?}"
                );
            }
        }
    }
}

/// Whether the features of these axes, scaled by `size`, are all computed.
fn representable(name: &str, size: f64) -> bool {
    let shape = [1.0, -1.0, 0.5, -0.5, 0.25, 1.0, -0.25, -1.0, 0.75];
    let axes = vec![
        shape.iter().map(|x| x * size).collect(),
        shape.iter().rev().enumerate().map(|(at, x)| x * size * (at + 1) as f64).collect(),
    ];
    extract::<f32>(&name.parse().unwrap(), &axes).is_ok()
}

/// Refusing everything would be easy: what vibrating machines give has features.
#[test]
fn readings_of_a_usual_size_have_features() {
    for feature in Feature::ALL {
        for size in [1e-6, 1e-3, 1.0, 16.0, 1e6] {
            assert!(representable(&feature.to_string(), size), "{feature} at {size}");
        }
    }
}
