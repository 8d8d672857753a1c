//! Autoencoders in NumPy's archives.
#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::ffi::OsString;
use std::io::Cursor;
use std::process::Command;

use judder_core::Activation::{Linear, Relu, Tanh};
use judder_model::{Foreign, ForeignModel, FormatError, Network, from_npz, network_to_npz};
use judder_npz::Numbers::{self, F8, Text, U1};
use judder_npz::write_npz;
use proptest::prelude::*;

use super::networks::{metadata, network, networks};

fn read(file: &[u8]) -> Result<Foreign, FormatError> {
    match from_npz(Cursor::new(file))? {
        ForeignModel::Network(found) => Ok(found),
        ForeignModel::Gaussians(found) => panic!("{found:?}"),
    }
}

fn bits(network: &Network) -> Vec<u64> {
    let layers = network.layers().iter();
    layers.flat_map(|one| one.weights().iter().chain(one.bias())).map(|x| x.to_bits()).collect()
}

proptest! {
    #[test]
    fn a_network_is_read_bit_for_bit(
        network in networks(any::<f64>().prop_filter("finite", |x| x.is_finite())),
        said in any::<bool>(),
    ) {
        let metadata = said.then(|| metadata(2));
        let file = network_to_npz(&network, metadata.as_ref()).unwrap();
        let found = read(&file).unwrap();
        prop_assert_eq!(bits(&found.network), bits(&network));
        prop_assert_eq!(network_to_npz(&found.network, found.metadata.as_ref()).unwrap(), file);
        prop_assert_eq!(found, Foreign { network, metadata, threshold: None, ignored: vec![] });
    }
}

/// A network of layers in any order, and what stands in the way of one.
#[test]
fn arrays_that_are_missing_wrong_or_too_many_are_named() {
    let good: [(&str, &[usize], Numbers<'_>); 6] = [
        ("layer_1_bias", &[1], F8(&[9.0])),
        ("layer_0_activation", &[4], U1(b"relu")),
        ("layer_1_activation", &[6], F8(&[108.0, 105.0, 110.0, 101.0, 97.0, 114.0])),
        ("layer_0_weights", &[2, 1], F8(&[1.0, 2.0])),
        ("layer_1_weights", &[1, 2], F8(&[5.0, 6.0])),
        ("layer_0_bias", &[2], F8(&[3.0, 4.0])),
    ];
    let found = read(&write_npz(&good).unwrap()).unwrap();
    assert_eq!(found.network.layers()[0].weights(), [1.0, 2.0]);
    assert_eq!(found.network.layers()[1].bias(), [9.0]);
    assert_eq!(
        found.network.layers().iter().map(|l| l.activation()).collect::<Vec<_>>(),
        [Relu, Linear]
    );
    // What is not the network's is passed over, but for where anomalies begin.
    let others: [(&str, &[usize], Numbers<'_>); 4] = [
        ("threshold", &[], F8(&[2.5])),
        ("model_mu", &[1], F8(&[1.0])),
        ("history", &[2], F8(&[1.0, 2.0])),
        ("note", &[], Text("of last week")),
    ];
    let arrays: Vec<_> = good.iter().chain(&others).copied().collect();
    let beside = read(&write_npz(&arrays).unwrap()).unwrap();
    assert_eq!((&beside.network, beside.threshold), (&found.network, Some(2.5)));
    assert_eq!(beside.ignored, ["the array `history`", "the array `note`", "the array `model_mu`"]);
    let error = |name: &str, with: Option<(&'static str, &'static [usize], Numbers<'static>)>| {
        let others = good.iter().filter(|(other, ..)| *other != name).copied();
        let arrays: Vec<_> = others.chain(with).collect();
        read(&write_npz(&arrays).unwrap()).unwrap_err().to_string()
    };
    for (name, ..) in good {
        let layer = &name[6..7];
        let missing =
            format!("has no array `{name}`; layer {layer} has weights, bias and activation");
        assert_eq!(error(name, None), missing);
    }
    for (name, with, message) in [
        (
            "",
            ("threshold", &[][..], F8(&[-1.0][..])),
            "array `threshold` is -1, and a threshold is a number above 0",
        ),
        (
            "",
            ("threshold", &[2], F8(&[1.0, 2.0])),
            "array `threshold` has the shape [2], and a threshold is one number",
        ),
        (
            "",
            ("layer_3_bias", &[1], F8(&[1.0])),
            "has an array `layer_3_bias` that judder does not know; ",
        ),
        (
            "",
            ("layer_1_scale", &[1], F8(&[1.0])),
            "has an array `layer_1_scale` that judder does not know; ",
        ),
        (
            "layer_0_activation",
            ("layer_0_activation", &[4], U1(b"mish")),
            "array `layer_0_activation` holds `mish`: not an activation judder knows: linear, relu, tanh, ",
        ),
        (
            "layer_0_activation",
            ("layer_0_activation", &[], Text("leaky_relu")),
            "array `layer_0_activation` holds `leaky_relu`: not an activation judder knows: linear, ",
        ),
        (
            "layer_0_bias",
            ("layer_0_bias", &[], Text("relu")),
            "array `layer_0_bias` holds the text `relu`, not numbers",
        ),
        (
            "layer_0_activation",
            ("layer_0_activation", &[1], F8(&[256.0])),
            "array `layer_0_activation` holds numbers that are no bytes of a text",
        ),
        (
            "layer_0_weights",
            ("layer_0_weights", &[2], F8(&[1.0, 2.0])),
            "array `layer_0_weights` has the shape [2], not [outputs, inputs]",
        ),
        (
            "layer_0_bias",
            ("layer_0_bias", &[1, 2], F8(&[1.0, 2.0])),
            "array `layer_0_bias` has the shape [1, 2], not [2]",
        ),
        (
            "layer_0_bias",
            ("layer_0_bias", &[2], F8(&[1.0, f64::INFINITY])),
            "does not hold an autoencoder that judder can run: layer 0: there is a number that is not finite",
        ),
        (
            "layer_1_weights",
            ("layer_1_weights", &[1, 3], F8(&[1.0, 2.0, 3.0])),
            "does not hold an autoencoder that judder can run: layer 1 takes 3 numbers, layer 0 gives 2",
        ),
        (
            "",
            ("judder", &[2], U1(b"{}")),
            "the entry `judder`, which says what the model is, cannot be read: missing field `version`",
        ),
    ] {
        let error = error(name, Some(with));
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn too_many_numbers_are_not_written() {
    let most = network(&[1000, 252, 1000], &[Tanh, Linear], || 0.5);
    let file = network_to_npz(&most, Some(&metadata(3))).unwrap();
    assert_eq!(read(&file).unwrap().network, most);
    let more = network(&[1024, 256, 1024], &[Tanh, Linear], || 0.5);
    assert_eq!(
        network_to_npz(&more, None).unwrap_err().to_string(),
        "does not hold an autoencoder that judder can run: its 525568 weights and biases are too \
         many for an .npz file"
    );
}

#[test]
fn damaged_archives_of_networks() {
    let network = network(&[2, 1, 2], &[Tanh, Linear], || 0.5);
    let mut file = network_to_npz(&network, Some(&metadata(2))).unwrap();
    let bounded = |file: &[u8]| {
        let mut found = None;
        let allocated = allocation_counter::measure(|| found = Some(from_npz(Cursor::new(file))));
        let most = 64 * file.len() as u64 + (1 << 20);
        assert!(allocated.bytes_max <= most, "{} bytes", allocated.bytes_max);
        found.unwrap()
    };
    for length in 0..file.len() {
        let error = bounded(&file[..length]).unwrap_err();
        assert!(matches!(error, FormatError::Damaged(_)), "{length}: {error}");
    }
    let mut refused = 0;
    for at in 0..file.len() {
        let byte = file[at];
        for other in [0x00, 0xff, byte ^ 0x01] {
            file[at] = other;
            refused += usize::from(bounded(&file).is_err());
        }
        file[at] = byte;
    }
    assert!(refused > file.len(), "{refused}");
}

/// A Python with NumPy, unless this run has none.
fn python(test: &str) -> Option<OsString> {
    let python = std::env::var_os("JUDDER_PYTHON");
    if python.is_none() {
        let ci = std::env::var("CI").is_ok_and(|ci| matches!(ci.as_str(), "true" | "1"));
        assert!(!ci, "{test} may not be skipped with CI=true: JUDDER_PYTHON is not set");
        eprintln!("skipped {test}: no NumPy; `cargo xtask test tests` brings it");
    }
    python
}

#[test]
fn numpy_runs_what_is_written() {
    let Some(python) = python("numpy_runs_what_is_written") else { return };
    let mut at = 0.0;
    let counting = || {
        at += 0.125;
        at
    };
    let network = network(&[3, 2, 3], &[Tanh, Linear], counting);
    let said = metadata(3);
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("ours.npz"), network_to_npz(&network, Some(&said)).unwrap()).unwrap();
    let program = "\
import json, numpy as np
file = np.load('ours.npz', allow_pickle=False)
x = np.array([-1.0, 0.5, 0.25])
for layer in range(2):
    text = lambda name: str(file[name])
    part = lambda name: file[f'layer_{layer}_{name}']
    x = part('weights') @ x + part('bias')
    if text(f'layer_{layer}_activation') == 'tanh':
        x = np.tanh(x)
assert json.loads(text('judder'))['features'] == 'log-mad'
print(*x)
arrays = {name: file[name] for name in file.files}
np.savez_compressed('theirs.npz', **arrays)
";
    let done = Command::new(python).args(["-c", program]).current_dir(&folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let printed = String::from_utf8(done.stdout).unwrap();
    let found: Vec<f64> = printed.split_whitespace().map(|x| x.parse().unwrap()).collect();
    // By hand.
    let hidden = [-0.125 + 0.125 + 0.09375 + 0.875, -0.5 + 0.3125 + 0.1875 + 1.0].map(f64::tanh);
    let expected = [1.125, 1.375, 1.625].map(|w| w * hidden[0] + (w + 0.125) * hidden[1]);
    for ((found, expected), bias) in found.iter().zip(expected).zip([1.875, 2.0, 2.125]) {
        assert!((found - expected - bias).abs() < 1e-14, "{printed}");
    }
    let again = read(&std::fs::read(file("theirs.npz")).unwrap()).unwrap();
    assert_eq!(again, Foreign { network, metadata: Some(said), threshold: None, ignored: vec![] });
}

/// judder 0.1.0 wrote the bytes of texts.
#[test]
fn texts_and_their_bytes_are_read_alike() {
    use judder_core::Activation::{GeluTanh, LeakyRelu};
    let said = metadata(2);
    let network = network(&[2, 1, 2], &[LeakyRelu(0.01), GeluTanh], || 0.5);
    let words = network.layers().iter().map(|one| one.activation().to_string());
    let [first, second] = words.collect::<Vec<_>>().try_into().unwrap();
    let json = said.to_json();
    let bytes: [(&str, &[usize], Numbers<'_>); 7] = [
        ("layer_0_weights", &[1, 2], F8(&[0.5, 0.5])),
        ("layer_0_bias", &[1], F8(&[0.5])),
        ("layer_0_activation", &[first.len()], U1(first.as_bytes())),
        ("layer_1_weights", &[2, 1], F8(&[0.5, 0.5])),
        ("layer_1_bias", &[2], F8(&[0.5, 0.5])),
        ("layer_1_activation", &[second.len()], U1(second.as_bytes())),
        ("judder", &[json.len()], U1(json.as_bytes())),
    ];
    let expected = Foreign {
        network: network.clone(),
        metadata: Some(said.clone()),
        threshold: None,
        ignored: vec![],
    };
    assert_eq!(read(&write_npz(&bytes).unwrap()).unwrap(), expected);
    assert_eq!(read(&network_to_npz(&network, Some(&said)).unwrap()).unwrap(), expected);
}
