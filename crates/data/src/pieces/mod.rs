//! Recordings of any length, a piece at a time, in bounded memory.

mod assemble;
mod block;
mod cut;
mod map;
mod open;
mod wanted;

use std::path::PathBuf;

use crate::Recording;

pub(crate) use assemble::Assembled;
use assemble::Assembler;
pub(crate) use block::Block;
pub use cut::Cut;
pub use map::{Step, map_pieces};
pub use open::Pieces;

/// Some consecutive readings of a recording, as a recording of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The path of the recording, as in [`Located`](crate::Located).
    pub path: PathBuf,
    /// Its readings, with the rate, the unit and the time of the whole.
    pub recording: Recording,
    /// The reading of the whole that it begins with: a multiple of the hop, and 0 in the first piece of each
    /// recording.
    pub start: usize,
    /// How many of its first readings stood at the end of the piece before, too.
    pub fresh: usize,
    /// Whether the recording ends with it.
    pub last: bool,
}
