//! Numbers that stand in a file one after the other, as they are or deflated.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use flate2::read::ZlibDecoder;

use super::arrays::{Numbers, Origin};
use super::scalar::Scalar;
use crate::error::Problem;

/// The bytes that are read from a file at a time.
const BUFFER: usize = 128 * 1024;

/// Rows of numbers in a part of a file.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub(crate) path: PathBuf,
    /// What is said where there are fewer.
    pub(crate) format: &'static str,
    /// Where the bytes begin in the file.
    pub(crate) start: u64,
    /// Where the numbers begin, if the bytes are a stream of zlib's: so many bytes into it.
    pub(crate) inside: Option<u64>,
    /// Bytes of a row, and the numbers in it.
    pub(crate) row: usize,
    pub(crate) fields: Vec<Field>,
}

/// A number of each row, and where it begins there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) at: usize,
    pub(crate) scalar: Scalar,
}

impl Field {
    /// One that is all of its row.
    pub(crate) fn only(scalar: Scalar) -> Vec<Self> {
        vec![Self { at: 0, scalar }]
    }
}

/// Appends the numbers of rows, row by row.
pub(crate) fn rows(bytes: &[u8], row: usize, fields: &[Field], to: &mut Vec<f64>) {
    if let [field] = fields {
        field.scalar.numbers(bytes, row, field.at, to);
        return;
    }
    let count = bytes.len() / row.max(1);
    let start = to.len();
    to.resize(start + count * fields.len(), f64::NAN);
    let mut column = Vec::with_capacity(count);
    for (index, field) in fields.iter().enumerate() {
        column.clear();
        field.scalar.numbers(bytes, row, field.at, &mut column);
        let places = to.iter_mut().skip(start + index).step_by(fields.len());
        places.zip(&column).for_each(|(place, number)| *place = *number);
    }
}

impl Origin for Stretch {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let row = element / self.fields.len().max(1);
        let skipped = row as u64 * self.row as u64;
        let mut file = File::open(&self.path)?;
        let inner: Box<dyn Read + Send> = match self.inside {
            Some(inside) => {
                file.seek(SeekFrom::Start(self.start))?;
                let mut inflated = ZlibDecoder::new(BufReader::with_capacity(BUFFER, file));
                io::copy(&mut (&mut inflated).take(inside + skipped), &mut io::sink())
                    .map_err(|error| damaged(self.format, error))?;
                Box::new(inflated)
            }
            None => {
                file.seek(SeekFrom::Start(self.start.saturating_add(skipped)))?;
                Box::new(file)
            }
        };
        let (format, row, fields) = (self.format, self.row, self.fields.clone());
        Ok(Box::new(Stretched { inner, format, row, fields, bytes: Vec::new(), read: 0 }))
    }
}

struct Stretched {
    inner: Box<dyn Read + Send>,
    format: &'static str,
    row: usize,
    fields: Vec<Field>,
    bytes: Vec<u8>,
    read: u64,
}

impl Numbers for Stretched {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let wanted = count / self.fields.len().max(1) * self.row;
        self.bytes.clear();
        let read = (&mut self.inner).take(wanted as u64).read_to_end(&mut self.bytes);
        read.map_err(|error| damaged(self.format, error))?;
        if self.bytes.len() < wanted {
            let reason = "its numbers end too early; copy it again".to_owned();
            return Err(Problem::Format { format: self.format, reason });
        }
        self.read += wanted as u64;
        rows(&self.bytes, self.row, &self.fields, to);
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.read
    }
}

/// What a decompressor says of damaged bytes is no failure of the disk.
pub(crate) fn damaged(format: &'static str, error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            let reason = "its compressed numbers are damaged; copy it again".to_owned();
            Problem::Format { format, reason }
        }
        _ => error.into(),
    }
}
