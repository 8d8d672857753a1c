//! The numbers of a function.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::function::{Function, number};
use super::wrong;
use crate::decode::arrays::{Numbers, Origin};
use crate::decode::scalar::{Of, Scalar};
use crate::decode::stretch::{Field, Stretch};
use crate::error::Problem;

/// The longest line of numbers.
const LONGEST: u64 = 4096;

/// The columns that a number of single and of double precision takes.
const SINGLE: usize = 13;
const DOUBLE: usize = 20;

/// Where the numbers of a function are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Text { start: u64 },
    Binary { start: u64, bytes: u64, is_big: bool },
}

impl Place {
    /// The same from this byte on.
    pub(super) fn at(self, start: u64) -> Self {
        match self {
            Self::Text { .. } => Self::Text { start },
            Self::Binary { bytes, is_big, .. } => Self::Binary { start, bytes, is_big },
        }
    }
}

impl Function {
    /// Numbers of a point.
    fn width(&self) -> usize {
        1 + usize::from(self.is_complex) + usize::from(!self.is_even)
    }

    /// The same with the bytes that it has: some programs do not count those of uneven points.
    pub(super) fn counted(mut self) -> Self {
        let width = if self.is_double { 8 } else { 4 };
        let is_uneven = !self.is_even && !self.is_complex;
        if let Place::Binary { bytes, .. } = &mut self.place
            && is_uneven
            && (self.points as u64).checked_mul(width) == Some(*bytes)
        {
            *bytes = bytes.saturating_mul(2);
        }
        self
    }

    /// Whether there may be so many points in so many bytes.
    pub(super) fn fits(&self, room: u64) -> bool {
        let Some(count) = (self.points as u64).checked_mul(self.width() as u64) else {
            return false;
        };
        match self.place {
            // A digit and a space.
            Place::Text { .. } => count <= room / 2 + 1,
            Place::Binary { bytes, .. } => {
                bytes <= room && count.checked_mul(4).is_some_and(|least| least <= bytes)
            }
        }
    }

    pub(super) fn origin(&self, path: &Path) -> Values {
        let (path, count) = (path.to_owned(), (self.points * self.width()) as u64);
        match self.place {
            Place::Text { start } => {
                let value = if self.is_double { DOUBLE } else { SINGLE };
                // Abscissas have single precision.
                let widths = if self.is_even { vec![value] } else { vec![SINGLE, value] };
                Values::Text(Text { path, start, widths })
            }
            Place::Binary { start, bytes, is_big } => {
                // Some programs write double precision whatever they say; the bytes tell.
                let is_double = bytes / count.max(1) >= 8;
                let scalar = Scalar { of: if is_double { Of::F64 } else { Of::F32 }, is_big };
                let fields = (0..self.width()).map(|at| Field { at: at * scalar.width(), scalar });
                Values::Binary(Stretch {
                    path,
                    format: "universal (UFF)",
                    start,
                    inside: None,
                    row: self.width() * scalar.width(),
                    fields: fields.collect(),
                })
            }
        }
    }
}

/// The numbers of a function, point by point.
pub(super) enum Values {
    Text(Text),
    Binary(Stretch),
}

pub(super) struct Text {
    path: PathBuf,
    start: u64,
    /// The columns that the numbers of a point take.
    widths: Vec<usize>,
}

impl Origin for Values {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let Text { path, start, widths } = match self {
            Self::Binary(stretch) => return stretch.from(element),
            Self::Text(text) => text,
        };
        let mut file = BufReader::with_capacity(1 << 17, File::open(path)?);
        file.seek(SeekFrom::Start(*start))?;
        let widths = widths.clone();
        let mut numbers = TextRead { file, widths, line: Vec::new(), found: Vec::new(), read: 0 };
        let mut left = element;
        while left > 0 {
            let now = left.min(1 << 16);
            numbers.read(now, &mut Vec::new())?;
            left -= now;
        }
        Ok(Box::new(numbers))
    }
}

/// The numbers of a function without its points, which stand before each of them.
pub(super) struct Ordinates(pub(super) Values);

impl Origin for Ordinates {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let both = self.0.from(2 * element)?;
        Ok(Box::new(OrdinatesRead { both, found: Vec::new() }))
    }
}

struct OrdinatesRead {
    both: Box<dyn Numbers>,
    found: Vec<f64>,
}

impl Numbers for OrdinatesRead {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        self.found.clear();
        self.both.read(2 * count, &mut self.found)?;
        to.extend(self.found.iter().skip(1).step_by(2));
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.both.bytes()
    }
}

struct TextRead {
    file: BufReader<File>,
    widths: Vec<usize>,
    line: Vec<u8>,
    /// Numbers of the last line that were not asked for yet.
    found: Vec<f64>,
    read: u64,
}

impl Numbers for TextRead {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let filled = to.len() + count;
        to.append(&mut self.found);
        while to.len() < filled {
            self.line.clear();
            let read = (&mut self.file).take(LONGEST).read_until(b'\n', &mut self.line)?;
            self.read += read as u64;
            let line = str::from_utf8(&self.line).unwrap_or_default();
            if read == 0 || line.trim() == "-1" && line.starts_with("    -1") {
                return Err(wrong("a function has fewer numbers than it says; export it again"));
            }
            if !spaced(line, to) {
                self.in_columns(to)?;
            }
        }
        self.found.extend(to.drain(filled..));
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.read
    }
}

/// Appends the numbers of a line, if spaces part them.
fn spaced(line: &str, to: &mut Vec<f64>) -> bool {
    let before = to.len();
    for text in line.split_ascii_whitespace() {
        let Some(number) = number(text) else {
            to.truncate(before);
            return false;
        };
        to.push(number);
    }
    true
}

impl TextRead {
    /// Appends the numbers of a line in which they touch each other.
    fn in_columns(&self, to: &mut Vec<f64>) -> Result<(), Problem> {
        let mut rest = self.line.trim_ascii_end();
        for width in self.widths.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (text, after) = rest.split_at(rest.len().min(*width));
            rest = after;
            let number = str::from_utf8(text).ok().and_then(|text| number(text.trim()));
            let shown = crate::error::shown(&String::from_utf8_lossy(text), 24);
            to.push(
                number.ok_or_else(|| wrong(format!("`{shown}` is no number; export it again")))?,
            );
        }
        Ok(())
    }
}
