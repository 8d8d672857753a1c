//! The numbers of layers, from the HDF5 file that Keras writes.

use std::collections::BTreeMap;

use half::{bf16, f16};
use hdf5_pure::{DType, Dataset, Datatype, DatatypeByteOrder, Group, Layout};

use super::config::Layer;
use super::{broken, quoted, unsupported};
use crate::FormatError;

/// A matrix or vector.
pub(super) struct Numbers {
    pub(super) shape: Vec<usize>,
    pub(super) values: Vec<f64>,
    /// Whether they have double precision.
    pub(super) is_double: bool,
}

/// Where the weights of layers are.
pub(super) enum Weights {
    /// `model_weights` of an `.h5` file: by the names of layers and variables.
    Named {
        group: Group,
        /// The paths of each layer of the whole model, and how many of a name were read.
        paths: BTreeMap<String, Vec<String>>,
        read: BTreeMap<String, usize>,
        room: usize,
    },
    /// `model.weights.h5` of a `.keras` archive: by the order of layers and variables.
    Ordered { root: Group, room: usize },
}

impl Weights {
    /// Those of an `.h5` file, which has so many bytes.
    pub(super) fn named(group: Group, room: usize) -> Self {
        Self::Named { group, paths: BTreeMap::new(), read: BTreeMap::new(), room }
    }

    /// The numbers of a variable: of this name, the so-manieth of its layer; nothing where there is none.
    pub(super) fn get(
        &mut self,
        layer: &Layer,
        variable: &str,
        number: usize,
    ) -> Result<Option<Numbers>, FormatError> {
        match self {
            Self::Named { group, paths, read, room } => {
                if !paths.contains_key(&layer.top) {
                    let found = group.group(&layer.top).map_err(broken)?;
                    paths.insert(layer.top.clone(), names(&found, "weight_names")?);
                }
                let all = paths.get(&layer.top).map_or(&[][..], Vec::as_slice);
                let Some(path) = path(all, layer, variable, read) else { return Ok(None) };
                let dataset = group.group(&layer.top).and_then(|top| top.dataset(&path));
                numbers(&dataset.map_err(broken)?, &path, room).map(Some)
            }
            Self::Ordered { root, room } => {
                let mut group = root.clone();
                for name in &layer.groups {
                    // Before Keras 3 a functional model had another word for them.
                    let lists = ["layers", "_layer_checkpoint_dependencies"];
                    let there = group.groups().map_err(broken)?;
                    let Some(list) =
                        lists.into_iter().find(|one| there.iter().any(|name| name == one))
                    else {
                        return Ok(None);
                    };
                    let inner = group.group(list).map_err(broken)?;
                    if !inner.groups().map_err(broken)?.contains(name) {
                        return Ok(None);
                    }
                    group = inner.group(name).map_err(broken)?;
                }
                if !group.groups().map_err(broken)?.iter().any(|name| name == "vars") {
                    return Ok(None);
                }
                let group = group.group("vars").map_err(broken)?;
                let number = number.to_string();
                if !group.datasets().map_err(broken)?.contains(&number) {
                    return Ok(None);
                }
                let path = format!("{}/vars/{number}", layer.groups.join("/"));
                numbers(&group.dataset(&number).map_err(broken)?, &path, room).map(Some)
            }
        }
    }

    /// A variable of a layer that judder does not know.
    pub(super) fn other(&self, layer: &Layer, known: &[&str]) -> Option<String> {
        let Self::Named { paths, .. } = self else { return None };
        // In a model all its layers' variables stand together.
        let paths = paths.get(&layer.top).filter(|_| layer.groups.len() == 1)?;
        let last = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
        let is_known = |name: &String| known.contains(&name.split(':').next().unwrap_or_default());
        paths.iter().map(last).find(|name| !is_known(name))
    }
}

/// The path of a variable: its layer's name and its own, the first of them that was not read yet.
fn path(
    all: &[String],
    layer: &Layer,
    variable: &str,
    read: &mut BTreeMap<String, usize>,
) -> Option<String> {
    let bare = |path: &String| path.split(':').next().unwrap_or_default().to_owned();
    let ends = |end: &str| {
        let with = format!("/{end}");
        let fits = |path: &&String| bare(path) == end || bare(path).ends_with(&with);
        all.iter().filter(fits).cloned().collect::<Vec<_>>()
    };
    let mut found = ends(&format!("{}/{variable}", layer.name));
    if found.is_empty() && layer.groups.len() == 1 {
        found = ends(variable);
    }
    let key = format!("{}/{}/{variable}", layer.top, layer.name);
    let count = read.entry(key).or_default();
    *count += 1;
    found.get(*count - 1).cloned()
}

/// A list of names that stands beside a group.
pub(super) fn names(group: &Group, list: &str) -> Result<Vec<String>, FormatError> {
    let attributes = group.attrs().map_err(broken)?;
    match attributes.get(list) {
        Some(found) => match found.as_strings() {
            Some(names) => Ok(names.to_vec()),
            None => Err(broken(format!("{list} is no list of names"))),
        },
        None => Err(broken(format!("it has no list {list}"))),
    }
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
    let kind = dataset.dtype().map_err(broken)?;
    let is_double = matches!(kind, DType::F64);
    let values: Vec<f64> = match kind {
        DType::F32 => {
            let values = dataset.read_f32().map_err(broken)?;
            values.into_iter().map(f64::from).collect()
        }
        DType::F64 => dataset.read_f64().map_err(broken)?,
        DType::Other(kind) => {
            let raw = dataset.read_raw().map_err(broken)?;
            halves(&kind, &raw).ok_or_else(|| {
                unsupported(format!("the array {name} of {}", named(&DType::Other(kind))))
            })?
        }
        other => return Err(unsupported(format!("the array {name} of {}", named(&other)))),
    };
    if sizes.iter().product::<usize>() != values.len() {
        return Err(broken(format!("the array {name} has not the numbers of its shape")));
    }
    Ok(Numbers { shape: sizes, values, is_double })
}

/// The numbers of half precision, of either kind.
fn halves(kind: &Datatype, raw: &[u8]) -> Option<Vec<f64>> {
    let Datatype::FloatingPoint { size: 2, byte_order: DatatypeByteOrder::LittleEndian, layout } =
        kind
    else {
        return None;
    };
    let number = |&bytes: &[u8; 2]| match layout.exponent_size {
        5 => Some(f16::from_le_bytes(bytes).to_f64()),
        8 => Some(bf16::from_le_bytes(bytes).to_f64()),
        _ => None,
    };
    raw.as_chunks().0.iter().map(number).collect()
}

fn named(kind: &DType) -> String {
    match kind {
        DType::Other(_) => "numbers that are no float16, float32 or float64".to_owned(),
        known => known.to_string(),
    }
}
