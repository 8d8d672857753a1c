//! Parquet. Columns are read with their pages on all threads, and never a whole row group at a time.

mod cells;
mod leaf;
mod lists;
mod opened;
mod pages;
mod rows;
mod said;
mod source;
#[cfg(test)]
mod tests;
mod words;
mod work;

use std::path::Path;
use std::sync::Arc;

use self::lists::Lists;
use self::opened::Opened;
use self::rows::{One, Rows};
use super::Tables;
use crate::error::Problem;

/// Whether a file that begins with these bytes is one.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"PAR1") || head.starts_with(b"PARE")
}

/// Opens one: each reading a row, or each recording, with its numbers in lists.
///
/// # Errors
/// A [`Problem`] that says what is damaged, or what it holds instead of numbers.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let file = Arc::new(Opened::open(path)?);
    let widths = lists::widths(&file)?;
    match Rows::new(&file, &widths) {
        Some(rows) => Ok(Box::new(One::new(rows))),
        None => Ok(Box::new(Lists::new(file))),
    }
}

/// A problem with a file.
fn damaged(reason: impl Into<String>) -> Problem {
    Problem::Format { format: "Parquet", reason: reason.into() }
}
