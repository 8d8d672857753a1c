//! What Keras says of a model, as JSON.

use std::collections::BTreeSet;

use judder_core::Activation;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{broken, quoted, unsupported};
use crate::FormatError;

/// A dense layer, as the model has it.
#[derive(Debug)]
pub(super) struct Dense {
    pub(super) name: String,
    pub(super) units: usize,
    pub(super) activation: Activation,
    pub(super) use_bias: bool,
}

/// The layers of a model.
#[derive(Debug)]
pub(super) struct Sequential {
    pub(super) dense: Vec<Dense>,
    /// The names of all layers.
    pub(super) names: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Object<'a> {
    class_name: String,
    #[serde(borrow)]
    config: &'a RawValue,
}

#[derive(Deserialize)]
struct Layers<'a> {
    #[serde(borrow)]
    layers: Vec<Object<'a>>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    name: String,
    units: Option<usize>,
    use_bias: Option<bool>,
    #[serde(borrow)]
    activation: Option<&'a RawValue>,
    #[serde(borrow)]
    dtype: Option<&'a RawValue>,
}

/// A type that Keras 3 says as an object.
#[derive(Deserialize)]
struct Policy {
    config: Named,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Reads the text of `model_config`.
///
/// # Errors
/// A [`FormatError`] that names what judder does not know.
pub(super) fn sequential(text: &str) -> Result<Sequential, FormatError> {
    let wrong = |error: serde_json::Error| broken(format!("its model_config: {error}"));
    let model: Object<'_> = serde_json::from_str(text).map_err(wrong)?;
    if model.class_name != "Sequential" {
        return Err(unsupported(format!("a model of the class {}", quoted(&model.class_name))));
    }
    // Before Keras 2.2.3 it was the list alone.
    let layers: Vec<Object<'_>> = if model.config.get().starts_with('[') {
        serde_json::from_str(model.config.get()).map_err(wrong)?
    } else {
        serde_json::from_str::<Layers<'_>>(model.config.get()).map_err(wrong)?.layers
    };
    let (mut dense, mut names) = (Vec::new(), BTreeSet::new());
    for layer in layers {
        if !matches!(layer.class_name.as_str(), "Dense" | "Dropout" | "InputLayer") {
            return Err(unsupported(format!("a layer {}", quoted(&layer.class_name))));
        }
        let fields: Fields<'_> = serde_json::from_str(layer.config.get()).map_err(wrong)?;
        let name = quoted(&fields.name);
        if layer.class_name == "Dense" {
            dense.push(read_dense(&fields)?);
        }
        if !names.insert(fields.name) {
            return Err(broken(format!("there are two layers {name}")));
        }
    }
    Ok(Sequential { dense, names })
}

fn read_dense(fields: &Fields<'_>) -> Result<Dense, FormatError> {
    let name = quoted(&fields.name);
    let Some(units) = fields.units else {
        return Err(broken(format!("the layer {name} does not say how many units it has")));
    };
    let activation = match fields.activation {
        None => Activation::Linear,
        Some(said) => {
            let word = serde_json::from_str::<String>(said.get());
            let known = word.as_ref().ok().and_then(|word| word.parse().ok());
            known.ok_or_else(|| {
                let said = quoted(word.as_deref().unwrap_or(said.get()));
                unsupported(format!("the activation {said} of the layer {name}"))
            })?
        }
    };
    if let Some(said) = fields.dtype {
        let kind = serde_json::from_str::<String>(said.get());
        let policy = || serde_json::from_str::<Policy>(said.get()).map(|said| said.config.name);
        let kind = kind.or_else(|_| policy()).unwrap_or_else(|_| said.get().to_owned());
        if !matches!(kind.as_str(), "float32" | "float64") {
            return Err(unsupported(format!("the layer {name} in {}", quoted(&kind))));
        }
    }
    let use_bias = fields.use_bias.unwrap_or(true);
    Ok(Dense { name: fields.name.clone(), units, activation, use_bias })
}
