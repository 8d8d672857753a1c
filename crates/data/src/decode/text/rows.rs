//! From lines of a known layout to numbers.

use std::borrow::Cow;

use super::fields::{Delimiter, Form};
use super::layout::{Holds, Layout, is_blank_or_comment, is_non_finite};
use super::{encoding, plain, said_rate};
use crate::error::{LineProblem, Problem, shown};
use crate::pieces::Block;
use crate::text::decimal;

/// Lines of words that may stand behind the last row.
const MOST_AFTER: usize = 64;

/// What came of some lines.
#[derive(Default)]
pub(super) struct Rows {
    /// Row by row: `[rows][columns]`, where there is no number NaN.
    pub(super) values: Vec<f64>,
    /// The same column by column, where that was done beside other rows.
    pub(super) block: Option<Block>,
    /// Lines finished.
    pub(super) lines: u64,
    /// Of each column that lacks a number, the first line without.
    pub(super) wrong: Vec<Wrong>,
    /// What ends them: a line that is no row.
    pub(super) stop: Option<Problem>,
    /// What is wrong with a line behind the last row, should there be another row.
    pub(super) after: Option<Problem>,
    /// The sample rate that a line behind the last row says, in Hz.
    pub(super) rate_hz: Option<f64>,
}

/// Why a column has no number.
#[derive(Debug, Clone)]
pub(super) struct Wrong {
    pub(super) column: usize,
    pub(super) line: u64,
    what: LineProblem,
}

impl Wrong {
    pub(super) fn problem(&self) -> Problem {
        Problem::Line { line: self.line, what: self.what.clone() }
    }
}

/// Reads lines of a known layout.
pub(super) struct Lines<'l> {
    pub(super) layout: &'l Layout,
    /// The columns that are wanted; all where it is none.
    pub(super) keep: Option<&'l [usize]>,
}

impl Lines<'_> {
    /// The rows of whole lines; `into` is what is used again, and empty.
    pub(super) fn read(&self, bytes: &[u8], into: Vec<f64>) -> Rows {
        let mut rows = Rows { values: into, ..Rows::default() };
        let columns = self.layout.columns();
        let mut rest = bytes;
        // A number takes some 9 bytes.
        rows.values.reserve(bytes.len() / 9);
        let is_comma = self.layout.form.delimiter == Delimiter::Byte(b',') && self.is_quick();
        let mut cells = Vec::new();
        while !rest.is_empty() {
            if is_comma {
                let (lines, used) = plain::rows(rest, columns, &mut rows.values);
                rows.lines += lines;
                rest = &rest[used..];
            }
            if !rest.is_empty() {
                let (line, used) = match memchr::memchr(b'\n', rest) {
                    Some(newline) => (&rest[..newline], newline + 1),
                    None => (rest, rest.len()),
                };
                if let Err(what) = self.line(line, &mut rows, &mut cells) {
                    let end = self.ended_by(line, &rest[used..], what, &mut rows);
                    rows.lines += end;
                    return rows;
                }
                rest = &rest[used..];
                rows.lines += 1;
            }
        }
        rows
    }

    fn is_quick(&self) -> bool {
        let Form { is_stamped, is_named, decimal_comma, .. } = self.layout.form;
        self.layout.is_all_numbers() && !is_stamped && !is_named && !decimal_comma
    }

    /// Reads one line of any kind.
    fn line(&self, line: &[u8], rows: &mut Rows, cells: &mut Vec<f64>) -> Result<(), Problem> {
        if is_blank_or_comment(line) {
            return Ok(());
        }
        let number = rows.lines + 1;
        if let Some(&byte) = line.iter().find(|&&byte| is_binary(byte)) {
            return Err(Problem::Binary { byte, line: number });
        }
        let text = encoding::text(line);
        let Layout { form, holds, names, .. } = self.layout;
        let mut fields = form.fields(&text);
        if fields.len() + 1 == holds.len() && form.ends_empty(&text) {
            // The last column is empty here, and is not elsewhere.
            fields.push(Cow::Borrowed(""));
        }
        if names.as_ref().is_some_and(|names| is_same(names, &fields)) {
            // Names may repeat, as where a logger began anew; numbers never do.
            return Ok(());
        }
        cells.clear();
        let first_wrong = rows.wrong.len();
        for (column, field) in fields.iter().enumerate().take(holds.len()) {
            let is_wanted = self.keep.is_none_or(|keep| keep.contains(&column));
            let cell = match &holds[column] {
                _ if !is_wanted => Ok(f64::NAN),
                Holds::Numbers => value(field, column + 1, form.decimal_comma),
                Holds::Words(words) => Ok(words.number(field)),
                Holds::Moments(moment) => moment.seconds(field).ok_or_else(|| LineProblem::Text {
                    field: shown(field, 40),
                    column: column + 1,
                }),
            };
            cells.push(cell.unwrap_or_else(|what| {
                if !rows.wrong.iter().any(|one| one.column == column) {
                    rows.wrong.push(Wrong { column, line: number, what });
                }
                f64::NAN
            }));
        }
        if fields.len() != holds.len() {
            rows.wrong.truncate(first_wrong);
            let (found, expected) = (fields.len(), holds.len());
            return Err(Problem::Line {
                line: number,
                what: LineProblem::Columns { found, expected },
            });
        }
        let is_none = |(cell, one): (&f64, &Holds)| cell.is_nan() || matches!(one, Holds::Words(_));
        if self.keep.is_none() && cells.iter().zip(holds).all(is_none) {
            // Not one number: words, as those that a program writes at its end.
            let wrong = rows.wrong.get(first_wrong).map(Wrong::problem);
            let is_first = rows.wrong.len() > first_wrong;
            rows.wrong.truncate(first_wrong);
            if let Some(wrong) = wrong.filter(|_| is_first) {
                return Err(wrong);
            }
        }
        rows.values.extend_from_slice(cells);
        Ok(())
    }

    /// A line that is no row ends the rows; where it and all behind it are words, it may stand there. Returns how many
    /// lines those are.
    fn ended_by(&self, line: &[u8], behind: &[u8], what: Problem, rows: &mut Rows) -> u64 {
        let all = || std::iter::once(line).chain(behind.split(|&byte| byte == b'\n'));
        let is_told = |line: &&[u8]| !is_blank_or_comment(line);
        let has_rows = !rows.values.is_empty();
        if has_rows && all().filter(is_told).take(MOST_AFTER + 1).count() <= MOST_AFTER {
            let are_words = all().filter(is_told).all(|line| self.is_words(line));
            if are_words {
                rows.rate_hz = all().find_map(|line| said_rate::of(&encoding::text(line)));
                rows.after = Some(what);
                return all().count() as u64;
            }
        }
        rows.stop = Some(what);
        0
    }

    /// Whether a line is no row, nor a broken one.
    fn is_words(&self, line: &[u8]) -> bool {
        if line.iter().any(|&byte| is_binary(byte)) {
            return false;
        }
        let text = encoding::text(line);
        let fields = self.layout.form.fields(&text);
        fields.len() != self.layout.columns()
            && text.chars().any(|c| c.is_alphabetic() && !matches!(c, 'e' | 'E'))
            && fields.first().is_none_or(|first| value(first, 0, true).is_err())
    }
}

fn is_same(names: &[String], fields: &[Cow<'_, str>]) -> bool {
    names.len() == fields.len() && names.iter().zip(fields).all(|(n, f)| n == f)
}

/// A control byte that text files do not have.
pub(super) fn is_binary(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C) || byte == 0x7F
}

/// The number in one field.
fn value(field: &str, column: usize, decimal_comma: bool) -> Result<f64, LineProblem> {
    let shortened = || shown(field, 40);
    if is_non_finite(field) {
        return Err(LineProblem::NonFinite { field: shortened(), column });
    }
    let text = match decimal_comma {
        true if field.contains(',') => &field.replace(',', "."),
        _ => field,
    };
    match decimal(text.as_bytes()) {
        Some((value, used)) if used == text.len() => Ok(value),
        // Written as a number, but larger than any.
        _ if text.parse::<f64>().is_ok_and(f64::is_infinite) => {
            Err(LineProblem::NonFinite { field: shortened(), column })
        }
        _ => Err(LineProblem::Text { field: shortened(), column }),
    }
}
