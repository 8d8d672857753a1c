//! Collects what boards post: their recordings, acknowledged once they are kept.
//!
//! Two protocols are spoken on one port: that of the *TinyML Example: Anomaly Detection*, whose sketch works
//! unchanged, and `/api/v1`, which knows devices and sequence numbers, so that nothing is lost and nothing
//! kept twice.

mod answer;
mod api;
mod board;
mod dataset;
mod engine;
mod inlet;
mod keep;
mod limits;
mod listen;
mod page;
mod problem;
mod readers;
mod shelf;
mod view;
mod wire;

pub use api::About;
pub use board::{Fleet, Speaks, Tally};
pub use engine::{Engine, Kind, Running, Setup, StartError, Wanted};
pub use inlet::Inlet;
pub use keep::{Keep, Kept};
pub use limits::Limits;
pub use listen::{listen, serve};
pub use problem::Problem;
pub use shelf::{Deciding, Loaded, Shelf, ShelfError};
pub use view::{
    AlertView, DatasetView, DeviceView, FleetView, ModelView, RetentionView, SessionView,
    UpdateView,
};
pub use wire::{BINARY, Posted, from_binary, from_json, to_binary};
