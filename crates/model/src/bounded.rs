//! Reading a file that may be anything.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Problem;

/// The largest file that a model is read from.
const LARGEST: u64 = 64 << 20;

/// The bytes of a file.
///
/// # Errors
/// [`Problem::Io`], or [`Problem::TooLarge`] where it is larger than any model.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::TooLarge { limit: LARGEST });
    }
    Ok(bytes)
}
