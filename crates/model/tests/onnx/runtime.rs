//! ONNX's own checker takes what is written, onnxruntime gives what judder gives, and what `onnx`
//! writes is read.
//!
//! `$JUDDER_PYTHON` is a Python that has NumPy, onnx and onnxruntime.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use judder_core::Activation::{Linear, Relu, Tanh};
use judder_core::{Activation, Dense, Real, Score};
use judder_model::{
    Autoencoder, ForeignModel, Network, Scaling, Takes, from_onnx, from_onnx_in, to_onnx,
};

use super::networks::{metadata, network};

const INPUTS: usize = 1000;

/// How far onnxruntime may be from judder, in what [`rounding`] says that a sum loses: both sum the
/// same numbers, each in its own order.
const ROUNDINGS: f64 = 1.0;

/// The same in ulp of the largest output of the same window.
const MOST: f64 = 2.0;

/// A Python with ONNX, unless this run has none.
pub(super) fn python(test: &str) -> Option<OsString> {
    let python = std::env::var_os("JUDDER_PYTHON");
    if python.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "{test} may not be skipped with CI=true: JUDDER_PYTHON is not set");
        eprintln!("skipped {test}: no ONNX; `cargo xtask test tests` brings it");
    }
    python
}

/// What a program prints, run in `folder`.
pub(super) fn output(python: &OsString, program: &str, folder: &Path) -> String {
    let done = Command::new(python).args(["-c", program]).current_dir(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Numbers between -1 and 1, always the same ones (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// Of standard deviation 1, nearly normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() / 2.0
    }
}

/// An autoencoder such as training gives: features around -5 that vary little, such as logarithms,
/// and features around 0.
fn autoencoder(sizes: &[usize], activations: &[Activation], seed: u64) -> Autoencoder {
    let mut numbers = Numbers(seed);
    let network = network(sizes, activations, || numbers.next());
    let n = sizes[0];
    let low = |at: usize| at < n.div_ceil(2);
    let mean = (0..n).map(|at| if low(at) { -5.0 } else { 0.0 } + 0.2 * numbers.next()).collect();
    let sd = (0..n).map(|at| if low(at) { 0.1 } else { 0.3 }).collect();
    Autoencoder::new(network, Takes::Standardised, Scaling { mean, sd }).unwrap()
}

/// Windows' features, row by row.
fn features(scaling: &Scaling, seed: u64) -> Vec<f32> {
    let mut numbers = Numbers(seed);
    let row = |_| {
        let both = scaling.mean.iter().zip(&scaling.sd);
        both.map(|(mean, sd)| (mean + sd * numbers.normal()) as f32).collect::<Vec<_>>()
    };
    (0..INPUTS).flat_map(row).collect()
}

/// What the core makes of rows of features.
fn reconstructed<T: Real>(network: &Network, rows: &[T]) -> Vec<T> {
    let single = |x: &f64| T::from_f64(f64::from(*x as f32));
    let numbers: Vec<(Vec<T>, Vec<T>)> = network
        .layers()
        .iter()
        .map(|l| (l.weights().iter().map(single).collect(), l.bias().iter().map(single).collect()))
        .collect();
    let layers: Vec<Dense<'_, T>> = numbers
        .iter()
        .zip(network.layers())
        .map(|((weights, bias), layer)| Dense::new(weights, bias, layer.activation()).unwrap())
        .collect();
    let scale = vec![T::from_f64(1.0); network.inputs()];
    let core = judder_core::Autoencoder::new(&layers, &scale).unwrap();
    let mut workspace = vec![T::from_f64(0.0); core.workspace()];
    let rows = rows.chunks_exact(network.inputs());
    rows.flat_map(|row| core.reconstruct(row, &mut workspace).unwrap().to_vec()).collect()
}

/// The distance of single-precision numbers at this magnitude.
fn ulp(magnitude: f64) -> f64 {
    let x = magnitude as f32;
    f64::from(f32::from_bits(x.to_bits() + 1)) - f64::from(x)
}

/// What each output of a row may be off by: each sum loses an ulp of the sum of its magnitudes, each
/// activation one of its value, and the layers behind carry that on.
fn rounding(network: &Network, row: &[f32]) -> Vec<f64> {
    let mut values: Vec<f64> = row.iter().map(|&x| f64::from(x)).collect();
    let mut lost = vec![0.0; values.len()];
    for layer in network.layers() {
        let rows = layer.weights().chunks_exact(layer.inputs()).zip(layer.bias());
        let next = rows.map(|(weights, bias)| {
            let sum = weights.iter().zip(&values).map(|(w, x)| w * x).sum::<f64>() + bias;
            let size = weights.iter().zip(&values).map(|(w, x)| (w * x).abs()).sum::<f64>();
            let carried = weights.iter().zip(&lost).map(|(w, e)| w.abs() * e).sum::<f64>();
            let value = layer.activation().of(sum);
            let own = if layer.activation() == Tanh { ulp(value.abs()) } else { 0.0 };
            (value, carried + ulp(size + bias.abs()) + own)
        });
        (values, lost) = next.collect::<Vec<_>>().into_iter().unzip();
    }
    lost
}

/// The largest distance of two results, in ulp of each output; in ulp of each output or of the
/// standard deviation of its feature, whichever is larger; in ulp of the largest output of the same
/// window; and in [`rounding`].
fn distance(found: &[f32], expected: &[f64], sd: &[f64], lost: &[f64]) -> [f64; 4] {
    assert_eq!((found.len(), lost.len()), (expected.len(), expected.len()));
    let mut most = [0.0f64; 4];
    let expected_of_all = expected;
    for (at, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(found) - expected).abs();
        assert!(error.is_finite());
        let size = expected.abs();
        let window = &expected_of_all[at / sd.len() * sd.len()..][..sd.len()];
        let largest = window.iter().fold(0.0f64, |most, y| most.max(y.abs()));
        let units = [ulp(size), ulp(size.max(sd[at % sd.len()])), ulp(largest), lost[at]];
        for (most, unit) in most.iter_mut().zip(units) {
            *most = most.max(error / unit);
        }
    }
    most
}

const RUN: &str = "\
import numpy as np, onnx, onnxruntime
model = onnx.load('ours.onnx')
onnx.checker.check_model(model, full_check=True)
assert [(p.key, p.value) for p in model.metadata_props] == [('judder', open('said').read())]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.log_severity_level = 3
session = onnxruntime.InferenceSession('ours.onnx', options, providers=['CPUExecutionProvider'])
given, = session.get_inputs()
made, = session.get_outputs()
assert (given.name, given.shape[0], given.type) == ('features', 'N', 'tensor(float)'), given
assert (made.name, made.shape, made.type) == ('reconstruction', given.shape, given.type), made
rows = np.fromfile('rows', '<f4').reshape(-1, given.shape[1])
run = lambda x: session.run(None, {'features': x})[0]
run(rows).astype('<f4').tofile('together')
np.concatenate([run(row[None]) for row in rows]).astype('<f4').tofile('singly')
";

#[test]
fn onnxruntime_gives_what_judder_gives() {
    let Some(python) = python("onnxruntime_gives_what_judder_gives") else { return };
    let shapes: [(&[usize], &[Activation]); 2] =
        [(&[6, 4, 2, 4, 6], &[Tanh, Tanh, Tanh, Linear]), (&[3, 2, 3], &[Relu, Linear])];
    for (sizes, activations) in shapes {
        for seed in 1..=8 {
            let autoencoder = autoencoder(sizes, activations, seed * 0x0123_4567_89AB_CDEF);
            let network = autoencoder.folded();
            let rows = features(autoencoder.scaling(), seed);
            let folder = tempfile::tempdir().unwrap();
            let file = |name: &str| folder.path().join(name);
            let said = metadata(3);
            fs::write(file("ours.onnx"), to_onnx(network, Some(&said)).unwrap()).unwrap();
            fs::write(file("said"), said.to_json()).unwrap();
            let bytes: Vec<u8> = rows.iter().flat_map(|x| x.to_le_bytes()).collect();
            fs::write(file("rows"), bytes).unwrap();
            output(&python, RUN, folder.path());
            let ours = reconstructed::<f32>(network, &rows);
            let wide = |values: &[f32]| values.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
            let exact = reconstructed::<f64>(network, &wide(&rows));
            let sd = &autoencoder.scaling().sd;
            let lost: Vec<f64> =
                rows.chunks_exact(sizes[0]).flat_map(|row| rounding(network, row)).collect();
            let own = distance(&ours, &exact, sd, &lost);
            eprintln!(
                "{sizes:?}, seed {seed}, ulp, in sd, in window, roundings: judder from exact {own:.2?}"
            );
            for name in ["together", "singly"] {
                let read = fs::read(file(name)).unwrap();
                let theirs: Vec<f32> =
                    read.as_chunks().0.iter().map(|&x| f32::from_le_bytes(x)).collect();
                let far = distance(&theirs, &wide(&ours), sd, &lost);
                let exactly = distance(&theirs, &exact, sd, &lost);
                eprintln!("  {name}: from judder {far:.2?}, from exact {exactly:.2?}");
                let [_, _, in_window, roundings] = far;
                assert!(roundings <= ROUNDINGS && in_window <= MOST, "{name}: {far:?}");
            }
        }
    }
}

const MADE: &str = "\
import numpy as np, onnx, onnx.reference
from onnx import helper, numpy_helper, TensorProto as T
random = np.random.default_rng(7)
x = random.normal(size=(5, 3))
def save(name, nodes, tensors, kind=T.FLOAT, opset=18, **more):
    graph = helper.make_graph(nodes, 'g', [helper.make_tensor_value_info('x', kind, ['batch', 3])],
        [helper.make_tensor_value_info('y', kind, ['batch', 3])], tensors, **more)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', opset)])
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, name + '.onnx')
    wide = np.float32 if kind == T.FLOAT else np.float64
    y, = onnx.reference.ReferenceEvaluator(model).run(None, {'x': x.astype(wide)})
    for row, result in zip(x.astype(wide).astype('<f8'), y.astype('<f8')):
        print(name, *row, '|', *result)
node = helper.make_node
def numbers(kind):
    w = [numpy_helper.from_array(random.normal(size=s).astype(kind), n) for n, s in
        [('a', (3, 4)), ('b', (4,)), ('c', (3, 4)), ('d', (1, 3))]]
    return w
save('matmul_add', [node('MatMul', ['x', 'a'], ['h']), node('Add', ['b', 'h'], ['i']),
    node('Tanh', ['i'], ['j']), node('Identity', ['j'], ['k']),
    node('Gemm', ['k', 'c', 'd'], ['y'], transB=1)], numbers('f4'))
save('doubles', [node('Gemm', ['x', 'a', 'b'], ['h'], transB=0, alpha=1.0), node('Relu', ['h'], ['i']),
    node('Dropout', ['i'], ['j', 'mask']), node('Gemm', ['j', 'c'], ['y'], transB=1)],
    numbers('f8')[:3], T.DOUBLE)
listed = [helper.make_tensor(t.name, t.data_type, t.dims, numpy_helper.to_array(t).ravel().tolist())
    for t in numbers('f4')]
save('float_data', [node('Gemm', ['x', 'a', 'b'], ['h']), node('Relu', ['h'], ['i']),
    node('Gemm', ['i', 'c', 'd'], ['y'], transB=1)], listed, opset=9, doc_string='said')
for operator in ['Sigmoid', 'LeakyRelu', 'Softmax']:
    model = helper.make_model(helper.make_graph([node('MatMul', ['x', 'a'], ['h']),
        node(operator, ['h'], ['y'])], 'g', [helper.make_tensor_value_info('x', T.FLOAT, [1, 3])],
        [helper.make_tensor_value_info('y', T.FLOAT, [1, 4])], numbers('f4')[:1]))
    onnx.save(model, operator + '.onnx')
onnx.save(onnx.load('matmul_add.onnx'), 'outside.onnx', save_as_external_data=True, size_threshold=0)
";

/// The same formula in single precision, of a few terms.
const SINGLE: f64 = 1e-5;

#[test]
fn what_onnx_makes_is_read() {
    let Some(python) = python("what_onnx_makes_is_read") else { return };
    let folder = tempfile::tempdir().unwrap();
    let lines = output(&python, MADE, folder.path());
    let file = |name: &str| fs::read(folder.path().join(format!("{name}.onnx"))).unwrap();
    assert_eq!(lines.lines().count(), 15);
    for line in lines.lines() {
        let (name, numbers) = line.split_once(' ').unwrap();
        let (x, y) = numbers.split_once('|').unwrap();
        let parse = |text: &str| -> Vec<f64> {
            text.split_whitespace().map(|word| word.parse().unwrap()).collect()
        };
        let read = from_onnx(&file(name)).unwrap();
        let said: &[&str] = if name == "float_data" { &["descriptions"] } else { &[] };
        assert_eq!(read.ignored, said, "{name}");
        let tolerance = if name == "doubles" { 1e-14 } else { SINGLE };
        let found = forward(&read.network, &parse(x));
        for (found, expected) in found.iter().zip(parse(y)) {
            assert!((found - expected).abs() <= tolerance, "{name}: {found} is not {expected}");
        }
    }
    for (name, message) in [
        ("Softmax", "holds `Softmax`; "),
        ("outside", "holds the tensor `a`, whose numbers are in the file "),
    ] {
        let error = from_onnx(&file(name)).unwrap_err().to_string();
        assert!(error.starts_with(message), "{name}: {error}");
    }
    // In its folder, the file beside it is read.
    let ForeignModel::Network(beside) = from_onnx_in(&file("outside"), folder.path()).unwrap()
    else {
        panic!("it is a network")
    };
    assert_eq!(beside.network, from_onnx(&file("matmul_add")).unwrap().network);
}

/// What a network makes of one row, layer by layer in double precision.
fn forward(network: &Network, row: &[f64]) -> Vec<f64> {
    let mut values = row.to_vec();
    for layer in network.layers() {
        let mut next = vec![0.0; layer.outputs()];
        let dense = Dense::new(layer.weights(), layer.bias(), layer.activation()).unwrap();
        dense.run(&values, &mut next).unwrap();
        values = next;
    }
    values
}
