//! The autoencoder of a model: what is folded, what is written, and what is run.

use judder_core::{
    Activation, Autoencoder as Core, Dense, Detector, FeatureSet, Readings, Real, Score,
};
use judder_model::{
    Autoencoder, Binding, DetectorKind, Layer, Model, Network, Precision, Problem, Provenance,
    Scaling, Scorer, Takes, feature_scores,
};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use super::samples::{autoencoder, autoencoder_model, binding, given, layer, readings};

const WIDEST: usize = 6;

/// A network from `n` numbers to as many, one to four layers deep, with weights from -1 to 1.
fn network(n: usize, last: Activation) -> impl Strategy<Value = Network> {
    prop::collection::vec(1..=WIDEST, 0..4).prop_flat_map(move |hidden| {
        let widths = [vec![n], hidden, vec![n]].concat();
        let depth = widths.len() - 1;
        let layers: Vec<_> = (0..depth)
            .map(|at| {
                let (inputs, outputs) = (widths[at], widths[at + 1]);
                let activation = if at + 1 == depth {
                    Just(last).boxed()
                } else {
                    proptest::sample::select(&Activation::ALL[..]).boxed()
                };
                let numbers = |count| prop::collection::vec(-1.0f64..1.0, count);
                (numbers(inputs * outputs), numbers(outputs), activation)
                    .prop_map(|(weights, bias, activation)| Layer::new(weights, bias, activation))
            })
            .collect();
        layers.prop_map(|layers| {
            Network::new(layers.into_iter().collect::<Result<_, _>>().unwrap()).unwrap()
        })
    })
}

/// Means up to fifty standard deviations from 0, in units far apart.
fn scaling(n: usize) -> impl Strategy<Value = Scaling> {
    let one = (-50.0f64..50.0, 1.0f64..10.0, -20i32..20)
        .prop_map(|(mean, sd, unit)| (mean * 10f64.powi(unit), sd * 10f64.powi(unit)));
    prop::collection::vec(one, n).prop_map(|both| {
        let (mean, sd) = both.into_iter().unzip();
        Scaling { mean, sd }
    })
}

/// A network with a scaling, and features in standard deviations.
fn cases() -> impl Strategy<Value = (Network, Scaling, Vec<f64>)> {
    (1..=WIDEST).prop_flat_map(|n| {
        (network(n, Activation::Linear), scaling(n), prop::collection::vec(-4.0f64..4.0, n))
    })
}

/// The network as a formula.
fn run(network: &Network, x: &[f64]) -> Vec<f64> {
    let run = |x: DVector<f64>, layer: &Layer| {
        let w = DMatrix::from_row_slice(layer.outputs(), layer.inputs(), layer.weights());
        let sums = w * x + DVector::from_row_slice(layer.bias());
        // The core's own tests hold these against other tools.
        sums.map(|sum| layer.activation().of(sum))
    };
    network.layers().iter().fold(DVector::from_row_slice(x), run).as_slice().to_vec()
}

/// How far, in standard deviations, rounding may take what a folded network gives: a sum has some
/// ten terms of up to fifty, each of at most four layers multiplies that by at most six, and two
/// hundred roundings may add up.
const ROUNDING: f64 = 200.0 * 500.0 * 1296.0 * f64::EPSILON;

proptest! {
    /// Folding moves the scaling, and changes nothing else: mean + sd net((x - mean) / sd).
    #[test]
    fn a_folded_network_is_the_network_between_scalings((network, scaling, z) in cases()) {
        let folded = Autoencoder::new(network.clone(), Takes::Standardised, scaling.clone()).unwrap();
        let Scaling { mean, sd } = &scaling;
        let x: Vec<f64> = (0..z.len()).map(|at| mean[at] + sd[at] * z[at]).collect();
        let standardised = scaling.standardise(&x);
        let expected = run(&network, &standardised);
        let found = run(folded.folded(), &x);
        for at in 0..z.len() {
            let by_hand = (x[at] - mean[at]) / sd[at];
            prop_assert_eq!(standardised[at], by_hand);
            let off = (found[at] - (mean[at] + sd[at] * expected[at])).abs() / sd[at];
            prop_assert!(off <= ROUNDING, "feature {at} is off by {off} standard deviations");
        }
        // The score is the mean squared error in standard deviations.
        let errors = DVector::from_vec(expected) - DVector::from_vec(standardised);
        let expected = errors.norm_squared() / z.len() as f64;
        let kind = DetectorKind::Autoencoder(folded);
        let rows = || std::iter::once(&x[..]);
        let score = feature_scores(&kind, Precision::F64, rows()).unwrap()[0];
        let most = 2.0 * ROUNDING * (expected.sqrt() + 1.0);
        prop_assert!((score - expected).abs() <= most, "{score} for {expected}");
    }

    /// What is taken out of a network and folded into it again gives it back.
    #[test]
    fn standardising_undoes_folding((network, scaling, z) in cases()) {
        let plain = Autoencoder::new(network.clone(), Takes::Features, scaling.clone()).unwrap();
        prop_assert_eq!(plain.folded(), &network);
        let standardised = plain.standardised().unwrap();
        let again = Autoencoder::new(standardised.clone(), Takes::Standardised, scaling.clone());
        let again = again.unwrap();
        prop_assert_eq!(again.standardised().unwrap(), standardised);
        let Scaling { mean, sd } = &scaling;
        let x: Vec<f64> = (0..z.len()).map(|at| mean[at] + sd[at] * z[at]).collect();
        // No sum on the way has larger terms than these, and no activation makes them larger.
        let sizes = x.iter().zip(mean).map(|(x, mean)| x.abs() + mean.abs()).collect();
        let sizes = network.layers().iter().fold(sizes, |sizes: Vec<f64>, layer| {
            let rows = layer.weights().chunks(layer.inputs()).zip(layer.bias());
            let row = |(row, bias): (&[f64], &f64)| {
                row.iter().zip(&sizes).map(|(w, x)| (w * x).abs()).sum::<f64>() + bias.abs()
            };
            rows.map(row).collect()
        });
        let (found, expected) = (run(again.folded(), &x), run(&network, &x));
        for (at, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let most = 1000.0 * f64::EPSILON * (sizes[at] + mean[at].abs());
            prop_assert!((found - expected).abs() <= most, "{found} for {expected}");
        }
    }

    #[test]
    fn what_is_written_is_read(
        (network, scaling, takes) in (1..=WIDEST).prop_flat_map(|n| {
            let takes = proptest::sample::select(vec![Takes::Features, Takes::Standardised]);
            (network(n, Activation::Linear), scaling(n), takes)
        }),
        tiny in any::<bool>(),
        value in 0.0f64..1e300,
    ) {
        let n = network.inputs();
        let mut network = network;
        if tiny {
            // Numbers of all sizes, and -0.
            let odd = |at: usize, w: f64| [w * 1e-280, -0.0, f64::from_bits(1), w, 0.1][at % 5];
            let layers = network.layers().iter().map(|layer| {
                let weights = layer.weights().iter().enumerate().map(|(at, &w)| odd(at, w));
                Layer::new(weights.collect(), layer.bias().to_vec(), layer.activation()).unwrap()
            });
            network = Network::new(layers.collect()).unwrap();
        }
        let detector = Autoencoder::new(network.clone(), takes, scaling.clone()).unwrap();
        let model = model_of(detector, n, Precision::F64, value).unwrap();
        let bytes = model.to_json();
        let read = Model::from_json(&bytes).unwrap();
        prop_assert_eq!(&read, &model);
        prop_assert_eq!(read.to_json(), bytes);
        let DetectorKind::Autoencoder(read) = read.detector() else { panic!("an autoencoder") };
        prop_assert_eq!((read.network(), read.takes(), read.scaling()), (&network, takes, &scaling));
    }
}

fn model_of(
    detector: Autoencoder,
    axes: usize,
    precision: Precision,
    threshold: f64,
) -> Result<Model, Problem> {
    let features: FeatureSet = "mad".parse().unwrap();
    let (detector, threshold) = (DetectorKind::Autoencoder(detector), given(threshold));
    Model::new(binding(axes), precision, features, detector, threshold, Provenance::default())
}

#[test]
fn models_of_f32_are_written_and_read() {
    for axes in 1..=8 {
        let model = autoencoder_model("log-mad+std", axes, Precision::F32);
        let read = Model::from_json(&model.to_json()).unwrap();
        assert_eq!((read.precision(), &read), (Precision::F32, &model));
        assert_eq!((read.detector().name(), read.detector().features()), ("autoencoder", 2 * axes));
    }
}

/// A small network worked by hand: hidden = 2 z₀ - z₁ + 1, with z = ((x₀ - 3) / 2, (x₁ + 1) / 4).
#[test]
fn a_network_folded_by_hand() {
    let layers = vec![
        Layer::new(vec![2.0, -1.0], vec![1.0], Activation::Relu).unwrap(),
        Layer::new(vec![0.5, -0.25], vec![1.0, 2.0], Activation::Linear).unwrap(),
    ];
    let network = Network::new(layers).unwrap();
    assert_eq!((network.parameters(), network.inputs(), network.outputs()), (7, 2, 2));
    let scaling = Scaling { mean: vec![3.0, -1.0], sd: vec![2.0, 4.0] };
    let autoencoder = Autoencoder::new(network, Takes::Standardised, scaling).unwrap();
    assert_eq!(autoencoder.error_scale(), [0.5, 0.25]);
    let layers = autoencoder.folded().layers();
    let [centring, first, last, restoring] = layers else { panic!("four layers") };
    assert_eq!(
        (centring.weights(), centring.bias()),
        (&[1.0, 0.0, 0.0, 1.0][..], &[-3.0, 1.0][..])
    );
    assert_eq!((first.weights(), first.bias()), (&[1.0, -0.25][..], &[1.0][..]));
    assert_eq!((last.weights(), last.bias()), (&[0.5, -0.25][..], &[1.0, 2.0][..]));
    assert_eq!(
        (restoring.weights(), restoring.bias()),
        (&[2.0, 0.0, 0.0, 4.0][..], &[3.0, -1.0][..])
    );
    // x = (5, 3): z = (1, 1), hidden 2, given back (2, 1.5): errors 1 and 0.5.
    let kind = DetectorKind::Autoencoder(autoencoder);
    for precision in [Precision::F32, Precision::F64] {
        let rows = [[5.0, 3.0], [3.0, -1.0]];
        let found = feature_scores(&kind, precision, rows.iter().map(|row| &row[..])).unwrap();
        // And the mean: z = 0, hidden 1, given back (1.5, 1.75).
        assert_eq!(found, [0.625, (1.5 * 1.5 + 1.75 * 1.75) / 2.0]);
    }
}

#[test]
fn only_a_linear_end_can_have_the_scaling_taken_out() {
    for end in [Activation::Relu, Activation::Tanh] {
        let network = Network::new(vec![layer(2, 3, Activation::Tanh), layer(3, 2, end)]).unwrap();
        let scaling = Scaling { mean: vec![0.0, 1.0], sd: vec![1.0; 2] };
        let new = |takes| Autoencoder::new(network.clone(), takes, scaling.clone());
        assert!(new(Takes::Standardised).is_ok());
        // Where there is no scaling, there is none to take out.
        let none = Autoencoder::new(network.clone(), Takes::Features, Scaling::none(2)).unwrap();
        assert_eq!(none.standardised().unwrap(), network);
        let plain = new(Takes::Features).unwrap();
        assert_eq!(plain.folded(), &network);
        let said = plain.standardised().unwrap_err();
        assert!(said.contains(&format!("a last layer of {end}: it has to be linear")), "{said}");
    }
}

/// The scores of the core alone, window by window, with buffers of their own, and their features.
fn by_hand<T: Real>(model: &Model, values: &[f64]) -> Vec<(f64, Vec<f64>)> {
    let Binding { axes, window, hop, .. } = model.binding();
    let length = values.len() / axes;
    let DetectorKind::Autoencoder(autoencoder) = model.detector() else { panic!("a network") };
    let rounded = |from: &[f64]| from.iter().map(|&x| T::from_f64(x)).collect::<Vec<T>>();
    let layers = autoencoder.folded().layers();
    let numbers: Vec<_> =
        layers.iter().map(|one| (rounded(one.weights()), rounded(one.bias()))).collect();
    let dense: Vec<Dense<'_, T>> = numbers
        .iter()
        .zip(layers)
        .map(|((weights, bias), layer)| Dense::new(weights, bias, layer.activation()).unwrap())
        .collect();
    let inverse: Vec<f64> = autoencoder.scaling().sd.iter().map(|sd| 1.0 / sd).collect();
    let scale = rounded(&inverse);
    let core = Core::new(&dense, &scale).unwrap();
    let threshold = T::from_f64(model.threshold().value);
    let detector = Detector::new(*model.features(), core, threshold, axes, window).unwrap();
    (0..=length - window)
        .step_by(hop)
        .map(|start| {
            let cut: Vec<T> = values
                .chunks(length)
                .flat_map(|axis| rounded(&axis[start..start + window]))
                .collect();
            let mut room = vec![T::NAN; detector.values()];
            let readings = Readings::new(&cut, axes, window).unwrap();
            let mut scratch = vec![T::Key::default(); window];
            let judged = detector.judge(&readings, &mut scratch, &mut room).unwrap();
            room.truncate(core.dimension());
            (judged.score.to_f64(), room.iter().map(|x| x.to_f64()).collect())
        })
        .collect()
}

#[test]
fn scores_are_those_of_the_core_bit_for_bit() {
    for axes in 1..=8 {
        let values = readings(axes, 123);
        let mut both = Vec::new();
        for precision in [Precision::F32, Precision::F64] {
            let model = autoencoder_model("log-mad+std", axes, precision);
            let expected = match precision {
                Precision::F32 => by_hand::<f32>(&model, &values),
                Precision::F64 => by_hand::<f64>(&model, &values),
            };
            let scored = Scorer::new(&model).score(&values, axes, None).unwrap();
            let bits: Vec<u64> = scored.iter().map(|one| one.score.to_bits()).collect();
            let of_core: Vec<u64> = expected.iter().map(|one| one.0.to_bits()).collect();
            assert_eq!((bits.len(), &bits), (22, &of_core), "{axes} axes in {precision:?}");
            // The same from the features alone.
            let rows = expected.iter().map(|one| &one.1[..]);
            let of_rows = feature_scores(model.detector(), precision, rows).unwrap();
            assert_eq!(of_rows.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), of_core);
            both.push(bits);
        }
        assert_ne!(both[0], both[1], "the precision is heeded");
    }
}

#[test]
fn rows_get_a_score_or_an_error() {
    let kind = DetectorKind::Autoencoder(autoencoder(2));
    let scores = |row: &[f64]| feature_scores(&kind, Precision::F32, std::iter::once(row));
    assert!(scores(&[0.0, 0.0]).unwrap()[0] < 100.0);
    // Too large for f32: above every threshold.
    assert_eq!(scores(&[1e30, 0.0]).unwrap(), [f64::MAX]);
    assert_eq!(scores(&[f64::NAN, 0.0]).unwrap(), [f64::MAX]);
    for row in [&[][..], &[0.0], &[0.0; 3]] {
        let expected = judder_core::Error::Shape { expected: 2, found: row.len() };
        assert_eq!(scores(row), Err(expected));
    }
}

/// The scale of an error that f32 rounds off would make the detector blind to its feature.
#[test]
fn what_f32_cannot_hold_is_refused_for_f32_only() {
    for (sd, fits) in [(1e-45, false), (1e-37, true), (1.0, true), (1e37, true), (1e39, false)] {
        let network = Network::new(vec![layer(1, 1, Activation::Linear)]).unwrap();
        let scaling = Scaling { mean: vec![0.0], sd: vec![sd] };
        let one = Autoencoder::new(network, Takes::Features, scaling).unwrap();
        assert_eq!(model_of(one.clone(), 1, Precision::F32, 1.0).is_ok(), fits, "{sd}");
        assert!(model_of(one, 1, Precision::F64, 1.0).is_ok(), "{sd}");
    }
}
