//! Texts whose bytes are not those of UTF-8, or whose lines end otherwise.

use std::io::{Cursor, Read};

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::Bytes;

/// The names of the encodings of two bytes a character.
const LITTLE: &str = "utf-16le";
const BIG: &str = "utf-16be";

/// A text that begins with these bytes and goes on so, as lines of UTF-8 that end with a newline; none where it
/// is that already.
pub(super) fn plain(head: &[u8], rest: &mut Bytes) -> Option<Bytes> {
    let label = utf_16(head);
    let is_old = label.is_none() && ends_otherwise(head);
    if label.is_none() && !is_old {
        return None;
    }
    let rest = std::mem::replace(rest, Box::new(std::io::empty()));
    let whole = Cursor::new(head.to_vec()).chain(rest);
    let Some(label) = label else { return Some(Box::new(OldLines(whole))) };
    let encoding = Encoding::for_label(label.as_bytes());
    Some(Box::new(DecodeReaderBytesBuilder::new().encoding(encoding).build(whole)))
}

/// Of a text in two bytes a character the order of those, by its mark, or as every other one of its bytes is 0.
fn utf_16(head: &[u8]) -> Option<&'static str> {
    match head {
        [0xFF, 0xFE, ..] => return Some(LITTLE),
        [0xFE, 0xFF, ..] => return Some(BIG),
        _ => {}
    }
    let (pairs, _) = head.get(..head.len().min(64))?.as_chunks::<2>();
    let is_ascii = |c: u8| c == b'\t' || c == b'\n' || c == b'\r' || (b' '..0x7F).contains(&c);
    let all = |so: &dyn Fn(&[u8; 2]) -> bool| pairs.len() >= 4 && pairs.iter().all(so);
    if all(&|&[a, b]| a == 0 && is_ascii(b)) {
        Some(BIG)
    } else if all(&|&[a, b]| b == 0 && is_ascii(a)) {
        Some(LITTLE)
    } else {
        None
    }
}

/// Whether lines end with a carriage return and no newline.
fn ends_otherwise(head: &[u8]) -> bool {
    memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some()
}

/// Lines that end with a carriage return alone.
struct OldLines<R>(R);

impl<R: Read> Read for OldLines<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(to)?;
        to[..read].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        Ok(read)
    }
}

/// What bytes say: in UTF-8, or where they are not that a character each, as in Latin-1.
pub(super) fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|&byte| byte as char).collect::<String>().into(),
    }
}
