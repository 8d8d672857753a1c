//! NumPy's arrays, a file of one (`.npy`) or an archive (`.npz`).

use std::path::Path;
use std::sync::Arc;

use judder_npz::{Defect, Elements, Error, Parted, open_npy, open_npz};

use super::arrays::{
    Array, Facts, Gather, Group, Numbers, Origin, Rules, not_finite, tables, wrong,
};
use super::{Column, Tables};
use crate::error::Problem;

/// Whether a file that begins with these bytes is one array. An archive is told by the ending of its name, `.npz`.
pub(crate) fn is(head: &[u8]) -> bool {
    head.starts_with(b"\x93NUMPY")
}

/// Its arrays.
///
/// # Errors
/// A [`Problem`] that names the array.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Tables>, Problem> {
    let is_archive = !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy"));
    let found = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("npy")) {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        vec![(stem, open_npy(path)?)]
    } else {
        open_npz(path)?
    };
    let mut facts = Facts::default();
    let (mut names, mut unit) = (None, None);
    let mut arrays = Vec::with_capacity(found.len());
    for (name, parted) in found {
        let is_any = |of: &[&str]| of.iter().any(|one| name.eq_ignore_ascii_case(one));
        let parted = match parted {
            Ok(parted) => parted,
            // What people write beside their arrays.
            Err(Defect::Text(text)) if is_any(&["label", "state", "class"]) => {
                facts.label = Some(text);
                continue;
            }
            Err(Defect::Text(text)) if is_any(&["unit", "units"]) => {
                unit = Some(text);
                continue;
            }
            Err(Defect::Texts(texts)) => {
                if is_any(&["columns", "names", "axes", "channels"]) {
                    names = Some(texts);
                }
                continue;
            }
            Err(Defect::Text(_)) if is_archive => continue,
            Err(defect) => return Err(wrong(&name, &defect.to_string())),
        };
        arrays.push(array(name, parted));
    }
    for array in &mut arrays {
        let columns = array.shape.get(1).copied().unwrap_or(0);
        if let Some(names) = names.as_ref().filter(|names| names.len() == columns) {
            let column = |name: &String| Column { unit: unit.clone(), ..Column::numbers(name) };
            array.columns = Some(names.iter().map(column).collect());
        }
        array.unit = array.unit.take().or(unit.clone());
    }
    let group = Group { name: String::new(), arrays, facts, gather: Gather::ByName };
    let rules = Rules { leaves_out: false, names_one: true };
    tables(vec![group], rules)?.ok_or(Problem::NoReadings)
}

/// An array of numbers, or of times, which become s.
fn array(name: String, parted: Parted) -> Array {
    let (shape, is_fortran, time) = (parted.shape().to_vec(), parted.is_fortran(), parted.time());
    let origin = Npy { name: name.clone(), parted, unit: time.map(|(unit, _)| unit) };
    let mut array = Array::new(name, shape, is_fortran, Arc::new(origin));
    array.since_1970 = time.map(|(_, since_1970)| since_1970);
    array
}

/// One array.
struct Npy {
    name: String,
    parted: Parted,
    /// What a number of it is in s, where it is a time.
    unit: Option<f64>,
}

impl Origin for Npy {
    fn from(&self, element: usize) -> Result<Box<dyn Numbers>, Problem> {
        let elements = self.parted.from(element)?;
        Ok(match self.unit {
            Some(unit) => Box::new(Times { elements, unit }),
            None => Box::new(elements),
        })
    }

    fn wrong(&self, element: usize) -> Option<Problem> {
        Some(not_finite(&self.name, element))
    }
}

/// Times, in s.
struct Times {
    elements: Elements,
    unit: f64,
}

impl Numbers for Times {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        let first = to.len();
        Numbers::read(&mut self.elements, count, to)?;
        to.iter_mut().skip(first).for_each(|time| *time *= self.unit);
        Ok(())
    }

    fn bytes(&self) -> u64 {
        self.elements.bytes()
    }
}

impl Numbers for Elements {
    fn read(&mut self, count: usize, to: &mut Vec<f64>) -> Result<(), Problem> {
        Ok(Self::read(self, count, to)?)
    }

    fn bytes(&self) -> u64 {
        Self::bytes(self)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(error) => Self::Io(error),
            error => Self::Npz(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
