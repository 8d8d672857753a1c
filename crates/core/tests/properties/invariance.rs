//! What a feature does not depend on, and how it follows what it does.

use judder_core::{Feature, FeatureSet};
use proptest::prelude::*;

use crate::definitions::{needs_differences, of_differences, of_spectrum, scale_of_window};
use crate::tolerance::Tolerance;
use crate::windows::{Axes, measured, values};

/// Features that look only at the order of the readings' values: rounding never shows.
const BY_ORDER: [Feature; 2] = [Feature::Mad, Feature::PeakToPeak];

/// Features in the unit of the readings.
const SIZES: [Feature; 5] =
    [Feature::Mad, Feature::Std, Feature::Rms, Feature::PeakToPeak, Feature::DiffStd];

/// Features that neither the unit nor the sign of the readings changes.
const WITHOUT_UNIT: [Feature; 4] =
    [Feature::Kurtosis, Feature::Crest, Feature::Correlation, Feature::DiffCorrelation];

/// Features that the mean reading is part of.
const OF_GRAVITY: [Feature; 3] = [Feature::Rms, Feature::LevelLogStd, Feature::LevelDiffLogStd];

/// Logarithms of one unit, and by which power of a factor each of their numbers grows. The others
/// are the logarithms of matrices.
fn logarithms() -> impl Iterator<Item = (Feature, f64)> {
    let logarithms = Feature::ALL.into_iter().filter(|f| f.is_logarithm());
    logarithms.filter(|f| !OF_MATRICES.contains(f)).map(|feature| match feature {
        Feature::Bands(_) | Feature::TotalBands(_) | Feature::TotalOctaves(_) => (feature, 2.0),
        Feature::LogEigen | Feature::DiffLogEigen => (feature, 2.0),
        _ => (feature, 1.0),
    })
}

/// Features of the pairs of different axes.
const OF_PAIRS: [Feature; 2] = [Feature::Correlation, Feature::DiffCorrelation];

/// Features of the pairs of axes, equal ones too, by rotations in the order of the axes.
const OF_MATRICES: [Feature; 2] = [Feature::LogCov, Feature::DiffLogCov];

/// The pairs of axes, in the order of the features of two.
fn pairs(axes: usize) -> Vec<(usize, usize)> {
    (0..axes).flat_map(|a| (a + 1..axes).map(move |b| (a, b))).collect()
}

fn of_no_axis(feature: Feature, axes: usize) -> bool {
    let set = FeatureSet::new(&[feature]).unwrap();
    let found = set.names(axes).all(|name| name.axis.is_none());
    found && feature.count(axes) > 0
}

fn tolerance(feature: Feature) -> Tolerance {
    if BY_ORDER.contains(&feature) { Tolerance::Exact } else { Tolerance::Summed }
}

/// Compares the features of two windows, the expected ones after `map`.
fn compare(
    feature: Feature,
    before: &Axes,
    after: &Axes,
    tolerance: Tolerance,
    map: impl Fn(f64) -> f64,
) -> Result<(), TestCaseError> {
    let found = values::<f32>(feature, after);
    let expected = values::<f32>(feature, before);
    let scales = |axes| scale_of_window::<f32>(feature, axes);
    let scales = scales(after).into_iter().zip(scales(before));
    prop_assert_eq!(found.len(), expected.len());
    for ((found, expected), (a, b)) in found.into_iter().zip(expected).zip(scales) {
        let expected = map(f64::from(expected));
        let holds = tolerance.holds(found, expected, a.max(b));
        prop_assert!(holds, "{}: {} for {}", feature, found, expected);
    }
    Ok(())
}

fn map_axes(axes: &Axes, map: impl Fn(f64) -> f64 + Copy) -> Axes {
    axes.iter().map(|axis| axis.iter().copied().map(map).collect()).collect()
}

proptest! {
    #[test]
    fn the_order_of_readings_does_not_matter(
        axes in measured(),
        keys in prop::collection::vec(any::<u64>(), 200),
    ) {
        let mut order: Vec<usize> = (0..axes[0].len()).collect();
        order.sort_by_key(|&at| keys[at]);
        let shuffled = axes.iter().map(|axis| order.iter().map(|&at| axis[at]).collect()).collect();
        let in_time = |&f: &Feature| needs_differences(f) || of_spectrum(f);
        for feature in Feature::ALL.into_iter().filter(|f| !in_time(f)) {
            compare(feature, &axes, &shuffled, tolerance(feature), |x| x)?;
        }
    }

    #[test]
    fn the_direction_of_time_does_not_matter(axes in measured()) {
        let reversed = axes.iter().map(|axis| axis.iter().rev().copied().collect()).collect();
        // Segments are not cut alike from both ends.
        for feature in Feature::ALL.into_iter().filter(|&f| !of_spectrum(f)) {
            compare(feature, &axes, &reversed, tolerance(feature), |x| x)?;
        }
    }

    /// Gravity and mounting: a shift of 1/2048 g steps is exact in f32.
    #[test]
    fn only_rms_and_the_direction_of_gravity_see_a_shift(axes in measured(), steps in -4096i16..4096) {
        let shift = f64::from(steps) / 2048.0;
        let shifted = map_axes(&axes, |x| x + shift);
        for feature in Feature::ALL.into_iter().filter(|f| !OF_GRAVITY.contains(f)) {
            let exact = of_differences(feature).is_some();
            let tolerance = if exact { Tolerance::Exact } else { tolerance(feature) };
            compare(feature, &axes, &shifted, tolerance, |x| x)?;
        }
    }

    /// A slow turn of the sensor: a slope of 1/2048 g steps a reading is exact in f32.
    #[test]
    fn differences_do_not_see_a_slope(axes in measured(), steps in -16i16..16) {
        let slope = |(at, x): (usize, &f64)| x + at as f64 * f64::from(steps) / 2048.0;
        let steep = axes.iter().map(|axis| axis.iter().enumerate().map(slope).collect()).collect();
        for feature in Feature::ALL.into_iter().filter(|&f| of_differences(f).is_some()) {
            compare(feature, &axes, &steep, Tolerance::Summed, |x| x)?;
        }
    }

    #[test]
    fn a_power_of_two_scales_exactly(axes in measured(), power in -8i32..8, flip: bool) {
        let factor = f64::from(power).exp2() * if flip { -1.0 } else { 1.0 };
        let scaled = map_axes(&axes, |x| factor * x);
        for feature in SIZES {
            compare(feature, &axes, &scaled, Tolerance::Exact, |y| factor.abs() * y)?;
        }
        compare(Feature::Variance, &axes, &scaled, Tolerance::Exact, |y| factor * factor * y)?;
        for feature in WITHOUT_UNIT {
            compare(feature, &axes, &scaled, Tolerance::Exact, |y| y)?;
        }
        compare(Feature::Skewness, &axes, &scaled, Tolerance::Exact, |y| factor.signum() * y)?;
        for (feature, power) in logarithms() {
            compare(feature, &axes, &scaled, Tolerance::Summed, |y| y + power * factor.abs().ln())?;
        }
    }

    #[test]
    fn any_factor_scales_as_the_definitions_say(
        axes in measured(),
        size in 0.01f64..100.0,
        flip: bool,
    ) {
        let factor = f64::from(if flip { -size } else { size } as f32);
        let scaled = map_axes(&axes, |x| f64::from((factor * x) as f32));
        let near = Tolerance::Summed;
        for feature in SIZES {
            compare(feature, &axes, &scaled, near, |y| factor.abs() * y)?;
        }
        for (feature, power) in logarithms() {
            compare(feature, &axes, &scaled, near, |y| y + power * factor.abs().ln())?;
        }
        compare(Feature::Variance, &axes, &scaled, near, |y| factor * factor * y)?;
        for feature in WITHOUT_UNIT {
            compare(feature, &axes, &scaled, near, |y| y)?;
        }
        compare(Feature::Skewness, &axes, &scaled, near, |y| factor.signum() * y)?;
    }

    #[test]
    fn correlation_changes_its_sign_with_one_axis(axes in measured()) {
        let mut mirrored = axes.clone();
        mirrored[0].iter_mut().for_each(|x| *x = -*x);
        for feature in OF_PAIRS {
            let before = values::<f32>(feature, &axes);
            let after = values::<f32>(feature, &mirrored);
            for ((before, after), (first, _)) in before.iter().zip(&after).zip(pairs(axes.len())) {
                prop_assert_eq!(*after, if first == 0 { -before } else { *before });
            }
        }
    }

    #[test]
    fn axes_in_another_order_give_the_features_in_that_order(
        axes in measured(),
        keys in prop::collection::vec(any::<u64>(), 8),
    ) {
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by_key(|&axis| keys[axis]);
        let turned: Axes = order.iter().map(|&axis| axes[axis].clone()).collect();
        for feature in Feature::ALL.into_iter().filter(|f| !OF_MATRICES.contains(f)) {
            let before = values::<f32>(feature, &axes);
            let after = values::<f32>(feature, &turned);
            if of_no_axis(feature, axes.len()) {
                compare(feature, &axes, &turned, Tolerance::Summed, |y| y)?;
            } else if OF_PAIRS.contains(&feature) {
                let pairs = pairs(axes.len());
                for (&(a, b), found) in pairs.iter().zip(after) {
                    let (a, b) = (order[a].min(order[b]), order[a].max(order[b]));
                    let at = pairs.iter().position(|&pair| pair == (a, b)).unwrap();
                    prop_assert_eq!(found, before[at]);
                }
            } else {
                let each = before.len() / axes.len();
                let of_axis = |&axis: &usize| before[axis * each..][..each].iter().copied();
                let expected: Vec<f32> = order.iter().flat_map(of_axis).collect();
                prop_assert_eq!(after, expected);
            }
        }
    }
}
