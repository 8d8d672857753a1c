//! Texts that are compressed: `.csv.gz`, `.tsv.gz` and `.txt.gz`.

use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::Recording;
use crate::dataset::extension_is;
use crate::error::Problem;
use crate::text::read_most;

/// The most numbers that are read from one as a whole, 384 MiB of them: it may expand a thousand times.
pub(crate) const MOST: usize = 48 << 20;

/// The compressed bytes that are read at a time.
const BUFFER: usize = 64 * 1024;

/// Whether the name of a file says that it is compressed.
pub(crate) fn is_named_so(path: &Path) -> bool {
    extension_is(path, &["gz"])
}

/// What is in it.
pub(crate) fn unpacked(file: impl Read) -> impl Read {
    Unpacked(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file)))
}

/// Reads one as a whole.
///
/// # Errors
/// A [`Problem`] that names the line, or says that it is damaged.
pub(crate) fn read_text(file: impl Read, buffer: &mut Vec<u8>) -> Result<Recording, Problem> {
    read_most(unpacked(file), buffer, MOST)
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
