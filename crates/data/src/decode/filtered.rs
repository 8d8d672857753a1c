//! Some rows of a table.

use super::{Head, Table};
use crate::error::Problem;
use crate::pieces::Block;

/// The rows of a table in which a column has a value; the column is read along, and not given.
pub(crate) struct Filtered {
    table: Box<dyn Table>,
    /// Where the column stands in what is read.
    column: usize,
    value: f64,
    keeps: bool,
}

impl Filtered {
    pub(crate) fn new(table: Box<dyn Table>, column: usize, value: f64) -> Self {
        Self { table, column, value, keeps: false }
    }
}

impl Table for Filtered {
    fn head(&self) -> &Head {
        self.table.head()
    }

    fn keep(&mut self, columns: &[usize]) {
        let all: Vec<usize> = columns.iter().copied().chain([self.column]).collect();
        self.table.keep(&all);
        (self.column, self.keeps) = (columns.len(), true);
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        loop {
            let block = match self.table.next()? {
                Ok(block) => block,
                Err(problem) => return Some(Err(problem)),
            };
            let of = block.axis(self.column);
            let rows: Vec<usize> = (0..of.len()).filter(|&row| of[row] == self.value).collect();
            if rows.is_empty() {
                continue;
            }
            let columns = block.columns() - usize::from(self.keeps);
            let one = |column: usize| {
                let all = block.axis(column);
                rows.iter().filter_map(move |&row| all.get(row).copied())
            };
            let values = (0..columns).flat_map(one).collect();
            return Some(Ok(Block::of_axes(rows.len(), values)));
        }
    }

    fn read(&self) -> u64 {
        self.table.read()
    }

    fn wrong(&self, column: usize, row: u64) -> Problem {
        self.table.wrong(column, row)
    }
}
