//! What a server has seen: recordings, the scores of their windows, readings and alerts, and what of them
//! is still to be told.
//!
//! It is one SQLite file. One process at a time has it open; in there one [`History`] writes, in
//! [batches](Batch) that are kept whole or not at all, and as many [`Reader`]s as there are threads read
//! meanwhile. Recordings are first written to the end of a file beside it, and go to the tables many at a time:
//! a [`Settler`] does that on a thread of its own. Times are in milliseconds since 1970, as the server's clock has them.

mod ages;
mod agreement;
mod alert;
mod allotment;
mod backup;
mod batch;
mod check;
mod checksum;
mod copy;
mod damage;
mod entry;
mod error;
mod found;
mod going;
mod history;
mod known;
mod late;
mod loss;
mod mark;
mod names;
mod outbox;
mod outside;
mod overview;
mod packed;
mod pending;
mod place;
mod point;
mod prune;
mod reader;
mod recording;
mod reserve;
mod rolled;
mod rolling;
mod rollup;
mod room;
mod schema;
mod scores;
mod segment;
mod settings;
mod settle;
mod shared;
mod store;
mod tables;
mod thinned;
mod upgrade;
mod verdict;
mod verify;

pub use ages::Now;
pub use alert::{Alert, AlertFilter, AlertId, NewAlert};
pub use backup::{Missing, backup};
pub use batch::Batch;
pub use check::Checked;
pub use damage::{Damage, Flaw};
pub use error::{HistoryError, Problem};
pub use history::{History, Sync};
pub use late::{Late, Numbers};
pub use loss::Loss;
pub use outbox::{Newer, State, Telling, TellingId, Told, Transition};
pub use overview::{Overview, overview};
pub use packed::Packed;
pub use point::ScorePoint;
pub use prune::{Pruned, Retention};
pub use reader::{Device, Reader, Totals};
pub use recording::{
    Known, NewRecording, NewWindow, RecordingId, RecordingLine, SeenStart, StoredRecording,
    StoredWindow,
};
pub use settle::Settler;
pub use upgrade::Upgraded;
pub use verdict::Verdict;
pub use verify::{Looking, Verified, verify};

/// Milliseconds since the beginning of 1970, UTC.
pub type UnixMillis = i64;
