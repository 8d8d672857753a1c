//! Recordings and datasets on disk, their quality, splits, and the simulated fan.

mod collection;
mod dataset;
mod decode;
mod error;
mod gzip;
mod interpret;
pub mod lines;
mod load;
mod path_order;
mod pieces;
mod progress;
pub mod quality;
mod recording;
mod sidecar;
pub mod simulate;
pub mod split;
mod starts;
pub mod store;
mod text;
mod write;
#[cfg(feature = "zstd")]
mod zstd;

pub use collection::{Collection, FolderLock, Kept, Sync};
pub use dataset::{Located, Source, sources};
pub use error::{DataError, LineProblem, Problem};
pub use interpret::{About, Intervals, ReadOptions};
pub use load::{load, map_recordings, read_text, understood};
pub use path_order::path_order;
pub use pieces::{Cut, Piece, Pieces, Step, map_pieces};
pub use progress::Progress;
pub use recording::{MAX_AXES, Recording};
pub use sidecar::{Entry, SIDECAR, parse_sidecar, read_sidecar};
pub use starts::{FIRST_OPENED, Start, Starts, is_opened};
pub use text::{decimal, fractions};
pub use write::write_text;
