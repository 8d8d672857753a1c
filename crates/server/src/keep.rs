//! Where recordings go.

use judder_data::DataError;

use crate::wire::Posted;

/// What came of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file that it is in.
    pub file: String,
    /// Whether it was there before, from the same device and with the same number.
    pub before: bool,
}

/// Where recordings go. What scores or watches them stands behind it as well.
pub trait Keep: Send + 'static {
    /// Keeps a recording: when this returns, it is safe.
    ///
    /// # Errors
    /// Where it could not be kept; then nothing of it is.
    fn keep(&mut self, posted: &Posted) -> Result<Kept, DataError>;

    /// Whether recordings are taken now.
    fn is_accepting(&self) -> bool {
        true
    }
}
