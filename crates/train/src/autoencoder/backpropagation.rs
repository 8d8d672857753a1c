//! The mean squared error of reconstruction, and its gradient.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::lanes::{LANES, Lanes, add_scaled, dot, sum};
use super::shape::Shape;
use super::slope::slope;

/// The room for running a network forwards and backwards.
pub(super) struct Backpropagation<'s> {
    shape: &'s Shape,
    /// The rows themselves, then what each layer gives: `[units]`.
    outputs: Vec<Vec<Lanes>>,
    /// What dropout multiplied the outputs of each layer by.
    kept: Vec<Vec<Lanes>>,
    /// The derivative of the error by the sums of a layer, and by its inputs.
    delta: Vec<Lanes>,
    back: Vec<Lanes>,
}

impl<'s> Backpropagation<'s> {
    pub(super) fn new(shape: &'s Shape) -> Self {
        let room = |units: usize| vec![[0.0; LANES]; units];
        let features = shape.features();
        let outputs: Vec<Vec<Lanes>> = std::iter::once(features)
            .chain(shape.layers.iter().map(|one| one.outputs))
            .map(room)
            .collect();
        let widest = outputs.iter().map(Vec::len).max().unwrap_or(0);
        let kept = shape.layers.iter().map(|one| room(one.outputs)).collect();
        Self { shape, outputs, kept, delta: room(widest), back: room(widest) }
    }

    /// The sum over rows and features of the squared error.
    pub(super) fn error(&mut self, parameters: &[f64], rows: &[f64], chosen: &[usize]) -> f64 {
        chosen
            .chunks(LANES)
            .map(|chosen| {
                self.load(rows, chosen);
                self.forwards(parameters, None);
                self.errors(chosen.len())
            })
            .sum()
    }

    /// Adds the gradient of the sum of squared errors over the chosen rows to `gradient`, and
    /// returns that sum. With `dropout`, each unit of a hidden layer is left out by that chance.
    pub(super) fn gradient(
        &mut self,
        parameters: &[f64],
        rows: &[f64],
        chosen: &[usize],
        mut dropout: Option<(f64, &mut ChaCha8Rng)>,
        gradient: &mut [f64],
    ) -> f64 {
        let mut error = 0.0;
        for chosen in chosen.chunks(LANES) {
            self.load(rows, chosen);
            let dropout = dropout.as_mut().map(|(rate, chance)| (*rate, &mut **chance));
            let drops = dropout.is_some();
            self.forwards(parameters, dropout);
            error += self.errors(chosen.len());
            self.backwards(parameters, drops, gradient);
        }
        error
    }

    /// Puts the outputs of each unit of a layer for a row where a caller wants them.
    pub(super) fn each_output(
        &mut self,
        parameters: &[f64],
        rows: &[f64],
        chosen: &[usize],
        mut give: impl FnMut(usize, usize, &[f64]),
    ) {
        for chosen in chosen.chunks(LANES) {
            self.load(rows, chosen);
            self.forwards(parameters, None);
            for (layer, units) in self.outputs.iter().skip(1).enumerate() {
                for (unit, values) in units.iter().enumerate() {
                    give(layer, unit, &values[..chosen.len()]);
                }
            }
        }
    }

    /// The chosen rows, one a lane.
    fn load(&mut self, rows: &[f64], chosen: &[usize]) {
        let inputs = &mut self.outputs[0];
        let n = inputs.len();
        for (lane, &row) in chosen.iter().enumerate() {
            for (input, &x) in inputs.iter_mut().zip(&rows[row * n..(row + 1) * n]) {
                input[lane] = x;
            }
        }
    }

    fn forwards(&mut self, parameters: &[f64], mut dropout: Option<(f64, &mut ChaCha8Rng)>) {
        let last = self.shape.layers.len() - 1;
        for (at, layer) in self.shape.layers.iter().enumerate() {
            let (before, after) = self.outputs.split_at_mut(at + 1);
            let (inputs, outputs) = (&before[at], &mut after[0]);
            let rows = parameters[layer.weights.clone()].chunks_exact(layer.inputs);
            let bias = &parameters[layer.bias.clone()];
            for ((row, bias), output) in rows.zip(bias).zip(outputs.iter_mut()) {
                let mut sums = [0.0; LANES];
                for (&weight, input) in row.iter().zip(inputs) {
                    add_scaled(&mut sums, weight, input);
                }
                *output = sums.map(|sum| layer.activation.of(sum + bias));
            }
            if let Some((rate, chance)) = dropout.as_mut().filter(|_| at != last) {
                let scale = (1.0 - *rate).recip();
                for (output, kept) in outputs.iter_mut().zip(&mut self.kept[at]) {
                    for lane in 0..LANES {
                        kept[lane] = if chance.random::<f64>() < *rate { 0.0 } else { scale };
                        output[lane] *= kept[lane];
                    }
                }
            }
        }
    }

    /// The sum of the squared errors of the first `rows` lanes; their derivative is left in `delta`,
    /// that of the other lanes is 0.
    fn errors(&mut self, rows: usize) -> f64 {
        let (inputs, outputs) = (&self.outputs[0], &self.outputs[self.shape.layers.len()]);
        let mut squares = [0.0; LANES];
        for ((x, y), delta) in inputs.iter().zip(outputs).zip(&mut self.delta) {
            for lane in 0..LANES {
                let error = if lane < rows { y[lane] - x[lane] } else { 0.0 };
                squares[lane] += error * error;
                delta[lane] = 2.0 * error;
            }
        }
        sum(&squares)
    }

    fn backwards(&mut self, parameters: &[f64], drops: bool, gradient: &mut [f64]) {
        let last = self.shape.layers.len() - 1;
        for (at, layer) in self.shape.layers.iter().enumerate().rev() {
            let (inputs, outputs) = (&self.outputs[at], &self.outputs[at + 1]);
            let kept = (drops && at != last).then_some(&self.kept[at]);
            for (unit, delta) in self.delta[..layer.outputs].iter_mut().enumerate() {
                for lane in 0..LANES {
                    let (output, kept) = match kept {
                        // What was left out tells nothing of the sum before it, and its delta is 0.
                        Some(kept) if kept[unit][lane] == 0.0 => (0.0, 0.0),
                        Some(kept) => (outputs[unit][lane] / kept[unit][lane], kept[unit][lane]),
                        None => (outputs[unit][lane], 1.0),
                    };
                    delta[lane] *= kept * slope(layer.activation, output).unwrap_or(f64::NAN);
                }
            }
            let back = &mut self.back[..layer.inputs];
            back.fill([0.0; LANES]);
            let weights = parameters[layer.weights.clone()].chunks_exact(layer.inputs);
            let (before, after) = gradient.split_at_mut(layer.bias.start);
            let rows = before[layer.weights.clone()].chunks_exact_mut(layer.inputs);
            for (((weights, row), bias), delta) in weights.zip(rows).zip(after).zip(&self.delta) {
                *bias += sum(delta);
                for (((&weight, slot), input), back) in
                    weights.iter().zip(row).zip(inputs).zip(back.iter_mut())
                {
                    *slot += dot(delta, input);
                    add_scaled(back, weight, delta);
                }
            }
            std::mem::swap(&mut self.delta, &mut self.back);
        }
    }
}

#[cfg(test)]
mod tests {
    use judder_core::Activation;
    use rand::SeedableRng;

    use super::super::can_be_trained;
    use super::*;

    /// By which share a gradient may differ from central differences.
    const TOLERANCE: f64 = 1e-6;

    fn drawn(count: usize, seed: u64) -> Vec<f64> {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        (0..count).map(|_| 2.0 * chance.random::<f64>() - 1.0).collect()
    }

    /// How far the gradient is from central differences, as a share of the longer of both; nothing
    /// where the drawn network gives no slope, all its ReLU units being at rest.
    fn difference(shape: &Shape, dropout: Option<f64>, seed: u64) -> Option<f64> {
        let features = shape.layers[0].inputs;
        let rows = drawn(11 * features, seed);
        // All rows but one, the last lanes of the second turn empty.
        let chosen: Vec<usize> = (0..11).filter(|&row| row != 4).rev().collect();
        let mut parameters = drawn(shape.parameters(), seed + 1);
        let mut network = Backpropagation::new(shape);
        let mut error = |parameters: &[f64], gradient: &mut [f64]| {
            let mut chance = ChaCha8Rng::seed_from_u64(seed + 2);
            let dropout = dropout.map(|rate| (rate, &mut chance));
            network.gradient(parameters, &rows, &chosen, dropout, gradient)
        };
        let mut gradient = vec![0.0; parameters.len()];
        error(&parameters, &mut gradient);
        let mut unused = gradient.clone();
        let step = 1e-6;
        let numeric: Vec<f64> = (0..parameters.len())
            .map(|at| {
                let middle = parameters[at];
                parameters[at] = middle + step;
                let above = error(&parameters, &mut unused);
                parameters[at] = middle - step;
                let below = error(&parameters, &mut unused);
                parameters[at] = middle;
                (above - below) / (2.0 * step)
            })
            .collect();
        let norm =
            |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
        let apart = norm(&mut gradient.iter().zip(&numeric).map(|(a, b)| a - b));
        let long = norm(&mut gradient.iter().copied()).max(norm(&mut numeric.iter().copied()));
        (long > 0.1).then_some(apart / long)
    }

    #[test]
    fn the_gradient_is_that_of_central_differences_for_every_layer_type() {
        let others = [Activation::LeakyRelu(0.01), Activation::Elu(0.3)];
        let all = || Activation::ALL.into_iter().chain(others);
        let trained = || all().filter(|&one| can_be_trained(one));
        assert_eq!(trained().count(), 10);
        for activation in trained() {
            for output in trained() {
                for hidden in [&[2][..], &[4, 3], &[5, 2, 5], &[9]] {
                    for dropout in [None, Some(0.3)] {
                        let shape = Shape::new(3, hidden, activation, output);
                        let found: Vec<f64> =
                            (0..20).filter_map(|seed| difference(&shape, dropout, seed)).collect();
                        assert!(found.len() >= 5, "{found:?}");
                        let found = found.into_iter().fold(0.0, f64::max);
                        let what = format!("{activation} {output} {hidden:?} {dropout:?}");
                        assert!(found < TOLERANCE, "{what}: {found:e}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_error_is_summed_over_rows_features_and_no_empty_lane() {
        let shape = Shape::new(2, &[1], Activation::Linear, Activation::Linear);
        // Gives back 1 and 2, whatever comes.
        let parameters = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0];
        let rows: Vec<f64> = (0..10).flat_map(|row| [f64::from(row), 2.0]).collect();
        let mut network = Backpropagation::new(&shape);
        let all: Vec<usize> = (0..10).collect();
        let squares: f64 = (0..10).map(|row| f64::from((row - 1) * (row - 1))).sum();
        assert_eq!(network.error(&parameters, &rows, &all), squares);
        assert_eq!(network.error(&parameters, &rows, &all[9..]), 64.0);
    }

    #[test]
    fn dropout_leaves_units_out_and_keeps_the_mean() {
        let shape = Shape::new(1, &[200], Activation::Linear, Activation::Linear);
        // Each hidden unit gives 1, the output their mean.
        let mut parameters = vec![0.0; shape.parameters()];
        parameters[shape.layers[0].bias.clone()].fill(1.0);
        parameters[shape.layers[1].weights.clone()].fill(1.0 / 200.0);
        let mut network = Backpropagation::new(&shape);
        let mut chance = ChaCha8Rng::seed_from_u64(1);
        network.load(&[0.0; LANES], &[0, 1, 2, 3, 4, 5, 6, 7]);
        network.forwards(&parameters, Some((0.25, &mut chance)));
        let left_out = network.kept[0].iter().flatten().filter(|&&kept| kept == 0.0).count();
        assert!((300..500).contains(&left_out), "{left_out} of 1600");
        let mean = sum(&network.outputs[2][0]) / LANES as f64;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }
}
