//! From the bytes of a text file to a recording, in one pass and in bounded memory.

use std::io::{ErrorKind, Read};

use super::facts::Facts;
use super::layout::{Delimiter, Layout, bare, is_blank_or_comment, is_non_finite};
use super::number::number;
use super::plain;
use super::time;
use crate::error::{LineProblem, Problem, shown};
use crate::{MAX_AXES, Recording};

/// The longest line that is read, and the size of the buffer.
pub(super) const LONGEST_LINE: usize = 256 * 1024;

/// The most columns that are read: the axes and a time.
pub(super) const MAX_COLUMNS: usize = MAX_AXES + 1;

/// Reads a recording from text; `buffer` is reused from file to file.
///
/// # Errors
/// A [`Problem`] that names the line.
pub fn read(source: impl Read, buffer: &mut Vec<u8>) -> Result<Recording, Problem> {
    Rows::default().read_on(source, buffer, Until::default())?.0.finish()
}

/// As [`read`], of at most so many numbers.
pub(crate) fn read_most(
    source: impl Read,
    buffer: &mut Vec<u8>,
    most: usize,
) -> Result<Recording, Problem> {
    let until = Until { most: Some(most), ..Until::default() };
    Rows::default().read_on(source, buffer, until)?.0.finish()
}

/// Where reading stops before the end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Until {
    /// Once so many bytes are read and there are rows.
    pub(super) bytes: Option<usize>,
    /// Bytes that stand in the buffer already.
    pub(super) filled: usize,
    /// The most numbers that are kept; there is an error where there are more.
    pub(super) most: Option<usize>,
}

/// What keeps from reading on: the rest of the buffer is another matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum End {
    OfFile,
    /// So many bytes at the front of the buffer are still to be read.
    Paused(usize),
}

/// The rows read so far.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) layout: Option<Layout>,
    /// Columns in a row; 0 before the first.
    pub(super) columns: usize,
    /// Row by row: `[rows][columns]`.
    pub(super) values: Vec<f64>,
    /// Lines finished.
    pub(super) lines: u64,
}

impl Rows {
    /// Reads to the end, or as far as it is to go.
    pub(super) fn read_on(
        mut self,
        mut source: impl Read,
        buffer: &mut Vec<u8>,
        until: Until,
    ) -> Result<(Self, End), Problem> {
        buffer.resize(LONGEST_LINE, 0);
        let mut filled = until.filled;
        let mut all = filled;
        loop {
            let read = match source.read(&mut buffer[filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                read => read?,
            };
            filled += read;
            all += read;
            let end = match read {
                0 => filled,
                _ => memchr::memrchr(b'\n', &buffer[..filled]).map_or(0, |newline| newline + 1),
            };
            // Until the layout is known, more than one line has to be seen, or the end.
            if end > 0 && (read == 0 || self.layout.is_some() || filled == LONGEST_LINE) {
                let taken = self.take(&buffer[..end], read == 0)?;
                buffer.copy_within(taken..filled, 0);
                filled -= taken;
            }
            if read == 0 {
                return Ok((self, End::OfFile));
            }
            if filled == LONGEST_LINE {
                return Err(self.problem(LineProblem::TooLong { limit: LONGEST_LINE }));
            }
            if until.most.is_some_and(|most| self.values.len() > most) {
                return Err(Problem::Expands);
            }
            if self.columns > 0 && until.bytes.is_some_and(|bytes| all >= bytes) {
                return Ok((self, End::Paused(filled)));
            }
        }
    }

    /// Takes whole lines, the last of which may lack its newline, and returns how many bytes.
    ///
    /// Unless these are the `last` bytes, lines are left from which no layout can be told yet.
    pub(super) fn take(&mut self, bytes: &[u8], last: bool) -> Result<usize, Problem> {
        let mut rest = bytes;
        let mut left = 0;
        if self.layout.is_none() {
            rest = rest.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(rest);
            let known = self.see_layout(rest, last)?;
            left = rest.len() - known;
            rest = &rest[..known];
        }
        let plain = Layout::plain();
        let layout = self.layout.as_ref().unwrap_or(&plain);
        let mut lines = Lines { layout, columns: self.columns, done: self.lines };
        let taken = lines.rows(rest, &mut self.values);
        (self.columns, self.lines) = (lines.columns, lines.done);
        taken.map(|()| bytes.len() - left)
    }

    /// Guesses the layout, and returns how many of the bytes may be read with it.
    fn see_layout(&mut self, bytes: &[u8], last: bool) -> Result<usize, Problem> {
        if let Some(columns @ 2..=MAX_COLUMNS) = plain::columns(bytes) {
            // The file begins with a plain row: there is nothing to guess.
            (self.columns, self.layout) = (columns, Some(Layout::plain()));
            return Ok(bytes.len());
        }
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return Err(Problem::Binary { byte: bytes[0], line: self.lines + 1 });
        }
        let (mut head, mut at, mut first) = (Vec::with_capacity(2), 0, 0);
        for (number, line) in (self.lines + 1..).zip(bytes.split_inclusive(|&b| b == b'\n')) {
            if !is_blank_or_comment(line) {
                if let Some(&byte) = line.iter().find(|&&b| is_binary(b)) {
                    return Err(Problem::Binary { byte, line: number });
                }
                first = if head.is_empty() { at } else { first };
                head.push(line);
            }
            at += line.len();
            // The first two lines suffice.
            if head.len() == 2 {
                break;
            }
        }
        if head.len() == 1 && !last {
            return Ok(first);
        }
        self.layout = Layout::guess(&String::from_utf8_lossy(&head.concat()));
        Ok(bytes.len())
    }

    pub(super) fn problem(&self, what: LineProblem) -> Problem {
        Problem::Line { line: self.lines + 1, what }
    }

    /// The recording that the rows make up.
    pub(super) fn finish(self) -> Result<Recording, Problem> {
        let Some(layout) = self.layout.filter(|_| !self.values.is_empty()) else {
            return Err(Problem::NoReadings);
        };
        let (columns, len) = (self.columns, self.values.len() / self.columns);
        let mut by_column = Vec::with_capacity(self.values.len());
        for column in 0..columns {
            by_column.extend(self.values.chunks_exact(columns).map(|row| row[column]));
        }
        let time = time::column(&layout, &by_column, len);
        if let Some(time) = &time {
            by_column.drain(time.column * len..(time.column + 1) * len);
        }
        let axes = columns - usize::from(time.is_some());
        let recording =
            Recording::from_axes(axes, len, by_column).ok_or(Problem::Columns { columns: axes })?;
        Ok(Facts::of(&layout, columns, time)?.describe(recording))
    }
}

/// Reads lines of a known layout.
pub(super) struct Lines<'l> {
    pub(super) layout: &'l Layout,
    /// Columns in a row; 0 before the first.
    pub(super) columns: usize,
    /// Lines finished.
    pub(super) done: u64,
}

impl Lines<'_> {
    /// Appends the rows of whole lines to `values`, row by row.
    pub(super) fn rows(&mut self, bytes: &[u8], values: &mut Vec<f64>) -> Result<(), Problem> {
        let mut rest = bytes;
        // A number takes some 9 bytes.
        values.reserve(bytes.len() / 9);
        let comma = self.layout.delimiter == Delimiter::Byte(b',');
        while !rest.is_empty() {
            if comma {
                let (lines, used) = plain::rows(rest, self.columns, values);
                self.done += lines;
                rest = &rest[used..];
            }
            if !rest.is_empty() {
                let used = self.any_line(rest, values)?;
                rest = &rest[used..];
                self.done += 1;
            }
        }
        Ok(())
    }

    /// Reads one line of any kind, and says what is wrong with it.
    fn any_line(&mut self, bytes: &[u8], values: &mut Vec<f64>) -> Result<usize, Problem> {
        let (line, used) = match memchr::memchr(b'\n', bytes) {
            Some(newline) => (&bytes[..newline], newline + 1),
            None => (bytes, bytes.len()),
        };
        if is_blank_or_comment(line) {
            return Ok(used);
        }
        if let Some(&byte) = line.iter().find(|&&b| is_binary(b)) {
            return Err(Problem::Binary { byte, line: self.done + 1 });
        }
        let text = String::from_utf8_lossy(line);
        let layout = self.layout;
        let fields = layout.fields(&text);
        if self.columns == 0 && layout.header.as_ref().is_some_and(|names| is_same(names, &fields))
        {
            // Names may repeat their header, numbers never do.
            return Ok(used);
        }
        let row = fields
            .iter()
            .enumerate()
            .map(|(at, field)| value(field, at + 1, layout.decimal_comma))
            .collect::<Result<Vec<f64>, _>>();
        if self.columns != 0 && fields.len() != self.columns {
            let (found, expected) = (fields.len(), self.columns);
            return Err(self.problem(LineProblem::Columns { found, expected }));
        }
        let row = row.map_err(|what| self.problem(what))?;
        if self.columns == 0 {
            self.columns = row.len();
            if self.columns > MAX_COLUMNS {
                return Err(Problem::Columns { columns: row.len() });
            }
        }
        values.extend(row);
        Ok(used)
    }

    fn problem(&self, what: LineProblem) -> Problem {
        Problem::Line { line: self.done + 1, what }
    }
}

fn is_same(names: &[String], fields: &[&str]) -> bool {
    names.len() == fields.len() && names.iter().zip(fields).all(|(n, f)| n == bare(f))
}

/// A control byte that text files do not have.
fn is_binary(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C) || byte == 0x7F
}

/// The number in one field.
fn value(field: &str, column: usize, decimal_comma: bool) -> Result<f64, LineProblem> {
    let field = bare(field);
    let shortened = || shown(field, 40);
    if is_non_finite(field) {
        return Err(LineProblem::NonFinite { field: shortened(), column });
    }
    let text = match decimal_comma {
        true if field.contains(',') => &field.replace(',', "."),
        _ => field,
    };
    match number(text.as_bytes()) {
        Some((value, used)) if used == text.len() => Ok(value),
        // Written as a number, but larger than any.
        _ if text.parse::<f64>().is_ok_and(f64::is_infinite) => {
            Err(LineProblem::NonFinite { field: shortened(), column })
        }
        _ => Err(LineProblem::Text { field: shortened(), column }),
    }
}
