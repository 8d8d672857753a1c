//! Networks and inputs as training makes them, and the core running them.

use judder_core::{Activation, Dense, Real};
use judder_model::{
    Autoencoder, Binding, DetectorKind, Layer, Metadata, Model, Network, Precision, Provenance,
    Rule, Scaling, Takes, Threshold,
};

/// Numbers from -1 to 1, equal in every run.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// About normal, of variance 1: the sum of twelve uniform ones.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform() / 2.0).sum()
    }
}

/// Dense layers of these widths, the last one linear.
pub(crate) fn network(widths: &[usize], inner: Activation, seed: u64) -> Network {
    let mut random = Numbers::new(seed);
    let count = widths.len() - 1;
    let layer = |(at, pair): (usize, &[usize])| {
        let (inputs, outputs) = (pair[0], pair[1]);
        let limit = (6.0 / (inputs + outputs) as f64).sqrt();
        let weights = (0..inputs * outputs).map(|_| limit * random.uniform()).collect();
        let bias = (0..outputs).map(|_| 0.1 * random.uniform()).collect();
        let activation = if at + 1 == count { Activation::Linear } else { inner };
        Layer::new(weights, bias, activation).unwrap()
    };
    Network::new(widths.windows(2).enumerate().map(layer).collect()).unwrap()
}

/// Half of the features like the logarithm of a MAD, the others like a correlation.
pub(crate) fn scaling(n: usize) -> Scaling {
    let half = n.div_ceil(2);
    let mean =
        (0..n).map(|i| if i < half { -5.0 - 0.3 * i as f64 } else { 0.1 * (i - half) as f64 });
    Scaling { mean: mean.collect(), sd: (0..n).map(|i| if i < half { 0.1 } else { 0.3 }).collect() }
}

/// An autoencoder of a network as it was trained.
pub(crate) fn autoencoder(network: Network) -> Autoencoder {
    let scaling = scaling(network.inputs());
    Autoencoder::new(network, Takes::Standardised, scaling).unwrap()
}

/// Standardised features, `count` rows of `n`.
pub(crate) fn standardised(n: usize, count: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut random = Numbers::new(seed);
    (0..count).map(|_| (0..n).map(|_| random.normal()).collect()).collect()
}

/// What the core makes of an input.
pub(crate) fn run<T: Real>(network: &Network, input: &[f64]) -> Vec<T> {
    let to = |values: &[f64]| -> Vec<T> { values.iter().map(|&x| T::from_f64(x)).collect() };
    let numbers: Vec<(Vec<T>, Vec<T>, Activation)> = network
        .layers()
        .iter()
        .map(|layer| (to(layer.weights()), to(layer.bias()), layer.activation()))
        .collect();
    let layers: Vec<Dense<'_, T>> =
        numbers.iter().map(|(w, b, activation)| Dense::new(w, b, *activation).unwrap()).collect();
    let mut values = to(input);
    for layer in &layers {
        let mut outputs = vec![T::ZERO; layer.outputs()];
        layer.run(&values, &mut outputs).unwrap();
        values = outputs;
    }
    values
}

/// A model whose features these are: three axes, two features of each.
pub(crate) fn model(autoencoder: Autoencoder) -> Model {
    Model::new(
        Binding { axes: 3, window: 128, hop: 128, rate_hz: 200.0 },
        Precision::F32,
        "log-mad+correlation".parse().unwrap(),
        DetectorKind::Autoencoder(autoencoder),
        Threshold { value: 1.5, rule: Rule::Conformal, false_alarm_rate: Some(0.01), windows: 99 },
        Provenance::default(),
    )
    .unwrap()
}

/// A network with all activations, and what a model says of it.
pub(crate) fn with_metadata() -> (Network, Metadata) {
    let mut layers = network(&[6, 4, 2, 4, 6], Activation::Tanh, 7).layers().to_vec();
    let relu = &layers[2];
    layers[2] =
        Layer::new(relu.weights().to_vec(), relu.bias().to_vec(), Activation::Relu).unwrap();
    let model = model(autoencoder(Network::new(layers).unwrap()));
    let DetectorKind::Autoencoder(autoencoder) = model.detector() else { unreachable!() };
    let metadata = Metadata::of(&model, Takes::Features).unwrap();
    (singles(autoencoder.folded()), metadata)
}

/// A network of numbers that float32 holds.
pub(crate) fn singles(network: &Network) -> Network {
    let to = |values: &[f64]| values.iter().map(|&x| f64::from(x as f32)).collect();
    let layer = |one: &Layer| Layer::new(to(one.weights()), to(one.bias()), one.activation());
    Network::new(network.layers().iter().map(layer).collect::<Result<_, _>>().unwrap()).unwrap()
}
