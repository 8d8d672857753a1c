//! The whitening matrix, and the score that it gives.

use judder_core::{Mahalanobis, packed_len};
use judder_model::Gaussian;
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

/// Rounding in well-conditioned matrices of up to 12 features.
const CLOSE: f64 = 1e-12;

const MOST: usize = 12;

/// Entries of a root of the covariance, what it is lifted by, a mean, and a feature vector.
#[derive(Debug, Clone)]
struct Sample {
    covariance: DMatrix<f64>,
    mean: DVector<f64>,
    features: DVector<f64>,
}

impl Sample {
    fn gaussian(&self) -> Gaussian {
        self.in_units(&vec![1.0; self.mean.len()]).0
    }

    /// The Gaussian and the feature vector where the unit of each feature is another.
    fn in_units(&self, units: &[f64]) -> (Gaussian, Vec<f64>) {
        let n = self.mean.len();
        let scaled = |at: usize| {
            let (row, column) = (at / n, at % n);
            self.covariance[(row, column)] * units[row] * units[column]
        };
        let each = |v: &DVector<f64>| v.iter().zip(units).map(|(x, unit)| x * unit).collect();
        let gaussian: Gaussian =
            Gaussian::new(each(&self.mean), (0..n * n).map(scaled).collect()).unwrap();
        (gaussian, each(&self.features))
    }
}

fn sample() -> impl Strategy<Value = Sample> {
    let numbers = || proptest::collection::vec(-1.0..1.0f64, MOST);
    let root = proptest::collection::vec(-1.0..1.0f64, MOST * MOST);
    (1..=MOST, root, numbers(), numbers()).prop_map(|(n, root, mean, features)| {
        let root = DMatrix::from_fn(n, n, |row, column| root[row * MOST + column]);
        Sample {
            covariance: &root * root.transpose() + DMatrix::identity(n, n),
            mean: DVector::from_column_slice(&mean[..n]),
            features: DVector::from_column_slice(&features[..n]),
        }
    })
}

fn score(gaussian: &Gaussian, features: &[f64]) -> f64 {
    let (mean, blocks) = (gaussian.mean(), gaussian.blocks());
    Mahalanobis::in_blocks(mean, blocks, gaussian.whitening()).unwrap().score(features).unwrap()
}

/// Which blocks of so many features there are, the elements beside them being 0, and some others.
fn apart(sample: &Sample, sizes: &[usize]) -> (Vec<u16>, DMatrix<f64>) {
    let n = sample.mean.len();
    let mut block_of = Vec::new();
    for (block, &size) in sizes.iter().enumerate() {
        block_of.extend(std::iter::repeat_n(block, size));
    }
    block_of.resize(n, sizes.len());
    let within = |row: usize, column: usize| block_of[row] == block_of[column];
    let covariance = DMatrix::from_fn(n, n, |row, column| {
        if within(row, column) {
            sample.covariance[(row.max(column), row.min(column))]
        } else {
            0.0
        }
    });
    let mut blocks = vec![0; sizes.len() + 1];
    block_of.iter().for_each(|&block| blocks[block] += 1);
    blocks.retain(|&size| size > 0);
    (blocks, covariance)
}

proptest! {
    #[test]
    fn the_whitening_matrix_is_a_root_of_the_inverse(sample in sample()) {
        let n = sample.mean.len();
        let packed = sample.gaussian().whitening().to_vec();
        prop_assert_eq!(packed.len(), packed_len(n));
        let w = DMatrix::from_fn(n, n, |row, column| {
            if column <= row { packed[packed_len(row) + column] } else { 0.0 }
        });
        let identity = w.transpose() * w * &sample.covariance;
        prop_assert!((identity - DMatrix::identity(n, n)).amax() < CLOSE);
    }

    #[test]
    fn blocks_are_found_and_change_no_score(
        sample in sample(),
        sizes in proptest::collection::vec(1..5usize, 0..4),
    ) {
        let n = sample.mean.len();
        let (blocks, covariance) = apart(&sample, &sizes);
        let (mean, row_by_row) = (sample.mean.as_slice().to_vec(), covariance.transpose());
        let found = Gaussian::new(mean.clone(), row_by_row.as_slice().to_vec()).unwrap();
        prop_assert_eq!(found.blocks(), &blocks[..]);
        prop_assert_eq!(found.covariance(), row_by_row.as_slice());

        // Given as blocks it is the same, and so it is where larger ones are given.
        let mut first = 0;
        let squares: Vec<Vec<f64>> = blocks.iter().map(|&size| {
            let size = usize::from(size);
            let square = covariance.view((first, first), (size, size)).transpose();
            first += size;
            square.as_slice().to_vec()
        }).collect();
        let given = Gaussian::of_blocks(mean.clone(), squares).unwrap();
        prop_assert_eq!(&given, &found);
        let whole = Gaussian::of_blocks(mean, vec![row_by_row.as_slice().to_vec()]).unwrap();
        prop_assert_eq!(&whole, &found);

        // The whole triangle, as nobody keeps it any more, gives the same bits.
        let triangle: Vec<f64> =
            (0..n).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|at| covariance[at]).collect();
        let (mut deviations, mut whitening) = (vec![0.0; n], vec![0.0; triangle.len()]);
        judder_core::whiten(&triangle, &mut deviations, &mut whitening).unwrap();
        let at_once = Mahalanobis::new(found.mean(), &whitening).unwrap();
        let features = sample.features.as_slice();
        prop_assert_eq!(score(&found, features).to_bits(), at_once.score(features).unwrap().to_bits());
    }

    #[test]
    fn the_score_is_that_of_nalgebra(sample in sample()) {
        let found = score(&sample.gaussian(), sample.features.as_slice());
        let difference = &sample.features - &sample.mean;
        let solved = sample.covariance.clone().cholesky().unwrap().solve(&difference);
        let expected = difference.dot(&solved);
        prop_assert!((found - expected).abs() <= CLOSE * expected, "{} {}", found, expected);
    }

    /// Units as far apart as micro and mega, whether powers of two or not.
    #[test]
    fn units_do_not_matter(
        sample in sample(),
        exponents in proptest::collection::vec(-20i32..20, MOST),
        factors in proptest::collection::vec(1e-6..1e6f64, MOST),
    ) {
        let expected = score(&sample.gaussian(), sample.features.as_slice());
        let units: Vec<f64> = exponents.iter().map(|&e| 2f64.powi(e)).collect();
        let (gaussian, features) = sample.in_units(&units);
        prop_assert_eq!(score(&gaussian, &features).to_bits(), expected.to_bits());
        let (gaussian, features) = sample.in_units(&factors);
        let found = score(&gaussian, &features);
        // Near the mean, the difference from it keeps the rounding of the two.
        let distance = expected.sqrt() + CLOSE;
        let most = CLOSE * (expected + distance);
        prop_assert!((found - expected).abs() <= most, "{} {}", found, expected);
    }

    #[test]
    fn no_bits_make_it_panic_or_give_nan(
        n in 1usize..4,
        bits in proptest::collection::vec(any::<u64>(), 15),
        symmetric in any::<bool>(),
    ) {
        let mut numbers: Vec<f64> = bits.iter().map(|&b| f64::from_bits(b)).collect();
        let mut covariance = numbers.split_off(3);
        covariance.truncate(n * n);
        if symmetric {
            for row in 0..n {
                covariance[row * n + row] = covariance[row * n + row].abs();
                for column in 0..row {
                    covariance[row * n + column] = covariance[column * n + row];
                }
            }
        }
        if let Ok(gaussian) = Gaussian::new(numbers[..n].to_vec(), covariance) {
            prop_assert!(gaussian.whitening().iter().all(|x| x.is_finite()));
        }
    }
}

#[test]
fn what_is_no_gaussian_is_refused() {
    let refused = |mean: &[f64], covariance: &[f64]| {
        Gaussian::new(mean.to_vec(), covariance.to_vec()).unwrap_err()
    };
    assert_eq!(refused(&[], &[]), "there are no features");
    assert_eq!(
        refused(&[0.0, 0.0], &[1.0]),
        "the mean has 2 numbers, but the covariance is not 2 × 2"
    );
    for odd in [f64::NAN, f64::INFINITY] {
        assert_eq!(refused(&[odd], &[1.0]), "there is a number that is not finite");
        assert_eq!(refused(&[0.0], &[odd]), "there is a number that is not finite");
    }
    let two = [0.0, 0.0];
    assert!(refused(&two, &[1.0, 0.5, 0.4, 1.0]).contains("not symmetric at row 1, column 0"));
    for singular in [[1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 2.0, 1.0], [1.0, 0.0, 0.0, 0.0]] {
        let reason = refused(&two, &singular);
        assert!(reason.contains("not positive definite at row 1: feature 1"), "{reason}");
    }
    assert!(refused(&two, &[-1.0, 0.0, 0.0, 1.0]).contains("at row 0"));
}

#[test]
fn blocks_that_are_none_are_refused() {
    let refused = |n: usize, blocks: &[&[f64]]| {
        let blocks = blocks.iter().map(|block| block.to_vec()).collect();
        Gaussian::of_blocks(vec![0.0; n], blocks).unwrap_err()
    };
    let together = "the mean has 3 numbers, but the blocks are of 2 features together";
    assert_eq!(refused(3, &[&[1.0], &[1.0]]), together);
    assert_eq!(refused(0, &[]), "there are no features");
    assert_eq!(refused(2, &[&[1.0], &[1.0, 0.0]]), "block 1 has 2 numbers, which make no square");
    assert_eq!(refused(1, &[&[], &[1.0]]), "block 0 has 0 numbers, which make no square");
    assert_eq!(refused(1, &[&[f64::NAN]]), "there is a number that is not finite");
    let singular = refused(3, &[&[1.0], &[1.0, 1.0, 1.0, 1.0]]);
    assert!(singular.contains("not positive definite at row 2: feature 2"), "{singular}");
    let skew = refused(3, &[&[1.0], &[1.0, 0.5, 0.4, 1.0]]);
    assert!(skew.contains("not symmetric at row 2, column 1"), "{skew}");
    let many = judder_core::MAX_FEATURES + 1;
    let refused = Gaussian::of_blocks(vec![0.0; many], vec![vec![1.0]; many]).unwrap_err();
    assert_eq!(refused, format!("there are {many} features, and {} at most", many - 1));
}

/// An error in the features of the smallest unit counts as much as in that of the largest.
#[test]
fn an_asymmetry_shows_in_every_unit() {
    let three = |ab: f64, ba: f64| {
        let covariance = [1e-12, ab, 0.0, ba, 1e-12, 0.0, 0.0, 0.0, 1e6];
        Gaussian::new(vec![0.0; 3], covariance.to_vec())
    };
    assert!(three(5e-13, 5e-13 * (1.0 + 1e-12)).is_ok(), "rounding");
    assert!(three(5e-13, 1e-13).unwrap_err().contains("not symmetric at row 1, column 0"));
}
