//! The sheets of a spreadsheet, each read as a text.

use std::io::Cursor;
use std::path::Path;

use super::text::{self, LineAxes};
use super::{Head, Table, Tables, xlsx};
use crate::error::Problem;
use crate::pieces::Block;

/// Opens the sheets that hold numbers.
///
/// # Errors
/// A [`Problem`] that names the sheet.
pub(crate) fn open(path: &Path, axes: LineAxes) -> Result<Box<dyn Tables>, Problem> {
    let sheets = xlsx::sheets(path)?;
    let are_many = sheets.len() > 1;
    Ok(Box::new(Sheets { sheets: sheets.into_iter(), are_many, axes }))
}

struct Sheets {
    /// The name and the text of each.
    sheets: std::vec::IntoIter<(String, Vec<u8>)>,
    are_many: bool,
    axes: LineAxes,
}

impl Tables for Sheets {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        for (name, bytes) in self.sheets.by_ref() {
            let mut source: text::Bytes = Box::new(Cursor::new(bytes));
            let mut buffer = Vec::new();
            let filled = text::fill(&mut source, &mut buffer, 0)?;
            let mut tables = match text::open(&mut buffer, filled, source, self.axes) {
                // Words about the readings on the other sheets.
                Err(Problem::NoReadings) if self.are_many => continue,
                tables => tables?,
            };
            if let Some(table) = tables.next()? {
                let mut head = table.head().clone();
                head.name = self.are_many.then_some(name);
                return Ok(Some(Box::new(Sheet { table, head })));
            }
        }
        Ok(None)
    }
}

/// A sheet, under its name.
struct Sheet {
    table: Box<dyn Table>,
    head: Head,
}

impl Table for Sheet {
    fn head(&self) -> &Head {
        &self.head
    }

    fn keep(&mut self, columns: &[usize]) {
        self.table.keep(columns);
    }

    fn next(&mut self) -> Option<Result<Block, Problem>> {
        self.table.next()
    }

    fn read(&self) -> u64 {
        self.table.read()
    }

    fn wrong(&self, column: usize, row: u64) -> Problem {
        self.table.wrong(column, row)
    }
}
