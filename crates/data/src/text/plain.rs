//! Plain rows, `x, y, z`, as boards and judder write them: the quick way.

use super::number::{number, small};

/// Appends the rows at the front of `bytes` that are nothing but numbers and commas, `columns` in
/// each, to `values`, row by row. Returns how many lines and bytes these are; the line after them,
/// if there is one, is another matter.
pub(super) fn rows(bytes: &[u8], columns: usize, values: &mut Vec<f64>) -> (u64, usize) {
    let (mut lines, mut used) = (0, 0);
    let mut kept = values.len();
    let (mut at, mut column) = (0, 0);
    while let Some((value, end, after)) = field(bytes, at) {
        values.push(value);
        column += 1;
        at = after;
        match end {
            End::Field => {}
            End::Row if column == columns => {
                (lines, used, kept, column) = (lines + 1, at, values.len(), 0);
            }
            End::Row => break,
        }
    }
    values.truncate(kept);
    (lines, used)
}

/// How many numbers the first line has, if it has nothing but numbers and commas.
pub(super) fn columns(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut count) = (0, 0);
    loop {
        let (_, end, after) = field(bytes, at)?;
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
}

/// The number from `at` on, what it ends, and where the next one begins.
#[inline(always)]
fn field(bytes: &[u8], at: usize) -> Option<(f64, End, usize)> {
    let rest = bytes.get(at..)?;
    if let Some(near) = rest.first_chunk()
        && let Some((value, used)) = small(near)
    {
        match near[used] {
            b',' => {
                let blank = near[used + 1] == b' ';
                return Some((value, End::Field, at + used + 1 + usize::from(blank)));
            }
            b'\n' => return Some((value, End::Row, at + used + 1)),
            _ => {}
        }
    }
    unusual_field(bytes, at)
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
