//! From the bytes of a file of any format to named columns of numbers.
//!
//! A decoder says what stands in the file, and nothing of what that means: which column is a time or an
//! acceleration is decided for all formats alike, in `interpret`.

mod arrays;
#[cfg(feature = "parquet")]
mod arrow;
mod beside;
mod endings;
mod filtered;
#[cfg(feature = "hdf5")]
mod hdf5;
mod held;
mod json;
mod listed;
mod matlab;
mod numpy;
mod open;
#[cfg(feature = "parquet")]
mod parquet;
mod scalar;
#[cfg(feature = "xlsx")]
mod sheets;
mod stretch;
mod table;
mod tdms;
#[cfg(test)]
mod testing;
mod text;
mod uff;
mod unread;
mod wav;
#[cfg(feature = "xlsx")]
mod xlsx;

pub(crate) use endings::{extension_is, is_named_so, is_packed, may_be_without_ending};
pub(crate) use filtered::Filtered;
pub(crate) use open::{format_of, open, text_of};
pub(crate) use table::{Column, Head, Kind, One, Table, Tables, Words, lacks};
pub(crate) use text::{LONGEST_LINE, LineAxes, moment};
