//! The numbers of a channel, which stand in many places.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use super::metadata::seconds;
use super::wrong;
use crate::decode::arrays::{Numbers, Origin};
use crate::decode::scalar::{Of, Scalar};
use crate::error::Problem;

/// The bytes that are read at a time.
const BUFFER: usize = 64 * 1024;

/// What the values of a channel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Numbers(Scalar),
    Time {
        is_big: bool,
    },
    /// Raw data of DAQmx.
    Raw,
}

impl What {
    /// Those of a type; none where they are no numbers.
    pub(super) fn of(kind: u32, is_big: bool) -> Option<Self> {
        let of = match kind {
            1 => Of::I8,
            2 => Of::I16,
            3 => Of::I32,
            4 => Of::I64,
            5 | 0x21 => Of::U8,
            6 => Of::U16,
            7 => Of::U32,
            8 => Of::U64,
            9 | 0x19 => Of::F32,
            10 | 0x1a => Of::F64,
            0x44 => return Some(Self::Time { is_big }),
            _ => return None,
        };
        Some(Self::Numbers(Scalar { of, is_big }))
    }

    pub(super) fn width(self) -> usize {
        match self {
            Self::Numbers(scalar) => scalar.width(),
            Self::Time { .. } => 16,
            Self::Raw => 1,
        }
    }

    fn read(self, bytes: &[u8], row: usize, to: &mut Vec<f64>) {
        match self {
            Self::Numbers(scalar) => scalar.numbers(bytes, row, 0, to),
            Self::Time { is_big } => {
                for bytes in bytes.chunks_exact(row.max(1)) {
                    let time = bytes.first_chunk().map(|bytes: &[u8; 16]| {
                        let mut bytes = *bytes;
                        if is_big {
                            bytes.reverse();
                        }
                        let (whole, part) = seconds(bytes);
                        whole as f64 + part
                    });
                    to.push(time.unwrap_or(f64::NAN));
                }
            }
            Self::Raw => {}
        }
    }
}

/// Chunks at equal distances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Run {
    /// Where the first one begins, and how far the next one is.
    pub(super) start: u64,
    pub(super) step: u64,
    pub(super) chunks: u64,
    /// Values in each, and bytes from one to the next.
    pub(super) values: u64,
    pub(super) row: u64,
}

impl Run {
    pub(super) fn count(&self) -> u64 {
        self.chunks.saturating_mul(self.values)
    }

    /// Adds one, to the last one if it goes on with it.
    pub(super) fn push(runs: &mut Vec<Self>, run: Self) {
        if run.count() == 0 {
            return;
        }
        if let Some(last) = runs.last_mut()
            && (last.values, last.row) == (run.values, run.row)
            && run.start > last.start
        {
            let step = if last.chunks == 1 { run.start - last.start } else { last.step };
            let goes_on = last.chunks.checked_mul(step).map(|all| last.start.saturating_add(all));
            if goes_on == Some(run.start) && (run.chunks == 1 || run.step == step) {
                last.step = step;
                last.chunks += run.chunks;
                return;
            }
        }
        runs.push(run);
    }
}

/// A channel of a file.
pub(super) struct Channel {
    pub(super) path: PathBuf,
    pub(super) runs: Vec<Run>,
    pub(super) what: What,
    /// By what its numbers are multiplied, and what is added then, one after the other.
    pub(super) scales: Vec<(f64, f64)>,
}

impl Origin for Channel {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let mut numbers = ChannelRead {
            file: BufReader::with_capacity(BUFFER, File::open(&self.path)?),
            place: 0,
            runs: self.runs.clone().into_iter(),
            run: Run::default(),
            at: 0,
            what: self.what,
            scales: self.scales.clone(),
            bytes: Vec::new(),
            read: 0,
        };
        let mut left = element as u64;
        for run in numbers.runs.by_ref() {
            numbers.run = run;
            if left < run.count() {
                numbers.at = left;
                break;
            }
            left -= run.count();
            numbers.at = run.count();
        }
        Ok(Box::new(numbers))
    }
}

struct ChannelRead {
    file: BufReader<File>,
    /// Where the file is read next.
    place: u64,
    runs: std::vec::IntoIter<Run>,
    /// The run that is read, and its values that are done.
    run: Run,
    at: u64,
    what: What,
    scales: Vec<(f64, f64)>,
    bytes: Vec<u8>,
    read: u64,
}

impl Numbers for ChannelRead {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let cut = || wrong("its numbers end too early; copy or record it again");
        let first = to.len();
        let mut left = count as u64;
        while left > 0 {
            if self.at == self.run.count() {
                self.run = self.runs.next().ok_or_else(cut)?;
                self.at = 0;
            }
            let Run { start, step, values, row, .. } = self.run;
            let (chunk, within) = (self.at / values, self.at % values);
            let now = left.min(values - within);
            let from = start + chunk * step + within * row;
            // The last row may end with its number.
            let wanted = (now - 1) * row + self.what.width() as u64;
            match i64::try_from(from.abs_diff(self.place)) {
                Ok(by) if from >= self.place => self.file.seek_relative(by)?,
                _ => {
                    self.file.seek(SeekFrom::Start(from))?;
                }
            }
            self.bytes.clear();
            (&mut self.file).take(wanted).read_to_end(&mut self.bytes)?;
            self.place = from + self.bytes.len() as u64;
            self.read += self.bytes.len() as u64;
            if self.bytes.len() as u64 != wanted {
                return Err(cut());
            }
            self.bytes.resize((now * row) as usize, 0);
            self.what.read(&self.bytes, row as usize, to);
            self.at += now;
            left -= now;
        }
        for (factor, offset) in &self.scales {
            to.iter_mut().skip(first).for_each(|number| *number = *number * factor + offset);
        }
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.read
    }
}
