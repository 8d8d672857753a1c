//! One training from one start.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::adam::Adam;
use super::backpropagation::Backpropagation;
use super::options::AutoencoderOptions;
use super::shape::Shape;

/// By which share the error must fall to count as lower where training looks for an end.
const IMPROVEMENT: f64 = 1e-3;

/// A network as training left it.
pub(super) struct Start {
    /// The parameters with the lowest error on the windows to watch.
    pub(super) parameters: Vec<f64>,
    /// That error; on the windows learnt from where none are watched.
    pub(super) loss: f64,
    /// The same before the first pass.
    pub(super) initial: f64,
    /// After how many passes.
    pub(super) epochs: usize,
    /// The mean squared error of each pass: learning, and on the windows to watch.
    pub(super) curve: Vec<(f64, Option<f64>)>,
}

/// Trains a network from weights that the seed and the number of the start draw.
///
/// `rows` are `[rows × features]`. The gradient sees those in `learn`; training stops after
/// `epochs` passes, or when the error on those in `watch` has not fallen for a while.
pub(super) fn train(
    shape: &Shape,
    rows: &[f64],
    learn: &[usize],
    watch: &[usize],
    epochs: usize,
    options: &AutoencoderOptions,
    (seed, number): (u64, u64),
) -> Start {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    chance.set_stream(number);
    let mut parameters = glorot(shape, &mut chance);
    let mut adam = Adam::new(parameters.len(), options.learning_rate);
    let mut network = Backpropagation::new(shape);
    let mut gradient = vec![0.0; parameters.len()];
    let features = shape.features();
    let mean = |error: f64, rows: usize| error / (rows * features).max(1) as f64;

    let judged = if watch.is_empty() { learn } else { watch };
    let initial = mean(network.error(&parameters, rows, judged), judged.len());
    let mut order = learn.to_vec();
    let mut curve = Vec::new();
    let mut best = (f64::INFINITY, parameters.clone());
    // The error from which the next fall is measured, and for how long there was none.
    let (mut mark, mut waited) = (f64::INFINITY, 0);
    let mut best_epochs = 0;
    for epoch in 1..=epochs {
        order.shuffle(&mut chance);
        let mut error = 0.0;
        for batch in order.chunks(options.batch.max(1)) {
            gradient.fill(0.0);
            let dropout = (options.dropout > 0.0).then_some((options.dropout, &mut chance));
            error += network.gradient(&parameters, rows, batch, dropout, &mut gradient);
            let scale = mean(1.0, batch.len());
            gradient.iter_mut().for_each(|slope| *slope *= scale);
            adam.step(&mut parameters, &gradient);
        }
        let learnt = mean(error, learn.len());
        if watch.is_empty() {
            curve.push((learnt, None));
            continue;
        }
        let loss = mean(network.error(&parameters, rows, watch), watch.len());
        curve.push((learnt, Some(loss)));
        if loss < best.0 {
            (best.0, best_epochs) = (loss, epoch);
            best.1.copy_from_slice(&parameters);
        }
        if loss < mark * (1.0 - IMPROVEMENT) {
            (mark, waited) = (loss, 0);
        } else {
            waited += 1;
        }
        if waited >= options.patience {
            break;
        }
    }
    if watch.is_empty() {
        let loss = mean(network.error(&parameters, rows, learn), learn.len());
        return Start { parameters, loss, initial, epochs, curve };
    }
    Start { parameters: best.1, loss: best.0, initial, epochs: best_epochs, curve }
}

/// Weights drawn evenly between `±√(6 / (inputs + outputs))` (Glorot and Bengio 2010), biases 0.
fn glorot(shape: &Shape, chance: &mut ChaCha8Rng) -> Vec<f64> {
    let mut parameters = vec![0.0; shape.parameters()];
    for layer in &shape.layers {
        let limit = (6.0 / (layer.inputs + layer.outputs) as f64).sqrt();
        for weight in &mut parameters[layer.weights.clone()] {
            *weight = limit * (2.0 * chance.random::<f64>() - 1.0);
        }
    }
    parameters
}
