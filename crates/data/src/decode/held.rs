//! A table whose numbers are in memory.

use crate::error::Problem;
use crate::pieces::Block;

use super::{Head, Table};

/// Numbers that are given at a time.
const NUMBERS: usize = 64 * 1024;

/// The columns of a table, all of one length.
pub(super) struct Held {
    head: Head,
    columns: Vec<Vec<f64>>,
    keep: Vec<usize>,
    rows: usize,
    at: usize,
    read: u64,
}

impl Held {
    /// Columns in the order of the head; the file is read up to this byte.
    pub(super) fn new(head: Head, columns: Vec<Vec<f64>>, read: u64) -> Self {
        let rows = columns.iter().map(Vec::len).min().unwrap_or_default();
        let keep = (0..columns.len()).collect();
        Self { head, columns, keep, rows, at: 0, read }
    }

    /// Gives it another name.
    pub(super) fn rename(&mut self, name: String) {
        self.head.name = Some(name);
    }
}

impl Table for Held {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.keep = columns.to_vec();
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        let len = (NUMBERS / self.keep.len().max(1)).max(1).min(self.rows - self.at);
        if len == 0 {
            return None;
        }
        let mut values = Vec::with_capacity(len * self.keep.len());
        for column in &self.keep {
            let column = self.columns.get(*column).map(Vec::as_slice).unwrap_or_default();
            match column.get(self.at..self.at + len) {
                Some(part) => values.extend_from_slice(part),
                None => values.resize(values.len() + len, f64::NAN),
            }
        }
        self.at += len;
        Some(Ok(Block::of_axes(len, values)))
    }

    fn read(&self) -> u64 {
        self.read
    }
}
