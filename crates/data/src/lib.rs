//! Recordings and datasets on disk, their quality, splits, and the simulated fan.

mod recording;
pub mod simulate;

pub use recording::{MAX_AXES, Recording};
