//! Nearest neighbours against sorting all distances.

use judder_core::{Error, Neighbours, Real, Score};
use proptest::prelude::*;

const MOST: usize = 5;
const ROWS: usize = 24;

/// Scales, rows, how many neighbours count, and a feature vector.
#[derive(Debug, Clone)]
struct Case {
    scale: Vec<f64>,
    rows: Vec<Vec<f64>>,
    k: usize,
    x: Vec<f64>,
}

/// Small whole numbers, so that many distances are equal, or any.
fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![(-2i8..=2).prop_map(f64::from), -10.0f64..10.0]
}

fn cases() -> impl Strategy<Value = Case> {
    (1usize..=MOST, 1usize..=ROWS).prop_flat_map(|(n, count)| {
        let vector = || prop::collection::vec(numbers(), n);
        let scale = prop::collection::vec(prop_oneof![Just(1.0), 0.1f64..10.0], n);
        (scale, prop::collection::vec(vector(), count), 1..=count, vector())
            .prop_map(|(scale, rows, k, x)| Case { scale, rows, k, x })
    })
}

fn narrow<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::from_f64(x)).collect()
}

fn score<T: Real>(case: &Case) -> Result<f64, Error> {
    let (scale, rows, x) =
        (narrow::<T>(&case.scale), narrow::<T>(&case.rows.concat()), narrow::<T>(&case.x));
    let neighbours = Neighbours::new(&scale, &rows, case.k).unwrap();
    assert_eq!((neighbours.dimension(), neighbours.workspace()), (scale.len(), case.k));
    // What is left in the workspace does not matter, nor is more of it.
    let mut workspace = vec![T::from_f64(-1.0); case.k + 2];
    neighbours.score(&x, &mut workspace).map(Real::to_f64)
}

/// All distances sorted, the first `k` of them added up in that order.
fn by_sorting<T: Real>(case: &Case) -> f64 {
    let (scale, x) = (narrow::<T>(&case.scale), narrow::<T>(&case.x));
    let distance = |row: &Vec<f64>| {
        let mut sum = T::ZERO;
        for (i, y) in narrow::<T>(row).into_iter().enumerate() {
            let d = (x[i] - y) * scale[i];
            sum += d * d;
        }
        sum
    };
    let mut all: Vec<T> = case.rows.iter().map(distance).collect();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let mut sum = T::ZERO;
    all.into_iter().take(case.k).for_each(|one| sum += one);
    (sum / T::from_count(case.k)).to_f64()
}

proptest! {
    #[test]
    fn it_is_the_mean_of_the_least_distances_in_equal_bits(case in cases()) {
        prop_assert_eq!(score::<f64>(&case).unwrap().to_bits(), by_sorting::<f64>(&case).to_bits());
        prop_assert_eq!(score::<f32>(&case).unwrap().to_bits(), by_sorting::<f32>(&case).to_bits());
    }

    #[test]
    fn a_row_is_its_own_neighbour(case in cases(), at: prop::sample::Index) {
        let x = at.get(&case.rows).clone();
        prop_assert_eq!(score::<f32>(&Case { x, k: 1, ..case }), Ok(0.0));
    }

    /// Windows side by side have the bits that each has alone.
    #[test]
    fn side_by_side_they_have_the_bits_that_each_has_alone(
        case in cases(),
        scales in prop::collection::vec(prop_oneof![Just(1.0f64), Just(1e30), -3.0f64..3.0], 3),
    ) {
        let (scale, rows) = (narrow::<f32>(&case.scale), narrow::<f32>(&case.rows.concat()));
        let neighbours = Neighbours::new(&scale, &rows, case.k).unwrap();
        let window = |at: usize| case.x.iter().map(|x| x * scales[at]).collect::<Vec<f64>>();
        let windows: [Vec<f32>; 3] = core::array::from_fn(|at| narrow(&window(at)));
        let beside: Vec<[f32; 3]> =
            (0..scale.len()).map(|i| core::array::from_fn(|at| windows[at][i])).collect();
        let mut nearest = vec![[-1.0; 3]; case.k];
        let found = neighbours.scores(&beside, &mut nearest).unwrap();
        let mut workspace = vec![-1.0; case.k];
        for (found, window) in found.into_iter().zip(&windows) {
            let alone = neighbours.score(window, &mut workspace).ok();
            prop_assert_eq!(Some(found).filter(|x| x.is_finite()).map(f32::to_bits), alone.map(f32::to_bits));
        }
        prop_assert!(neighbours.scores(&beside, &mut nearest[1..]).is_err());
    }

    /// In equal bits: the least distances are added up in ascending order, wherever they stand.
    #[test]
    fn the_order_of_rows_does_not_matter(
        case in cases(),
        keys in prop::collection::vec(any::<u64>(), ROWS),
    ) {
        let mut order: Vec<usize> = (0..case.rows.len()).collect();
        order.sort_by_key(|&at| keys[at]);
        let rows = order.iter().map(|&at| case.rows[at].clone()).collect();
        let shuffled = Case { rows, ..case.clone() };
        prop_assert_eq!(score::<f32>(&shuffled), score::<f32>(&case));
        prop_assert_eq!(score::<f64>(&shuffled), score::<f64>(&case));
    }

    #[test]
    fn more_neighbours_are_farther_away(case in cases()) {
        let of = |k| score::<f64>(&Case { k, ..case.clone() }).unwrap();
        for k in 2..=case.rows.len() {
            // A mean of ascending numbers ascends, but for its rounding.
            prop_assert!(of(k) >= of(k - 1) * (1.0 - 8.0 * f64::EPSILON));
        }
    }

    #[test]
    fn hostile_numbers_do_no_harm(
        bits in prop::collection::vec(any::<u32>(), 0..40),
        n in 0usize..5,
        k in prop_oneof![0usize..8, Just(usize::MAX)],
        space in 0usize..10,
    ) {
        let numbers: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let (x, rest) = numbers.split_at(n.min(numbers.len()));
        let (scale, rows) = rest.split_at(n.min(rest.len()));
        let Ok(neighbours) = Neighbours::new(scale, rows, k) else { return Ok(()) };
        if let Ok(score) = neighbours.score(x, &mut vec![0.0; space]) {
            prop_assert!(score.is_finite() && score >= 0.0);
        }
    }
}

/// What is too far away to be measured is no neighbour, wherever it stands among the rows.
#[test]
fn a_row_that_overflows_is_passed_over() {
    for scale in [[0.0f32], [1.0], [f32::MAX]] {
        for rows in [[-f32::MAX, 3.0e38, 3.1e38], [3.0e38, 3.1e38, -f32::MAX]] {
            let neighbours = Neighbours::new(&scale, &rows, 1).unwrap();
            assert_eq!(neighbours.score(&[3.0e38], &mut [0.0]), Ok(0.0), "{scale:?} {rows:?}");
            let all = Neighbours::new(&scale, &rows, 3).unwrap();
            let score = all.score(&[3.0e38], &mut [0.0; 3]);
            assert_eq!(score, Err(Error::ScoreNotRepresentable), "{scale:?} {rows:?}");
        }
    }
}

#[test]
fn shapes_that_do_not_belong_together_are_refused() {
    let new = |scale: &[f32], rows: &[f32], k| Neighbours::new(scale, rows, k).map(|_| ());
    assert_eq!(new(&[1.0, 1.0], &[0.0; 4], 2), Ok(()));
    assert_eq!(new(&[1.0, 1.0], &[0.0; 4], 3), Err(Error::Shape { expected: 6, found: 4 }));
    assert_eq!(new(&[1.0, 1.0], &[0.0; 4], 0), Err(Error::Shape { expected: 2, found: 4 }));
    assert_eq!(new(&[1.0, 1.0], &[0.0; 5], 1), Err(Error::Shape { expected: 2, found: 5 }));
    assert_eq!(new(&[1.0, 1.0], &[], 1), Err(Error::Shape { expected: 2, found: 0 }));
    assert_eq!(new(&[], &[], 1), Err(Error::Shape { expected: 1, found: 0 }));
    assert_eq!(new(&[], &[1.0], 1), Err(Error::Shape { expected: 1, found: 1 }));
    let most = Error::Shape { expected: usize::MAX, found: 4 };
    assert_eq!(new(&[1.0, 1.0], &[0.0; 4], usize::MAX), Err(most));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(new(&[bad], &[1.0], 1), Err(Error::Parameter));
        assert_eq!(new(&[1.0], &[1.0, bad], 1), Err(Error::Parameter));
    }
    let neighbours = Neighbours::new(&[1.0f32, 1.0], &[0.0; 6], 3).unwrap();
    for found in [0, 1, 3] {
        let score = neighbours.score(&vec![0.0; found], &mut [0.0; 3]);
        assert_eq!(score, Err(Error::Shape { expected: 2, found }));
    }
    let short = neighbours.score(&[0.0; 2], &mut [0.0; 2]);
    assert_eq!(short, Err(Error::Shape { expected: 3, found: 2 }));
}
