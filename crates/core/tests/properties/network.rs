//! Dense layers against nalgebra, and the laws of their activations.

use judder_core::{Activation, Dense, Error, Real};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use crate::activations::by_textbook;
use crate::tolerance::Tolerance;

/// The most numbers that a layer here takes or gives.
pub(crate) const WIDEST: usize = 7;

/// The numbers of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Numbers<T> {
    pub(crate) weights: Vec<T>,
    pub(crate) bias: Vec<T>,
    pub(crate) activation: Activation,
}

impl<T: Real> Numbers<T> {
    pub(crate) fn dense(&self) -> Dense<'_, T> {
        Dense::new(&self.weights, &self.bias, self.activation).unwrap()
    }
}

impl Numbers<f64> {
    /// Rounded to another type.
    pub(crate) fn rounded<T: Real>(&self) -> Numbers<T> {
        Numbers {
            weights: rounded(&self.weights),
            bias: rounded(&self.bias),
            activation: self.activation,
        }
    }
}

pub(crate) fn rounded<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::from_f64(x)).collect()
}

pub(crate) fn activation() -> impl Strategy<Value = Activation> {
    proptest::sample::select(&Activation::ALL[..])
}

/// Layers between numbers of these widths, weights and biases from -2 to 2.
pub(crate) fn between(widths: Vec<usize>) -> impl Strategy<Value = Vec<Numbers<f64>>> {
    let layer = |pair: &[usize]| {
        let (inputs, outputs) = (pair[0], pair[1]);
        let numbers = |count| prop::collection::vec(-2.0f64..2.0, count);
        (numbers(inputs * outputs), numbers(outputs), activation())
            .prop_map(|(weights, bias, activation)| Numbers { weights, bias, activation })
    };
    widths.windows(2).map(layer).collect::<Vec<_>>()
}

fn layer() -> impl Strategy<Value = Numbers<f64>> {
    prop::collection::vec(1..=WIDEST, 2).prop_flat_map(between).prop_map(|mut one| one.remove(0))
}

fn vector() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-4.0f64..4.0, WIDEST)
}

/// The layer as a formula.
fn by_definition(layer: &Numbers<f64>, x: &[f64]) -> DVector<f64> {
    let w = DMatrix::from_row_slice(layer.bias.len(), x.len(), &layer.weights);
    let sums = w * DVector::from_row_slice(x) + DVector::from_row_slice(&layer.bias);
    sums.map(|sum| by_textbook(layer.activation, sum))
}

fn equals_the_definition<T: Real>(layer: &Numbers<f64>, x: &[f64]) -> Result<(), TestCaseError> {
    let layer = layer.rounded::<T>();
    let dense = layer.dense();
    let x: Vec<T> = rounded(&x[..dense.inputs()]);
    let mut outputs = vec![T::NAN; dense.outputs()];
    dense.run(&x, &mut outputs).unwrap();
    let widened = |values: &[T]| values.iter().map(|x| x.to_f64()).collect::<Vec<f64>>();
    let exact = Numbers {
        weights: widened(&layer.weights),
        bias: widened(&layer.bias),
        activation: layer.activation,
    };
    let expected = by_definition(&exact, &widened(&x));
    prop_assert_eq!(outputs.len(), expected.len());
    for ((&found, &expected), row) in
        outputs.iter().zip(&expected).zip(exact.weights.chunks(x.len()))
    {
        // No activation makes a difference larger than 1.76 times what it is, and SELU does that.
        let terms = row.iter().zip(&x).map(|(w, x)| (w * x.to_f64()).abs());
        let scale = 1.8 * terms.sum::<f64>() + 2.0;
        prop_assert!(Tolerance::Close.holds(found, expected, scale), "{found} for {expected}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_layer_is_its_formula(layer in layer(), x in vector()) {
        equals_the_definition::<f32>(&layer, &x)?;
        equals_the_definition::<f64>(&layer, &x)?;
    }

    #[test]
    fn other_lengths_are_refused(layer in layer(), inputs in 0..10usize, outputs in 0..10usize) {
        let dense = layer.dense();
        let found = dense.run(&vec![1.0; inputs], &mut vec![0.0; outputs]);
        let wrong = |expected, found| Err(Error::Shape { expected, found });
        let expected = if inputs != dense.inputs() {
            wrong(dense.inputs(), inputs)
        } else if outputs != dense.outputs() {
            wrong(dense.outputs(), outputs)
        } else {
            Ok(())
        };
        prop_assert_eq!(found, expected);
    }

    /// Weights make a layer only where they make whole rows.
    #[test]
    fn weights_come_in_whole_rows(weights in 0..40usize, bias in 0..10usize) {
        let (numbers, biases) = (vec![0.5f32; weights], vec![0.5; bias]);
        let dense = Dense::new(&numbers, &biases, Activation::Linear);
        if bias > 0 && weights > 0 && weights % bias == 0 {
            let dense = dense.unwrap();
            prop_assert_eq!((dense.inputs(), dense.outputs()), (weights / bias, bias));
        } else {
            let refused = matches!(dense, Err(Error::Shape { expected, found }) if expected != found);
            prop_assert!(refused, "{dense:?}");
        }
    }
}

#[test]
fn layers_without_meaning_are_refused() {
    let new =
        |weights: &[f32], bias: &[f32]| Dense::new(weights, bias, Activation::Linear).map(|_| ());
    assert_eq!(new(&[1.0], &[1.0]), Ok(()));
    assert_eq!(new(&[], &[]), Err(Error::Shape { expected: 1, found: 0 }));
    assert_eq!(new(&[1.0], &[]), Err(Error::Shape { expected: 1, found: 0 }));
    assert_eq!(new(&[], &[1.0, 2.0]), Err(Error::Shape { expected: 2, found: 0 }));
    assert_eq!(new(&[1.0; 5], &[1.0, 2.0]), Err(Error::Shape { expected: 4, found: 5 }));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(new(&[1.0, bad], &[1.0]), Err(Error::Parameter));
        assert_eq!(new(&[1.0], &[bad]), Err(Error::Parameter));
        for activation in [Activation::LeakyRelu(bad), Activation::Elu(bad)] {
            let found = Dense::new(&[1.0f64], &[1.0], activation).map(|_| ());
            assert_eq!(found, Err(Error::Parameter), "{activation}");
        }
    }
}
