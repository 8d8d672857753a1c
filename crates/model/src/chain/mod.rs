//! The one form in which networks come from the files of all other programs: a chain of affine
//! layers and activations.
//!
//! A reader tells a [`Chain`] what its file does, step by step; or, where the file is a graph of
//! operators, a [`Graph`], which finds the steps. Scaling by constants is folded into the layer beside it:
//! a layer of its own remains only where none is there to take it.

mod graph;
mod integers;
mod recognise;
mod scalar;
mod segment;
mod step;

pub(crate) use graph::{Graph, Id};
pub(crate) use integers::numbers_of;
pub(crate) use scalar::{Binary, Unary};
pub(crate) use step::Step;

use judder_core::Activation;

use crate::{FormatError, Layer, Network};

/// The most numbers in all layers together that the file does not hold: those that scale alone.
const MOST_MADE: usize = 1 << 16;

/// A network in the making.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    layers: Vec<Open>,
    /// What comes behind the last layer, if that cannot take it.
    pending: Option<Diagonal>,
    /// How many numbers come in, where nothing but that tells.
    width: Option<usize>,
    /// How many numbers of layers were made.
    made: usize,
    /// Whether the file computes in double precision.
    double: bool,
}

/// A layer to which something may be added yet.
#[derive(Debug)]
struct Open {
    /// `[outputs × inputs]`
    weights: Vec<f64>,
    bias: Vec<f64>,
    activation: Option<Activation>,
}

/// `scale ∘ x + shift`, a number for each value or one for all.
#[derive(Debug)]
struct Diagonal {
    scale: Vec<f64>,
    shift: Vec<f64>,
}

impl Chain {
    /// Says how many numbers come in.
    pub(crate) fn takes(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Says that the file computes in double precision.
    pub(crate) fn is_double(&mut self) {
        self.double = true;
    }

    /// How many numbers come out now, where it is known.
    pub(crate) fn gives(&self) -> Option<usize> {
        let many = |diagonal: &Diagonal| match diagonal.scale.len().max(diagonal.shift.len()) {
            1 => None,
            many => Some(many),
        };
        let last = self.layers.last().map(|open| open.bias.len());
        last.or(self.width).or_else(|| self.pending.as_ref().and_then(many))
    }

    /// Adds a dense layer of weights `[outputs × inputs]` and a bias `[outputs]`.
    ///
    /// # Errors
    /// A few words that say what does not fit.
    pub(crate) fn dense(
        &mut self,
        mut weights: Vec<f64>,
        mut bias: Vec<f64>,
    ) -> Result<(), String> {
        let inputs = weights.len() / bias.len().max(1);
        if inputs == 0 || inputs * bias.len() != weights.len() {
            return Err("a dense layer without numbers".to_owned());
        }
        match self.gives() {
            Some(given) if given != inputs => {
                return Err(format!("a layer for {inputs} numbers behind one that gives {given}"));
            }
            _ => {}
        }
        if let Some(pending) = self.pending.take() {
            let (scale, shift) = (pending.scale, pending.shift);
            let first = self.layers.is_empty();
            // A mean may be a hundred standard deviations: in the bias of a layer that sums it would
            // cost as many digits. So a first layer takes it off.
            let centred: Vec<f64> = (0..inputs)
                .map(|at| of(&shift, at) / of(&scale, at))
                .map(|centre| if first && centre.is_finite() { centre } else { 0.0 })
                .collect();
            for (row, bias) in weights.chunks_exact_mut(inputs).zip(&mut bias) {
                for (at, weight) in row.iter_mut().enumerate() {
                    let (scale, shift) = (of(&scale, at), of(&shift, at));
                    if centred[at] == 0.0 {
                        *bias += *weight * shift;
                    }
                    *weight *= scale;
                }
            }
            if centred.iter().any(|&centre| centre != 0.0) {
                self.diagonal(inputs, &[1.0], &centred)?;
            }
        }
        self.layers.push(Open { weights, bias, activation: None });
        Ok(())
    }

    /// Multiplies by and adds a number for each value, or one for all.
    ///
    /// # Errors
    /// A few words, where these are not as many as the values.
    pub(crate) fn affine(&mut self, scale: &[f64], shift: &[f64]) -> Result<(), String> {
        let many = [scale.len(), shift.len()].into_iter().find(|&many| many != 1);
        if let (Some(many), Some(given)) = (many, self.gives())
            && many != given
        {
            return Err(format!("{many} constants for {given} numbers"));
        }
        match self.layers.last_mut() {
            Some(Open { weights, bias, activation: None }) if self.pending.is_none() => {
                let inputs = weights.len() / bias.len();
                let rows = weights.chunks_exact_mut(inputs).zip(bias).enumerate();
                for (at, (row, bias)) in rows {
                    let factor = of(scale, at);
                    row.iter_mut().for_each(|weight| *weight *= factor);
                    *bias = *bias * factor + of(shift, at);
                }
            }
            _ => {
                let before = self.pending.take();
                let one = Diagonal { scale: vec![1.0], shift: vec![0.0] };
                let before = before.unwrap_or(one);
                let many = [&before.scale, &before.shift].map(Vec::len).into_iter().max();
                let count = many.unwrap_or(1).max(scale.len()).max(shift.len());
                let scales = (0..count).map(|at| of(&before.scale, at) * of(scale, at)).collect();
                let moved = |at| of(&before.shift, at) * of(scale, at) + of(shift, at);
                let shifts = (0..count).map(moved).collect();
                self.pending = Some(Diagonal { scale: scales, shift: shifts });
            }
        }
        Ok(())
    }

    /// Applies an activation.
    ///
    /// # Errors
    /// A few words, where it is not known of how many numbers.
    pub(crate) fn activate(&mut self, activation: Activation) -> Result<(), String> {
        if activation == Activation::Linear {
            return Ok(());
        }
        if self.pending.is_none()
            && let Some(open) = self.layers.last_mut()
            && open.activation.is_none()
        {
            open.activation = Some(activation);
            return Ok(());
        }
        self.settle()?;
        if let Some(open) = self.layers.last_mut() {
            open.activation = Some(activation);
        }
        Ok(())
    }

    /// Does a step.
    ///
    /// # Errors
    /// A few words that say what does not fit.
    pub(crate) fn step(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Dense { weights, bias } => self.dense(weights, bias),
            Step::Affine { scale, shift } => self.affine(&scale, &shift),
            Step::Activation(activation) => self.activate(activation),
        }
    }

    /// The network.
    ///
    /// # Errors
    /// [`FormatError::Network`].
    pub(crate) fn network(mut self) -> Result<Network, FormatError> {
        let wrong = FormatError::Network;
        if self.pending.is_some() {
            self.settle().map_err(wrong)?;
        }
        let double = self.double;
        // What was folded is as exact as what it was folded from: the formats in which it may be
        // written again have single precision.
        let exact = |numbers: Vec<f64>| match double {
            true => numbers,
            false => numbers.into_iter().map(|x| f64::from(x as f32)).collect(),
        };
        let layer = |(at, open): (usize, Open)| {
            let activation = open.activation.unwrap_or(Activation::Linear);
            Layer::new(exact(open.weights), exact(open.bias), activation)
                .map_err(|what| wrong(format!("layer {at}: {what}")))
        };
        let layers = self.layers.into_iter().enumerate().map(layer).collect::<Result<_, _>>()?;
        Network::new(layers).map_err(wrong)
    }

    /// Makes a layer of what is pending, or one that changes nothing.
    fn settle(&mut self) -> Result<(), String> {
        let Some(count) = self.gives() else {
            return Err("a first layer that does not say how many numbers it takes".to_owned());
        };
        let pending = self.pending.take();
        let (scale, shift) = pending.map_or((vec![1.0], vec![0.0]), |one| (one.scale, one.shift));
        self.diagonal(count, &scale, &shift)
    }

    /// Adds a layer in which each output has one input.
    fn diagonal(&mut self, count: usize, scale: &[f64], shift: &[f64]) -> Result<(), String> {
        // How many come in a file may say as it likes.
        let made = count.checked_mul(count).and_then(|numbers| numbers.checked_add(self.made));
        let made = made.filter(|&made| made <= MOST_MADE);
        self.made =
            made.ok_or_else(|| format!("scaling of {count} numbers that no layer takes"))?;
        let element =
            |at: usize| if at / count == at % count { of(scale, at / count) } else { 0.0 };
        let weights = (0..count * count).map(element).collect();
        let bias = (0..count).map(|at| of(shift, at)).collect();
        self.layers.push(Open { weights, bias, activation: None });
        Ok(())
    }
}

/// The number for a value: its own, or the one for all.
fn of(numbers: &[f64], at: usize) -> f64 {
    match numbers {
        &[one] => one,
        many => many.get(at).copied().unwrap_or(f64::NAN),
    }
}
