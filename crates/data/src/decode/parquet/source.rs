//! The bytes of a file, for many readers at a time.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The most bytes that a page may expand to: most writers make them of 1 MiB, some of a row group.
const LARGEST_PAGE: u64 = 256 << 20;

/// What is read of a page's header at a time.
const HEADER: usize = 512;

/// The length of what a file ends with.
const FOOTER: u64 = 8;

/// A file whose place all readers share, one at a time.
#[derive(Clone)]
pub(super) struct Source(Arc<Shared>);

struct Shared {
    file: Mutex<File>,
    len: u64,
    read: AtomicU64,
}

impl Source {
    /// # Errors
    /// The file cannot be opened.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Self(Arc::new(Shared { file: Mutex::new(file), len, read: AtomicU64::new(0) })))
    }

    /// Whether the file ends as one does: what it holds is said there.
    pub(super) fn is_whole(&self) -> io::Result<bool> {
        let end = self.0.at(self.0.len.saturating_sub(4), 4)?;
        Ok(self.0.len > FOOTER && matches!(end.as_slice(), b"PAR1" | b"PARE"))
    }

    /// The bytes that were read so far.
    pub(super) fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed).min(self.0.len)
    }
}

impl Shared {
    /// So many bytes from there, or those that there are.
    fn at(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        let length = self.len.saturating_sub(start).min(length as u64);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        (&mut *file).take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.0.len
    }
}

impl ChunkReader for Source {
    type T = Header;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let bytes = self.0.at(start, HEADER)?;
        let is_footer = start >= self.0.len.saturating_sub(FOOTER);
        if let Some(size) = expanded(&bytes).filter(|size| !is_footer && *size > LARGEST_PAGE) {
            return Err(ParquetError::General(format!(
                "a page of {} MiB is more than the {} MiB that are read at once; write it with smaller pages",
                size >> 20,
                LARGEST_PAGE >> 20
            )));
        }
        Ok(Header { file: Arc::clone(&self.0), next: start + bytes.len() as u64, bytes, at: 0 })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.0.at(start, length)?;
        if bytes.len() < length {
            return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
        }
        self.0.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(bytes.into())
    }
}

/// The header of a page, or what a file ends with: it says itself where it ends.
pub(super) struct Header {
    file: Arc<Shared>,
    /// Where the bytes after those that are here stand in the file.
    next: u64,
    bytes: Vec<u8>,
    at: usize,
}

impl Read for Header {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.bytes.len() {
            self.bytes = self.file.at(self.next, HEADER)?;
            self.next += self.bytes.len() as u64;
            self.at = 0;
        }
        let read = self.bytes.get(self.at..).unwrap_or_default().read(to)?;
        self.at += read;
        Ok(read)
    }
}

/// The bytes that a page takes when it is expanded: the second field of its header, after its type.
fn expanded(header: &[u8]) -> Option<u64> {
    /// A field after the one before, which is a 32-bit integer.
    const NEXT_I32: u8 = 0x15;
    let mut header = header;
    let mut value = 0;
    for _ in 0..2 {
        let (first, rest) = header.split_first()?;
        if *first != NEXT_I32 {
            return None;
        }
        let length = rest.iter().take(5).position(|byte| byte & 0x80 == 0)? + 1;
        let (digits, rest) = rest.split_at_checked(length)?;
        let zigzag =
            digits.iter().rev().fold(0, |all: u64, byte| all << 7 | u64::from(byte & 0x7f));
        // Of a negative one the reader tells that it is none.
        value = if zigzag & 1 == 0 { zigzag >> 1 } else { 0 };
        header = rest;
    }
    Some(value)
}
