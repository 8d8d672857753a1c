//! Universal files of modal analysis: their functions at nodes, dataset 58, as text and binary (58b).
//!
//! From "Universal File Datasets Summary" (Structural Dynamics Research Laboratory, University of Cincinnati).

mod function;
mod numbers;
mod scan;

use std::path::Path;
use std::sync::Arc;

use super::arrays::{Array, Facts, Gather, Group, Origin, Rules, tables};
use super::{Column, Kind, Tables};
use crate::error::Problem;
use function::Function;
use numbers::Ordinates;

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
        let goes_on = match &last {
            Some(last) => last.is_beside(&function) || have_same_points(path, last, &function)?,
            None => false,
        };
        let array = array(path, &function, !goes_on);
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

/// Points that are compared at a time.
const COMPARED: usize = 1 << 15;

/// Whether two functions whose points are at unequal distances have the same ones.
fn have_same_points(path: &Path, one: &Function, other: &Function) -> Result<bool, Problem> {
    if one.is_even || other.is_even || one.points != other.points {
        return Ok(false);
    }
    let mut one_read = one.origin(path).from(0)?;
    let mut other_read = other.origin(path).from(0)?;
    let mut left = one.points;
    while left > 0 {
        let now = left.min(COMPARED);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        one_read.read(2 * now, &mut first)?;
        other_read.read(2 * now, &mut second)?;
        if first.iter().step_by(2).ne(second.iter().step_by(2)) {
            return Ok(false);
        }
        left -= now;
    }
    Ok(true)
}

/// A function as a column, or as one beside its times, if it has some that no other said.
fn array(path: &Path, function: &Function, has_times: bool) -> Array {
    let column = Column { unit: function.unit.clone(), ..Column::numbers(function.name()) };
    let mut columns = vec![column];
    let origin = function.origin(path);
    if !function.is_even && !has_times {
        let shape = vec![function.points, 1];
        let mut array = Array::new(function.name(), shape, false, Arc::new(Ordinates(origin)));
        array.columns = Some(columns);
        return array;
    }
    if !function.is_even {
        let kind = Kind::Times { since_1970: false };
        columns.insert(0, Column { kind, ..Column::numbers("time") });
    }
    let shape = vec![function.points, columns.len()];
    let mut array = Array::new(function.name(), shape, false, Arc::new(origin));
    array.columns = Some(columns);
    array
}

#[cfg(test)]
mod tests;
