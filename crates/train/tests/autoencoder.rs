//! Laws of training an autoencoder.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use judder_core::Activation;
use judder_model::{DetectorKind, Network, Precision, feature_scores};
use judder_train::{AutoencoderOptions, FittedAutoencoder, Unfit, can_be_trained, fit_autoencoder};

/// Numbers between -0.5 and 0.5 that have nothing to do with each other.
fn noise() -> impl FnMut() -> f64 {
    let mut state = 1u64;
    move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1u32 << 24) - 0.5
    }
}

/// Rows of four features on a curve, in units that differ a lot, with some noise.
fn rows(count: usize) -> Vec<f64> {
    let mut noise = noise();
    (0..count)
        .flat_map(|row| {
            let along = (row as f64 * 0.37).sin();
            [
                1e-3 * (along + 0.1 * noise()),
                5.0 + along * along + 0.1 * noise(),
                -300.0 + 20.0 * (along - 0.1 * noise()),
                0.5 * along + 0.2 * noise(),
            ]
        })
        .collect()
}

fn fit(values: &[f64], options: &AutoencoderOptions) -> Result<FittedAutoencoder, Unfit> {
    let all: Vec<usize> = (0..values.len() / 4).collect();
    fit_autoencoder(values, 4, &all, options, Precision::F32, 3)
}

/// Each hidden unit's outputs for standardised rows.
fn hidden_outputs(network: &Network, rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let layer = &network.layers()[0];
    let unit = |(weights, bias): (&[f64], &f64)| {
        let sum = |row: &Vec<f64>| row.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() + bias;
        rows.iter().map(|row| layer.activation().of(sum(row))).collect()
    };
    layer.weights().chunks(layer.inputs()).zip(layer.bias()).map(unit).collect()
}

#[test]
fn what_is_on_the_curve_scores_low_and_what_is_off_it_high() {
    let values = rows(400);
    let fitted = fit(&values, &AutoencoderOptions::default()).unwrap();
    assert!(fitted.explained > 0.8, "{}", fitted.explained);
    let detector = DetectorKind::Autoencoder(fitted.autoencoder);
    let score = |rows: &[f64]| feature_scores(&detector, Precision::F32, rows.chunks(4)).unwrap();
    let mut normal = score(&rows(600)[1600..]);
    normal.sort_by(f64::total_cmp);
    // Each feature is in its range, but the first two do not belong together.
    let strange = score(&[0.9e-3, 5.0, -282.0, 0.45])[0];
    assert!(strange > *normal.last().unwrap(), "{strange} {:?}", normal.last());
    // The score grows on the way out: what the hidden units give is bounded.
    let far: Vec<f64> = [1.0, 10.0, 100.0, 1000.0]
        .iter()
        .map(|out| score(&[1e-3 * out, 5.0, -300.0, 0.0])[0])
        .collect();
    assert!(far.is_sorted() && far[3] > 1e5 * far[0], "{far:?}");
}

#[test]
fn other_units_give_the_same_scores() {
    let values = rows(200);
    let scales = [8.0, 0.25, 1024.0, 0.5];
    let scaled: Vec<f64> = values.iter().zip(scales.iter().cycle()).map(|(x, s)| x * s).collect();
    let scores = |values: &[f64]| {
        let fitted = fit(values, &AutoencoderOptions::default()).unwrap();
        let detector = DetectorKind::Autoencoder(fitted.autoencoder);
        feature_scores(&detector, Precision::F64, values.chunks(4)).unwrap()
    };
    for (one, other) in scores(&values).iter().zip(scores(&scaled)) {
        assert!((one - other).abs() <= 1e-9 * one.max(1.0), "{one} {other}");
    }
}

#[test]
fn the_seed_decides_and_the_threads_do_not() {
    let values = rows(150);
    let in_pool = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&values, &AutoencoderOptions::default()).unwrap())
    };
    assert_eq!(in_pool(1), in_pool(3));
    let all: Vec<usize> = (0..150).collect();
    let other =
        fit_autoencoder(&values, 4, &all, &AutoencoderOptions::default(), Precision::F32, 4);
    assert_ne!(in_pool(1).autoencoder, other.unwrap().autoencoder);
}

#[test]
fn layers_of_each_activation_that_can_be_trained_learn_the_curve() {
    let values = rows(400);
    let others = [Activation::LeakyRelu(0.01), Activation::Elu(0.3)];
    let trained: Vec<Activation> = Activation::ALL
        .into_iter()
        .chain(others)
        .filter(|&one| one != Activation::Linear && can_be_trained(one))
        .collect();
    assert_eq!(trained.len(), 9);
    for activation in trained {
        let options = AutoencoderOptions { activation, ..AutoencoderOptions::default() };
        let fitted = fit(&values, &options).unwrap();
        let layers = fitted.autoencoder.network().layers();
        assert_eq!(layers[0].activation(), activation);
        assert!(fitted.explained > 0.8, "{activation}: {}", fitted.explained);
    }
}

#[test]
fn what_cannot_be_trained_is_named() {
    for activation in [
        Activation::Silu,
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::LeakyRelu(0.0),
        Activation::LeakyRelu(-0.5),
        Activation::Elu(-1.0),
    ] {
        assert!(!can_be_trained(activation), "{activation}");
    }
}

#[test]
fn a_dead_unit_is_refused_and_another_start_made() {
    let values = rows(200);
    let options = AutoencoderOptions {
        hidden: Some(vec![3]),
        activation: Activation::Relu,
        restarts: 20,
        epochs: Some(30),
        ..AutoencoderOptions::default()
    };
    let standardised = |fitted: &FittedAutoencoder| -> Vec<Vec<f64>> {
        values.chunks(4).map(|row| fitted.autoencoder.scaling().standardise(row)).collect()
    };
    let is_dead = |outputs: &Vec<f64>| outputs.iter().all(|&x| x == outputs[0]);
    let fitted = fit(&values, &options).unwrap();
    assert!(fitted.starts > 20 && fitted.starts == 20 + fitted.refused.len(), "{fitted:?}");
    let dead = |why: &String| why.contains("gives the same for every normal window");
    assert!(fitted.refused.iter().any(dead), "{:?}", fitted.refused);
    let units = hidden_outputs(fitted.autoencoder.network(), &standardised(&fitted));
    assert!(!units.iter().any(is_dead));
    // Without the check such a network is what one gets, and is told why it is none.
    let one = |seed| {
        let options = AutoencoderOptions { restarts: 1, checked: false, ..options.clone() };
        let all: Vec<usize> = (0..200).collect();
        fit_autoencoder(&values, 4, &all, &options, Precision::F32, seed).unwrap()
    };
    let shipped = (0..40).map(one).find(|one| one.refused.iter().any(dead)).unwrap();
    let units = hidden_outputs(shipped.autoencoder.network(), &standardised(&shipped));
    assert!(units.iter().any(is_dead));
}

#[test]
fn a_network_that_explains_nothing_is_refused_however_often_it_starts() {
    // Nothing in them belongs together.
    let mut noise = noise();
    let values: Vec<f64> = (0..1200).map(|_| noise()).collect();
    let options = AutoencoderOptions {
        hidden: Some(vec![30, 30]),
        // Steps so wide that they land anywhere.
        learning_rate: 1.0,
        epochs: Some(1),
        restarts: 2,
        ..AutoencoderOptions::default()
    };
    let Err(Unfit::Refused(reasons)) = fit(&values, &options) else { panic!("it was shipped") };
    assert_eq!(reasons.len(), 20);
    assert!(reasons.iter().any(|why| why.contains("% of the variance")), "{reasons:?}");
}

#[test]
fn a_network_that_learnt_nothing_is_refused_even_where_chance_explains_something() {
    let options = AutoencoderOptions { learning_rate: 1e-9, ..AutoencoderOptions::default() };
    let Err(Unfit::Refused(reasons)) = fit(&rows(200), &options) else { panic!("it was shipped") };
    assert_eq!(reasons.len(), 30);
    let lucky = |why: &String| why.contains("training lowered its error by 0.0 % only");
    assert!(reasons.iter().any(lucky), "{reasons:?}");
}

#[test]
fn a_feature_that_does_not_vary_is_named() {
    let mut values = rows(100);
    values.iter_mut().skip(2).step_by(4).for_each(|x| *x = 7.0);
    assert_eq!(fit(&values, &AutoencoderOptions::default()), Err(Unfit::Constant(2)));
}

#[test]
fn training_stops_early_and_then_takes_all_windows() {
    let values = rows(200);
    let options = AutoencoderOptions { patience: 5, ..AutoencoderOptions::default() };
    let fitted = fit(&values, &options).unwrap();
    assert!(fitted.curve.len() < 200 && fitted.epochs <= fitted.curve.len());
    let watched: Vec<f64> = fitted.curve.iter().map(|(_, watched)| watched.unwrap()).collect();
    let lowest = watched.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!((fitted.loss, watched[fitted.epochs - 1]), (lowest, lowest));
    // Training on all windows for so long and with nothing watched is the same network.
    let whole = AutoencoderOptions {
        validation: 0.0,
        restarts: 1,
        epochs: Some(fitted.epochs),
        ..AutoencoderOptions::default()
    };
    let of_one = AutoencoderOptions { restarts: 1, ..options };
    let one = fit(&values, &of_one).unwrap();
    let again = fit(&values, &AutoencoderOptions { epochs: Some(one.epochs), ..whole }).unwrap();
    assert_eq!(one.autoencoder, again.autoencoder);
}

#[test]
fn the_reference_is_trained_as_it_trains() {
    let options = AutoencoderOptions::like_reference();
    let fitted = fit(&rows(200), &options).unwrap();
    let layers = fitted.autoencoder.network().layers();
    let shape: Vec<_> = layers.iter().map(|one| (one.inputs(), one.outputs())).collect();
    assert_eq!(shape, [(4, 2), (2, 4)]);
    assert!(layers.iter().all(|one| one.activation() == Activation::Relu));
    assert_eq!((fitted.epochs, fitted.starts), (50, 1));
    assert_eq!(fitted.autoencoder.scaling().sd, [1.0; 4]);
}
