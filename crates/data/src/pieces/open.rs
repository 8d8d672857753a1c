//! Opening a file as pieces.

use std::collections::VecDeque;
use std::path::PathBuf;

use super::arrays::{Arrays, is_long};
use super::{Assembled, Assembler, Cut, Piece, Stream};
use crate::decode::LONGEST_LINE;
use crate::error::{DataError, Problem, shown};
use crate::interpret::{Event, Facts, Reading};
use crate::{Located, Recording, Source};

/// The recordings of a file, a piece after the other.
///
/// What is known of a recording as a whole, as its rate, is found out by its first readings. What is wrong with a line or
/// a row ends the pieces with the error that reading the file as a whole gives.
pub struct Pieces {
    source: Source,
    cut: Cut,
    /// Recordings that came as a whole.
    whole: VecDeque<Located>,
    /// Recordings that come in blocks.
    from: Option<From>,
    is_long: bool,
    /// The bytes of the file that are read.
    read: u64,
}

enum From {
    Tables(Box<Reading>, Option<Box<Current>>, Wanted),
    Arrays(Box<Arrays>, Option<Array>),
}

/// The recording that is being put together.
struct Current {
    path: PathBuf,
    facts: Facts,
    blocks: Assembler,
}

/// The array that is being read.
struct Array {
    path: PathBuf,
    stream: Box<dyn Stream>,
    blocks: Assembler,
    ended: bool,
}

/// A piece that is still to be put together.
pub(super) enum Raw {
    Whole(Located),
    Known(Assembled, PathBuf, Facts),
    Part(Assembled, PathBuf, Box<Recording>),
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
    pub(crate) fn open(source: &Source, cut: Cut, buffer: &mut Vec<u8>) -> Result<Self, DataError> {
        let mut pieces = Self {
            source: source.clone(),
            cut,
            whole: VecDeque::new(),
            from: None,
            is_long: false,
            read: 0,
        };
        if source.is_numpy() {
            pieces.is_long = is_long(source.path());
            if !pieces.is_long {
                pieces.whole = source.read_arrays()?.into();
                return Ok(pieces);
            }
            let arrays = Arrays::open(source.path()).map_err(DataError::at(source.path()))?;
            pieces.from = Some(From::Arrays(Box::new(arrays), None));
            return Ok(pieces);
        }
        // Of what is compressed nobody knows how long it is.
        let is_short = |found: std::fs::Metadata| found.len() <= LONGEST_LINE as u64 / 16;
        pieces.is_long = !std::fs::metadata(source.path()).is_ok_and(is_short);
        let reading = source.open(buffer).map_err(DataError::at(source.path()))?;
        pieces.from = Some(From::Tables(Box::new(reading), None, Wanted::default()));
        Ok(pieces)
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
        if let Some(located) = self.whole.pop_front() {
            return Some(Ok(Raw::Whole(located)));
        }
        let next = match self.from.as_mut()? {
            From::Tables(reading, current, wanted) => {
                let next = next_of_tables(reading, current, wanted, &self.source, self.cut);
                next.map(|next| next.map(|raw| (raw, reading.read())))
            }
            From::Arrays(arrays, current) => {
                next_of_arrays(arrays, current, &self.source, self.cut)
            }
        };
        match next {
            Some(Ok((raw, read))) => {
                self.read = read;
                Some(Ok(raw))
            }
            Some(Err(problem)) => {
                self.from = None;
                Some(Err(DataError::new(self.source.path(), problem)))
            }
            None => {
                self.from = None;
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
            Raw::Known(part, path, facts) => {
                let Assembled { start, fresh, last, .. } = part;
                let recording = source.described(facts.describe(part.recording()?));
                Some(Piece { path, recording, start, fresh, last })
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

/// The next piece of some tables.
fn next_of_tables(
    reading: &mut Reading,
    current: &mut Option<Box<Current>>,
    wanted: &mut Wanted,
    source: &Source,
    cut: Cut,
) -> Option<Result<Raw, Problem>> {
    loop {
        if let Some(one) = current
            && let Some(part) = one.blocks.next()
        {
            return Some(Ok(one.raw(part)));
        }
        match reading.next() {
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
                    let (blocks, facts) = (Assembler::new(begin.axes, cut), begin.facts);
                    *current = Some(Box::new(Current { path, facts, blocks }));
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

/// What a file holds, where one recording of it is wanted.
#[derive(Default)]
struct Wanted {
    names: Vec<String>,
    is_there: bool,
}

/// The most names that are listed.
const MOST_NAMES: usize = 12;

impl Wanted {
    fn see(&mut self, source: &Source, name: &str) {
        self.is_there |= source.wants(name);
        if source.within().is_some() && self.names.len() <= MOST_NAMES {
            self.names.push(name.trim_start_matches(std::path::MAIN_SEPARATOR).to_owned());
        }
    }

    /// What is wrong where the recording that is wanted is not in the file.
    fn lacks(&mut self, source: &Source) -> Option<Problem> {
        let name = source.within().filter(|_| !self.is_there)?.to_owned();
        self.is_there = true;
        let found = match self.names.as_mut_slice() {
            [] => "none at all".to_owned(),
            [one] if one.is_empty() => "one without a name".to_owned(),
            names => {
                let more = if names.len() > MOST_NAMES { ", ..." } else { "" };
                format!("{}{more}", names[..names.len().min(MOST_NAMES)].join(", "))
            }
        };
        Some(Problem::NotWithin { name: shown(&name, 80), found: shown(&found, 400) })
    }
}

impl Current {
    fn raw(&self, part: Assembled) -> Raw {
        Raw::Known(part, self.path.clone(), self.facts.clone())
    }
}

/// The next piece of some arrays.
fn next_of_arrays(
    arrays: &mut Arrays,
    current: &mut Option<Array>,
    source: &Source,
    cut: Cut,
) -> Option<Result<(Raw, u64), Problem>> {
    loop {
        if let Some(next) = current.as_mut().and_then(Array::next) {
            return Some(next);
        }
        match arrays.next()? {
            Ok((name, stream)) => {
                *current = Some(Array::new(source.inside(&name), stream, cut));
            }
            Err(problem) => return Some(Err(problem)),
        }
    }
}

impl Array {
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
        let raw = Raw::Part(part, self.path.clone(), Box::new(self.stream.describe(like)));
        Some(Ok((raw, self.stream.read())))
    }
}
