//! Opening a file as pieces.

use std::collections::VecDeque;
use std::path::PathBuf;

use super::arrays::{Arrays, is_long};
use super::{Assembled, Assembler, Cut, Piece, Stream};
use crate::error::{DataError, Problem};
use crate::text::Opened;
use crate::{Located, Recording, Source};

/// The recordings of a file, a piece after the other.
///
/// What is known only at the end of a file (that a column is a time, and the rate that it tells) is found
/// out before the first piece: then the file is read twice; where it cannot be, as a pipe, it is held as a whole.
/// A line that is wrong ends the pieces with the error that reading the file as a whole gives.
pub struct Pieces {
    source: Source,
    cut: Cut,
    /// Recordings that came as a whole.
    whole: VecDeque<Located>,
    /// Recordings that come in blocks.
    long: Option<Long>,
    /// The bytes of the file that are read.
    read: u64,
}

enum Long {
    Text(Current),
    Arrays(Box<Arrays>, Option<Current>),
}

/// The recording that is being read.
struct Current {
    path: PathBuf,
    stream: Box<dyn Stream>,
    blocks: Assembler,
    ended: bool,
}

/// A piece that is still to be put together.
pub(super) enum Raw {
    Whole(Located),
    Part(Assembled, PathBuf, Recording),
}

impl Source {
    /// Opens this file to be read a piece at a time, on all threads.
    ///
    /// # Errors
    /// A [`DataError`] that names the file and the line, or the array.
    pub fn pieces(&self, cut: Cut) -> Result<Pieces, DataError> {
        Pieces::open(self, cut, &mut Vec::new())
    }
}

impl Pieces {
    /// `buffer` is reused from file to file.
    pub(super) fn open(source: &Source, cut: Cut, buffer: &mut Vec<u8>) -> Result<Self, DataError> {
        let mut pieces =
            Self { source: source.clone(), cut, whole: VecDeque::new(), long: None, read: 0 };
        if source.is_numpy() {
            if !is_long(source.path()) {
                pieces.whole = source.read(buffer)?.into();
                return Ok(pieces);
            }
            let arrays = Arrays::open(source.path()).map_err(DataError::at(source.path()))?;
            pieces.long = Some(Long::Arrays(Box::new(arrays), None));
            return Ok(pieces);
        }
        match source.open_text(buffer)? {
            Opened::Whole(recording) => pieces.whole.push_back(source.located(recording)),
            Opened::Blocks(blocks) => {
                let current = Current::new(source.path().to_owned(), blocks, cut);
                pieces.long = Some(Long::Text(current));
            }
        }
        Ok(pieces)
    }

    /// Whether more is to be read.
    pub(super) fn is_long(&self) -> bool {
        self.long.is_some()
    }

    /// The bytes of the file that are read so far.
    pub fn read(&self) -> u64 {
        self.read
    }

    pub(super) fn next_raw(&mut self) -> Option<Result<Raw, DataError>> {
        if let Some(located) = self.whole.pop_front() {
            return Some(Ok(Raw::Whole(located)));
        }
        let next = match self.long.as_mut()? {
            Long::Text(current) => current.next(),
            Long::Arrays(arrays, current) => next_of(arrays, current, &self.source, self.cut),
        };
        match next {
            Some(Ok((raw, read))) => {
                self.read = read;
                Some(Ok(raw))
            }
            Some(Err(problem)) => {
                self.long = None;
                Some(Err(DataError::new(self.source.path(), problem)))
            }
            None => {
                self.long = None;
                None
            }
        }
    }

    /// A piece, put together.
    pub(super) fn piece(source: &Source, raw: Raw) -> Option<Piece> {
        match raw {
            Raw::Whole(Located { path, recording }) => {
                Some(Piece { path, recording, start: 0, fresh: 0, last: true })
            }
            Raw::Part(part, path, like) => {
                let Assembled { start, fresh, last, .. } = part;
                let recording = source.described(part.recording()?.like(&like));
                Some(Piece { path, recording, start, fresh, last })
            }
        }
    }
}

impl Iterator for Pieces {
    type Item = Result<Piece, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let raw = self.next_raw()?;
        match raw {
            Ok(raw) => Self::piece(&self.source, raw).map(Ok),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The next piece of some arrays.
fn next_of(
    arrays: &mut Arrays,
    current: &mut Option<Current>,
    source: &Source,
    cut: Cut,
) -> Option<Result<(Raw, u64), Problem>> {
    loop {
        if let Some(next) = current.as_mut().and_then(Current::next) {
            return Some(next);
        }
        match arrays.next()? {
            Ok((name, stream)) => {
                *current = Some(Current::new(source.inside(&name), stream, cut));
            }
            Err(problem) => return Some(Err(problem)),
        }
    }
}

impl Current {
    fn new(path: PathBuf, stream: Box<dyn Stream>, cut: Cut) -> Self {
        let blocks = Assembler::new(stream.axes(), cut);
        Self { path, stream, blocks, ended: false }
    }

    fn next(&mut self) -> Option<Result<(Raw, u64), Problem>> {
        let part = loop {
            if self.ended {
                break self.blocks.finish()?;
            }
            if let Some(part) = self.blocks.next() {
                break part;
            }
            match self.stream.next() {
                Some(Ok(block)) => self.blocks.push(block),
                Some(Err(problem)) => return Some(Err(problem)),
                None => self.ended = true,
            }
        };
        // Nothing but what is known of it.
        let like = Recording::from_axes(self.stream.axes(), 1, vec![0.0; self.stream.axes()])?;
        let raw = Raw::Part(part, self.path.clone(), self.stream.describe(like));
        Some(Ok((raw, self.stream.read())))
    }
}
