//! From blocks of any length to pieces that begin where windows do.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::{Block, Cut};
use crate::Recording;

/// Blocks that came, and what of them is not yet in a piece.
pub(super) struct Assembler {
    axes: usize,
    cut: Cut,
    blocks: VecDeque<Arc<Block>>,
    /// Readings of the first block that are before the next piece.
    offset: usize,
    /// Readings from there on.
    len: usize,
    /// The reading with which the next piece begins.
    start: usize,
    /// How many of its readings the last piece had, too.
    fresh: usize,
}

/// A piece whose readings still stand in their blocks.
#[derive(Debug)]
pub(crate) struct Assembled {
    axes: usize,
    parts: Vec<(Arc<Block>, Range<usize>)>,
    pub(crate) start: usize,
    pub(crate) fresh: usize,
    pub(crate) last: bool,
}

impl Assembler {
    pub(super) fn new(axes: usize, cut: Cut) -> Self {
        Self { axes, cut, blocks: VecDeque::new(), offset: 0, len: 0, start: 0, fresh: 0 }
    }

    pub(super) fn push(&mut self, block: Block) {
        self.len += block.len();
        self.blocks.push_back(Arc::new(block));
    }

    /// The next piece, once a whole window comes after its own.
    pub(super) fn next(&mut self) -> Option<Assembled> {
        let (stride, length) = self.cut.stride(self.axes);
        if self.len < stride.saturating_add(self.cut.window()) {
            return None;
        }
        let piece = self.piece(length, false);
        self.advance(stride);
        (self.start, self.fresh) = (self.start + stride, length - stride);
        Some(piece)
    }

    /// The rest, which is never empty where there was a reading.
    pub(super) fn finish(&mut self) -> Option<Assembled> {
        let piece = (self.len > 0).then(|| self.piece(self.len, true));
        self.advance(self.len);
        piece
    }

    fn piece(&self, length: usize, last: bool) -> Assembled {
        let mut parts = Vec::new();
        let (mut skipped, mut left) = (self.offset, length);
        for block in &self.blocks {
            let part = skipped..block.len().min(skipped + left);
            left -= part.len();
            skipped = 0;
            parts.push((Arc::clone(block), part));
            if left == 0 {
                break;
            }
        }
        Assembled { axes: self.axes, parts, start: self.start, fresh: self.fresh, last }
    }

    fn advance(&mut self, readings: usize) {
        self.len -= readings;
        self.offset += readings;
        while let Some(first) = self.blocks.front().filter(|first| first.len() <= self.offset) {
            self.offset -= first.len();
            self.blocks.pop_front();
        }
    }
}

impl Assembled {
    /// Its readings; they are copied here, on whatever thread that is.
    pub(crate) fn recording(&self) -> Option<Recording> {
        let len = self.parts.iter().map(|(_, part)| part.len()).sum::<usize>();
        let mut values = Vec::with_capacity(len * self.axes);
        for axis in 0..self.axes {
            for (block, part) in &self.parts {
                values.extend_from_slice(block.axis(axis).get(part.clone()).unwrap_or_default());
            }
        }
        Recording::from_axes(self.axes, len, values)
    }
}
