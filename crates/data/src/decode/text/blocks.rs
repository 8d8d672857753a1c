//! A text in blocks of whole lines, which are read on all threads.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::sync::Arc;

use rayon::prelude::*;

use super::layout::{Layout, is_blank_or_comment};
use super::rows::{Lines, Rows, Wrong, is_binary};
use super::signals::Signals;
use super::{Bytes, LONGEST_LINE, LineAxes, SIGNAL, encoding, head, plain};
use crate::decode::{Head, One, Table, Tables};
use crate::error::{LineProblem, Problem};
use crate::pieces::Block;

/// The most blocks that are read at a time.
const MOST: usize = 16;

/// The most columns of a text that is taken for plain rows by its first one.
const PLAIN: usize = crate::MAX_AXES + 1;

/// Opens a text, the first bytes of which stand in `buffer`, as far as it is `filled`; `rest` gives the others.
///
/// # Errors
/// A [`Problem`] that names the line.
pub(crate) fn open(
    buffer: &mut Vec<u8>,
    mut filled: usize,
    mut rest: Bytes,
    axes: LineAxes,
) -> Result<Box<dyn Tables>, Problem> {
    if let Some(mut plain) = encoding::plain(&buffer[..filled], &mut rest) {
        (filled, rest) = (fill(&mut plain, buffer, 0)?, plain);
    }
    let mark = if buffer[..filled].starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    if mark > 0 {
        buffer.copy_within(mark..filled, 0);
        filled -= mark;
    }
    let mut before = 0;
    loop {
        // Until the layout is known, more than comments have to be seen, or the end.
        let is_whole = filled < LONGEST_LINE;
        let end = whole_lines(&buffer[..filled], is_whole);
        let lines = &buffer[..end];
        if end == 0 && filled > 0 {
            return Err(Problem::Line {
                line: before + 1,
                what: LineProblem::TooLong { limit: LONGEST_LINE },
            });
        }
        if let Some(mut layout) = layout_of(lines, before)? {
            let (mut is_whole, mut end) = (is_whole, end);
            if !is_whole && layout.before > LONGEST_LINE / 2 {
                // What the columns are is told by more than a few rows.
                before +=
                    lines[..layout.before].iter().filter(|&&byte| byte == b'\n').count() as u64;
                buffer.copy_within(layout.before..filled, 0);
                filled = fill(&mut rest, buffer, filled - layout.before)?;
                (layout.before, is_whole) = (0, filled < LONGEST_LINE);
                end = whole_lines(&buffer[..filled], is_whole);
            }
            let is_signals =
                layout.names.is_none() && layout.columns() >= SIGNAL && layout.is_all_numbers();
            let text = Blocks::new(Arc::new(layout), before, &buffer[..filled], end, rest);
            return Ok(match is_signals {
                true => Box::new(Signals::new(text, axes)),
                false => Box::new(One::new(text)),
            });
        }
        if is_whole {
            return Err(Problem::NoReadings);
        }
        // Names may stand above rows that are still to come.
        let comments = lines.split_inclusive(|&byte| byte == b'\n');
        let comments: Vec<usize> =
            comments.take_while(|line| is_blank_or_comment(line)).map(<[u8]>::len).collect();
        let end: usize = comments.iter().sum();
        if end == 0 {
            return Err(Problem::NoReadings);
        }
        before += comments.len() as u64;
        buffer.copy_within(end..filled, 0);
        filled = fill(&mut rest, buffer, filled - end)?;
    }
}

/// The layout of a text that begins with these lines; none where nothing but words is among them.
fn layout_of(lines: &[u8], before: u64) -> Result<Option<Layout>, Problem> {
    let numbered_names = lines.starts_with(b"0,1");
    if let Some(columns @ 2..=PLAIN) = plain::columns(lines).filter(|_| !numbered_names) {
        // It begins with a plain row: there is nothing to guess.
        return Ok(Some(Layout::plain(columns)));
    }
    let told = lines.split(|&byte| byte == b'\n').enumerate();
    let mut told = told.filter(|(_, line)| !is_blank_or_comment(line));
    if let Some((at, line)) = told.next()
        && let Some(&byte) = line.iter().find(|&&byte| is_binary(byte))
    {
        return Err(Problem::Binary { byte, line: before + at as u64 + 1 });
    }
    Ok(Layout::guess(lines))
}

/// The bytes of whole lines among these.
fn whole_lines(bytes: &[u8], is_whole: bool) -> usize {
    match is_whole {
        true => bytes.len(),
        false => memchr::memrchr(b'\n', bytes).map_or(0, |newline| newline + 1),
    }
}

/// Fills a buffer from where it is filled on; how far it is then, less than its length only at the end.
pub(crate) fn fill(
    source: &mut dyn Read,
    buffer: &mut Vec<u8>,
    mut filled: usize,
) -> std::io::Result<usize> {
    buffer.resize(LONGEST_LINE, 0);
    while filled < LONGEST_LINE {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A text, a block after the other.
pub(super) struct Blocks {
    head: Head,
    layout: Arc<Layout>,
    source: Bytes,
    /// What was read of a line that is not yet whole.
    carry: Vec<u8>,
    /// Whether all of it is read.
    ended: bool,
    keep: Option<Vec<usize>>,
    /// Lines before those in `ready`.
    done: u64,
    bytes: u64,
    chunks: Vec<Chunk>,
    /// What was read, in order.
    ready: VecDeque<Rows>,
    wrong: Vec<Wrong>,
    /// What is wrong with the lines behind the rows, if there are rows behind them.
    after: Option<Problem>,
    stop: Option<Problem>,
}

/// Lines that are still to be read.
#[derive(Default)]
struct Chunk {
    bytes: Vec<u8>,
    filled: usize,
    values: Vec<f64>,
}

impl Blocks {
    /// One whose first lines, up to `end`, are read at once.
    fn new(layout: Arc<Layout>, before: u64, bytes: &[u8], end: usize, source: Bytes) -> Self {
        let lines = &bytes[..layout.before];
        let above = lines.iter().filter(|&&byte| byte == b'\n').count() as u64;
        let rows =
            Lines { layout: &layout, keep: None }.read(&bytes[layout.before..end], Vec::new());
        Self {
            head: head::of(&layout),
            layout,
            source,
            carry: bytes[end..].to_vec(),
            ended: bytes.len() < LONGEST_LINE,
            keep: None,
            done: before + above,
            bytes: bytes.len() as u64,
            chunks: Vec::new(),
            ready: VecDeque::from([rows]),
            wrong: Vec::new(),
            after: None,
            stop: None,
        }
    }

    /// Reads some blocks, and makes them `ready`.
    fn read_on(&mut self) {
        let count = (2 * rayon::current_num_threads()).clamp(2, MOST);
        let mut used = 0;
        let mut problem = None;
        while used < count && !self.ended && problem.is_none() {
            if used == self.chunks.len() {
                self.chunks.push(Chunk::default());
            }
            match self.chunks[used].fill(&mut self.source, &mut self.carry) {
                Ok((read, ended)) => {
                    self.bytes += read as u64;
                    self.ended = ended;
                    used += 1;
                }
                Err(stop) => problem = Some(stop),
            }
        }
        let lines = Lines { layout: &self.layout, keep: self.keep.as_deref() };
        let columns = self.layout.columns();
        let all_columns: Vec<usize> = (0..columns).collect();
        let keep = self.keep.as_deref().unwrap_or(&all_columns);
        let read = |chunk: &mut Chunk| {
            let values = std::mem::take(&mut chunk.values);
            let mut rows = lines.read(&chunk.bytes[..chunk.filled], values);
            let has_rows = !rows.values.is_empty();
            rows.block = has_rows.then(|| Block::of_rows(&rows.values, columns, keep));
            rows
        };
        let mut all = Vec::new();
        let chunks = &mut self.chunks[..used];
        chunks.par_iter_mut().with_max_len(1).map(read).collect_into_vec(&mut all);
        self.ready.extend(all);
        if let Some(stop) = problem {
            self.ended = true;
            self.ready.push_back(Rows { stop: Some(stop), ..Rows::default() });
        }
    }

    /// What is wrong with a line of those that are read now, as it is counted from the first.
    fn counted(&self, mut problem: Problem) -> Problem {
        if let Problem::Line { line, .. } | Problem::Binary { line, .. } = &mut problem {
            *line += self.done;
        }
        problem
    }

    /// The rows of what was read; none where there are none.
    fn take(&mut self, mut rows: Rows) -> Option<Block> {
        for mut wrong in std::mem::take(&mut rows.wrong) {
            if !self.wrong.iter().any(|one| one.column == wrong.column) {
                wrong.line += self.done;
                self.wrong.push(wrong);
            }
        }
        self.head.rate_hz = self.head.rate_hz.or(rows.rate_hz);
        self.stop = rows.stop.take().map(|problem| self.counted(problem));
        let after = rows.after.take().map(|problem| self.counted(problem));
        self.done += rows.lines;
        if rows.values.is_empty() {
            self.after = self.after.take().or(after);
            return None;
        }
        if let Some(problem) = self.after.take() {
            // There are rows behind the words.
            (self.stop, self.ended, self.ready) = (Some(problem), true, VecDeque::new());
            return None;
        }
        self.after = after;
        let columns = self.layout.columns();
        let all: Vec<usize>;
        let keep = match &self.keep {
            Some(keep) => keep,
            None => {
                all = (0..columns).collect();
                &all
            }
        };
        let block =
            rows.block.take().unwrap_or_else(|| Block::of_rows(&rows.values, columns, keep));
        rows.values.clear();
        if let Some(chunk) = self.chunks.iter_mut().find(|chunk| chunk.values.capacity() == 0) {
            chunk.values = rows.values;
        }
        Some(block)
    }
}

impl Table for Blocks {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.keep = Some(columns.to_vec());
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        loop {
            if let Some(problem) = self.stop.take() {
                (self.ended, self.ready) = (true, VecDeque::new());
                return Some(Err(problem));
            }
            let Some(rows) = self.ready.pop_front() else {
                if self.ended {
                    return None;
                }
                self.read_on();
                continue;
            };
            if let Some(block) = self.take(rows) {
                return Some(Ok(block));
            }
        }
    }

    fn read(&self) -> u64 {
        self.bytes
    }

    fn wrong(&self, column: usize, row: u64) -> Problem {
        match self.wrong.iter().find(|one| one.column == column) {
            Some(wrong) => wrong.problem(),
            None => crate::decode::lacks(&self.head, column, row),
        }
    }
}

impl Chunk {
    /// Fills it with whole lines; how many bytes are new, and whether they are the last.
    fn fill(&mut self, source: &mut Bytes, carry: &mut Vec<u8>) -> Result<(usize, bool), Problem> {
        let before = carry.len();
        self.bytes.resize(LONGEST_LINE, 0);
        self.bytes[..before].copy_from_slice(carry);
        carry.clear();
        let filled = fill(source, &mut self.bytes, before)?;
        let ended = filled < LONGEST_LINE;
        self.filled = filled;
        if !ended {
            let Some(newline) = memchr::memrchr(b'\n', &self.bytes[..filled]) else {
                // In the line after those that are read.
                let what = LineProblem::TooLong { limit: LONGEST_LINE };
                return Err(Problem::Line { line: 1, what });
            };
            carry.extend_from_slice(&self.bytes[newline + 1..filled]);
            self.filled = newline + 1;
        }
        Ok((filled - before, ended))
    }
}
