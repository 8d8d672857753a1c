//! A covariance in blocks against the whole triangle with zeros beside them: equal bits.

use judder_core::{
    Error, Mahalanobis, Mixture, Real, Score, blocks_len, packed_len, whiten, whiten_blocks,
};
use nalgebra::DMatrix;
use proptest::prelude::*;

use crate::tolerance::Tolerance;

const MOST: usize = 7;
const BLOCKS: usize = 6;

/// Blocks of a covariance with the mean and two feature vectors that belong to it.
#[derive(Debug, Clone)]
struct Case {
    blocks: Vec<u16>,
    /// Of each block the whole square.
    squares: Vec<DMatrix<f64>>,
    mean: Vec<f64>,
    vectors: [Vec<f64>; 2],
}

fn cases() -> impl Strategy<Value = Case> {
    let sizes = prop::collection::vec(1..=MOST, 1..=BLOCKS);
    let numbers = prop::collection::vec(-1.0f64..1.0, BLOCKS * MOST * (MOST + 3));
    let units = prop::collection::vec(-6i32..6, BLOCKS * MOST);
    (sizes, numbers, units).prop_map(|(sizes, numbers, units)| {
        let (mut squares, mut at) = (Vec::new(), 0);
        for &size in &sizes {
            let root = DMatrix::from_fn(size, size, |i, j| numbers[(at + i) * MOST + j]);
            let whole = &root * root.transpose() + DMatrix::identity(size, size) * 0.25;
            let unit = |i: usize| 10f64.powi(units[at + i]);
            squares.push(DMatrix::from_fn(size, size, |i, j| whole[(i, j)] * unit(i) * unit(j)));
            at += size;
        }
        let mut rest = numbers[BLOCKS * MOST * MOST..].chunks(BLOCKS * MOST);
        let mut vector = || {
            let numbers = rest.next().unwrap().iter().zip(&units).take(at);
            numbers.map(|(x, &unit)| x * 10f64.powi(unit)).collect::<Vec<f64>>()
        };
        let blocks = sizes.iter().map(|&size| u16::try_from(size).unwrap()).collect();
        Case { blocks, squares, mean: vector(), vectors: [vector(), vector()] }
    })
}

fn narrow<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::from_f64(x)).collect()
}

fn bits<T: Real>(values: &[T]) -> Vec<u64> {
    // 0 and -0 are one number: what is multiplied by either is added without a difference.
    values.iter().map(|x| (x.to_f64() + 0.0).to_bits()).collect()
}

impl Case {
    /// The packed triangles of the blocks, one after the other.
    fn triangles(&self) -> Vec<f64> {
        let lower = |square: &DMatrix<f64>| {
            let n = square.nrows();
            let at = (0..n).flat_map(|i| (0..=i).map(move |j| (i, j)));
            at.map(|at| square[at]).collect::<Vec<f64>>()
        };
        self.squares.iter().flat_map(lower).collect()
    }

    /// Which element of the whole packed triangle is which of the blocks' ones; `None` beside them.
    fn places(&self) -> Vec<Option<usize>> {
        let mut places = Vec::new();
        let (mut before, mut taken) = (0, 0);
        for square in &self.squares {
            for row in 0..square.nrows() {
                places.extend(std::iter::repeat_n(None, before));
                places.extend((0..=row).map(|column| Some(taken + packed_len(row) + column)));
            }
            before += square.nrows();
            taken += packed_len(square.nrows());
        }
        places
    }

    fn whole<T: Real>(&self, triangles: &[T]) -> Vec<T> {
        self.places().iter().map(|place| place.map_or(T::ZERO, |at| triangles[at])).collect()
    }

    /// Looks that blocks and the whole give the same bits.
    fn hold<T: Real>(&self) -> Result<(), TestCaseError> {
        let n = self.mean.len();
        let triangles: Vec<T> = narrow(&self.triangles());
        let (mut deviations, mut blocked) =
            ([vec![T::ZERO; n], vec![T::ZERO; n]], vec![T::ZERO; triangles.len()]);
        let covariance = self.whole(&triangles);
        let mut whole = vec![T::ZERO; packed_len(n)];
        let one = whiten_blocks(&self.blocks, &triangles, &mut deviations[0], &mut blocked);
        let other = whiten(&covariance, &mut deviations[1], &mut whole);
        prop_assert_eq!(one, other);
        prop_assert_eq!(bits(&deviations[0]), bits(&deviations[1]));
        prop_assert_eq!(bits(&self.whole(&blocked)), bits(&whole));

        let (mean, vectors) = (narrow::<T>(&self.mean), self.vectors.each_ref());
        let in_blocks = Mahalanobis::in_blocks(&mean, &self.blocks, &blocked).unwrap();
        let at_once = Mahalanobis::new(&mean, &whole).unwrap();
        prop_assert_eq!(Score::dimension(&in_blocks), n);
        let second = narrow::<T>(vectors[1]);
        let others = Mahalanobis::in_blocks(&second, &self.blocks, &blocked).unwrap();
        let both = [in_blocks, others];
        let mixture = Mixture::new(&both).unwrap();
        for vector in vectors {
            let vector = narrow::<T>(vector);
            let score = in_blocks.score(&vector);
            prop_assert_eq!(
                score.map(|x| x.to_f64().to_bits()),
                at_once.score(&vector).map(|x| x.to_f64().to_bits())
            );
            let least = [score, others.score(&vector)].map(|one| one.unwrap().to_f64());
            let (_, nearest) = mixture.nearest(&vector).unwrap();
            prop_assert_eq!(nearest.to_f64(), least[0].min(least[1]));
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn blocks_give_the_bits_of_the_whole_triangle(case in cases()) {
        case.hold::<f32>()?;
        case.hold::<f64>()?;
    }

    /// The distance is the sum of those within the blocks, as nalgebra has them.
    #[test]
    fn the_distance_is_the_sum_of_those_within_the_blocks(case in cases()) {
        let n = case.mean.len();
        let triangles = case.triangles();
        let (mut deviations, mut whitening) = (vec![0.0; n], vec![0.0; triangles.len()]);
        whiten_blocks(&case.blocks, &triangles, &mut deviations, &mut whitening).unwrap();
        let detector = Mahalanobis::in_blocks(&case.mean, &case.blocks, &whitening).unwrap();
        let (mut expected, mut at) = (0.0, 0);
        for square in &case.squares {
            let d = nalgebra::DVector::from_fn(square.nrows(), |i, _| case.vectors[0][at + i] - case.mean[at + i]);
            expected += d.dot(&square.clone().cholesky().unwrap().solve(&d));
            at += square.nrows();
        }
        prop_assert!(Tolerance::Summed.holds(detector.score(&case.vectors[0]).unwrap(), expected, expected));
    }

    #[test]
    fn the_row_that_depends_is_counted_over_all_blocks(case in cases(), bad in 0..BLOCKS) {
        let bad = bad % case.blocks.len();
        let sizes = |blocks: &[u16]| blocks.iter().map(|&size| usize::from(size)).sum::<usize>();
        let mut triangles = case.triangles();
        let last = blocks_len(&case.blocks[..=bad]) - 1;
        triangles[last] = -1.0;
        let (mut deviations, mut whitening) = (vec![0.0; case.mean.len()], vec![0.0; triangles.len()]);
        let found = whiten_blocks(&case.blocks, &triangles, &mut deviations, &mut whitening);
        prop_assert_eq!(found, Err(Error::NotPositiveDefinite { row: sizes(&case.blocks[..=bad]) - 1 }));
    }
}

#[test]
fn blocks_without_meaning_are_refused() {
    let new = |mean: &[f32], blocks: &[u16], whitening: &[f32]| {
        Mahalanobis::in_blocks(mean, blocks, whitening).map(|_| ())
    };
    assert_eq!(new(&[1.0; 3], &[1, 2], &[1.0; 4]), Ok(()));
    assert_eq!(new(&[], &[], &[]), Err(Error::Shape { expected: 1, found: 0 }));
    assert_eq!(new(&[1.0; 3], &[2], &[1.0; 3]), Err(Error::Shape { expected: 2, found: 3 }));
    assert_eq!(new(&[1.0; 3], &[1, 2], &[1.0; 6]), Err(Error::Shape { expected: 4, found: 6 }));
    assert_eq!(new(&[1.0; 3], &[1, 0, 2], &[1.0; 4]), Err(Error::Blocks));
    assert_eq!(new(&[1.0; 2], &[1, 1], &[1.0, f32::NAN]), Err(Error::Parameter));
    let (mut deviations, mut whitening) = ([0.0; 2], [0.0; 2]);
    let found = whiten_blocks(&[1, 1], &[1.0; 3], &mut deviations, &mut whitening);
    assert_eq!(found, Err(Error::Shape { expected: 2, found: 3 }));
    assert_eq!(blocks_len(&[6, 6, 6, 16, 16, 16]), 3 * 21 + 3 * 136);
}
