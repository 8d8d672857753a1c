//! A long text in blocks of whole lines, which are read on all threads.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};

use rayon::prelude::*;

use super::clock::{Clock, Middle, Stretch};
use super::facts::Facts;
use super::layout::Layout;
use super::parse::{End, LONGEST_LINE, Lines, Rows, Until};
use super::time::{Candidate, TimeColumn, is_growing};
use crate::Recording;
use crate::error::{LineProblem, Problem};
use crate::pieces::{Block, Stream};

/// The most blocks that are read at a time.
const MOST: usize = 16;

/// Some bytes, from their beginning.
pub(crate) type Bytes = Box<dyn Read + Send>;

/// A text that was opened.
pub(crate) enum Opened {
    /// It is short, or cannot be known before its end.
    Whole(Recording),
    /// It goes on.
    Blocks(Box<Blocks>),
}

/// Opens a text anew, where it can be: a pipe is there once.
pub(crate) type Again<'a> = &'a dyn Fn() -> io::Result<Option<Bytes>>;

/// Opens a text. Where `again` gives it anew, it may be read twice: once to find out what is known only at
/// its end; else it is read as a whole, and is an error where there are more than `most` numbers.
///
/// # Errors
/// A [`Problem`] that names the line.
pub(crate) fn open(
    mut source: Bytes,
    again: Again<'_>,
    buffer: &mut Vec<u8>,
    most: Option<usize>,
) -> Result<Opened, Problem> {
    let until = Until { bytes: Some(LONGEST_LINE), ..Until::default() };
    let (rows, left) = match Rows::default().read_on(&mut source, buffer, until)? {
        (rows, End::OfFile) => return Ok(Opened::Whole(rows.finish()?)),
        (rows, End::Paused(left)) => (rows, left),
    };
    let layout = rows.layout.clone().unwrap_or_else(Layout::plain);
    let columns = rows.columns;
    let candidate = Candidate::of(&layout, columns).filter(|one| {
        let column: Vec<f64> =
            rows.values.iter().skip(one.column).step_by(columns).copied().collect();
        one.is_named || is_growing(&column)
    });
    let facts = match candidate {
        None => columns_are(&layout, columns, None),
        Some(_) => Err(Problem::NoReadings),
    };
    if let Ok(facts) = facts {
        let blocks = Blocks::new(source, rows, &buffer[..left], (facts, None));
        return Ok(Opened::Blocks(Box::new(blocks)));
    }
    if again()?.is_none() {
        let until = Until { filled: left, most, ..Until::default() };
        return Ok(Opened::Whole(rows.read_on(source, buffer, until)?.0.finish()?));
    }
    // What is wrong with all of it is told only where no line is wrong.
    let may_stop = columns_are(&layout, columns, None).is_ok();
    let time = survey(again, buffer, candidate, may_stop)?;
    let facts = columns_are(&layout, columns, time)?;
    let mut source = anew(again)?;
    match Rows::default().read_on(&mut source, buffer, until)? {
        (rows, End::OfFile) => Ok(Opened::Whole(rows.finish()?)),
        (rows, End::Paused(left)) => {
            let blocks = Blocks::new(source, rows, &buffer[..left], (facts, time));
            Ok(Opened::Blocks(Box::new(blocks)))
        }
    }
}

/// The text from its beginning, which it had a moment ago.
fn anew(again: Again<'_>) -> io::Result<Bytes> {
    again()?.ok_or_else(|| ErrorKind::NotFound.into())
}

/// What the columns are, where they can be those of a recording.
fn columns_are(
    layout: &Layout,
    columns: usize,
    time: Option<TimeColumn>,
) -> Result<Facts, Problem> {
    let axes = columns - usize::from(time.is_some());
    if !(1..=crate::MAX_AXES).contains(&axes) {
        return Err(Problem::Columns { columns: axes });
    }
    Facts::of(layout, columns, time)
}

/// Reads all of it, to find the first line that is wrong, and whether a column is a time.
fn survey(
    again: Again<'_>,
    buffer: &mut Vec<u8>,
    candidate: Option<Candidate>,
    may_stop: bool,
) -> Result<Option<TimeColumn>, Problem> {
    let mut within = 0..=u64::MAX;
    // What is no time by its numbers is none, whatever follows; a name says it is one.
    let may_stop = may_stop && candidate.is_some_and(|one| !one.is_named);
    loop {
        let mut source = anew(again)?;
        let until = Until { bytes: Some(LONGEST_LINE), ..Until::default() };
        let (rows, left) = match Rows::default().read_on(&mut source, buffer, until)? {
            (rows, End::OfFile) => (rows, 0),
            (rows, End::Paused(left)) => (rows, left),
        };
        let column = candidate.map(|one| one.column);
        let keep: Vec<usize> = column.into_iter().collect();
        let mut blocks = Blocks::keeping(source, rows, &buffer[..left], keep, Facts::default());
        let mut clock = Clock::new(within);
        while let Some(stretch) = blocks.map_next(&|block| Stretch::of(block.axis(0))) {
            if let Some(stretch) = stretch? {
                clock.take(&stretch);
            }
            if may_stop && !clock.is_growing() {
                return Ok(None);
            }
        }
        let Some(candidate) = candidate.filter(|one| one.is_named || clock.is_time()) else {
            return Ok(None);
        };
        match clock.middle() {
            Middle::Step(step) => return Ok(Some(candidate.with_step(step))),
            Middle::Within(keys) => within = keys,
        }
    }
}

/// The rest of a text, a block after the other.
pub(crate) struct Blocks {
    source: Bytes,
    /// What was read of a line that is not yet whole.
    carry: Vec<u8>,
    ended: bool,
    layout: Layout,
    columns: usize,
    /// The columns that are axes.
    keep: Vec<usize>,
    facts: Facts,
    /// The rows that were read to find the layout.
    head: Option<Vec<f64>>,
    /// Lines before those in `ready`.
    done: u64,
    bytes: u64,
    chunks: Vec<Chunk>,
    /// Blocks that were read, and the lines in each.
    ready: VecDeque<Result<(Block, u64), Problem>>,
}

/// A block on its way.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    filled: usize,
    values: Vec<f64>,
}

impl Blocks {
    fn new(
        source: Bytes,
        rows: Rows,
        left: &[u8],
        (facts, time): (Facts, Option<TimeColumn>),
    ) -> Self {
        let is_axis = |column: &usize| time.is_none_or(|time| time.column != *column);
        let keep = (0..rows.columns).filter(is_axis).collect();
        Self::keeping(source, rows, left, keep, facts)
    }

    fn keeping(source: Bytes, rows: Rows, left: &[u8], keep: Vec<usize>, facts: Facts) -> Self {
        Self {
            source,
            carry: left.to_vec(),
            ended: false,
            layout: rows.layout.unwrap_or_else(Layout::plain),
            columns: rows.columns,
            keep,
            facts,
            head: Some(rows.values),
            done: rows.lines,
            bytes: LONGEST_LINE as u64,
            chunks: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    /// What came of the next block.
    fn map_next<R>(&mut self, map: &dyn Fn(&Block) -> R) -> Option<Result<R, Problem>> {
        Some(self.next()?.map(|block| map(&block)))
    }

    /// Reads some blocks, and makes them `ready`.
    fn read_on(&mut self) {
        let count = (2 * rayon::current_num_threads()).clamp(2, MOST);
        let mut problem = None;
        let mut used = 0;
        while used < count && !self.ended && problem.is_none() {
            if used == self.chunks.len() {
                self.chunks.push(Chunk::default());
            }
            match fill(&mut self.source, &mut self.carry, &mut self.chunks[used]) {
                Ok((read, ended)) => {
                    self.bytes += read as u64;
                    self.ended = ended;
                    used += 1;
                }
                Err(stop) => problem = Some(stop),
            }
        }
        let (layout, columns, keep) = (&self.layout, self.columns, self.keep.as_slice());
        let read = |chunk: &mut Chunk| chunk.read(layout, columns, keep);
        let chunks = &mut self.chunks[..used];
        match chunks {
            [one] => self.ready.push_back(read(one)),
            _ => {
                let mut all = Vec::new();
                chunks.par_iter_mut().with_max_len(1).map(read).collect_into_vec(&mut all);
                self.ready.extend(all);
            }
        }
        if let Some(stop) = problem {
            self.ended = true;
            self.ready.push_back(Err(stop));
        }
    }
}

impl Stream for Blocks {
    fn next(&mut self) -> Option<Result<Block, Problem>> {
        if let Some(values) = self.head.take() {
            return Some(Ok(Block::of_rows(&values, self.columns, &self.keep)));
        }
        while self.ready.is_empty() {
            if self.ended {
                return None;
            }
            self.read_on();
        }
        match self.ready.pop_front()? {
            Ok((block, lines)) => {
                self.done += lines;
                Some(Ok(block))
            }
            Err(mut problem) => {
                if let Problem::Line { line, .. } | Problem::Binary { line, .. } = &mut problem {
                    *line += self.done;
                }
                (self.ended, self.ready) = (true, VecDeque::new());
                Some(Err(problem))
            }
        }
    }

    fn axes(&self) -> usize {
        self.keep.len()
    }

    fn describe(&self, recording: Recording) -> Recording {
        self.facts.describe(recording)
    }

    fn read(&self) -> u64 {
        self.bytes
    }
}

/// Fills a chunk with whole lines; how many bytes are new, and whether they are the last.
fn fill(
    source: &mut Bytes,
    carry: &mut Vec<u8>,
    chunk: &mut Chunk,
) -> Result<(usize, bool), Problem> {
    chunk.bytes.resize(LONGEST_LINE, 0);
    let before = carry.len();
    chunk.bytes[..before].copy_from_slice(carry);
    carry.clear();
    let mut filled = before;
    let mut ended = false;
    while filled < LONGEST_LINE && !ended {
        match source.read(&mut chunk.bytes[filled..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => {
                let read = read?;
                filled += read;
                ended = read == 0;
            }
        }
    }
    chunk.filled = filled;
    if !ended {
        let Some(newline) = memchr::memrchr(b'\n', &chunk.bytes[..filled]) else {
            // In the line after those that are read.
            let what = LineProblem::TooLong { limit: LONGEST_LINE };
            return Err(Problem::Line { line: 1, what });
        };
        carry.extend_from_slice(&chunk.bytes[newline + 1..filled]);
        chunk.filled = newline + 1;
    }
    Ok((filled - before, ended))
}

impl Chunk {
    /// The rows in it, and how many lines they take.
    fn read(
        &mut self,
        layout: &Layout,
        columns: usize,
        keep: &[usize],
    ) -> Result<(Block, u64), Problem> {
        let mut lines = Lines { layout, columns, done: 0 };
        self.values.clear();
        lines.rows(&self.bytes[..self.filled], &mut self.values)?;
        Ok((Block::of_rows(&self.values, columns, keep), lines.done))
    }
}
