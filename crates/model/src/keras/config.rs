//! What Keras says of a model, as JSON: the layers that its numbers go through, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{advice, broken, quoted, refused};
use crate::FormatError;

/// How deep models stand in models at most.
const DEEPEST: usize = 16;

/// A layer, and where its weights are.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub(super) class: String,
    pub(super) name: String,
    pub(super) config: Map<String, Value>,
    /// The groups that it is in, in a `.keras` archive: of models, then its own.
    pub(super) groups: Vec<String>,
    /// The layer of the whole model that it is, or is in.
    pub(super) top: String,
    /// Of an operation of `keras.ops` on a value and a constant: that, and whether it comes first.
    pub(super) constant: Option<(Value, bool)>,
}

/// The layers of a model, in the order in which its numbers go through them.
///
/// # Errors
/// A [`FormatError`] that names what judder does not know.
pub(super) fn layers(text: &str) -> Result<Vec<Layer>, FormatError> {
    let wrong = |error: serde_json::Error| broken(format!("its configuration: {error}"));
    let model: Value = serde_json::from_str(text).map_err(wrong)?;
    let mut layers = Vec::new();
    let class = class(&model)?;
    if !is_model(&class) {
        let what = format!("a model of the class {}", quoted(&class));
        return Err(refused(what, advice::OWN_CLASS));
    }
    walk(&model, &class, &[], None, &mut layers)?;
    Ok(layers)
}

fn is_model(class: &str) -> bool {
    matches!(class, "Sequential" | "Functional" | "Model")
}

/// The class that an object says it is of.
fn class(object: &Value) -> Result<String, FormatError> {
    let class = object.get("class_name").and_then(Value::as_str);
    class.map(str::to_owned).ok_or_else(|| broken("its configuration: a layer has no class_name"))
}

/// Adds the layers of a model, and of the models in it.
fn walk(
    model: &Value,
    class_name: &str,
    groups: &[String],
    top: Option<&str>,
    layers: &mut Vec<Layer>,
) -> Result<(), FormatError> {
    if groups.len() > DEEPEST {
        return Err(refused("models in models in models", "leave out what is between"));
    }
    let config = model.get("config").unwrap_or(&Value::Null);
    // Before Keras 2.2.3 a Sequential model was the list alone.
    let all = config.as_array().or_else(|| config.get("layers")?.as_array());
    let Some(all) = all else {
        return Err(broken("its configuration: a model has no list of layers"));
    };
    // Groups are called by class and number, in the order of the list.
    let mut counts = BTreeMap::<String, usize>::new();
    let mut there = Vec::new();
    let mut names = BTreeSet::new();
    for one in all {
        let class = class(one)?;
        let config = one.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        let name = one.get("name").or_else(|| config.get("name")).and_then(Value::as_str);
        let Some(name) = name.map(str::to_owned) else {
            return Err(broken("its configuration: a layer has no name"));
        };
        if !names.insert(name.clone()) {
            return Err(broken(format!("there are two layers {}", quoted(&name))));
        }
        let word = snake(&class);
        let count = counts.entry(word.clone()).or_default();
        let group = if *count == 0 { word } else { format!("{word}_{count}") };
        *count += 1;
        there.push((one, class, name, config, group));
    }
    let order: Vec<usize> = match class_name {
        "Sequential" => (0..there.len()).collect(),
        _ => {
            let inbound =
                there.iter().map(|(one, _, name, ..)| (name.as_str(), one.get("inbound_nodes")));
            order(&inbound.collect::<Vec<_>>(), config)?
        }
    };
    for at in order {
        let Some((one, class, name, config, group)) = there.get(at) else { continue };
        let groups = [groups, std::slice::from_ref(group)].concat();
        let top = top.unwrap_or(name);
        if is_model(class) {
            walk(one, class, &groups, Some(top), layers)?;
            continue;
        }
        let (class, name, config) = (class.clone(), name.clone(), config.clone());
        let constant = constant(one);
        layers.push(Layer { class, name, config, groups, top: top.to_owned(), constant });
    }
    Ok(())
}

/// The order in which numbers go through the layers of a functional model.
fn order(layers: &[(&str, Option<&Value>)], config: &Value) -> Result<Vec<usize>, FormatError> {
    let ends = |what: &str| {
        let mut names = BTreeSet::new();
        ends(config.get(what).unwrap_or(&Value::Null), &mut names);
        let count = names.len();
        let first = names.into_iter().next().filter(|_| count == 1);
        first.ok_or_else(|| {
            let what = what.replace("_layers", "s");
            refused(format!("a model of {count} {what}"), advice::ONE_CHAIN)
        })
    };
    let (input, output) = (ends("input_layers")?, ends("output_layers")?);
    let mut followers = BTreeMap::<&str, Vec<usize>>::new();
    let mut calls = BTreeMap::<usize, usize>::new();
    let mut sources = Vec::new();
    for (at, (name, inbound)) in layers.iter().enumerate() {
        let nodes = inbound.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        calls.insert(at, nodes.len());
        sources.clear();
        for node in nodes {
            inputs(node, &mut sources);
        }
        if sources.len() > 1 {
            let what =
                if nodes.len() > 1 { "is used in several places" } else { "takes several values" };
            let what = format!("the layer {}, which {what}", quoted(name));
            return Err(refused(what, advice::ONE_CHAIN));
        }
        for &source in &sources {
            followers.entry(source).or_default().push(at);
        }
    }
    let place = |wanted: &str| layers.iter().position(|(name, _)| *name == wanted);
    let missing =
        |name: &str| broken(format!("its configuration: there is no layer {}", quoted(name)));
    let mut at = place(&input).ok_or_else(|| missing(&input))?;
    let mut order = vec![at];
    while layers.get(at).is_some_and(|(name, _)| *name != output) {
        let name = layers.get(at).map_or("", |(name, _)| name);
        at = match followers.get(name).map(Vec::as_slice) {
            Some(&[next]) => next,
            None | Some([]) => {
                let name = quoted(name);
                return Err(broken(format!("its configuration: nothing takes what {name} gives")));
            }
            Some(several) => {
                let what =
                    format!("the layer {}, which {} others take", quoted(name), several.len());
                return Err(refused(what, advice::ONE_CHAIN));
            }
        };
        if order.contains(&at) {
            return Err(broken("its configuration: its layers go round in a circle"));
        }
        order.push(at);
    }
    Ok(order)
}

/// The layers that a node takes values of: `["NAME", 0, 0, …]` in Keras 2, `keras_history` in Keras 3.
fn inputs<'a>(node: &'a Value, names: &mut Vec<&'a str>) {
    match node {
        Value::Array(list) => match (list.first(), list.get(1), list.get(2)) {
            (Some(Value::String(name)), Some(Value::Number(_)), Some(Value::Number(_))) => {
                names.push(name);
            }
            _ => list.iter().for_each(|one| inputs(one, names)),
        },
        Value::Object(fields) => match fields.get("keras_history") {
            Some(history) => inputs(history, names),
            None => fields.values().for_each(|one| inputs(one, names)),
        },
        _ => {}
    }
}

/// The constant that an operation takes beside a value.
fn constant(layer: &Value) -> Option<(Value, bool)> {
    let args = layer.get("inbound_nodes")?.get(0)?.get("args")?.as_array()?;
    let is_value = |arg: &Value| {
        let mut names = Vec::new();
        inputs(arg, &mut names);
        !names.is_empty()
    };
    match args.as_slice() {
        [value, constant] if is_value(value) && !is_value(constant) => {
            Some((constant.clone(), false))
        }
        [constant, value] if is_value(value) && !is_value(constant) => {
            Some((constant.clone(), true))
        }
        _ => None,
    }
}

/// The names in `input_layers` and `output_layers`.
fn ends(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => match list.first() {
            Some(Value::String(name)) => drop(names.insert(name.clone())),
            _ => list.iter().for_each(|one| ends(one, names)),
        },
        Value::Object(fields) => fields.values().for_each(|one| ends(one, names)),
        _ => {}
    }
}

/// The name of a class as Keras makes groups of it: `BatchNormalization` is `batch_normalization`,
/// `PReLU` is `p_re_lu`.
fn snake(class: &str) -> String {
    let letters: Vec<char> = class.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let behind = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase() || behind.is_some_and(|behind| behind.is_lowercase())
            });
        if starts {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::snake;

    /// As Keras 3.15.1 writes them.
    #[test]
    fn groups_are_called_by_their_class() {
        for (class, group) in [
            ("Dense", "dense"),
            ("BatchNormalization", "batch_normalization"),
            ("PReLU", "p_re_lu"),
            ("LeakyReLU", "leaky_re_lu"),
            ("ELU", "elu"),
            ("Sequential", "sequential"),
        ] {
            assert_eq!(snake(class), group);
        }
    }
}
