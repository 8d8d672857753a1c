//! The activations of Keras, by their words and as layers.

use judder_core::Activation;
use serde_json::{Map, Value};

use super::{advice, quoted, refused};
use crate::FormatError;

/// The activation that a layer's `activation` says: a word, a function, or a layer.
pub(super) fn said(value: &Value, layer: &str) -> Result<Activation, FormatError> {
    let unknown = |shown: &str| {
        let what = format!("the activation {} of the layer {}", quoted(shown), quoted(layer));
        refused(what, advice::ACTIVATIONS)
    };
    match value {
        Value::Null => Ok(Activation::Linear),
        Value::String(word) => word_of(word).ok_or_else(|| unknown(word)),
        Value::Object(fields) => {
            let class = fields.get("class_name").and_then(Value::as_str).unwrap_or_default();
            if class == "function" {
                let word = fields.get("config").and_then(Value::as_str).unwrap_or_default();
                return word_of(word).ok_or_else(|| unknown(word));
            }
            let config = fields.get("config").and_then(Value::as_object).cloned();
            of_layer(class, &config.unwrap_or_default(), layer)?
                .ok_or_else(|| unknown(if class.is_empty() { "?" } else { class }))
        }
        other => Err(unknown(&other.to_string())),
    }
}

/// The activation of a word, with Keras 3's parameters.
fn word_of(word: &str) -> Option<Activation> {
    Some(match word {
        "linear" => Activation::Linear,
        "relu" => Activation::Relu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        "leaky_relu" => Activation::LeakyRelu(0.2),
        "elu" => Activation::Elu(1.0),
        "selu" => Activation::Selu,
        "softplus" => Activation::Softplus,
        "silu" | "swish" => Activation::Silu,
        "gelu" => Activation::Gelu,
        _ => return None,
    })
}

/// The activation that a layer is, or an operation of `keras.ops`.
pub(super) fn of_layer(
    class: &str,
    config: &Map<String, Value>,
    name: &str,
) -> Result<Option<Activation>, FormatError> {
    let number = |names: &[&str], otherwise: f64| {
        let found = names.iter().find_map(|&name| config.get(name).filter(|one| !one.is_null()));
        match found {
            None => Ok(otherwise),
            Some(value) => value.as_f64().ok_or_else(|| {
                refused(format!("the layer {} with {value}", quoted(name)), advice::ACTIVATIONS)
            }),
        }
    };
    Ok(Some(match class {
        "Activation" => {
            return said(config.get("activation").unwrap_or(&Value::Null), name).map(Some);
        }
        "ReLU" | "Relu" => {
            let other = |what: &str| {
                let way = "judder has `ReLU()` and `LeakyReLU(negative_slope)`: use one of these, \
                           and train again";
                refused(format!("the layer {} with a {what}", quoted(name)), way)
            };
            if config.get("max_value").is_some_and(|most| !most.is_null()) {
                return Err(other("max_value"));
            }
            if number(&["threshold"], 0.0)? != 0.0 {
                return Err(other("threshold"));
            }
            match number(&["negative_slope"], 0.0)? {
                0.0 => Activation::Relu,
                slope => Activation::LeakyRelu(slope as f32),
            }
        }
        "LeakyReLU" | "LeakyRelu" => {
            let otherwise = if class == "LeakyRelu" { 0.2 } else { 0.3 };
            Activation::LeakyRelu(number(&["negative_slope", "alpha"], otherwise)? as f32)
        }
        "ELU" | "Elu" => Activation::Elu(number(&["alpha"], 1.0)? as f32),
        "Selu" => Activation::Selu,
        "Sigmoid" => Activation::Sigmoid,
        "Tanh" => Activation::Tanh,
        "Softplus" => Activation::Softplus,
        "Silu" => Activation::Silu,
        "Gelu" => match config.get("approximate").and_then(Value::as_bool) {
            Some(false) => Activation::Gelu,
            None | Some(true) => Activation::GeluTanh,
        },
        _ => return Ok(None),
    }))
}
