//! Collects what boards post: their recordings, acknowledged once they are kept.
//!
//! Two protocols are spoken on one port: that of the *TinyML Example: Anomaly Detection*, whose sketch works
//! unchanged, and `/api/v1`, which knows devices and sequence numbers, so that nothing is lost and nothing
//! kept twice.

mod access;
mod alarm;
mod answer;
mod api;
mod board;
mod budget;
mod checks;
mod clock;
mod dataset;
mod door;
mod ending;
mod engine;
pub mod folder;
mod inlet;
mod keep;
mod limits;
mod listen;
mod metrics;
mod openapi;
mod outlet;
mod page;
mod peers;
mod problem;
mod readers;
mod ready;
mod refusals;
mod regular;
mod seldom;
mod shelf;
mod view;
mod wire;

pub use access::{
    Access, Entered, KeptToken, Keys, Network, NetworkError, Proxies, PublicUrl, PublicUrlError,
    Secret, SecretError, TokenError, Visitor, Welcome, kept_token, read_secret,
};
pub use api::About;
pub use board::{Fleet, Speaks, Tally};
pub use budget::{Budget, For, LEAST_MEMORY, MEMORY, Share};
pub use clock::{Clock, SystemClock};
pub use door::Door;
pub use engine::{
    Adjusted, Engine, Kind, MOST_KNOWN, Running, Setup, StartError, Told, Turned, Wanted,
};
pub use inlet::Inlet;
pub use keep::{Keep, Kept};
pub use limits::Limits;
pub use listen::{listen, serve};
pub use metrics::{Counts, DeviceNow, Each, METRICS, MOST_DEVICES, Metrics, Now, Outcome};
pub use openapi::{OPENAPI, ROUTES, Route};
pub use outlet::{
    Command, Failure, LogLine, Message, Note, Other, Outbox, Outlet, Pace, Retry, Teller, Webhook,
    WebhookError,
};
pub use peers::{Connected, MOST_PEERS, PeerLimits, Peers};
pub use problem::Problem;
pub use ready::{Check, Ready};
pub use refusals::{Line, Refusals};
pub use regular::regular_file;
pub use shelf::{Deciding, Loaded, Shelf, ShelfError};
pub use view::{
    AlertView, ChosenView, DatasetView, DeviceView, FleetView, LimitView, ModelView, RetentionView,
    SessionView, ShareView, ThresholdView, UpdateView,
};
pub use wire::{BINARY, Posted, from_binary, from_json, is_name, to_binary};
