//! JSON as Python writes it: NaN and infinities, which JSON has no word for, are missing.

use std::io::{self, Read};

/// What is read at a time.
const BUFFER: usize = 64 * 1024;

/// The longest word that is kept: no word of JSON is longer.
const LONGEST: usize = 16;

/// A text with `null` for the words that stand for no finite number.
pub(super) struct Tolerant<R> {
    source: R,
    read: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    /// A word that is not yet whole.
    word: Vec<u8>,
    is_quoted: bool,
    is_escaped: bool,
}

impl<R: Read> Tolerant<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            read: vec![0; BUFFER],
            ready: Vec::new(),
            at: 0,
            word: Vec::new(),
            is_quoted: false,
            is_escaped: false,
        }
    }

    fn end_word(&mut self) {
        match self.word.as_slice() {
            b"NaN" | b"-NaN" | b"nan" | b"Infinity" | b"-Infinity" => self.ready.extend(b"null"),
            word => self.ready.extend(word),
        }
        self.word.clear();
    }

    fn take(&mut self, byte: u8) {
        if self.is_quoted {
            self.is_quoted = byte != b'"' || self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            self.ready.push(byte);
            return;
        }
        let is_of_word = byte.is_ascii_alphabetic() || byte == b'-' && self.word.is_empty();
        if is_of_word && self.word.len() < LONGEST {
            self.word.push(byte);
            return;
        }
        self.end_word();
        self.is_quoted = byte == b'"';
        self.ready.push(byte);
    }
}

impl<R: Read> Read for Tolerant<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.ready.len() {
            self.ready.clear();
            self.at = 0;
            let mut bytes = std::mem::take(&mut self.read);
            let count = self.source.read(&mut bytes);
            if let Ok(count) = count {
                bytes.iter().take(count).for_each(|byte| self.take(*byte));
            }
            self.read = bytes;
            if count? == 0 {
                self.end_word();
                break;
            }
        }
        let read = self.ready.get(self.at..).unwrap_or_default().read(to)?;
        self.at += read;
        Ok(read)
    }
}
