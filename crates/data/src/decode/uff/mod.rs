//! Universal files of modal analysis: their functions at nodes, dataset 58, as text and binary (58b).
//!
//! From "Universal File Datasets Summary" (Structural Dynamics Research Laboratory, University of Cincinnati).

mod function;
mod numbers;
mod scan;

use std::path::Path;
use std::sync::Arc;

use super::arrays::{Array, Facts, Gather, Group, Rules, tables};
use super::{Column, Kind, Tables};
use crate::error::Problem;
use function::Function;

/// Whether a file that begins with these bytes is one.
pub(crate) fn is(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let mark = lines.next() == Some(b"    -1");
    let number = lines.next().and_then(|line| str::from_utf8(line.get(..6)?).ok());
    // Both stand in six columns.
    mark && number.is_some_and(|text| text.starts_with(' ') && text.trim().parse::<u32>().is_ok())
}

/// Its functions of time.
///
/// # Errors
/// A [`Problem`] that names the dataset.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let functions = scan::read(path)?;
    let are_any = !functions.is_empty();
    let mut groups: Vec<Group> = Vec::new();
    let mut last: Option<Function> = None;
    for function in functions.into_iter().filter(Function::is_of_time) {
        let array = array(path, &function);
        let goes_on = last.as_ref().is_some_and(|last| last.is_beside(&function));
        match groups.last_mut().filter(|_| goes_on) {
            Some(group) => group.arrays.push(array),
            None => {
                let mut facts = Facts::default();
                facts.rate_hz = function.rate_hz();
                let name = format!("{} {}", groups.len() + 1, function.title);
                let name = name.trim().replace('/', " ");
                groups.push(Group { name, arrays: vec![array], facts, gather: Gather::Whole });
            }
        }
        last = Some(function);
    }
    let rules = Rules { leaves_out: true, names_one: false };
    tables(groups, rules)?.ok_or_else(|| {
        wrong(if are_any {
            "it holds spectra or other functions, none of them of time; export the time data"
        } else {
            "it holds no dataset 58; export the time data as functions at nodes"
        })
    })
}

fn wrong(reason: impl Into<String>) -> Problem {
    Problem::Format { format: "universal (UFF)", reason: reason.into() }
}

/// A function as a column, or as one beside its times.
fn array(path: &Path, function: &Function) -> Array {
    let column = Column { unit: function.unit.clone(), ..Column::numbers(function.name()) };
    let mut columns = vec![column];
    if !function.is_even {
        let kind = Kind::Times { since_1970: false };
        columns.insert(0, Column { kind, ..Column::numbers("time") });
    }
    let shape = vec![function.points, columns.len()];
    let origin = Arc::new(function.origin(path));
    let mut array = Array::new(function.name(), shape, false, origin);
    array.columns = Some(columns);
    array
}

#[cfg(test)]
mod tests;
