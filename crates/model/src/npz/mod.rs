//! Models in NumPy's archives: Gaussians, as the reference and scikit-learn have them, or an
//! autoencoder.

mod gaussian;
mod network;
mod threshold;

use std::io::{Read, Seek};

use judder_npz::{Array, Defect, read_npz_of};

pub use gaussian::{mixture_to_npz, to_npz};
pub use network::network_to_npz;

use crate::ForeignModel;
use crate::error::{FormatError, quoted};

/// The most bytes of a file's numbers: more than those of every feature of every axis, and than
/// those of a network for them.
const LARGEST: usize = 4 << 20;

/// The most names that are told of what was passed over.
const MOST_NAMES: usize = 8;

/// The arrays of a file by their names, each as it is or as what is wrong with it.
type Arrays = Vec<(String, Result<Array, Defect>)>;

/// Reads Gaussians, `model_mu` `[n]` and `model_cov` `[n × n]` or `[k × n]` and `[k × n × n]`, or an
/// autoencoder as [`network_to_npz`] writes it; beside either `threshold`, one number. Other arrays are passed over.
///
/// # Errors
/// A [`FormatError`] that names the array.
pub fn from_npz(file: impl Read + Seek) -> Result<ForeignModel, FormatError> {
    let wanted = |name: &str| {
        network::is_part(name) || gaussian::is_part(name) || name == threshold::THRESHOLD
    };
    let (mut arrays, mut others) = read_npz_of(file, LARGEST, wanted)?;
    let threshold = threshold::take(&mut arrays)?;
    let mut model = if arrays.iter().any(|(name, _)| network::is_layer(name)) {
        others.extend(without(&mut arrays, gaussian::is_part));
        network::read(arrays).map(ForeignModel::Network)?
    } else {
        let found = others.clone();
        others.extend(without(&mut arrays, |name| !gaussian::is_part(name)));
        gaussian::read(arrays, &found).map(ForeignModel::Gaussians)?
    };
    let ignored = model.beside(threshold);
    let more = others.len().saturating_sub(MOST_NAMES);
    ignored
        .extend(others.iter().take(MOST_NAMES).map(|name| format!("the array {}", quoted(name))));
    if more > 0 {
        ignored.push(format!("{more} more arrays"));
    }
    Ok(model)
}

/// Takes the arrays of some names away, and gives their names.
fn without(arrays: &mut Arrays, of: impl Fn(&str) -> bool) -> Vec<String> {
    let names = arrays.iter().map(|(name, _)| name.clone()).filter(|name| of(name)).collect();
    arrays.retain(|(name, _)| !of(name));
    names
}
