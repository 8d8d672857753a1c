//! Where recordings go.

use std::net::SocketAddr;

use crate::problem::Problem;
use crate::ready::Ready;
use crate::wire::Posted;

/// What came of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file that it is in, if it is in one.
    pub file: Option<String>,
    /// Its number in the history, if it is in that.
    pub recording: Option<i64>,
    /// Whether it was there before, from the same device, with the same number and the same readings.
    pub before: bool,
    /// The start of the device that it is kept under; none where the device says none.
    pub start: Option<u64>,
}

/// Where recordings go. What scores or watches them stands behind it as well.
pub trait Keep: Send + Sync + 'static {
    /// Keeps a recording that came from there: when this is done, it is safe.
    ///
    /// # Errors
    /// What its sender is told where it could not be kept; then nothing of it is.
    fn keep(
        &self,
        posted: Posted,
        peer: SocketAddr,
    ) -> impl Future<Output = Result<Kept, Problem>> + Send;

    /// Whether recordings are taken now.
    fn is_accepting(&self) -> bool {
        true
    }

    /// Whether it does what it is for. This waits for nobody.
    fn readiness(&self) -> Ready {
        Ready::well()
    }
}
