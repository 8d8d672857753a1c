//! The mixture against the distance to each of its modes.

use judder_core::{Error, Mahalanobis, Mixture, Real, Score, packed_len};
use proptest::prelude::*;

const MOST: usize = 6;
const MODES: usize = 5;

/// A mean and a packed whitening matrix.
type Parameters<T> = (Vec<T>, Vec<T>);

/// Modes of as many features, and a feature vector.
#[derive(Debug, Clone)]
struct Case {
    modes: Vec<Parameters<f64>>,
    x: Vec<f64>,
}

fn cases() -> impl Strategy<Value = Case> {
    let numbers = prop::collection::vec(-4.0f64..4.0, MODES * (MOST + packed_len(MOST)) + MOST);
    (1usize..=MOST, 1usize..=MODES, numbers).prop_map(|(n, modes, numbers)| {
        let mut rest = numbers.as_slice();
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at(count);
            rest = left;
            taken.to_vec()
        };
        let modes = (0..modes).map(|_| (take(n), take(packed_len(n)))).collect();
        Case { modes, x: take(n) }
    })
}

fn narrow<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::from_f64(x)).collect()
}

/// The modes in `T`.
fn in_precision<T: Real>(case: &Case) -> (Vec<Parameters<T>>, Vec<T>) {
    let modes = case.modes.iter().map(|(mean, whitening)| (narrow(mean), narrow(whitening)));
    (modes.collect(), narrow(&case.x))
}

fn detectors<T: Real>(modes: &[Parameters<T>]) -> Vec<Mahalanobis<'_, T>> {
    modes.iter().map(|(mean, whitening)| Mahalanobis::new(mean, whitening).unwrap()).collect()
}

fn nearest<T: Real>(modes: &[Parameters<T>], x: &[T]) -> Result<(usize, f64), Error> {
    let detectors = detectors(modes);
    let mixture = Mixture::new(&detectors).unwrap();
    let found = mixture.nearest(x);
    assert_eq!(mixture.score(x, &mut []).ok(), found.ok().map(|(_, score)| score));
    found.map(|(at, score)| (at, score.to_f64()))
}

/// The least of the distances, and the first mode that has it.
fn least<T: Real>(modes: &[Parameters<T>], x: &[T]) -> (usize, f64) {
    let each = detectors(modes).into_iter().map(|mode| mode.score(x).unwrap().to_f64());
    let each: Vec<f64> = each.collect();
    let least = each.iter().copied().fold(f64::INFINITY, f64::min);
    (each.iter().position(|&score| score == least).unwrap(), least)
}

proptest! {
    #[test]
    fn it_is_the_least_of_the_distances_in_equal_bits(case in cases()) {
        let (modes, x) = in_precision::<f64>(&case);
        prop_assert_eq!(nearest(&modes, &x), Ok(least(&modes, &x)));
        let (modes, x) = in_precision::<f32>(&case);
        prop_assert_eq!(nearest(&modes, &x), Ok(least(&modes, &x)));
    }

    #[test]
    fn of_one_mode_it_is_the_mahalanobis_distance_in_equal_bits(case in cases()) {
        let (modes, x) = in_precision::<f32>(&case);
        let alone = detectors(&modes)[0].score(&x).unwrap();
        prop_assert_eq!(nearest(&modes[..1], &x), Ok((0, f64::from(alone))));
    }

    #[test]
    fn the_order_of_modes_does_not_matter(
        case in cases(),
        keys in prop::collection::vec(any::<u64>(), MODES),
    ) {
        let mut order: Vec<usize> = (0..case.modes.len()).collect();
        order.sort_by_key(|&at| keys[at]);
        let shuffled: Vec<_> = order.iter().map(|&at| case.modes[at].clone()).collect();
        let score = |modes: &[Parameters<f64>]| nearest(modes, &case.x).unwrap().1.to_bits();
        prop_assert_eq!(score(&shuffled), score(&case.modes));
    }

    #[test]
    fn another_mode_never_raises_a_score(case in cases()) {
        let mut before = f64::INFINITY;
        for count in 1..=case.modes.len() {
            let score = nearest(&case.modes[..count], &case.x).unwrap().1;
            prop_assert!(score <= before, "{} of {} modes, {} before", score, count, before);
            before = score;
        }
    }

    /// Windows side by side have the bits that each has alone, those that overflow are not finite; of one Gaussian, too.
    #[test]
    fn side_by_side_they_have_the_bits_that_each_has_alone(
        case in cases(),
        scales in prop::collection::vec(prop_oneof![Just(1.0f32), Just(f32::MAX), -3.0f32..3.0], 5),
    ) {
        let (parameters, x) = in_precision::<f32>(&case);
        let modes = detectors(&parameters);
        let mixture = Mixture::new(&modes).unwrap();
        let window = |at: usize| x.iter().map(|x| x * scales[at]).collect::<Vec<f32>>();
        let beside: Vec<[f32; 5]> =
            (0..x.len()).map(|i| core::array::from_fn(|at| window(at)[i])).collect();
        let finite = |scores: [f32; 5]| scores.map(|x| x.is_finite().then(|| x.to_bits()));
        let alone = |of: &dyn Fn(&[f32]) -> Result<f32, Error>| {
            core::array::from_fn(|at| of(&window(at)).ok().map(f32::to_bits))
        };
        let found = mixture.scores(&beside).unwrap();
        prop_assert_eq!(finite(found), alone(&|x| mixture.score(x, &mut [])));
        let found = modes[0].scores_below(&beside, &[f32::INFINITY; 5]).unwrap();
        prop_assert_eq!(finite(found), alone(&|x| modes[0].score(x)));
        prop_assert_eq!(
            mixture.scores(&beside[1..]),
            Err(Error::Shape { expected: x.len(), found: x.len() - 1 })
        );
    }

    /// Whatever the numbers: an error, or the least of the distances there are.
    #[test]
    fn hostile_numbers_do_no_harm(bits in prop::collection::vec(any::<u32>(), 2 * 5 + 2)) {
        let numbers: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let (x, parameters) = numbers.split_at(2);
        let modes = parameters.chunks(5).map(|one| Mahalanobis::new(&one[..2], &one[2..]));
        let modes: Vec<_> = modes.filter_map(Result::ok).collect();
        let Ok(mixture) = Mixture::new(&modes) else { return Ok(()) };
        let least = modes.iter().filter_map(|mode| mode.score(x).ok()).min_by(f32::total_cmp);
        prop_assert_eq!(mixture.score(x, &mut []), least.ok_or(Error::ScoreNotRepresentable));
    }
}

#[test]
fn a_mode_that_overflows_is_passed_over() {
    let far = (vec![f32::MAX], vec![f32::MAX]);
    let near = (vec![1.0f32], vec![2.0]);
    assert_eq!(nearest(&[far.clone(), near.clone()], &[3.0]), Ok((1, 16.0)));
    assert_eq!(nearest(&[near, far.clone()], &[3.0]), Ok((0, 16.0)));
    assert_eq!(nearest(&[far.clone(), far], &[3.0]), Err(Error::ScoreNotRepresentable));
}

#[test]
fn of_equally_near_modes_it_is_the_first() {
    let at = |mean: f32| (vec![mean], vec![1.0]);
    assert_eq!(nearest(&[at(9.0), at(1.0), at(-1.0)], &[0.0]), Ok((1, 1.0)));
}

#[test]
fn shapes_that_do_not_belong_together_are_refused() {
    let none: [Mahalanobis<'_, f32>; 0] = [];
    let refusal = |modes: &[Mahalanobis<'_, f32>]| Mixture::new(modes).map(|_| ()).unwrap_err();
    assert_eq!(refusal(&none), Error::Shape { expected: 1, found: 0 });
    let one = Mahalanobis::new(&[0.0f32], &[1.0]).unwrap();
    let two = Mahalanobis::new(&[0.0f32, 0.0], &[1.0, 0.0, 1.0]).unwrap();
    assert_eq!(refusal(&[one, two]), Error::Shape { expected: 1, found: 2 });
    assert_eq!(refusal(&[two, two, one]), Error::Shape { expected: 2, found: 1 });
    let modes = [two, two];
    let mixture = Mixture::new(&modes).unwrap();
    assert_eq!((mixture.dimension(), mixture.workspace()), (2, 0));
    for found in [0, 1, 3] {
        let score = mixture.score(&vec![0.0; found], &mut []);
        assert_eq!(score, Err(Error::Shape { expected: 2, found }));
    }
}
