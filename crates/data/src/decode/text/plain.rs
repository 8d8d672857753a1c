//! Plain rows, `x, y, z`, as boards and judder write them: the quick way.

use crate::text::{FRACTION_BYTES, SMALL_BYTES, decimal as number, fraction, small};

/// Appends the rows at the front of `bytes` that are nothing but numbers and commas, `columns` in
/// each, to `values`, row by row. Returns how many lines and bytes these are; the line after them,
/// if there is one, is another matter.
pub(super) fn rows(bytes: &[u8], columns: usize, values: &mut Vec<f64>) -> (u64, usize) {
    let (mut lines, mut used) = (0, 0);
    let mut kept = values.len();
    let (mut at, mut column) = (0, 0);
    // What is written by one program is short or long throughout, with blanks or without: so where a number
    // begins need not wait for what is read of the one before.
    let (mut long, mut blank) = (false, 0);
    while let Some((value, end, after)) =
        if long { long_field(bytes, at, blank) } else { field(bytes, at, blank) }
    {
        values.push(value);
        column += 1;
        long = after - at > SMALL_BYTES;
        at = after;
        match end {
            End::Field => {}
            End::Row if column == columns => {
                (lines, used, kept, column) = (lines + 1, at, values.len(), 0);
            }
            End::Row => break,
            End::Blanks(found) => blank = found,
        }
    }
    values.truncate(kept);
    (lines, used)
}

/// How many numbers the first line has, if it has nothing but numbers and commas.
pub(super) fn columns(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut count) = (0, 0);
    loop {
        let (_, end, after) = field(bytes, at, 0)?;
        (at, count) = (after, count + 1);
        if end == End::Row {
            return Some(count);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Field,
    Row,
    /// A field, with another number of blanks behind its comma than was expected.
    Blanks(usize),
}

/// The number from `at` on, what it ends, and where the next one begins; so many blanks are expected before it.
#[inline(always)]
fn field(bytes: &[u8], at: usize, blank: usize) -> Option<(f64, End, usize)> {
    let rest = bytes.get(at..)?;
    if let Some(near) = rest.first_chunk()
        && let Some((value, used)) = small(near)
        && let Some((end, after)) = ended(near, used, blank)
    {
        return Some((value, end, at + after));
    }
    unusual_field(bytes, at)
}

/// As [`field`], of a number of many digits.
#[inline(always)]
fn long_field(bytes: &[u8], at: usize, blank: usize) -> Option<(f64, End, usize)> {
    let rest = bytes.get(at..)?;
    if let Some(near) = rest.first_chunk::<FRACTION_BYTES>()
        && let Some((value, used)) = fraction(near)
        && let Some((end, after)) = ended(near, used, blank)
    {
        return Some((value, end, at + after));
    }
    unusual_field(bytes, at)
}

/// What a number ends that takes so many bytes, and where the next one begins.
#[inline(always)]
fn ended<const NEAR: usize>(near: &[u8; NEAR], used: usize, blank: usize) -> Option<(End, usize)> {
    match *near.get(used..used + 2)? {
        [b'\n', _] => Some((End::Row, used + 1)),
        [b',', next] if (next == b' ') == (blank == 1) => Some((End::Field, used + 1 + blank)),
        [b',', _] => Some((End::Blanks(1 - blank), used + 2 - blank)),
        _ => None,
    }
}

/// As [`field`], of any number at any place; apart, so that the usual way needs no stack.
#[inline(never)]
fn unusual_field(bytes: &[u8], at: usize) -> Option<(f64, End, usize)> {
    let rest = bytes.get(at..)?;
    let (value, used) = number(rest)?;
    let after = at + used;
    Some(match rest.get(used..)? {
        [b',', b' ', ..] => (value, End::Field, after + 2),
        [b',', ..] => (value, End::Field, after + 1),
        [b'\n', ..] => (value, End::Row, after + 1),
        [b'\r', b'\n', ..] => (value, End::Row, after + 2),
        [] => (value, End::Row, after),
        _ => return None,
    })
}
