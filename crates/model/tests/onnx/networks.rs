//! Networks to write.

use judder_core::Activation;
use judder_model::{
    Autoencoder, Binding, DetectorKind, Layer, Metadata, Model, Network, Precision, Provenance,
    Rule, Scaling, Takes, Threshold,
};
use proptest::prelude::*;

/// A network of layers of these sizes, its numbers from `next`.
pub(crate) fn network(
    sizes: &[usize],
    activations: &[Activation],
    mut next: impl FnMut() -> f64,
) -> Network {
    let layers = sizes.windows(2).zip(activations).map(|(pair, &activation)| {
        let weights = (0..pair[0] * pair[1]).map(|_| next()).collect();
        let bias = (0..pair[1]).map(|_| next()).collect();
        Layer::new(weights, bias, activation).unwrap()
    });
    Network::new(layers.collect()).unwrap()
}

/// Networks of up to 5 layers of up to 7 numbers.
pub(crate) fn networks(
    number: impl Strategy<Value = f64> + 'static,
) -> impl Strategy<Value = Network> {
    let number = number.boxed();
    let activation = prop::sample::select(&Activation::ALL[..]);
    (prop::collection::vec(1usize..8, 2..7), prop::collection::vec(activation, 6))
        .prop_flat_map(move |(sizes, activations)| {
            let count = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum::<usize>();
            (Just(sizes), Just(activations), prop::collection::vec(number.clone(), count))
        })
        .prop_map(|(sizes, activations, numbers)| {
            let mut numbers = numbers.into_iter();
            network(&sizes, &activations, || numbers.next().unwrap())
        })
}

/// What is said of a model of this many features.
pub(crate) fn metadata(n: usize) -> Metadata {
    let layer = Layer::new(vec![0.0; n * n], vec![0.0; n], Activation::Linear).unwrap();
    let scaling = Scaling { mean: vec![-5.25; n], sd: vec![0.1; n] };
    let network = Network::new(vec![layer]).unwrap();
    let autoencoder = Autoencoder::new(network, Takes::Standardised, scaling).unwrap();
    let model = Model::new(
        Binding { axes: n, window: 128, hop: 64, rate_hz: 199.8 },
        Precision::F32,
        "log-mad".parse().unwrap(),
        DetectorKind::Autoencoder(autoencoder),
        Threshold { value: 1.5, rule: Rule::Conformal, false_alarm_rate: Some(0.01), windows: 9 },
        Provenance::default(),
    )
    .unwrap();
    Metadata::of(&model, Takes::Features).unwrap()
}
