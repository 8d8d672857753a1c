//! What is attacked.

use std::path::Path;

use crate::house::House;

/// What is attacked, and how.
pub(super) struct At<'a> {
    pub(super) house: &'a House,
    pub(super) program: &'a Path,
    /// An empty folder.
    pub(super) space: &'a Path,
    /// With all counts.
    pub(super) long: bool,
    /// Whether it knows of the start numbers of boards.
    pub(super) starts: bool,
}
