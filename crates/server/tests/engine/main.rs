//! The server as a whole: an engine with a model behind a real socket, and who asks it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod alerts;
mod answers;
mod asked;
mod clock;
mod conditions;
mod crowd;
mod desk;
mod fan;
mod flapping;
mod guarded;
mod identity;
mod models;
mod own;
mod ready;
mod replaced;
mod restarted;
mod rolled;
mod same;
mod sessions;
mod silence;
mod thresholds;
mod time;
mod unjudged;
mod unread;
mod unwritten;
mod updates;
