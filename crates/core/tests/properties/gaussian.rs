//! The Gaussian detector against nalgebra.

use judder_core::{
    Detector, Error, FeatureSet, Mahalanobis, Score, Verdict, cholesky, invert_lower, packed_len,
};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use crate::tolerance::Tolerance;

const MOST: usize = 12;

/// A mean, a positive definite covariance and a feature vector of equal dimension.
#[derive(Debug, Clone)]
struct Case {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
    x: DVector<f64>,
}

fn cases() -> impl Strategy<Value = Case> {
    let numbers = prop::collection::vec(-1.0f64..1.0, MOST * (MOST + 2));
    (1usize..=MOST, numbers).prop_map(|(n, numbers)| {
        let root = DMatrix::from_fn(n, n, |i, j| numbers[i * MOST + j]);
        let mut rest = numbers[MOST * MOST..].chunks(MOST);
        let mut vector = || DVector::from_iterator(n, rest.next().unwrap().iter().copied().take(n));
        // Well conditioned: no eigenvalue is below 1, few are above 10.
        let covariance = &root * root.transpose() + DMatrix::identity(n, n);
        Case { mean: vector(), covariance, x: vector() * 4.0 }
    })
}

/// The whitening matrix as the documentation of the detector says: packed `[n (n + 1) / 2]`.
fn whitening(covariance: &DMatrix<f64>) -> Vec<f64> {
    let n = covariance.nrows();
    let std: Vec<f64> = covariance.diagonal().iter().map(|v| v.sqrt()).collect();
    let lower = (0..n).flat_map(|i| (0..=i).map(move |j| (i, j)));
    let mut packed: Vec<f64> =
        lower.clone().map(|(i, j)| covariance[(i, j)] / (std[i] * std[j])).collect();
    cholesky(&mut packed, n).unwrap();
    invert_lower(&mut packed, n).unwrap();
    packed.iter().zip(lower).map(|(w, (_, j))| w / std[j]).collect()
}

fn score(case: &Case) -> f64 {
    let whitening = whitening(&case.covariance);
    Mahalanobis::new(case.mean.as_slice(), &whitening).unwrap().score(case.x.as_slice()).unwrap()
}

/// `(x - μ)ᵀ Σ⁻¹ (x - μ)`
fn by_definition(case: &Case) -> f64 {
    let deviation = &case.x - &case.mean;
    let inverse = case.covariance.clone().try_inverse().unwrap();
    (deviation.transpose() * inverse * deviation)[(0, 0)]
}

proptest! {
    #[test]
    fn equals_the_definition(case in cases()) {
        let expected = by_definition(&case);
        let scale = (&case.x - &case.mean).norm_squared();
        prop_assert!(Tolerance::Summed.holds(score(&case), expected, scale));
    }

    #[test]
    fn in_f32_it_is_close(case in cases()) {
        let narrow = |v: &[f64]| v.iter().map(|&x| x as f32).collect::<Vec<f32>>();
        let (mean, whitening) = (narrow(case.mean.as_slice()), narrow(&whitening(&case.covariance)));
        let gaussian = Mahalanobis::new(&mean, &whitening).unwrap();
        let found = gaussian.score(&narrow(case.x.as_slice())).unwrap();
        let scale = case.x.norm_squared() + case.mean.norm_squared();
        prop_assert!(Tolerance::Summed.holds(found, by_definition(&case), scale));
    }

    #[test]
    fn the_order_of_features_does_not_matter(
        case in cases(),
        keys in prop::collection::vec(any::<u64>(), MOST),
    ) {
        let n = case.mean.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&at| keys[at]);
        let turned = Case {
            mean: DVector::from_fn(n, |i, _| case.mean[order[i]]),
            covariance: DMatrix::from_fn(n, n, |i, j| case.covariance[(order[i], order[j])]),
            x: DVector::from_fn(n, |i, _| case.x[order[i]]),
        };
        let scale = (&case.x - &case.mean).norm_squared();
        prop_assert!(Tolerance::Summed.holds(score(&turned), score(&case), scale));
    }

    #[test]
    fn a_mean_vector_scores_nothing_and_no_score_is_negative(case in cases()) {
        prop_assert!(score(&case) >= 0.0);
        prop_assert_eq!(score(&Case { x: case.mean.clone(), ..case }), 0.0);
    }

    #[test]
    fn another_number_of_features_is_refused(case in cases(), found in 0usize..20) {
        let (whitening, n) = (whitening(&case.covariance), case.mean.len());
        let gaussian = Mahalanobis::new(case.mean.as_slice(), &whitening).unwrap();
        prop_assert_eq!(Score::<f64>::dimension(&gaussian), n);
        let score = gaussian.score(&vec![0.0; found]).map(|_| found);
        let expected = if found == n { Ok(n) } else { Err(Error::Shape { expected: n, found }) };
        prop_assert_eq!(score, expected);
    }

    #[test]
    fn a_higher_threshold_never_makes_an_anomaly(score: f32, one: f32, other: f32) {
        let (low, high) = (one.min(other), one.max(other));
        if Verdict::of(score, high) == Verdict::Anomaly {
            prop_assert_eq!(Verdict::of(score, low), Verdict::Anomaly);
        }
        prop_assert_eq!(Verdict::of(low, low), Verdict::Normal);
    }
}

#[test]
fn parameters_without_meaning_are_refused() {
    let new = |mean: &[f32], whitening: &[f32]| Mahalanobis::new(mean, whitening).map(|_| ());
    assert_eq!(new(&[], &[]), Err(Error::Shape { expected: 1, found: 0 }));
    assert_eq!(new(&[1.0, 2.0], &[1.0]), Err(Error::Shape { expected: 3, found: 1 }));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(new(&[bad], &[1.0]), Err(Error::Parameter));
        assert_eq!(new(&[1.0], &[bad]), Err(Error::Parameter));
    }
    assert_eq!(packed_len(usize::MAX), usize::MAX / 2);
}

#[test]
fn a_score_beyond_the_number_type_is_an_error() {
    let gaussian = Mahalanobis::new(&[0.0f32], &[f32::MAX]).unwrap();
    assert_eq!(gaussian.score(&[2.0]), Err(Error::ScoreNotRepresentable));
    assert_eq!(gaussian.score(&[f32::NAN]), Err(Error::ScoreNotRepresentable));
}

#[test]
fn a_detector_is_bound_to_its_shape() {
    let features: FeatureSet = "mad".parse().unwrap();
    let mean = [0.0f32; 2];
    let gaussian = Mahalanobis::new(&mean, &[1.0, 0.0, 1.0]).unwrap();
    let new = |threshold, axes, length| {
        Detector::new(features, gaussian, threshold, axes, length).map(|_| ())
    };
    assert_eq!(new(1.0, 2, 8), Ok(()));
    assert_eq!(new(1.0, 3, 8), Err(Error::Shape { expected: 3, found: 2 }));
    assert_eq!(new(1.0, 0, 8), Err(Error::AxisCount { axes: 0 }));
    assert_eq!(new(1.0, 2, 7), Err(Error::TooShort { length: 7 }));
    assert_eq!(new(f32::NAN, 2, 8), Err(Error::Parameter));
    assert_eq!(new(f32::INFINITY, 2, 8), Err(Error::Parameter));
    let detector = Detector::new(features, gaussian, 1.0, 2, 8).unwrap();
    let judge = |axes: usize, length: usize| {
        let values: Vec<f32> = (0..axes * length).map(|at| (at % 5) as f32).collect();
        let window = judder_core::Readings::new(&values, axes, length).unwrap();
        detector.judge(&window, &mut [0; 16], &mut [0.0; 4]).map(|_| ())
    };
    assert_eq!(judge(2, 8), Ok(()));
    assert_eq!(judge(3, 8), Err(Error::Shape { expected: 2, found: 3 }));
    assert_eq!(judge(2, 9), Err(Error::Shape { expected: 8, found: 9 }));
}
