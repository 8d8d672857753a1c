//! Blocks along the diagonal of a matrix that is 0 beside them.

use crate::packed_len;

/// How many numbers the packed triangles of blocks of these sizes are, one after the other:
/// `Σ b (b + 1) / 2`.
pub const fn blocks_len(blocks: &[u16]) -> usize {
    let (mut sum, mut rest) = (0_usize, blocks);
    while let [size, behind @ ..] = rest {
        sum = sum.saturating_add(packed_len(*size as usize));
        rest = behind;
    }
    sum
}

/// Takes so many off the front, where there are so many.
#[inline]
pub(crate) fn cut<'a, T>(from: &mut &'a [T], count: usize) -> Option<&'a [T]> {
    let (taken, rest) = from.split_at_checked(count)?;
    *from = rest;
    Some(taken)
}

/// [`cut`] of what is written to.
#[inline]
pub(crate) fn cut_mut<'a, T>(from: &mut &'a mut [T], count: usize) -> Option<&'a mut [T]> {
    let (taken, rest) = core::mem::take(from).split_at_mut_checked(count)?;
    *from = rest;
    Some(taken)
}
