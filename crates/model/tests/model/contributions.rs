//! What each feature has to do with a score, against the definition.

use judder_core::Error;
use judder_model::{
    DetectorKind, Expected, Gaussian, Mixture, Model, Neighbours, Precision, Provenance,
    feature_scores,
};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use super::samples::{autoencoder_model, binding, gaussian, given};

/// Of as many features `mad` as there are axes.
fn of(detector: DetectorKind, axes: usize) -> Model {
    let (features, rest) = ("mad".parse().unwrap(), (given(1.0), Provenance::default()));
    Model::new(binding(axes), Precision::F64, features, detector, rest.0, rest.1).unwrap()
}

fn score(model: &Model, row: &[f64]) -> f64 {
    feature_scores(model.detector(), Precision::F64, std::iter::once(row)).unwrap()[0]
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

/// Numbers some standard deviations of the sample Gaussian from its mean.
fn rows(n: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-5.0f64..5.0, n).prop_map(move |z| {
        let gaussian = gaussian(n);
        let sd = |i: usize| gaussian.covariance()[i * n + i].sqrt();
        (0..n).map(|i| gaussian.mean()[i] + z[i] * sd(i)).collect()
    })
}

proptest! {
    #[test]
    fn of_a_diagonal_covariance_they_are_the_squares_and_sum_to_the_score(
        all in prop::collection::vec((-5.0f64..5.0, 0.01f64..100.0, -5.0f64..5.0), 1..8),
    ) {
        let n = all.len();
        let element = |at: usize| if at / n == at % n { all[at / n].1.powi(2) } else { 0.0 };
        let mean = all.iter().map(|one| one.0).collect();
        let one = Gaussian::new(mean, (0..n * n).map(element).collect()).unwrap();
        let model = of(DetectorKind::Mahalanobis(one), n);
        let row: Vec<f64> = all.iter().map(|(mean, sd, z)| mean + sd * z).collect();
        let found = model.contributions(&row).unwrap();
        for (one, (.., z)) in found.iter().zip(&all) {
            prop_assert!(near(one.spreads, *z) && near(one.amount, z * z), "{one:?} {z}");
        }
        prop_assert!(near(found.iter().map(|one| one.amount).sum(), score(&model, &row)));
    }

    /// Against the conditional mean by Schur's complement, and the score itself.
    #[test]
    fn the_score_drops_by_it_where_a_feature_is_as_the_others_let_expect(row in rows(5)) {
        let n = row.len();
        let one = gaussian(n);
        let sigma = DMatrix::from_row_slice(n, n, &one.covariance());
        let d = DVector::from_fn(n, |i, _| row[i] - one.mean()[i]);
        let model = of(DetectorKind::Mahalanobis(one.clone()), n);
        for (i, found) in model.contributions(&row).unwrap().into_iter().enumerate() {
            let others = sigma.clone().remove_row(i).remove_column(i).cholesky().unwrap();
            let with = sigma.column(i).remove_row(i);
            let expected = with.dot(&others.solve(&d.clone().remove_row(i)));
            let variance = sigma[(i, i)] - with.dot(&others.solve(&with));
            let mut other = row.clone();
            other[i] = one.mean()[i] + expected;
            let drop = score(&model, &row) - score(&model, &other);
            let scale = score(&model, &row);
            prop_assert!((found.amount - drop).abs() <= 1e-9 * scale, "{found:?} {drop}");
            let spreads = (d[i] - expected) / variance.sqrt();
            prop_assert!((found.spreads - spreads).abs() <= 1e-6 * scale.sqrt(), "{found:?} {spreads}");
            prop_assert_eq!(found.expected, Expected::ByOthers);
        }
    }

    #[test]
    fn of_neighbours_they_sum_to_the_score(
        stored in prop::collection::vec(-3.0f64..3.0, 12 * 3),
        row in prop::collection::vec(-5.0f64..5.0, 3),
        k in 1usize..5,
    ) {
        let near_by = Neighbours::new(vec![0.5, 1.0, 2.0], stored, k).unwrap();
        let model = of(DetectorKind::Neighbours(near_by), 3);
        let found = model.contributions(&row).unwrap();
        prop_assert!(near(found.iter().map(|one| one.amount).sum(), score(&model, &row)));
    }

    #[test]
    fn of_an_autoencoder_they_sum_to_the_score(row in prop::collection::vec(-5.0f64..5.0, 3)) {
        let model = autoencoder_model("mad", 3, Precision::F64);
        let found = model.contributions(&row).unwrap();
        let (sum, score) = (found.iter().map(|one| one.amount).sum::<f64>(), score(&model, &row));
        prop_assert!((sum - score).abs() <= 1e-9 * score, "{sum} {score}");
        for one in &found {
            prop_assert!((one.spreads.powi(2) / 3.0 - one.amount).abs() <= 1e-9 * one.amount);
        }
    }
}

#[test]
fn of_a_mixture_they_are_those_of_the_nearest_mode() {
    let at = |mean: f64| Gaussian::new(vec![mean; 2], vec![1.0, 0.0, 0.0, 4.0]).unwrap();
    let model = of(DetectorKind::Mixture(Mixture::new(vec![at(0.0), at(100.0)]).unwrap()), 2);
    for (row, state, expected) in [([3.0, -4.0], 0, [3.0, -2.0]), ([99.0, 106.0], 1, [-1.0, 3.0])] {
        assert_eq!(model.detector().state(&row), state);
        let found = model.contributions(&row).unwrap();
        assert_eq!([found[0].spreads, found[1].spreads], expected);
    }
    assert_eq!(model.detector().states(), 2);
}

#[test]
fn a_row_of_another_length_is_refused() {
    let model = of(DetectorKind::Mahalanobis(gaussian(3)), 3);
    for found in [0, 2, 4] {
        let error = model.contributions(&vec![0.0; found]).unwrap_err();
        assert_eq!(error, Error::Shape { expected: 3, found });
    }
}

#[test]
fn the_words_say_what_it_is_compared_with() {
    let one = Gaussian::new(vec![0.0; 3], vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    let model = of(DetectorKind::Mahalanobis(one.unwrap()), 3);
    let found = model.contributions(&[5.25, -0.04, -2.0]).unwrap();
    assert_eq!(
        [found[0].to_string(), found[2].to_string()],
        [
            "mad x is 5.2 standard deviations above what the others would have it",
            "mad z is 2.0 standard deviations below what the others would have it"
        ]
    );
}
