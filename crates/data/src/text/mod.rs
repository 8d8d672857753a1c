//! Recordings as text: comma-separated values and their relatives.

mod fractions;
mod layout;
mod number;
mod parse;
mod plain;
mod time;
mod units;
mod write;

pub use fractions::fractions;
pub use number::number as decimal;
pub use parse::read as read_text;
pub use write::write as write_text;
pub(crate) use write::write;
