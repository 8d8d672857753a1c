//! Whether a trained network reconstructs, or only seems to.

use super::backpropagation::Backpropagation;
use super::shape::Shape;
use super::spread::spreads;

/// The least share of the variance that a network has to explain.
const LEAST_EXPLAINED: f64 = 0.05;

/// A unit is dead whose outputs vary less than this share of the widest of its layer do, or not at
/// all: the layers after it see a constant.
const LEAST_SPREAD: f64 = 1e-6;

/// What was found in a network on the windows it was trained on.
pub(super) struct Health {
    /// The share of the features' variance that the reconstruction explains; below 0 where the mean
    /// would be a better one.
    pub(super) explained: f64,
    /// Units that give the same for every window, the output layer's included.
    pub(super) dead: Vec<(usize, usize)>,
}

impl Health {
    /// Looks at a network on all `rows` `[rows × features]`.
    pub(super) fn of(shape: &Shape, parameters: &[f64], rows: &[f64]) -> Self {
        let features = shape.features();
        let all: Vec<usize> = (0..rows.len() / features).collect();
        let mut network = Backpropagation::new(shape);
        let mut spans: Vec<Vec<(f64, f64)>> = shape
            .layers
            .iter()
            .map(|one| vec![(f64::INFINITY, f64::NEG_INFINITY); one.outputs])
            .collect();
        network.each_output(parameters, rows, &all, |layer, unit, values| {
            let (low, high) = &mut spans[layer][unit];
            for &value in values {
                *low = low.min(value);
                *high = high.max(value);
            }
        });
        let mut dead = Vec::new();
        for (layer, units) in spans.iter().enumerate() {
            let widest = units.iter().map(|(low, high)| high - low).fold(0.0, f64::max);
            let is_dead = |&(low, high): &(f64, f64)| high - low <= LEAST_SPREAD * widest;
            dead.extend(
                units.iter().enumerate().filter(|(_, span)| is_dead(span)).map(|(u, _)| (layer, u)),
            );
        }
        let error = network.error(parameters, rows, &all);
        let variation: f64 = spreads(rows, features).map(|(_, squares)| squares).sum();
        let explained = 1.0 - error / variation;
        Self { explained, dead }
    }

    /// Why the network is not to be used.
    pub(super) fn fault(&self) -> Option<String> {
        if let [(layer, unit), ..] = self.dead[..] {
            let more = match self.dead.len() - 1 {
                0 => String::new(),
                more => format!(", and {more} more"),
            };
            return Some(format!(
                "unit {unit} of layer {layer} gives the same for every normal window{more}"
            ));
        }
        // Not a number explains nothing either.
        if self.explained.is_nan() || self.explained < LEAST_EXPLAINED {
            let percent = 100.0 * self.explained;
            return Some(format!("it explains {percent:.1} % of the variance of the features"));
        }
        None
    }
}
