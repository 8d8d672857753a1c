//! Texts that are compressed: `.csv.zst`, `.tsv.zst` and `.txt.zst`.

use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// The compressed bytes that are read at a time.
const BUFFER: usize = 64 * 1024;

/// The most bytes that are looked back at: 128 MiB, what `zstd` itself expands where nothing is said.
const LONGEST_WINDOW: u64 = 128 << 20;

/// Whether a file that begins with these bytes is compressed.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD])
}

/// What is in it.
pub(crate) fn unpacked(file: impl Read) -> impl Read {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(LONGEST_WINDOW);
    Unpacked { source: BufReader::with_capacity(BUFFER, file), decoder, is_open: false }
}

/// Frames, one after the other.
struct Unpacked<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    /// Whether it is in the middle of a frame.
    is_open: bool,
}

impl<R: Read> Unpacked<R> {
    /// Begins the next frame; false after the last.
    fn open(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => {
                    self.is_open = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.source).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(early());
                    }
                }
                Err(error) => return Err(self.damaged(error.to_string())),
            }
        }
        Ok(false)
    }

    /// What comes next of a frame; nothing at its end.
    fn read_on(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let blocks = BlockDecodingStrategy::UptoBlocks(1);
            if let Err(error) = self.decoder.decode_blocks(&mut self.source, blocks) {
                return Err(self.damaged(error.to_string()));
            }
        }
        let read = self.decoder.read(to)?;
        if read == 0 {
            self.is_open = false;
            let (said, found) =
                (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum());
            if said.is_some() && said != found {
                return Err(self.damaged("its checksum is another".to_owned()));
            }
        }
        Ok(read)
    }

    fn damaged(&mut self, reason: String) -> io::Error {
        match self.source.fill_buf() {
            Ok([]) => early(),
            Ok(_) => io::Error::new(io::ErrorKind::InvalidData, Damaged(reason)),
            Err(error) => error,
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_open && !self.open()? {
                return Ok(0);
            }
            let read = self.read_on(to)?;
            if read > 0 {
                return Ok(read);
            }
        }
    }
}

fn early() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, Damaged("it ends too early".to_owned()))
}

/// Why a compressed file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("is not a readable Zstandard file: {0}")]
struct Damaged(String);

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn text() -> Vec<u8> {
        (0..40_000).flat_map(|row| format!("{row},{}\n", row % 7).into_bytes()).collect()
    }

    fn read(bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        unpacked(bytes).read_to_end(&mut all).map(|_| all).map_err(|error| error.to_string())
    }

    #[test]
    fn frames_follow_each_other_and_some_are_skipped() {
        let text = text();
        let frame = compress_to_vec(text.as_slice(), CompressionLevel::Fastest);
        let skipped = [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        let file = [frame.as_slice(), &skipped, &frame, &skipped].concat();
        assert_eq!(read(&file).unwrap(), [text.as_slice(), &text].concat());
        assert!(read(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_is_damaged_is_an_error() {
        let frame = compress_to_vec(text().as_slice(), CompressionLevel::Fastest);
        for at in (1..frame.len()).step_by(97) {
            let error = read(&frame[..at]).unwrap_err();
            assert!(error.contains("ends too early"), "{at}: {error}");
            let mut flipped = frame.clone();
            flipped[at] ^= 0x41;
            let _ = read(&flipped);
        }
        let error = read(b"x,y,z\n1,2,3\n").unwrap_err();
        assert!(error.starts_with("is not a readable Zstandard file"), "{error}");
    }
}
