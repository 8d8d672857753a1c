//! What is compressed by gzip.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// The compressed bytes that are read at a time.
const BUFFER: usize = 64 * 1024;

/// Whether a file that begins with these bytes is compressed.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(&[0x1F, 0x8B])
}

/// What is in it.
pub(crate) fn unpacked(file: impl Read) -> impl Read {
    Unpacked(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file)))
}

/// Says of what is damaged that this is why.
struct Unpacked<R>(MultiGzDecoder<R>);

impl<R: io::BufRead> Read for Unpacked<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        self.0.read(to).map_err(|error| match error.kind() {
            UnexpectedEof => io::Error::new(UnexpectedEof, Damaged("it ends too early".to_owned())),
            InvalidData | InvalidInput => io::Error::new(InvalidData, Damaged(error.to_string())),
            _ => error,
        })
    }
}

/// Why a compressed file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("is not a readable gzip file: {0}")]
struct Damaged(String);
