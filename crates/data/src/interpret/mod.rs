//! From named columns of any format to recordings: which column is what, once for all formats.

mod about;
mod clock;
mod intervals;
mod key;
mod names;
mod options;
mod plan;
mod reading;
mod said;
mod units;

pub use about::About;
pub(crate) use clock::is_like_a_time;
pub use intervals::Intervals;
pub use options::ReadOptions;
pub(crate) use plan::Facts;
pub(crate) use reading::{Begin, Event, Reading};
