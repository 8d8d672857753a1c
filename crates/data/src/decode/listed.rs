//! Tables that are all known when a file is opened.

use super::{Table, Tables};
use crate::error::Problem;

/// Tables in the order of the file.
pub(crate) struct Listed(std::vec::IntoIter<Box<dyn Table>>);

impl Listed {
    /// A file of one table.
    pub(crate) fn one(table: impl Table + 'static) -> Box<dyn Tables> {
        Self::all(vec![Box::new(table)])
    }

    /// A file of some.
    pub(crate) fn all(tables: Vec<Box<dyn Table>>) -> Box<dyn Tables> {
        Box::new(Self(tables.into_iter()))
    }
}

impl Tables for Listed {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        Ok(self.0.next())
    }
}
