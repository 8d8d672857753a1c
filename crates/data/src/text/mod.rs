//! Recordings as text: comma-separated values and their relatives.

mod layout;
mod number;
mod parse;
mod time;
mod write;

pub(crate) use parse::read;
pub(crate) use write::write;
