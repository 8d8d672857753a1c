//! The datasets of a file, one after the other.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::function::Function;
use super::numbers::Place;
use super::wrong;
use crate::error::Problem;

/// The longest line.
const LONGEST: u64 = 4096;

/// The most functions of a file.
const MOST: usize = 1 << 15;

/// Lines before the numbers of a function.
const HEADER: usize = 11;

/// Its functions.
pub(super) fn read(path: &Path) -> Result<Vec<Function>, Problem> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut lines =
        Lines { file: BufReader::with_capacity(1 << 17, file), at: 0, line: Vec::new() };
    let mut functions = Vec::new();
    while lines.next()? {
        if !lines.is_mark() {
            continue;
        }
        if !lines.next()? {
            break;
        }
        let kind = String::from_utf8_lossy(&lines.line).into_owned();
        if let Some(rest) = kind.trim_start().strip_prefix("58") {
            let is_binary = rest.starts_with(['b', 'B']);
            if is_binary || rest.trim().is_empty() {
                let number = functions.len() + 1;
                let damaged =
                    || wrong(format!("its function {number} is damaged; export it again"));
                let place = if is_binary {
                    binary(rest).ok_or_else(damaged)?
                } else {
                    Place::Text { start: 0 }
                };
                let mut header = Vec::new();
                for _ in 0..HEADER {
                    if !lines.next()? {
                        return Err(wrong(format!(
                            "it is cut short in function {number}; copy it again"
                        )));
                    }
                    header.push(String::from_utf8_lossy(&lines.line).into_owned());
                }
                let function = Function::of(&header, place.at(lines.at));
                let function = function.ok_or_else(damaged)?.counted();
                let room = size.saturating_sub(lines.at);
                if !function.fits(room) {
                    return Err(wrong(format!(
                        "it is cut short in function {number}; copy it again"
                    )));
                }
                if let Place::Binary { bytes, .. } = function.place {
                    lines.skip(bytes)?;
                }
                if functions.len() == MOST {
                    return Err(wrong(
                        "it has more functions than are read; export fewer to a file",
                    ));
                }
                functions.push(function);
            }
        }
        // Up to the mark that ends it.
        while lines.next()? && !lines.is_mark() {}
    }
    Ok(functions)
}

/// What the line of a binary dataset says behind its number: byte order, kind of floats, lines, bytes.
fn binary(line: &str) -> Option<Place> {
    let numbers: Vec<u64> =
        line.get(1..)?.split_whitespace().map_while(|number| number.parse().ok()).collect();
    let [order @ (1 | 2), 2, _, bytes, ..] = numbers[..] else { return None };
    Some(Place::Binary { start: 0, bytes, is_big: order == 2 })
}

struct Lines {
    file: BufReader<File>,
    /// Bytes before the next line.
    at: u64,
    line: Vec<u8>,
}

impl Lines {
    /// Reads a line; false at the end.
    fn next(&mut self) -> Result<bool, Problem> {
        self.line.clear();
        let read = (&mut self.file).take(LONGEST).read_until(b'\n', &mut self.line)?;
        self.at += read as u64;
        Ok(read > 0)
    }

    /// Whether the line begins or ends a dataset.
    fn is_mark(&self) -> bool {
        self.line.trim_ascii() == b"-1" && self.line.starts_with(b"    -1")
    }

    fn skip(&mut self, bytes: u64) -> Result<(), Problem> {
        let by = i64::try_from(bytes).map_err(|_| wrong("it is damaged; export it again"))?;
        self.file.seek_relative(by)?;
        self.at += bytes;
        Ok(())
    }
}
