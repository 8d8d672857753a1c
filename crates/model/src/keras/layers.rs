//! What the layers of Keras do to the numbers of a row.

use serde_json::Value;

use super::activation;
use super::config::Layer;
use super::weights::{Numbers, Weights};
use super::{advice, broken, quoted, refused, unsupported};
use crate::FormatError;
use crate::chain::Chain;

/// Layers that do nothing but in training.
const IDLE: [&str; 8] = [
    "ActivityRegularization",
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "InputLayer",
    "SpatialDropout1D",
];

/// The least that a Normalization divides by.
const LEAST_DEVIATION: f64 = 1e-7;

/// A network in the making.
pub(super) struct Layers {
    pub(super) chain: Chain,
    weights: Weights,
    /// Whether its numbers are one row, not several.
    is_row: bool,
    begun: bool,
    /// What is not as the tool does it.
    pub(super) notes: Vec<String>,
}

impl Layers {
    pub(super) fn new(weights: Weights) -> Self {
        Self { chain: Chain::default(), weights, is_row: true, begun: false, notes: Vec::new() }
    }

    /// Adds what a layer does.
    ///
    /// # Errors
    /// A [`FormatError`] that names the layer and what judder does not know.
    pub(super) fn push(&mut self, layer: &Layer) -> Result<(), FormatError> {
        self.begin(layer);
        self.check_type(layer)?;
        let class = layer.class.as_str();
        if IDLE.contains(&class) {
            return Ok(());
        }
        if let Some(activation) = activation::of_layer(class, &layer.config, &layer.name)? {
            return self.chain.activate(activation).map_err(|what| wrong(layer, &what));
        }
        if let Some((constant, is_first)) = &layer.constant
            && let Some((scale, shift)) =
                arithmetic(class, row(Some(constant), f64::NAN), *is_first)
        {
            return self.affine(layer, scale, shift);
        }
        match class {
            "Flatten" => {
                self.is_row = true;
                return Ok(());
            }
            "Reshape" => return self.reshape(layer),
            "Rescaling" => {
                let of = |name: &str, otherwise| row(layer.config.get(name), otherwise);
                let (scale, shift) = (of("scale", 1.0), of("offset", 0.0));
                return self.affine(layer, scale, shift);
            }
            _ => {}
        }
        if !self.is_row {
            let what = format!("the layer {} of several rows", quoted(&layer.name));
            return Err(refused(what, "put a `Flatten` before it, or leave out the `Reshape`"));
        }
        match class {
            "Dense" => self.dense(layer),
            "Normalization" => self.normalization(layer),
            "BatchNormalization" => self.batch_normalization(layer),
            "PReLU" => self.prelu(layer),
            _ => {
                let what = format!("a layer {} ({})", quoted(class), quoted(&layer.name));
                Err(refused(what, advice::of_class(class)))
            }
        }
    }

    /// Says how many numbers come in, if the first layer does.
    fn begin(&mut self, layer: &Layer) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let shape =
            ["batch_shape", "batch_input_shape"].iter().find_map(|&name| layer.config.get(name));
        let sizes = shape.and_then(Value::as_array).and_then(|shape| shape.get(1..));
        let sizes: Option<Vec<usize>> = sizes
            .and_then(|sizes| sizes.iter().map(|n| usize::try_from(n.as_u64()?).ok()).collect());
        if let Some(sizes) = sizes.filter(|sizes| !sizes.is_empty()) {
            self.is_row = sizes.iter().filter(|&&n| n != 1).count() <= 1;
            if let Some(width) = sizes.iter().try_fold(1usize, |all, &n| all.checked_mul(n)) {
                self.chain.takes(width);
            }
        }
    }

    /// That it computes in single or double precision.
    fn check_type(&mut self, layer: &Layer) -> Result<(), FormatError> {
        let Some(said) = layer.config.get("dtype") else { return Ok(()) };
        let policy = said.get("config").and_then(|config| config.get("name"));
        let kind = said.as_str().or_else(|| policy.and_then(Value::as_str)).unwrap_or("float32");
        match kind {
            "float32" => Ok(()),
            "float64" => {
                self.chain.is_double();
                Ok(())
            }
            "float16" | "bfloat16" | "mixed_float16" | "mixed_bfloat16" => {
                let note =
                    format!("arithmetic in {kind}: judder computes in single or double precision");
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
                Ok(())
            }
            other => {
                let what = format!("the layer {} in {}", quoted(&layer.name), quoted(other));
                Err(refused(what, advice::PRECISION))
            }
        }
    }

    /// The numbers of a variable, if it is there.
    fn variable(
        &mut self,
        layer: &Layer,
        variable: &str,
        number: usize,
    ) -> Result<Option<Numbers>, FormatError> {
        let found = self.weights.get(layer, variable, number)?;
        if let Some(numbers) = &found {
            if numbers.is_double {
                self.chain.is_double();
            }
            if !numbers.values.iter().all(|x| x.is_finite()) {
                let name = quoted(&layer.name);
                let what = format!("the layer {name}: there is a number that is not finite");
                return Err(FormatError::Network(what));
            }
        }
        Ok(found)
    }

    /// The numbers of a variable that has to be there.
    fn need(
        &mut self,
        layer: &Layer,
        variable: &str,
        number: usize,
        count: Option<usize>,
    ) -> Result<Vec<f64>, FormatError> {
        let found = self.variable(layer, variable, number)?;
        let lacks = |what: &str| broken(format!("the layer {} has no {what}", quoted(&layer.name)));
        let Numbers { shape, values, .. } = found.ok_or_else(|| lacks(variable))?;
        match count {
            Some(count) if shape != [count] => {
                Err(lacks(&format!("{variable} of {count} numbers")))
            }
            _ => Ok(values),
        }
    }

    fn dense(&mut self, layer: &Layer) -> Result<(), FormatError> {
        let name = quoted(&layer.name);
        let units = layer.config.get("units").and_then(Value::as_u64);
        let Some(units) = units.and_then(|units| usize::try_from(units).ok()) else {
            return Err(broken(format!("the layer {name} does not say how many units it has")));
        };
        let use_bias = layer.config.get("use_bias").and_then(Value::as_bool).unwrap_or(true);
        let activation =
            activation::said(layer.config.get("activation").unwrap_or(&Value::Null), &layer.name)?;
        let kernel = self.variable(layer, "kernel", 0)?;
        let known: &[&str] = if use_bias { &["kernel", "bias"] } else { &["kernel"] };
        if let Some(other) = self.weights.other(layer, known) {
            return Err(unsupported(format!("{} in the layer {name}", quoted(&other))));
        }
        let lacks = |what: &str| broken(format!("the layer {name} has no {what}"));
        let unbuilt = "kernel: call the model once on features, `model(x)`, and save it again";
        let Numbers { shape, values: kernel, .. } = kernel.ok_or_else(|| lacks(unbuilt))?;
        let &[inputs, outputs] = shape.as_slice() else { return Err(lacks("kernel of rows")) };
        if outputs != units {
            return Err(lacks(&format!("kernel of {units} columns")));
        }
        let bias = match use_bias {
            true => self.need(layer, "bias", 1, Some(units))?,
            false => vec![0.0; units],
        };
        // Keras has a row for each input.
        let at = |to: usize| kernel.get(to % inputs * outputs + to / inputs).copied();
        let transposed = (0..kernel.len()).filter_map(at).collect();
        self.chain.dense(transposed, bias).map_err(|what| wrong(layer, &what))?;
        self.chain.activate(activation).map_err(|what| wrong(layer, &what))
    }

    /// (x - mean) / max(√variance, 1e-7), or the other way round.
    fn normalization(&mut self, layer: &Layer) -> Result<(), FormatError> {
        let given = |name: &str| layer.config.get(name).filter(|value| !value.is_null());
        let (mean, variance) = match (given("mean"), given("variance")) {
            (Some(mean), Some(variance)) => (row(Some(mean), 0.0), row(Some(variance), 1.0)),
            _ => {
                let mean = self.variable(layer, "mean", 0)?;
                let variance = self.variable(layer, "variance", 1)?;
                let (Some(mean), Some(variance)) = (mean, variance) else {
                    let what =
                        format!("the layer {}, which was never adapted", quoted(&layer.name));
                    return Err(refused(what, "call `adapt(features)` on it before saving"));
                };
                (mean.values, variance.values)
            }
        };
        if let Some(other) = variance.iter().find(|&&one| !(one >= 0.0 && one.is_finite())) {
            let name = quoted(&layer.name);
            return Err(FormatError::Network(format!(
                "the layer {name}: there is a variance of {other}"
            )));
        }
        let deviation: Vec<f64> =
            variance.iter().map(|variance| variance.sqrt().max(LEAST_DEVIATION)).collect();
        let invert = layer.config.get("invert").and_then(Value::as_bool).unwrap_or(false);
        if invert {
            return self.affine(layer, deviation, mean);
        }
        self.affine(layer, vec![1.0], mean.iter().map(|mean| -mean).collect())?;
        self.affine(layer, deviation.iter().map(|one| one.recip()).collect(), vec![0.0])
    }

    /// γ (x - mean) / √(variance + ε) + β
    fn batch_normalization(&mut self, layer: &Layer) -> Result<(), FormatError> {
        let is = |name: &str| layer.config.get(name).and_then(Value::as_bool).unwrap_or(true);
        let epsilon = layer.config.get("epsilon").and_then(Value::as_f64).unwrap_or(1e-3);
        let mut number = 0;
        let mut next = |layers: &mut Self, variable: &str| {
            number += 1;
            layers.need(layer, variable, number - 1, None)
        };
        let gamma = if is("scale") { next(self, "gamma")? } else { vec![1.0] };
        let beta = if is("center") { next(self, "beta")? } else { vec![0.0] };
        let mean = next(self, "moving_mean")?;
        let variance = next(self, "moving_variance")?;
        let count = mean.len();
        let fits = |values: &Vec<f64>| values.len() == 1 || values.len() == count;
        if variance.len() != count || !fits(&gamma) || !fits(&beta) {
            return Err(broken(format!(
                "the layer {} has variables of unlike lengths",
                quoted(&layer.name)
            )));
        }
        if let Some(other) = variance.iter().find(|&&one| one + epsilon <= 0.0) {
            let name = quoted(&layer.name);
            return Err(FormatError::Network(format!(
                "the layer {name}: there is a variance of {other}"
            )));
        }
        let gamma = gamma.iter().cycle();
        let scale = variance.iter().zip(gamma).map(|(v, gamma)| gamma / (v + epsilon).sqrt());
        let scale = scale.collect();
        self.affine(layer, vec![1.0], mean.iter().map(|mean| -mean).collect())?;
        self.affine(layer, scale, beta)
    }

    fn prelu(&mut self, layer: &Layer) -> Result<(), FormatError> {
        let slopes = self.need(layer, "alpha", 0, None)?;
        let (Some(&slope), true) =
            (slopes.first(), slopes.iter().all(|&one| Some(&one) == slopes.first()))
        else {
            let what = format!("the layer {} with a slope for each number", quoted(&layer.name));
            let way = "`PReLU(shared_axes=[1])` has one for all, and is read";
            return Err(refused(what, way));
        };
        let activation = judder_core::Activation::LeakyRelu(slope as f32);
        self.chain.activate(activation).map_err(|what| wrong(layer, &what))
    }

    fn reshape(&mut self, layer: &Layer) -> Result<(), FormatError> {
        let sizes = layer.config.get("target_shape").and_then(Value::as_array);
        let longer = |sizes: &Vec<Value>| sizes.iter().filter(|n| n.as_i64() != Some(1)).count();
        self.is_row = sizes.is_some_and(|sizes| longer(sizes) <= 1);
        Ok(())
    }

    fn affine(
        &mut self,
        layer: &Layer,
        scale: Vec<f64>,
        shift: Vec<f64>,
    ) -> Result<(), FormatError> {
        self.chain.affine(&scale, &shift).map_err(|what| wrong(layer, &what))
    }
}

/// What arithmetic with a constant multiplies by and adds.
fn arithmetic(class: &str, row: Vec<f64>, is_first: bool) -> Option<(Vec<f64>, Vec<f64>)> {
    let each = |of: fn(f64) -> f64| row.iter().map(|&x| of(x)).collect::<Vec<_>>();
    Some(match (class, is_first) {
        ("Add", _) => (vec![1.0], row),
        ("Subtract", false) => (vec![1.0], each(|x| -x)),
        ("Subtract", true) => (vec![-1.0], row),
        ("Multiply", _) => (row, vec![0.0]),
        ("Divide" | "TrueDivide", false) => (each(f64::recip), vec![0.0]),
        _ => return None,
    })
}

/// What does not fit, and in which layer.
fn wrong(layer: &Layer, what: &str) -> FormatError {
    unsupported(format!("{what}, at the layer {}", quoted(&layer.name)))
}

/// The numbers of a value, a list in lists or one.
fn row(value: Option<&Value>, otherwise: f64) -> Vec<f64> {
    fn gather(value: &Value, into: &mut Vec<f64>) {
        match value {
            Value::Array(list) => list.iter().for_each(|one| gather(one, into)),
            // Keras 3 says arrays as objects that hold a list.
            Value::Object(fields) => {
                let value = fields.get("value").or_else(|| fields.get("config")?.get("value"));
                value.into_iter().for_each(|one| gather(one, into));
            }
            other => into.extend(other.as_f64()),
        }
    }
    let mut numbers = Vec::new();
    value.into_iter().for_each(|value| gather(value, &mut numbers));
    if numbers.is_empty() { vec![otherwise] } else { numbers }
}
