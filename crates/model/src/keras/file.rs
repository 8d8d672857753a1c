//! The files that Keras writes: `.h5`, and the archive `.keras`.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use hdf5_pure::File;
use zip::ZipArchive;

use super::config::layers;
use super::layers::Layers;
use super::weights::{Weights, names};
use super::{LARGEST, broken, quoted, unsupported};
use crate::{Foreign, FormatError, Network};

const CONFIG: &str = "model_config";
const WEIGHTS: &str = "model_weights";

/// The members of a `.keras` archive.
const ARCHIVED_CONFIG: &str = "config.json";
const ARCHIVED_WEIGHTS: &str = "model.weights.h5";

/// Attributes that say who wrote the file.
const PROVENANCE: [&str; 2] = ["backend", "keras_version"];

/// Groups and attributes that a whole model has besides.
const EXPECTED: [&str; 2] = [WEIGHTS, "top_level_model_weights"];

/// The most names that are told of what was ignored.
const MOST_NAMES: usize = 8;

/// Reads the network of an `.h5` file.
pub(super) fn read(bytes: &[u8]) -> Result<Foreign, FormatError> {
    let file = open(bytes)?;
    let root = file.root();
    let attributes = root.attrs().map_err(broken)?;
    let Some(config) = attributes.get(CONFIG) else {
        return Err(broken(
            "it has no attribute `model_config`; `model.save(\"model.h5\")` writes it, \
             `save_weights` does not",
        ));
    };
    let Some(config) = config.as_str() else { return Err(broken("its model_config is no text")) };
    let layers = layers(config)?;
    let weights = root.group(WEIGHTS).map_err(broken)?;
    let tops: BTreeSet<&str> = layers.iter().map(|layer| layer.top.as_str()).collect();
    for name in names(&weights, "layer_names")? {
        if !tops.contains(name.as_str()) {
            let name = quoted(&name);
            return Err(broken(format!("there are weights of a layer {name}, but no such layer")));
        }
    }
    // One that stands in several places is read several times.
    let (network, notes) = network(&layers, Weights::named(weights, bytes.len()))?;

    let mut ignored: Vec<String> = attributes.into_keys().collect();
    ignored.retain(|name| name != CONFIG && !PROVENANCE.contains(&name.as_str()));
    let groups = root.groups().map_err(broken)?.into_iter();
    ignored.extend(groups.filter(|name| !EXPECTED.contains(&name.as_str())));
    ignored.extend(root.datasets().map_err(broken)?);
    ignored.sort();
    let more = ignored.len().saturating_sub(MOST_NAMES);
    ignored.truncate(MOST_NAMES);
    ignored.iter_mut().for_each(|name| *name = quoted(name));
    if more > 0 {
        ignored.push(format!("{more} more"));
    }
    ignored.extend(notes);
    Ok(Foreign { network, metadata: None, threshold: None, ignored })
}

/// Reads the network of a `.keras` archive.
pub(super) fn read_archive(bytes: &[u8]) -> Result<Foreign, FormatError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let config = member(&mut archive, ARCHIVED_CONFIG)?;
    let config = String::from_utf8(config).map_err(broken)?;
    let weights = member(&mut archive, ARCHIVED_WEIGHTS)?;
    let layers = layers(&config)?;
    let file = open(&weights)?;
    let root = file.root();
    let ignored = root.groups().map_err(broken)?;
    let (network, notes) = network(&layers, Weights::Ordered { root, room: weights.len() })?;
    let told = |name: &String| name == "optimizer";
    let ignored = ignored.into_iter().filter(told).map(|name| quoted(&name)).chain(notes).collect();
    Ok(Foreign { network, metadata: None, threshold: None, ignored })
}

/// The network of some layers, and what of it is not as the tool does it.
fn network(
    layers: &[super::config::Layer],
    weights: Weights,
) -> Result<(Network, Vec<String>), FormatError> {
    let mut network = Layers::new(weights);
    for layer in layers {
        network.push(layer)?;
    }
    let notes = network.notes;
    Ok((network.chain.network()?, notes))
}

fn open(bytes: &[u8]) -> Result<File, FormatError> {
    let file = File::from_bytes(bytes.to_vec()).map_err(broken)?;
    if file.superblock().eof_address > bytes.len() as u64 {
        return Err(broken("it is cut short"));
    }
    Ok(file)
}

/// The bytes of a member, as many as a model may have.
fn member(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>, FormatError> {
    let lacks = |error: zip::result::ZipError| broken(format!("{name}: {error}"));
    let member = archive.by_name(name).map_err(lacks)?;
    let mut bytes = Vec::new();
    let read = member.take(LARGEST as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| broken(format!("{name}: {error}")))?;
    if bytes.len() > LARGEST {
        return Err(unsupported(format!("a {name} of more than {} MiB", LARGEST >> 20)));
    }
    Ok(bytes)
}
