//! The elements that a file of MATLAB is made of.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::ZlibDecoder;

use super::{FORMAT, wrong};
use crate::decode::scalar::{Of, Scalar};
use crate::decode::stretch::damaged;
use crate::error::Problem;

/// The bytes that are read at a time: variables may be small, and passed over.
const BUFFER: usize = 16 * 1024;

/// The type of an element that is an array, and of one that is deflated.
pub(super) const MATRIX: u32 = 14;
pub(super) const COMPRESSED: u32 = 15;

/// Bytes of a file, or of what is deflated in it.
pub(super) struct Stream {
    inner: Inner,
    /// Bytes before this place.
    pub(super) at: u64,
    /// Where they end, if that is known.
    end: u64,
    /// Where the bytes that are deflated begin in the file.
    pub(super) deflated: Option<u64>,
}

enum Inner {
    Plain(BufReader<File>),
    Deflated(Box<ZlibDecoder<BufReader<File>>>),
}

/// The start of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) kind: u32,
    pub(super) bytes: u64,
    /// Whether its bytes stand in the tag itself.
    is_small: bool,
}

impl Tag {
    /// The bytes from the start of an element to that of the next one.
    pub(super) fn padded(self) -> u64 {
        match self.is_small {
            true => 4,
            false => self.bytes.next_multiple_of(8),
        }
    }

    /// The numbers in it.
    pub(super) fn scalar(self, is_big: bool) -> Option<Scalar> {
        let of = match self.kind {
            1 => Of::I8,
            2 => Of::U8,
            3 => Of::I16,
            4 => Of::U16,
            5 => Of::I32,
            6 => Of::U32,
            7 => Of::F32,
            9 => Of::F64,
            12 => Of::I64,
            13 => Of::U64,
            _ => return None,
        };
        Some(Scalar { of, is_big })
    }
}

impl Stream {
    pub(super) fn plain(path: &Path) -> Result<Self, Problem> {
        let file = File::open(path)?;
        let end = file.metadata()?.len();
        let inner = Inner::Plain(BufReader::with_capacity(BUFFER, file));
        Ok(Self { inner, at: 0, end, deflated: None })
    }

    /// What is deflated from a place of the file on.
    pub(super) fn deflated(path: &Path, at: u64) -> Result<Self, Problem> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(at))?;
        let decoder = ZlibDecoder::new(BufReader::with_capacity(BUFFER, file));
        let inner = Inner::Deflated(Box::new(decoder));
        Ok(Self { inner, at: 0, end: u64::MAX, deflated: Some(at) })
    }

    /// Fills these bytes with the next ones; false where there are not so many.
    pub(super) fn fill(&mut self, bytes: &mut [u8]) -> Result<bool, Problem> {
        let read = match &mut self.inner {
            Inner::Plain(inner) => inner.read_exact(bytes),
            Inner::Deflated(inner) => inner.read_exact(bytes),
        };
        self.at += bytes.len() as u64;
        match read {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(damaged(FORMAT, error)),
        }
    }

    /// Passes over bytes.
    pub(super) fn skip(&mut self, bytes: u64) -> Result<(), Problem> {
        self.at = self.at.saturating_add(bytes);
        match &mut self.inner {
            Inner::Plain(_) if self.at > self.end => Err(cut()),
            Inner::Plain(inner) => {
                let bytes = i64::try_from(bytes).map_err(|_| cut())?;
                Ok(inner.seek_relative(bytes)?)
            }
            Inner::Deflated(inner) => {
                let passed = io::copy(&mut inner.take(bytes), &mut io::sink());
                let passed = passed.map_err(|error| damaged(FORMAT, error))?;
                if passed < bytes { Err(cut()) } else { Ok(()) }
            }
        }
    }

    /// The next tag, if there is one more.
    pub(super) fn tag(&mut self, is_big: bool) -> Result<Option<Tag>, Problem> {
        let mut first = [0; 4];
        if self.end.saturating_sub(self.at) < 8 || !self.fill(&mut first)? {
            return Ok(None);
        }
        let first = number(first, is_big);
        // Four bytes or fewer stand beside their type.
        if first >> 16 != 0 {
            let bytes = u64::from(first >> 16).min(4);
            return Ok(Some(Tag { kind: first & 0xffff, bytes, is_small: true }));
        }
        let mut bytes = [0; 4];
        if !self.fill(&mut bytes)? {
            return Ok(None);
        }
        let bytes = u64::from(number(bytes, is_big));
        Ok(Some(Tag { kind: first, bytes, is_small: false }))
    }

    /// The bytes of the next element, of which there must be no more than so many.
    pub(super) fn element(&mut self, is_big: bool, most: u64) -> Result<Vec<u8>, Problem> {
        let tag = self.tag(is_big)?.ok_or_else(cut)?;
        if tag.bytes > most {
            return Err(wrong("one of its variables is damaged; save it again"));
        }
        let mut bytes = vec![0; tag.padded() as usize];
        if !self.fill(&mut bytes)? {
            return Err(cut());
        }
        bytes.truncate(tag.bytes as usize);
        Ok(bytes)
    }
}

/// The numbers of four bytes in some bytes.
pub(super) fn numbers(bytes: &[u8], is_big: bool) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|bytes| number(*bytes, is_big)).collect()
}

fn number(bytes: [u8; 4], is_big: bool) -> u32 {
    if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

pub(super) fn cut() -> Problem {
    wrong("it is cut short; copy or save it again")
}
