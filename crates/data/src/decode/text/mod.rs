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
pub(crate) use moments::moment;

/// Some bytes, from their beginning.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// The longest line that is read, and the size of the buffer.
pub(crate) const LONGEST_LINE: usize = 256 * 1024;

/// A row of numbers without names is one signal, if it has so many.
const SIGNAL: usize = 32;
