//! What is written is read again.

use judder_core::Activation::{Linear, Relu, Tanh};
use judder_model::{Foreign, FormatError, Layer, Network, from_onnx, to_onnx};
use proptest::prelude::*;

use super::networks::{metadata, network, networks};

/// Any finite number of single precision.
fn single() -> impl Strategy<Value = f64> {
    any::<u32>()
        .prop_map(|bits| f64::from(f32::from_bits(bits)))
        .prop_filter("finite", |x| x.is_finite())
}

fn bits(network: &Network) -> Vec<u64> {
    let layers = network.layers().iter();
    layers.flat_map(|one| one.weights().iter().chain(one.bias())).map(|x| x.to_bits()).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_bit_for_bit(network in networks(single()), said in any::<bool>()) {
        let metadata = said.then(|| metadata(3));
        let file = to_onnx(&network, metadata.as_ref()).unwrap();
        let Foreign { network: read, metadata: found, ignored, .. } = from_onnx(&file).unwrap();
        prop_assert_eq!(&read, &network);
        prop_assert_eq!(bits(&read), bits(&network));
        prop_assert_eq!(&found, &metadata);
        prop_assert_eq!(ignored, Vec::<String>::new());
        prop_assert_eq!(to_onnx(&read, found.as_ref()).unwrap(), file);
    }

    #[test]
    fn doubles_are_rounded_once(network in networks(-1e30..1e30f64)) {
        let file = to_onnx(&network, None).unwrap();
        let read = from_onnx(&file).unwrap().network;
        for (read, layer) in read.layers().iter().zip(network.layers()) {
            let rounded: Vec<f64> = layer.weights().iter().map(|&x| f64::from(x as f32)).collect();
            prop_assert_eq!(read.weights(), rounded);
            prop_assert_eq!(read.activation(), layer.activation());
        }
        prop_assert_eq!(to_onnx(&read, None).unwrap(), file);
    }
}

#[test]
fn rows_and_columns_are_not_confused() {
    let mut at = 0.0;
    let counting = || {
        at += 1.0;
        at
    };
    let network = network(&[3, 2, 3], &[Tanh, Linear], counting);
    let read = from_onnx(&to_onnx(&network, None).unwrap()).unwrap().network;
    assert_eq!(read.layers()[0].weights(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(read.layers()[0].bias(), [7.0, 8.0]);
    assert_eq!((read.layers()[0].inputs(), read.layers()[0].outputs()), (3, 2));
    assert_eq!(read.layers().iter().map(Layer::activation).collect::<Vec<_>>(), [Tanh, Linear]);
}

#[test]
fn numbers_beyond_single_precision_are_refused() {
    let network = network(&[1, 1], &[Relu], || -1e39);
    let error = to_onnx(&network, None).unwrap_err();
    assert!(matches!(error, FormatError::Network(_)));
    assert_eq!(
        error.to_string(),
        "does not hold an autoencoder that judder can run: \
         -1000000000000000000000000000000000000000 in layer_0_weights is too large for single \
         precision"
    );
}
