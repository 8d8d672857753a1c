//! The weights of the layers, from the HDF5 file that Keras writes.

use hdf5_pure::{DType, Dataset, File, Group, Layout};

use super::config::{Dense, sequential};
use super::{broken, quoted, unsupported};
use crate::{Foreign, FormatError, Layer, Network};

const CONFIG: &str = "model_config";
const WEIGHTS: &str = "model_weights";

/// Attributes that say who wrote the file.
const PROVENANCE: [&str; 2] = ["backend", "keras_version"];

/// The most names that are told of what was ignored.
const MOST_NAMES: usize = 8;

/// A matrix or vector: its shape, and its numbers.
type Numbers = (Vec<usize>, Vec<f64>);

/// Reads the network.
pub(super) fn read(bytes: &[u8]) -> Result<Foreign, FormatError> {
    let file = File::from_bytes(bytes.to_vec()).map_err(broken)?;
    if file.superblock().eof_address > bytes.len() as u64 {
        return Err(broken("it is cut short"));
    }
    let root = file.root();
    let attributes = root.attrs().map_err(broken)?;
    let Some(config) = attributes.get(CONFIG) else {
        return Err(broken(
            "it has no attribute `model_config`; `model.save(\"model.h5\")` writes it, \
             `save_weights` does not",
        ));
    };
    let Some(config) = config.as_str() else { return Err(broken("its model_config is no text")) };
    let model = sequential(config)?;
    let weights = root.group(WEIGHTS).map_err(broken)?;
    for name in names(&weights, "layer_names")? {
        if !model.names.contains(&name) {
            let name = quoted(&name);
            return Err(broken(format!("there are weights of a layer {name}, but no such layer")));
        }
    }
    // One that stands in several places is read several times.
    let mut room = bytes.len();
    let layer = |dense: &Dense| layer(&weights, dense, &mut room);
    let layers = model.dense.iter().map(layer).collect::<Result<Vec<_>, _>>()?;
    let network = Network::new(layers).map_err(FormatError::Network)?;

    let mut ignored: Vec<String> = attributes.into_keys().collect();
    ignored.retain(|name| name != CONFIG && !PROVENANCE.contains(&name.as_str()));
    ignored.extend(root.groups().map_err(broken)?.into_iter().filter(|name| name != WEIGHTS));
    ignored.extend(root.datasets().map_err(broken)?);
    ignored.sort();
    let more = ignored.len().saturating_sub(MOST_NAMES);
    ignored.truncate(MOST_NAMES);
    ignored.iter_mut().for_each(|name| *name = quoted(name));
    if more > 0 {
        ignored.push(format!("{more} more"));
    }
    Ok(Foreign { network, metadata: None, ignored })
}

/// A list of names that stands beside a group.
fn names(group: &Group, list: &str) -> Result<Vec<String>, FormatError> {
    let attributes = group.attrs().map_err(broken)?;
    match attributes.get(list) {
        Some(found) => match found.as_strings() {
            Some(names) => Ok(names.to_vec()),
            None => Err(broken(format!("{list} is no list of names"))),
        },
        None => Err(broken(format!("it has no list {list}"))),
    }
}

fn layer(weights: &Group, dense: &Dense, room: &mut usize) -> Result<Layer, FormatError> {
    let group = weights.group(&dense.name).map_err(broken)?;
    let (mut kernel, mut bias) = (None, None);
    for path in names(&group, "weight_names")? {
        let last = path.rsplit('/').next().unwrap_or_default();
        let part = match last.split(':').next() {
            Some("kernel") => &mut kernel,
            Some("bias") if dense.use_bias => &mut bias,
            _ => {
                let name = quoted(&dense.name);
                return Err(unsupported(format!("{} in the layer {name}", quoted(last))));
            }
        };
        let dataset = group.dataset(&path).map_err(broken)?;
        if part.replace(numbers(&dataset, &path, room)?).is_some() {
            return Err(broken(format!("there are two arrays {}", quoted(&path))));
        }
    }
    let lacks = |what: &str| broken(format!("the layer {} has no {what}", quoted(&dense.name)));
    let (shape, kernel) = kernel.ok_or_else(|| lacks("kernel"))?;
    let units = dense.units;
    let &[inputs, outputs] = shape.as_slice() else { return Err(lacks("kernel of rows")) };
    if outputs != units {
        return Err(lacks(&format!("kernel of {units} columns")));
    }
    let bias = match bias {
        Some((shape, bias)) if shape == [units] => bias,
        Some(_) => return Err(lacks(&format!("bias of {units} numbers"))),
        None if dense.use_bias => return Err(lacks("bias")),
        None => vec![0.0; units],
    };
    // Keras has a row for each input.
    let at = |to: usize| kernel.get(to % inputs * outputs + to / inputs).copied();
    let transposed = (0..kernel.len()).filter_map(at).collect();
    Layer::new(transposed, bias, dense.activation)
        .map_err(|what| FormatError::Network(format!("the layer {}: {what}", quoted(&dense.name))))
}

/// The numbers of an array; its size is looked at before anything is read.
fn numbers(dataset: &Dataset, path: &str, room: &mut usize) -> Result<Numbers, FormatError> {
    let name = quoted(path);
    let shape = dataset.shape().map_err(broken)?;
    let sizes: Option<Vec<usize>> = shape.iter().map(|&n| usize::try_from(n).ok()).collect();
    let count = shape.iter().try_fold(1u64, |all, &n| all.checked_mul(n));
    let left = count.and_then(|count| room.checked_sub(usize::try_from(count).ok()?));
    let (Some(sizes), Some(left)) = (sizes, left) else {
        return Err(broken(format!("the array {name} claims more numbers than the file holds")));
    };
    *room = left;
    match dataset.layout().map_err(broken)? {
        Layout::Contiguous { address: Some(_), .. } | Layout::Compact { .. } => {}
        Layout::Contiguous { .. } => return Err(broken(format!("the array {name} is not there"))),
        _ => return Err(unsupported(format!("the array {name} in pieces"))),
    }
    let values: Vec<f64> = match dataset.dtype().map_err(broken)? {
        DType::F32 => {
            let values = dataset.read_f32().map_err(broken)?;
            values.into_iter().map(f64::from).collect()
        }
        DType::F64 => dataset.read_f64().map_err(broken)?,
        other => return Err(unsupported(format!("the array {name} of {}", named(&other)))),
    };
    if sizes.iter().product::<usize>() != values.len() {
        return Err(broken(format!("the array {name} has not the numbers of its shape")));
    }
    Ok((sizes, values))
}

fn named(kind: &DType) -> String {
    match kind {
        DType::Other(_) => "numbers that are neither float32 nor float64".to_owned(),
        known => known.to_string(),
    }
}
