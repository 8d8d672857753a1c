//! The detector: window to features to score to verdict.
#![no_std]

/// The most axes a window may have.
pub const MAX_AXES: usize = 8;
