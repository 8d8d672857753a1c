use judder_core::{Activation, Dense};

use super::*;

const WEIGHTS: [f64; 6] = [0.5, -1.0, 0.25, 2.0, 1.5, -0.75];
const INPUTS: [f64; 3] = [0.5, -2.0, 3.0];

/// A graph of three numbers in, whose first layer gives two.
fn dense() -> (Graph, Id, Id) {
    let mut graph = Graph::of_file(0);
    let input = graph.input(Some(3)).unwrap();
    let sums = graph.dense("first", input, WEIGHTS.to_vec(), vec![0.125, -0.5]).unwrap();
    (graph, input, sums)
}

/// What that layer gives.
fn sums(inputs: &[f64]) -> Vec<f64> {
    let rows = WEIGHTS.chunks(3).zip([0.125, -0.5]);
    rows.map(|(row, bias)| row.iter().zip(inputs).map(|(w, x)| w * x).sum::<f64>() + bias).collect()
}

fn run(network: &Network, inputs: &[f64]) -> Vec<f64> {
    network.layers().iter().fold(inputs.to_vec(), |inputs, layer| {
        let dense = Dense::new(layer.weights(), layer.bias(), layer.activation()).unwrap();
        let mut outputs = vec![0.0; layer.outputs()];
        dense.run(&inputs, &mut outputs).unwrap();
        outputs
    })
}

fn close(network: &Network, inputs: &[f64], expected: &[f64]) {
    let found = run(network, inputs);
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} {expected}");
    }
    assert_eq!(found.len(), expected.len());
}

/// One constant beside a value.
fn with(graph: &mut Graph, binary: Binary, x: Id, constant: f64) -> Id {
    let constant = graph.constant(vec![], vec![constant]).unwrap();
    graph.binary("with", binary, x, constant).unwrap()
}

#[test]
fn an_activation_is_known_from_operators_that_part_and_join() {
    // GELU as PyTorch writes it: x · (1 + erf(x / √2)) · ½.
    let (mut graph, _, x) = dense();
    let inner = with(&mut graph, Binary::Divide, x, f64::from(2f32.sqrt()));
    let inner = graph.unary("erf", Unary::Erf, inner).unwrap();
    let inner = with(&mut graph, Binary::Add, inner, 1.0);
    let product = graph.binary("mul", Binary::Multiply, x, inner).unwrap();
    let output = with(&mut graph, Binary::Multiply, product, 0.5);
    let network = graph.network(output).unwrap();
    assert_eq!(network.layers().len(), 1);
    assert_eq!(network.layers()[0].activation(), Activation::Gelu);

    // SiLU as x · sigmoid(x).
    let (mut graph, _, x) = dense();
    let gate = graph.unary("sigmoid", Unary::Activation(Activation::Sigmoid), x).unwrap();
    let output = graph.binary("mul", Binary::Multiply, x, gate).unwrap();
    assert_eq!(graph.network(output).unwrap().layers()[0].activation(), Activation::Silu);

    // Softplus in a row, SELU by a choice.
    let (mut graph, _, x) = dense();
    let inner = graph.unary("exp", Unary::Exp, x).unwrap();
    let inner = with(&mut graph, Binary::Add, inner, 1.0);
    let output = graph.unary("ln", Unary::Ln, inner).unwrap();
    assert_eq!(graph.network(output).unwrap().layers()[0].activation(), Activation::Softplus);
    let (mut graph, _, x) = dense();
    let above = with(&mut graph, Binary::Greater, x, 0.0);
    let below = graph.unary("exp", Unary::Exp, x).unwrap();
    let below = with(&mut graph, Binary::Subtract, below, 1.0);
    let below = with(&mut graph, Binary::Multiply, below, f64::from(1.758_099_3f32));
    let scaled = with(&mut graph, Binary::Multiply, x, f64::from(1.050_701f32));
    let output = graph.select("select", above, scaled, below).unwrap();
    assert_eq!(graph.network(output).unwrap().layers()[0].activation(), Activation::Selu);
}

#[test]
fn constants_are_folded_into_the_layer_beside_them() {
    // (x - mean) / sd before, · 3 + 1 behind, and a scaling behind an activation.
    let mut graph = Graph::of_file(0);
    let input = graph.input(Some(3)).unwrap();
    let mean = graph.constant(vec![1, 3], vec![100.0, -50.0, 0.0]).unwrap();
    let sd = graph.constant(vec![3], vec![0.5, 2.0, 4.0]).unwrap();
    let x = graph.binary("sub", Binary::Subtract, input, mean).unwrap();
    let x = graph.binary("div", Binary::Divide, x, sd).unwrap();
    let x = graph.dense("first", x, WEIGHTS.to_vec(), vec![0.125, -0.5]).unwrap();
    let x = with(&mut graph, Binary::Multiply, x, 3.0);
    let x = with(&mut graph, Binary::Add, x, 1.0);
    let x = graph.unary("tanh", Unary::Activation(Activation::Tanh), x).unwrap();
    let x = with(&mut graph, Binary::Multiply, x, -2.0);
    let x = with(&mut graph, Binary::Subtract, x, 0.25);
    let output = graph.dense("last", x, vec![1.0, 2.0], vec![0.5]).unwrap();
    let network = graph.network(output).unwrap();
    // One takes the mean off, so that no digits are lost to it.
    assert_eq!(network.layers().len(), 3);
    assert_eq!(network.layers()[0].bias(), [-100.0, 50.0, 0.0]);
    let inputs = [101.0, -53.0, 2.0];
    let hidden = sums(&[2.0, -1.5, 0.5]);
    let hidden: Vec<f64> = hidden.iter().map(|x| -2.0 * (3.0 * x + 1.0).tanh() - 0.25).collect();
    close(&network, &inputs, &[hidden[0] + 2.0 * hidden[1] + 0.5]);
}

#[test]
fn scaling_without_a_layer_beside_it_is_a_layer() {
    let (mut graph, _, x) = dense();
    let x = graph.unary("tanh", Unary::Activation(Activation::Tanh), x).unwrap();
    let output = with(&mut graph, Binary::Multiply, x, 4.0);
    let network = graph.network(output).unwrap();
    assert_eq!(network.layers().len(), 2);
    let expected: Vec<f64> = sums(&INPUTS).iter().map(|x| 4.0 * x.tanh()).collect();
    close(&network, &INPUTS, &expected);

    let mut graph = Graph::of_file(0);
    let input = graph.input(Some(2)).unwrap();
    let output = graph.unary("relu", Unary::Activation(Activation::Relu), input).unwrap();
    close(&graph.network(output).unwrap(), &[-1.0, 2.0], &[0.0, 2.0]);
}

#[test]
fn what_is_no_chain_is_refused() {
    let said = |graph: &mut Graph, output| match graph.network(output) {
        Err(Trouble::Unsupported(what)) => what,
        other => panic!("{other:?}"),
    };
    // A way around a layer.
    let (mut graph, input, x) = dense();
    let back = graph.dense("back", x, WEIGHTS.to_vec(), vec![0.0; 3]).unwrap();
    let output = graph.binary("`Add`", Binary::Add, back, input).unwrap();
    assert_eq!(said(&mut graph, output), "a graph that is no chain: first is one of several ways");
    // What is no activation, by name.
    let (mut graph, _, x) = dense();
    let output = graph.unary("`Exp`", Unary::Exp, x).unwrap();
    assert_eq!(said(&mut graph, output), "`Exp`, which makes no activation that judder has");
    // An output of constants alone.
    let (mut graph, _, _) = dense();
    let output = graph.constant(vec![], vec![1.0]).unwrap();
    assert_eq!(said(&mut graph, output), "a graph whose output does not depend on its input");
    // What leads nowhere is no matter.
    let (mut graph, _, x) = dense();
    graph.unary("exp", Unary::Exp, x).unwrap();
    assert_eq!(graph.network(x).unwrap().layers().len(), 1);
}

#[test]
fn what_is_added_before_and_behind_an_activation_is_kept() {
    // Of one number, so that constants for each are constants for all.
    let mut graph = Graph::of_file(0);
    let input = graph.input(Some(1)).unwrap();
    let x = graph.dense("first", input, vec![0.5], vec![0.0]).unwrap();
    let x = with(&mut graph, Binary::Add, x, 1e-9);
    let gate = graph.unary("sigmoid", Unary::Activation(Activation::Sigmoid), x).unwrap();
    let x = graph.binary("mul", Binary::Multiply, x, gate).unwrap();
    let output = with(&mut graph, Binary::Add, x, 1e-9);
    let network = graph.network(output).unwrap();
    let [first, last] = network.layers() else { panic!("{network:?}") };
    assert_eq!((first.bias(), first.activation()), (&[f64::from(1e-9f32)][..], Activation::Silu));
    assert_eq!((last.bias(), last.activation()), (&[f64::from(1e-9f32)][..], Activation::Linear));
}

#[test]
fn a_sigmoid_by_hand_begins_with_a_change_of_sign() {
    let (mut graph, _, x) = dense();
    let x = graph.unary("neg", Unary::Negative, x).unwrap();
    let x = graph.unary("exp", Unary::Exp, x).unwrap();
    let x = with(&mut graph, Binary::Add, x, 1.0);
    let output = graph.unary("reciprocal", Unary::Reciprocal, x).unwrap();
    let network = graph.network(output).unwrap();
    assert_eq!(network.layers()[0].activation(), Activation::Sigmoid);
    assert_eq!(network.layers()[0].weights(), WEIGHTS);
}

#[test]
fn a_file_whose_weights_are_bytes_has_room_for_what_they_stand_for() {
    let bytes = 1_000_000;
    let mut graph = Graph::of_file(bytes);
    let input = graph.input(Some(1000)).unwrap();
    graph.constant(vec![1000, 1000], vec![1.0; bytes]).unwrap();
    graph.constant(vec![1000, 1000], vec![0.5; bytes]).unwrap();
    graph.dense("dense", input, vec![0.5; bytes], vec![0.0; 1000]).unwrap();
    let many = (0..4).map(|_| graph.constant(vec![1000, 1000], vec![0.5; bytes]));
    assert!(many.collect::<Result<Vec<_>, _>>().is_err());
}
