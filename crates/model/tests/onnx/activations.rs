//! Each activation as ONNX Runtime computes it.

use std::fs;

use judder_core::Activation;
use judder_model::{Layer, Network, to_onnx};

use super::runtime::{output, python};

const WIDTH: usize = 8;

/// How far ONNX Runtime may be from the core, of a number up to 1, and of its size beyond.
const APART: f64 = 2e-6;

const RUN: &str = "\
import numpy as np, onnx, onnxruntime
model = onnx.load('ours.onnx')
onnx.checker.check_model(model, full_check=True)
assert (model.ir_version, model.opset_import[0].version) == (8, 13)
rows = np.fromfile('rows', '<f4').reshape(-1, 8)
for level in ['DISABLE_ALL', 'ENABLE_ALL']:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, 'ORT_' + level)
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession('ours.onnx', options, providers=['CPUExecutionProvider'])
    session.run(['reconstruction'], {'features': rows})[0].astype('<f4').tofile(level)
print(*[node.op_type for node in model.graph.node])
";

/// A layer that gives its numbers to an activation, and one that passes them on.
fn alone(activation: Activation) -> Network {
    let one = |at: usize| if at / WIDTH == at % WIDTH { 1.0 } else { 0.0 };
    let layer = |activation| {
        let weights = (0..WIDTH * WIDTH).map(one).collect();
        Layer::new(weights, vec![0.0; WIDTH], activation).unwrap()
    };
    Network::new(vec![layer(activation), layer(Activation::Linear)]).unwrap()
}

#[test]
fn each_activation_is_that_of_the_core() {
    let Some(python) = python("each_activation_is_that_of_the_core") else { return };
    let mut values: Vec<f32> = (-1000..=1000).map(|at| at as f32).collect();
    values.extend((-1200..1200).map(|at| at as f32 / 100.0));
    values.extend([0.0, -0.0, 1e-30, -1e-30, 1e-7, -1e-7, 88.8, -88.8, 104.0, -104.0]);
    values.resize(values.len().next_multiple_of(WIDTH), 0.5);
    let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    let others = [
        Activation::LeakyRelu(0.01),
        Activation::LeakyRelu(-0.5),
        Activation::Elu(0.3),
        Activation::FakeQuant { scale: 0.25, zero_point: 3 },
    ];
    for activation in Activation::ALL.into_iter().chain(others) {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::write(file("ours.onnx"), to_onnx(&alone(activation), None).unwrap()).unwrap();
        fs::write(file("rows"), &bytes).unwrap();
        let operators = output(&python, RUN, folder.path());
        let expected = match activation {
            Activation::Linear => "",
            Activation::Relu => "Relu ",
            Activation::Tanh => "Tanh ",
            Activation::Sigmoid => "Sigmoid ",
            Activation::LeakyRelu(_) => "LeakyRelu ",
            Activation::Elu(_) => "Elu ",
            Activation::Selu => "Selu ",
            Activation::Softplus => "Softplus ",
            Activation::Silu => "Sigmoid Mul ",
            Activation::Gelu => "Div Erf Add Mul Mul ",
            Activation::FakeQuant { .. } => "QuantizeLinear DequantizeLinear ",
            Activation::GeluTanh => "Mul Mul Mul Add Mul Tanh Add Mul Mul ",
        };
        assert_eq!(operators, format!("Gemm {expected}Gemm\n"));
        for level in ["DISABLE_ALL", "ENABLE_ALL"] {
            let found = fs::read(file(level)).unwrap();
            let found = found.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four));
            assert_eq!(found.len(), values.len());
            let mut most = 0.0f64;
            for (found, &x) in found.zip(&values) {
                let expected = f64::from(activation.of(x));
                let off = (f64::from(found) - expected).abs() / expected.abs().max(1.0);
                assert!(off <= APART, "{level}: {activation} of {x} is {expected}, not {found}");
                most = most.max(off);
            }
            eprintln!("{activation} {level}: {most:.1e}");
        }
    }
}
