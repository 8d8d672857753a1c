//! What judder reads of files that it did not write, and what it says of the others.

use judder_core::Activation::{Linear, Relu};
use judder_model::{Foreign, from_onnx};

use super::files::{bytes, file, float, int, message, node, tensor, value, weights};

const READABLE: &str = "; judder reads from ONNX files one chain of Gemm or MatMul, scaling by constants \
                        and activations";

fn read(graph: &[Vec<u8>], more: &[Vec<u8>]) -> Foreign {
    from_onnx(&file(graph, more)).unwrap()
}

fn refused(graph: &[Vec<u8>], more: &[Vec<u8>]) -> String {
    let error = from_onnx(&file(graph, more)).unwrap_err().to_string();
    error.strip_suffix(READABLE).map_or(error.clone(), str::to_owned)
}

fn matmul(to: &str) -> Vec<u8> {
    node("MatMul", &["x", "w"], to, &[])
}

fn gemm(attributes: &[Vec<u8>]) -> Vec<u8> {
    node("Gemm", &["x", "w"], "y", attributes)
}

fn float_attribute(name: &str, value: f32) -> Vec<u8> {
    message(5, &[bytes(1, name.as_bytes()), float(2, value), int(20, 1)])
}

fn int_attribute(name: &str, value: u64) -> Vec<u8> {
    message(5, &[bytes(1, name.as_bytes()), int(3, value), int(20, 2)])
}

#[test]
fn weights_stand_in_rows_or_columns() {
    for (node, expected) in [
        (matmul("y"), [1.0, 3.0, 2.0, 4.0]),
        (gemm(&[]), [1.0, 3.0, 2.0, 4.0]),
        (gemm(&[int_attribute("transB", 0)]), [1.0, 3.0, 2.0, 4.0]),
        (gemm(&[int_attribute("transB", 1)]), [1.0, 2.0, 3.0, 4.0]),
        (
            gemm(&[float_attribute("alpha", 1.0), float_attribute("beta", 1.0)]),
            [1.0, 3.0, 2.0, 4.0],
        ),
    ] {
        let Foreign { network, metadata, ignored, .. } = read(&[weights(), node], &[]);
        assert_eq!(network.layers()[0].weights(), expected);
        assert_eq!(network.layers()[0].bias(), [0.0, 0.0]);
        assert_eq!(network.layers()[0].activation(), Linear);
        assert_eq!((metadata, ignored), (None, vec![]));
    }
}

#[test]
fn a_bias_stands_on_either_side_and_in_several_shapes() {
    for (shape, values, expected) in [
        (&[2][..], &[5.0, 6.0][..], [5.0, 6.0]),
        (&[1, 2], &[5.0, 6.0], [5.0, 6.0]),
        (&[1], &[7.0], [7.0, 7.0]),
        (&[], &[7.0], [7.0, 7.0]),
        (&[1, 1], &[7.0], [7.0, 7.0]),
    ] {
        let bias = tensor("b", shape, values);
        for inputs in [["h", "b"], ["b", "h"]] {
            let graph = [weights(), bias.clone(), matmul("h"), node("Add", &inputs, "y", &[])];
            assert_eq!(read(&graph, &[]).network.layers()[0].bias(), expected, "{shape:?}");
        }
        let graph = [weights(), bias, node("Gemm", &["x", "w", "b"], "y", &[])];
        assert_eq!(read(&graph, &[]).network.layers()[0].bias(), expected, "{shape:?}");
    }
    for (shape, message) in [
        (&[2, 1][..], "holds `Add` of a constant of the shape [2, 1]"),
        (&[4], "holds 4 constants for 2 numbers"),
        (&[2, 2], "holds `Add` of a constant of the shape [2, 2]"),
    ] {
        let count = shape.iter().product::<u64>() as usize;
        let bias = tensor("b", shape, &[5.0; 4][..count]);
        let graph = [weights(), bias, matmul("h"), node("Add", &["h", "b"], "y", &[])];
        assert_eq!(refused(&graph, &[]), message);
    }
}

#[test]
fn what_does_nothing_is_passed_over() {
    let training = |value: u8| message(5, &[int(2, 9), bytes(8, b"training"), bytes(9, &[value])]);
    let graph = |value| {
        vec![
            weights(),
            tensor("ratio", &[], &[0.5]),
            training(value),
            tensor("b", &[2], &[5.0, 6.0]),
            node("Identity", &["x"], "a", &[]),
            node("MatMul", &["a", "w"], "c", &[]),
            node("Add", &["c", "b"], "d", &[]),
            node("Relu", &["d"], "e", &[]),
            node("Dropout", &["e", "ratio", "training"], "f", &[bytes(2, b"mask")]),
            node("Dropout", &["f"], "g", &[float_attribute("ratio", 0.25)]),
            node("Identity", &["g"], "y", &[]),
        ]
    };
    let Foreign { network, ignored, .. } = read(&graph(0), &[]);
    assert_eq!(network.layers().len(), 1);
    assert_eq!(
        (network.layers()[0].bias(), network.layers()[0].activation()),
        (&[5.0, 6.0][..], Relu)
    );
    assert_eq!(ignored, Vec::<String>::new());
    assert_eq!(
        refused(&graph(1), &[]),
        "holds `Dropout` that trains: export the model for inference"
    );
}

#[test]
fn operators_and_attributes_are_refused_by_name() {
    let after = |operator: &str, inputs: &[&str]| {
        refused(
            &[
                weights(),
                tensor("b", &[2], &[5.0; 2]),
                matmul("h"),
                node(operator, inputs, "y", &[]),
            ],
            &[],
        )
    };
    assert_eq!(
        after("Softmax", &["h"]),
        "holds `Softmax`; it mixes the numbers of a row, which no layer of judder does: leave it out, \
         or put `BatchNorm1d` or `BatchNormalization` in its place"
    );
    assert_eq!(after("\u{1b}[31m", &["h"]), "holds ` [31m`");
    assert_eq!(
        after("Add", &["h", "x"]),
        "holds a graph that is no chain: `MatMul` is one of several ways"
    );
    assert_eq!(after("MatMul", &["b", "h"]), "holds `MatMul` with its weights on the left");
    assert_eq!(after("MatMul", &["h", "h"]), "holds `MatMul` of two values, neither of them fixed");
    assert_eq!(after("MatMul", &["h", "b"]), "holds weights of the shape [2] in `MatMul`");
    assert_eq!(
        after("Add", &["h", "z"]),
        "is not a readable ONNX file: `Add` of `z`, which nothing gives"
    );
    for (attribute, message) in [
        (int_attribute("transA", 1), "holds the attribute transA = 1 of `Gemm`"),
        (int_attribute("transB", 2), "holds the attribute transB = 2 of `Gemm`"),
        (int_attribute("broadcast", 1), "holds the attribute `broadcast` of `Gemm`"),
        (
            message(5, &[bytes(1, b"alpha"), float(2, 1.0), int(20, 1), bytes(21, b"outer")]),
            "holds the attribute `alpha` of `Gemm`",
        ),
        (
            float_attribute("transB", 1.0),
            "is not a readable ONNX file: the attribute transB is no whole number",
        ),
    ] {
        assert_eq!(refused(&[weights(), gemm(&[attribute])], &[]), message);
    }
    assert_eq!(
        refused(&[weights(), gemm(&[bytes(7, b"com.microsoft")])], &[]),
        "holds `Gemm` of the domain `com.microsoft`"
    );
    read(&[weights(), gemm(&[bytes(7, b"ai.onnx")])], &[]);
}

#[test]
fn products_and_sums_by_constants_are_folded() {
    let scaled = gemm(&[float_attribute("alpha", 0.5)]);
    let layers = read(&[weights(), scaled], &[]).network;
    assert_eq!(layers.layers()[0].weights(), [0.5, 1.5, 1.0, 2.0]);
    let bias = tensor("b", &[2], &[5.0, 6.0]);
    let inputs = node("Gemm", &["x", "w", "b"], "y", &[float_attribute("beta", 0.5)]);
    let layers = read(&[weights(), bias.clone(), inputs], &[]).network;
    assert_eq!(layers.layers()[0].bias(), [2.5, 3.0]);
    for (operator, inputs, weights_of, bias_of) in [
        ("Sub", ["h", "b"], [1.0, 3.0, 2.0, 4.0], [-5.0, -6.0]),
        ("Sub", ["b", "h"], [-1.0, -3.0, -2.0, -4.0], [5.0, 6.0]),
        ("Mul", ["b", "h"], [5.0, 15.0, 12.0, 24.0], [0.0, 0.0]),
        ("Add", ["h", "h"], [2.0, 6.0, 4.0, 8.0], [0.0, 0.0]),
    ] {
        let graph = [weights(), bias.clone(), matmul("h"), node(operator, &inputs, "y", &[])];
        let network = read(&graph, &[]).network;
        assert_eq!(network.layers().len(), 1, "{operator}");
        assert_eq!(network.layers()[0].weights(), weights_of, "{operator}");
        assert_eq!(network.layers()[0].bias(), bias_of, "{operator}");
    }
}

#[test]
fn activations_stand_anywhere() {
    let twice =
        [weights(), matmul("h"), node("Relu", &["h"], "i", &[]), node("Tanh", &["i"], "y", &[])];
    let network = read(&twice, &[]).network;
    assert_eq!(network.layers().len(), 2);
    assert_eq!(network.layers()[1].weights(), [1.0, 0.0, 0.0, 1.0]);
    let late = [
        weights(),
        tensor("b", &[2], &[5.0; 2]),
        matmul("h"),
        node("Relu", &["h"], "i", &[]),
        node("Add", &["i", "b"], "y", &[]),
    ];
    assert_eq!(read(&late, &[]).network.layers()[1].bias(), [5.0, 5.0]);
    assert_eq!(
        refused(&[node("Relu", &["x"], "y", &[])], &[]),
        "holds a first layer that does not say how many numbers it takes"
    );
    assert_eq!(
        refused(&[], &[]),
        "is not a readable ONNX file: its output is `y`, which nothing gives"
    );
}

#[test]
fn tensors_of_other_kinds_are_refused_by_name() {
    let of = |fields: &[Vec<u8>]| {
        let shape = [int(1, 2), int(1, 2), bytes(8, b"w")].concat();
        refused(&[message(5, &[vec![shape], fields.to_vec()].concat()), matmul("y")], &[])
    };
    assert_eq!(of(&[int(2, 16), bytes(9, &[0; 8])]), "holds the tensor `w` of bfloat16");
    assert_eq!(of(&[int(2, 5), bytes(9, &[0; 8])]), "holds the tensor `w` of int16");
    assert_eq!(of(&[int(2, 77), bytes(9, &[0; 4])]), "holds the tensor `w` of elements of type 77");
    assert_eq!(
        of(&[int(2, 1), int(14, 1)]),
        "is not a readable ONNX file: the tensor `w` does not say in which file it is"
    );
    assert_eq!(of(&[int(2, 1), message(3, &[int(1, 0)])]), "holds the tensor `w` in segments");
    let broken = "is not a readable ONNX file: ";
    assert_eq!(of(&[int(2, 1), bytes(9, &[0; 15])]), format!("{broken}`w` ends within a number"));
    assert_eq!(
        of(&[int(2, 1), bytes(9, &[0; 12])]),
        format!("{broken}the tensor `w` of shape [2, 2] has 3 numbers")
    );
    assert_eq!(
        of(&[int(2, 1), bytes(9, &[0; 16]), bytes(4, &[0; 16])]),
        format!("{broken}the tensor `w` has its numbers twice")
    );
}

#[test]
fn graphs_of_other_forms_are_refused() {
    let good = [weights(), matmul("y")];
    let inputs = refused(&[&good[..], &[value(11, "z")]].concat(), &[]);
    assert!(
        inputs.starts_with("holds a graph of 2 inputs (`z`, `x`); judder gives one row"),
        "{inputs}"
    );
    assert_eq!(
        refused(&[&good[..], &[value(12, "z")]].concat(), &[]),
        "holds a graph of 2 outputs; export a model that gives the reconstruction alone"
    );
    assert_eq!(refused(&[&good[..], &[bytes(15, &[])]].concat(), &[]), "holds a sparse tensor");
    // A fixed tensor among the inputs is what old files have.
    read(&[&good[..], &[value(11, "w")]].concat(), &[]);
    let broken = "is not a readable ONNX file: ";
    let twice = [weights(), weights(), matmul("y")];
    assert_eq!(refused(&twice, &[]), format!("{broken}there are two tensors `w`"));
    let again = [weights(), matmul("y"), node("Identity", &["y"], "y", &[])];
    assert_eq!(refused(&again, &[]), format!("{broken}there are two values `y`"));
    let more = message(8, &[int(2, 14)]);
    assert_eq!(
        refused(&good, &[more]),
        format!("{broken}it names the version of its operators twice")
    );
    let function = |domain: &[u8]| message(25, &[bytes(1, b"MatMul"), bytes(10, domain)]);
    assert_eq!(
        refused(&good, &[function(b"")]),
        "holds a function `MatMul` that stands for an operator"
    );
    let old = [int(1, 3), message(8, &[int(2, 6)]), message(7, &good)].concat();
    let error = from_onnx(&old).unwrap_err().to_string();
    assert!(error.starts_with("holds operators of version 6, older than 7; "), "{error}");
    for (nothing, what) in [
        (vec![], "there is no graph in it"),
        (message(7, &good), "it does not say of which version its operators are"),
    ] {
        assert_eq!(from_onnx(&nothing).unwrap_err().to_string(), format!("{broken}{what}"));
    }
}

#[test]
fn what_does_not_bear_on_the_network_is_told() {
    let graph = [
        weights(),
        tensor("spare", &[1], &[1.0]),
        matmul("y"),
        bytes(10, b"a graph"),
        bytes(14, &[]),
        bytes(16, &[]),
    ];
    let more = [
        bytes(6, b"a model"),
        message(14, &[bytes(1, b"author"), bytes(2, b"me")]),
        bytes(20, &[]),
        message(25, &[bytes(1, b"f"), bytes(10, b"other")]),
        bytes(26, &[]),
    ];
    assert_eq!(
        read(&graph, &more).ignored,
        [
            "metadata `author`",
            "unused tensors `spare`",
            "training information",
            "functions of its own, which no operator calls",
            "configurations of devices",
            "annotations of quantisation",
            "metadata of the graph",
            "descriptions",
        ]
    );
    let wrong = message(14, &[bytes(1, b"judder"), bytes(2, b"{}")]);
    let error = refused(&[weights(), matmul("y")], &[wrong]);
    assert!(
        error.starts_with("the entry `judder`, which says what the model is, cannot"),
        "{error}"
    );
}

#[test]
fn what_an_input_says_of_itself_has_to_fit() {
    let good = [weights(), matmul("y")];
    let dims =
        |dims: &[u64]| -> Vec<Vec<u8>> { dims.iter().map(|&n| message(1, &[int(1, n)])).collect() };
    let with = |kind: Vec<u8>| {
        let input = message(11, &[bytes(1, b"x"), message(2, &[kind])]);
        let graph = [&good[..], &[input, value(12, "y")]].concat();
        let file = [int(1, 8), message(8, &[int(2, 13)]), message(7, &graph)].concat();
        from_onnx(&file).map_err(|error| error.to_string())
    };
    let tensor = |element, shape: &[u64]| message(1, &[int(1, element), message(2, &dims(shape))]);
    for kind in
        [tensor(1, &[9, 2]), tensor(10, &[9, 2]), tensor(11, &[2]), message(1, &[int(1, 1)])]
    {
        with(kind).unwrap();
    }
    for (kind, message) in [
        (tensor(1, &[1, 3]), "holds `MatMul`, whose weights for 2 numbers follow 3"),
        (tensor(6, &[1, 2]), "holds a value `x` of int32"),
        (tensor(1, &[1, 1, 2]), "holds a value `x` of 3 dimensions"),
        (tensor(1, &[]), "holds a value `x` of 0 dimensions"),
        (bytes(4, &[]), "holds a value `x` that is no tensor"),
    ] {
        let error = with(kind).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}
