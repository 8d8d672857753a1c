//! A network in integers of eight bits.

use judder_core::{Activation, Dense, Error};

use crate::fixed_point::FixedPoint;
use crate::lookup::{self, Lookup};
use crate::{Layer, Network};

/// The largest bias; sums of products are at most 2^25, and stay with it below 2^30.
const LARGEST_BIAS: f64 = (1 << 29) as f64;

/// How integers stand for real numbers: `step (q - zero)`, as TensorFlow Lite has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steps {
    /// From one integer to the next.
    pub step: f32,
    /// The integer that stands for 0.
    pub zero: i8,
}

impl Steps {
    /// The steps over a range, widened so that it holds 0, and no finer than the given.
    pub(crate) fn over((least, most): (f64, f64), finest: f64) -> Result<Self, String> {
        let (least, most) = (least.min(0.0), most.max(0.0));
        let step = step(((most - least) / 255.0).max(finest))?;
        let zero = (-128.0 - least / f64::from(step)).round();
        Ok(Self { step, zero: zero as i8 })
    }

    /// The nearest integer; beyond the range, its end.
    pub fn quantise(self, x: f32) -> i8 {
        ((x / self.step).round() + f32::from(self.zero)) as i8
    }

    /// The number that an integer stands for.
    pub fn number(self, q: i8) -> f32 {
        self.step * f32::from(i16::from(q) - i16::from(self.zero))
    }
}

/// A step that float32 holds; any does where there is nothing but 0.
fn step(exact: f64) -> Result<f32, String> {
    match exact as f32 {
        _ if exact == 0.0 => Ok(1.0),
        step if step.is_normal() => Ok(step),
        _ => Err(format!("its numbers are too small or too large: a step would be {exact:e}")),
    }
}

/// A layer in integers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QuantisedLayer {
    /// `[outputs × inputs]`, from -127 to 127
    pub(crate) weights: Vec<i8>,
    /// How far apart they are.
    pub(crate) weight_step: f32,
    /// `[outputs]`, in steps of the inputs times those of the weights
    pub(crate) bias: Vec<i32>,
    pub(crate) activation: Activation,
    /// Of the sums, after `relu` and before any other activation.
    pub(crate) sums: Steps,
    /// From the steps of products to those of sums.
    rescale: FixedPoint,
    /// What the activation makes of them.
    lookup: Lookup,
}

impl QuantisedLayer {
    /// Of the outputs.
    pub(crate) fn outputs(&self) -> Steps {
        self.lookup.given
    }
}

/// How much further than the inputs it is made from a network's integers go: what is strange lies
/// outside of what is normal, and has to be seen there.
const HEADROOM: f64 = 2.0;

/// A network in integers of eight bits, as TensorFlow Lite for Microcontrollers runs it.
///
/// Each tensor has one step for all its numbers, so features of unlike size would be rounded
/// unlike: make it of a network of *standardised* features
/// ([`Autoencoder::standardised`](crate::Autoencoder::standardised)).
#[derive(Debug, Clone, PartialEq)]
pub struct Quantised {
    inputs: Steps,
    count: usize,
    layers: Vec<QuantisedLayer>,
}

impl Quantised {
    /// A network in integers, their ranges those that its numbers take for the given inputs:
    /// normal ones, as many as there are.
    ///
    /// # Errors
    /// A sentence that says what is wrong: no inputs, one of another length or not finite,
    /// numbers too small or too large for `f32`, an activation that has no kernel of integers.
    pub fn new<'r>(
        network: &Network,
        inputs: impl Iterator<Item = &'r [f64]>,
    ) -> Result<Self, String> {
        let activations = network.layers().iter().map(Layer::activation);
        if let Some(why) = activations.filter_map(lookup::refused).next() {
            return Err(why);
        }
        let ranges = ranges(network, inputs)?;
        let mut ranges = ranges.into_iter();
        let mut next = || ranges.next().unwrap_or((0.0, 0.0));
        let (low, high) = next();
        let inputs = Steps::over((HEADROOM * low, HEADROOM * high), 0.0)?;
        let (mut layers, mut steps) = (Vec::new(), inputs);
        for layer in network.layers() {
            let quantised = quantised(layer, steps, next())?;
            steps = quantised.outputs();
            layers.push(quantised);
        }
        Ok(Self { inputs, count: network.inputs(), layers })
    }

    /// How many numbers it takes.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The steps of what it takes.
    pub fn inputs(&self) -> Steps {
        self.inputs
    }

    /// Inputs as their integers stand for them: rounded, and kept within their range.
    pub fn taken(&self, features: &[f32]) -> Vec<f32> {
        features.iter().map(|&x| self.inputs.number(self.inputs.quantise(x))).collect()
    }

    /// The steps of what it gives.
    pub fn outputs(&self) -> Steps {
        self.layers.last().map_or(self.inputs, QuantisedLayer::outputs)
    }

    pub(crate) fn layers(&self) -> &[QuantisedLayer] {
        &self.layers
    }

    /// What the network makes of features: rounded to integers, run in these, and back.
    ///
    /// # Errors
    /// [`Error::Shape`] where their number is another.
    pub fn run(&self, features: &[f32]) -> Result<Vec<f32>, Error> {
        let integers: Vec<i8> = features.iter().map(|&x| self.inputs.quantise(x)).collect();
        let outputs = self.run_integers(&integers)?;
        Ok(outputs.into_iter().map(|q| self.outputs().number(q)).collect())
    }

    /// What the network makes of features in its steps, in its own.
    ///
    /// # Errors
    /// [`Error::Shape`] where their number is another.
    pub fn run_integers(&self, features: &[i8]) -> Result<Vec<i8>, Error> {
        if features.len() != self.count {
            return Err(Error::Shape { expected: self.count, found: features.len() });
        }
        let (mut numbers, mut steps) = (features.to_vec(), self.inputs);
        for layer in &self.layers {
            numbers = run(layer, &numbers, steps.zero);
            steps = layer.outputs();
        }
        Ok(numbers)
    }
}

/// The least and the most of the inputs, and of the sums of each layer: after `relu`, before any
/// other activation.
fn ranges<'r>(
    network: &Network,
    inputs: impl Iterator<Item = &'r [f64]>,
) -> Result<Vec<(f64, f64)>, String> {
    let wrong = |error: Error| error.to_string();
    let layers = network.layers().iter();
    let layers: Vec<Dense<'_, f64>> = layers
        .map(|one| Dense::new(one.weights(), one.bias(), Activation::Linear).map_err(wrong))
        .collect::<Result<_, _>>()?;
    let mut ranges = vec![(0.0, 0.0); layers.len() + 1];
    let mut widen = |at: usize, numbers: &[f64]| {
        for &x in numbers {
            let (least, most): (f64, f64) = ranges[at];
            ranges[at] = (least.min(x), most.max(x));
            if !((x as f32).is_finite() && ((most - least) as f32).is_finite()) {
                return Err("a number is too large, or not finite".to_owned());
            }
        }
        Ok(())
    };
    let mut rows = 0;
    for input in inputs {
        rows += 1;
        let mut numbers = input.to_vec();
        widen(0, &numbers)?;
        for (at, (layer, whole)) in layers.iter().zip(network.layers()).enumerate() {
            let mut sums = vec![0.0; layer.outputs()];
            layer.run(&numbers, &mut sums).map_err(wrong)?;
            let given: Vec<f64> = sums.iter().map(|&sum| whole.activation().of(sum)).collect();
            let is_fused = whole.activation() == Activation::Relu;
            widen(at + 1, if is_fused { &given } else { &sums })?;
            numbers = given;
        }
    }
    if rows == 0 {
        return Err("there are no inputs to find the ranges of its numbers from".to_owned());
    }
    Ok(ranges)
}

/// A layer in integers that takes numbers of these steps and gives sums of this range.
fn quantised(layer: &Layer, inputs: Steps, range: (f64, f64)) -> Result<QuantisedLayer, String> {
    let largest = |numbers: &[f64]| numbers.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    let input_step = f64::from(inputs.step);
    let bias_step = largest(layer.bias()) / LARGEST_BIAS;
    let weight_step = step((largest(layer.weights()) / 127.0).max(bias_step / input_step))?;
    let weight = |x: &f64| (x / f64::from(weight_step)).round() as i8;
    let product_step = input_step * f64::from(weight_step);
    step(product_step)?;
    let bias = |x: &f64| (x / product_step).round() as i32;
    // Sums are no finer than what they are sums of.
    let sums = Steps::over(range, product_step)?;
    Ok(QuantisedLayer {
        weights: layer.weights().iter().map(weight).collect(),
        weight_step,
        bias: layer.bias().iter().map(bias).collect(),
        activation: layer.activation(),
        sums,
        rescale: FixedPoint::new(product_step / f64::from(sums.step)),
        lookup: Lookup::of(layer.activation(), sums, range)?,
    })
}

/// The outputs of a layer, its inputs standing for 0 at `zero`.
fn run(layer: &QuantisedLayer, inputs: &[i8], zero: i8) -> Vec<i8> {
    let rows = layer.weights.chunks_exact(inputs.len().max(1));
    let output = |(row, &bias): (&[i8], &i32)| {
        let products = row
            .iter()
            .zip(inputs)
            .map(|(&weight, &input)| i32::from(weight) * (i32::from(input) - i32::from(zero)));
        let sum = products.sum::<i32>().saturating_add(bias);
        let rescaled = layer.rescale.times(sum) + i32::from(layer.sums.zero);
        // Sums of `relu` begin at -128, so that this is it.
        let sum = rescaled.clamp(i32::from(i8::MIN), i32::from(i8::MAX)) as i8;
        let at = usize::from((i16::from(sum) + 128) as u8);
        layer.lookup.table.get(at).copied().unwrap_or(sum)
    };
    rows.zip(&layer.bias).map(output).collect()
}
