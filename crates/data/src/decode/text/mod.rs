//! Tables as text: comma-separated values and their relatives.

mod blocks;
mod encoding;
mod fields;
mod head;
mod layout;
mod moments;
mod plain;
mod rows;
mod said_rate;
mod signals;

use std::io::Read;

pub(crate) use blocks::{fill, open};
pub(crate) use moments::{Moment, moment};

/// Some bytes, from their beginning.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// The longest line that is read, and the size of the buffer.
pub(crate) const LONGEST_LINE: usize = 256 * 1024;

/// The axes of texts of which each line is a recording.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LineAxes {
    /// How many there are; found where there is none.
    pub(crate) count: Option<usize>,
    /// Whether all numbers of an axis come before those of the next, not one of each in turn.
    pub(crate) apart: bool,
}

/// A row of numbers without names is one signal, if it has so many.
const SIGNAL: usize = 32;
