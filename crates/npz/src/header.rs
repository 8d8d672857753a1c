//! A look at the header of a `.npy` array, before the library reads it.
//!
//! `npyz` trusts a header: it allocates as many bytes as one claims, multiplies the dimensions
//! without care, and follows nested brackets by recursion. What NumPy does not write is refused
//! here.

use crate::Defect;

/// The longest header, in bytes; NumPy itself reads no longer ones.
const LONGEST: usize = 10_000;

/// How deep brackets may be nested; a plain array has a tuple in a dictionary.
const DEEPEST: usize = 8;

/// Looks at an array file, and returns its shape and how many bytes of numbers follow the header.
pub(crate) fn check(bytes: &[u8]) -> Result<(Vec<usize>, usize), Defect> {
    let damaged = |what: &str| Defect::Damaged(what.to_owned());
    let (text, data) = split(bytes).ok_or_else(|| damaged("its header is cut short or unknown"))?;
    if text.len() > LONGEST || depth(text) > DEEPEST || text.contains(&b'\\') {
        return Err(damaged("its header is not one of NumPy"));
    }
    let text = str::from_utf8(text).map_err(|_| damaged("its header is not text"))?;
    let shape = shape(text).ok_or_else(|| damaged("its shape cannot be understood"))?;
    // Of those that are 0 too: the library multiplies the dimensions one by one.
    let product = shape.iter().try_fold(1usize, |all, &n| all.checked_mul(n.max(1)));
    // In elements of up to 16 bytes.
    match product.and_then(|n| n.checked_mul(16)) {
        Some(_) => Ok((shape, data.len())),
        None => Err(Defect::TooFew { shape }),
    }
}

/// The text of the header, and the numbers after it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (start, rest) = bytes.split_at_checked(8)?;
    let (length, rest) = match start.strip_prefix(b"\x93NUMPY")? {
        [1, 0] => {
            let (length, rest) = rest.split_first_chunk()?;
            (u32::from(u16::from_le_bytes(*length)), rest)
        }
        [2 | 3, 0] => {
            let (length, rest) = rest.split_first_chunk()?;
            (u32::from_le_bytes(*length), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(usize::try_from(length).ok()?)
}

/// How deep brackets are nested, those in strings included.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut most) = (0usize, 0);
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => now += 1,
            b')' | b']' | b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

/// The dimensions in `... 'shape': (3, 4), ...`.
fn shape(text: &str) -> Option<Vec<usize>> {
    let (_, after) = text.split_once("'shape'").or_else(|| text.split_once("\"shape\""))?;
    if after.contains("'shape'") || after.contains("\"shape\"") {
        return None;
    }
    let list = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('(')?;
    let (list, _) = list.split_once(')')?;
    let list = list.trim();
    let list = list.strip_suffix(',').unwrap_or(list);
    if list.is_empty() {
        return Some(Vec::new());
    }
    let number = |part: &str| part.trim().parse().ok();
    list.split(',').map(number).collect()
}
