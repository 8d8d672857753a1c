//! Collects what boards post: their recordings, acknowledged once they are kept.
//!
//! Two protocols are spoken on one port: that of the *TinyML Example: Anomaly Detection*, whose sketch works
//! unchanged, and `/api/v1`, which knows devices and sequence numbers, so that nothing is lost and nothing
//! kept twice.

mod answer;
mod board;
mod collector;
mod inlet;
mod keep;
mod limits;
mod listen;
mod page;
mod problem;
mod wire;

pub use board::{Fleet, Speaks, Tally};
pub use collector::Collector;
pub use inlet::Inlet;
pub use keep::{Keep, Kept};
pub use limits::Limits;
pub use listen::{listen, serve};
pub use page::{Asset, asset};
pub use problem::Problem;
pub use wire::{BINARY, Posted, from_binary, from_json, to_binary};
