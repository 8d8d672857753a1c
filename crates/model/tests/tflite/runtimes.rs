//! LiteRT and TensorFlow Lite for Microcontrollers run what is written here.
//!
//! `$JUDDER_PYTHON` is a Python that has both; `cargo xtask test tests` brings one.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use judder_core::Activation;
use judder_model::{Network, Scaling, to_tflite};

use crate::networks::{autoencoder, network, run, scaling, singles, standardised};

/// Runs `model.tflite` on the rows of `inputs` and writes what each of the named runtimes gives.
pub(crate) const RUN: &str = "\
import os, sys
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro import runtime
kind = np.dtype(sys.argv[1])
model = open('model.tflite', 'rb').read()
inputs = np.fromfile('inputs', kind).reshape(-1, int(sys.argv[2]))
names = sys.argv[3].split(',')
for name in names:
    if name == 'MICRO':
        continue
    resolver = OpResolverType[name]
    lite = Interpreter(model_content=model, experimental_op_resolver_type=resolver)
    lite.allocate_tensors()
    [i], [o] = lite.get_input_details(), lite.get_output_details()
    assert list(i['shape']) == [1, inputs.shape[1]] and i['dtype'] == kind.type, i
    assert o['dtype'] == kind.type, o
    outputs = []
    for row in inputs:
        lite.set_tensor(i['index'], row[None])
        lite.invoke()
        outputs.append(lite.get_tensor(o['index'])[0])
    np.array(outputs).tofile(name)
if 'MICRO' in names:
    micro = runtime.Interpreter.from_bytes(model, arena_size=1 << 16)
    outputs = []
    for row in inputs:
        micro.set_input(row[None], 0)
        micro.invoke()
        outputs.append(micro.get_output(0)[0])
    np.array(outputs).tofile('MICRO')
";

/// Python with the runtimes, unless this run has none.
pub(crate) fn python(test: &str) -> Option<OsString> {
    let python = std::env::var_os("JUDDER_PYTHON");
    if python.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "{test} may not be skipped with CI=true: JUDDER_PYTHON is not set");
        eprintln!("skipped {test}: no LiteRT; `cargo xtask test tests` brings it");
    }
    python
}

/// What a program prints, run in `folder`.
pub(crate) fn output(
    python: &OsString,
    program: &str,
    arguments: &[&str],
    folder: &Path,
) -> String {
    let mut command = Command::new(python);
    command.args(["-c", program]).args(arguments).current_dir(folder);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

pub(crate) const RUNTIMES: [&str; 4] =
    ["AUTO", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "BUILTIN_REF", "MICRO"];

/// Those that sum in the order of the core.
pub(crate) const SAME_ORDER: [&str; 2] = ["BUILTIN_REF", "MICRO"];

/// The runtimes that have the operators of an activation: LiteRT's reference kernels are without `ELU`,
/// TensorFlow Lite for Microcontrollers is without `GELU`.
pub(crate) fn runtimes_of(activation: Activation) -> Vec<&'static str> {
    let lacks = match activation {
        Activation::Elu(_) | Activation::Selu => "BUILTIN_REF",
        Activation::Gelu | Activation::GeluTanh => "MICRO",
        _ => "",
    };
    RUNTIMES.into_iter().filter(|&name| name != lacks).collect()
}

/// What each of the runtimes makes of inputs: the bytes.
pub(crate) fn outputs(
    python: &OsString,
    names: &[&'static str],
    model: &[u8],
    kind: &str,
    width: usize,
    inputs: &[u8],
) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.tflite"), model).unwrap();
    std::fs::write(folder.path().join("inputs"), inputs).unwrap();
    output(python, RUN, &[kind, &width.to_string(), &names.join(",")], folder.path());
    names.iter().map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

/// The step of float32 at a number.
fn ulp(x: f32) -> f64 {
    let x = x.abs().max(f32::MIN_POSITIVE);
    f64::from(x.next_up()) - f64::from(x)
}

/// By how much a runtime's `tanh` may be off, in roundings: LiteRT approximates it.
const TANH_ROUNDINGS: f64 = 8.0;
/// How far a runtime may be from the core, in steps of float32 at the largest output of the same
/// window.
const MOST: f64 = 2.0;
/// The same of those that sum in the same order, at an output's own size or its standard deviation:
/// the C library's `tanh` may be another by a step, once in half a million arguments.
const MOST_IN_SAME_ORDER: f64 = 2.0;

/// How far each output may be from exact, whatever the order its sums are computed in: the bound of
/// rounding analysis, `(n + 2) u (|b| + Σ |w x|)` for a layer, and what the next makes of it.
fn rounding(network: &Network, input: &[f64]) -> Vec<f64> {
    let unit = f64::from(f32::EPSILON) / 2.0;
    let (mut values, mut errors) = (input.to_vec(), vec![0.0; input.len()]);
    for layer in network.layers() {
        let n = layer.inputs();
        let rows = layer.weights().chunks(n).zip(layer.bias());
        let (next, off): (Vec<f64>, Vec<f64>) = rows
            .map(|(row, bias)| {
                let size: f64 = row.iter().zip(&values).map(|(w, x)| (w * x).abs()).sum();
                let sum: f64 = row.iter().zip(&values).map(|(w, x)| w * x).sum();
                let given: f64 = row.iter().zip(&errors).map(|(w, e)| w.abs() * e).sum();
                let tanh = layer.activation() == Activation::Tanh;
                let own = (n + 2) as f64 * unit * (size + bias.abs() + given);
                let value = layer.activation().of(sum + bias);
                (value, given + own + if tanh { TANH_ROUNDINGS * unit } else { 0.0 })
            })
            .unzip();
        (values, errors) = (next, off);
    }
    errors
}

/// How far a runtime is from the core.
#[derive(Debug, Default)]
struct Distance {
    /// In steps of float32 at each output.
    strict: f64,
    /// In steps at an output's size or at its standard deviation, whichever is more: near 0 the
    /// steps are finer than the terms that cancelled.
    scaled: f64,
    /// In steps at the largest output of the window.
    whole: f64,
    equal: usize,
    of: usize,
}

/// Features of the sizes that the scaling tells of.
fn features(scaling: &Scaling, count: usize) -> Vec<f32> {
    let one = |((z, mean), sd): ((&f64, &f64), &f64)| (mean + sd * z) as f32;
    let rows = standardised(scaling.mean.len(), count, 3);
    rows.iter().flat_map(|row| row.iter().zip(&scaling.mean).zip(&scaling.sd).map(one)).collect()
}

/// TensorFlow Lite for Microcontrollers and LiteRT's reference kernels sum products in the order of
/// the inputs from 0 and add the bias last, as the core does: equal bits but for `tanh`. LiteRT by
/// itself begins with the bias and fuses multiplication and addition.
#[test]
fn runtimes_give_what_the_core_gives() {
    let Some(python) = python("runtimes_give_what_the_core_gives") else { return };
    let mut distances: [Distance; 4] = Default::default();
    for (widths, inner) in [
        (&[6, 4, 2, 4, 6][..], Activation::Tanh),
        (&[3, 2, 3], Activation::Tanh),
        (&[6, 4, 6], Activation::Relu),
        (&[12, 8, 4, 8, 12], Activation::Tanh),
    ] {
        for seed in 0..4 {
            let network = singles(autoencoder(network(widths, inner, seed)).folded());
            let (n, scaling) = (network.inputs(), scaling(network.inputs()));
            let inputs = features(&scaling, 1000);
            let bytes: Vec<u8> = inputs.iter().flat_map(|x| x.to_le_bytes()).collect();
            let file = to_tflite(&network, None).unwrap();
            let found = outputs(&python, &RUNTIMES, &file, "<f4", n, &bytes);
            let found: Vec<Vec<f32>> = found.iter().map(|bytes| floats(bytes)).collect();
            assert!(found.iter().all(|found| found.len() == inputs.len()));
            for (row, input) in inputs.chunks(n).enumerate() {
                let input: Vec<f64> = input.iter().map(|&x| f64::from(x)).collect();
                let (expected, bounds) = (run::<f32>(&network, &input), rounding(&network, &input));
                let largest = expected.iter().fold(0.0f32, |most, y| most.max(y.abs()));
                for (i, (&expected, &bound)) in expected.iter().zip(&bounds).enumerate() {
                    for (at, name) in RUNTIMES.into_iter().enumerate() {
                        let found = found[at][row * n + i];
                        let off = (f64::from(found) - f64::from(expected)).abs();
                        let scaled = off / ulp(expected.abs().max(scaling.sd[i] as f32));
                        let what = format!("{name}: {found} is not {expected}, {widths:?} {inner}");
                        // Both may be off, each to its side.
                        assert!(off <= 2.0 * bound, "{what}");
                        let whole = off / ulp(largest);
                        assert!(whole <= MOST, "{what}");
                        if SAME_ORDER.contains(&name) {
                            let tanh = inner == Activation::Tanh;
                            let most = if tanh { MOST_IN_SAME_ORDER } else { 0.0 };
                            assert!(scaled <= most, "{what}");
                        }
                        let one = &mut distances[at];
                        one.strict = one.strict.max(off / ulp(expected));
                        one.scaled = one.scaled.max(scaled);
                        one.whole = one.whole.max(whole);
                        one.equal += usize::from(found == expected);
                        one.of += 1;
                    }
                }
            }
        }
    }
    for (name, distance) in RUNTIMES.into_iter().zip(distances) {
        eprintln!("{name}: {distance:?}");
    }
}
