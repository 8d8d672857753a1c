//! The autoencoder: what networks of known effect score, and what is refused.

use judder_core::{
    Activation, Autoencoder, Dense, Detector, Error, FeatureSet, Readings, Real, Score, Verdict,
};
use nalgebra::DVector;
use proptest::prelude::*;

use crate::network::{Numbers, WIDEST, between, rounded};
use crate::tolerance::Tolerance;

/// A network that takes and gives as many numbers, one to four layers deep, and features for it.
fn cases() -> impl Strategy<Value = (Vec<Numbers<f64>>, Vec<f64>, Vec<f64>)> {
    let widths = (1..=WIDEST, prop::collection::vec(1..=WIDEST, 0..4));
    widths.prop_flat_map(|(n, hidden)| {
        let widths = [vec![n], hidden, vec![n]].concat();
        let numbers = |range: std::ops::Range<f64>| prop::collection::vec(range, n);
        (between(widths), numbers(-4.0..4.0), numbers(0.25..4.0))
    })
}

fn denses<T: Real>(layers: &[Numbers<T>]) -> Vec<Dense<'_, T>> {
    layers.iter().map(Numbers::dense).collect()
}

fn score<T: Real>(layers: &[Numbers<T>], scale: &[T], x: &[T]) -> Result<T, Error> {
    let layers = denses(layers);
    let autoencoder = Autoencoder::new(&layers, scale)?;
    // Whatever stands in the workspace does not matter.
    autoencoder.score(x, &mut vec![T::NAN; autoencoder.workspace()])
}

/// The layers one by one, each with a buffer of its own.
fn chain<T: Real>(layers: &[Numbers<T>], x: &[T]) -> Vec<T> {
    layers.iter().fold(x.to_vec(), |x, layer| {
        let mut outputs = vec![T::NAN; layer.bias.len()];
        layer.dense().run(&x, &mut outputs).unwrap();
        outputs
    })
}

fn identity<T: Real>(n: usize) -> Numbers<T> {
    let mut weights = vec![T::ZERO; n * n];
    weights.iter_mut().step_by(n + 1).for_each(|w| *w = T::ONE);
    Numbers { weights, bias: vec![T::ZERO; n], activation: Activation::Linear }
}

fn equals_the_chain<T: Real>(
    layers: &[Numbers<f64>],
    x: &[f64],
    scale: &[f64],
) -> Result<(), TestCaseError> {
    let layers: Vec<Numbers<T>> = layers.iter().map(Numbers::rounded).collect();
    let (x, scale) = (rounded::<T>(x), rounded::<T>(scale));
    let dense = denses(&layers);
    let autoencoder = Autoencoder::new(&dense, &scale).unwrap();
    let widest = layers.iter().map(|layer| layer.bias.len()).max().unwrap();
    prop_assert_eq!((autoencoder.dimension(), autoencoder.workspace()), (x.len(), 2 * widest));
    let expected = chain(&layers, &x);
    for more in [0, 1, 9] {
        let mut workspace = vec![T::NAN; autoencoder.workspace() + more];
        let found = autoencoder.reconstruct(&x, &mut workspace).unwrap();
        prop_assert_eq!(found, &expected[..]);
    }
    let of = |values: &[T]| DVector::from_iterator(x.len(), values.iter().map(|x| x.to_f64()));
    let errors = (of(&x) - of(&expected)).component_mul(&of(&scale));
    let by_formula = errors.norm_squared() / x.len() as f64;
    let found = score(&layers, &scale, &x).unwrap();
    prop_assert!(Tolerance::Summed.holds(found, by_formula, 0.0), "{found} for {by_formula}");
    // The same through a reference.
    let by_reference: &dyn Score<T> = &&autoencoder;
    prop_assert_eq!((by_reference.dimension(), by_reference.workspace()), (x.len(), 2 * widest));
    prop_assert_eq!(by_reference.score(&x, &mut vec![T::NAN; 2 * widest]), Ok(found));
    Ok(())
}

proptest! {
    #[test]
    fn it_runs_its_layers_one_after_the_other((layers, x, scale) in cases()) {
        equals_the_chain::<f32>(&layers, &x, &scale)?;
        equals_the_chain::<f64>(&layers, &x, &scale)?;
    }

    #[test]
    fn who_gives_everything_back_scores_nothing(
        x in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL, 1..9),
        depth in 1..5usize,
    ) {
        let n = x.len();
        let of_one = vec![1.0; n];
        prop_assert_eq!(score(&vec![identity(n); depth], &of_one, &x), Ok(0.0));
        let narrow: Vec<f32> = x.iter().map(|&x| (x % 1e30) as f32).collect();
        prop_assert_eq!(score(&vec![identity(n); depth], &vec![3.0; n], &narrow), Ok(0.0));
    }

    /// The best that a network without knowledge can do: its score is a mean squared distance.
    #[test]
    fn who_always_gives_the_same_scores_the_distance(
        rows in prop::collection::vec([-9.0f64..9.0, -9.0..9.0, 0.1..9.0], 1..9),
    ) {
        let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Vec<f64>>();
        let (x, given, scale) = (column(0), column(1), column(2));
        let n = x.len();
        let weights = vec![0.0; n * n];
        let layer = Numbers { weights, bias: given.clone(), activation: Activation::Linear };
        let of = |values: &[f64]| DVector::from_row_slice(values);
        let expected = (of(&x) - of(&given)).component_mul(&of(&scale)).norm_squared() / n as f64;
        let found = score(std::slice::from_ref(&layer), &scale, &x).unwrap();
        prop_assert!(Tolerance::Summed.holds(found, expected, 0.0), "{found} for {expected}");
        let narrow = score(&[layer.rounded::<f32>()], &rounded(&scale), &rounded(&x)).unwrap();
        // Features and what is given back round before they are subtracted: up to 9 × 9 each.
        let magnitude = expected + 4.0 * 81.0 * expected.sqrt();
        prop_assert!(Tolerance::Summed.holds(narrow, expected, magnitude), "{narrow}");
    }

    #[test]
    fn the_order_of_hidden_units_does_not_matter(
        (layers, n) in (1..=WIDEST, 1..=WIDEST)
            .prop_flat_map(|(n, hidden)| (between(vec![n, hidden, n]), Just(n))),
        x in prop::collection::vec(-4.0f64..4.0, WIDEST),
        keys in prop::collection::vec(any::<u64>(), WIDEST),
    ) {
        let (hidden, x) = (layers[0].bias.len(), &x[..n]);
        let mut order: Vec<usize> = (0..hidden).collect();
        order.sort_by_key(|&at| keys[at]);
        let mut turned = layers.clone();
        turned[0].weights = order.iter().flat_map(|&at| layers[0].weights[at * n..][..n].to_vec()).collect();
        turned[0].bias = order.iter().map(|&at| layers[0].bias[at]).collect();
        let row = |row: &[f64]| order.iter().map(|&at| row[at]).collect::<Vec<f64>>();
        turned[1].weights = layers[1].weights.chunks(hidden).flat_map(row).collect();
        // A hidden unit is at most 2 + 7 × 2 × 4, a sum of them 7 × 2 times that.
        for (&found, &expected) in chain(&turned, x).iter().zip(&chain(&layers, x)) {
            prop_assert!(Tolerance::Close.holds(found, expected, 14.0 * 58.0), "{found} {expected}");
        }
    }

    /// Twice the scale is four times the score; a power of two rounds nothing.
    #[test]
    fn the_scale_multiplies((layers, x, scale) in cases(), power in -8..9i32) {
        let times = |factor: f64| scale.iter().map(|s| s * factor).collect::<Vec<f64>>();
        let one = score(&layers, &scale, &x).unwrap();
        let other = score(&layers, &times(2f64.powi(power)), &x).unwrap();
        prop_assert_eq!(other, one * 4f64.powi(power));
        prop_assert_eq!(score(&layers, &times(-1.0), &x).unwrap(), one);
        prop_assert_eq!(score(&layers, &times(0.0), &x).unwrap(), 0.0);
    }

    #[test]
    fn other_lengths_are_refused((layers, x, scale) in cases(), found in 0..20usize) {
        let (n, dense) = (x.len(), denses(&layers));
        let autoencoder = Autoencoder::new(&dense, &scale).unwrap();
        let needed = autoencoder.workspace();
        for size in 0..needed {
            let short = Err(Error::Shape { expected: needed, found: size });
            prop_assert_eq!(autoencoder.score(&x, &mut vec![0.0; size]), short);
        }
        let other = autoencoder.score(&vec![1.0; found], &mut vec![0.0; needed]).map(|_| found);
        let expected = if found == n { Ok(n) } else { Err(Error::Shape { expected: n, found }) };
        prop_assert_eq!(other, expected);
        // A scale for another number of features.
        let scale = vec![1.0; found];
        let new = Autoencoder::new(&dense, &scale).map(|_| found);
        prop_assert_eq!(new.is_ok(), found == n, "{:?}", new);
    }
}

#[test]
fn networks_that_do_not_fit_together_are_refused() {
    let layer = |inputs: usize, outputs: usize| Numbers {
        weights: vec![0.5f32; inputs * outputs],
        bias: vec![0.5; outputs],
        activation: Activation::Tanh,
    };
    let new = |layers: &[(usize, usize)], n: usize| {
        let layers: Vec<_> = layers.iter().map(|&(from, to)| layer(from, to)).collect();
        Autoencoder::new(&denses(&layers), &vec![1.0; n]).map(|_| ())
    };
    let wrong = |expected, found| Err(Error::Shape { expected, found });
    assert_eq!(new(&[(3, 2), (2, 3)], 3), Ok(()));
    assert_eq!(new(&[(3, 2), (3, 3)], 3), wrong(2, 3));
    assert_eq!(new(&[(2, 3), (3, 3)], 3), wrong(3, 2));
    assert_eq!(new(&[(3, 2), (2, 4)], 3), wrong(3, 4));
    assert_eq!(new(&[(3, 2), (2, 3), (3, 2)], 3), wrong(3, 2));
    assert_eq!(new(&[], 3), wrong(3, 0));
    assert_eq!(new(&[], 0), wrong(1, 0));
    assert_eq!(new(&[(1, 1)], 0), wrong(0, 1));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let identity = identity(2);
        let new = Autoencoder::new(&[identity.dense()], &[1.0, bad]).map(|_| ());
        assert_eq!(new, Err(Error::Parameter));
    }
}

/// An error, wherever on the way a number overflows.
#[test]
fn a_score_beyond_the_number_type_is_an_error() {
    const MAX: f32 = f32::MAX;
    let layer = |weights: &[f32], activation| Numbers {
        bias: vec![0.0; 2],
        weights: weights.to_vec(),
        activation,
    };
    let eye = identity(2);
    for activation in Activation::ALL {
        let lost = Err(Error::ScoreNotRepresentable);
        // +∞ - ∞ is not a number.
        let cancels = layer(&[MAX, -MAX, 1.0, 1.0], activation);
        assert_eq!(score(&[cancels.clone(), eye.clone()], &[1.0; 2], &[2.0; 2]), lost);
        assert_eq!(score(&[eye.clone(), cancels], &[1.0; 2], &[2.0; 2]), lost, "{activation}");
        // What came in was not a number.
        for bad in [f32::NAN, f32::INFINITY] {
            let keeps = layer(&eye.weights, activation);
            assert_eq!(score(&[keeps], &[1.0; 2], &[1.0, bad]), lost, "{activation} {bad}");
        }
        // The squares.
        let keeps = layer(&[0.0; 4], activation);
        assert_eq!(score(std::slice::from_ref(&keeps), &[1.0; 2], &[1.0, 1e20]), lost);
        assert_eq!(score(&[keeps], &[MAX, 1.0], &[2.0, 1.0]), lost);
    }
    // Where tanh holds an overflow back, there is a score: all the same, the number is right.
    let bounded = layer(&[MAX, MAX, -MAX, -MAX], Activation::Tanh);
    assert_eq!(score(&[bounded, eye], &[1.0; 2], &[2.0; 2]), Ok(5.0));
}

#[test]
fn a_detector_judges_by_a_network() {
    let features: FeatureSet = "mad+std".parse().unwrap();
    let layer = |inputs: usize, outputs: usize, activation| Numbers {
        weights: (0..inputs * outputs).map(|at| (at % 5) as f32 / 4.0 - 0.5).collect(),
        bias: (0..outputs).map(|at| at as f32 / 8.0).collect(),
        activation,
    };
    let layers = [layer(4, 7, Activation::Tanh), layer(7, 4, Activation::Linear)];
    let layers = denses(&layers);
    let autoencoder = Autoencoder::new(&layers, &[1.0, 2.0, 3.0, 0.5]).unwrap();
    let values: Vec<f32> = (0..32).map(|at| (at * 7 % 5) as f32 / 3.0).collect();
    let window = Readings::new(&values, 2, 16).unwrap();
    let mut extracted = [0.0; 4];
    features.extract(&window, &mut [0; 16], &mut extracted).unwrap();
    let score = autoencoder.score(&extracted, &mut [0.0; 14]).unwrap();
    assert!(score > 0.0);
    for (threshold, verdict) in [(score, Verdict::Normal), (score / 2.0, Verdict::Anomaly)] {
        let detector = Detector::new(features, autoencoder, threshold, 2, 16).unwrap();
        assert_eq!(detector.values(), 4 + 14);
        let mut room = [f32::NAN; 18];
        let judged = detector.judge(&window, &mut [0; 16], &mut room).unwrap();
        assert_eq!((judged.score, judged.verdict), (score, verdict));
        assert_eq!(room[..4], extracted, "the features stand at the beginning");
        for found in 0..18 {
            let short = detector.judge(&window, &mut [0; 16], &mut vec![0.0; found]).unwrap_err();
            assert!(matches!(short, Error::Shape { found: said, .. } if said <= found), "{found}");
        }
    }
    assert_eq!(
        Detector::new(features, autoencoder, 1.0, 3, 16).map(|_| ()),
        Err(Error::Shape { expected: 6, found: 4 })
    );
}
