//! Opening a file as pieces.

use std::path::PathBuf;

use super::wanted::Wanted;
use super::{Assembled, Assembler, Cut, Piece};
use crate::Source;
use crate::decode::{self, LONGEST_LINE};
use crate::error::{DataError, Problem};
use crate::interpret::{Event, Facts, Reading};

/// The recordings of a file, a piece after the other.
///
/// What is known of a recording as a whole, as its rate, is found out by its first readings. What is wrong with a line or
/// a row ends the pieces with the error that reading the file as a whole gives.
pub struct Pieces {
    source: Source,
    cut: Cut,
    reading: Option<Reading>,
    current: Option<Current>,
    wanted: Wanted,
    is_long: bool,
    /// The bytes of the file that are read.
    read: u64,
}

/// The recording that is being put together.
struct Current {
    path: PathBuf,
    facts: Facts,
    blocks: Assembler,
}

/// A piece that is still to be put together: its readings, the recording that it is of, and what is known of that.
pub(super) struct Raw(Assembled, PathBuf, Facts);

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
    pub(crate) fn open(source: &Source, cut: Cut, buffer: &mut Vec<u8>) -> Result<Self, DataError> {
        let (reading, is_short) = source.open(buffer).map_err(DataError::at(source.path()))?;
        // What is packed is longer than it looks.
        let is_long = !is_short && {
            let longest =
                if decode::is_packed(source.path()) { LONGEST_LINE / 16 } else { LONGEST_LINE };
            let is_small = |found: std::fs::Metadata| found.len() <= longest as u64;
            !std::fs::metadata(source.path()).is_ok_and(is_small)
        };
        Ok(Self {
            source: source.clone(),
            cut,
            reading: Some(reading),
            current: None,
            wanted: Wanted::default(),
            is_long,
            read: 0,
        })
    }

    /// Whether more is to be read than a few pieces.
    pub(super) fn is_long(&self) -> bool {
        self.is_long
    }

    /// The bytes of the file that are read so far.
    pub fn read(&self) -> u64 {
        self.read
    }

    pub(super) fn next_raw(&mut self) -> Option<Result<Raw, DataError>> {
        let next = self.next_part();
        match next {
            Some(Ok(raw)) => Some(Ok(raw)),
            Some(Err(problem)) => {
                self.reading = None;
                Some(Err(DataError::new(self.source.path(), problem)))
            }
            None => {
                self.reading = None;
                None
            }
        }
    }

    fn next_part(&mut self) -> Option<Result<Raw, Problem>> {
        let Self { source, cut, reading, current, wanted, read, .. } = self;
        let reading = reading.as_mut()?;
        loop {
            if let Some(one) = current
                && let Some(part) = one.blocks.next()
            {
                return Some(Ok(one.raw(part)));
            }
            let event = reading.next();
            *read = reading.read();
            match event {
                Some(Ok(Event::Rows(block))) => {
                    if let Some(current) = current {
                        current.blocks.push(block);
                    }
                }
                Some(Ok(Event::Begin(begin))) => {
                    let ended = current.take();
                    wanted.see(source, &begin.name);
                    if source.wants(&begin.name) {
                        let path = source.behind(&begin.name);
                        let (blocks, facts) = (Assembler::new(begin.axes, *cut), begin.facts);
                        *current = Some(Current { path, facts, blocks });
                    }
                    if let Some(mut ended) = ended
                        && let Some(part) = ended.blocks.finish()
                    {
                        return Some(Ok(ended.raw(part)));
                    }
                }
                Some(Err(problem)) => return Some(Err(problem)),
                None => {
                    if let Some(problem) = wanted.lacks(source) {
                        return Some(Err(problem));
                    }
                    let mut ended = current.take()?;
                    let part = ended.blocks.finish()?;
                    return Some(Ok(ended.raw(part)));
                }
            }
        }
    }

    /// A piece, put together.
    pub(super) fn piece(source: &Source, raw: Raw) -> Option<Piece> {
        let Raw(part, path, facts) = raw;
        let Assembled { start, fresh, last, .. } = part;
        let recording = source.described(facts.describe(part.recording()?));
        Some(Piece { path, recording, start, fresh, last })
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

impl Current {
    fn raw(&self, part: Assembled) -> Raw {
        Raw(part, self.path.clone(), self.facts.clone())
    }
}
