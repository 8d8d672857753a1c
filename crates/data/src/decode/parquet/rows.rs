//! A file in which each row is a reading.

use std::collections::VecDeque;
use std::sync::Arc;

use parquet::errors::ParquetError;

use super::leaf::Leaf;
use super::opened::{DIFFERENCES, Opened, cache, in_column};
use super::words::Cache;
use super::work::{Batch, Open};
use crate::decode::{Head, Table, Tables};
use crate::error::Problem;
use crate::pieces::Block;

/// Numbers that are given at a time.
const NUMBERS: usize = 64 * 1024;

/// Rows that are given first: what the columns are may be decided by them.
const FIRST: usize = 4096;

/// The most blocks that are read at a time.
const BLOCKS: usize = 32;

/// Its only table.
pub(super) struct One(Option<Rows>);

impl One {
    pub(super) fn new(rows: Rows) -> Self {
        Self(Some(rows))
    }
}

impl Tables for One {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        Ok(self.0.take().map(|rows| Box::new(rows) as Box<dyn Table>))
    }
}

/// A column of the table.
#[derive(Clone)]
pub(super) struct Part {
    /// The place of the column of the file in the list of them.
    pub(super) leaf: usize,
    /// Which number of each row's list it is.
    pub(super) part: usize,
    pub(super) words: Arc<Cache>,
}

/// The rows, a block after the other.
pub(super) struct Rows {
    file: Arc<Opened>,
    head: Head,
    parts: Vec<Part>,
    /// The numbers in each row of the columns of the file.
    widths: Vec<usize>,
    /// Where the rows that are not yet read begin.
    group: usize,
    row: u64,
    /// Columns that are read up to there, in the middle of a row group.
    open: Vec<Open>,
    ready: VecDeque<Result<Block, Problem>>,
    is_first: bool,
}

impl Rows {
    /// Of a file whose columns have so many numbers in each row; none if one has more in some rows.
    pub(super) fn new(file: &Arc<Opened>, widths: &[Option<usize>]) -> Option<Self> {
        let widths: Vec<usize> = widths.iter().copied().collect::<Option<_>>()?;
        let mut head = Head { rate_hz: file.rate_hz(), ..Head::default() };
        let mut parts = Vec::new();
        for (leaf, (one, width)) in file.leaves.iter().zip(&widths).enumerate() {
            for part in 0..*width {
                let column = one.column((*width > 1).then_some(part));
                parts.push(Part { leaf, part, words: cache(&column) });
                head.columns.push(column);
            }
        }
        Some(Self {
            file: Arc::clone(file),
            head,
            parts,
            widths,
            group: 0,
            row: 0,
            open: Vec::new(),
            ready: VecDeque::new(),
            is_first: true,
        })
    }

    /// Reads some blocks, and makes them ready.
    fn read_on(&mut self) {
        let columns = self.parts.len().max(1);
        let (most, rows) = match std::mem::take(&mut self.is_first) {
            true => (1, FIRST.min(NUMBERS / columns)),
            false => (BLOCKS.min(4 * rayon::current_num_threads()), NUMBERS / columns),
        };
        let mut batch = Batch::default();
        while batch.blocks() < most {
            let Some(all) = self.file.rows(self.group) else { break };
            let left = all.saturating_sub(self.row);
            if left == 0 {
                (self.group, self.row) = (self.group + 1, 0);
                continue;
            }
            let len = rows.max(1).min(usize::try_from(left).unwrap_or(usize::MAX));
            batch.add(self.group, self.row, len, self.parts.len());
            self.row += len as u64;
        }
        let leaves: &[Leaf] = &self.file.leaves;
        let (blocks, problem) =
            batch.read(&self.file, leaves, &self.parts, &self.widths, &mut self.open);
        self.ready.extend(blocks.into_iter().map(Ok));
        if let Some(problem) = problem {
            self.group = usize::MAX;
            self.ready.push_back(Err(problem));
        }
    }
}

impl Table for Rows {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.parts = columns.iter().filter_map(|at| self.parts.get(*at).cloned()).collect();
        let mut leaves = self.parts.iter().filter_map(|part| self.file.leaves.get(part.leaf));
        if let Some(leaf) = leaves.find(|leaf| leaf.is_unread) {
            let problem = in_column(leaf, ParquetError::General(DIFFERENCES.to_owned()));
            self.ready = VecDeque::from([Err(problem)]);
            self.group = usize::MAX;
            return;
        }
        for block in self.ready.iter_mut().flatten() {
            let kept: Vec<f64> =
                columns.iter().flat_map(|at| block.axis(*at).iter().copied()).collect();
            *block = Block::of_axes(block.len(), kept);
        }
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        if self.ready.is_empty() {
            self.read_on();
        }
        let next = self.ready.pop_front();
        if matches!(next, Some(Err(_))) {
            self.ready.clear();
        }
        next
    }

    fn read(&self) -> u64 {
        self.file.read()
    }
}
