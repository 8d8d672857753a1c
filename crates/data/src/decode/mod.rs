//! From the bytes of a file of any format to named columns of numbers.
//!
//! A decoder says what stands in the file, and nothing of what that means: which column is a time or an
//! acceleration is decided for all formats alike, in `interpret`.

mod table;

pub(crate) use table::{Column, Head, Kind, Table, Tables, Words};
