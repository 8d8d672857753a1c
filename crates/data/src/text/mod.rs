//! Numbers as text.

mod fractions;
mod number;
mod scaled;

pub use fractions::fractions;
pub use number::number as decimal;
pub(crate) use number::{FRACTION_BYTES, SMALL_BYTES, fraction, small};
