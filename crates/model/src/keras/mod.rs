//! Keras' `.h5` files: Sequential models of dense layers.

#[cfg(feature = "keras")]
mod config;
#[cfg(feature = "keras")]
mod file;

#[cfg(feature = "keras")]
use crate::error::quoted;
use crate::error::shown;
use crate::{Foreign, FormatError};

const FORMAT: &str = "Keras .h5";
const READABLE: &str =
    "Sequential models of Dense and Dropout, activated by relu, tanh or linear, in float32";

/// The largest file that is read, in bytes.
const LARGEST: usize = 64 << 20;

/// Reads the network of a Keras model in an `.h5` file, `model.save("model.h5")`: a Sequential model
/// of Dense layers; Dropout is passed over.
///
/// # Errors
/// A [`FormatError`] that names what judder cannot run. Always one where judder was built without
/// its feature `keras`.
pub fn from_keras(bytes: &[u8]) -> Result<Foreign, FormatError> {
    if bytes.len() > LARGEST {
        return Err(unsupported(format!("more than {} MiB", LARGEST >> 20)));
    }
    if bytes.starts_with(b"PK") {
        return Err(unsupported("a .keras archive; `model.save(\"model.h5\")` writes .h5"));
    }
    #[cfg(feature = "keras")]
    return file::read(bytes);
    #[cfg(not(feature = "keras"))]
    return Err(unsupported("a model, but this judder was built without the feature `keras`"));
}

#[cfg(feature = "keras")]
fn broken(what: impl ToString) -> FormatError {
    FormatError::Broken { format: FORMAT, what: shown(&what.to_string()) }
}

fn unsupported(what: impl AsRef<str>) -> FormatError {
    FormatError::Unsupported { format: FORMAT, what: shown(what.as_ref()), readable: READABLE }
}
