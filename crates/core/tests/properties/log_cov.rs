//! The logarithm of the covariance: the laws of a matrix, and examples worked by hand.

use judder_core::{Feature, MAX_AXES};
use nalgebra::DMatrix;
use proptest::prelude::*;

use crate::definitions::scale_of_window;
use crate::matrix::{features, of_features, upper};
use crate::tolerance::Tolerance;
use crate::windows::{Axes, measured, values};

const FEATURES: [Feature; 2] = [Feature::LogCov, Feature::DiffLogCov];

/// The logarithm that the features of a window stand for, in f64.
fn logarithm(feature: Feature, axes: &Axes) -> DMatrix<f64> {
    of_features(&values::<f64>(feature, axes), axes.len())
}

/// The largest number whose rounding shows in any feature of these windows.
fn worst(feature: Feature, windows: [&Axes; 2]) -> f64 {
    let scales = windows.map(|axes| scale_of_window::<f64>(feature, axes));
    scales.concat().into_iter().fold(0.0, f64::max)
}

/// Axes made of other ones: each row of `by` is one of them.
pub(crate) fn combined(axes: &Axes, by: &DMatrix<f64>) -> Axes {
    let at = |row: usize, at: usize| (0..axes.len()).map(|i| by[(row, i)] * axes[i][at]).sum();
    let row = |row| (0..axes[0].len()).map(|reading| at(row, reading)).collect();
    (0..by.nrows()).map(row).collect()
}

fn check_equal(found: &[f64], expected: &[f64], scale: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    for (&found, &expected) in found.iter().zip(expected) {
        let close = Tolerance::Summed.holds(found, expected, scale);
        prop_assert!(close, "{} for {}, of {}", found, expected, scale);
    }
    Ok(())
}

/// Any rotation or reflection of eight axes or fewer.
pub(crate) fn rotation(numbers: &[f64], axes: usize) -> DMatrix<f64> {
    let any = DMatrix::from_fn(axes, axes, |i, j| numbers[i * MAX_AXES + j]);
    (any.clone() + any.transpose()).symmetric_eigen().eigenvectors
}

proptest! {
    #[test]
    fn a_turn_of_the_sensor_turns_it(
        axes in measured(),
        numbers in prop::collection::vec(-1.0f64..1.0, MAX_AXES * MAX_AXES),
    ) {
        let turn = rotation(&numbers, axes.len());
        let turned = combined(&axes, &turn);
        for feature in FEATURES {
            let expected = &turn * logarithm(feature, &axes) * turn.transpose();
            let found = logarithm(feature, &turned);
            // Every element is made of all of them.
            let scale = worst(feature, [&axes, &turned]) * axes.len() as f64;
            check_equal(found.as_slice(), expected.as_slice(), scale)?;
            // So distances between windows stay, and the features are as far apart as the matrices.
            check_equal(&[found.norm()], &[expected.norm()], scale)?;
            let length = values::<f64>(feature, &turned).iter().map(|x| x * x).sum::<f64>();
            check_equal(&[length.sqrt()], &[found.norm()], 0.0)?;
            let sorted = |matrix: DMatrix<f64>| {
                let mut values = matrix.symmetric_eigenvalues().as_slice().to_vec();
                values.sort_by(f64::total_cmp);
                values
            };
            check_equal(&sorted(found), &sorted(logarithm(feature, &axes)), scale)?;
        }
    }

    #[test]
    fn axes_in_another_order_turn_it_too(
        axes in measured(),
        keys in prop::collection::vec(any::<u64>(), MAX_AXES),
    ) {
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by_key(|&axis| keys[axis]);
        let turned: Axes = order.iter().map(|&axis| axes[axis].clone()).collect();
        for feature in FEATURES {
            let before = logarithm(feature, &axes);
            let expected = DMatrix::from_fn(axes.len(), axes.len(), |i, j| before[(order[i], order[j])]);
            let scale = worst(feature, [&axes, &turned]);
            check_equal(logarithm(feature, &turned).as_slice(), expected.as_slice(), scale)?;
        }
    }

    #[test]
    fn a_mirrored_axis_changes_the_sign_of_what_it_takes_part_in(axes in measured()) {
        let mut mirrored = axes.clone();
        mirrored[0].iter_mut().for_each(|x| *x = -*x);
        for feature in FEATURES {
            let mut expected = logarithm(feature, &axes);
            for other in 1..axes.len() {
                expected[(0, other)] *= -1.0;
                expected[(other, 0)] *= -1.0;
            }
            let scale = worst(feature, [&axes, &mirrored]);
            check_equal(logarithm(feature, &mirrored).as_slice(), expected.as_slice(), scale)?;
        }
    }

    /// Another unit adds to the diagonal, and nothing beside it.
    #[test]
    fn a_factor_shifts_its_diagonal(axes in measured(), power in -8i32..8, size in 0.01f64..100.0) {
        let diagonal = |factor: f64| 2.0 * f64::abs(factor).ln();
        for feature in FEATURES {
            for factor in [f64::from(power).exp2(), -f64::from(power).exp2(), size] {
                let scaled: Axes = axes.iter().map(|x| x.iter().map(|x| factor * x).collect()).collect();
                let places = upper(axes.len());
                let (before, after) = (values::<f64>(feature, &axes), values::<f64>(feature, &scaled));
                let scale = worst(feature, [&axes, &scaled]);
                for ((i, j), (before, after)) in places.zip(before.into_iter().zip(after)) {
                    match i == j {
                        true => check_equal(&[after], &[before + diagonal(factor)], scale)?,
                        // A power of two rounds nothing.
                        false if factor != size => prop_assert_eq!(after, before),
                        false => check_equal(&[after], &[before], scale)?,
                    }
                }
            }
        }
    }

    #[test]
    fn of_one_axis_it_is_that_of_the_variance(axes in measured()) {
        for (feature, std) in FEATURES.into_iter().zip([Feature::LogStd, Feature::DiffLogStd]) {
            for axis in &axes {
                let axis = vec![axis.clone()];
                let (found, std) = (values::<f32>(feature, &axis)[0], values::<f32>(std, &axis)[0]);
                prop_assert!(Tolerance::Close.holds(found, 2.0 * f64::from(std), 1.0));
            }
        }
    }

    /// Axes that follow from the others have numbers as well, the least there are.
    #[test]
    fn axes_that_follow_from_others_count_as_the_least(
        axes in measured(),
        numbers in prop::collection::vec(-1.0f64..1.0, MAX_AXES * MAX_AXES),
    ) {
        let count = axes.len();
        let by = DMatrix::from_fn(MAX_AXES, count, |i, j| match i < count {
            true => f64::from(u8::from(i == j)),
            false => numbers[i * MAX_AXES + j],
        });
        let more = combined(&axes, &by);
        for feature in FEATURES {
            let found = logarithm(feature, &more);
            let trace = found.clone().symmetric_eigenvalues().map(f64::exp).sum() / MAX_AXES as f64;
            let mut values = found.symmetric_eigenvalues().as_slice().to_vec();
            values.sort_by(f64::total_cmp);
            for value in &values[..MAX_AXES - count] {
                // The mean is that of the eigenvalues before they are lifted.
                prop_assert!((value - (1e-6 * trace).ln()).abs() < 1e-5, "{:?}", values);
            }
        }
    }
}

/// Readings of ±1 (Walsh's functions): each of mean 0, and none correlated with another.
fn independent(axis: usize, length: usize) -> Vec<f64> {
    let odd = |at: usize| (at & (axis + 1)).count_ones() % 2 == 1;
    (0..length).map(|at| if odd(at) { -1.0 } else { 1.0 }).collect()
}

#[test]
fn of_independent_axes_it_is_diagonal() {
    let sizes = [1.0, 0.5, 16.0, 2.0, 0.25, 4.0, 8.0, 32.0];
    for count in 1..=MAX_AXES {
        let axis = |axis: usize| independent(axis, 64).iter().map(|x| x * sizes[axis]).collect();
        let axes: Axes = (0..count).map(axis).collect();
        let found = values::<f32>(Feature::LogCov, &axes);
        for ((i, j), found) in upper(count).zip(found) {
            let expected = if i == j { 2.0 * sizes[i].ln() } else { 0.0 };
            assert!(Tolerance::Close.holds(found, expected, 8.0), "{found} for {expected}");
        }
    }
}

/// `ln [[1, r], [r, 1]]` has the eigenvalues `ln (1 ± r)`.
#[test]
fn of_two_axes_it_is_that_of_their_correlation() {
    let (x, y) = (independent(0, 64), independent(1, 64));
    for r in [0.0, 0.5, -0.5, 0.96875, -0.96875, 0.999] {
        let other = f64::sqrt(1.0 - r * r);
        let axes = vec![x.clone(), x.iter().zip(&y).map(|(x, y)| r * x + other * y).collect()];
        let (beside, along) =
            (((1.0 + r) / (1.0 - r)).ln() / 2.0, ((1.0 - r) * (1.0 + r)).ln() / 2.0);
        let expected = [along, beside * 2f64.sqrt(), along];
        for (found, expected) in values::<f64>(Feature::LogCov, &axes).into_iter().zip(expected) {
            assert!(
                Tolerance::Summed.holds(found, expected, 1.0 / (1.0 - r.abs())),
                "{r}: {found} {expected}"
            );
        }
        for (found, expected) in values::<f32>(Feature::LogCov, &axes).into_iter().zip(expected) {
            assert!(
                Tolerance::Summed.holds(found, expected, 1.0 / (1.0 - r.abs())),
                "{r}: {found} {expected}"
            );
        }
    }
}

/// Eigenvalues 2 v and 0: the mean is v, and the least 1e-6 v.
#[test]
fn two_equal_axes_have_a_logarithm() {
    for size in [1e-15, 1.0, 1e15] {
        let axis: Vec<f64> = (0..32).map(|at| f64::from(at * at % 13) * size).collect();
        for opposite in [1.0, -1.0] {
            let axes = vec![axis.clone(), axis.iter().map(|x| opposite * x).collect()];
            for feature in FEATURES {
                let of_one =
                    if feature == Feature::LogCov { Feature::LogStd } else { Feature::DiffLogStd };
                let v = 2.0 * values::<f64>(of_one, &axes)[0];
                let (high, low) = (v + 2f64.ln(), v + 1e-6f64.ln());
                let along = (high + low) / 2.0;
                let expected = [along, opposite * (high - low) / 2.0 * 2f64.sqrt(), along];
                assert_eq!(values::<f32>(feature, &axes).len(), 3);
                for (found, expected) in values::<f32>(feature, &axes).into_iter().zip(expected) {
                    assert!(
                        Tolerance::Summed.holds(found, expected, 1.0),
                        "{feature}: {found} for {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn its_features_are_its_upper_half() {
    let matrix = DMatrix::from_row_slice(2, 2, &[1.0, 3.0, 3.0, 2.0]);
    assert_eq!(features(&matrix), [1.0, 3.0 * 2f64.sqrt(), 2.0]);
    assert_eq!(of_features(&features(&matrix), 2), matrix);
}
