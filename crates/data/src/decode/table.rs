//! What a file holds, whatever its format: tables of named columns.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::error::Problem;
use crate::pieces::Block;

/// The tables of a file, one after the other: most files have one.
pub(crate) trait Tables: Send {
    /// The next table; the one before is not read any more.
    ///
    /// # Errors
    /// A [`Problem`] that names the place in the file.
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem>;
}

/// Rows of columns, which are read a block after the other.
pub(crate) trait Table: Send {
    /// What is known before its rows are read, or so far.
    fn head(&self) -> &Head;

    /// From the next block on only these columns are read, in this order. It is called once at the most.
    fn keep(&mut self, columns: &[usize]);

    /// The next rows, of all columns or of those that are kept; none after the last, or after a problem. A block has at
    /// least one row, and so few that it takes some MiB at the most.
    fn next(&mut self) -> Option<Result<Block, Problem>>;

    /// The bytes of the file that are read so far.
    fn read(&self) -> u64;

    /// Why there is no finite number in this row of a column, both counted from 0 in the whole table.
    fn wrong(&self, column: usize, row: u64) -> Problem {
        lacks(self.head(), column, row)
    }
}

/// Says that a column of such a table has no number in a row.
pub(crate) fn lacks(head: &Head, column: usize, row: u64) -> Problem {
    let name = head.columns.get(column).map(|one| one.name.clone()).unwrap_or_default();
    Problem::NotFinite { row: row + 1, column: column + 1, name }
}

/// The only table of a file.
pub(crate) struct One<T>(Option<T>);

impl<T: Table> One<T> {
    /// A file that holds this one.
    pub(crate) fn new(table: T) -> Self {
        Self(Some(table))
    }
}

impl<T: Table + 'static> Tables for One<T> {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        Ok(self.0.take().map(|table| Box::new(table) as Box<dyn Table>))
    }
}

/// What is known of a table besides its numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head {
    /// Its name, in a file that may hold several.
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<Column>,
    /// The sample rate in Hz, where the format says it.
    pub(crate) rate_hz: Option<f64>,
    /// When the first row was taken, where the format says it.
    pub(crate) taken: Option<SystemTime>,
    /// The operating state of all of it, where the format says it.
    pub(crate) label: Option<String>,
    /// Whether its numbers are parts of a full scale, from -1 to 1, as those of audio are.
    pub(crate) is_normalized: bool,
}

/// A column: its numbers stand in the blocks, where there is none as NaN.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// Empty where it has none.
    pub(crate) name: String,
    /// Its unit as the file says it, where it does that apart from the name: `m/s^2`.
    pub(crate) unit: Option<String>,
    pub(crate) kind: Kind,
}

/// What the numbers of a column stand for.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// Themselves.
    Numbers,
    /// Points in time, in s; since 1970 if it is said so.
    Times {
        /// Whether they are counted from the beginning of 1970, in UTC, not from anything.
        since_1970: bool,
    },
    /// Words: the numbers are their places in this list.
    Words(Words),
}

/// The different words of a column, in the order in which they occur. It grows as the column is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(Arc<Mutex<Vec<String>>>);

/// The most different words that a column may have; all that come later are missing.
const MOST_WORDS: usize = 4096;

impl Words {
    /// The number that a word is written as, or NaN where there are too many.
    pub(crate) fn number(&self, word: &str) -> f64 {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|one| one == word).or_else(|| {
            let is_room = known.len() < MOST_WORDS;
            is_room.then(|| {
                known.push(word.to_owned());
                known.len() - 1
            })
        });
        at.map_or(f64::NAN, |at| at as f64)
    }

    /// The word that a number stands for.
    pub(crate) fn word(&self, number: f64) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (number >= 0.0).then(|| known.get(number as usize).cloned()).flatten()
    }
}

impl Column {
    /// A column of numbers with this name.
    pub(crate) fn numbers(name: impl Into<String>) -> Self {
        Self { name: name.into(), unit: None, kind: Kind::Numbers }
    }
}
