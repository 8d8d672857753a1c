//! Models in NumPy's archives: a Mahalanobis model, as the reference has it, or an autoencoder.

mod gaussian;
mod network;

use std::io::{Read, Seek};

use judder_npz::{Array, Defect, read_npz};

pub use gaussian::to_npz;
pub use network::network_to_npz;

use crate::ForeignModel;
use crate::error::FormatError;

/// The most bytes of a file's numbers: more than those of every feature of every axis, and than
/// those of a network for them.
const LARGEST: usize = 4 << 20;

/// The arrays of a file by their names, each as it is or as what is wrong with it.
type Arrays = Vec<(String, Result<Array, Defect>)>;

/// Reads a Mahalanobis model, `model_mu` `[n]` and `model_cov` `[n × n]`, or an autoencoder as
/// [`network_to_npz`] writes it.
///
/// # Errors
/// A [`FormatError`] that names the array.
pub fn from_npz(file: impl Read + Seek) -> Result<ForeignModel, FormatError> {
    let arrays = read_npz(file, LARGEST)?;
    if arrays.iter().any(|(name, _)| network::is_layer(name)) {
        network::read(arrays).map(ForeignModel::Network)
    } else {
        gaussian::read(arrays).map(ForeignModel::Mahalanobis)
    }
}
