//! Each activation as LiteRT and TensorFlow Lite for Microcontrollers compute it.

use judder_core::Activation;
use judder_model::{Layer, Network, Quantised, to_tflite, to_tflite_int8};

use crate::runtimes::{RUN, output, outputs, python, runtimes_of};

const WIDTH: usize = 8;

/// How far a runtime may be from the core, of a number up to 1, and of its size beyond.
const APART: f64 = 2e-6;

/// From -1000 to 1000, dense near 0.
fn values() -> Vec<f32> {
    let mut values: Vec<f32> = (-1000..=1000).map(|at| at as f32).collect();
    values.extend((-1200..1200).map(|at| at as f32 / 100.0));
    values.extend([0.0, -0.0, 1e-30, -1e-30, 1e-7, -1e-7, 88.8, -88.8, 104.0, -104.0]);
    values.resize(values.len().next_multiple_of(WIDTH), 0.5);
    values
}

/// A layer that gives its numbers to an activation.
fn alone(activation: Activation) -> Network {
    let one = |at: usize| if at / WIDTH == at % WIDTH { 1.0 } else { 0.0 };
    let weights = (0..WIDTH * WIDTH).map(one).collect();
    Network::new(vec![Layer::new(weights, vec![0.0; WIDTH], activation).unwrap()]).unwrap()
}

/// What runs the signature.
const SIGNED: &str = "
lite = Interpreter(model_content=model)
assert lite.get_signature_list() == {
    'serving_default': {'inputs': ['features'], 'outputs': ['reconstruction']}}
run = lite.get_signature_runner()
outputs = [run(features=row[None])['reconstruction'][0] for row in inputs]
np.array(outputs).tofile('SIGNED')
assert [one()[0]['name'] for one in (lite.get_input_details, lite.get_output_details)] == [
    'features', 'reconstruction']
";

#[test]
fn each_activation_is_that_of_the_core() {
    let Some(python) = python("each_activation_is_that_of_the_core") else { return };
    let values = values();
    let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    let others = [
        Activation::LeakyRelu(0.01),
        Activation::LeakyRelu(-0.5),
        Activation::Elu(0.3),
        Activation::Elu(-2.0),
        Activation::Elu(0.0),
        // Of a scale at which none of the values is in the middle between two integers: there the
        // runtimes round each in its own way.
        Activation::FakeQuant { scale: 0.037, zero_point: 5 },
    ];
    for activation in Activation::ALL.into_iter().chain(others) {
        let folder = tempfile::tempdir().unwrap();
        let write = |name, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("model.tflite", &to_tflite(&alone(activation), None).unwrap());
        write("inputs", &bytes);
        let names = runtimes_of(activation);
        let program = RUN.to_owned() + SIGNED;
        output(&python, &program, &["<f4", &WIDTH.to_string(), &names.join(",")], folder.path());
        for name in names.into_iter().chain(["SIGNED"]) {
            let found = std::fs::read(folder.path().join(name)).unwrap();
            let found = found.as_chunks().0.iter().map(|&four| f32::from_le_bytes(four));
            assert_eq!(found.len(), values.len());
            let mut most = 0.0f64;
            for (found, &x) in found.zip(&values) {
                let expected = f64::from(activation.of(x));
                let off = (f64::from(found) - expected).abs() / expected.abs().max(1.0);
                assert!(off <= APART, "{name}: {activation} of {x} is {expected}, not {found}");
                most = most.max(off);
            }
            eprintln!("{activation} {name}: {most:.1e}");
        }
    }
}

/// All 256 of them, in many ranges.
#[test]
fn runtimes_make_the_same_of_every_integer() {
    let Some(python) = python("runtimes_make_the_same_of_every_integer") else { return };
    let inputs: Vec<i8> = (i8::MIN..=i8::MAX).collect();
    let bytes: Vec<u8> = inputs.iter().map(|q| q.cast_unsigned()).collect();
    for activation in [
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::LeakyRelu(0.2),
        Activation::LeakyRelu(0.01),
        Activation::LeakyRelu(-0.5),
        Activation::LeakyRelu(3.0),
        Activation::Elu(1.0),
    ] {
        for range in [[-1.0, 1.0], [-0.1, 0.3], [-7.3, 2.9], [-40.0, 11.0], [0.0, 5.0], [-6.0, 0.0]]
        {
            let normal = range.map(|end| vec![end; WIDTH]);
            let network = alone(activation);
            let quantised = Quantised::new(&network, normal.iter().map(Vec::as_slice)).unwrap();
            let file = to_tflite_int8(&quantised, None).unwrap();
            let names = runtimes_of(activation);
            let found = outputs(&python, &names, &file, "i1", WIDTH, &bytes);
            let expected: Vec<u8> = inputs
                .chunks(WIDTH)
                .flat_map(|row| quantised.run_integers(row).unwrap())
                .map(i8::cast_unsigned)
                .collect();
            let [.., micro] = &found[..] else { panic!("{names:?}") };
            assert_eq!(micro, &expected, "{activation} {range:?}");
            for (name, found) in names.iter().zip(&found) {
                let both = found.iter().zip(&expected);
                let off = both.map(|(a, b)| a.cast_signed().abs_diff(b.cast_signed())).max();
                assert!(off.unwrap() <= 1, "{name}: {activation} {range:?}");
            }
        }
    }
}

#[test]
fn what_has_no_kernel_of_integers_is_named() {
    for activation in [
        Activation::Selu,
        Activation::Softplus,
        Activation::Silu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Elu(0.5),
    ] {
        let normal = [vec![1.0; WIDTH]];
        let network = alone(activation);
        let said = Quantised::new(&network, normal.iter().map(Vec::as_slice)).unwrap_err();
        let name = activation.to_string();
        assert!(said.starts_with(&format!("a layer has the activation {name}, ")), "{said}");
        assert!(said.ends_with("export float32 (without --int8), or train with tanh or relu"));
    }
}
