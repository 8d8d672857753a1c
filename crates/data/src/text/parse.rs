//! From the bytes of a text file to a recording, in one pass and in bounded memory.

use std::io::{ErrorKind, Read};

use super::layout::{Delimiter, Layout, bare, is_blank_or_comment, is_non_finite};
use super::number::number;
use super::plain;
use super::time;
use super::units;
use crate::error::{LineProblem, Problem, shown};
use crate::{MAX_AXES, Recording};

/// The longest line that is read, and the size of the buffer.
const LONGEST_LINE: usize = 256 * 1024;

/// The most columns that are read: the axes and a time.
const MAX_COLUMNS: usize = MAX_AXES + 1;

/// Reads a recording from text; `buffer` is reused from file to file.
///
/// # Errors
/// A [`Problem`] that names the line.
pub fn read(mut source: impl Read, buffer: &mut Vec<u8>) -> Result<Recording, Problem> {
    buffer.resize(LONGEST_LINE, 0);
    let mut rows = Rows::default();
    let mut filled = 0;
    loop {
        let read = match source.read(&mut buffer[filled..]) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        filled += read;
        let end = match read {
            0 => filled,
            _ => memchr::memrchr(b'\n', &buffer[..filled]).map_or(0, |newline| newline + 1),
        };
        // Until the layout is known, more than one line has to be seen, or the end.
        if end > 0 && (read == 0 || rows.layout.is_some() || filled == LONGEST_LINE) {
            let taken = rows.take(&buffer[..end], read == 0)?;
            buffer.copy_within(taken..filled, 0);
            filled -= taken;
        }
        if read == 0 {
            return rows.finish();
        }
        if filled == LONGEST_LINE {
            return Err(rows.problem(LineProblem::TooLong { limit: LONGEST_LINE }));
        }
    }
}

/// The rows read so far.
#[derive(Default)]
struct Rows {
    layout: Option<Layout>,
    /// Columns in a row; 0 before the first.
    columns: usize,
    /// Row by row: `[rows][columns]`.
    values: Vec<f64>,
    /// Lines finished.
    lines: u64,
}

impl Rows {
    /// Takes whole lines, the last of which may lack its newline, and returns how many bytes.
    ///
    /// Unless these are the `last` bytes, lines are left from which no layout can be told yet.
    fn take(&mut self, bytes: &[u8], last: bool) -> Result<usize, Problem> {
        let mut rest = bytes;
        let mut left = 0;
        if self.layout.is_none() {
            rest = rest.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(rest);
            let known = self.see_layout(rest, last)?;
            left = rest.len() - known;
            rest = &rest[..known];
        }
        // A number takes some 9 bytes.
        self.values.reserve(bytes.len() / 9);
        let comma = self.layout.as_ref().is_some_and(|l| l.delimiter == Delimiter::Byte(b','));
        while !rest.is_empty() {
            if comma {
                let (lines, used) = plain::rows(rest, self.columns, &mut self.values);
                self.lines += lines;
                rest = &rest[used..];
            }
            if !rest.is_empty() {
                let used = self.any_line(rest)?;
                rest = &rest[used..];
                self.lines += 1;
            }
        }
        Ok(bytes.len() - left)
    }

    /// Reads one line of any kind, and says what is wrong with it.
    fn any_line(&mut self, bytes: &[u8]) -> Result<usize, Problem> {
        let (line, used) = match memchr::memchr(b'\n', bytes) {
            Some(newline) => (&bytes[..newline], newline + 1),
            None => (bytes, bytes.len()),
        };
        if is_blank_or_comment(line) {
            return Ok(used);
        }
        if let Some(&byte) = line.iter().find(|&&b| is_binary(b)) {
            return Err(Problem::Binary { byte, line: self.lines + 1 });
        }
        let text = String::from_utf8_lossy(line);
        let Some(layout) = self.layout.as_ref() else { return Ok(used) };
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
        self.values.extend(row);
        Ok(used)
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

    fn problem(&self, what: LineProblem) -> Problem {
        Problem::Line { line: self.lines + 1, what }
    }

    /// The recording that the rows make up.
    fn finish(self) -> Result<Recording, Problem> {
        let Some(layout) = self.layout.filter(|_| !self.values.is_empty()) else {
            return Err(Problem::NoReadings);
        };
        let (columns, len) = (self.columns, self.values.len() / self.columns);
        let mut by_column = Vec::with_capacity(self.values.len());
        for column in 0..columns {
            by_column.extend(self.values.chunks_exact(columns).map(|row| row[column]));
        }
        let mut rate_hz = None;
        let mut axes = columns;
        let names = layout.header.as_ref().filter(|names| names.len() == columns);
        let mut names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
        if let Some(time) = time::column(&layout, &by_column, len) {
            rate_hz = time.rate_hz;
            by_column.drain(time.column * len..(time.column + 1) * len);
            axes -= 1;
            if !names.is_empty() {
                names.remove(time.column);
            }
        }
        let recording =
            Recording::from_axes(axes, len, by_column).ok_or(Problem::Columns { columns: axes })?;
        let units = units::named(&names)?;
        Ok(recording.with_rate(rate_hz).with_unit(units.unit).with_others(units.others.into_iter()))
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
