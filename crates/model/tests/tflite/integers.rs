//! Networks in integers of eight bits.

use judder_core::{Activation, Error};
use judder_model::{Layer, Network, Quantised, Steps, from_tflite, to_tflite_int8};
use proptest::prelude::*;

use crate::networks::{network, run, standardised};
use crate::runtimes::{RUNTIMES, outputs, python, runtimes_of};

const WIDTHS: [(&[usize], Activation); 9] = [
    (&[6, 4, 2, 4, 6], Activation::Tanh),
    (&[3, 2, 3], Activation::Tanh),
    (&[6, 4, 6], Activation::Relu),
    (&[6, 4, 6], Activation::Linear),
    (&[12, 8, 4, 8, 12], Activation::Tanh),
    (&[6, 4, 2, 4, 6], Activation::Sigmoid),
    (&[6, 4, 2, 4, 6], Activation::LeakyRelu(0.2)),
    (&[3, 2, 3], Activation::LeakyRelu(0.01)),
    (&[6, 4, 2, 4, 6], Activation::Elu(1.0)),
];

fn rows(rows: &[Vec<f64>]) -> impl Iterator<Item = &[f64]> {
    rows.iter().map(Vec::as_slice)
}

fn quantised(network: &Network) -> Quantised {
    Quantised::new(network, rows(&standardised(network.inputs(), 200, 11))).unwrap()
}

/// A layer of one number.
fn single(weight: f64, bias: f64, activation: Activation) -> Layer {
    Layer::new(vec![weight], vec![bias], activation).unwrap()
}

/// TensorFlow Lite for Microcontrollers gives the same integers. LiteRT rounds products once where
/// that rounds twice: now and then it is off by a step, which the layers behind make more of. Its
/// delegate has a `LEAKY_RELU` of its own, in fewer bits, which is off by a step more often.
#[test]
fn runtimes_give_the_same_integers() {
    const MOST_STEPS: i32 = 8;
    const MOST_STEPS_OF_LEAKY: i32 = 16;
    const LARGEST_SHARE: f64 = 0.03;
    const LARGEST_SHARE_OF_LEAKY: f64 = 0.4;
    let Some(python) = python("runtimes_give_the_same_integers") else { return };
    let (mut off, mut most, mut of) = ([[0; 4]; 2], [[0; 4]; 2], [[0; 4]; 2]);
    for (widths, inner) in WIDTHS {
        let leaky = usize::from(matches!(inner, Activation::LeakyRelu(_)));
        for seed in 0..4 {
            let quantised = quantised(&network(widths, inner, seed));
            let n = widths[0];
            let inputs: Vec<Vec<i8>> = standardised(n, 1000, 5)
                .iter()
                .map(|row| row.iter().map(|&x| quantised.inputs().quantise(x as f32)).collect())
                .collect();
            let bytes: Vec<u8> = inputs.iter().flatten().flat_map(|q| q.to_le_bytes()).collect();
            let file = to_tflite_int8(&quantised, None).unwrap();
            let names = runtimes_of(inner);
            let found = outputs(&python, &names, &file, "i1", n, &bytes);
            let expected: Vec<i8> =
                inputs.iter().flat_map(|row| quantised.run_integers(row).unwrap()).collect();
            for (name, found) in names.iter().zip(&found) {
                assert_eq!(found.len(), expected.len());
                let at = RUNTIMES.iter().position(|one| one == name).unwrap();
                of[leaky][at] += expected.len();
                for (&found, &expected) in found.iter().zip(&expected) {
                    let steps = (i32::from(found.cast_signed()) - i32::from(expected)).abs();
                    off[leaky][at] += usize::from(steps > 0);
                    most[leaky][at] = steps.max(most[leaky][at]);
                }
            }
        }
    }
    for (at, name) in RUNTIMES.into_iter().enumerate() {
        for (leaky, share, steps) in
            [(0, LARGEST_SHARE, MOST_STEPS), (1, LARGEST_SHARE_OF_LEAKY, MOST_STEPS_OF_LEAKY)]
        {
            let (off, of, most) = (off[leaky][at], of[leaky][at], most[leaky][at]);
            eprintln!("{name}: {off} of {of} differ, by at most {most} steps");
            if name == "MICRO" {
                assert_eq!(off, 0, "{name}");
            }
            assert!(off as f64 <= share * of as f64 && most <= steps, "{name}");
        }
    }
}

/// Rounding to 256 steps costs a little, not more.
#[test]
fn integers_are_near_the_network() {
    /// In steps of the output, on average: each layer adds about one.
    const MEAN_ERROR: f64 = 3.0;
    for (widths, inner) in WIDTHS {
        let network = network(widths, inner, 9);
        let (quantised, inputs) = (quantised(&network), standardised(widths[0], 200, 11));
        let (mut sum, mut count) = (0.0, 0);
        for input in &inputs {
            let singles: Vec<f32> = input.iter().map(|&x| x as f32).collect();
            let exact: Vec<f64> = run(&network, input);
            for (found, exact) in quantised.run(&singles).unwrap().iter().zip(exact) {
                sum += (f64::from(*found) - exact).abs() / f64::from(quantised.outputs().step);
                count += 1;
            }
        }
        let mean = sum / f64::from(count);
        assert!(mean > 0.01 && mean < MEAN_ERROR, "{widths:?} {inner}: {mean}");
    }
}

/// Worked by hand: from 0 to 2.55 there are 255 steps of 0.01, and inputs go twice as far.
#[test]
fn one_number_by_hand() {
    let range = [vec![0.0], vec![2.55]];
    let network = |layer| Network::new(vec![layer]).unwrap();
    let same = network(single(1.0, 0.0, Activation::Linear));
    let quantised = Quantised::new(&same, rows(&range)).unwrap();
    assert_eq!(quantised.inputs(), Steps { step: 0.02, zero: -128 });
    assert_eq!(quantised.outputs(), Steps { step: 0.01, zero: -128 });
    for (input, taken, given) in
        [(0.0, -128, -128), (1.0, -78, -28), (1.004, -78, -28), (2.5, -3, 122), (5.1, 127, 127)]
    {
        assert_eq!(quantised.inputs().quantise(input), taken);
        assert_eq!(quantised.run_integers(&[taken]), Ok(vec![given]));
    }
    // What is taken in is known, also what is beyond.
    assert_eq!(quantised.taken(&[1.004, 9.0]), [0.02 * 50.0, 0.02 * 255.0]);
    // Beyond the range it ends.
    for (input, output) in [(9.0, 2.55), (-1.0, 0.0), (f32::INFINITY, 2.55), (1.0, 1.0)] {
        let [found] = quantised.run(&[input]).unwrap()[..] else { panic!("one number") };
        assert!((found - output).abs() < 1e-6, "{input}: {found}");
    }
    // -1.98 is 126.9 steps of 3.98 / 255 below 0.
    let odd = Quantised::new(&same, rows(&[vec![-0.99], vec![1.0]])).unwrap();
    assert_eq!(odd.inputs(), Steps { step: (3.98f64 / 255.0) as f32, zero: -1 });
    // -1 to 1.55, cut off at 0: 1.55 / 255 from step to step.
    let relu = network(single(1.0, -1.0, Activation::Relu));
    let quantised = Quantised::new(&relu, rows(&range)).unwrap();
    assert_eq!(quantised.outputs(), Steps { step: (1.55f64 / 255.0) as f32, zero: -128 });
    assert_eq!(quantised.run_integers(&[-128]), Ok(vec![-128]));
    assert_eq!(quantised.run_integers(&[127]), Ok(vec![127]));
    // tanh 2.55 is 0.9879, 126.4 steps of 1/128; tanh 1 is 97.48 of them.
    let tanh = network(single(1.0, 0.0, Activation::Tanh));
    let quantised = Quantised::new(&tanh, rows(&range)).unwrap();
    assert_eq!(quantised.outputs(), Steps { step: 1.0 / 128.0, zero: 0 });
    let found = [-128, -78, 127].map(|q| quantised.run_integers(&[q]).unwrap()[0]);
    assert_eq!(found, [0, 97, 126]);
}

/// Their sums would overflow in steps as fine as such weights.
#[test]
fn weights_that_a_bias_dwarfs_are_rounded_off() {
    for activation in [Activation::Linear, Activation::Relu] {
        let network = Network::new(vec![single(1e-9, 1.0, activation)]).unwrap();
        let quantised = Quantised::new(&network, rows(&[vec![0.0], vec![2.55]])).unwrap();
        let [found] = quantised.run(&[1.0]).unwrap()[..] else { panic!("one number") };
        assert!((found - 1.0).abs() < 1e-6, "{found}");
    }
}

#[test]
fn what_makes_no_ranges_is_named() {
    let network = network(&[2, 3, 2], Activation::Tanh, 1);
    let error = |inputs: &[Vec<f64>]| Quantised::new(&network, rows(inputs)).unwrap_err();
    assert_eq!(error(&[]), "there are no inputs to find the ranges of its numbers from");
    assert_eq!(error(&[vec![0.0; 2], vec![0.0; 3]]), "3 numbers where 2 are needed");
    for wrong in [f64::NAN, f64::INFINITY, 1e39] {
        assert_eq!(error(&[vec![0.0, wrong]]), "a number is too large, or not finite");
    }
    let quantised = quantised(&network);
    let wrong = Error::Shape { expected: 2, found: 3 };
    assert_eq!(quantised.run(&[0.0; 3]), Err(wrong));
    assert_eq!(quantised.run_integers(&[0; 3]), Err(wrong));
}

/// What was written in integers is read as what these stand for: a step of the outputs apart at most, as
/// TensorFlow Lite for Microcontrollers rounds a product twice.
#[test]
fn a_network_of_integers_is_read_as_what_they_stand_for() {
    for (widths, activation) in WIDTHS {
        let quantised = quantised(&network(widths, activation, 1));
        let read = from_tflite(&to_tflite_int8(&quantised, None).unwrap()).unwrap().network;
        let step = f64::from(quantised.outputs().step);
        let mut most = 0.0f64;
        for row in standardised(widths[0], 300, 7) {
            let single: Vec<f32> = row.iter().map(|&x| x as f32).collect();
            let expected = quantised.run(&single).unwrap();
            let mut found: Vec<f64> = single.iter().map(|&x| x.into()).collect();
            for layer in read.layers() {
                let dense =
                    judder_core::Dense::new(layer.weights(), layer.bias(), layer.activation())
                        .unwrap();
                let mut outputs = vec![0.0; layer.outputs()];
                dense.run(&found, &mut outputs).unwrap();
                found = outputs;
            }
            for (found, expected) in found.iter().zip(expected) {
                most = most.max((found - f64::from(expected)).abs() / step);
            }
        }
        assert!(most <= 1.001 * (widths.len() - 1) as f64, "{widths:?} {activation}: {most} steps");
    }
}

proptest! {
    /// Whatever its sizes are, a network is quantised, alike each time, and runs, or is refused.
    #[test]
    fn any_network_is_quantised_or_refused(
        numbers in proptest::collection::vec(-1.0..1.0f64, 40),
        exponents in proptest::collection::vec(-60..38i32, 5),
        activation in proptest::sample::select(Activation::ALL.to_vec()),
    ) {
        let mut numbers = numbers.into_iter().cycle();
        let mut take = |count: usize, at: usize| -> Vec<f64> {
            numbers.by_ref().take(count).map(|x| x * 10f64.powi(exponents[at])).collect()
        };
        let layers = vec![
            Layer::new(take(6, 0), take(2, 1), activation).unwrap(),
            Layer::new(take(6, 2), take(3, 3), Activation::Linear).unwrap(),
        ];
        let network = Network::new(layers).unwrap();
        let inputs = [take(3, 4), take(3, 4)];
        let quantised = match Quantised::new(&network, rows(&inputs)) {
            Ok(quantised) => quantised,
            Err(what) => {
                let has_none = what.contains(&format!("the activation {activation}, "));
                prop_assert!(has_none || what.contains("too large"), "{}", what);
                return Ok(());
            }
        };
        prop_assert_eq!(&quantised, &Quantised::new(&network, rows(&inputs)).unwrap());
        for input in &inputs {
            let input: Vec<f32> = input.iter().map(|&x| x as f32).collect();
            prop_assert!(quantised.run(&input).unwrap().iter().all(|x| x.is_finite()));
        }
        prop_assert!(to_tflite_int8(&quantised, None).is_ok());
    }
}
