//! Keras' `.keras` and `.h5` files: chains of dense layers, scaling and activations.

#[cfg(feature = "keras")]
mod activation;
#[cfg(feature = "keras")]
mod advice;
#[cfg(feature = "keras")]
mod config;
#[cfg(feature = "keras")]
mod file;
#[cfg(feature = "keras")]
mod layers;
#[cfg(feature = "keras")]
mod weights;

#[cfg(feature = "keras")]
use crate::error::quoted;
use crate::error::shown;
use crate::{Foreign, FormatError};

const FORMAT: &str = "Keras";

/// The largest file that is read, in bytes.
const LARGEST: usize = 64 << 20;

/// Reads the network of a Keras model, `model.save("model.keras")` or `model.save("model.h5")`: a chain, Sequential or
/// functional, of dense layers, scaling and activations; what does nothing but in training is passed over.
///
/// # Errors
/// A [`FormatError`] that names what judder cannot run. Always one where judder was built without
/// its feature `keras`.
pub fn from_keras(bytes: &[u8]) -> Result<Foreign, FormatError> {
    if bytes.len() > LARGEST {
        let way = "a model of features is smaller".to_owned();
        return Err(refused(format!("more than {} MiB", LARGEST >> 20), way));
    }
    #[cfg(feature = "keras")]
    return if bytes.starts_with(b"PK") { file::read_archive(bytes) } else { file::read(bytes) };
    #[cfg(not(feature = "keras"))]
    return Err(refused("a model", "this judder was built without the feature `keras`"));
}

#[cfg(feature = "keras")]
fn broken(what: impl ToString) -> FormatError {
    FormatError::Broken { format: FORMAT, what: shown(&what.to_string()) }
}

#[cfg(feature = "keras")]
fn unsupported(what: impl AsRef<str>) -> FormatError {
    refused(what, advice::READABLE)
}

/// There is something that judder cannot run, and a way to have it otherwise.
fn refused(what: impl AsRef<str>, way: impl Into<String>) -> FormatError {
    FormatError::Unsupported { format: FORMAT, what: shown(what.as_ref()), way: way.into() }
}
