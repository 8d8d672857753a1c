//! Recordings as text: comma-separated values and their relatives.

mod blocks;
mod clock;
mod facts;
mod fractions;
mod layout;
mod number;
mod parse;
mod plain;
mod scaled;
mod time;
mod units;
mod write;

pub(crate) use blocks::{Bytes, Opened, open};
pub use fractions::fractions;
pub use number::number as decimal;
pub use parse::read as read_text;
pub(crate) use parse::read_most;
pub use write::write as write_text;
pub(crate) use write::write;
